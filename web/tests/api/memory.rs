//! The real program: what a large upload costs it, and what its log says.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use reqwest::{
    Body, Client,
    multipart::{Form, Part},
};

use crate::support::*;

/// A program that ends with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The most memory that a process has had, bytes.
fn peak_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    let kibibytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kibibytes * 1024
}

fn picture(megabytes: usize) -> Form {
    let chunk = bytes::Bytes::from(jpeg(1_000_000));
    let chunks = (0..megabytes).map(move |_| Ok::<_, std::io::Error>(chunk.clone()));
    let body = Body::wrap_stream(futures::stream::iter(chunks));
    let part =
        Part::stream_with_length(body, megabytes as u64 * 1_000_000).file_name("secret-name.jpg");
    Form::new()
        .text("email", "ada@example.org")
        .part("files", part)
}

#[actix_web::test]
async fn an_upload_of_a_gigabyte_takes_no_more_memory_than_a_small_one_and_the_log_names_nobody() {
    let home = tempfile::tempdir().unwrap();
    let program = Command::new(env!("CARGO_BIN_EXE_trapline-web"))
        .env("TRAPLINE_HOME", home.path())
        .env("BIND_ADDR", "127.0.0.1:0")
        .env("METRICS_ADDR", "off")
        .env("MIN_FREE_BYTES", "1000000")
        .env("LOG_FORMAT", "json")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut program = Program(program);
    let mut log = BufReader::new(program.0.stdout.take().unwrap()).lines();
    let address = log
        .find_map(|line| {
            let line = line.unwrap();
            let (_, rest) = line.split_once("listening on ")?;
            Some(rest.split('"').next().unwrap().to_owned())
        })
        .unwrap();
    let client = Client::builder().no_proxy().build().unwrap();
    let mut peaks = Vec::new();
    let mut ids = Vec::new();
    for megabytes in [50, 1000] {
        let request = client
            .post(format!("{address}/jobs"))
            .header("accept", JSON);
        let answer = request.multipart(picture(megabytes)).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        ids.push(job_of(&answer).to_string());
        peaks.push(peak_memory(program.0.id()));
    }
    eprintln!("peak memory after 50 MB and 1 GB: {peaks:?} bytes");
    assert!(peaks[1] < peaks[0] + 30_000_000, "{peaks:?}");
    assert!(peaks[1] < 150_000_000, "{peaks:?}");

    program.0.kill().unwrap();
    let log: Vec<String> = log.map(Result::unwrap).collect();
    assert!(
        log.iter()
            .any(|line| line.contains("an upload was accepted"))
    );
    for line in &log {
        let is_silent = !line.contains("ada@") && !line.contains("secret-name");
        assert!(
            is_silent && ids.iter().all(|id| !line.contains(id)),
            "{line}"
        );
    }
}
