//! Every output layout on ONNX Runtime, with models so small that their answers are known on
//! paper (see `fixtures/README.md`).

#[path = "support/tiny_model.rs"]
mod tiny_model;

use std::path::Path;

use common::Category;
use worker::{
    detector::{
        DetectError, Detector,
        device::Device,
        pool::{DetectorHandle, DetectorPool, PoolOptions},
        runtime::Runtime,
        session::{LoadError, OnnxDetector},
    },
    letterbox::Canvas,
    media::frame::Frame,
    model::contract::{ChannelOrder, Contract, Fit, Normalization, OutputLayout},
};

use Category::{Animal, Person, Vehicle};
use tiny_model::{
    AGNOSTIC, BLUE, DARK, Finding, GREEN, LETTERBOX, PER_CLASS, RECTANGLE, RED, TinyModel, WHITE,
    assert_found, centre_rows, class_first_rows, contract, corner_rows, findings, model,
    one_square, picture, render, runtime, try_load, yolox_contract,
};

#[test]
fn yolov5_on_a_rectangle_with_padding() {
    let mut model = TinyModel::open(
        "tiny-yolov5",
        contract(RECTANGLE, OutputLayout::Yolov5, PER_CLASS),
    );
    // Halved to 64 × 24 and put 4 rows down on a 64 × 32 canvas.
    let frame = picture(128, 48, DARK, &[(32, 8, 16, 16, RED)]);
    let canvas = model.render(&frame);
    assert_eq!(
        (
            canvas.letterbox.canvas_width,
            canvas.letterbox.canvas_height
        ),
        (64, 32)
    );
    let found = model.find(&frame);
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
        TinyModel::open("tiny-yolov5", contract).find(&frame)
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
    let mut model = TinyModel::open(
        "tiny-yolov8",
        contract(LETTERBOX, OutputLayout::Yolov8, PER_CLASS),
    );
    // Halved to 64 × 32, 16 rows down.
    let frame = picture(128, 64, DARK, &[(32, 16, 16, 16, BLUE)]);
    let found = model.find(&frame);
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
    let mut model = TinyModel::open("tiny-yolox", yolox_contract());
    let squares = [
        (24, 16, 8, 8, BLUE),
        (32, 32, 16, 16, GREEN),
        (0, 32, 32, 32, RED),
    ];
    let frame = picture(64, 64, DARK, &squares);
    let mut found = model.find(&frame);
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
    model.contract = wrong;
    let found = model.find(&frame);
    assert!(
        found
            .iter()
            .all(|finding| finding.2 != [20.0, 14.0, 36.0, 22.0]),
        "{found:?}"
    );
}

#[test]
fn yolox_padding_is_behind_the_image() {
    let mut model = TinyModel::open("tiny-yolox", yolox_contract());
    // Halved to 64 × 32 at the top: cell (3, 2) of stride 8.
    let frame = picture(128, 64, DARK, &[(48, 32, 16, 16, BLUE)]);
    let found = model.find(&frame);
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
    let mut model = TinyModel::open("tiny-rows-xyxy", contract(LETTERBOX, corner_rows(), None));
    assert_found(&model.find(&worked_example()), &worked_answer());
}

#[test]
fn padding_has_the_value_of_the_contract() {
    let mut model = TinyModel::open("tiny-rows-xyxy", contract(LETTERBOX, corner_rows(), None));
    let frame = picture(64, 32, RED, &[]);
    let found = model.find(&frame);
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
    let mut model = TinyModel::open(
        "tiny-rows-cxcywh",
        contract(Fit::Stretch, centre_rows(), None),
    );
    assert_found(&model.find(&worked_example()), &worked_answer());
    // Twice as wide as high: canvas cell (2, 3) is 16 × 8 source pixels.
    let frame = picture(128, 64, [0; 3], &[(32, 24, 16, 8, GREEN)]);
    let found = model.find(&frame);
    assert_found(&found, &[(Person, 1.0, [32.0, 24.0, 48.0, 32.0])]);
}

#[test]
fn rtdetr_gets_the_size_that_it_scales_boxes_to() {
    let mut model = TinyModel::open(
        "tiny-rtdetr-triple",
        contract(Fit::Stretch, OutputLayout::RtdetrTriple, None),
    );
    assert_found(&model.find(&worked_example()), &worked_answer());
    let frame = picture(128, 64, [0; 3], &[(32, 24, 16, 8, GREEN)]);
    let found = model.find(&frame);
    assert_found(&found, &[(Person, 1.0, [32.0, 24.0, 48.0, 32.0])]);
}

