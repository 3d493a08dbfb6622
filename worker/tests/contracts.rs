//! Every output layout on ONNX Runtime, with models so small that their answers are known on
//! paper (see `fixtures/README.md`).

use std::path::{Path, PathBuf};

use common::{Category, Detection};
use worker::{
    detector::{
        DetectError, Detector,
        device::Device,
        pool::{DetectorHandle, DetectorPool, PoolOptions},
        runtime::Runtime,
        session::{LoadError, OnnxDetector},
    },
    letterbox::{Canvas, CanvasRenderer},
    media::frame::Frame,
    model::contract::{
        BoxUnit, CanvasShape, ChannelOrder, ClassMeaning, Contract, Fit, InputRule, Interpolation,
        Nms, Normalization, OutputLayout, OutputRule, Placement, RowColumn,
    },
};

use Category::{Animal, Person, Vehicle};

const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];
const DARK: [u8; 3] = [30, 30, 30];
const WHITE: [u8; 3] = [255, 255, 255];

const LETTERBOX: Fit = Fit::Letterbox(Placement::Centred, CanvasShape::Fixed);
const RECTANGLE: Fit = Fit::Letterbox(Placement::Centred, CanvasShape::Rectangle { stride: 32 });
const PER_CLASS: Option<Nms> = Some(Nms {
    iou_threshold: 0.45,
    per_class: true,
});
const AGNOSTIC: Option<Nms> = Some(Nms {
    iou_threshold: 0.45,
    per_class: false,
});

fn runtime() -> &'static Runtime {
    let base = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../var");
    let explicit = std::env::var_os("TRAPLINE_ONNXRUNTIME").map(PathBuf::from);
    Runtime::load(explicit.as_deref(), &[base]).unwrap_or_else(|error| panic!("{error}"))
}

fn model(id: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(id)
        .join("model.onnx")
}

fn contract(fit: Fit, layout: OutputLayout, nms: Option<Nms>) -> Contract {
    Contract {
        input: InputRule {
            width: 64,
            height: 64,
            fit,
            channels: ChannelOrder::Rgb,
            normalization: Normalization::Unit,
            pad_value: 114.0 / 255.0,
            interpolation: Interpolation::Cv2Bilinear,
        },
        output: OutputRule {
            layout,
            nms,
            max_detections: 300,
            whole_pixels: false,
        },
        classes: Category::ALL.map(ClassMeaning::Category).to_vec(),
    }
}

fn yolox_contract() -> Contract {
    let fit = Fit::Letterbox(Placement::TopLeft, CanvasShape::Fixed);
    let mut contract = contract(fit, OutputLayout::YoloxRaw, PER_CLASS);
    contract.input.channels = ChannelOrder::Bgr;
    contract.input.normalization = Normalization::None;
    contract.input.pad_value = 114.0;
    contract
}

fn corner_rows() -> OutputLayout {
    use RowColumn::{Class, Score, X1, X2, Y1, Y2};
    OutputLayout::Rows {
        columns: [X1, Y1, X2, Y2, Score, Class],
        unit: BoxUnit::CanvasPixels,
    }
}

fn centre_rows() -> OutputLayout {
    use RowColumn::{CentreX, CentreY, Class, Height, Score, Width};
    let columns = [CentreX, CentreY, Width, Height, Score, Class];
    OutputLayout::Rows {
        columns,
        unit: BoxUnit::Normalized,
    }
}

fn class_first_rows() -> OutputLayout {
    use RowColumn::{Class, Score, X1, X2, Y1, Y2};
    OutputLayout::Rows {
        columns: [Class, X1, Y1, X2, Y2, Score],
        unit: BoxUnit::CanvasPixels,
    }
}

fn try_load(id: &str, contract: &Contract) -> Result<OnnxDetector, LoadError> {
    OnnxDetector::load(runtime(), &model(id), contract, Device::Cpu, 1)
}

fn load(id: &str, contract: &Contract) -> OnnxDetector {
    try_load(id, contract).unwrap_or_else(|error| panic!("{id}: {error}"))
}

