//! The command line: what can be asked for, and which exit code answers.

pub mod check;
pub mod isolated_process;
pub mod jobs;
pub mod models;
pub mod process;
pub mod queue;
pub mod run;
mod service;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use common::known_settings;

use crate::{config::WorkerConfig, progress::say};

/// What to begin with, below the commands of `--help`.
const HELP_AFTER_OPTIONS: &str = "\
Examples:
  trapline-worker models fetch                      get a small model to begin with
  trapline-worker check                             does it run on this machine?
  trapline-worker process card.zip --out results    look through a card

`trapline-worker COMMAND --help` has the options of a command.";

/// Reads camera-trap images with an ONNX detector and writes what is in them.
#[derive(Debug, Parser)]
#[command(
    name = "trapline-worker",
    version,
    propagate_version = true,
    max_term_width = 100,
    after_help = HELP_AFTER_OPTIONS
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Process zips, folders or pictures into a result package.
    Process(process::ProcessArguments),
    /// List, describe, fetch and verify models.
    #[command(subcommand)]
    Models(models::ModelsCommand),
    /// Load a model, run it once, and say which device really ran it.
    Check(check::CheckArguments),
    /// Work for the service: take tasks from its queue until stopped.
    Run(run::RunArguments),
    /// Look at pictures for a worker that started this process.
    #[command(hide = true, name = "look-alone")]
    IsolatedRun(isolated_process::IsolatedArguments),
    /// List, show, retry, cancel and delete the service's jobs.
    #[command(subcommand)]
    Jobs(jobs::JobsCommand),
    /// Look at the service's queue, drain it, resume it.
    #[command(subcommand)]
    Queue(queue::QueueCommand),
    /// Bring back unfinished jobs that the queue has lost.
    Reconcile,
    /// Delete what has had its time; for cron.
    Sweep(queue::SweepArguments),
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything was done.
    Done,
    /// It could not start, or this machine is broken.
    Broken,
    /// The arguments make no sense together or name things that are not there.
    BadArguments,
    /// Done, but some files could not be read.
    DoneWithFailures,
    /// Stopped on request; `--resume` goes on.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Broken => 1,
            Exit::BadArguments => 2,
            Exit::DoneWithFailures => 3,
            // What a shell reports for a program that Ctrl-C ended.
            Exit::Interrupted => 130,
        })
    }
}

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let command_line = CommandLine::parse();
    for unknown in known_settings::unknown() {
        say(&format!("trapline-worker: {unknown}"));
    }
    let config = match WorkerConfig::from_env() {
        Ok(config) => config,
        Err(error) => return refuse(&error.into(), Exit::BadArguments),
    };
    let result = match command_line.command {
        Command::Process(arguments) => process::run(arguments, &config),
        Command::Models(command) => models::run(command, &config.models).map(|()| Exit::Done),
        Command::Check(arguments) => check::run(&arguments, &config).map(|()| Exit::Done),
        Command::Run(arguments) => run::run(&arguments, config),
        Command::IsolatedRun(arguments) => isolated_process::run(arguments, config),
        Command::Jobs(command) => jobs::run(&command).map(|()| Exit::Done),
        Command::Queue(command) => queue::run(&command).map(|()| Exit::Done),
        Command::Reconcile => queue::reconcile().map(|()| Exit::Done),
        Command::Sweep(arguments) => queue::sweep(&arguments).map(|()| Exit::Done),
    };
    result.map_or_else(
        |error| refuse(&error, process::exit_for(&error)),
        ExitCode::from,
    )
}

/// Says what went wrong, with its causes, and what the exit code will be.
fn refuse(error: &anyhow::Error, exit: Exit) -> ExitCode {
    say(&format!("trapline-worker: {error:#}"));
    exit.into()
}