#[test]
fn rows_after_nms_may_be_none() {
    let mut contract = contract(Fit::Stretch, class_first_rows(), None);
    contract.input.normalization = Normalization::Imagenet;
    let mut model = TinyModel::open("tiny-rows-class-first", contract);
    assert_eq!(model.detector.batch_limit(), 1);
    assert_found(&model.find(&picture(64, 64, DARK, &[])), &[]);
    let found = model.find(&one_square(40, 8, BLUE));
    assert_found(&found, &[(Vehicle, 1.0, [40.0, 8.0, 48.0, 16.0])]);
    // 150 / 255 pure: its means survive the normalisation and back.
    let found = model.find(&one_square(40, 8, [0, 170, 20]));
    assert_found(&found, &[(Person, 150.0 / 255.0, [40.0, 8.0, 48.0, 16.0])]);
}

#[test]
fn rows_before_nms_are_suppressed_whatever_their_order() {
    let frame = one_square(16, 24, RED);
    let of = |nms| {
        let contract = contract(LETTERBOX, corner_rows(), nms);
        TinyModel::open("tiny-rows-before-nms", contract).find(&frame)
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
        let mut model = TinyModel::open(id, contract);
        assert!(model.detector.batch_limit() >= 3, "{id}");
        let canvases: Vec<Canvas> = frames.iter().map(|frame| model.render(frame)).collect();
        let together = model.detector.detect(&canvases).unwrap();
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
            let alone = model.detector.detect(std::slice::from_ref(canvas)).unwrap();
            assert_eq!(together[i], alone[0], "{id}");
        }
    }
}

#[test]
fn a_batch_for_a_model_that_takes_one_image_is_an_error() {
    let mut model = TinyModel::open("tiny-yolox", yolox_contract());
    assert_eq!(model.detector.batch_limit(), 1);
    let canvas = model.render(&one_square(0, 0, RED));
    assert!(matches!(
        model.detector.detect(&[canvas.clone(), canvas.clone()]),
        Err(DetectError::Run(_))
    ));
    // The session is still good.
    assert!(model.detector.detect(&[canvas]).is_ok());
    assert_eq!(model.detector.detect(&[]), Ok(Vec::new()));
}

#[test]
fn one_image_that_the_model_refuses_does_not_fail_the_others() {
    let mut model = TinyModel::open(
        "tiny-rows-refuses-white",
        contract(LETTERBOX, corner_rows(), None),
    );
    let (good, bad) = (
        model.render(&worked_example()),
        model.render(&picture(64, 64, WHITE, &[])),
    );
    assert!(matches!(
        model.detector.detect(&[good.clone(), bad.clone()]),
        Err(DetectError::Run(_))
    ));

    let handles = DetectorHandle::shared(vec![Box::new(model.detector)], 4, 4).unwrap();
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
    let mut model = TinyModel::open("tiny-rows-xyxy", contract);
    let blue = model.render(&one_square(0, 0, BLUE));
    let refused = model.detector.detect(&[blue]);
    assert_eq!(
        refused,
        Err(DetectError::UnknownClass {
            class: 2.0,
            known: 2
        })
    );
    let red = model.render(&one_square(0, 0, RED));
    assert!(model.detector.detect(&[red]).is_ok());
}

#[test]
fn a_file_with_fixed_axes_gets_its_fixed_canvas_instead_of_a_rectangle() {
    let rectangle = contract(RECTANGLE, OutputLayout::Yolov8, PER_CLASS);
    let fixed_axes = TinyModel::open("tiny-yolov8", rectangle.clone());
    let fixed = contract(LETTERBOX, OutputLayout::Yolov8, PER_CLASS);
    assert_eq!(*fixed_axes.detector.input_rule(), fixed.input);
    let open = TinyModel::open(
        "tiny-yolov5",
        contract(RECTANGLE, OutputLayout::Yolov5, PER_CLASS),
    );
    assert_eq!(*open.detector.input_rule(), rectangle.input);
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
    let refused = TinyModel::open("tiny-yolov5", contract).detector.warm_up();
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
        let took = TinyModel::open(id, contract).detector.warm_up();
        let took = took.unwrap_or_else(|error| panic!("{id}: {error}"));
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