/// A picture of one colour with rectangles on it: (left, top, width, height, colour).
fn picture(
    width: usize,
    height: usize,
    background: [u8; 3],
    rectangles: &[(usize, usize, usize, usize, [u8; 3])],
) -> Frame {
    let mut rgb = background.repeat(width * height);
    for &(left, top, w, h, colour) in rectangles {
        for y in top..top + h {
            rgb[(y * width + left) * 3..(y * width + left + w) * 3]
                .copy_from_slice(&colour.repeat(w));
        }
    }
    Frame {
        width: width as u32,
        height: height as u32,
        rgb,
    }
}

fn render(contract: &Contract, frame: &Frame) -> Canvas {
    CanvasRenderer::new(contract.input.clone()).render(frame, frame.width, frame.height, None)
}

/// Category, confidence, and box corners in source pixels.
type Finding = (Category, f64, [f64; 4]);

fn findings(detections: &[Detection], frame: &Frame) -> Vec<Finding> {
    let (width, height) = (f64::from(frame.width), f64::from(frame.height));
    let finding = |detection: &Detection| {
        let [x, y, w, h] = detection.bbox.values();
        let corners = [x * width, y * height, (x + w) * width, (y + h) * height];
        (detection.category, detection.confidence.value(), corners)
    };
    detections.iter().map(finding).collect()
}

fn detect(detector: &mut OnnxDetector, contract: &Contract, frame: &Frame) -> Vec<Finding> {
    let found = detector
        .detect(&[render(contract, frame)])
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found.len(), 1);
    findings(&found[0], frame)
}

/// Confidences are cut to thousandths and boxes to ten-thousandths of a side.
#[track_caller]
fn assert_found(found: &[Finding], expected: &[Finding]) {
    let is_same = |a: &Finding, b: &Finding| {
        let is_near = a.2.iter().zip(b.2).all(|(a, b)| (a - b).abs() < 0.05);
        a.0 == b.0 && (a.1 - b.1).abs() < 0.0015 && is_near
    };
    let all_same =
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| is_same(a, b));
    assert!(all_same, "found {found:#?}, expected {expected:#?}");
}

/// A 64 × 64 picture with one 8 × 8 square that fills a cell.
fn one_square(left: usize, top: usize, colour: [u8; 3]) -> Frame {
    picture(64, 64, DARK, &[(left, top, 8, 8, colour)])
}

#[test]
fn yolov5_on_a_rectangle_with_padding() {
    let contract = contract(RECTANGLE, OutputLayout::Yolov5, PER_CLASS);
    let mut detector = load("tiny-yolov5", &contract);
    // Halved to 64 × 24 and put 4 rows down on a 64 × 32 canvas.
    let frame = picture(128, 48, DARK, &[(32, 8, 16, 16, RED)]);
    let canvas = render(&contract, &frame);
    assert_eq!(
        (
            canvas.letterbox.canvas_width,
            canvas.letterbox.canvas_height
        ),
        (64, 32)
    );
    let found = detect(&mut detector, &contract, &frame);
    assert_found(
        &found,
        &[
            (Animal, 1.0, [32.0, 8.0, 48.0, 24.0]),
            (Person, 0.8, [32.0, 10.0, 48.0, 26.0]),
        ],
    );
}

#[test]
fn yolov5_nms_is_per_class_or_not_as_the_contract_says() {
    let frame = one_square(16, 24, RED);
    let cell = [16.0, 24.0, 24.0, 32.0];
    let of = |nms| {
        let contract = contract(RECTANGLE, OutputLayout::Yolov5, nms);
        detect(&mut load("tiny-yolov5", &contract), &contract, &frame)
    };
    let (right, below) = ([17.0, 24.0, 25.0, 32.0], [16.0, 25.0, 24.0, 33.0]);
    assert_found(&of(PER_CLASS), &[(Animal, 1.0, cell), (Person, 0.8, below)]);
    assert_found(&of(AGNOSTIC), &[(Animal, 1.0, cell)]);
    assert_found(
        &of(None),
        &[
            (Animal, 1.0, cell),
            (Animal, 0.9, right),
            (Person, 0.8, below),
        ],
    );
}

#[test]
fn yolov8_on_a_padded_square() {
    let contract = contract(LETTERBOX, OutputLayout::Yolov8, PER_CLASS);
    let mut detector = load("tiny-yolov8", &contract);
    // Halved to 64 × 32, 16 rows down.
    let frame = picture(128, 64, DARK, &[(32, 16, 16, 16, BLUE)]);
    let found = detect(&mut detector, &contract, &frame);
    assert_found(
        &found,
        &[
            (Vehicle, 1.0, [32.0, 16.0, 48.0, 32.0]),
            (Animal, 0.8, [32.0, 18.0, 48.0, 34.0]),
        ],
    );
}

