//! A detector on ONNX Runtime.

mod build;
mod error;
mod ports;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use common::Detection;
use ort::{
    session::{Session, SessionInputValue, SessionOutputs},
    value::{Tensor, TensorRef},
};

use crate::{
    detector::{
        DetectError, Detector,
        device::Device,
        heads::{BatchShape, Head, Outputs, shape::TensorView},
        runtime::Runtime,
        selector::Selector,
    },
    letterbox::{Canvas, Letterbox},
    model::contract::{Contract, InputRule},
};
pub use error::LoadError;
use error::run_error;
use ports::{OutputPorts, Ports};

/// The picture that [`OnnxDetector::warm_up`] pretends to see; 4:3, as most cameras make.
const WARM_UP_SOURCE: (u32, u32) = (2048, 1536);

/// A detector on ONNX Runtime.
pub struct OnnxDetector {
    session: Session,
    device: Device,
    fallback_reason: Option<String>,
    ports: Ports,
    head: Head,
    selector: Selector,
    /// The input tensor of a batch of more than one image.
    staging: Vec<f32>,
}

impl OnnxDetector {
    /// Loads a model and checks its inputs and outputs against its contract.
    ///
    /// `intra_threads` is how many threads share the work of one inference on a CPU.
    /// [`Device::Auto`] takes the first GPU if one warm-up inference succeeds there, else the
    /// CPU; any other device is used or refused.
    ///
    /// # Errors
    /// When the device does not work, the file is no model, or it breaks its contract.
    pub fn load(
        runtime: &Runtime,
        model: &Path,
        contract: &Contract,
        device: Device,
        intra_threads: usize,
    ) -> Result<Self, LoadError> {
        let open = |device| Self::open(runtime, model, contract, device, intra_threads);
        if device != Device::Auto {
            return open(device);
        }
        let on_gpu = open(Device::Cuda(0))
            .map_err(|error| error.to_string())
            .and_then(|mut gpu| {
                gpu.warm_up()
                    .map(|_| gpu)
                    .map_err(|error| error.to_string())
            });
        match on_gpu {
            Ok(gpu) => Ok(gpu),
            Err(reason) => Ok(Self {
                fallback_reason: Some(reason),
                ..open(Device::Cpu)?
            }),
        }
    }

    fn open(
        runtime: &Runtime,
        model: &Path,
        contract: &Contract,
        device: Device,
        intra_threads: usize,
    ) -> Result<Self, LoadError> {
        let head = Head::new(&contract.output.layout, contract.classes.len())?;
        let session = build::session(runtime, model, device, intra_threads)?;
        let ports = Ports::check(&session, &contract.input, &head)?;
        Ok(Self {
            session,
            device,
            fallback_reason: None,
            ports,
            head,
            selector: Selector::new(contract),
            staging: Vec::new(),
        })
    }

    /// How images become canvases for this model file: the contract's rule, but a fixed canvas
    /// instead of a rectangle where the file's axes are fixed.
    #[must_use]
    pub fn input_rule(&self) -> &InputRule {
        &self.ports.rule
    }

    /// The device that the model was really loaded on; never [`Device::Auto`].
    #[must_use]
    pub fn device(&self) -> Device {
        self.device
    }

    /// Why [`Device::Auto`] did not take the GPU, if it did not.
    #[must_use]
    pub fn fallback_reason(&self) -> Option<&str> {
        self.fallback_reason.as_deref()
    }

    /// Runs one inference on a grey canvas and says how long it took. The first inference of a
    /// session takes longer than later ones: memory is claimed, and a GPU picks its algorithms.
    ///
    /// # Errors
    /// When the model cannot be run or gives something else than its contract promises.
    pub fn warm_up(&mut self) -> Result<Duration, DetectError> {
        let letterbox = Letterbox::fit(WARM_UP_SOURCE.0, WARM_UP_SOURCE.1, self.input_rule());
        let tensor = vec![self.input_rule().pad_value; letterbox.plane_len() * 3];
        let start = Instant::now();
        self.detect(&[Canvas { letterbox, tensor }])?;
        Ok(start.elapsed())
    }
}

impl Detector for OnnxDetector {
    fn detect(&mut self, batch: &[Canvas]) -> Result<Vec<Vec<Detection>>, DetectError> {
        let Some(first) = batch.first() else {
            return Ok(Vec::new());
        };
        let shape = BatchShape {
            images: batch.len(),
            width: first.letterbox.canvas_width,
            height: first.letterbox.canvas_height,
        };
        let tensor = match batch {
            [only] => only.tensor.as_slice(),
            many => stage(&mut self.staging, many),
        };
        let outputs = run(&mut self.session, &self.ports, tensor, shape)?;
        let candidates = self.head.decode(&read(&self.ports, &outputs)?, shape)?;
        let images = candidates.into_iter().zip(batch);
        Ok(images
            .map(|(found, canvas)| self.selector.select(found, &canvas.letterbox))
            .collect())
    }

    fn batch_limit(&self) -> usize {
        self.ports.batch_limit
    }
}

/// Puts the tensors of a batch one behind the other, as `[n, 3, height, width]` wants them.
fn stage<'a>(staging: &'a mut Vec<f32>, batch: &[Canvas]) -> &'a [f32] {
    staging.clear();
    for canvas in batch {
        staging.extend_from_slice(&canvas.tensor);
    }
    staging
}

fn run<'s>(
    session: &'s mut Session,
    ports: &Ports,
    tensor: &[f32],
    shape: BatchShape,
) -> Result<SessionOutputs<'s>, DetectError> {
    let axes = [shape.images, 3, shape.height as usize, shape.width as usize];
    let image = TensorRef::from_array_view((axes, tensor)).map_err(run_error)?;
    let mut inputs: Vec<(&str, SessionInputValue<'_>)> = vec![(&ports.image_input, image.into())];
    if let Some(name) = &ports.size_input {
        // Boxes then come in canvas pixels, as from every other head.
        let sizes = [i64::from(shape.width), i64::from(shape.height)].repeat(shape.images);
        let sizes = Tensor::from_array(([shape.images, 2], sizes)).map_err(run_error)?;
        inputs.push((name, sizes.into()));
    }
    session.run(inputs).map_err(run_error)
}

fn read<'a>(ports: &Ports, outputs: &'a SessionOutputs<'_>) -> Result<Outputs<'a>, DetectError> {
    Ok(match &ports.outputs {
        OutputPorts::Single(name) => Outputs::Single(view(outputs, name)?),
        OutputPorts::Triple {
            labels,
            boxes,
            scores,
        } => Outputs::Triple {
            labels: view(outputs, labels)?,
            boxes: view(outputs, boxes)?,
            scores: view(outputs, scores)?,
        },
    })
}

fn view<'a, T: ort::value::PrimitiveTensorElementType>(
    outputs: &'a SessionOutputs<'_>,
    name: &str,
) -> Result<TensorView<'a, T>, DetectError> {
    let missing = || DetectError::Run(format!("the output '{name}' did not come"));
    let output = outputs.get(name).ok_or_else(missing)?;
    let (shape, values) = output.try_extract_tensor::<T>().map_err(run_error)?;
    Ok(TensorView { shape, values })
}
