//! A mail server for one test, and the mails that it takes.

use std::path::PathBuf;

use common::job::{JobId, MailKind};
use serde_json::Value;
use tempfile::TempDir;

use super::python_server::PythonServer;

/// A mail server, and what is needed to talk to it.
pub struct MailServer {
    server: PythonServer,
    folder: TempDir,
    port: u64,
}

/// A mail that a server took.
#[derive(Debug)]
pub struct TakenMail {
    /// Its `Message-ID`, without brackets.
    pub id: String,
    /// When the server took it, milliseconds since 1970.
    pub taken_ms: i64,
}

impl MailServer {
    /// Starts a server that behaves as `servers/smtp_server.py` says.
    pub fn start(behaviour: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let arguments = [behaviour, folder.path().to_str().unwrap()];
        let server = PythonServer::start("smtp_server.py", &arguments);
        let port = server.next()["port"].as_u64().unwrap();
        Self {
            server,
            folder,
            port,
        }
    }

    /// The certificate of its authority.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Its address: a scheme, and what comes behind the port.
    pub fn url(&self, before: &str, after: &str) -> String {
        format!("{before}127.0.0.1:{}{after}", self.port)
    }

    /// What it tells of the next mail that it takes.
    pub fn next(&self) -> Value {
        self.server.next()
    }

    /// The mails that it took and were not asked for yet. It takes no more.
    pub fn close(self) -> Vec<TakenMail> {
        self.server.end().iter().map(TakenMail::of).collect()
    }
}

impl TakenMail {
    /// A mail as the server told it.
    pub fn of(told: &Value) -> Self {
        let content = told["content"].as_str().unwrap();
        let id = content.lines().find_map(|line| {
            let (_, id) = line.split_once("Message-ID: <")?;
            id.strip_suffix('>')
        });
        Self {
            id: id.unwrap().to_owned(),
            taken_ms: told["taken_ms"].as_i64().unwrap(),
        }
    }

    /// Whether it is the mail of this kind about this job.
    pub fn is(&self, job: JobId, kind: MailKind) -> bool {
        let name = format!("{}-{}.", job.tag(), kind.name());
        self.id.starts_with(&name)
    }
}