#[test]
fn yolox_boxes_are_decoded_at_every_stride_in_bgr() {
    let contract = yolox_contract();
    let mut detector = load("tiny-yolox", &contract);
    let squares = [
        (24, 16, 8, 8, BLUE),
        (32, 32, 16, 16, GREEN),
        (0, 32, 32, 32, RED),
    ];
    let frame = picture(64, 64, DARK, &squares);
    let mut found = detect(&mut detector, &contract, &frame);
    found.sort_by_key(|finding| finding.0);
    assert_found(
        &found,
        &[
            (Animal, 1.0, [20.0, 14.0, 36.0, 22.0]),
            (Person, 1.0, [24.0, 28.0, 56.0, 44.0]),
            // Cut off at the left edge.
            (Vehicle, 1.0, [0.0, 24.0, 48.0, 56.0]),
        ],
    );

    let mut wrong = yolox_contract();
    wrong.input.channels = ChannelOrder::Rgb;
    let found = detect(&mut detector, &wrong, &frame);
    assert!(
        found
            .iter()
            .all(|finding| finding.2 != [20.0, 14.0, 36.0, 22.0]),
        "{found:?}"
    );
}

#[test]
fn yolox_padding_is_behind_the_image() {
    let contract = yolox_contract();
    let mut detector = load("tiny-yolox", &contract);
    // Halved to 64 × 32 at the top: cell (3, 2) of stride 8.
    let frame = picture(128, 64, DARK, &[(48, 32, 16, 16, BLUE)]);
    let found = detect(&mut detector, &contract, &frame);
    assert_found(&found, &[(Animal, 1.0, [40.0, 28.0, 72.0, 44.0])]);
}

/// The worked example of `fixtures/README.md`.
fn worked_example() -> Frame {
    let squares = [
        (16, 24, 8, 8, RED),
        (48, 8, 8, 8, [0, 200, 100]),
        (0, 56, 8, 8, [10, 20, 255]),
    ];
    picture(64, 64, DARK, &squares)
}

fn worked_answer() -> [Finding; 4] {
    [
        (Animal, 1.0, [16.0, 24.0, 24.0, 32.0]),
        (Vehicle, 235.0 / 255.0, [0.0, 56.0, 8.0, 64.0]),
        (Person, 100.0 / 255.0, [48.0, 8.0, 56.0, 16.0]),
        (Animal, 2095.0 / 64.0 / 255.0, [0.0, 0.0, 64.0, 64.0]),
    ]
}

#[test]
fn rows_of_corners() {
    let contract = contract(LETTERBOX, corner_rows(), None);
    let mut detector = load("tiny-rows-xyxy", &contract);
    assert_found(
        &detect(&mut detector, &contract, &worked_example()),
        &worked_answer(),
    );
}

#[test]
fn padding_has_the_value_of_the_contract() {
    let contract = contract(LETTERBOX, corner_rows(), None);
    let mut detector = load("tiny-rows-xyxy", &contract);
    let frame = picture(64, 32, RED, &[]);
    let found = detect(&mut detector, &contract, &frame);
    let mean = f64::midpoint(1.0, 114.0 / 255.0);
    // The box of the second row is the canvas: cut to the image, it is the whole image.
    let expected = [
        (Animal, 1.0, [0.0, 0.0, 8.0, 8.0]),
        (Animal, mean, [0.0, 0.0, 64.0, 32.0]),
    ];
    assert_found(&found, &expected);
}

#[test]
fn rows_of_centres_on_a_stretched_image() {
    let contract = contract(Fit::Stretch, centre_rows(), None);
    let mut detector = load("tiny-rows-cxcywh", &contract);
    assert_found(
        &detect(&mut detector, &contract, &worked_example()),
        &worked_answer(),
    );
    // Twice as wide as high: canvas cell (2, 3) is 16 × 8 source pixels.
    let frame = picture(128, 64, [0; 3], &[(32, 24, 16, 8, GREEN)]);
    let found = detect(&mut detector, &contract, &frame);
    assert_found(&found, &[(Person, 1.0, [32.0, 24.0, 48.0, 32.0])]);
}

