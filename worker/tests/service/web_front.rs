//! The web front end as a process, and `curl` as the one who uploads.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use crate::deployment::Deployment;

/// A running `trapline-web` that ends with its owner.
pub(crate) struct WebFront {
    child: Child,
    /// Where it serves, without a slash at the end.
    pub(crate) address: String,
}

impl WebFront {
    /// Starts it beside the workers of a service, on a port that is free.
    pub(crate) fn start(service: &Deployment) -> Self {
        let program =
            Path::new(env!("CARGO_BIN_EXE_trapline-worker")).with_file_name("trapline-web");
        assert!(
            program.try_exists().is_ok_and(|found| found),
            "{} is missing: run `cargo build -p trapline-web`",
            program.display()
        );
        let mut child = Command::new(program)
            .envs(service.settings())
            .env("BIND_ADDR", "127.0.0.1:0")
            .env("METRICS_ADDR", "off")
            .env("MIN_FREE_BYTES", "1")
            .env("LOG_FORMAT", "json")
            .env("LOG_LEVEL", "info")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = log.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, address) = line.split_once("listening on ")?;
            Some(address.split('"').next()?.to_owned())
        });
        // The log is read on, so that the server never waits for a full pipe.
        std::thread::spawn(move || log.for_each(drop));
        Self {
            child,
            address: address.unwrap(),
        }
    }

    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    /// `curl` with these arguments and a path on this server.
    pub(crate) fn curl(&self, arguments: &[&str], path: &str) -> Output {
        let output = self.curl_command(arguments, path).output();
        output.unwrap_or_else(|error| panic!("curl cannot be run ({error}): install it"))
    }

    pub(crate) fn curl_command(&self, arguments: &[&str], path: &str) -> Command {
        let mut command = Command::new("curl");
        command
            .args(["--silent", "--show-error"])
            .args(arguments)
            .arg(format!("{}{path}", self.address));
        command
    }
}

impl Drop for WebFront {
    fn drop(&mut self) {
        self.kill();
    }
}
