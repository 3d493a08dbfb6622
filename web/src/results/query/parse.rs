//! Reading what is asked for out of an address.

use std::str::FromStr;

use common::Threshold;
use url::form_urlencoded;

use super::{Hours, Query, Show, TOP_FOLDER};

/// Most characters of a wrong value that are repeated.
const REPEATED: usize = 40;

impl Query {
    /// Reads what follows the question mark of an address. What makes no sense is left out, and
    /// said in a sentence each.
    pub(crate) fn parse(text: &str) -> (Self, Vec<String>) {
        let mut reading = Reading::default();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            // Folders may begin or end with a space.
            let value = if name == "camera" {
                &value
            } else {
                value.trim()
            };
            if !value.is_empty() {
                reading.take(&name, value);
            }
        }
        reading.finish()
    }
}

#[derive(Default)]
struct Reading {
    query: Query,
    notes: Vec<String>,
    from_hour: Option<u8>,
    to_hour: Option<u8>,
}

impl Reading {
    fn take(&mut self, name: &str, value: &str) {
        let conditions = &mut self.query.conditions;
        match name {
            "threshold" => self.query.threshold = number(&mut self.notes, "a threshold", value),
            "show" => self.show(value),
            "camera" => {
                let folder = if value == TOP_FOLDER { "" } else { value };
                conditions.camera = Some(folder.to_owned());
            }
            "from" => conditions.from = read(&mut self.notes, "a day", value),
            "to" => conditions.to = read(&mut self.notes, "a day", value),
            "from_hour" => self.from_hour = self.hour(value),
            "to_hour" => self.to_hour = self.hour(value),
            "least" => conditions.least = number(&mut self.notes, "a confidence", value),
            "most" => conditions.most = number(&mut self.notes, "a confidence", value),
            "truncated" => conditions.truncated = is_yes(value),
            "near" => conditions.near = is_yes(value),
            "duplicates" => conditions.without_duplicates = value == "hide",
            "corrected" => conditions.corrected = is_yes(value),
            "corrections" => self.query.with_corrections = value == "count",
            "sort" => {
                self.query.sort = read(&mut self.notes, "an order", value).unwrap_or_default()
            }
            "page" => self.query.page = read(&mut self.notes, "a page", value).unwrap_or_default(),
            // Links pick up all kinds of things on their way.
            _ => {}
        }
    }

    fn show(&mut self, value: &str) {
        match Show::ALL.into_iter().find(|show| show.name() == value) {
            Some(show) => self.query.show = show,
            None => self.notes.push(left_out("something to show", value)),
        }
    }

    fn hour(&mut self, value: &str) -> Option<u8> {
        let hour = value.parse().ok().filter(|hour| *hour < 24);
        if hour.is_none() {
            self.notes.push(left_out("an hour of the day", value));
        }
        hour
    }

    fn finish(mut self) -> (Query, Vec<String>) {
        let conditions = &mut self.query.conditions;
        if self.from_hour.is_some() || self.to_hour.is_some() {
            let (from, until) = (self.from_hour.unwrap_or(0), self.to_hour.unwrap_or(0));
            conditions.hours = Hours::new(from, until);
        }
        self.query.page = self.query.page.max(1);
        (self.query, self.notes)
    }
}

fn number(notes: &mut Vec<String>, what: &str, value: &str) -> Option<Threshold> {
    // Half of Europe types a comma.
    let number = value.replace(',', ".").parse().ok();
    if number.is_none() {
        notes.push(left_out(what, value));
    }
    number
}

fn read<T: FromStr>(notes: &mut Vec<String>, what: &str, value: &str) -> Option<T> {
    let read = value.parse().ok();
    if read.is_none() {
        notes.push(left_out(what, value));
    }
    read
}

fn left_out(what: &str, value: &str) -> String {
    let start: String = value.chars().take(REPEATED).collect();
    let dots = if start.len() < value.len() { "…" } else { "" };
    format!("“{start}{dots}” is not {what}, and was left out.")
}

fn is_yes(value: &str) -> bool {
    matches!(value, "yes" | "on" | "true" | "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_left_out_and_said() {
        let address =
            "threshold=2&show=fish&from=yesterday&from_hour=25&sort=luck&page=-1&least=0,2&utm=x";
        let (query, notes) = Query::parse(address);
        let expected = Query {
            page: 1,
            conditions: super::super::Conditions {
                least: Some("0.2".parse().unwrap()),
                ..Default::default()
            },
            ..Query::default()
        };
        assert_eq!(query, expected);
        assert_eq!(notes.len(), 6, "{notes:?}");
        assert_eq!(
            notes[1],
            "“fish” is not something to show, and was left out."
        );
    }

    #[test]
    fn half_a_range_of_hours_ends_at_midnight() {
        let hours = |address| Query::parse(address).0.conditions.hours;
        assert_eq!(hours("from_hour=20"), Hours::new(20, 0));
        assert_eq!(hours("to_hour=6"), Hours::new(0, 6));
        assert_eq!(hours("from_hour=4&to_hour=4"), None);
    }
}