#[test]
fn rtdetr_gets_the_size_that_it_scales_boxes_to() {
    let contract = contract(Fit::Stretch, OutputLayout::RtdetrTriple, None);
    let mut detector = load("tiny-rtdetr-triple", &contract);
    assert_found(
        &detect(&mut detector, &contract, &worked_example()),
        &worked_answer(),
    );
    let frame = picture(128, 64, [0; 3], &[(32, 24, 16, 8, GREEN)]);
    let found = detect(&mut detector, &contract, &frame);
    assert_found(&found, &[(Person, 1.0, [32.0, 24.0, 48.0, 32.0])]);
}

#[test]
fn rows_after_nms_may_be_none() {
    let mut contract = contract(Fit::Stretch, class_first_rows(), None);
    contract.input.normalization = Normalization::Imagenet;
    let mut detector = load("tiny-rows-class-first", &contract);
    assert_eq!(detector.batch_limit(), 1);
    assert_found(
        &detect(&mut detector, &contract, &picture(64, 64, DARK, &[])),
        &[],
    );
    let found = detect(&mut detector, &contract, &one_square(40, 8, BLUE));
    assert_found(&found, &[(Vehicle, 1.0, [40.0, 8.0, 48.0, 16.0])]);
    // 150 / 255 pure: its means survive the normalisation and back.
    let found = detect(&mut detector, &contract, &one_square(40, 8, [0, 170, 20]));
    assert_found(&found, &[(Person, 150.0 / 255.0, [40.0, 8.0, 48.0, 16.0])]);
}

#[test]
fn rows_before_nms_are_suppressed_whatever_their_order() {
    let frame = one_square(16, 24, RED);
    let of = |nms| {
        let contract = contract(LETTERBOX, corner_rows(), nms);
        detect(
            &mut load("tiny-rows-before-nms", &contract),
            &contract,
            &frame,
        )
    };
    let (cell, below) = ([16.0, 24.0, 24.0, 32.0], [16.0, 25.0, 24.0, 33.0]);
    assert_found(&of(PER_CLASS), &[(Animal, 1.0, cell), (Person, 0.8, below)]);
    assert_found(&of(AGNOSTIC), &[(Animal, 1.0, cell)]);
    assert_eq!(of(None).len(), 3);
}

#[test]
fn three_images_in_a_batch_get_the_answers_that_each_gets_alone() {
    let frames = [
        one_square(16, 24, RED),
        one_square(48, 0, GREEN),
        one_square(0, 56, BLUE),
    ];
    for (id, contract) in [
        (
            "tiny-yolov5",
            contract(RECTANGLE, OutputLayout::Yolov5, AGNOSTIC),
        ),
        (
            "tiny-yolov8",
            contract(LETTERBOX, OutputLayout::Yolov8, AGNOSTIC),
        ),
        (
            "tiny-rows-before-nms",
            contract(LETTERBOX, corner_rows(), AGNOSTIC),
        ),
        ("tiny-rows-xyxy", contract(LETTERBOX, corner_rows(), None)),
        (
            "tiny-rows-cxcywh",
            contract(Fit::Stretch, centre_rows(), None),
        ),
        (
            "tiny-rtdetr-triple",
            contract(Fit::Stretch, OutputLayout::RtdetrTriple, None),
        ),
    ] {
        let mut detector = load(id, &contract);
        assert!(detector.batch_limit() >= 3, "{id}");
        let canvases: Vec<Canvas> = frames
            .iter()
            .map(|frame| render(&contract, frame))
            .collect();
        let together = detector.detect(&canvases).unwrap();
        let boxes = [
            [16.0, 24.0, 24.0, 32.0],
            [48.0, 0.0, 56.0, 8.0],
            [0.0, 56.0, 8.0, 64.0],
        ];
        for (i, canvas) in canvases.iter().enumerate() {
            assert_found(
                &findings(&together[i][..1], &frames[i]),
                &[(Category::ALL[i], 1.0, boxes[i])],
            );
            let alone = detector.detect(std::slice::from_ref(canvas)).unwrap();
            assert_eq!(together[i], alone[0], "{id}");
        }
    }
}

