//! What was seen on each day.

use super::{
    Plot, Table,
    axis::CountScale,
    drawing::{Drawing, WIDTH},
    span::DaySpan,
};
use crate::{Category, figures::Figures};

const LEFT: f64 = 46.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 214.0;
/// Most columns, so that each is some pixels wide.
const COLUMNS: i32 = 150;

pub(super) fn plot(figures: &Figures) -> Option<Plot> {
    let span = DaySpan::of(figures.days.keys(), COLUMNS)?;
    let table = table(figures);
    if table.rows.is_empty() {
        return None;
    }
    Some(Plot {
        id: "days",
        title: "Seen per day",
        caption: format!(
            "Images with each category {}, by the cameras' dates. An image with two categories counts for both.",
            span.per()
        ),
        drawing: draw(figures, span),
        table,
    })
}

/// Images with each category in each column.
fn columns(figures: &Figures, span: DaySpan) -> Vec<[u64; Category::ALL.len()]> {
    let mut columns = vec![[0; Category::ALL.len()]; usize::try_from(span.columns()).unwrap_or(0)];
    for (date, day) in &figures.days {
        let column = usize::try_from(span.column(*date)).unwrap_or(usize::MAX);
        let Some(counts) = columns.get_mut(column) else {
            continue;
        };
        for (count, category) in counts.iter_mut().zip(Category::ALL) {
            *count += day.with(category);
        }
    }
    columns
}

fn draw(figures: &Figures, span: DaySpan) -> Drawing {
    let mut drawing = Drawing::of_height(BOTTOM + 26.0);
    drawing.legend(&Category::ALL.map(|category| (category.name(), category.plural())));
    let columns = columns(figures, span);
    let most = columns.iter().map(|counts| counts.iter().sum()).max();
    let scale = CountScale::new(TOP, BOTTOM, most.unwrap_or_default());
    scale.draw(&mut drawing, LEFT, WIDTH);
    let width = ((WIDTH - LEFT) / f64::from(span.columns())).min(40.0);
    for (number, counts) in (0..).zip(&columns) {
        let mut base = BOTTOM;
        for (category, count) in Category::ALL.into_iter().zip(counts) {
            let height = scale.height(*count);
            base -= height;
            let title = format!("{}, {}: {count}", span.name(number), category.plural());
            let x = LEFT + f64::from(number) * width;
            drawing.bar((x, base), (width * 0.85, height), category.name(), title);
        }
    }
    span.draw_dates(&mut drawing, BOTTOM + 20.0, LEFT, width);
    drawing
}

fn table(figures: &Figures) -> Table {
    let seen = figures
        .days
        .iter()
        .filter(|(_, day)| Category::ALL.iter().any(|category| day.with(*category) > 0));
    let rows = seen.map(|(date, day)| {
        let mut row = vec![date.to_string()];
        row.extend(Category::ALL.map(|category| day.with(category).to_string()));
        row.push(day.images.to_string());
        row
    });
    Table {
        header: vec!["day", "animals", "people", "vehicles", "images in all"],
        rows: rows.collect(),
    }
}
