//! `trapline-convert`: turns models of other formats into ONNX, which is all that Trapline's worker
//! runs. `trapline-worker models fetch` calls it for models that are published otherwise.
//!
//! It is a program of its own so that the worker, which reads what strangers upload, carries
//! nothing that is needed once for each model. It knows no network and no manifests: paths go in,
//! one file comes out, and what went wrong is said in one line on standard error.

mod centernet;
mod cli;
mod decode;
mod error;
mod evaluation;
mod graph;
mod onnx;
mod operators;
mod order;
mod output;
mod shape;
mod tfjs;
#[cfg(test)]
mod toy;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
