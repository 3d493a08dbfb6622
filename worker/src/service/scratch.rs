//! The folder of files that workers have not finished. Each worker has a folder in it, which it
//! removes when it ends; what a worker leaves behind that is killed is swept.
//!
//! A worker keeps a file of its folder locked for as long as it lives, whatever ends it. So others
//! on the same disk see at once that it is dead.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use common::{env::EnvError, home::Home, store::Store};

/// What nobody has written for this long, nobody writes any more.
const OLD_AFTER: Duration = Duration::from_secs(24 * 3600);

/// The file that a living worker keeps locked.
const LIFE: &str = "alive";

/// Where it is: where `SCRATCH_DIR` says; else beside the jobs in the store's folder, so that
/// finished files need only be renamed; with a bucket, in `TRAPLINE_HOME`.
///
/// # Errors
/// When `TRAPLINE_HOME` makes no sense.
pub fn folder(setting: Option<PathBuf>, store: &Store) -> Result<PathBuf, EnvError> {
    match (setting, store.local_root()) {
        (Some(folder), _) => Ok(folder),
        (None, Some(root)) => Ok(root.join("scratch")),
        (None, None) => Ok(Home::from_env()?.folder().join("scratch")),
    }
}

/// Makes the folder of a worker below that of all, and the file that says that it lives: for as long
/// as it is open.
///
/// # Errors
/// When the disk refuses.
pub(super) fn begin(all: &Path, name: &str) -> io::Result<(PathBuf, File)> {
    let folder = all.join(name);
    fs::create_dir_all(&folder)?;
    let unlocked = folder.join("unborn");
    let life = File::create(&unlocked)?;
    // Some network file systems know no locks; there, only what is old is known to be dead.
    if life.try_lock().is_ok() {
        fs::rename(&unlocked, folder.join(LIFE))?;
    }
    Ok((folder, life))
}

/// Removes the folders of dead workers, and says how many.
pub fn sweep(folder: &Path, dry_run: bool) -> usize {
    let found = fs::read_dir(folder).into_iter().flatten().flatten();
    let old = found
        .filter(|entry| entry.file_name().to_str().is_some_and(is_of_worker))
        .map(|entry| entry.path())
        .filter(|path| is_dead(path).unwrap_or_else(|| newest(path).is_none_or(is_old)));
    let removed = old.map(|path| dry_run || fs::remove_dir_all(path).is_ok());
    removed.filter(|&is_removed| is_removed).count()
}

/// The name of a worker, which no other process has or had: host, process, and the moment of its
/// start.
pub(super) fn worker_name() -> String {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let moment = jiff::Timestamp::now().as_millisecond();
    format!("{}-{}-{moment}", host.trim(), std::process::id())
}

/// Whether a folder has the name of a worker: others may use the same place.
fn is_of_worker(name: &str) -> bool {
    let mut numbers = name.rsplitn(3, '-').take(2);
    name.matches('-').count() >= 2 && numbers.all(|number| number.parse::<u64>().is_ok())
}

/// Whether the worker that a folder belongs to is dead, as far as locks can tell. Where they cannot,
/// its folder says it: a worker at work writes all the time.
fn is_dead(folder: &Path) -> Option<bool> {
    let life = File::options()
        .read(true)
        .write(true)
        .open(folder.join(LIFE));
    match life.ok()?.try_lock() {
        Ok(()) => Some(true),
        Err(fs::TryLockError::WouldBlock) => Some(false),
        Err(fs::TryLockError::Error(_)) => None,
    }
}

/// When something in a folder was last written.
pub(super) fn newest(folder: &Path) -> Option<SystemTime> {
    let files = walkdir::WalkDir::new(folder).into_iter();
    let written = files.filter_map(|entry| entry.ok()?.metadata().ok()?.modified().ok());
    written.max()
}

/// Whether a moment is so long ago that nobody is at it any more.
pub(super) fn is_old(moment: SystemTime) -> bool {
    moment.elapsed().is_ok_and(|age| age >= OLD_AFTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_dead_as_soon_as_it_is() {
        let scratch = tempfile::tempdir().unwrap();
        let (folder, life) = begin(scratch.path(), &worker_name()).unwrap();
        fs::create_dir(folder.join("a-job")).unwrap();
        assert_eq!(sweep(scratch.path(), false), 0);
        drop(life);
        // A program that another test starts just now may have a copy of the open file.
        while sweep(scratch.path(), true) == 0 {
            std::thread::yield_now();
        }
        assert_eq!(sweep(scratch.path(), false), 1);
        assert!(!folder.exists());
    }

    #[test]
    fn only_what_was_left_long_ago_is_removed() {
        let scratch = tempfile::tempdir().unwrap();
        let long_ago = SystemTime::now() - 2 * OLD_AFTER;
        let living = worker_name();
        for (name, is_old) in [
            ("a-host-12-1790000000000", true),
            ("notes", true),
            (&living, false),
        ] {
            let folder = scratch.path().join(name);
            fs::create_dir(&folder).unwrap();
            let file = fs::File::create(folder.join("results.zip")).unwrap();
            for written in [file, fs::File::open(&folder).unwrap()] {
                if is_old {
                    written.set_modified(long_ago).unwrap();
                }
            }
        }
        assert_eq!(sweep(scratch.path(), true), 1);
        assert_eq!(sweep(scratch.path(), false), 1);
        assert!(scratch.path().join("notes").exists() && scratch.path().join(&living).exists());
        assert_eq!(sweep(scratch.path(), false), 0);
        assert_eq!(sweep(&scratch.path().join("none"), false), 0);
    }
}
