//! A real Redis server for one test.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use common::queue::QueueUrl;
use tempfile::TempDir;

/// Ports below those that the system gives to outgoing connections, so that a server can come
/// back under its own.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// How long a healthy server may take to answer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether the server still knows after a restart what it knew before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    Durable,
    Volatile,
}

/// A Redis server that ends with its owner.
pub struct RedisServer {
    child: Child,
    port: u16,
    folder: TempDir,
    memory: Memory,
}

impl RedisServer {
    /// Starts a server. It binds its port itself; when the port is taken, the next is tried.
    pub fn start(memory: Memory) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut seed = [0; 2];
        getrandom::fill(&mut seed).unwrap();
        let first = usize::from(u16::from_le_bytes(seed)) % PORTS.len();
        for port in PORTS.cycle().skip(first).take(100) {
            if let Some(child) = spawn(port, &folder, memory) {
                return Self {
                    child,
                    port,
                    folder,
                    memory,
                };
            }
        }
        panic!("redis-server starts on none of 100 ports");
    }

    /// Its address.
    pub fn url(&self) -> QueueUrl {
        format!("redis://127.0.0.1:{}/0", self.port)
            .parse()
            .unwrap()
    }

    /// A connection past everything that is tested.
    pub async fn connection(&self) -> redis::aio::MultiplexedConnection {
        let client = redis::Client::open(format!("redis://127.0.0.1:{}/0", self.port)).unwrap();
        // The library's own half a second is not enough where other tests take all cores.
        let patient = redis::AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let connected = client.get_multiplexed_async_connection_with_config(&patient);
        connected.await.unwrap()
    }

    /// Makes it forget everything, its scripts too.
    pub async fn flush(&self) {
        let mut connection = self.connection().await;
        let () = redis::cmd("FLUSHALL")
            .query_async(&mut connection)
            .await
            .unwrap();
        let () = redis::cmd("SCRIPT")
            .arg("FLUSH")
            .query_async(&mut connection)
            .await
            .unwrap();
    }

    /// Kills it, as `kill -9` does.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Makes it hang: connections stay, and new ones are made, but nothing is answered.
    pub fn pause(&self) {
        self.send("STOP");
    }

    /// Lets it go on after [`RedisServer::pause`].
    pub fn resume(&self) {
        self.send("CONT");
    }

    fn send(&self, signal: &str) {
        let mut kill = Command::new("kill");
        kill.args([format!("-{signal}"), self.child.id().to_string()]);
        assert!(kill.status().unwrap().success());
    }

    /// Starts it again under the same address.
    pub fn start_again(&mut self) {
        self.child = spawn(self.port, &self.folder, self.memory)
            .unwrap_or_else(|| panic!("port {} was taken meanwhile", self.port));
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that accepts connections; `None` when it ended, because its port is taken.
fn spawn(port: u16, folder: &TempDir, memory: Memory) -> Option<Child> {
    let append = match memory {
        Memory::Durable => "yes",
        Memory::Volatile => "no",
    };
    let mut child = Command::new("redis-server")
        .args(["--port", &port.to_string()])
        .args(["--bind", "127.0.0.1"])
        .args(["--save", ""])
        .args(["--appendonly", append, "--appendfsync", "always"])
        .arg("--dir")
        .arg(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("redis-server cannot be started ({error}): run `bash worker/setup/test_tools.sh`, or install it with your package manager")
        });
    let mut log = BufReader::new(child.stdout.take().unwrap()).lines();
    let is_ready = log.any(|line| line.is_ok_and(|text| text.contains("Ready to accept")));
    if !is_ready {
        child.wait().unwrap();
        return None;
    }
    // The log is read on, so that the server never waits for a full pipe.
    std::thread::spawn(move || log.for_each(drop));
    ping(port);
    Some(child)
}

fn ping(port: u16) {
    let client = redis::Client::open(format!("redis://127.0.0.1:{port}/0")).unwrap();
    let mut connection = client.get_connection().unwrap();
    let answer: String = redis::cmd("PING").query(&mut connection).unwrap();
    assert_eq!(answer, "PONG");
}
