//! The command line: which format, which files, where to.

use std::{
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::{centernet::centernet_to_onnx, error::ConvertError, output};

/// Turns a model of another format into ONNX.
#[derive(Parser)]
#[command(version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    format: Format,
}

#[derive(Subcommand)]
enum Format {
    /// The CenterNet of npm's `@vladmandic/human`, a TensorFlow.js graph model.
    Centernet {
        /// The graph, `centernet.json`.
        graph: PathBuf,
        /// The weights, `centernet.bin`.
        weights: PathBuf,
        /// The ONNX file to write; one that is there is replaced.
        #[arg(long)]
        out: PathBuf,
    },
}

/// Why there is no ONNX file.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    /// A file cannot be read or written.
    #[error("{doing} {} failed", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The model cannot be converted.
    #[error(transparent)]
    Convert(#[from] ConvertError),
}

/// Does what the command line says. What went wrong goes to standard error, as one line without
/// anything before it: it is a part of the message that `trapline-worker` shows.
pub(crate) fn run() -> ExitCode {
    match convert(&Cli::parse().format) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", chain(&error));
            ExitCode::FAILURE
        }
    }
}

fn convert(format: &Format) -> Result<(), CommandError> {
    match format {
        Format::Centernet {
            graph,
            weights,
            out,
        } => {
            let onnx = centernet_to_onnx(&read(graph)?, &read(weights)?)?;
            output::write(out, &onnx).map_err(failed("writing", out))
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    fs::read(path).map_err(failed("reading", path))
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> CommandError {
    let path = path.to_owned();
    move |source| CommandError::Io {
        doing,
        path,
        source,
    }
}

/// An error and its causes on one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
