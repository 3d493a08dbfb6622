//! What the programs tell systemd, on a socket of the test's own.

use std::{os::unix::net::UnixDatagram, time::Duration};

use crate::{backend::place::Place, deployment::Deployment, web_front::WebFront};

/// The place of systemd.
struct Systemd(UnixDatagram);

impl Systemd {
    /// Begins to listen to the programs of a service, which are to say five times in a second or
    /// more that they still run.
    fn watch_over(service: &mut Deployment) -> Self {
        let path = service.bench.path("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        service.set("NOTIFY_SOCKET", path.to_str().unwrap());
        service.set("WATCHDOG_USEC", "400000");
        Self(socket)
    }

    /// Waits until a program says this, whatever it says before.
    fn hears(&self, expected: &str) {
        let mut message = [0; 4096];
        loop {
            let length = self.0.recv(&mut message).unwrap();
            let text = String::from_utf8_lossy(&message[..length]).into_owned();
            if text.lines().any(|line| line == expected) {
                return;
            }
        }
    }

    /// What is told from the start of a program on, until it is told to stop.
    fn hears_a_program_at_work(&self) {
        self.hears("READY=1");
        for _ in 0..3 {
            self.hears("WATCHDOG=1");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn systemd_is_told_that_the_programs_are_ready_still_run_and_stop() {
    let mut service = Deployment::new(Place::sqlite(), 30).await;
    let systemd = Systemd::watch_over(&mut service);
    let worker = service.start_worker();
    systemd.hears_a_program_at_work();
    service.stop(worker);
    systemd.hears("STOPPING=1");

    let mut web = WebFront::start(&service);
    systemd.hears_a_program_at_work();
    systemd.hears("STATUS=takes uploads");
    web.stop();
    systemd.hears("STOPPING=1");
}
