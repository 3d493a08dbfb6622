//! A process that looks at pictures, watched by the worker that started it.

use std::{
    os::unix::process::ExitStatusExt as _,
    process::{Child, ExitStatus},
    thread,
    time::Duration,
};

use super::error::TaskError;

/// How often a process is looked after.
const WATCH_EVERY: Duration = Duration::from_millis(50);
/// Whoever kills all processes of a machine may come to the watched one first, and to this one a
/// moment later. So it is waited that long before a picture is blamed for it.
const MOMENT: Duration = Duration::from_secs(1);
/// After so many looks, what it has saved is taken over, so that people see how far it is.
const TAKE_OVER_EVERY: u32 = 40;

/// How a process that looked at pictures ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It came to its end.
    Finished,
    /// It died.
    Died,
    /// It was told to stop.
    Stopped,
}

/// Waits for the end of a process, and ends it when the task is to be left.
pub(super) fn watch(
    mut child: Child,
    is_told_to_stop: impl Fn() -> bool,
    mut take_over: impl FnMut() -> Result<(), TaskError>,
) -> Result<Look, TaskError> {
    let mut looks = 0_u32;
    loop {
        if let Some(status) = child.try_wait()? {
            return look_of(status);
        }
        if is_told_to_stop() {
            // It may have ended by itself just now.
            let _ = child.kill();
            child.wait()?;
            return Ok(Look::Stopped);
        }
        looks = looks.wrapping_add(1);
        if looks.is_multiple_of(TAKE_OVER_EVERY) {
            take_over()?;
        }
        thread::sleep(WATCH_EVERY);
    }
}

/// What the end of a process says.
fn look_of(status: ExitStatus) -> Result<Look, TaskError> {
    const HANGUP: i32 = 1;
    const INTERRUPT: i32 = 2;
    const KILL: i32 = 9;
    const TERMINATE: i32 = 15;
    match status.signal() {
        None if status.success() => Ok(Look::Finished),
        // It says itself why.
        None => Err(TaskError::fault("a process that looks at pictures failed")),
        // Sent to the worker and to all that it started.
        Some(HANGUP | INTERRUPT | TERMINATE) => Ok(Look::Stopped),
        Some(KILL) => {
            thread::sleep(MOMENT);
            Ok(Look::Died)
        }
        Some(_) => Ok(Look::Died),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_death_says_something_against_a_file() {
        let end = |raw| look_of(ExitStatus::from_raw(raw)).ok();
        assert_eq!(end(0), Some(Look::Finished));
        for (signal, look) in [(6, Look::Died), (9, Look::Died), (15, Look::Stopped)] {
            assert_eq!(end(signal), Some(look));
        }
        assert_eq!(end(1 << 8), None);
    }

    #[test]
    fn a_process_is_ended_when_its_worker_is_told_to_stop() {
        let child = std::process::Command::new("sleep").arg("600").spawn();
        let look = watch(child.unwrap(), || true, || Ok(()));
        assert_eq!(look.ok(), Some(Look::Stopped));
    }
}
