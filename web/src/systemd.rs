//! Notices to systemd: that the program is ready, and that it still runs.

use std::sync::atomic::{AtomicBool, Ordering};

use sd_notify::NotifyState;

/// Whether the process is beyond help, and systemd is to begin anew.
static IS_GIVEN_UP: AtomicBool = AtomicBool::new(false);

/// Says that requests are answered from now on. Where systemd watches, it hears from here on
/// that the program's main task still gets its turn.
pub fn ready() {
    if let Err(error) = sd_notify::notify(&[NotifyState::Ready]) {
        tracing::debug!(%error, "systemd is not told");
    }
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return;
    };
    actix_web::rt::spawn(async move {
        let mut turns = tokio::time::interval(limit / 3);
        loop {
            turns.tick().await;
            if IS_GIVEN_UP.load(Ordering::Relaxed) {
                return;
            }
            let _ = sd_notify::notify(&[NotifyState::Watchdog]);
        }
    });
}

/// Says how the program fares, for `systemctl status`.
pub fn status(text: &str) {
    let _ = sd_notify::notify(&[NotifyState::Status(text)]);
}

/// Says no longer that the program still runs, so that systemd ends it and starts it again.
pub fn give_up() {
    IS_GIVEN_UP.store(true, Ordering::Relaxed);
}

/// Says that the program is about to end.
pub fn stopping() {
    let _ = sd_notify::notify(&[NotifyState::Stopping]);
}
