//! The subcommands of `trapline-worker`, each as clap types and a function that runs them.

pub mod models;
