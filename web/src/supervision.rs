//! What systemd is told: that the program is ready, and that it still runs.

use sd_notify::NotifyState;

/// Says that requests are answered from now on. Where systemd watches, it is told from here on
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
            let _ = sd_notify::notify(&[NotifyState::Watchdog]);
        }
    });
}

/// Says that the program is about to end.
pub fn stopping() {
    let _ = sd_notify::notify(&[NotifyState::Stopping]);
}
