//! `[preprocessing]` and `[trapline.input]` to an [`InputRule`].

use super::{
    Origin, PreprocessingTable,
    error::ManifestError,
    trapline::{CanvasName, InputTable, PlacementName},
};
use crate::model::contract::{
    CanvasShape, ChannelOrder, Fit, InputRule, Interpolation, Normalization, Placement,
};

/// The longest canvas side that is believed, in pixels.
const LONGEST_SIDE: i64 = 8192;
/// The grey that the YOLO family pads with, 0..=255.
const PAD_GREY: f32 = 114.0;

pub(super) fn read(
    table: &PreprocessingTable,
    ours: &InputTable,
    origin: Origin<'_>,
) -> Result<InputRule, ManifestError> {
    let fit = read_fit(table, ours, origin)?;
    check_layout(table, origin)?;
    let (width, height) = read_size(table, origin)?;
    let normalization = read_normalization(table, origin)?;
    Ok(InputRule {
        width,
        height,
        fit,
        channels: read_channels(table, origin)?,
        normalization,
        pad_value: read_padding(table, normalization, origin)?,
        interpolation: read_interpolation(table, origin)?,
    })
}

fn read_fit(
    table: &PreprocessingTable,
    ours: &InputTable,
    origin: Origin<'_>,
) -> Result<Fit, ManifestError> {
    const KEY: &str = "[preprocessing] method";
    match table.method.as_deref() {
        None => Err(origin.missing(KEY)),
        Some("letterbox") => read_letterbox(ours, origin),
        Some("resize") => {
            if ours.placement.is_some() || ours.canvas.is_some() || ours.stride.is_some() {
                let expected = "'letterbox' where [trapline.input] speaks of a letterbox";
                return Err(origin.bad(KEY, "resize", expected));
            }
            Ok(Fit::Stretch)
        }
        Some(method @ ("resize_crop" | "resize_min_max")) => Err(origin.unsupported(
            KEY,
            method,
            "only letterbox and resize are; this one belongs to classifiers and RetinaNets",
        )),
        Some(method) if is_audio(method) => {
            Err(origin.unsupported(KEY, method, "Trapline looks at pictures, not at sound"))
        }
        Some(method) => Err(origin.unsupported(KEY, method, "only letterbox and resize are")),
    }
}

fn is_audio(method: &str) -> bool {
    ["audio", "spectrogram", "mel", "wave"]
        .iter()
        .any(|word| method.contains(word))
}

fn read_letterbox(ours: &InputTable, origin: Origin<'_>) -> Result<Fit, ManifestError> {
    let placement = match ours.placement {
        None | Some(PlacementName::Centred) => Placement::Centred,
        Some(PlacementName::TopLeft) => Placement::TopLeft,
    };
    const STRIDE: &str = "[trapline.input] stride";
    let shape = match (ours.canvas.unwrap_or(CanvasName::Fixed), ours.stride) {
        (CanvasName::Fixed, None) => CanvasShape::Fixed,
        (CanvasName::Fixed, Some(stride)) => {
            return Err(origin.bad(STRIDE, stride, "absent unless canvas is 'rectangle'"));
        }
        (CanvasName::Rectangle, None) => return Err(origin.missing(STRIDE)),
        (CanvasName::Rectangle, Some(stride @ 1..=1024)) => CanvasShape::Rectangle { stride },
        (CanvasName::Rectangle, Some(stride)) => {
            return Err(origin.bad(STRIDE, stride, "1 to 1024 pixels"));
        }
    };
    Ok(Fit::Letterbox(placement, shape))
}

fn check_layout(table: &PreprocessingTable, origin: Origin<'_>) -> Result<(), ManifestError> {
    const KEY: &str = "[preprocessing] layout";
    match table.layout.as_deref() {
        None | Some("nchw") => Ok(()),
        Some("nhwc") => Err(origin.unsupported(KEY, "nhwc", "export the model with NCHW input")),
        Some(other) => Err(origin.bad(KEY, other, "nchw")),
    }
}

fn read_size(table: &PreprocessingTable, origin: Origin<'_>) -> Result<(u32, u32), ManifestError> {
    const KEY: &str = "[preprocessing] input_size";
    let size = table
        .input_size
        .as_ref()
        .ok_or_else(|| origin.missing(KEY))?;
    let side = |side: i64| {
        u32::try_from(side)
            .ok()
            .filter(|_| (1..=LONGEST_SIDE).contains(&side))
    };
    if let [width, height] = size[..]
        && let (Some(width), Some(height)) = (side(width), side(height))
    {
        return Ok((width, height));
    }
    Err(origin.bad(
        KEY,
        format!("{size:?}"),
        "[width, height], each 1 to 8192 pixels",
    ))
}

fn read_normalization(
    table: &PreprocessingTable,
    origin: Origin<'_>,
) -> Result<Normalization, ManifestError> {
    match table.normalization.as_deref() {
        None | Some("unit") => Ok(Normalization::Unit),
        Some("imagenet") => Ok(Normalization::Imagenet),
        Some("none") => Ok(Normalization::None),
        Some(other) => Err(origin.bad(
            "[preprocessing] normalization",
            other,
            "unit, imagenet or none",
        )),
    }
}

fn read_channels(
    table: &PreprocessingTable,
    origin: Origin<'_>,
) -> Result<ChannelOrder, ManifestError> {
    match table.channel_order.as_deref() {
        None | Some("rgb") => Ok(ChannelOrder::Rgb),
        Some("bgr") => Ok(ChannelOrder::Bgr),
        Some(other) => Err(origin.bad("[preprocessing] channel_order", other, "rgb or bgr")),
    }
}

/// Without a stated value, the grey of the YOLO family; with ImageNet normalisation, the mean.
fn read_padding(
    table: &PreprocessingTable,
    normalization: Normalization,
    origin: Origin<'_>,
) -> Result<f32, ManifestError> {
    match (table.pad_value, normalization) {
        (Some(value), _) if value.is_finite() => Ok(value),
        (Some(value), _) => Err(origin.bad("[preprocessing] pad_value", value, "a finite number")),
        (None, Normalization::Unit) => Ok(PAD_GREY / 255.0),
        (None, Normalization::Imagenet) => Ok(0.0),
        (None, Normalization::None) => Ok(PAD_GREY),
    }
}

fn read_interpolation(
    table: &PreprocessingTable,
    origin: Origin<'_>,
) -> Result<Interpolation, ManifestError> {
    match table.interpolation.as_deref() {
        None | Some("bilinear") => Ok(Interpolation::Bilinear),
        Some("cv2_bilinear") => Ok(Interpolation::Cv2Bilinear),
        Some("bicubic") => Ok(Interpolation::Bicubic),
        Some("lanczos") => Ok(Interpolation::Lanczos),
        Some(other) => Err(origin.bad(
            "[preprocessing] interpolation",
            other,
            "bilinear, cv2_bilinear, bicubic or lanczos",
        )),
    }
}
