//! The manifests and labels that come with Trapline; their weights are fetched.

use super::ModelError;
use crate::model::{
    labels::parse_labels,
    manifest::{Manifest, ManifestError},
};

/// A model whose manifest and labels are part of this program.
#[derive(Clone, Copy, Debug)]
pub struct ShippedModel {
    /// Its id.
    pub id: &'static str,
    /// Its manifest.
    pub manifest: &'static str,
    /// Its labels file.
    pub labels: &'static str,
}

impl ShippedModel {
    /// Its manifest, checked.
    ///
    /// # Errors
    /// Never, as a test reads every shipped manifest.
    pub fn parse(&self) -> Result<Manifest, ManifestError> {
        let origin = format!("Trapline's own manifest of {}", self.id);
        Manifest::parse(self.manifest, &origin, None)
    }

    /// Its manifest and labels, checked.
    ///
    /// # Errors
    /// Never, as a test reads them all.
    pub fn description(&self) -> Result<(Manifest, Vec<String>), ModelError> {
        let manifest = self.parse()?;
        let labels = parse_labels(self.labels, manifest.label_format).map_err(|reason| {
            ModelError::Labels {
                path: self.id.into(),
                reason,
            }
        })?;
        Ok((manifest, labels))
    }
}

macro_rules! shipped {
    ($($id:literal),* $(,)?) => {
        [$(ShippedModel {
            id: $id,
            manifest: include_str!(concat!("../../../models/", $id, "/manifest.toml")),
            labels: include_str!(concat!("../../../models/", $id, "/labels.txt")),
        }),*]
    };
}

/// Every shipped model: the two defaults, then those for real work, best licence first.
pub static SHIPPED: [ShippedModel; 8] = shipped![
    "yolox-nano",
    "coco-centernet",
    "MDV6-apa-rtdetr-c",
    "MDV6-apa-rtdetr-e",
    "MDV5a",
    "MDV6-yolov10-c",
    "MDV6-yolov10-e",
    "MD1000-redwood",
];

/// The shipped model with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static ShippedModel> {
    SHIPPED.iter().find(|model| model.id == id)
}

#[cfg(test)]
mod tests {
    use common::Category;

    use super::*;
    use crate::model::{
        contract::{
            BoxUnit, CanvasShape, ChannelOrder, ClassMeaning, Contract, Fit, Nms, Normalization,
            OutputLayout, Placement, RowColumn,
        },
        digest::Sha256,
    };

    fn read(id: &str) -> (Manifest, Contract) {
        let model = find(id).unwrap();
        let manifest = model.parse().unwrap();
        let labels = parse_labels(model.labels, manifest.label_format).unwrap();
        let contract = manifest.contract(&labels).unwrap();
        (manifest, contract)
    }

    #[test]
    fn every_shipped_model_is_whole() {
        for model in &SHIPPED {
            let (manifest, contract) = read(model.id);
            assert_eq!(manifest.id.as_str(), model.id);
            assert!(!manifest.sources.is_empty(), "{}: no source", model.id);
            assert!(manifest.purpose.is_some(), "{}: no purpose", model.id);
            assert!(manifest.licence.url.is_some(), "{}: no licence", model.id);
            for category in Category::ALL {
                let found = ClassMeaning::Category(category);
                assert!(
                    contract.classes.contains(&found),
                    "{}: no {category}",
                    model.id
                );
            }
        }
    }

    #[test]
    fn yolox_nano_is_read_as_its_makers_run_it() {
        let (manifest, contract) = read("yolox-nano");
        assert_eq!((contract.input.width, contract.input.height), (416, 416));
        assert_eq!(
            contract.input.fit,
            Fit::Letterbox(Placement::TopLeft, CanvasShape::Fixed)
        );
        assert_eq!(contract.input.channels, ChannelOrder::Bgr);
        assert_eq!(contract.input.normalization, Normalization::None);
        assert_eq!(contract.input.pad_value, 114.0);
        assert_eq!(contract.output.layout, OutputLayout::YoloxRaw);
        assert_eq!(
            contract.output.nms,
            Some(Nms {
                iou_threshold: 0.45,
                per_class: true
            })
        );
        let accepted = [
            "c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d",
            "695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14",
        ];
        assert_eq!(
            manifest.weights.accepted_sha256,
            accepted.map(|text| Sha256::parse(text).unwrap())
        );
    }

    #[test]
    fn coco_classes_are_mapped_by_their_numbers() {
        for id in ["yolox-nano", "coco-centernet"] {
            let (_, contract) = read(id);
            assert_eq!(contract.classes.len(), 80);
            for (class, meaning) in contract.classes.iter().enumerate() {
                let expected = match class {
                    0 => ClassMeaning::Category(Category::Person),
                    1..=8 => ClassMeaning::Category(Category::Vehicle),
                    14..=23 => ClassMeaning::Category(Category::Animal),
                    _ => ClassMeaning::Ignored,
                };
                assert_eq!(*meaning, expected, "{id}: class {class}");
            }
        }
    }

    #[test]
    fn coco_centernet_gives_finished_rows_of_a_stretched_picture() {
        let (_, contract) = read("coco-centernet");
        assert_eq!((contract.input.width, contract.input.height), (512, 512));
        assert_eq!(contract.input.fit, Fit::Stretch);
        assert_eq!(contract.input.channels, ChannelOrder::Rgb);
        assert_eq!(contract.input.normalization, Normalization::None);
        use RowColumn::{Class, Score, X1, X2, Y1, Y2};
        let columns = [X1, Y1, X2, Y2, Score, Class];
        let unit = BoxUnit::CanvasPixels;
        assert_eq!(contract.output.layout, OutputLayout::Rows { columns, unit });
        // Only classes of one category suppress each other, which the selector sees to.
        let nms = Nms {
            iou_threshold: 0.45,
            per_class: true,
        };
        assert_eq!(contract.output.nms, Some(nms));
    }

    #[test]
    fn megadetector_5_has_the_rectangle_and_whole_pixels_of_the_reference() {
        for (id, typical) in [("MDV5a", 0.2), ("MD1000-redwood", 0.3)] {
            let (manifest, contract) = read(id);
            let rectangle = CanvasShape::Rectangle { stride: 64 };
            assert_eq!(
                contract.input.fit,
                Fit::Letterbox(Placement::Centred, rectangle)
            );
            assert!((contract.input.pad_value - 114.0 / 255.0).abs() < 1e-6);
            assert!(contract.output.whole_pixels);
            assert_eq!(manifest.typical_threshold.value(), typical);
        }
    }
}
