//! Names that lead outside, clash, hide, or mean something to other programs.

use super::case::{Case, image, named, skipped};
use crate::support::picture;

/// Where a file would be if an absolute name were believed.
pub(super) const ABSOLUTE: &str = "/trapline-hostile-test.jpg";

/// Names that are shown otherwise than they are written.
const RENAMED: &[(&str, &str)] = &[
    ("../../etc/passwd.jpg", "etc/passwd.jpg"),
    ("../../../../../../../../tmp/x.jpg", "tmp/x.jpg"),
    ("a/../../b.jpg", "a/b.jpg"),
    ("..\\..\\win.jpg", "win.jpg"),
    ("/trapline-hostile-test.jpg", "trapline-hostile-test.jpg"),
    ("//absolute//a.jpg", "absolute/a.jpg"),
    ("C:\\DCIM\\drive.jpg", "DCIM/drive.jpg"),
    ("C:relative.jpg", "relative.jpg"),
    ("\\\\server\\share\\unc.jpg", "server/share/unc.jpg"),
    ("\\\\?\\D:\\long.jpg", "?/D:/long.jpg"),
    ("back\\slash.jpg", "back/slash.jpg"),
    ("nul\0byte.jpg", "nul_byte.jpg"),
    ("new\nline.jpg", "new_line.jpg"),
    ("tab\tand\rreturn.jpg", "tab_and_return.jpg"),
    ("gpj.\u{202e}exe.jpg", "gpj._exe.jpg"),
    ("\u{feff}mark.jpg", "_mark.jpg"),
    ("escape\u{1b}[31m.jpg", "escape_[31m.jpg"),
    ("...", "___ (2)"),
    (" . /dots.jpg", "___/dots.jpg"),
    ("a/./b//../c.jpg", "a/b/c.jpg"),
    ("", "_"),
];

/// Names that are shown as they are.
const OWN: &[&str] = &[
    "-rf",
    "--out=x.jpg",
    "CON.jpg",
    "nul",
    "COM1/LPT1.jpg",
    "case.jpg",
    "CASE.jpg",
    "trailing dot..jpg",
    "trailing space .jpg",
    "stream.jpg:hidden",
    "=HYPERLINK(\"x\").jpg",
    "+1.jpg",
    "@SUM(A1).jpg",
    "<img src=x onerror=alert(1)>.jpg",
    "&amp;.jpg",
    "quote\"comma,semicolon;.jpg",
    "100%.jpg",
    "%2e%2e%2fescaped.jpg",
    "hash#query?.jpg",
    "$(touch pwned).jpg",
    "~/.ssh/a.jpg",
    "results.xlsx/a.jpg",
    ".trapline/journal.jsonl/a.jpg",
    "カメラ/ツキノワグマ.jpg",
    "composed \u{e9}.jpg",
    "composed e\u{301}.jpg",
    "🦌.jpg",
];

/// Hands out pictures, none a duplicate of another.
struct Pictures(u32);

impl Pictures {
    fn next(&mut self) -> Vec<u8> {
        self.0 += 1;
        let mut scene = picture::with_square(picture::RED, 64, 32);
        scene.put_pixel(self.0, 191, image::Rgb([255; 3]));
        picture::encode(&scene.into(), image::ImageFormat::Png)
    }
}

/// Names in Unicode. The archive of these is read as `names/…`.
pub(super) fn cases() -> Vec<Case> {
    let mut pictures = Pictures(0);
    let mut cases = Vec::new();
    for (name, path) in RENAMED {
        cases.push(named(name.as_bytes(), path, &pictures.next()));
    }
    for name in OWN {
        cases.push(image(name, &pictures.next()));
    }
    cases.extend(long(&mut pictures));
    cases.extend(clashes(&mut pictures));
    cases
}

/// Names longer than a file system takes.
fn long(pictures: &mut Pictures) -> Vec<Case> {
    let (written, shown) = ("n".repeat(300), "n".repeat(251));
    let wide = "熊".repeat(200);
    // 1024 bytes hold 202 of these folders, the archive's in front, and the name.
    let (deep, kept) = ("deep/".repeat(13_000), "deep/".repeat(202));
    vec![
        named(
            format!("{written}.jpg").as_bytes(),
            &format!("{shown}.jpg"),
            &pictures.next(),
        ),
        named(
            format!("{wide}.jpg").as_bytes(),
            &format!("{}.jpg", "熊".repeat(83)),
            &pictures.next(),
        ),
        named(
            format!("{deep}x.jpg").as_bytes(),
            &format!("{kept}x.jpg"),
            &pictures.next(),
        ),
    ]
}

/// Names that want the same place.
fn clashes(pictures: &mut Pictures) -> Vec<Case> {
    vec![
        image("twice.jpg", &pictures.next()),
        named(b"twice.jpg", "twice (2).jpg", &pictures.next()),
        named(b"./twice.jpg", "twice (3).jpg", &pictures.next()),
        // A file that is another's folder, and one whose annotated copy would be.
        named(b"clash.jpg", "clash (2).jpg", &pictures.next()),
        image("clash.jpg/inner.jpg", &pictures.next()),
        image("copy.png", &pictures.next()),
        image("copy.png.jpg/inner.jpg", &pictures.next()),
        image("copy.bmp", &pictures.next()),
        image("copy.bmp.jpg", &pictures.next()),
        Case {
            path: "folder".to_owned(),
            ..skipped("folder/", "directory", b"")
        },
    ]
}

/// Names in Shift-JIS, whose second bytes can be a backslash.
pub(super) fn shift_jis() -> Vec<Case> {
    let mut pictures = Pictures(100);
    let mut case = |name: &[u8], path| named(name, path, &pictures.next());
    vec![
        case(b"\x83J\x83\x81\x83\x89/\x95\x5c.jpg", "カメラ/表.jpg"),
        case(b"\x83J\x83\x81\x83\x89/\x8cF.jpg", "カメラ/熊.jpg"),
        case(b"../\x83J\x83\x81\x83\x89/\x8e\xad.jpg", "カメラ/鹿.jpg"),
    ]
}

/// Names in the code page of DOS, one of which claims to be UTF-8.
pub(super) fn code_page_437() -> Vec<Case> {
    let mut pictures = Pictures(110);
    let mut case = |name: &[u8], path| named(name, path, &pictures.next());
    vec![
        case(b"B\x84ren/M\x81cke.jpg", "Bären/Mücke.jpg"),
        case(b"B\x84ren/Stra\xe1e.jpg", "Bären/Straße.jpg"),
        case(b"B\x84ren/K\x94ln.jpg", "Bären/Köln.jpg").with(|e| e.flags = 1 << 11),
    ]
}
