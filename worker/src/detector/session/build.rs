//! Session settings.

use std::path::Path;

use ort::{
    ep::{self, ExecutionProvider as _, ExecutionProviderDispatch},
    session::{Session, builder::GraphOptimizationLevel},
};

use super::LoadError;
use crate::detector::{device::Device, runtime::Runtime};

/// Opens a model on a device that is not [`Device::Auto`].
///
/// A GPU that does not work and a file that is no model are errors for different people, but
/// ONNX Runtime may notice the GPU only while it opens the file. So a file that fails on a GPU
/// is tried on the CPU: if it is good there, the GPU is at fault.
pub(super) fn session(
    runtime: &Runtime,
    model: &Path,
    device: Device,
    intra_threads: usize,
) -> Result<Session, LoadError> {
    let on_device = |reason| LoadError::Device { device, reason };
    let providers = providers(device).map_err(on_device)?;
    let mut builder = configure(runtime, device, intra_threads, &providers)
        .map_err(|error| on_device(error.to_string()))?;
    let error = match builder.commit_from_file(model) {
        Ok(session) => return Ok(session),
        Err(error) => error.to_string(),
    };
    if device.is_gpu() {
        session(runtime, model, Device::Cpu, intra_threads)?;
        return Err(on_device(error));
    }
    Err(LoadError::Model {
        path: model.to_owned(),
        reason: error,
    })
}

/// The settings were measured with YOLOX-nano on two cores. Optimization below `All` doubles the
/// time of an inference on a CPU. Spinning threads make a CPU session of two threads 7 % faster;
/// beside a GPU they would only take the cores from the decoders.
fn configure(
    runtime: &Runtime,
    device: Device,
    intra_threads: usize,
    providers: &[ExecutionProviderDispatch],
) -> ort::Result<ort::session::builder::SessionBuilder> {
    Ok(Session::builder(runtime.environment())?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_intra_threads(intra_threads.max(1))?
        .with_intra_op_spinning(!device.is_gpu())?
        .with_execution_providers(providers)?)
}

/// The providers for a device. Without `error_on_failure`, ONNX Runtime would run on the CPU
/// without a word when a GPU does not work.
fn providers(device: Device) -> Result<Vec<ExecutionProviderDispatch>, String> {
    let number =
        |number: u32| i32::try_from(number).map_err(|_| format!("there is no GPU {number}"));
    Ok(match device {
        Device::Auto | Device::Cpu => Vec::new(),
        Device::Cuda(gpu) => vec![cuda(number(gpu)?)?],
        Device::TensorRt(gpu) => {
            let tensorrt = ep::TensorRT::default().with_device_id(number(gpu)?);
            // What TensorRT does not know runs on the same GPU by CUDA.
            vec![tensorrt.build().error_on_failure(), cuda(number(gpu)?)?]
        }
    })
}

fn cuda(gpu: i32) -> Result<ExecutionProviderDispatch, String> {
    let provider = ep::CUDA::default()
        .with_device_id(gpu)
        // An exhaustive search would start again for every new batch size and canvas shape.
        .with_conv_algorithm_search(ep::cuda::ConvAlgorithmSearch::Heuristic);
    match ep::CUDA::is_available() {
        Ok(true) => Ok(provider.build().error_on_failure()),
        Ok(false) => Err(
            "this ONNX Runtime library is built without CUDA; `make setup-gpu` gets \
                          the one that has it"
                .to_owned(),
        ),
        Err(error) => Err(error.to_string()),
    }
}
