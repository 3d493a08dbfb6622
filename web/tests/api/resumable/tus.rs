//! A hand for what a client of the protocol does.

use data_encoding::BASE64;
use reqwest::{Body, Method, RequestBuilder, Response};

use crate::support::*;

pub(crate) const BYTES: &str = "application/offset+octet-stream";

impl TestApp {
    /// A request in the protocol.
    pub(crate) fn tus(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.client.request(method, format!("{}{path}", self.url));
        request
            .header("tus-resumable", "1.0.0")
            .header("accept", JSON)
    }

    /// Begins an upload and gives its address.
    pub(crate) async fn begin(&self, length: usize, metadata: &[(&str, &str)]) -> String {
        let answer = self.try_to_begin(length, metadata).await;
        assert_eq!(answer.status(), 201);
        location_of(&answer)
    }

    pub(crate) async fn try_to_begin(&self, length: usize, metadata: &[(&str, &str)]) -> Response {
        let request = self.tus("POST", "/uploads").header("upload-length", length);
        let metadata: Vec<String> = metadata
            .iter()
            .map(|(key, value)| format!("{key} {}", BASE64.encode(value.as_bytes())))
            .collect();
        let request = request.header("upload-metadata", metadata.join(","));
        request.send().await.unwrap()
    }

    /// Begins an upload with all its bytes.
    pub(crate) async fn send_whole(&self, name: &str, bytes: &[u8]) -> String {
        let request = self.tus("POST", "/uploads").header("content-type", BYTES);
        let name = BASE64.encode(name.as_bytes());
        let answer = request
            .header("upload-length", bytes.len())
            .header("upload-metadata", format!("relativePath {name}"))
            .body(bytes.to_vec())
            .send();
        let answer = answer.await.unwrap();
        assert_eq!(answer.status(), 201);
        assert_eq!(number(&answer, "upload-offset"), bytes.len());
        location_of(&answer)
    }

    /// A request with more bytes.
    pub(crate) fn part(&self, path: &str, offset: usize, bytes: impl Into<Body>) -> RequestBuilder {
        let request = self.tus("PATCH", path).header("upload-offset", offset);
        request.header("content-type", BYTES).body(bytes)
    }

    /// Sends more bytes, which must be taken.
    pub(crate) async fn add(&self, path: &str, offset: usize, bytes: &[u8]) {
        let answer = self.part(path, offset, bytes.to_vec()).send().await;
        let answer = answer.unwrap();
        assert_eq!(answer.status(), 204);
        assert_eq!(number(&answer, "upload-offset"), offset + bytes.len());
    }

    /// How many bytes are there; `None` when the upload is gone.
    pub(crate) async fn offset(&self, path: &str) -> Option<usize> {
        let answer = self.tus("HEAD", path).send().await.unwrap();
        let is_here = answer.status() == 200;
        assert!(is_here || answer.status() == 410, "{}", answer.status());
        is_here.then(|| number(&answer, "upload-offset"))
    }

    /// Makes a job of uploads.
    pub(crate) async fn deliver(&self, uploads: &[&str]) -> Response {
        self.deliver_with(uploads, &[("email", "ada@example.org")])
            .await
    }

    pub(crate) async fn deliver_with(&self, uploads: &[&str], fields: &[(&str, &str)]) -> Response {
        let ids = uploads
            .iter()
            .map(|path| ("resumable", path.rsplit('/').next().unwrap()));
        let form: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .extend_pairs(ids)
            .finish();
        let request = self.post("/jobs").header("accept", JSON).body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.send().await.unwrap()
    }

    /// Names in the spool.
    pub(crate) fn spooled(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.store_folder().join("uploads")).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

pub(crate) fn location_of(answer: &Response) -> String {
    answer.headers()["location"].to_str().unwrap().to_owned()
}

pub(crate) fn number(answer: &Response, name: &str) -> usize {
    let text = answer.headers()[name].to_str().unwrap();
    text.parse().unwrap()
}

/// The stable name of what was refused.
pub(crate) async fn code(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let problem: serde_json::Value = answer.json().await.unwrap();
    (status, problem["code"].as_str().unwrap().to_owned())
}
