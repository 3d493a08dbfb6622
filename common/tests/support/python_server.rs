//! Servers written in Python, run by the Python of the tests.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "every test binary uses its own part, and nothing outside uses any"
)]

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use serde_json::Value;

/// Longer than anything here takes on a busy machine; it only ends tests that would never end.
const DEADLINE: Duration = Duration::from_secs(90);

/// A server that ends with its owner. It tells what happens in lines of JSON, its address first.
pub struct PythonServer {
    child: Child,
    told: mpsc::Receiver<String>,
}

impl PythonServer {
    /// Starts a script of `common/tests/servers`.
    pub fn start(script: &str, arguments: &[&str]) -> Self {
        // Tests of all crates have it from here.
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let python = env::var_os("TRAPLINE_TEST_PYTHON")
            .map_or_else(|| root.join("var/test-venv/bin/python"), PathBuf::from);
        assert!(
            python.try_exists().is_ok_and(|found| found),
            "{} is missing: run `bash worker/setup/test_tools.sh`, or set TRAPLINE_TEST_PYTHON",
            python.display()
        );
        let mut child = Command::new(python)
            .arg(root.join("common/tests/servers").join(script))
            .args(arguments)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        Self { child, told }
    }

    /// What it tells next.
    pub fn next(&self) -> Value {
        let line = self.told.recv_timeout(DEADLINE);
        let line = line.unwrap_or_else(|_| {
            panic!("the server says nothing; run `bash worker/setup/test_tools.sh` again?")
        });
        serde_json::from_str(&line).unwrap()
    }

    /// Gives it a command: a line of its own.
    pub fn command(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Ends it, and gives what it told since.
    pub fn end(mut self) -> Vec<Value> {
        let _ = self.child.kill();
        let lines = self.told.iter();
        lines
            .map(|line| serde_json::from_str(&line).unwrap())
            .collect()
    }
}

impl Drop for PythonServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
