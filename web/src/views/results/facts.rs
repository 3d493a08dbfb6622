//! Everything that is known of a file, for people to read.

use common::{
    MediaOutcome, MediaRecord,
    media::{CameraFacts, CaptureTime, OriginalCopy, Position, ProcessedMedia},
};

use crate::units;

/// One thing that is known.
pub(crate) struct Fact {
    pub(crate) name: &'static str,
    pub(crate) value: String,
}

/// What is known of a file.
pub(crate) fn facts(record: &MediaRecord, camera: &str) -> Vec<Fact> {
    let mut facts = Facts(Vec::new());
    facts.add("File", record.path.as_str());
    facts.add("Camera folder", camera);
    facts.of_camera(&record.camera, record.time_notes());
    match &record.outcome {
        MediaOutcome::Processed(media) => facts.of_picture(media),
        MediaOutcome::Failed(failure) => {
            facts.add("Could not be read", &failure.detail);
            facts.add("What to do", failure.code.advice());
        }
        MediaOutcome::Skipped(reason) => facts.add("Left aside", reason.explanation()),
    }
    facts.add("Size", &units::bytes(record.size_bytes));
    facts.add(
        "Content hash (BLAKE3)",
        record.content_hash.as_deref().unwrap_or_default(),
    );
    facts.0
}

struct Facts(Vec<Fact>);

impl Facts {
    /// Adds what is known; a blank value is not.
    fn add(&mut self, name: &'static str, value: &str) {
        if !value.is_empty() {
            self.0.push(Fact {
                name,
                value: value.to_owned(),
            });
        }
    }

    fn of_camera(&mut self, camera: &CameraFacts, time_notes: Option<String>) {
        let captured = camera.captured.as_ref().map(clock).unwrap_or_default();
        self.add("Taken, by the camera’s clock", &captured);
        self.add("About the time", &time_notes.unwrap_or_default());
        let parts = [camera.make.as_deref(), camera.model.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        self.add("Camera", &parts.join(" "));
        self.add(
            "Serial number",
            camera.serial_number.as_deref().unwrap_or_default(),
        );
        self.add("Label", camera.user_label.as_deref().unwrap_or_default());
        let celsius = camera
            .temperature_celsius
            .map(|celsius| format!("{celsius} °C"));
        self.add("Temperature", &celsius.unwrap_or_default());
        let place = camera.position.map(place);
        self.add("Position", &place.unwrap_or_default());
        self.add(
            "Note by the camera",
            camera.description.as_deref().unwrap_or_default(),
        );
        self.add("Comment", camera.comment.as_deref().unwrap_or_default());
    }

    fn of_picture(&mut self, media: &ProcessedMedia) {
        self.add("Pixels", &format!("{} × {}", media.width, media.height));
        let share = media.decoded_share.map(|share| {
            format!(
                "the file is cut off; {:.0} % of the picture could be read",
                (share * 100.0).floor()
            )
        });
        self.add("Damage", &share.unwrap_or_default());
        let first = media.duplicate_of.as_ref().map(ToString::to_string);
        self.add("Exact copy of", &first.unwrap_or_default());
        self.add(
            "Annotated copy in the zip",
            media.annotated.as_deref().unwrap_or_default(),
        );
        let original = match &media.original {
            Some(OriginalCopy::At(path)) => path.as_str(),
            Some(OriginalCopy::Withheld(reason)) => reason.text(),
            None => "",
        };
        self.add("Original in the zip", original);
    }
}

/// A time as the camera wrote it.
fn clock(time: &CaptureTime) -> String {
    let local = time.local.strftime("%Y-%m-%d %H:%M:%S%.f");
    let Some(minutes) = time.offset_minutes else {
        return local.to_string();
    };
    let sign = if minutes < 0 { '−' } else { '+' };
    let minutes = minutes.unsigned_abs();
    format!("{local} (UTC{sign}{:02}:{:02})", minutes / 60, minutes % 60)
}

/// As exact as it is: positions are rounded before they are kept, if the job says so.
fn place(position: Position) -> String {
    let altitude = position.altitude_m();
    let altitude = altitude.map(|metres| format!(", {metres:.0} m above the sea"));
    format!(
        "{}, {}{}",
        position.latitude(),
        position.longitude(),
        altitude.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_camera() {
        let at = |local: &str, offset_minutes| {
            clock(&CaptureTime {
                local: local.parse().unwrap(),
                offset_minutes,
            })
        };
        assert_eq!(at("2026-04-01T20:13:05", None), "2026-04-01 20:13:05");
        assert_eq!(
            at("2026-04-01T20:13:05.25", Some(-570)),
            "2026-04-01 20:13:05.25 (UTC−09:30)"
        );
    }

    #[test]
    fn positions_are_as_exact_as_they_were_kept() {
        let position = Position::new(-2.345_67, 34.82, Some(1540.4)).unwrap();
        assert_eq!(place(position), "-2.34567, 34.82, 1540 m above the sea");
        assert_eq!(place(position.rounded()), "-2.35, 34.82");
    }
}
