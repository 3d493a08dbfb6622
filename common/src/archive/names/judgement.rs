//! Which character set makes the names of an archive likeliest.

use std::collections::HashMap;

use super::{
    candidates::{self, Candidate, Host},
    languages::Cost,
};
use crate::archive::NameEncoding;

/// Of a part that the character set has no meaning for: more than any that it has.
const UNREADABLE: Cost = 160;
const UNREADABLE_BYTE: Cost = 40;
/// That an archive has names in several languages.
const SEVERAL_LANGUAGES: Cost = 24;
/// From these differences on there is no doubt that a group is Japanese, or Western. The second is
/// larger: of one Japanese character behind Latin letters, half often reads as a Latin letter.
const SURELY_JAPANESE: Cost = 16;
const SURELY_WESTERN: Cost = 30;

/// In which character sets the names of an archive are read.
pub(super) struct Verdict {
    pub(super) usual: NameEncoding,
    /// Those of the groups that clearly have their own, by number.
    pub(super) of_groups: HashMap<usize, NameEncoding>,
}

/// How likely the names are in one character set.
struct Fit<'a> {
    candidate: &'a Candidate,
    /// Of each part, in the language that suits it best.
    parts: Vec<Cost>,
    /// Of all of them together.
    all: Cost,
}

/// Judges the parts of names, each with the number of its group. There is at least one.
pub(super) fn judge(parts: &[(Box<[u8]>, usize)], host: Host) -> Verdict {
    let fits: Vec<Fit<'_>> = candidates::all()
        .iter()
        .map(|candidate| Fit::of(candidate, parts, host))
        .collect();
    // The first of equals.
    let best = fits.iter().min_by_key(|fit| fit.all);
    let usual = best.map_or(NameEncoding::UTF_8, |fit| fit.candidate.encoding);
    of_two_people(&fits, parts).unwrap_or(Verdict {
        usual,
        of_groups: HashMap::new(),
    })
}

impl<'a> Fit<'a> {
    fn of(candidate: &'a Candidate, parts: &[(Box<[u8]>, usize)], host: Host) -> Self {
        let decode = |(part, _): &(Box<[u8]>, usize)| candidate.encoding.decode_strictly(part);
        let texts: Vec<Option<String>> = parts.iter().map(decode).collect();
        let mut likeliest: Vec<Cost> = parts.iter().map(|(part, _)| unreadable(part)).collect();
        let mut in_one = Cost::MAX;
        for (tongue, rarity) in &candidate.tongues {
            let mut sum = *rarity;
            for ((text, (part, _)), least) in texts.iter().zip(parts).zip(&mut likeliest) {
                let cost = text.as_ref().map(|text| tongue.cost_of(text));
                let cost = cost.unwrap_or_else(|| unreadable(part));
                *least = cost.min(*least);
                sum += cost;
            }
            in_one = sum.min(in_one);
        }
        let in_several = likeliest.iter().sum::<Cost>() + SEVERAL_LANGUAGES;
        Self {
            candidate,
            parts: likeliest,
            all: in_one.min(in_several) + candidate.cost_on(host),
        }
    }

    /// Of the parts of some groups together.
    fn of_groups(&self, parts: &[(Box<[u8]>, usize)], is_meant: impl Fn(usize) -> bool) -> Cost {
        let own = parts.iter().zip(&self.parts);
        let own = own.filter(|((_, group), _)| is_meant(*group));
        own.map(|(_, cost)| cost).sum()
    }
}

/// What it costs that a character set has no meaning for a part.
fn unreadable(part: &[u8]) -> Cost {
    let bytes = Cost::try_from(part.len()).unwrap_or(Cost::MAX);
    bytes
        .saturating_mul(UNREADABLE_BYTE)
        .saturating_add(UNREADABLE)
}

/// The verdict on an archive in which some groups are surely Japanese and others surely Western.
fn of_two_people(fits: &[Fit<'_>], parts: &[(Box<[u8]>, usize)]) -> Option<Verdict> {
    let is_shift_jis = |fit: &&Fit<'_>| fit.candidate.encoding.id() == "shift-jis";
    let shift_jis = fits.iter().find(is_shift_jis)?;
    let western: Vec<&Fit<'_>> = fits
        .iter()
        .filter(|fit| fit.candidate.is_western())
        .collect();
    let groups = parts.iter().map(|(_, group)| *group).max()? + 1;
    let (mut japanese_of, mut western_of) = (vec![0; groups], vec![0; groups]);
    for ((_, group), cost) in parts.iter().zip(&shift_jis.parts) {
        *japanese_of.get_mut(*group)? += cost;
    }
    for (index, (_, group)) in parts.iter().enumerate() {
        let least = western
            .iter()
            .filter_map(|fit| fit.parts.get(index))
            .min()?;
        *western_of.get_mut(*group)? += least;
    }
    let in_japan = cheaper(&japanese_of, &western_of, SURELY_JAPANESE);
    let in_west = cheaper(&western_of, &japanese_of, SURELY_WESTERN);
    if in_japan.is_empty() || in_west.is_empty() {
        return None;
    }
    let page = western
        .iter()
        .min_by_key(|fit| {
            fit.of_groups(parts, |group| in_west.contains(&group))
                + fit.candidate.cost_on(Host::Dos)
        })?
        .candidate
        .encoding;
    let shift_jis = shift_jis.candidate.encoding;
    let usual = if in_japan.len() > in_west.len() {
        shift_jis
    } else {
        page
    };
    let japanese = in_japan.into_iter().map(|group| (group, shift_jis));
    let western = in_west.into_iter().map(|group| (group, page));
    Some(Verdict {
        usual,
        of_groups: japanese.chain(western).collect(),
    })
}

/// The groups whose cost is at least this much lower than the other one.
fn cheaper(costs: &[Cost], others: &[Cost], difference: Cost) -> Vec<usize> {
    let both = costs.iter().zip(others).enumerate();
    let surely = both.filter(|(_, (cost, other))| **cost + difference <= **other);
    surely.map(|(group, _)| group).collect()
}
