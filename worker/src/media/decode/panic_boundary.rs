//! Keeps a panic inside a decoder from ending the job, and its text from the terminal.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe, catch_unwind},
    sync::Once,
};

thread_local! {
    /// How many boundaries this thread is within.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Runs foreign code on a stranger's file; `None` if it panicked.
///
/// The closure must only touch what it creates itself or borrows to read, so that nothing
/// half-changed is left behind.
pub(super) fn contain<T>(run: impl FnOnce() -> T) -> Option<T> {
    keep_quiet_within();
    let _within = Within::enter();
    catch_unwind(AssertUnwindSafe(run)).ok()
}

/// Counts a boundary until it is left, by a panic too.
struct Within;

impl Within {
    fn enter() -> Self {
        DEPTH.set(DEPTH.get() + 1);
        Self
    }
}

impl Drop for Within {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}

/// What a decoder panics about becomes the file's failure, so nobody need read it. All other
/// panics are reported as before.
fn keep_quiet_within() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let is_within = DEPTH.try_with(|depth| depth.get() > 0).unwrap_or(false);
            if !is_within {
                report(panic);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_none() {
        assert_eq!(contain(|| 7), Some(7));
        let blank: &[u8] = &[];
        assert_eq!(contain(|| blank[0]), None);
        assert_eq!(DEPTH.get(), 0);
    }

    /// In a process of its own, because the hook is the whole process's.
    #[test]
    fn only_panics_within_are_kept_quiet() {
        const INSIDE: &str = "PANIC_BOUNDARY_TEST_CHILD";
        if std::env::var_os(INSIDE).is_some() {
            assert_eq!(
                contain(|| contain(|| panic!("told by a decoder"))),
                Some(None)
            );
            assert_eq!(contain(|| -> u8 { panic!("told by another") }), None);
            let elsewhere = std::thread::spawn(|| panic!("told by the program"));
            assert!(contain(|| elsewhere.join()).unwrap().is_err());
            return;
        }
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--nocapture", "only_panics_within_are_kept_quiet"])
            .env(INSIDE, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert!(said.contains("told by the program"), "{said}");
        assert!(!said.contains("told by a"), "{said}");
    }
}
