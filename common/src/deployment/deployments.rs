//! The deployments of a job, gathered from its records.

use std::collections::{BTreeMap, btree_map::Entry};

use super::{Deployment, camera_folder};
use crate::media::{MediaOutcome, MediaRecord};

/// The deployments of a job, by their folders. Its size is bounded: past the limit all further
/// ones are gathered in one.
#[derive(Clone, Debug)]
pub struct Deployments {
    limit: usize,
    by_folder: BTreeMap<String, Deployment>,
    further: Deployment,
}

impl Deployments {
    /// None so far, of which at most `limit` are told apart.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            by_folder: BTreeMap::new(),
            further: Deployment::default(),
        }
    }

    /// Takes one more record in. What is no image belongs to no deployment.
    pub fn add(&mut self, record: &MediaRecord) {
        if matches!(record.outcome, MediaOutcome::Skipped(_)) {
            return;
        }
        let is_full = self.by_folder.len() >= self.limit;
        match self.by_folder.entry(camera_folder(&record.path)) {
            Entry::Occupied(known) => known.into_mut().add(record),
            Entry::Vacant(_) if is_full => self.further.add(record),
            Entry::Vacant(new) => {
                let deployment = Deployment::in_folder(new.key().clone());
                new.insert(deployment).add(record);
            }
        }
    }

    /// The deployment of a camera folder.
    #[must_use]
    pub fn of_folder(&self, folder: &str) -> Option<&Deployment> {
        self.by_folder.get(folder)
    }

    /// Those that are told apart, by their folders.
    pub fn iter(&self) -> impl Iterator<Item = &Deployment> {
        self.by_folder.values()
    }

    /// All further ones together; its folder is blank.
    #[must_use]
    pub fn further(&self) -> &Deployment {
        &self.further
    }
}
