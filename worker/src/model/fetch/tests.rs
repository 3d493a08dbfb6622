use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;
use crate::model::catalogue::HashProof;

/// What the test's server does with a request for its file.
#[derive(Clone, Copy, PartialEq)]
enum Manners {
    /// Obeys `Range`.
    Ranges,
    /// Sends everything, whatever was asked for.
    IgnoresRange,
    /// Obeys `Range`, but hangs up after this many bytes, every time.
    CutsAfter(usize),
    /// As if the rest had moved: answers a range with another one.
    WrongRange,
    /// Refuses.
    Status(u16),
}

/// A web server with files, on a port of its own. Lives until the test process ends.
struct Server {
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn new(files: &[(&str, &[u8])], manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let files: Vec<_> = files
            .iter()
            .map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec()))
            .collect();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // A client that hangs up is no failure of the server.
                let _ = answer(stream.unwrap(), &files, manners, &seen);
            }
        });
        Self { address, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: TcpStream,
    files: &[(String, Vec<u8>)],
    manners: Manners,
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut path = String::new();
    let mut from = None;
    for (index, line) in reader.by_ref().lines().enumerate() {
        let line = line?;
        match line.to_ascii_lowercase().strip_prefix("range: bytes=") {
            Some(range) => from = range.trim_end_matches('-').parse::<usize>().ok(),
            None if index == 0 => path = line.split(' ').nth(1).unwrap_or_default().to_owned(),
            None if line.is_empty() => break,
            None => {}
        }
    }
    seen.lock()
        .unwrap()
        .push(from.map_or(path.clone(), |from| format!("{path} from {from}")));
    let Some((_, bytes)) = files.iter().find(|(name, _)| *name == path) else {
        return write!(
            stream,
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
    };
    let head = |status: &str, more: String, length: usize| {
        format!("HTTP/1.1 {status}\r\n{more}Content-Length: {length}\r\nConnection: close\r\n\r\n")
    };
    let size = bytes.len();
    let from = from.filter(|_| manners != Manners::IgnoresRange);
    let (head, body) = match (manners, from) {
        (Manners::Status(status), _) => (head(&format!("{status} No"), String::new(), 0), &[][..]),
        (_, Some(from)) if from >= size => {
            let range = format!("Content-Range: bytes */{size}\r\n");
            (head("416 Range Not Satisfiable", range, 0), &[][..])
        }
        (_, Some(from)) => {
            let said = if manners == Manners::WrongRange {
                0
            } else {
                from
            };
            let range = format!("Content-Range: bytes {said}-{}/{size}\r\n", size - 1);
            (
                head("206 Partial Content", range, size - from),
                &bytes[from..],
            )
        }
        (_, None) => (head("200 OK", String::new(), size), &bytes[..]),
    };
    let sent = match manners {
        Manners::CutsAfter(count) => &body[..count.min(body.len())],
        _ => body,
    };
    stream.write_all(head.as_bytes())?;
    stream.write_all(sent)
}

/// Bytes that differ everywhere, so that a piece in the wrong place is noticed.
fn weights() -> Vec<u8> {
    (0..300_000u32).flat_map(u32::to_le_bytes).collect()
}

fn manifest(hash: Option<Sha256>, sources: &[String]) -> String {
    let hash = hash
        .map(|hash| format!("onnx_sha256 = \"{hash}\""))
        .unwrap_or_default();
    format!(
        r#"
        [model]
        id = "own"
        format = "onnx"
        file = "model.onnx"
        {hash}
        [preprocessing]
        method = "resize"
        input_size = [64, 64]
        [postprocessing]
        method = "yolo_e2e"
        [labels]
        file = "labels.txt"
        [trapline]
        licence = "MIT"
        {}
        "#,
        sources.join("\n")
    )
}

fn source(kind: &str, url: &str) -> String {
    format!("[[trapline.source]]\nkind = \"{kind}\"\nurl = \"{url}\"")
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

struct Setup {
    catalogue: Catalogue,
    folder: tempfile::TempDir,
    id: ModelId,
}

impl Setup {
    /// A models folder with a model of the user's own whose weights are still to be fetched.
    fn new(manifest: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::new(folder.path().join("models"));
        let id = ModelId::parse("own").unwrap();
        let own = catalogue.folder(&id);
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join("manifest.toml"), manifest).unwrap();
        fs::write(own.join("labels.txt"), "animal\n").unwrap();
        fs::write(own.join("LICENSE.md"), "terms").unwrap();
        Self {
            catalogue,
            folder,
            id,
        }
    }

    fn fetcher(&self, mirrors: Vec<Mirror>) -> Fetcher<'_> {
        Fetcher {
            catalogue: &self.catalogue,
            mirrors,
            downloader: Downloader::without_proxy(),
            npm: "/nonexistent/npm".into(),
            converter: Converter::at("/nonexistent/trapline-convert"),
        }
    }

    fn fetch(&self) -> Result<Fetched, FetchError> {
        self.fetcher(Vec::new()).fetch(&self.id, &mut |_| {})
    }

    /// What is in the models folder besides the model: nothing may be left over.
    fn left_over(&self) -> Vec<String> {
        let downloads = fs::read_dir(self.catalogue.models_dir().join(DOWNLOADS));
        let staged = fs::read_dir(self.catalogue.models_dir()).unwrap();
        let names = downloads.into_iter().flatten().chain(staged).flatten();
        names
            .map(|entry| entry.file_name().into_string().unwrap())
            .filter(|name| name != "own" && name != DOWNLOADS)
            .collect()
    }
}

