//! What each camera saw.

use super::{
    Plot, Table,
    camera_days::{CAMERAS, name_of, shortened},
    drawing::{Anchor, Drawing, WIDTH},
};
use crate::{
    Label,
    figures::{CameraFigures, Figures},
};

const LEFT: f64 = 170.0;
const RIGHT: f64 = WIDTH - 56.0;
const TOP: f64 = 30.0;
const ROW: f64 = 24.0;

pub(super) fn plot(figures: &Figures) -> Option<Plot> {
    let mut cameras: Vec<(&String, &CameraFigures)> = figures.cameras.iter().collect();
    cameras.sort_by_key(|(_, camera)| std::cmp::Reverse(camera.images()));
    let most = cameras.first()?.1.images();
    let mut caption = "Every image once, by what counts most on it: animal before person before vehicle. The same numbers stand in the workbook's summary.".to_owned();
    let hidden = cameras.len().saturating_sub(CAMERAS);
    if hidden > 0 {
        caption.push_str(&format!(" {hidden} further cameras are in the table."));
    }
    let drawn = cameras.len().min(CAMERAS);
    #[expect(clippy::cast_precision_loss, reason = "at most 40")]
    let mut drawing = Drawing::of_height(TOP + ROW * drawn as f64 + 4.0);
    drawing.legend(&[
        ("animal", "animals"),
        ("person", "people"),
        ("vehicle", "vehicles"),
        ("blank", "blank"),
        ("failed", "could not be read"),
    ]);
    let mut y = TOP;
    for (name, camera) in cameras.iter().take(CAMERAS) {
        draw_camera(&mut drawing, y, name, camera, most);
        y += ROW;
    }
    Some(Plot {
        id: "cameras",
        title: "What each camera saw",
        caption,
        drawing,
        table: Table {
            header: vec![
                "camera",
                "images",
                "animal",
                "person",
                "vehicle",
                "blank",
                "could not be read",
            ],
            rows: figures
                .cameras
                .iter()
                .map(|(name, camera)| row(name, camera))
                .collect(),
        },
    })
}

#[expect(clippy::cast_precision_loss, reason = "for drawing")]
fn draw_camera(drawing: &mut Drawing, y: f64, name: &str, camera: &CameraFigures, most: u64) {
    drawing.text((LEFT - 8.0, y + 14.0), Anchor::End, shortened(name));
    let mut x = LEFT;
    let parts = Label::ALL.map(|label| (label.name(), camera.labelled(label)));
    for (class, images) in parts.into_iter().chain([("failed", camera.failed)]) {
        let width = (RIGHT - LEFT) * images as f64 / most.max(1) as f64;
        let title = format!("{}, {class}: {images}", name_of(name));
        drawing.bar((x, y), (width, ROW - 6.0), class, title);
        x += width;
    }
    drawing.text(
        (x + 6.0, y + 14.0),
        Anchor::Start,
        camera.images().to_string(),
    );
}

fn row(name: &str, camera: &CameraFigures) -> Vec<String> {
    let mut row = vec![name_of(name).to_owned(), camera.images().to_string()];
    row.extend(Label::ALL.map(|label| camera.labelled(label).to_string()));
    row.push(camera.failed.to_string());
    row
}
