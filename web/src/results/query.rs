//! What is asked for in the address of a results page, so that a view can be shared: every filter,
//! the order, the threshold and the page. What makes no sense is left out, with a word about it.

mod hours;
mod parse;
mod show;
mod sort;

use std::fmt;

use common::Threshold;
use jiff::civil::Date;
use url::form_urlencoded::Serializer;

pub(crate) use hours::Hours;
pub(crate) use show::Show;
pub(crate) use sort::{Sort, SortKey};

/// What stands in an address for the camera of files that lie in no folder.
pub(crate) const TOP_FOLDER: &str = ".";

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Query {
    /// The lowest confidence that counts; `None` for the job's own.
    pub(crate) threshold: Option<Threshold>,
    /// What pictures are to show.
    pub(crate) show: Show,
    /// What else they must be.
    pub(crate) conditions: Conditions,
    /// Whether figures count what people say, too.
    pub(crate) with_corrections: bool,
    /// Their order.
    pub(crate) sort: Sort,
    /// The page of the list, from 1; 0 stands for the first, too.
    pub(crate) page: usize,
}

/// What files must be to be listed, whatever they show.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Conditions {
    /// The camera's folder; blank for files that lie in none.
    pub(crate) camera: Option<String>,
    /// The first day, on the camera's clock.
    pub(crate) from: Option<Date>,
    /// The last day.
    pub(crate) to: Option<Date>,
    /// The hours of the day.
    pub(crate) hours: Option<Hours>,
    /// The lowest confidence of a picture's surest detection.
    pub(crate) least: Option<Threshold>,
    /// The highest.
    pub(crate) most: Option<Threshold>,
    /// Only truncated files.
    pub(crate) truncated: bool,
    /// Only pictures whose surest detection is close to the threshold.
    pub(crate) near: bool,
    /// No exact copies of earlier files.
    pub(crate) without_duplicates: bool,
    /// Only pictures that somebody corrected.
    pub(crate) corrected: bool,
}

impl Conditions {
    /// How many things are asked for; the two ends of a range are one.
    pub(crate) fn len(&self) -> usize {
        let asked = [
            self.camera.is_some(),
            self.from.is_some() || self.to.is_some(),
            self.hours.is_some(),
            self.least.is_some() || self.most.is_some(),
            self.truncated,
            self.near,
            self.without_duplicates,
            self.corrected,
        ];
        asked.into_iter().filter(|is_asked| *is_asked).count()
    }
}

impl Query {
    /// The same with pictures that show something else, from the first page.
    pub(crate) fn showing(&self, show: Show) -> Self {
        let show = Self {
            show,
            ..self.clone()
        };
        show.on_page(1)
    }

    /// Another page of the same.
    pub(crate) fn on_page(&self, page: usize) -> Self {
        Self {
            page,
            ..self.clone()
        }
    }

    /// Everything there is, at the same threshold.
    pub(crate) fn without_filters(&self) -> Self {
        Self {
            threshold: self.threshold,
            sort: self.sort,
            with_corrections: self.with_corrections,
            ..Self::default()
        }
    }

    /// The names and values that stand in an address; those of defaults do not.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        let number = |value: Threshold| value.value().to_string();
        let mut add = |name, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        let yes = |is_so: bool| is_so.then(|| "yes".to_owned());
        let conditions = &self.conditions;
        add("threshold", self.threshold.map(number));
        add(
            "show",
            (self.show != Show::Any).then(|| self.show.name().to_owned()),
        );
        let camera = conditions.camera.as_deref();
        add("camera", camera.map(|folder| named(folder).to_owned()));
        add("from", conditions.from.map(|day| day.to_string()));
        add("to", conditions.to.map(|day| day.to_string()));
        add(
            "from_hour",
            conditions.hours.map(|hours| hours.from.to_string()),
        );
        add(
            "to_hour",
            conditions.hours.map(|hours| hours.until.to_string()),
        );
        add("least", conditions.least.map(number));
        add("most", conditions.most.map(number));
        add("truncated", yes(conditions.truncated));
        add("near", yes(conditions.near));
        add(
            "duplicates",
            conditions.without_duplicates.then(|| "hide".to_owned()),
        );
        add("corrected", yes(conditions.corrected));
        add(
            "corrections",
            self.with_corrections.then(|| "count".to_owned()),
        );
        add(
            "sort",
            (self.sort != Sort::default()).then(|| self.sort.to_string()),
        );
        add("page", (self.page > 1).then(|| self.page.to_string()));
        pairs
    }
}

/// A camera's folder as it stands in an address.
pub(crate) fn named(folder: &str) -> &str {
    if folder.is_empty() {
        TOP_FOLDER
    } else {
        folder
    }
}

/// What follows the path in an address, with its question mark; blank for the defaults.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = self.pairs();
        if pairs.is_empty() {
            return Ok(());
        }
        let text = Serializer::new(String::new()).extend_pairs(pairs).finish();
        write!(f, "?{text}")
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::{option, prelude::*};

    use super::*;

    fn threshold() -> impl Strategy<Value = Threshold> {
        (0_u16..=1000)
            .prop_map(|thousandths| Threshold::new(f64::from(thousandths) / 1000.0).unwrap())
    }

    prop_compose! {
        fn any_conditions()(
            camera in option::of("[a-zäö &=?/-]{0,20}".prop_filter("no folder", |f| f != ".")),
            from in option::of((1_i8..=12, 1_i8..=28)),
            to in option::of((1_i8..=12, 1_i8..=28)),
            hours in option::of((0_u8..24, 0_u8..24)),
            least in option::of(threshold()),
            most in option::of(threshold()),
            flags in any::<[bool; 4]>(),
        ) -> Conditions {
            let day = |(month, day)| date(2026, month, day);
            let [truncated, near, without_duplicates, corrected] = flags;
            Conditions {
                camera,
                from: from.map(day),
                to: to.map(day),
                hours: hours.and_then(|(from, until)| Hours::new(from, until)),
                least, most, truncated, near, without_duplicates, corrected,
            }
        }
    }

    prop_compose! {
        fn any_query()(
            threshold in option::of(threshold()),
            show in prop::sample::select(Show::ALL.to_vec()),
            conditions in any_conditions(),
            key in prop::sample::select(SortKey::ALL.to_vec()),
            is_descending: bool,
            page in 1_usize..5000,
            with_corrections: bool,
        ) -> Query {
            Query { threshold, show, conditions, sort: Sort { key, is_descending }, page, with_corrections }
        }
    }

    proptest! {
        #[test]
        fn an_address_that_is_passed_on_asks_for_the_same(query in any_query()) {
            let address = query.to_string();
            let (read, words) = Query::parse(address.trim_start_matches('?'));
            prop_assert_eq!(read, query);
            prop_assert_eq!(words, Vec::<String>::new());
        }

        #[test]
        fn no_address_is_too_strange_to_be_read(text: String) {
            let (query, _) = Query::parse(&text);
            let (again, words) = Query::parse(query.to_string().trim_start_matches('?'));
            prop_assert_eq!(again, query);
            prop_assert!(words.is_empty());
        }
    }

    #[test]
    fn the_defaults_need_no_words() {
        let defaults = Query {
            page: 1,
            ..Query::default()
        };
        assert_eq!(defaults.to_string(), "");
        // As a browser sends a form of which nothing was filled in.
        let blank =
            "threshold=&show=any&camera=&from=&to=&from_hour=&to_hour=&least=&most=&sort=path";
        assert_eq!(Query::parse(blank), (defaults, Vec::new()));
    }
}
