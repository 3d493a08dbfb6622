//! The web front end as a program: settings, logs, and a server until it is told to stop.

use std::process::ExitCode;

use clap::Parser as _;
use common::{known_settings, telemetry};
use web::{Application, WebConfig, cli::Arguments, self_check, stop_signal, systemd};

/// Settings or arguments that make no sense.
const BAD_ARGUMENTS: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match WebConfig::from_env() {
        Ok(config) => config,
        Err(error) => return refuse(&error.into(), BAD_ARGUMENTS),
    };
    let system = actix_web::rt::System::new();
    if arguments.check {
        return match system.block_on(self_check::run(&config)) {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        };
    }
    if let Err(error) = telemetry::begin() {
        return refuse(&error.into(), BAD_ARGUMENTS);
    }
    match system.block_on(run(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&error, 1),
    }
}

async fn run(config: WebConfig) -> anyhow::Result<()> {
    tracing::info!(?config, "trapline-web {}", env!("CARGO_PKG_VERSION"));
    for unknown in known_settings::unknown() {
        tracing::warn!("{unknown}");
    }
    let application = Application::build(config).await?;
    tracing::info!("listening on http://{}", application.address());
    systemd::ready();
    application.run_until(stop_signal::received()).await?;
    tracing::info!("stopped");
    Ok(())
}

/// Says what went wrong, with its causes, and what the exit code will be.
fn refuse(error: &anyhow::Error, code: u8) -> ExitCode {
    web::cli::say(&format!("trapline-web: {error:#}"));
    code.into()
}
