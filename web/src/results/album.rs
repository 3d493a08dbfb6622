//! The rows of a job, ready to be looked at in any order.

use std::sync::OnceLock;

use common::{
    Threshold,
    gallery::{Gallery, Row},
};

use super::query::{Sort, SortKey};

/// The rows of a job. The orders are made when they are first asked for: sorting takes longer than
/// everything else that a page does.
#[derive(Debug)]
pub(crate) struct Album {
    pub(crate) gallery: Gallery,
    by_time: OnceLock<Order>,
    by_confidence: OnceLock<Order>,
    by_camera: OnceLock<Order>,
}

/// Numbers of rows in some order; those that have nothing to be ordered by are at the end.
#[derive(Debug)]
struct Order {
    numbers: Vec<u32>,
    ordered: usize,
}

impl Order {
    fn of<K: Ord>(rows: &[Row], key: impl Fn(&Row) -> Option<K>) -> Self {
        let mut numbers: Vec<u32> = (0..).take(rows.len()).collect();
        // What has no key comes last, and everything else stays in the order of the rows.
        numbers.sort_by_cached_key(|number| {
            let key = rows.get(*number as usize).and_then(&key);
            (key.is_none(), key)
        });
        let ordered = rows.iter().filter(|row| key(row).is_some()).count();
        Self { numbers, ordered }
    }

    fn numbers(&self, is_descending: bool) -> Vec<u32> {
        let mut numbers = self.numbers.clone();
        if is_descending && let Some(ordered) = numbers.get_mut(..self.ordered) {
            ordered.reverse();
        }
        numbers
    }
}

impl Album {
    /// The rows of a job.
    pub(crate) fn new(gallery: Gallery) -> Self {
        Self {
            gallery,
            by_time: OnceLock::new(),
            by_confidence: OnceLock::new(),
            by_camera: OnceLock::new(),
        }
    }

    /// A row.
    pub(crate) fn row(&self, number: u32) -> Option<&Row> {
        self.gallery.rows.get(number as usize)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.gallery.rows.len()
    }

    /// The number of a camera's folder.
    pub(crate) fn camera_number(&self, folder: &str) -> Option<u32> {
        let found = self
            .gallery
            .cameras
            .iter()
            .position(|name| name == folder)?;
        u32::try_from(found).ok()
    }

    /// The numbers of all rows in an order.
    pub(crate) fn numbers(&self, sort: Sort) -> Vec<u32> {
        let rows = &self.gallery.rows;
        let order = match sort.key {
            // Rows come in this order.
            SortKey::Path => &Order {
                numbers: (0..).take(rows.len()).collect(),
                ordered: rows.len(),
            },
            SortKey::Time => self
                .by_time
                .get_or_init(|| Order::of(rows, |row| row.captured)),
            SortKey::Confidence => self
                .by_confidence
                .get_or_init(|| Order::of(rows, Row::highest_confidence)),
            SortKey::Camera => self.by_camera(),
        };
        order.numbers(sort.is_descending)
    }

    /// The rows of the same camera, in the order of its clock, and the place of a row among them.
    pub(crate) fn of_camera(&self, number: u32) -> (Vec<u32>, usize) {
        let camera = self.row(number).map(|row| row.camera);
        let is_of_camera = |other: &u32| self.row(*other).map(|row| row.camera) == camera;
        let order = &self.by_camera().numbers;
        let numbers: Vec<u32> = order.iter().copied().filter(is_of_camera).collect();
        let place = numbers.iter().position(|other| *other == number);
        (numbers, place.unwrap_or_default())
    }

    fn by_camera(&self) -> &Order {
        self.by_camera.get_or_init(|| {
            let key = |row: &Row| {
                let time = (row.captured.is_none(), row.captured);
                Some((self.gallery.camera(row).to_owned(), time))
            };
            Order::of(&self.gallery.rows, key)
        })
    }

    /// The lowest threshold that can be looked at.
    pub(crate) fn floor(&self) -> Threshold {
        self.gallery.floor()
    }
}
