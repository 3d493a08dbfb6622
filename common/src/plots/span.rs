//! A span of days cut into columns of equal length.

use jiff::{ToSpan as _, civil::Date};

use super::drawing::{Anchor, Drawing};

/// Days from a first to a last, in columns of one or more days.
#[derive(Clone, Copy, Debug)]
pub(super) struct DaySpan {
    first: Date,
    days: i32,
    /// Days in a column.
    pub(super) step: i32,
}

impl DaySpan {
    /// The span of some dates in at most `most` columns; `None` without dates.
    pub(super) fn of<'a>(mut dates: impl Iterator<Item = &'a Date>, most: i32) -> Option<Self> {
        let first = *dates.next()?;
        let (first, last) = dates.fold((first, first), |(first, last), date| {
            (first.min(*date), last.max(*date))
        });
        let days = days_between(first, last) + 1;
        Some(Self {
            first,
            days,
            step: (days + most - 1) / most,
        })
    }

    /// How many columns there are.
    pub(super) fn columns(&self) -> i32 {
        (self.days + self.step - 1) / self.step
    }

    /// The column of a date.
    pub(super) fn column(&self, date: Date) -> i32 {
        days_between(self.first, date) / self.step
    }

    /// The first date of a column.
    pub(super) fn date(&self, column: i32) -> Date {
        let days = (column * self.step).days();
        self.first.checked_add(days).unwrap_or(self.first)
    }

    /// What a column stands for, in words.
    pub(super) fn name(&self, column: i32) -> String {
        let first = self.date(column);
        if self.step == 1 {
            return first.to_string();
        }
        let last = first.checked_add((self.step - 1).days());
        format!("{first} to {}", last.unwrap_or(first))
    }

    /// "per day", "per 7 days".
    pub(super) fn per(&self) -> String {
        if self.step == 1 {
            "per day".to_owned()
        } else {
            format!("per {} days", self.step)
        }
    }

    /// Writes some dates under columns that begin at `left` and are `width` wide.
    pub(super) fn draw_dates(&self, drawing: &mut Drawing, y: f64, left: f64, width: f64) {
        let total = f64::from(self.columns()) * width;
        #[expect(clippy::cast_possible_truncation, reason = "a handful")]
        let labels = ((total / 110.0) as i32).clamp(1, self.columns());
        for label in 0..labels {
            let column = label * self.columns() / labels;
            let x = left + f64::from(column) * width;
            drawing.line((x, y - 14.0), (x, y - 10.0), "axis");
            drawing.text((x, y), Anchor::Start, self.date(column).to_string());
        }
    }
}

fn days_between(first: Date, last: Date) -> i32 {
    first.until(last).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_fall_into_columns_of_equal_length() {
        let dates = [date(2024, 3, 10), date(2024, 2, 27), date(2024, 2, 28)];
        let span = DaySpan::of(dates.iter(), 100).unwrap();
        assert_eq!((span.columns(), span.step), (13, 1));
        assert_eq!(span.column(date(2024, 3, 1)), 3);
        assert_eq!(span.name(3), "2024-03-01");
        let span = DaySpan::of(dates.iter(), 5).unwrap();
        assert_eq!((span.columns(), span.step), (5, 3));
        assert_eq!(span.name(1), "2024-03-01 to 2024-03-03");
        assert_eq!(span.column(date(2024, 3, 10)), 4);
        assert!(DaySpan::of([].iter(), 5).is_none());
    }
}
