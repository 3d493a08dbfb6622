use super::*;
use crate::figures::test_records::{figures, no_corrections};

fn plots() -> Vec<Plot> {
    Plot::all(&figures("0.2", &no_corrections()))
}

#[test]
fn every_plot_has_its_numbers_in_a_table() {
    let plots = plots();
    let ids: Vec<_> = plots.iter().map(|plot| plot.id).collect();
    assert_eq!(ids, ["activity", "days", "camera-days", "cameras", "map"]);
    for plot in &plots {
        assert!(!plot.table.rows.is_empty(), "{}", plot.id);
        for row in &plot.table.rows {
            assert_eq!(row.len(), plot.table.header.len(), "{}", plot.id);
        }
    }
    let row = |plot: usize, row: usize| plots[plot].table.rows[row].join(" ");
    assert_eq!(row(0, 0), "01:00 animal 1 0 1 0");
    assert_eq!(row(1, 1), "2024-06-03 1 0 0 2");
    assert_eq!(row(2, 1), "ridge 2024-06-01 2024-06-03 2 2 1 2024-06-02");
    assert_eq!(row(3, 1), "ridge 3 2 0 0 0 1");
    assert_eq!(row(4, 1), "ridge 48.200000 16.370100 2 2");
}

#[test]
fn a_drawing_has_a_mark_for_every_number_that_is_not_zero() {
    let plots = plots();
    let activity = plots[0].svg().unwrap();
    assert_eq!(
        activity.matches("<title>").count(),
        3,
        "two animals, one person"
    );
    assert!(activity.contains("<title>13:00 to 14:00, day: 1</title>"));
    let gaps = plots[2].svg().unwrap();
    assert!(gaps.contains("<title>ridge, 2024-06-02: 0</title>"));
    for plot in &plots {
        let svg = plot.svg().unwrap();
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{}", plot.id);
        assert!(!svg.contains("style="), "no style of its own: {}", plot.id);
    }
}

#[test]
fn names_of_folders_are_text_in_a_drawing() {
    let mut figures = figures("0.2", &no_corrections());
    let camera = figures.cameras["ridge"].clone();
    figures.cameras.insert("<b>&".to_owned(), camera);
    let svg = Plot::all(&figures)[3].svg().unwrap();
    assert!(!svg.contains("<b>"));
}

#[test]
fn without_pictures_there_is_nothing_to_draw() {
    let threshold = "0.2".parse().unwrap();
    assert!(Plot::all(&Figures::new(threshold)).is_empty());
}
