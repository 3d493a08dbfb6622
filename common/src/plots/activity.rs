//! Activity by hour of day: a row of bars for each category that was seen.

use super::{
    Plot, Table,
    axis::CountScale,
    drawing::{Anchor, Drawing, WIDTH},
};
use crate::{
    Category,
    figures::{Figures, HOURS, Light},
};

const LEFT: f64 = 46.0;
const TOP: f64 = 30.0;
const ROW_HEIGHT: f64 = 120.0;
const COLUMN: f64 = (WIDTH - LEFT) / 24.0;

pub(super) fn plot(figures: &Figures) -> Option<Plot> {
    let seen = |category: &Category| {
        Light::ALL
            .iter()
            .any(|light| total(figures, *category, *light) > 0)
    };
    let seen: Vec<Category> = Category::ALL.into_iter().filter(seen).collect();
    if seen.is_empty() {
        return None;
    }
    let of_all = |light| {
        seen.iter()
            .map(|category| total(figures, *category, light))
            .sum()
    };
    let unknown: u64 = of_all(Light::Unknown);
    let known: u64 = of_all(Light::Day) + of_all(Light::Night);
    Some(Plot {
        id: "activity",
        title: "Activity by hour of day",
        caption: caption(figures, known, unknown),
        drawing: draw(figures, &seen),
        table: table(figures, &seen),
    })
}

fn caption(figures: &Figures, known: u64, unknown: u64) -> String {
    let mut caption = "Images with each category in each hour of the cameras' clocks.".to_owned();
    if known == 0 {
        caption.push_str(
            " Day and night are not told apart: that needs a position and the clock's offset from UTC in the files.",
        );
    } else if unknown > 0 {
        caption.push_str(" Grey: whether it was day or night is not known, because the file gives no position or no offset from UTC.");
    }
    if figures.without_time > 0 {
        caption.push_str(&format!(
            " {} images without a time are not in it.",
            figures.without_time
        ));
    }
    caption
}

fn total(figures: &Figures, category: Category, light: Light) -> u64 {
    (0..HOURS)
        .map(|hour| figures.activity(category, hour, light))
        .sum()
}

fn in_hour(figures: &Figures, category: Category, hour: usize) -> u64 {
    let lights = Light::ALL.iter();
    lights
        .map(|light| figures.activity(category, hour, *light))
        .sum()
}

#[expect(clippy::cast_precision_loss, reason = "for drawing")]
fn draw(figures: &Figures, seen: &[Category]) -> Drawing {
    let mut drawing = Drawing::of_height(TOP + ROW_HEIGHT * seen.len() as f64 + 24.0);
    let keys = [
        (Light::Day, ("day", "day")),
        (Light::Night, ("night", "night")),
        (Light::Unknown, ("unknown", "day or night not known")),
    ];
    let is_there = |light| seen.iter().any(|it| total(figures, *it, light) > 0);
    let keys = keys.into_iter().filter(|(light, _)| is_there(*light));
    drawing.legend(&keys.map(|(_, key)| key).collect::<Vec<_>>());
    for (row, category) in seen.iter().enumerate() {
        let top = TOP + ROW_HEIGHT * row as f64 + 22.0;
        let bottom = top + ROW_HEIGHT - 32.0;
        draw_category(&mut drawing, figures, *category, (top, bottom));
    }
    let y = drawing.height - 8.0;
    for hour in (0..=HOURS).step_by(3) {
        let anchor = if hour == HOURS {
            Anchor::End
        } else {
            Anchor::Middle
        };
        drawing.text(
            (LEFT + COLUMN * hour as f64, y),
            anchor,
            format!("{hour}:00"),
        );
    }
    drawing
}

#[expect(clippy::cast_precision_loss, reason = "for drawing")]
fn draw_category(
    drawing: &mut Drawing,
    figures: &Figures,
    category: Category,
    (top, bottom): (f64, f64),
) {
    let most = (0..HOURS)
        .map(|hour| in_hour(figures, category, hour))
        .max();
    let scale = CountScale::new(top, bottom, most.unwrap_or_default());
    scale.draw(drawing, LEFT, WIDTH);
    drawing.text_as((LEFT, top - 8.0), Anchor::Start, "head", category.plural());
    for hour in 0..HOURS {
        let mut base = bottom;
        for (light, class) in [
            (Light::Night, "night"),
            (Light::Day, "day"),
            (Light::Unknown, "unknown"),
        ] {
            let images = figures.activity(category, hour, light);
            let height = scale.height(images);
            base -= height;
            let title = format!("{hour}:00 to {}:00, {}: {images}", hour + 1, light.name());
            let x = LEFT + COLUMN * hour as f64 + 2.0;
            drawing.bar((x, base), (COLUMN - 4.0, height), class, title);
        }
    }
}

fn table(figures: &Figures, seen: &[Category]) -> Table {
    let mut rows = Vec::new();
    for hour in 0..HOURS {
        for category in seen {
            if in_hour(figures, *category, hour) == 0 {
                continue;
            }
            let mut row = vec![format!("{hour:02}:00"), category.name().to_owned()];
            row.push(in_hour(figures, *category, hour).to_string());
            let lights = Light::ALL.iter();
            row.extend(lights.map(|light| figures.activity(*category, hour, *light).to_string()));
            rows.push(row);
        }
    }
    Table {
        header: vec![
            "hour",
            "category",
            "images",
            "by day",
            "by night",
            "light not known",
        ],
        rows,
    }
}
