//! Entries whose headers lie, or that are no files.

use super::case::{Case, failed, image, skipped};
use crate::support::{
    picture,
    raw_zip::{RawEntry, archive},
};

fn draw(number: u32) -> Vec<u8> {
    let mut scene = picture::blank();
    scene.put_pixel(number, 0, picture::BLUE);
    picture::encode(&scene.into(), image::ImageFormat::Png)
}

/// The archive of these is read as `entries/…`.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = sound();
    cases.extend(special());
    cases.extend(encrypted_or_packed_otherwise());
    cases.extend(lying());
    cases.extend(bombs_and_archives());
    cases.extend(no_images());
    cases
}

fn sound() -> Vec<Case> {
    vec![
        image("deflated.png", &draw(1)),
        image("stored.png", &draw(2)).stored(&draw(2)),
        image("streamed.png", &draw(3)).with(|e| e.flags = 8),
        image("zip64.png", &draw(4)).with(|e| e.is_zip64 = true),
        image("from dos.png", &draw(5)).with(|e| e.unix_mode = 0),
        image("setuid.png", &draw(6)).with(|e| e.unix_mode = 0o106_777),
        image("unreadable by anybody.png", &draw(7)).with(|e| e.unix_mode = 0o100_000),
        // The directory's name holds.
        image("two names.png", &draw(8))
            .with(|e| e.local_name = Some(b"../../../two names.png".to_vec())),
    ]
}

fn special() -> Vec<Case> {
    let special =
        |name, bytes, mode| skipped(name, "not-a-regular-file", bytes).with(|e| e.unix_mode = mode);
    vec![
        special("link.jpg", b"/etc/passwd", 0o120_777),
        special("link to a folder", b"../../..", 0o120_777),
        special("block device.jpg", b"", 0o060_666),
        special("character device.jpg", b"", 0o020_666),
        special("pipe.jpg", b"", 0o010_666),
        special("socket.jpg", b"", 0o140_666),
    ]
}

fn encrypted_or_packed_otherwise() -> Vec<Case> {
    let p = draw(0);
    let packed_by = |name, method| {
        failed(name, "unsupported-compression", &p)
            .with(|e| (e.method, e.local_method) = (method, method))
    };
    // Deflated data under the name of another packing.
    let said_to_be = |name, method| {
        failed(name, "damaged-entry", &p).with(|e| (e.method, e.local_method) = (method, method))
    };
    vec![
        failed("locked.png", "encrypted", &p).with(|e| e.flags = 1),
        failed("strongly locked.png", "encrypted", &p).with(|e| e.flags = 0x41),
        failed("aes.png", "encrypted", &p).with(|e| (e.method, e.local_method) = (99, 99)),
        packed_by("shrunk.png", 1),
        packed_by("imploded.png", 6),
        packed_by("ppmd.png", 98),
        packed_by("unknown method.png", 77),
        said_to_be("deflate64.png", 9),
        said_to_be("bzip2.png", 12),
        said_to_be("lzma.png", 14),
        said_to_be("zstd.png", 93),
        said_to_be("xz.png", 95),
    ]
}

fn lying() -> Vec<Case> {
    let p = draw(0);
    let damaged = |name| failed(name, "damaged-entry", &p);
    vec![
        damaged("checksum.png").with(|e| e.crc32 ^= 1),
        damaged("too short.png").with(|e| e.size -= 1),
        damaged("too long.png").with(|e| e.size += 1),
        damaged("says nothing.png").with(|e| e.size = 0),
        damaged("packed too short.png").with(|e| e.packed_size -= 5),
        damaged("packed into nothing.png").with(|e| e.packed_size = 0),
        damaged("stored lies.png").stored(&p).with(|e| e.size += 7),
        damaged("garbage.png")
            .stored(&[0xff; 300])
            .with(|e| (e.method, e.local_method) = (8, 8)),
        damaged("says 150 MB.png").with(|e| e.size = 150 << 20),
        damaged("headers differ.png").with(|e| e.local_method = 0),
        damaged("lies beyond the end.png").with(|e| e.offset = Some(0x7fff_0000)),
        failed("says 4 GB.png", "too-many-bytes", &p).with(|e| e.size = u32::MAX - 1),
    ]
}

fn bombs_and_archives() -> Vec<Case> {
    // The ends of these archives stand shortly before that of the archive they are in.
    let inner = archive(&[RawEntry::stored("inner.png", &draw(0))]);
    vec![
        // A thousand times smaller when packed, as small as deflate can make it.
        failed("bomb.jpg", "unreadable", &vec![0; 64 << 20]),
        skipped("nested.zip", "nested-archive", &inner).stored(&inner),
        skipped("nested.tar.gz", "nested-archive", b"\x1f\x8b"),
        skipped("nested", "not-an-image", &inner),
        failed("nested as jpg.jpg", "unreadable", &inner).stored(&inner),
    ]
}

fn no_images() -> Vec<Case> {
    vec![
        failed("nothing.jpg", "no-bytes", b""),
        skipped("nothing", "not-an-image", b""),
        skipped("notes.txt", "not-an-image", b"=1+1"),
        skipped("locked notes", "not-an-image", b"?").with(|e| e.flags = 1),
        skipped("folder by its mode", "directory", b"").with(|e| e.unix_mode = 0o040_755),
        skipped("clip.mp4", "video", b"\0\0\0\x18ftypmp42"),
        skipped("CLIP.AVI", "video", b"RIFF\0\0\0\0AVI "),
        skipped("clip.mov", "video", b""),
        skipped("Thumbs.db", "system-file", b"\xd0\xcf\x11\xe0"),
        skipped("desktop.ini", "system-file", b"[.ShellClassInfo]"),
        skipped(".DS_Store", "system-file", b"\0\0\0\x01Bud1"),
        skipped("__MACOSX/a.jpg", "system-file", &draw(9)),
        skipped("._a.jpg", "system-file", b"\0\x05\x16\x07"),
        skipped("$RECYCLE.BIN/a.jpg", "trash", &draw(10)),
    ]
}
