//! The web front end as a program: settings, logs, and a server until it is told to stop.

use common::telemetry;
use web::{Application, WebConfig, stop_signal, supervision};

fn main() -> anyhow::Result<()> {
    telemetry::begin()?;
    let config = WebConfig::from_env()?;
    actix_web::rt::System::new().block_on(run(config))
}

async fn run(config: WebConfig) -> anyhow::Result<()> {
    tracing::info!(?config, "trapline-web {}", env!("CARGO_PKG_VERSION"));
    let application = Application::build(config).await?;
    tracing::info!("listening on http://{}", application.address());
    supervision::ready();
    application.run_until(stop_signal::received()).await?;
    tracing::info!("stopped");
    Ok(())
}