fn served_model(manners: Manners) -> (Server, Setup) {
    let server = Server::new(&[("/net.onnx", &weights())], manners);
    let url = format!("{}/net.onnx", server.address);
    let setup = Setup::new(&manifest(
        Some(Sha256::of(&weights())),
        &[source("onnx", &url)],
    ));
    (server, setup)
}

#[test]
fn a_model_is_downloaded_checked_and_installed() {
    let (server, setup) = served_model(Manners::Ranges);
    let mut received = 0;
    let fetched = setup
        .fetcher(Vec::new())
        .fetch(&setup.id, &mut |event| {
            if let FetchEvent::Advanced { bytes } = event {
                received += bytes;
            }
        })
        .unwrap();
    assert_eq!(received, weights().len() as u64);
    assert_eq!(fetched.source, format!("{}/net.onnx", server.address));
    assert_eq!(fs::read(&fetched.model.onnx_path).unwrap(), weights());
    assert_eq!(
        setup.catalogue.open(&setup.id).unwrap().sha256,
        Sha256::of(&weights())
    );
    let folder = setup.catalogue.folder(&setup.id);
    assert_eq!(
        fs::read_to_string(folder.join("LICENSE.md")).unwrap(),
        "terms"
    );
    assert!(setup.left_over().is_empty(), "{:?}", setup.left_over());
}

#[test]
fn a_cut_download_goes_on_where_it_stopped() {
    // 1.2 MB in pieces of 400 kB: three cuts, which one command bears.
    let (server, setup) = served_model(Manners::CutsAfter(400_000));
    setup.fetch().unwrap();
    let ranges = [
        "/net.onnx",
        "/net.onnx from 400000",
        "/net.onnx from 800000",
    ];
    assert_eq!(server.requests(), ranges);
}

#[test]
fn a_later_command_goes_on_with_what_an_earlier_one_got() {
    let (server, setup) = served_model(Manners::CutsAfter(200_000));
    let error = setup.fetch().unwrap_err();
    assert!(
        error.to_string().contains("cut after 800000 bytes"),
        "{error}"
    );
    assert_eq!(setup.left_over().len(), 1);
    setup.fetch().unwrap();
    assert!(
        server
            .requests()
            .contains(&"/net.onnx from 800000".to_owned())
    );
    assert!(setup.left_over().is_empty());
}

/// A part of the file, as an interrupted command leaves it.
fn leave_part(server: &Server, setup: &Setup, bytes: &[u8]) {
    let mut address = Sha256::of(format!("{}/net.onnx", server.address).as_bytes()).to_string();
    address.truncate(16);
    let folder = setup.catalogue.models_dir().join(DOWNLOADS);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("own-{address}.part")), bytes).unwrap();
}

