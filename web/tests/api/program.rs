//! The real program, as systemd or a person starts it.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread::{self, JoinHandle},
};

use tempfile::TempDir;

/// A program that ends with the test.
pub(crate) struct Program {
    child: Child,
    /// Where it is, without a slash at the end.
    pub(crate) url: String,
    before: Vec<String>,
    log: Option<JoinHandle<Vec<String>>>,
    home: TempDir,
}

/// The program with settings that keep it to a folder, and no others.
pub(crate) fn command(home: &TempDir, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trapline-web"));
    command
        .env_clear()
        .env("TRAPLINE_HOME", home.path())
        .env("BIND_ADDR", "127.0.0.1:0")
        .env("METRICS_ADDR", "off")
        .env("MIN_FREE_BYTES", "1000000")
        .env("LOG_FORMAT", "json")
        .envs(settings.iter().copied());
    command
}

/// What the program says when it is started with these arguments and ends by itself.
pub(crate) fn said(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let home = tempfile::tempdir().unwrap();
    command(&home, settings).args(arguments).output().unwrap()
}

impl Program {
    /// Starts it and waits until it listens.
    pub(crate) fn start(settings: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let child = command(&home, settings).stdout(Stdio::piped()).spawn();
        let mut child = child.unwrap();
        let mut log = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut before = Vec::new();
        let url = log.find_map(|line| {
            let line = line.unwrap();
            let url = line.split_once("listening on ").map(|(_, rest)| {
                let url = rest.split('"').next();
                url.unwrap().to_owned()
            });
            before.push(line);
            url
        });
        Self {
            child,
            url: url.unwrap(),
            before,
            // Who logs into a pipe that nobody reads stands still when it is full.
            log: Some(thread::spawn(|| log.map_while(Result::ok).collect())),
            home,
        }
    }

    /// A number of the system's about its memory, bytes: `VmHWM`, the most that it has had, or
    /// `VmRSS`, what it has now.
    pub(crate) fn memory(&self, what: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(what)).unwrap();
        let kibibytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kibibytes * 1024
    }

    /// What it logged before it listened.
    pub(crate) fn before(&self) -> &[String] {
        &self.before
    }

    /// Its `TRAPLINE_HOME`.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// How many connections of clients it holds.
    pub(crate) fn connections(&self) -> usize {
        let port: u16 = self.url.rsplit(':').next().unwrap().parse().unwrap();
        let (port, established) = (format!(":{port:04X} "), " 01 ");
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let own = table.lines().filter(|line| {
            let local = line.find(&port).is_some_and(|at| at < 20);
            local && line.contains(established)
        });
        own.count()
    }

    /// Ends it, and gives what it logged since it listened.
    pub(crate) fn end(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.log.take().unwrap().join().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
