//! The worker's command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    worker::cli::run()
}
