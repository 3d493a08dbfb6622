//! What systems, network storage and programs leave beside pictures: trash, thumbnails, older
//! versions, bookkeeping. Nobody took these pictures, or somebody threw them away.
//!
//! Only names that no person gives to a folder of pictures are here: a picture that is left out
//! is worse than one too many. So `Thumbnails` and `Trash` without a dot are looked at, and so is
//! `FOUND.000`, where Windows puts what it could rescue of a damaged card.

use crate::{failure::SkipReason, path::MediaPath};

/// Where deleted files wait: Synology, QNAP, Samba, Unraid, Buffalo, macOS, netatalk, Windows
/// from 95 on, digiKam, Nextcloud, and what file managers and checks of disks collect.
const TRASH_FOLDERS: &[&str] = &[
    "#recycle",
    "@recycle",
    ".recycle",
    ".recycle.bin",
    ".recycler",
    "trashbox",
    ".trash",
    ".trashes",
    "network trash folder",
    "$recycle.bin",
    "recycler",
    "recycled",
    ".dtrash",
    "deletedfiles",
    "lost+found",
    "files_trashbin",
];

/// Where small copies are: Synology, QNAP, Android and desktops, Western Digital, Buffalo.
const THUMBNAIL_FOLDERS: &[&str] = &[
    "@eadir",
    "@__thumb",
    ".thumbnails",
    ".thumbs",
    ".thumb",
    ".xvpics",
    ".wdmc",
    ".webaxs",
];

/// Where earlier states are: Picasa, Syncthing, Resilio, Dropbox, Nextcloud, and the snapshots of
/// QNAP, Synology, NetApp, ZFS and Linux.
const VERSION_FOLDERS: &[&str] = &[
    ".picasaoriginals",
    ".stversions",
    ".sync",
    ".dropbox.cache",
    ".documentrevisions-v100",
    ".mobilebackups",
    "@recently-snapshot",
    "@sharesnap",
    "#snapshot",
    "~snapshot",
    "files_versions",
    ".snapshot",
    ".snapshots",
    ".zfs",
];

/// Where systems keep books.
const SYSTEM_FOLDERS: &[&str] = &[
    "__macosx",
    "system volume information",
    ".spotlight-v100",
    ".fseventsd",
    ".temporaryitems",
    ".appledouble",
    ".appledb",
    ".appledesktop",
    "@tmp",
    "#tmp",
    ".streams",
    ".stfolder",
    ".synologyworkingdirectory",
    ".git",
    ".svn",
    ".hg",
];

const SYSTEM_FILES: &[&str] = &[
    "thumbs.db",
    "ehthumbs.db",
    "ehthumbs_vista.db",
    "desktop.ini",
    ".ds_store",
    ".apdisk",
    ".localized",
    ".volumeicon.icns",
    ".nomedia",
    ".directory",
    ".dropbox",
    ".dropbox.attr",
    "picasa.ini",
    ".picasa.ini",
    "zbthumbnail.info",
    "synoindex_media_info",
];

/// Why a file is none of the pictures that somebody has, as far as its names tell. Upper and
/// lower case are the same.
pub(crate) fn reason(path: &MediaPath) -> Option<SkipReason> {
    path.parent_components()
        .find_map(|folder| of_folder(&folder.to_ascii_lowercase()))
        .or_else(|| of_home_folder(path))
        .or_else(|| of_file(&path.file_name().to_ascii_lowercase()))
}

fn of_folder(lower: &str) -> Option<SkipReason> {
    // Behind the dash stands the number of the user.
    if TRASH_FOLDERS.contains(&lower) || lower.starts_with(".trash-") {
        Some(SkipReason::Trash)
    } else if THUMBNAIL_FOLDERS.contains(&lower) || lower.starts_with(".@") {
        Some(SkipReason::Thumbnail)
    } else if VERSION_FOLDERS.contains(&lower) {
        Some(SkipReason::OlderVersion)
    } else if SYSTEM_FOLDERS.contains(&lower) {
        Some(SkipReason::SystemFile)
    } else {
        None
    }
}

/// What desktops keep in a home folder, where only the names of several folders together tell
/// (the freedesktop.org specifications of trash and thumbnails).
fn of_home_folder(path: &MediaPath) -> Option<SkipReason> {
    let lower = format!("/{}", path.as_str().to_ascii_lowercase());
    let is_below = |folder| lower.contains(folder);
    if is_below("/.local/share/trash/") {
        Some(SkipReason::Trash)
    } else if is_below("/.cache/thumbnails/") {
        Some(SkipReason::Thumbnail)
    } else {
        None
    }
}

