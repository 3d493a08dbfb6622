//! A client that nobody here wrote: tuspy, over a line that is cut again and again.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use sha2::{Digest as _, Sha256};

use crate::support::*;

const BYTES: usize = 8_000_000;
const CUTS: usize = 50;

/// Lets tuspy upload, and gives what it says about it.
async fn upload_with_tuspy(app: &TestApp, arguments: &[&str]) -> serde_json::Value {
    let web = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = env::var_os("TRAPLINE_TEST_PYTHON")
        .map_or_else(|| web.join("../var/test-venv/bin/python"), PathBuf::from);
    let mut command = Command::new(&python);
    command
        .arg(web.join("tests/clients/tuspy_over_bad_line.py"))
        .arg(format!("{}/uploads", app.url))
        .args([BYTES.to_string(), CUTS.to_string()])
        .args(arguments);
    let ran = tokio::task::spawn_blocking(move || command.output());
    let output = ran.await.unwrap().unwrap_or_else(|error| {
        let python = python.display();
        panic!(
            "{python}: {error}: run `bash worker/setup/test_tools.sh`, or set TRAPLINE_TEST_PYTHON"
        )
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "tuspy failed; run `bash worker/setup/test_tools.sh` again?\n{said}"
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[actix_web::test]
async fn what_tuspy_sends_over_a_line_that_is_cut_at_random_places_is_stored_as_it_was() {
    let app = TestApp::start().await;
    for arguments in [&[][..], &["checksum"]] {
        let told = upload_with_tuspy(&app, arguments).await;
        assert_eq!(told["cuts"], CUTS, "{told}");
        assert_eq!(told["offset"], BYTES, "{told}");
        let path = told["path"].as_str().unwrap();
        let stored = std::fs::read(app.store_folder().join(path.trim_start_matches('/'))).unwrap();
        let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(&stored));
        assert_eq!(told["sha256"], hash.as_str(), "{arguments:?}");
    }
}
