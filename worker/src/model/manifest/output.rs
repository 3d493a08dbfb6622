//! `[postprocessing]` and `[trapline.output]` to an [`OutputRule`].

use super::{
    Origin, PostprocessingTable,
    error::ManifestError,
    trapline::{ColumnName, LayoutName, NmsName, OutputTable, UnitName},
};
use crate::model::contract::{BoxUnit, Nms, OutputLayout, OutputRule, RowColumn};

/// Most detections of one image, as in MegaDetector.
const MAX_DETECTIONS: i64 = 300;
/// Overlap at which MegaDetector and YOLOX drop the weaker box.
const IOU_THRESHOLD: f32 = 0.45;
const CORNERS: [RowColumn; 4] = [RowColumn::X1, RowColumn::Y1, RowColumn::X2, RowColumn::Y2];
const CENTRES: [RowColumn; 4] = [
    RowColumn::CentreX,
    RowColumn::CentreY,
    RowColumn::Width,
    RowColumn::Height,
];

pub(super) fn read(
    table: &PostprocessingTable,
    ours: &OutputTable,
    origin: Origin<'_>,
) -> Result<OutputRule, ManifestError> {
    let layout = match ours.layout {
        Some(name) => read_layout(name, ours, origin)?,
        None => {
            refuse_stray_columns(ours, origin)?;
            read_method(table.method.as_deref(), origin)?
        }
    };
    Ok(OutputRule {
        nms: read_nms(&layout, table, ours, origin)?,
        layout,
        max_detections: read_max_detections(table, origin)?,
        whole_pixels: ours.whole_pixels,
    })
}

fn read_method(method: Option<&str>, origin: Origin<'_>) -> Result<OutputLayout, ManifestError> {
    const KEY: &str = "[postprocessing] method";
    let Some(method) = method else {
        return Err(origin.missing(KEY));
    };
    let reason = match method {
        "yolo_e2e" => return Ok(rows(CORNERS, BoxUnit::CanvasPixels)),
        "rtdetr_topk" => return Ok(rows(CENTRES, BoxUnit::Normalized)),
        "megadet_v5a" => return Ok(OutputLayout::Yolov5),
        "retinanet_soft_nms" => "RetinaNets with soft suppression are not decoded here",
        "softmax" | "sigmoid" => "it is a classifier, and Trapline runs detectors",
        "embedding" => "it describes pictures in numbers and finds nothing in them",
        heat if heat.contains("heatmap") => "it finds points, and Trapline reports boxes",
        _ => "it is not known; see docs/MODELS.md for those that are",
    };
    Err(origin.unsupported(KEY, method, reason))
}

/// Four box columns, then score and class.
const fn rows(bbox: [RowColumn; 4], unit: BoxUnit) -> OutputLayout {
    let [a, b, c, d] = bbox;
    OutputLayout::Rows {
        columns: [a, b, c, d, RowColumn::Score, RowColumn::Class],
        unit,
    }
}

fn read_layout(
    name: LayoutName,
    ours: &OutputTable,
    origin: Origin<'_>,
) -> Result<OutputLayout, ManifestError> {
    if name == LayoutName::Rows {
        return read_rows(ours, origin);
    }
    refuse_stray_columns(ours, origin)?;
    Ok(match name {
        LayoutName::Yolov5 => OutputLayout::Yolov5,
        LayoutName::Yolov8 => OutputLayout::Yolov8,
        LayoutName::YoloxRaw => OutputLayout::YoloxRaw,
        LayoutName::RtdetrTriple | LayoutName::Rows => OutputLayout::RtdetrTriple,
    })
}

fn refuse_stray_columns(ours: &OutputTable, origin: Origin<'_>) -> Result<(), ManifestError> {
    if ours.columns.is_none() && ours.unit.is_none() {
        return Ok(());
    }
    let expected = "absent unless [trapline.output] layout is 'rows'";
    Err(origin.bad("[trapline.output] columns and unit", "stated", expected))
}

fn read_rows(ours: &OutputTable, origin: Origin<'_>) -> Result<OutputLayout, ManifestError> {
    const KEY: &str = "[trapline.output] columns";
    let names = ours.columns.as_ref().ok_or_else(|| origin.missing(KEY))?;
    let columns: Vec<_> = names.iter().map(|name| column(*name)).collect();
    let expected = "six: 'score', 'class' and either x1, y1, x2, y2 or centre-x, centre-y, \
                    width, height";
    let bad = || origin.bad(KEY, format!("{columns:?}"), expected);
    let columns: [RowColumn; 6] = columns.clone().try_into().map_err(|_| bad())?;
    let has = |wanted: &[RowColumn]| wanted.iter().all(|column| columns.contains(column));
    let whole = has(&CORNERS) || has(&CENTRES);
    if !whole || !has(&[RowColumn::Score, RowColumn::Class]) {
        return Err(bad());
    }
    let unit = match ours
        .unit
        .ok_or_else(|| origin.missing("[trapline.output] unit"))?
    {
        UnitName::CanvasPixels => BoxUnit::CanvasPixels,
        UnitName::Normalized => BoxUnit::Normalized,
    };
    Ok(OutputLayout::Rows { columns, unit })
}

const fn column(name: ColumnName) -> RowColumn {
    match name {
        ColumnName::X1 => RowColumn::X1,
        ColumnName::Y1 => RowColumn::Y1,
        ColumnName::X2 => RowColumn::X2,
        ColumnName::Y2 => RowColumn::Y2,
        ColumnName::CentreX => RowColumn::CentreX,
        ColumnName::CentreY => RowColumn::CentreY,
        ColumnName::Width => RowColumn::Width,
        ColumnName::Height => RowColumn::Height,
        ColumnName::Score => RowColumn::Score,
        ColumnName::Class => RowColumn::Class,
    }
}

/// Models that give every anchor need suppression; those that give rows did it themselves.
fn read_nms(
    layout: &OutputLayout,
    table: &PostprocessingTable,
    ours: &OutputTable,
    origin: Origin<'_>,
) -> Result<Option<Nms>, ManifestError> {
    let usual = match layout {
        OutputLayout::Yolov5 | OutputLayout::Yolov8 | OutputLayout::YoloxRaw => NmsName::PerClass,
        OutputLayout::Rows { .. } | OutputLayout::RtdetrTriple => NmsName::None,
    };
    let iou_threshold = table.iou_threshold.unwrap_or(IOU_THRESHOLD);
    if !(0.0..=1.0).contains(&iou_threshold) {
        return Err(origin.bad("[postprocessing] iou_threshold", iou_threshold, "0 to 1"));
    }
    Ok(match ours.nms.unwrap_or(usual) {
        NmsName::PerClass => Some(Nms {
            iou_threshold,
            per_class: true,
        }),
        NmsName::AllClasses => Some(Nms {
            iou_threshold,
            per_class: false,
        }),
        NmsName::None => None,
    })
}

fn read_max_detections(
    table: &PostprocessingTable,
    origin: Origin<'_>,
) -> Result<usize, ManifestError> {
    let count = table.max_detections.unwrap_or(MAX_DETECTIONS);
    usize::try_from(count)
        .ok()
        .filter(|count| (1..=100_000).contains(count))
        .ok_or_else(|| origin.bad("[postprocessing] max_detections", count, "1 to 100000"))
}
