//! Clients that hardly send, or do not read: real sockets, and limits that a test can wait for.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use web::WebConfig;

use crate::{program::Program, resumable::tus::*, support::*};

/// At least 100 bytes in a second, looked at every second.
fn impatient(config: &mut WebConfig) {
    config.upload_idle_seconds = 1;
    config.upload_min_bytes_per_second = 100;
}

/// Sends the head of a request, and then its body byte by byte for as long as the server takes
/// them. What it answers.
async fn drip(url: &str, head: String, every: Duration) -> String {
    let address = url.strip_prefix("http://").unwrap().to_owned();
    let dripped = thread::spawn(move || {
        let mut connection = TcpStream::connect(&address).unwrap();
        let head = head.replace("HOST", &address);
        connection.write_all(head.as_bytes()).unwrap();
        connection
            .set_read_timeout(Some(every.max(Duration::from_millis(1))))
            .unwrap();
        let (mut answer, mut part) = (Vec::new(), [0; 4096]);
        let begun = Instant::now();
        loop {
            assert!(begun.elapsed() < Duration::from_secs(60), "never ended");
            let _ = connection.write_all(b"x");
            match connection.read(&mut part) {
                Ok(0) => break,
                Ok(count) => answer.extend_from_slice(&part[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => break,
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    });
    actix_web::rt::task::spawn_blocking(|| dripped.join().unwrap())
        .await
        .unwrap()
}

const EVERY: Duration = Duration::from_millis(100);

#[actix_web::test]
async fn a_form_that_comes_byte_by_byte_is_ended_and_nothing_of_it_is_kept() {
    let app = TestApp::start_with(impatient).await;
    let head = "POST /jobs HTTP/1.1\r\nhost: HOST\r\naccept: application/json\r\n\
                content-length: 1000000\r\ncontent-type: multipart/form-data; boundary=b\r\n\r\n\
                --b\r\ncontent-disposition: form-data; name=\"files\"; filename=\"a.jpg\"\r\n\r\n";
    let answer = drip(&app.url, head.to_owned(), EVERY).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("\"stalled\""), "{answer}");
    until("the half upload goes", async || app.stored().is_empty()).await;
}

#[actix_web::test]
async fn small_forms_that_come_byte_by_byte_are_ended() {
    let app = TestApp::start_with(impatient).await;
    let gallery = Gallery::of(&app, 5).await;
    for path in [
        "/jobs".to_owned(),
        gallery.at("/rebuild"),
        gallery.at("/results/corrections"),
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: HOST\r\naccept: application/json\r\n\
             content-length: 10000\r\n\
             content-type: application/x-www-form-urlencoded\r\n\r\nemail="
        );
        let answer = drip(&app.url, head, EVERY).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{path}: {answer}");
        assert!(answer.contains("\"stalled\""), "{path}: {answer}");
    }
}

#[actix_web::test]
async fn an_upload_in_parts_that_is_cut_for_slowness_keeps_what_came_and_goes_on() {
    let app = TestApp::start_with(impatient).await;
    let upload = app.begin(10_000, &[]).await;
    let head = format!(
        "PATCH {upload} HTTP/1.1\r\nhost: HOST\r\ntus-resumable: 1.0.0\r\n\
         upload-offset: 0\r\ncontent-length: 10000\r\ncontent-type: {BYTES}\r\n\r\n"
    );
    let answer = drip(&app.url, head, EVERY).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let here = app.offset(&upload).await.unwrap();
    assert!(here > 0 && here < 100, "{here}");
    app.add(&upload, here, &vec![b'y'; 10_000 - here]).await;
}

#[actix_web::test]
async fn a_head_that_comes_byte_by_byte_is_ended() {
    let app = TestApp::start_with(impatient).await;
    let head = "GET /healthz HTTP/1.1\r\nhost: HOST\r\nx: ";
    let answer = drip(&app.url, head.to_owned(), EVERY).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[actix_web::test]
async fn a_body_that_nobody_reads_does_not_hold_the_connection() {
    let app = TestApp::start_with(impatient).await;
    let head = "POST /nowhere HTTP/1.1\r\nhost: HOST\r\ncontent-length: 1000000\r\n\r\n";
    let answer = drip(&app.url, head.to_owned(), EVERY).await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
}

/// A package that no buffer between two programs takes.
const PACKAGE_BYTES: usize = 64 << 20;

/// A program with a package, and the request for it.
async fn with_package(settings: &[(&str, &str)]) -> (Program, String) {
    let program = Program::start(settings);
    let app = TestApp::start_with(|_| {}).await;
    let job = app.done_job(&vec![7; PACKAGE_BYTES]).await;
    let (from, to) = (
        app.store_folder().join("jobs"),
        program.home().join("store"),
    );
    std::fs::rename(from, to.join("jobs")).unwrap();
    let path = format!("/jobs/{job}/results.zip");
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    (program, request)
}

fn connect(program: &Program, request: &str) -> TcpStream {
    let address = program.url.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(address).unwrap();
    connection.write_all(request.as_bytes()).unwrap();
    connection
}

#[actix_web::test]
async fn downloads_that_nobody_reads_are_ended_and_take_little_memory() {
    const READERS: u64 = 300;
    let (program, request) = with_package(&[("DOWNLOAD_IDLE_SECONDS", "3")]).await;
    let before = program.memory("VmRSS");
    let connections: Vec<TcpStream> = (0..READERS).map(|_| connect(&program, &request)).collect();
    until("the connections are made", async || {
        program.connections() as u64 >= READERS
    })
    .await;
    until("they are ended", async || program.connections() == 0).await;
    let each = program.memory("VmHWM").saturating_sub(before) / READERS;
    eprintln!("memory of a download that nobody reads: {each} bytes");
    assert!(each < 200_000, "{each}");
    drop(connections);
}

#[actix_web::test]
async fn a_slow_reader_that_takes_something_now_and_then_is_never_ended() {
    let (program, request) = with_package(&[("DOWNLOAD_IDLE_SECONDS", "3")]).await;
    let mut connection = connect(&program, &request);
    let read = actix_web::rt::task::spawn_blocking(move || {
        // More than the time after which it would be ended if it took nothing.
        let begun = Instant::now();
        let mut part = vec![0; 200_000];
        while begun.elapsed() < Duration::from_secs(9) {
            connection.read_exact(&mut part).unwrap();
            thread::sleep(Duration::from_millis(300));
        }
        let mut rest = Vec::new();
        connection
            .take(PACKAGE_BYTES as u64 / 2)
            .read_to_end(&mut rest)
            .unwrap();
        rest.len()
    });
    assert_eq!(read.await.unwrap(), PACKAGE_BYTES / 2);
}
