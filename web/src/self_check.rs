//! `trapline-web --check`: whether the service could work with these settings.

use std::{error::Error, io::Write as _, path::Path, time::Duration};

use common::{known_settings, queue, store::Store, telemetry};
use object_store::path::Path as Key;
use tokio::time::timeout;

use crate::config::WebConfig;

/// How long each of what is reached may take.
const DEADLINE: Duration = Duration::from_secs(20);
/// A file that is written into the store and removed again.
const PROBE: &str = "check";

/// Says line by line what holds. Whether all of it does; a variable that looks like a setting and is
/// none does not.
pub async fn run(config: &WebConfig) -> bool {
    let mut is_well = true;
    tell("settings", "make sense");
    for unknown in known_settings::unknown() {
        tell("settings", &unknown.to_string());
        is_well = false;
    }
    let service = &config.service;
    let (store, queue) = (
        format!("{:?}", service.store),
        format!("{:?}", service.queue),
    );
    is_well &= hold("store", &store, check_store(config)).await;
    is_well &= hold("records", &queue, check_records(config)).await;
    let folder = config.upload_dir.display().to_string();
    let checked = async { check_folder(&config.upload_dir).map_err(Into::into) };
    is_well &= hold("uploads", &folder, checked).await;
    is_well
}

type Checked = Result<(), Box<dyn Error>>;

/// Says whether something can be used.
async fn hold(what: &str, place: &str, check: impl Future<Output = Checked>) -> bool {
    let fault = match timeout(DEADLINE, check).await {
        Ok(Ok(())) => {
            tell(what, &format!("can be used: {place}"));
            return true;
        }
        Ok(Err(error)) => telemetry::causes(error.as_ref()),
        Err(_) => format!("no answer in {} seconds", DEADLINE.as_secs()),
    };
    tell(what, &format!("cannot be used: {place}: {fault}"));
    false
}

/// Writes, reads and removes a file.
async fn check_store(config: &WebConfig) -> Checked {
    let store = Store::open(&config.service.store)?;
    let key = Key::from(PROBE);
    store.put(&key, PROBE.into()).await?;
    let found = store.get(&key).await?;
    store.remove(&key).await?;
    if found.as_deref() == Some(PROBE.as_bytes()) {
        Ok(())
    } else {
        Err("what was written is not what is read".into())
    }
}

async fn check_records(config: &WebConfig) -> Checked {
    let (records, _queue) = queue::open(&config.service.queue).await?;
    records.store().now_ms().await?;
    Ok(())
}

/// Makes the folder of uploads, and a file in it.
fn check_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let probe = folder.join(format!("{PROBE}.partial"));
    std::fs::write(&probe, PROBE)?;
    std::fs::remove_file(probe)
}

fn tell(what: &str, text: &str) {
    let _ = writeln!(std::io::stdout(), "{what:<10}{text}");
}