fn of_file(lower: &str) -> Option<SkipReason> {
    if is_deleted(lower) {
        Some(SkipReason::Trash)
    } else if ["synofile_thumb_", "synophoto_thumb_", ".thumbdata"]
        .iter()
        .any(|front| lower.starts_with(front))
    {
        Some(SkipReason::Thumbnail)
    } else if lower.starts_with("._") || SYSTEM_FILES.contains(&lower) {
        Some(SkipReason::SystemFile)
    } else {
        None
    }
}

/// Whether a name is one that Android, NFS, FUSE or macOS gives to a file that was deleted:
/// `.trashed-1700000000-IMG_1.jpg`, `.nfs000000000012ab34`.
fn is_deleted(lower: &str) -> bool {
    let is_number_behind = |front: &str, digits: usize| {
        let rest = lower.strip_prefix(front);
        rest.and_then(|rest| rest.get(..digits))
            .is_some_and(|number| number.bytes().all(|c| c.is_ascii_hexdigit()))
    };
    is_number_behind(".trashed-", 8)
        || is_number_behind(".nfs", 16)
        || is_number_behind(".fuse_hidden", 16)
        || is_number_behind(".smbdelete", 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason_of(path: &str) -> Option<SkipReason> {
        reason(&MediaPath::from_display_name(path))
    }

    #[test]
    fn what_was_deleted_stays_deleted() {
        for folder in [
            "#recycle",
            "@Recycle",
            ".Trash-1000/files",
            ".Trash",
            ".Trashes/501",
            ".recycle/anna",
            ".Recycle.Bin",
            "RECYCLER",
            "RECYCLED",
            "$RECYCLE.BIN/S-1-5-21",
            "$Recycle.Bin",
            "Network Trash Folder",
            "lost+found",
            "DeletedFiles",
            "anna/files_trashbin/files",
            ".local/share/Trash/files",
        ] {
            for path in [format!("card/{folder}/a.JPG"), format!("{folder}/b/a.jpg")] {
                assert_eq!(reason_of(&path), Some(SkipReason::Trash), "{path}");
            }
        }
        for name in [
            ".trashed-1700000000-IMG_1.jpg",
            ".nfs00000000012ab34c00000001",
            ".fuse_hidden0000001200000003",
        ] {
            assert_eq!(reason_of(name), Some(SkipReason::Trash), "{name}");
        }
    }

    #[test]
    fn small_copies_are_no_pictures() {
        for path in [
            "card/@eaDir/IMG_0001.JPG/SYNOPHOTO_THUMB_XL.jpg",
            "card/@EADIR/IMG_0001.JPG",
            "card/.@__thumb/s100IMG_0001.JPG",
            ".thumbnails/123.jpg",
            "a/.thumbs/1.jpg",
            "a/.thumb/1.jpg",
            "home/.cache/thumbnails/large/1.png",
            "share/.webaxs/1.jpg",
            "card/SYNOFILE_THUMB_M.jpg",
            ".thumbdata4-1967290299",
        ] {
            assert_eq!(reason_of(path), Some(SkipReason::Thumbnail), "{path}");
        }
    }

    #[test]
    fn earlier_states_are_named_as_such() {
        for folder in [
            ".picasaoriginals",
            ".stversions",
            ".dropbox.cache",
            "@Recently-Snapshot/GMT+01",
            "#snapshot/hourly",
            ".DocumentRevisions-V100",
            "anna/files_versions",
        ] {
            let path = format!("card/{folder}/a.jpg");
            assert_eq!(reason_of(&path), Some(SkipReason::OlderVersion), "{path}");
        }
    }

    #[test]
    fn the_books_of_systems_are_known() {
        for path in [
            "__MACOSX/a/IMG.JPG",
            "a/.AppleDouble/IMG.JPG",
            "a/@tmp/IMG.JPG",
            ".TemporaryItems/a.jpg",
            ".git/lfs/objects/a.jpg",
            "System Volume Information/a.jpg",
            "a/._IMG.JPG",
            "a/thumbs.DB",
            "a/.DS_Store",
            "a/ZbThumbnail.info",
            "a/.nomedia",
        ] {
            assert_eq!(reason_of(path), Some(SkipReason::SystemFile), "{path}");
        }
    }

    #[test]
    fn folders_that_people_name_are_looked_at() {
        for path in [
            "Thumbnails/a.jpg",
            "Trash/a.jpg",
            "recycle station/a.jpg",
            "recycling/a.jpg",
            "lost and found/a.jpg",
            "deleted files/a.jpg",
            "FOUND.000/FILE0000.CHK",
            "snapshot/a.jpg",
            "tmp/a.jpg",
            ".hidden/a.jpg",
            "#1/a.jpg",
            "@home/a.jpg",
            ".trashy/a.jpg",
            "git/a.jpg",
            // The names of files, not of folders.
            "lost+found",
            "recycler.jpg",
            ".trashed-by-bears.jpg",
            ".nfs-card.jpg",
        ] {
            assert_eq!(reason_of(path), None, "{path}");
        }
    }
}
