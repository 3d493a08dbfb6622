//! The command line: there is little to ask for, as everything is set in the environment.

use std::io::Write as _;

use clap::Parser;

/// What is most often set, below the options of `--help`.
const HELP_AFTER_OPTIONS: &str = "\
Settings are variables of the environment. Those most often set:
  PUBLIC_URL      the address that users see             [default: http://localhost:8080]
  BIND_ADDR       where pages are served                 [default: 127.0.0.1:8080]
  STORE_URL       a folder or a bucket for all files     [default: store in TRAPLINE_HOME]
  QUEUE_URL       SQLite or Redis for records and queue  [default: a file in TRAPLINE_HOME]
docs/OPERATIONS.md has them all.

Exit codes: 0 all is well, 1 something cannot be used, 2 a setting or an argument makes no sense.";

/// Takes uploads of camera-trap images, shows how their jobs come along, hands out results.
#[derive(Debug, Parser)]
#[command(
    name = "trapline-web",
    version,
    max_term_width = 100,
    after_help = HELP_AFTER_OPTIONS
)]
pub struct Arguments {
    /// Check the settings, reach store and records, say what holds, and end.
    #[arg(long)]
    pub check: bool,
}

/// Says something to whoever sits at the terminal.
pub fn say(text: &str) {
    // Nobody may be there to hear it.
    let _ = writeln!(std::io::stderr(), "{text}");
}
