//! Telling apart files that ended up at the same path.

use std::collections::{HashMap, HashSet};

use super::MediaPath;

/// The new paths of all items that cannot keep theirs, as `(index, new path)`.
///
/// `sorted` is ordered by path. An item cannot keep its path when an earlier item has the same
/// one, or when it is a file and other items lie below it as if it were a folder. It gets the
/// first free number instead: `a/b (2).jpg`. The answer depends on `sorted` alone, and only the
/// renamed items take memory. With the new paths in place all paths differ.
pub fn renames_of_clashes<T>(
    sorted: &[T],
    path: impl Fn(&T) -> &MediaPath,
    is_folder: impl Fn(&T) -> bool,
) -> Vec<(usize, MediaPath)> {
    let mut names = FreeNames {
        sorted,
        path: &path,
        given: HashSet::new(),
        next: HashMap::new(),
    };
    let mut renames = Vec::new();
    let mut last_kept = None;
    for (index, item) in sorted.iter().enumerate() {
        let wanted = path(item);
        let clashes = last_kept == Some(wanted)
            || (!is_folder(item) && is_folder_of_any(wanted, rest(sorted, index + 1), &path));
        if clashes {
            renames.push((index, names.claim(wanted)));
        } else {
            last_kept = Some(wanted);
        }
    }
    renames
}

/// Hands out numbered paths that nothing else uses.
struct FreeNames<'a, T, P> {
    sorted: &'a [T],
    path: &'a P,
    given: HashSet<MediaPath>,
    /// The next number to try, by what stands around it: a million namesakes stay quick.
    next: HashMap<(String, String), u32>,
}

impl<T, P: Fn(&T) -> &MediaPath> FreeNames<'_, T, P> {
    fn claim(&mut self, wanted: &MediaPath) -> MediaPath {
        let (front, extension) = wanted.around_number();
        let mut number = self
            .next
            .get(&(front.clone(), extension.clone()))
            .copied()
            .unwrap_or(2);
        loop {
            let path = MediaPath::from_display_name(&format!("{front} ({number}){extension}"));
            number += 1;
            if !self.is_taken(&path) {
                self.next.insert((front, extension), number);
                self.given.insert(path.clone());
                return path;
            }
        }
    }

    fn is_taken(&self, path: &MediaPath) -> bool {
        let index = self.sorted.partition_point(|item| (self.path)(item) < path);
        let is_listed = self
            .sorted
            .get(index)
            .is_some_and(|item| (self.path)(item) == path);
        is_listed
            || self.given.contains(path)
            || is_folder_of_any(path, rest(self.sorted, index), self.path)
    }
}

fn rest<T>(sorted: &[T], start: usize) -> &[T] {
    sorted.get(start..).unwrap_or_default()
}

/// Whether any of the items, which come at or after `folder`, lies below it.
fn is_folder_of_any<T>(folder: &MediaPath, items: &[T], path: &impl Fn(&T) -> &MediaPath) -> bool {
    // Nearly always the next path begins otherwise, and there is nothing to search.
    if !items
        .first()
        .is_some_and(|item| path(item).as_str().starts_with(folder.as_str()))
    {
        return false;
    }
    let front = format!("{folder}/");
    let first = items.partition_point(|item| path(item).as_str() < front.as_str());
    items
        .get(first)
        .is_some_and(|item| path(item).as_str().starts_with(&front))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn renamed(names: &[&str]) -> Vec<String> {
        let mut paths: Vec<MediaPath> = names
            .iter()
            .map(|name| MediaPath::from_display_name(name))
            .collect();
        paths.sort();
        apply(&mut paths);
        paths.iter().map(ToString::to_string).collect()
    }

    fn apply(paths: &mut [MediaPath]) {
        for (index, path) in renames_of_clashes(paths, |path| path, |_| false) {
            paths[index] = path;
        }
    }

    #[test]
    fn namesakes_are_numbered_before_their_extension() {
        assert_eq!(
            renamed(&["a/b.jpg", "a/b.jpg", "a/b.jpg"]),
            ["a/b.jpg", "a/b (2).jpg", "a/b (3).jpg"]
        );
        assert_eq!(renamed(&["b", "b"]), ["b", "b (2)"]);
    }

    #[test]
    fn a_number_that_is_already_a_name_is_passed_over() {
        assert_eq!(
            renamed(&["b (2).jpg", "b.jpg", "b.jpg", "b (3).jpg/x"]),
            ["b (2).jpg", "b (3).jpg/x", "b.jpg", "b (4).jpg"]
        );
    }

    #[test]
    fn a_file_where_others_see_a_folder_makes_way() {
        assert_eq!(
            renamed(&["a.jpg", "a.jpg/b.jpg"]),
            ["a (2).jpg", "a.jpg/b.jpg"]
        );
        assert_eq!(
            renamed(&["a", "a-1", "a/b", "ab"]),
            ["a (2)", "a-1", "a/b", "ab"]
        );
    }

    #[test]
    fn many_long_namesakes_are_told_apart_quickly() {
        let stem = "x".repeat(300);
        let mut paths = vec![MediaPath::from_display_name(&format!("{stem}.jpg")); 100_000];
        apply(&mut paths);
        let distinct: HashSet<&MediaPath> = paths.iter().collect();
        assert_eq!(distinct.len(), 100_000);
        assert!(paths.iter().all(|path| path.extension() == Some("jpg")));
    }

    proptest! {
        #[test]
        fn afterwards_all_paths_differ_and_none_lies_below_another(
            names in prop::collection::vec("[ab]( \\([23]\\))?(/[ab]){0,2}", 0..40)
        ) {
            let mut paths: Vec<MediaPath> =
                names.iter().map(|name| MediaPath::from_display_name(name)).collect();
            paths.sort();
            apply(&mut paths);
            let distinct: HashSet<&str> = paths.iter().map(MediaPath::as_str).collect();
            prop_assert_eq!(distinct.len(), paths.len());
            for path in &paths {
                let folder = format!("{path}/");
                prop_assert!(!distinct.iter().any(|other| other.starts_with(&folder)), "{}", path);
            }
        }
    }
}
