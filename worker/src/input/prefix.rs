//! The folder names that keep several inputs apart.

use std::collections::HashSet;

use common::MediaPath;

use super::source::{Place, Source};

/// Gives every archive and every folder a prefix of its own, after its name. Single files stay
/// at the top.
pub(super) fn assign(sources: &mut [Source]) {
    let mut taken = HashSet::new();
    for source in sources {
        let stem = match &source.place {
            Place::Archive(_) => source
                .name
                .rsplit_once('.')
                .map_or(&*source.name, |(s, _)| s),
            Place::Folder { .. } => &source.name,
            Place::File { .. } | Place::Object(_) | Place::Refused { .. } => continue,
        };
        let wanted =
            MediaPath::from_display_name(if stem.is_empty() { &source.name } else { stem });
        let numbered = (2_u32..).map(|n| MediaPath::from_display_name(&format!("{wanted} ({n})")));
        let free = std::iter::once(wanted.clone())
            .chain(numbered)
            .find(|p| !taken.contains(p));
        taken.extend(free.clone());
        source.prefix = free;
    }
}
