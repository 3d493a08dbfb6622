//! The web front end as a process, and `curl` as the one who uploads.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::mpsc,
    thread::JoinHandle,
};

use common::job::JobId;
use serde_json::Value;

use crate::{deployment::Deployment, support::running::send};

/// A running `trapline-web` that ends with its owner.
pub(crate) struct WebFront {
    child: Child,
    /// Copies what it logs into the file.
    log: Option<JoinHandle<()>>,
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
        Self::start_command(service, Command::new(program))
    }

    /// Starts it likewise by another program, which may take something away from it first.
    pub(crate) fn start_under(service: &Deployment, mut starter: Command) -> Self {
        starter
            .arg(Path::new(env!("CARGO_BIN_EXE_trapline-worker")).with_file_name("trapline-web"));
        Self::start_command(service, starter)
    }

    fn start_command(service: &Deployment, mut command: Command) -> Self {
        let mut child = command
            .envs(service.settings())
            .env("BIND_ADDR", "127.0.0.1:0")
            .env("METRICS_ADDR", "off")
            .env("MIN_FREE_BYTES", "1")
            .env("LOG_FORMAT", "json")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (log, address) =
            follow_log(child.stdout.take().unwrap(), &service.bench.path("web.log"));
        Self {
            child,
            log: Some(log),
            address,
        }
    }

    /// Tells it to stop, as systemd does, and waits until it has.
    pub(crate) fn stop(&mut self) {
        send(&self.child, "TERM");
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
        // All that it logged is in the file then.
        if let Some(log) = self.log.take() {
            log.join().unwrap();
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

    /// Asks for a path and throws away what comes.
    pub(crate) fn ask(&self, arguments: &[&str], path: &str) -> Answer {
        let mut all = vec!["--dump-header", "-", "--output", "/dev/null"];
        all.extend(["--write-out", "%{http_code} %{time_total}"]);
        all.extend(arguments);
        Answer::of(&self.curl(&all, path))
    }

    /// Uploads a file as a program does; the job that it becomes.
    pub(crate) fn upload(&self, file: &Path, more: &[&str]) -> JobId {
        let file = format!("files=@{}", file.display());
        let mut arguments = vec!["--form", "email=ada@example.org", "--form", &file];
        arguments.extend(["--header", "Accept: application/json"]);
        arguments.extend(more);
        let answer = self.curl(&arguments, "/jobs").stdout;
        let accepted: Value = serde_json::from_slice(&answer).unwrap();
        let id = accepted["id"].as_str();
        id.unwrap_or_else(|| panic!("{accepted}")).parse().unwrap()
    }

    /// Begins to upload files, at so many bytes in a second; `curl` prints what is answered.
    pub(crate) fn begin_upload(&self, files: &[&Path], bytes_per_second: &str) -> Child {
        let mut curl = self.curl_command(&["--limit-rate", bytes_per_second], "/jobs");
        curl.args(["--header", "Accept: application/json"]);
        curl.args(["--form", "email=ada@example.org"]);
        for file in files {
            curl.arg("--form").arg(format!("files=@{}", file.display()));
        }
        let curl = curl.stdout(Stdio::piped()).stderr(Stdio::null());
        curl.spawn().unwrap()
    }

    fn curl_command(&self, arguments: &[&str], path: &str) -> Command {
        let mut command = Command::new("curl");
        command
            .args(["--silent", "--show-error"])
            .args(arguments)
            .arg(format!("{}{path}", self.address));
        command
    }
}

/// Copies what it logs into a file, for as long as it runs; gives the address that it names.
fn follow_log(log: ChildStdout, file: &Path) -> (JoinHandle<()>, String) {
    let mut file = fs::File::options()
        .create(true)
        .append(true)
        .open(file)
        .unwrap();
    let (tell, address) = mpsc::channel();
    let copying = std::thread::spawn(move || {
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            writeln!(file, "{line}").unwrap();
            if let Some((_, address)) = line.split_once("listening on ") {
                let _ = tell.send(address.split('"').next().unwrap().to_owned());
            }
        }
    });
    (copying, address.recv().unwrap())
}

/// What `curl` says of an answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) seconds: f64,
    /// `Retry-After`, in seconds.
    pub(crate) retry_after: Option<u64>,
}

impl Answer {
    fn of(output: &Output) -> Self {
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        let lower = text.to_ascii_lowercase();
        let header = lower.lines().find_map(|l| l.strip_prefix("retry-after: "));
        let (status, seconds) = text.lines().last().unwrap().split_once(' ').unwrap();
        Self {
            status: status.parse().unwrap(),
            seconds: seconds.parse().unwrap(),
            retry_after: header.map(|seconds| seconds.trim().parse().unwrap()),
        }
    }
}

impl Drop for WebFront {
    fn drop(&mut self) {
        self.kill();
    }
}
