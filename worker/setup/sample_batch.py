#!/usr/bin/env python3
"""Makes the sample batch: a zip as it comes from a few camera-trap cards.

    sample_batch.py PICTURES OUT.zip

PICTURES is the folder with the pictures of scikit-image's wheel. All of them are in the public
domain; CREDITS.txt in the zip says whose they are. The batch has what real cards have: several
cameras, bursts, blanks, EXIF with and without GPS or a zone, and the files that go wrong. The
zip is the same to the byte whenever it is made with the same pins.
"""

import datetime
import io
import os
import pathlib
import sys
import zipfile

from PIL import ExifTags, Image, ImageOps
from PIL.TiffImagePlugin import IFDRational

CREDITS = """\
The pictures of this batch, as distributed with scikit-image (skimage.data).
They were cropped, turned or scaled, and made into JPEGs. The facts in their EXIF (times,
cameras, serial numbers, temperatures, positions) are invented.

cat         Chelsea, by Stefan van der Walt. CC0.
astronaut   Eileen Collins, NASA. No known copyright restrictions, public domain.
            https://flic.kr/p/r9qvLn
camera      A photographer at work, by Lav Varshney. CC0.
coffee      A cup of coffee, by Rachel Michetti. CC0.
rocket      Launch of a Falcon 9, SpaceX. Public domain.
            https://www.flickr.com/photos/spacexphotos/16511594820/
grass       By linolafett on DeviantArt. CC0.
            https://www.deviantart.com/linolafett/art/Grass-01-434853879
gravel      Gravel04, CC0 Textures. CC0.
brick       Bricks25, CC0 Textures. CC0.
"""

# Zip entries carry a time of their own; it is the same for all, so that the bytes are.
ENTRY_TIME = (2024, 5, 4, 12, 0, 0)
JPEG_QUALITY = 90
ORIENTATION_TURN_RIGHT = 6


class Camera:
    """What one camera writes into its files."""

    def __init__(self, model, serial=None, offset=None, position=None):
        self.model = model
        self.serial = serial
        self.offset = offset
        self.position = position

    def exif(self, taken, celsius=None, orientation=None):
        """The EXIF block of a picture taken at a local time, at a temperature if it has one."""
        exif = Image.Exif()
        exif[ExifTags.Base.Make] = "Trapline Sample"
        exif[ExifTags.Base.Model] = self.model
        if orientation is not None:
            exif[ExifTags.Base.Orientation] = orientation
        details = exif.get_ifd(ExifTags.IFD.Exif)
        details[ExifTags.Base.DateTimeOriginal] = taken.strftime("%Y:%m:%d %H:%M:%S")
        if self.offset is not None:
            details[ExifTags.Base.OffsetTimeOriginal] = self.offset
        if self.serial is not None:
            details[ExifTags.Base.BodySerialNumber] = self.serial
        if celsius is not None:
            details[ExifTags.Base.AmbientTemperature] = IFDRational(celsius, 1)
        if self.position is not None:
            exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps_fields(*self.position))
        return exif


def gps_fields(latitude, longitude, altitude_m):
    """A position in degrees north and east and metres, in the fields of EXIF's GPS block."""
    gps = ExifTags.GPS
    return {
        gps.GPSVersionID: b"\x02\x03\x00\x00",
        gps.GPSLatitudeRef: "N" if latitude >= 0 else "S",
        gps.GPSLatitude: degrees_minutes_seconds(latitude),
        gps.GPSLongitudeRef: "E" if longitude >= 0 else "W",
        gps.GPSLongitude: degrees_minutes_seconds(longitude),
        gps.GPSAltitudeRef: b"\x00",
        gps.GPSAltitude: IFDRational(altitude_m, 1),
    }


