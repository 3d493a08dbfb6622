//! An S3 server of the tests' own, and what it saw.

use std::sync::Mutex;

use common::{
    job::JobId,
    store::{Store, StoreUrl},
};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::python_server::PythonServer;

/// An S3 server that ends with its owner.
pub struct S3Server {
    server: Mutex<PythonServer>,
    /// Where it is, without a slash at the end.
    pub address: String,
}

/// What was read of uploaded files.
#[derive(Debug)]
pub struct Reads {
    /// Requests.
    pub requests: usize,
    /// Requests for a file as a whole.
    pub of_whole_files: usize,
    /// Bytes that were sent.
    pub bytes: u64,
}

impl S3Server {
    pub fn start() -> Self {
        let server = PythonServer::start("s3_server.py", &[]);
        let address = server.next()["address"].as_str().unwrap().to_owned();
        let server = Mutex::new(server);
        Self { server, address }
    }

    /// Makes a bucket, and returns the address of a store below a prefix of it.
    pub async fn store_url(&self, prefix: &str) -> StoreUrl {
        let name = JobId::random().unwrap().to_string();
        self.ask("PUT", &format!("/{name}")).await;
        format!("s3://{name}{prefix}").parse().unwrap()
    }

    /// Opens a store in this server.
    pub fn open(&self, url: &StoreUrl) -> Store {
        Store::open_with(url, &self.settings()).unwrap()
    }

    /// What programs must have in their environment.
    pub fn settings(&self) -> [(&'static str, &str); 5] {
        [
            ("AWS_ENDPOINT", self.address.as_str()),
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ALLOW_HTTP", "true"),
        ]
    }

    /// What was read of uploaded files since this was last asked.
    pub fn reads(&self) -> Reads {
        let answer = self.command("reads");
        let reads = answer["reads"].as_array().unwrap();
        Reads {
            requests: reads.len(),
            of_whole_files: reads.iter().filter(|read| read["range"].is_null()).count(),
            bytes: reads
                .iter()
                .map(|read| read["bytes"].as_u64().unwrap())
                .sum(),
        }
    }

    /// Refuses the next read of this range of an uploaded file.
    pub fn refuse(&self, range: &str) {
        self.command(&format!("refuse {range}"));
    }

    /// Refuses everything, until it is opened.
    pub fn shut(&self) {
        self.command("shut");
    }

    pub fn open_again(&self) {
        self.command("open");
    }

    fn command(&self, line: &str) -> Value {
        let mut server = self.server.lock().unwrap();
        server.command(line);
        server.next()
    }

    /// A plain HTTP request without any key, which must succeed.
    pub async fn ask(&self, method: &str, path: &str) -> String {
        let host = self.address.strip_prefix("http://").unwrap();
        let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }
}
