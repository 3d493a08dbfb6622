//! The first task: list the upload, decide model and threshold, cut the work into shards.

use std::sync::Arc;

use common::{job::PlanFile, store::JobFolder};

use super::{
    Achieved, PlanFacts, environment::Environment, error::TaskError, lease::HeldLease,
    listings::JobListing,
};
use crate::model::InstalledModel;

pub(super) async fn run(env: &Arc<Environment>, held: &HeldLease) -> Result<Achieved, TaskError> {
    let job = held.claim.job;
    // A plan that is there was made by a worker that died before it could say so.
    if let Some(plan) = env.jobs.store.plan_file(job).await? {
        return Ok(achieved(&plan));
    }
    let listing = env.listings.of(env, job).await?;
    // Whether files that are called videos hold pictures is seen when they are looked at.
    if !listing.files.may_hold_images() {
        return Err(TaskError::no_images(listing.files.items().len() as u64));
    }
    let (finder, id) = (Arc::clone(env), listing.file.options.model.clone());
    let found = tokio::task::spawn_blocking(move || {
        let id = id.unwrap_or_else(|| finder.models.default_model());
        finder.models.find(&id)
    });
    let model = found
        .await
        .map_err(|error| TaskError::Fault(error.into()))??;
    let plan = plan(&listing, &model, env.settings.shard_images);
    let folder = JobFolder::of(job);
    let facts = PlanFacts {
        model: model.facts(),
        inputs: listing.files.facts(),
    };
    env.jobs
        .store
        .put_json(&folder.facts_file(), &facts)
        .await?;
    // The plan is what counts, so it comes last; another that was quicker is kept.
    if env
        .jobs
        .store
        .create_json(&folder.plan_file(), &plan)
        .await?
    {
        return Ok(achieved(&plan));
    }
    let first = env.jobs.store.plan_file(job).await?;
    first
        .map(|plan| achieved(&plan))
        .ok_or(TaskError::Unfounded)
}

fn achieved(plan: &PlanFile) -> Achieved {
    Achieved::Planned {
        images: plan.images,
        shards: u32::try_from(plan.shards.len()).unwrap_or(u32::MAX),
    }
}

fn plan(listing: &JobListing, model: &InstalledModel, shard_images: u64) -> PlanFile {
    let items = listing.files.items();
    let typical = model.facts().typical_threshold;
    PlanFile {
        model: model.manifest.id.clone(),
        model_sha256: model.sha256.to_string(),
        threshold: listing.file.options.threshold.unwrap_or(typical),
        files: items.len() as u64,
        images: listing.files.image_count(),
        fingerprint: listing.files.fingerprint(),
        names: listing.files.legacy_names(),
        shards: PlanFile::cut(
            items.iter().map(|item| item.kind.is_taken_for_image()),
            shard_images,
        ),
    }
}
