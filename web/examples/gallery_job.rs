//! Writes a finished job with many pictures into the folder of a store, without a model, to look
//! at and to measure:
//!
//!     cargo run --package trapline-web --example gallery_job -- STORE IMAGES
//!
//! It prints the address of the job's results.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a tool that ends where something is not as it should be"
)]

#[path = "../tests/gallery_job/mod.rs"]
mod gallery_job;

use common::{
    job::JobId,
    store::{Store, StoreUrl},
};
use gallery_job::GalleryJob;

#[actix_web::main]
async fn main() {
    let mut words = std::env::args().skip(1);
    let (store, files) = (words.next().unwrap(), words.next().unwrap());
    let store = Store::open(&StoreUrl::folder(store.into())).unwrap();
    let job = JobId::random().unwrap();
    let wanted = GalleryJob {
        files: files.parse().unwrap(),
        drawings: 64,
        preview_width: 1280,
    };
    wanted.write(&store, job).await;
    println!("/jobs/{job}/results");
}