def degrees_minutes_seconds(degrees):
    hundredths = round(abs(degrees) * 360_000)
    return (
        IFDRational(hundredths // 360_000, 1),
        IFDRational(hundredths // 6_000 % 60, 1),
        IFDRational(hundredths % 6_000, 100),
    )


def jpeg(picture, exif=None):
    """The bytes of a picture as a JPEG."""
    buffer = io.BytesIO()
    extra = {} if exif is None else {"exif": exif}
    picture.save(buffer, "JPEG", quality=JPEG_QUALITY, **extra)
    return buffer.getvalue()


def seen_from(picture, shift_px):
    """A cut of the picture, as if what it shows had moved between two shots."""
    width, height = picture.size
    return picture.crop((shift_px, 0, width - 40 + shift_px, height))


class Batch:
    """The entries of the zip, in the order in which they are added."""

    def __init__(self):
        self.entries = []

    def add(self, name, content):
        """Adds a file. A name in bytes is written as it is, without the UTF-8 flag."""
        self.entries.append((name, content))

    def write(self, out):
        """Writes the zip beside its final name and then renames it."""
        buffer = io.BytesIO()
        raw_names = {}
        with zipfile.ZipFile(buffer, "w") as archive:
            for index, (name, content) in enumerate(self.entries):
                if isinstance(name, bytes):
                    name = placeholder(name, index, raw_names)
                entry = zipfile.ZipInfo(name, ENTRY_TIME)
                entry.create_system = 3
                entry.external_attr = 0o100644 << 16
                # Stored: deflate gives other bytes with other builds of zlib.
                entry.compress_type = zipfile.ZIP_STORED
                archive.writestr(entry, content)
        data = buffer.getvalue()
        for stand_in, raw in raw_names.items():
            # Once before the data, once in the central directory.
            if data.count(stand_in) != 2:
                raise ValueError(f"{stand_in!r} is not unique in the zip")
            data = data.replace(stand_in, raw)
        unfinished = out.with_suffix(".unfinished")
        unfinished.write_bytes(data)
        os.replace(unfinished, out)


def placeholder(raw, index, raw_names):
    """An ASCII name of the same length: Python's zipfile writes other names in UTF-8 only."""
    name = f"placeholder-{index}-".ljust(len(raw), "x")
    if len(name) != len(raw):
        raise ValueError(f"{raw!r} is too short for a placeholder")
    raw_names[name.encode("ascii")] = raw
    return name


def north_ridge(batch, pictures):
    """A camera that writes everything but GPS and a zone: a burst, blanks, a turned picture."""
    camera = Camera("North Ridge", serial="TS-0001")
    cat = picture_of(pictures, "chelsea.png")
    dawn = datetime.datetime(2024, 4, 30, 5, 41, 7)
    folder = "north-ridge/DCIM/100RECNX"
    for shot in range(3):
        taken = dawn + datetime.timedelta(seconds=shot)
        view = seen_from(cat, 20 * shot)
        batch.add(f"{folder}/RCNX{shot + 1:04}.JPG", jpeg(view, camera.exif(taken, celsius=-3)))
    for number, name in ((4, "grass.png"), (5, "gravel.png")):
        taken = dawn + datetime.timedelta(hours=number)
        view = picture_of(pictures, name)
        batch.add(f"{folder}/RCNX{number:04}.JPG", jpeg(view, camera.exif(taken, celsius=4)))
    # The camera hung on its side: the pixels lie turned to the left, and the tag says so.
    lying = cat.transpose(Image.Transpose.ROTATE_90)
    exif = camera.exif(datetime.datetime(2024, 5, 1, 19, 2, 44), 11, ORIENTATION_TURN_RIGHT)
    batch.add(f"{folder}/RCNX0006.JPG", jpeg(lying, exif))
    batch.add("north-ridge/Thumbs.db", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    batch.add("__MACOSX/north-ridge/DCIM/100RECNX/._RCNX0001.JPG", b"\x00\x05\x16\x07" + bytes(78))


def river_crossing(batch, pictures):
    """A camera with GPS and a zone, people before it, and a card that goes bad."""
    camera = Camera("River Crossing", "TS-0002", "+02:00", (46.66025, 10.17331, 1480))
    noon = datetime.datetime(2024, 5, 2, 12, 15, 0)
    folder = "river-crossing/DCIM/100MEDIA"

    def exif(minutes):
        return camera.exif(noon + datetime.timedelta(minutes=minutes), celsius=17)

    astronaut = picture_of(pictures, "astronaut.png")
    batch.add(f"{folder}/DSCF0001.JPG", jpeg(astronaut, exif(0)))
    grey = ImageOps.grayscale(picture_of(pictures, "camera.png"))
    batch.add(f"{folder}/DSCF0002.JPG", jpeg(grey, exif(7)))
    rocket = picture_of(pictures, "rocket.jpg")
    batch.add(f"{folder}/DSCF0003.JPG", jpeg(rocket, exif(31)))
    whole = jpeg(picture_of(pictures, "chelsea.png"), exif(44))
    batch.add(f"{folder}/DSCF0004.JPG", whole[: len(whole) * 7 // 10])
    batch.add(f"{folder}/DSCF0005.JPG", b"")
    batch.add(f"{folder}/DSCF0006.JPG", b"not a picture: the card lost this one\n")
    clip = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00\x00\x00\x08mdat"
    batch.add(f"{folder}/DSCF0007.MP4", clip)


def old_oak(batch, pictures):
    """A camera that writes no EXIF, and files that people added: a copy, a renamed PNG, notes."""
    first = jpeg(seen_from(picture_of(pictures, "chelsea.png"), 40))
    batch.add("old-oak/IMG_0001.jpg", first)
    batch.add("old-oak/IMG_0001 (copy).jpg", first)
    batch.add("old-oak/IMG_0002.jpg", jpeg(picture_of(pictures, "brick.png")))
    # A PNG by its bytes, whatever its name says.
    batch.add("old-oak/IMG_0003.jpg", (pictures / "coffee.png").read_bytes())
    batch.add("old-oak/notes.txt", b"Battery changed on 2 May. The door squeaks.\n")


def names_from_elsewhere(batch, pictures):
    """A name as zip programs in another country wrote it before UTF-8, and one in UTF-8."""
    grass = picture_of(pictures, "grass.png").transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    cat = ImageOps.mirror(picture_of(pictures, "chelsea.png"))
    # The second byte of the first character is that of a backslash.
    japanese = "表丹沢の鹿道/カメラ３/猫.JPG"
    batch.add(japanese.encode("shift_jis"), jpeg(cat))
    batch.add("Lichtung Süd/Köder 1/Bild.jpg", jpeg(grass))


def picture_of(pictures, name):
    with Image.open(pictures / name) as picture:
        return picture.convert("RGB")


def main():
    if len(sys.argv) != 3:
        print("usage: sample_batch.py PICTURES OUT.zip", file=sys.stderr)
        return 2
    pictures, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    batch = Batch()
    batch.add("CREDITS.txt", CREDITS.encode("utf-8"))
    north_ridge(batch, pictures)
    river_crossing(batch, pictures)
    old_oak(batch, pictures)
    names_from_elsewhere(batch, pictures)
    batch.write(out)
    print(f"Sample batch: {len(batch.entries)} files in {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
