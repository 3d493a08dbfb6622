//! `trapline-worker models`: which models there are, what they are, and how to get them.

mod description;
mod paragraph;
mod progress;

use std::{
    io::{self, Write},
    path::Path,
};

use anyhow::{Context, bail};
use clap::Subcommand;

use self::progress::Progress;
use crate::model::{
    Catalogue, InstalledModel, ModelId,
    catalogue::{HashProof, ListedModel, ModelState},
    fetch::{Fetched, Fetcher, Mirror},
};

/// Blanks in front of what a model is good for.
const PURPOSE_INDENT: usize = 6;

/// What to do with models.
#[derive(Clone, Debug, Subcommand)]
pub enum ModelsCommand {
    /// List the known models: whether each is installed, its licence, what it is good for.
    List {
        /// Print JSON for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Tell what one should know about a model before using it.
    Info {
        /// The model, one of `models list`.
        id: ModelId,
    },
    /// Download models, check their hashes, unpack them and print their licences.
    Fetch {
        /// The models' ids; without any, the default model, or the default of last resort
        /// where only package registries answer.
        #[arg(value_name = "ID")]
        ids: Vec<ModelId>,
        /// Fetch again what is installed.
        #[arg(long)]
        force: bool,
        /// A folder or an address with model files, looked in before the official addresses.
        #[arg(
            long,
            env = "TRAPLINE_MODEL_MIRROR",
            hide_env_values = true,
            value_name = "FOLDER|URL"
        )]
        mirror: Option<String>,
    },
    /// Hash the files of models again and compare.
    Verify {
        /// The models' ids; without any, every installed model.
        #[arg(value_name = "ID")]
        ids: Vec<ModelId>,
    },
}

/// Runs a command on the models in `models_dir`. Results go to standard output, progress to
/// standard error.
///
/// # Errors
/// When a model is unknown, wrong, or could not be fetched; the text says what to do.
pub fn run(command: ModelsCommand, models_dir: &Path) -> anyhow::Result<()> {
    let catalogue = Catalogue::new(models_dir);
    let mut out = io::stdout().lock();
    match command {
        ModelsCommand::List { json } => list(&catalogue, json, &mut out),
        ModelsCommand::Info { id } => description::write(&catalogue, &id, &mut out),
        ModelsCommand::Fetch { ids, force, mirror } => {
            let mut mirrors: Vec<_> = mirror
                .as_deref()
                .and_then(Mirror::parse)
                .into_iter()
                .collect();
            mirrors.extend(Mirror::siblings());
            let request = FetchRequest {
                fetcher: Fetcher::new(&catalogue, mirrors),
                force,
            };
            request.run(&catalogue, &ids, &mut out)
        }
        ModelsCommand::Verify { ids } => verify(&catalogue, &ids, &mut out),
    }
}

fn list(catalogue: &Catalogue, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let models = catalogue.list()?;
    if json {
        serde_json::to_writer_pretty(&mut *out, &models)?;
        writeln!(out)?;
        return Ok(());
    }
    for model in &models {
        write_listed(model, out)?;
    }
    for model in &models {
        if let ModelState::Broken { reason } = &model.state {
            writeln!(out, "{}: {reason}", model.id)?;
        }
    }
    writeln!(
        out,
        "\n* is used where no model is named. The models are in {}",
        catalogue.models_dir().display()
    )?;
    Ok(())
}

/// A line of facts, and what the model is good for below it.
fn write_listed(model: &ListedModel, out: &mut impl Write) -> io::Result<()> {
    let mark = if model.default { '*' } else { ' ' };
    let state = match model.state {
        ModelState::Installed => "installed",
        ModelState::NotInstalled => "not installed",
        ModelState::Broken { .. } => "broken",
    };
    let (id, licence) = (model.id.as_str(), &model.licence);
    writeln!(out, "{mark} {id:20}  {state:13}  {licence}")?;
    let purpose = paragraph::lines(&model.purpose, PURPOSE_INDENT);
    purpose
        .iter()
        .try_for_each(|line| writeln!(out, "{:PURPOSE_INDENT$}{line}", ""))
}

