//! The corrections of results, as a table. The first columns are those of the table in the
//! package; the model's word stands behind them.

use common::{
    Threshold,
    correction::{Correction, Verdict},
    formula_guard::guarded,
};

use super::ResultsSnapshot;

/// The columns.
const COLUMNS: [&str; 11] = [
    "number",
    "corrected_at",
    "file_path",
    "verdict",
    "category",
    "detection",
    "takes_back",
    "counts",
    "model_category",
    "model_detection_category",
    "model_detection_confidence",
];

/// All corrections, one line each, in the order in which they were given. Paths are guarded
/// against being run as formulas unless the job wants plain text.
pub(crate) fn table(
    snapshot: &ResultsSnapshot,
    threshold: Threshold,
    is_plain: bool,
) -> Result<Vec<u8>, csv::Error> {
    // Spreadsheets take a text for UTF-8 if it begins like that.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(COLUMNS)?;
    for entry in snapshot.corrections.list() {
        let model = model(snapshot, entry, threshold);
        let line = columns_of(snapshot, entry, is_plain)
            .into_iter()
            .chain(model);
        writer.write_record(line)?;
    }
    let written = writer.into_inner();
    written.map_err(|error| csv::Error::from(error.into_error()))
}

/// What was corrected, and whether it counts.
fn columns_of(snapshot: &ResultsSnapshot, entry: &Correction, is_plain: bool) -> [String; 8] {
    let blank = String::new;
    let (verdict, category, detection, takes_back) = match entry.verdict {
        Verdict::Shows(label) => ("shows", label.name().to_owned(), blank(), blank()),
        Verdict::WrongDetection(number) => {
            ("wrong-detection", blank(), number.to_string(), blank())
        }
        Verdict::Undo(number) => ("undo", blank(), blank(), number.to_string()),
    };
    let is_undo = matches!(entry.verdict, Verdict::Undo(_));
    let counts = !is_undo && !snapshot.corrections.is_undone(entry.number);
    [
        entry.number.to_string(),
        entry.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        if is_plain {
            entry.path.to_string()
        } else {
            guarded(entry.path.as_str().into()).into_owned()
        },
        verdict.to_owned(),
        category,
        detection,
        takes_back,
        if counts { "yes" } else { "no" }.to_owned(),
    ]
}

/// What the model says: the image's category, and the detection that is wrong.
fn model(snapshot: &ResultsSnapshot, entry: &Correction, threshold: Threshold) -> [String; 3] {
    let Some(row) = snapshot.album.row(entry.media) else {
        return [const { String::new() }; 3];
    };
    let found = match entry.verdict {
        Verdict::WrongDetection(number) => row.sightings.get(usize::from(number)),
        _ => None,
    };
    let category = row.category_at(threshold);
    [
        category
            .map_or("blank", |category| category.name())
            .to_owned(),
        found.map_or_else(String::new, |found| found.category.name().to_owned()),
        found.map_or_else(String::new, |found| found.confidence().value().to_string()),
    ]
}
