use jiff::Timestamp;

use super::{
    test_records::{figures, no_corrections},
    *,
};
use crate::{
    MediaPath,
    correction::{Correction, Corrections, Verdict},
};

fn total(figures: &Figures, category: Category, light: Light) -> u64 {
    (0..HOURS)
        .map(|hour| figures.activity(category, hour, light))
        .sum()
}

#[test]
fn an_image_counts_for_every_category_on_it_and_has_one_label() {
    let figures = figures("0.2", &no_corrections());
    assert_eq!(figures.activity(Category::Animal, 13, Light::Day), 1);
    assert_eq!(figures.activity(Category::Person, 13, Light::Day), 1);
    assert_eq!(figures.activity(Category::Animal, 1, Light::Night), 1);
    assert_eq!(total(&figures, Category::Animal, Light::Unknown), 0);
    let ridge = &figures.cameras["ridge"];
    assert_eq!(Label::ALL.map(|label| ridge.labelled(label)), [2, 0, 0, 0]);
    assert_eq!((ridge.failed, ridge.images()), (1, 3));
    assert_eq!((figures.processed, figures.without_time), (4, 1));
}

#[test]
fn days_have_their_images_and_what_was_seen() {
    let figures = figures("0.2", &no_corrections());
    let days = figures.days.iter().map(|(date, day)| {
        (
            date.day(),
            day.images,
            day.with(Category::Animal),
            day.with(Category::Vehicle),
        )
    });
    assert_eq!(days.collect::<Vec<_>>(), [(1, 1, 1, 0), (3, 2, 1, 0)]);
    assert_eq!(figures.cameras["creek"].days.len(), 1);
}

#[test]
fn the_threshold_decides_what_was_seen() {
    let figures = figures("0.7", &no_corrections());
    assert_eq!(total(&figures, Category::Animal, Light::Night), 0);
    assert_eq!(figures.cameras["ridge"].labelled(Label::Blank), 1);
    assert_eq!(figures.cameras["creek"].labelled(Label::Blank), 2);
}

#[test]
fn images_of_a_camera_at_one_place_are_one_place() {
    let figures = figures("0.2", &no_corrections());
    let places: Vec<_> = figures.places().collect();
    assert_eq!(places.len(), 2);
    assert_eq!(
        (
            places[1].camera.as_str(),
            places[1].images,
            places[1].animals
        ),
        ("ridge", 2, 2)
    );
}

#[test]
fn what_people_said_counts_where_it_is_given() {
    let said = |number, media, verdict| Correction {
        number,
        at: Timestamp::UNIX_EPOCH,
        media,
        path: MediaPath::from_display_name("x"),
        verdict,
    };
    let figures = figures(
        "0.2",
        &Corrections::of(vec![
            said(1, 0, Verdict::WrongDetection(0)),
            said(2, 2, Verdict::Shows(Label::Vehicle)),
            said(3, 1, Verdict::Shows(Label::Blank)),
        ]),
    );
    assert_eq!(total(&figures, Category::Animal, Light::Day), 0);
    assert_eq!(total(&figures, Category::Vehicle, Light::Night), 1);
    let ridge = &figures.cameras["ridge"];
    assert_eq!(Label::ALL.map(|label| ridge.labelled(label)), [0, 1, 0, 1]);
}

#[test]
fn a_folder_for_each_picture_does_not_fill_the_memory() {
    let gallery = super::test_records::gallery();
    let mut figures = Figures::new(gallery.threshold());
    for number in 0..MOST_CAMERAS + 50 {
        figures.add(&format!("camera {number}"), &gallery.rows[0], None);
    }
    assert_eq!(figures.cameras.len(), MOST_CAMERAS + 1);
    assert_eq!(figures.cameras[FURTHER].images(), 50);
    let images: u64 = figures.cameras.values().map(CameraFigures::images).sum();
    assert_eq!(images, figures.processed);
}