#[test]
fn a_batch_for_a_model_that_takes_one_image_is_an_error() {
    let contract = yolox_contract();
    let mut detector = load("tiny-yolox", &contract);
    assert_eq!(detector.batch_limit(), 1);
    let canvas = render(&contract, &one_square(0, 0, RED));
    assert!(matches!(
        detector.detect(&[canvas.clone(), canvas.clone()]),
        Err(DetectError::Run(_))
    ));
    // The session is still good.
    assert!(detector.detect(&[canvas]).is_ok());
    assert_eq!(detector.detect(&[]), Ok(Vec::new()));
}

#[test]
fn one_image_that_the_model_refuses_does_not_fail_the_others() {
    let contract = contract(LETTERBOX, corner_rows(), None);
    let mut detector = load("tiny-rows-refuses-white", &contract);
    let (good, bad) = (
        render(&contract, &worked_example()),
        render(&contract, &picture(64, 64, WHITE, &[])),
    );
    assert!(matches!(
        detector.detect(&[good.clone(), bad.clone()]),
        Err(DetectError::Run(_))
    ));

    let handles = DetectorHandle::shared(vec![Box::new(detector)], 4, 4).unwrap();
    let (good, bad) = (&good, &bad);
    std::thread::scope(|scope| {
        for (i, mut handle) in handles.into_iter().enumerate() {
            scope.spawn(move || {
                for _ in 0..20 {
                    let (_, found) =
                        handle.detect_one(if i == 0 { bad.clone() } else { good.clone() });
                    match found {
                        Ok(found) => {
                            assert_found(&findings(&found, &worked_example()), &worked_answer())
                        }
                        Err(error) => {
                            assert!(i == 0 && matches!(error, DetectError::Run(_)), "{error}")
                        }
                    }
                }
            });
        }
    });
}

#[test]
fn a_class_without_a_label_is_an_error_never_an_animal() {
    let mut contract = contract(LETTERBOX, corner_rows(), None);
    contract.classes.pop();
    let mut detector = load("tiny-rows-xyxy", &contract);
    let refused = detector.detect(&[render(&contract, &one_square(0, 0, BLUE))]);
    assert_eq!(
        refused,
        Err(DetectError::UnknownClass {
            class: 2.0,
            known: 2
        })
    );
    assert!(
        detector
            .detect(&[render(&contract, &one_square(0, 0, RED))])
            .is_ok()
    );
}

#[test]
fn a_file_with_fixed_axes_gets_its_fixed_canvas_instead_of_a_rectangle() {
    let rectangle = contract(RECTANGLE, OutputLayout::Yolov8, PER_CLASS);
    let detector = load("tiny-yolov8", &rectangle);
    let fixed = contract(LETTERBOX, OutputLayout::Yolov8, PER_CLASS);
    assert_eq!(*detector.input_rule(), fixed.input);
    let open = load(
        "tiny-yolov5",
        &contract(RECTANGLE, OutputLayout::Yolov5, PER_CLASS),
    );
    assert_eq!(*open.input_rule(), rectangle.input);
}

#[test]
fn a_model_that_breaks_its_contract_is_refused_when_it_is_loaded() {
    let refusal =
        |id, contract: &Contract| try_load(id, contract).err().map(|error| error.to_string());
    let mut small = contract(LETTERBOX, OutputLayout::Yolov8, PER_CLASS);
    small.input.width = 32;
    assert!(matches!(
        try_load("tiny-yolov8", &small),
        Err(LoadError::InputShape { .. })
    ));
    let mut two_classes = contract(LETTERBOX, OutputLayout::Yolov8, PER_CLASS);
    two_classes.classes.pop();
    let refused = refusal("tiny-yolov8", &two_classes);
    assert_eq!(
        refused.as_deref(),
        Some(
            "the model's output has the shape [-1, 7, 192] (-1: any), but its manifest promises \
             yolov8 [any, 6, any]"
        )
    );
    let other = contract(LETTERBOX, OutputLayout::Yolov5, PER_CLASS);
    assert!(matches!(
        try_load("tiny-yolov8", &other),
        Err(LoadError::OutputShape { .. })
    ));
    assert!(matches!(
        try_load("tiny-rtdetr-triple", &other),
        Err(LoadError::Ports { kind: "inputs", .. })
    ));
    let triple = contract(LETTERBOX, OutputLayout::RtdetrTriple, None);
    assert!(matches!(
        try_load("tiny-yolov8", &triple),
        Err(LoadError::Ports { kind: "inputs", .. })
    ));
}

