//! Which camera took pictures on which days, and where its record has gaps.

use jiff::civil::Date;

use super::{
    Plot, Table,
    drawing::{Anchor, Drawing, WIDTH},
    span::DaySpan,
};
use crate::figures::{CameraFigures, Figures};

const LEFT: f64 = 170.0;
const TOP: f64 = 30.0;
const ROW: f64 = 20.0;
const COLUMNS: i32 = 120;
/// Most cameras that are drawn; the table has all.
pub(super) const CAMERAS: usize = 40;
/// Letters of a camera's name that fit beside a row.
const LETTERS: usize = 24;

pub(super) fn plot(figures: &Figures) -> Option<Plot> {
    let with_days = || {
        figures
            .cameras
            .iter()
            .filter(|(_, camera)| !camera.days.is_empty())
    };
    let span = DaySpan::of(
        with_days().flat_map(|(_, camera)| camera.days.keys()),
        COLUMNS,
    )?;
    let mut caption = format!(
        "Images of each camera {}: the darker, the more. A crossed cell lies between a camera's first and last image, but has none: it may have been full, stolen, out of power, or nothing passed.",
        span.per()
    );
    let hidden = with_days().count().saturating_sub(CAMERAS);
    if hidden > 0 {
        caption.push_str(&format!(" {hidden} further cameras are in the table."));
    }
    let mut drawing = Drawing::of_height(TOP + ROW * rows(with_days().count()) + 26.0);
    drawing.legend(&[
        ("level-1", "few"),
        ("level-2", ""),
        ("level-3", ""),
        ("level-4", "many"),
        ("gap", "gap"),
    ]);
    for (row, (name, camera)) in with_days().take(CAMERAS).enumerate() {
        draw_camera(&mut drawing, span, rows(row), name, camera);
    }
    let y = drawing.height - 6.0;
    span.draw_dates(&mut drawing, y, LEFT, width(span));
    Some(Plot {
        id: "camera-days",
        title: "When each camera was at work",
        caption,
        drawing,
        table: Table {
            header: vec![
                "camera",
                "first day",
                "last day",
                "days with images",
                "images",
                "days without",
                "gaps",
            ],
            rows: with_days()
                .filter_map(|(name, camera)| row(name, camera))
                .collect(),
        },
    })
}

#[expect(clippy::cast_precision_loss, reason = "at most 40")]
fn rows(count: usize) -> f64 {
    count.min(CAMERAS) as f64
}

fn width(span: DaySpan) -> f64 {
    ((WIDTH - LEFT) / f64::from(span.columns())).min(40.0)
}

fn draw_camera(drawing: &mut Drawing, span: DaySpan, row: f64, name: &str, camera: &CameraFigures) {
    let y = TOP + ROW * row;
    drawing.text((LEFT - 8.0, y + 14.0), Anchor::End, shortened(name));
    let Some((first, last)) = ends(camera) else {
        return;
    };
    let (first, last) = (span.column(first), span.column(last));
    let mut columns = vec![0_u64; usize::try_from(last - first + 1).unwrap_or(0)];
    for (date, images) in &camera.days {
        let column = usize::try_from(span.column(*date) - first).unwrap_or(usize::MAX);
        if let Some(count) = columns.get_mut(column) {
            *count += images;
        }
    }
    for (column, images) in (first..).zip(columns) {
        let title = format!("{}, {}: {images}", name_of(name), span.name(column));
        let x = LEFT + f64::from(column) * width(span);
        let (class, size) = (level(images), (width(span) * 0.9, ROW - 3.0));
        drawing.bar((x, y), size, class, title);
        if images == 0 {
            drawing.line((x, y + size.1), (x + size.0, y), "cross");
        }
    }
}

/// How dark a cell is: each step is ten times the images of the one before.
fn level(images: u64) -> &'static str {
    match images {
        0 => "gap",
        1..=9 => "level-1",
        10..=99 => "level-2",
        100..=999 => "level-3",
        _ => "level-4",
    }
}

/// A camera's name where it must not be long: its end says most.
pub(super) fn shortened(name: &str) -> String {
    let name = name_of(name);
    let letters = name.chars().count();
    if letters <= LETTERS {
        return name.to_owned();
    }
    let end: String = name.chars().skip(letters + 1 - LETTERS).collect();
    format!("…{end}")
}

/// Files at the top of an upload have no camera folder.
pub(super) fn name_of(folder: &str) -> &str {
    if folder.is_empty() {
        "(no folder)"
    } else {
        folder
    }
}

fn ends(camera: &CameraFigures) -> Option<(Date, Date)> {
    let (first, _) = camera.days.first_key_value()?;
    let (last, _) = camera.days.last_key_value()?;
    Some((*first, *last))
}

fn row(name: &str, camera: &CameraFigures) -> Option<Vec<String>> {
    let (first, last) = ends(camera)?;
    let gaps = gaps(camera);
    let without: i32 = gaps.iter().map(|(from, to)| days(*from, *to)).sum();
    let names = gaps.iter().map(|(from, to)| named(*from, *to));
    Some(vec![
        name_of(name).to_owned(),
        first.to_string(),
        last.to_string(),
        camera.days.len().to_string(),
        camera.days.values().sum::<u64>().to_string(),
        without.to_string(),
        if gaps.is_empty() {
            "none".to_owned()
        } else {
            names.collect::<Vec<_>>().join("; ")
        },
    ])
}

/// The first and the last day of each run of days without images between a camera's first and last.
fn gaps(camera: &CameraFigures) -> Vec<(Date, Date)> {
    let pairs = camera.days.keys().zip(camera.days.keys().skip(1));
    let gap = |(before, after): (&Date, &Date)| {
        let (first, last) = (before.tomorrow().ok()?, after.yesterday().ok()?);
        (first <= last).then_some((first, last))
    };
    pairs.filter_map(gap).collect()
}

/// How many days there are from one to another, both counted.
fn days(first: Date, last: Date) -> i32 {
    first.until(last).map_or(0, |span| span.get_days()) + 1
}

fn named(first: Date, last: Date) -> String {
    match days(first, last) {
        1 => first.to_string(),
        count => format!("{first} to {last} ({count} days)"),
    }
}
