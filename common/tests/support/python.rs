//! Servers written in Python, run by the Python of the tests.

use std::{
    env,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// A server that ends with its owner.
pub struct PythonServer {
    child: Child,
    /// The first line it printed.
    pub greeting: String,
}

impl PythonServer {
    /// Starts a script of `tests/servers`, which prints a line when it is ready.
    pub fn start(script: &str) -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = env::var_os("TRAPLINE_TEST_PYTHON")
            .map_or_else(|| here.join("../var/test-venv/bin/python"), PathBuf::from);
        assert!(
            python.try_exists().is_ok_and(|found| found),
            "{} is missing: run `bash worker/setup/test_tools.sh`, or set TRAPLINE_TEST_PYTHON",
            python.display()
        );
        let mut child = Command::new(python)
            .arg(here.join("tests/servers").join(script))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut greeting = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut greeting).unwrap();
        let greeting = greeting.trim_end().to_owned();
        assert!(
            !greeting.is_empty(),
            "{script} does not start; run `bash worker/setup/test_tools.sh` again?"
        );
        std::thread::spawn(move || said.lines().for_each(drop));
        Self { child, greeting }
    }
}

impl Drop for PythonServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