#[test]
fn what_the_model_does_not_declare_is_checked_when_it_runs() {
    let contract = contract(LETTERBOX, OutputLayout::Yolov8, PER_CLASS);
    let refused = load("tiny-yolov5", &contract).warm_up();
    let expected = "yolov8 [1, 7, any]".to_owned();
    assert_eq!(
        refused,
        Err(DetectError::UnexpectedOutput {
            found: vec![1, 192, 8],
            expected
        })
    );
}

#[test]
fn a_file_that_is_no_model_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let garbage = folder.path().join("model.onnx");
    std::fs::write(&garbage, b"not a model at all").unwrap();
    let contract = yolox_contract();
    for path in [garbage, folder.path().join("missing.onnx")] {
        let refused = OnnxDetector::load(runtime(), &path, &contract, Device::Cpu, 1).err();
        assert!(
            matches!(refused, Some(LoadError::Model { .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn a_warm_up_proves_every_contract() {
    let mut imagenet = contract(Fit::Stretch, class_first_rows(), None);
    imagenet.input.normalization = Normalization::Imagenet;
    for (id, contract) in [
        (
            "tiny-yolov5",
            contract(RECTANGLE, OutputLayout::Yolov5, PER_CLASS),
        ),
        ("tiny-yolox", yolox_contract()),
        (
            "tiny-rtdetr-triple",
            contract(Fit::Stretch, OutputLayout::RtdetrTriple, None),
        ),
        ("tiny-rows-class-first", imagenet),
    ] {
        let took = load(id, &contract)
            .warm_up()
            .unwrap_or_else(|error| panic!("{id}: {error}"));
        assert!(took.as_nanos() > 0);
    }
}

#[test]
fn a_device_that_does_not_work_is_refused_and_auto_says_why_it_is_on_the_cpu() {
    let contract = yolox_contract();
    let load = |device| OnnxDetector::load(runtime(), &model("tiny-yolox"), &contract, device, 1);
    // No machine has this many GPUs, whether its library knows CUDA or not.
    for device in [Device::Cuda(900), Device::TensorRt(900)] {
        let refused = load(device).err();
        assert!(
            matches!(&refused, Some(LoadError::Device { device: d, .. }) if *d == device),
            "{refused:?}"
        );
    }
    let mut detector = load(Device::Auto).unwrap();
    match detector.device() {
        Device::Cpu => assert!(
            detector
                .fallback_reason()
                .is_some_and(|reason| !reason.is_empty())
        ),
        device => assert_eq!(
            (device, detector.fallback_reason()),
            (Device::Cuda(0), None)
        ),
    }
    assert!(detector.warm_up().is_ok());
}

#[test]
fn the_library_is_loaded_once_and_tells_its_version() {
    let runtime = runtime();
    let again = Runtime::load(Some(Path::new("/nowhere/libonnxruntime.so")), &[]).unwrap();
    assert!(std::ptr::eq(runtime, again));
    assert!(runtime.version().starts_with("1."), "{}", runtime.version());
    assert!(runtime.library().is_absolute());
}

#[test]
fn a_pool_answers_alike_whether_its_sessions_are_shared_or_not() {
    let contract = contract(LETTERBOX, corner_rows(), None);
    for (memory_bytes, is_shared) in [(1 << 30, false), (0, true)] {
        let options = PoolOptions {
            threads: 3,
            memory_bytes,
            batch_limit: 2,
        };
        let pool = DetectorPool::load(
            runtime(),
            &model("tiny-rows-xyxy"),
            &contract,
            Device::Cpu,
            options,
        )
        .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(pool.plan().is_shared, is_shared);
        assert_eq!(pool.device(), Device::Cpu);
        let handles = pool.into_handles();
        assert_eq!(handles.len(), 3);
        for mut handle in handles {
            let (_, found) = handle.detect_one(render(&contract, &worked_example()));
            assert_found(
                &findings(&found.unwrap(), &worked_example()),
                &worked_answer(),
            );
        }
    }
}