#[test]
fn a_server_that_ignores_ranges_is_read_from_the_start() {
    for manners in [Manners::IgnoresRange, Manners::WrongRange] {
        let (server, setup) = served_model(manners);
        leave_part(&server, &setup, &weights()[..1000]);
        setup.fetch().unwrap();
        assert_eq!(server.requests()[0], "/net.onnx from 1000");
    }
}

#[test]
fn a_download_that_was_complete_already_is_taken() {
    let (server, setup) = served_model(Manners::Ranges);
    leave_part(&server, &setup, &weights());
    setup.fetch().unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn more_bytes_than_the_server_has_are_thrown_away() {
    let (server, setup) = served_model(Manners::Ranges);
    leave_part(&server, &setup, &[weights(), vec![0; 9]].concat());
    setup.fetch().unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_wrong_file_is_named_removed_and_not_installed() {
    let server = Server::new(&[("/net.onnx", b"something else")], Manners::Ranges);
    let url = format!("{}/net.onnx", server.address);
    let setup = Setup::new(&manifest(
        Some(Sha256::of(b"meant")),
        &[source("onnx", &url)],
    ));
    let text = setup.fetch().unwrap_err().to_string();
    assert!(
        text.contains(&Sha256::of(b"something else").to_string()),
        "{text}"
    );
    assert!(text.contains(&Sha256::of(b"meant").to_string()), "{text}");
    assert!(setup.left_over().is_empty(), "{:?}", setup.left_over());
    assert!(
        !setup
            .catalogue
            .folder(&setup.id)
            .join("model.onnx")
            .exists()
    );
}

#[test]
fn a_failure_names_every_place_and_what_to_do() {
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let server = Server::new(&[("/busy.onnx", b"x")], Manners::Status(503));
    let sources = [
        source("onnx", &format!("http://{nobody}/net.onnx")),
        source("onnx", &format!("{}/gone.onnx", server.address)),
        source("onnx", &format!("{}/busy.onnx", server.address)),
    ];
    let setup = Setup::new(&manifest(None, &sources));
    let text = setup.fetch().unwrap_err().to_string();
    for expected in [
        "could not be reached",
        "no file",
        "status 503",
        "TRAPLINE_MODEL_MIRROR",
        "own.onnx",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in: {text}");
    }
}

#[test]
fn the_next_source_is_tried_when_one_fails() {
    let server = Server::new(&[("/net.onnx", b"weights")], Manners::Ranges);
    let sources =
        ["gone", "net"].map(|name| source("onnx", &format!("{}/{name}.onnx", server.address)));
    let setup = Setup::new(&manifest(None, &sources));
    let mut failed = Vec::new();
    let fetched = setup.fetcher(Vec::new()).fetch(&setup.id, &mut |event| {
        if let FetchEvent::Failed { attempt } = event {
            failed.push(attempt.to_owned());
        }
    });
    // No hash was known, so the one that came is written down.
    let model = fetched.unwrap().model;
    assert_eq!(
        (model.sha256, model.proof),
        (Sha256::of(b"weights"), HashProof::Fetched)
    );
    assert_eq!(failed.len(), 1);
    assert!(
        setup
            .catalogue
            .folder(&setup.id)
            .join("fetched.toml")
            .is_file()
    );
}

#[test]
fn a_mirror_folder_goes_before_the_official_address() {
    let (server, setup) = served_model(Manners::Ranges);
    let mirror = setup.folder.path().join("mirror");
    for name in ["net.onnx", "own.onnx", "own/model.onnx"] {
        fs::create_dir_all(mirror.join("own")).unwrap();
        fs::write(mirror.join(name), weights()).unwrap();
        let fetched = setup
            .fetcher(vec![Mirror::Folder(mirror.clone())])
            .fetch(&setup.id, &mut |_| {})
            .unwrap();
        assert_eq!(fetched.source, mirror.join(name).display().to_string());
        fs::remove_dir_all(&mirror).unwrap();
    }
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[test]
fn a_mirror_address_is_asked_for_every_name() {
    let server = Server::new(&[("/m/own/model.onnx", b"weights")], Manners::Ranges);
    let setup = Setup::new(&manifest(None, &[]));
    let mirror = Mirror::parse(&format!("{}/m/", server.address)).unwrap();
    setup
        .fetcher(vec![mirror])
        .fetch(&setup.id, &mut |_| {})
        .unwrap();
    assert_eq!(server.requests(), ["/m/own.onnx", "/m/own/model.onnx"]);
}

#[test]
fn a_wrong_file_in_a_mirror_does_not_hide_the_right_one() {
    let (_server, setup) = served_model(Manners::Ranges);
    let mirror = setup.folder.path().join("mirror");
    fs::create_dir_all(&mirror).unwrap();
    fs::write(mirror.join("own.onnx"), "an old export").unwrap();
    let fetched = setup
        .fetcher(vec![Mirror::Folder(mirror.clone())])
        .fetch(&setup.id, &mut |_| {})
        .unwrap();
    assert!(fetched.source.starts_with("http://"));
    assert!(
        mirror.join("own.onnx").is_file(),
        "a file of the user's was removed"
    );
}

#[test]
fn a_zip_of_the_zoo_is_unpacked_with_its_own_manifest() {
    let inner = manifest(Some(Sha256::of(b"zoo weights")), &[]);
    let zip = zip_of(&[
        ("own/manifest.toml", inner.as_bytes()),
        ("own/model.onnx", b"zoo weights"),
        ("own/labels.txt", b"animal\nperson\n"),
    ]);
    let server = Server::new(&[("/own.zip", &zip)], Manners::Ranges);
    let url = format!("{}/own.zip", server.address);
    let setup = Setup::new(&manifest(None, &[source("zip", &url)]));
    let model = setup.fetch().unwrap().model;
    assert_eq!(model.labels, ["animal", "person"]);
    assert_eq!(model.sha256, Sha256::of(b"zoo weights"));
    assert!(setup.left_over().is_empty());
}

#[test]
fn a_zip_whose_weights_are_not_its_manifests_is_refused() {
    let inner = manifest(Some(Sha256::of(b"zoo weights")), &[]);
    let entries: [(&str, &[u8]); 3] = [
        ("own/manifest.toml", inner.as_bytes()),
        ("own/model.onnx", b"others"),
        ("own/labels.txt", b"animal\n"),
    ];
    let server = Server::new(&[("/own.zip", &zip_of(&entries))], Manners::Ranges);
    let url = format!("{}/own.zip", server.address);
    let setup = Setup::new(&manifest(None, &[source("zip", &url)]));
    let text = setup.fetch().unwrap_err().to_string();
    assert!(text.contains("SHA-256"), "{text}");
    assert!(setup.left_over().is_empty());
}

#[test]
fn a_model_without_any_source_is_told_so() {
    let setup = Setup::new(&manifest(None, &[]));
    assert!(matches!(setup.fetch(), Err(FetchError::NoSource { .. })));
}

#[test]
fn a_shipped_model_comes_from_a_mirror_with_its_shipped_labels() {
    let setup = Setup::new(&manifest(None, &[]));
    let mirror = setup.folder.path().join("mirror");
    fs::create_dir_all(&mirror).unwrap();
    fs::write(mirror.join("MDV6-apa-rtdetr-c.onnx"), "weights").unwrap();
    let id = ModelId::parse("MDV6-apa-rtdetr-c").unwrap();
    let fetched = setup
        .fetcher(vec![Mirror::Folder(mirror)])
        .fetch(&id, &mut |_| {})
        .unwrap();
    assert_eq!(fetched.model.labels, ["animal", "person", "vehicle"]);
    let folder = setup.catalogue.folder(&id);
    assert!(folder.join("manifest.toml").is_file() && folder.join("labels.txt").is_file());
}

#[test]
fn a_changed_part_of_the_centernet_in_a_mirror_is_refused() {
    let setup = Setup::new(&manifest(None, &[]));
    let mirror = setup.folder.path().join("mirror");
    fs::create_dir_all(&mirror).unwrap();
    fs::write(mirror.join("centernet.json"), "{}").unwrap();
    fs::write(mirror.join("centernet.bin"), "x").unwrap();
    let id = ModelId::parse("coco-centernet").unwrap();
    let error = setup
        .fetcher(vec![Mirror::Folder(mirror)])
        .fetch(&id, &mut |_| {})
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains("centernet.json has the SHA-256"), "{text}");
    assert!(text.contains("npm is needed"), "{text}");
}