fn verify(catalogue: &Catalogue, ids: &[ModelId], out: &mut impl Write) -> anyhow::Result<()> {
    let ids = if ids.is_empty() {
        present_ids(catalogue)?
    } else {
        ids.to_vec()
    };
    if ids.is_empty() {
        writeln!(
            out,
            "no model is installed; `trapline-worker models fetch` gets the default"
        )?;
    }
    let mut wrong = 0;
    for id in &ids {
        match catalogue.open(id) {
            Ok(model) => writeln!(out, "{id}: {}", verdict(&model))?,
            Err(error) => {
                wrong += 1;
                writeln!(out, "{id}: WRONG: {:#}", anyhow::Error::from(error))?;
            }
        }
    }
    if wrong > 0 {
        bail!("{wrong} of {} models cannot be used", ids.len());
    }
    Ok(())
}

fn present_ids(catalogue: &Catalogue) -> anyhow::Result<Vec<ModelId>> {
    let present = |model: &ListedModel| model.state != ModelState::NotInstalled;
    Ok(catalogue
        .list()?
        .into_iter()
        .filter(present)
        .map(|model| model.id)
        .collect())
}

fn verdict(model: &InstalledModel) -> String {
    let compared = match model.proof {
        HashProof::Manifest => "as its manifest says",
        HashProof::Fetched => "as written down when it was fetched",
        HashProof::None => "not compared: its manifest states no hash",
    };
    format!("sha256 {}, {compared}", model.sha256)
}

/// What `models fetch` was asked for.
struct FetchRequest<'a> {
    fetcher: Fetcher<'a>,
    force: bool,
}

impl FetchRequest<'_> {
    fn run(
        &self,
        catalogue: &Catalogue,
        ids: &[ModelId],
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        if ids.is_empty() {
            return self.fetch_default(catalogue, out);
        }
        for id in ids {
            self.fetch(catalogue, id, out)?;
        }
        Ok(())
    }

    /// Fetches the default model, or the one of last resort where that cannot be had.
    fn fetch_default(&self, catalogue: &Catalogue, out: &mut impl Write) -> anyhow::Result<()> {
        let candidates = Catalogue::default_candidates();
        let installed = candidates.iter().find(|id| catalogue.open(id).is_ok());
        if let Some(id) = installed.filter(|_| !self.force) {
            return self.fetch(catalogue, id, out);
        }
        let [preferred, last_resort] = candidates;
        let Err(error) = self.fetch(catalogue, &preferred, out) else {
            return Ok(());
        };
        writeln!(
            out,
            "{preferred} cannot be had here; falling back to {last_resort}"
        )?;
        let fallback = self.fetch(catalogue, &last_resort, out);
        fallback.with_context(|| format!("falling back from {preferred}, as {error:#}"))
    }

    fn fetch(
        &self,
        catalogue: &Catalogue,
        id: &ModelId,
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        if !self.force
            && let Ok(model) = catalogue.open(id)
        {
            writeln!(out, "{id} is installed: {}", verdict(&model))?;
            return Ok(());
        }
        let mut progress = Progress::new();
        let fetched = self.fetcher.fetch(id, &mut |event| progress.show(&event))?;
        write_fetched(&fetched, out)?;
        Ok(())
    }
}

/// What came, and under which terms: nobody should have to look for those.
fn write_fetched(fetched: &Fetched, out: &mut impl Write) -> io::Result<()> {
    let Fetched { model, source } = fetched;
    let manifest = &model.manifest;
    writeln!(
        out,
        "{} ({}) is installed, from {source}",
        manifest.id, manifest.display_name
    )?;
    writeln!(out, "  {}", verdict(model))?;
    let address = manifest.licence.url.as_ref().map(|url| format!(", {url}"));
    writeln!(
        out,
        "  licence: {}{}",
        manifest.licence.name,
        address.unwrap_or_default()
    )?;
    match &manifest.notice {
        Some(notice) => writeln!(out, "  {}", notice.trim()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
