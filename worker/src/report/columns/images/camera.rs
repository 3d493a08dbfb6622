//! The columns of what the camera wrote.

use super::{Cell, Column, ImageCell, Style, column};

pub(super) static COLUMNS: &[Column<ImageCell>] = &[
    column(
        "timestamp",
        20,
        Style::Moment,
        "When it was taken, on the camera's own clock. Blank if the camera wrote no time.",
        |row| Cell::moment_of(&row.record.camera),
    ),
    column(
        "utc_offset_minutes",
        12,
        Style::Plain,
        "Minutes that the camera's clock is ahead of UTC, if the camera wrote it.",
        |row| {
            row.record
                .camera
                .captured
                .as_ref()
                .and_then(|time| time.offset_minutes)
                .map_or(Cell::Blank, |minutes| Cell::Integer(minutes.into()))
        },
    ),
    column(
        "time_notes",
        28,
        Style::Plain,
        "How an unusual time was read; where none could be taken, why, and which other times there are, in the file and in its name. None of them is taken for the time of the picture.",
        |row| Cell::made_text(row.record.time_notes()),
    ),
    column(
        "camera_make",
        16,
        Style::Plain,
        "The camera's maker.",
        |row| Cell::maybe_text(row.record.camera.make.as_deref()),
    ),
    column(
        "camera_model",
        16,
        Style::Plain,
        "The camera's model.",
        |row| Cell::maybe_text(row.record.camera.model.as_deref()),
    ),
    column(
        "camera_serial_number",
        18,
        Style::Plain,
        "The camera's serial number.",
        |row| Cell::maybe_text(row.record.camera.serial_number.as_deref()),
    ),
    column(
        "user_label",
        18,
        Style::Plain,
        "What the camera's user called it or its place: the label of Reconyx cameras.",
        |row| Cell::maybe_text(row.record.camera.user_label.as_deref()),
    ),
    column(
        "temperature_celsius",
        12,
        Style::Decimals(1),
        "Temperature in degrees Celsius, as the camera wrote it.",
        |row| Cell::number(row.record.camera.temperature_celsius),
    ),
    column(
        "latitude",
        12,
        Style::Decimals(6),
        "Degrees north of the equator, as the camera wrote it.",
        |row| Cell::number(row.record.camera.position.map(|place| place.latitude())),
    ),
    column(
        "longitude",
        12,
        Style::Decimals(6),
        "Degrees east of Greenwich, as the camera wrote it.",
        |row| Cell::number(row.record.camera.position.map(|place| place.longitude())),
    ),
    column(
        "altitude_m",
        11,
        Style::Decimals(1),
        "Metres above sea level, as the camera wrote it.",
        |row| {
            Cell::number(
                row.record
                    .camera
                    .position
                    .and_then(|place| place.altitude_m()),
            )
        },
    ),
    column(
        "description",
        24,
        Style::Plain,
        "Free text that the camera wrote.",
        |row| Cell::maybe_text(row.record.camera.description.as_deref()),
    ),
    column(
        "comment",
        24,
        Style::Plain,
        "The comment that the camera wrote beside it (EXIF UserComment).",
        |row| Cell::maybe_text(row.record.camera.comment.as_deref()),
    ),
];
