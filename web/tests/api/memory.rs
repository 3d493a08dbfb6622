//! The real program: what a large upload costs it, and what its log says.

use reqwest::{
    Body, Client,
    multipart::{Form, Part},
};

use crate::{program::Program, support::*};

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
    let program = Program::start(&[]);
    let client = Client::builder().no_proxy().build().unwrap();
    let mut peaks = Vec::new();
    let mut ids = Vec::new();
    for megabytes in [50, 1000] {
        let request = client
            .post(format!("{}/jobs", program.url))
            .header("accept", JSON);
        let answer = request.multipart(picture(megabytes)).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        ids.push(job_of(&answer).to_string());
        peaks.push(program.memory("VmHWM"));
    }
    eprintln!("peak memory after 50 MB and 1 GB: {peaks:?} bytes");
    assert!(peaks[1] < peaks[0] + 30_000_000, "{peaks:?}");
    assert!(peaks[1] < 150_000_000, "{peaks:?}");

    let log = program.end();
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
