//! Why a model cannot be loaded or run.

use std::path::PathBuf;

use ort::value::TensorElementType;

use crate::detector::{DetectError, device::Device, heads::UnusableColumns};

/// Why a model cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The device that was asked for does not work.
    #[error("the model cannot run on {device}: {reason}")]
    Device {
        /// The device.
        device: Device,
        /// What ONNX Runtime said.
        reason: String,
    },
    /// ONNX Runtime does not accept the file.
    #[error("loading the model {path}: {reason}")]
    Model {
        /// The ONNX file.
        path: PathBuf,
        /// What ONNX Runtime said.
        reason: String,
    },
    /// An input or output that the layout needs is missing, or there is one too many.
    #[error("the model's {kind} are {found:?}, but its manifest needs {expected}")]
    Ports {
        /// `inputs` or `outputs`.
        kind: &'static str,
        /// The names that the model has.
        found: Vec<String>,
        /// What the layout needs.
        expected: &'static str,
    },
    /// A tensor has another element type.
    #[error("the model's tensor '{tensor}' is {found}, but only {expected} is supported")]
    ElementType {
        /// The tensor's name.
        tensor: String,
        /// Its element type.
        found: String,
        /// The supported one.
        expected: TensorElementType,
    },
    /// The image input takes another shape than the manifest says.
    #[error(
        "the model's input has the shape {found:?} (-1: any), but its manifest says {expected}"
    )]
    InputShape {
        /// The shape that the model declares.
        found: Vec<i64>,
        /// The shape that the manifest asks for.
        expected: String,
    },
    /// The output has another shape than the layout promises.
    #[error(
        "the model's output has the shape {found:?} (-1: any), but its manifest promises {expected}"
    )]
    OutputShape {
        /// The shape that the model declares.
        found: Vec<i64>,
        /// The shape of the manifest's layout.
        expected: String,
    },
    /// The model's file cannot be read.
    #[error("reading the model {path}")]
    File {
        /// The ONNX file.
        path: PathBuf,
        /// What the disk said.
        #[source]
        source: std::io::Error,
    },
    /// No thread could be started for the model.
    #[error("starting a thread for the model")]
    Thread(#[source] std::io::Error),
    /// The columns of a row layout make no detection.
    #[error(transparent)]
    Columns(#[from] UnusableColumns),
}

/// What allocators of ONNX Runtime, CUDA, cuDNN and cuBLAS say when memory runs out, in lower
/// case. ONNX Runtime has no error code of its own for it.
const OUT_OF_MEMORY: &[&str] = &[
    "out of memory",
    "failed to allocate memory",
    "bad_alloc",
    "bad allocation",
    "bfcarena::allocaterawinternal",
    "cuda failure 2:",
    "cudnn_status_alloc_failed",
    "cublas_status_alloc_failed",
];

/// Tells a lack of memory from other errors of an inference.
pub(super) fn run_error(error: ort::Error) -> DetectError {
    from_message(error.message())
}

fn from_message(message: &str) -> DetectError {
    let lower = message.to_lowercase();
    if OUT_OF_MEMORY.iter().any(|sign| lower.contains(sign)) {
        DetectError::OutOfMemory
    } else {
        DetectError::Run(message.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lack_of_memory_is_recognised_whoever_reports_it() {
        for message in [
            "Non-zero status code returned while running Conv node. Name:'Conv_3' Status Message: \
             bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool) Failed \
             to allocate memory for requested buffer of size 1073741824",
            "CUDA failure 2: out of memory ; GPU=0 ; expr=cudaMalloc((void**)&p, size);",
            "CUDNN failure 4: CUDNN_STATUS_ALLOC_FAILED ; GPU=0",
            "std::bad_alloc",
        ] {
            assert_eq!(from_message(message), DetectError::OutOfMemory, "{message}");
        }
        let other = "Got invalid dimensions for input: images";
        assert_eq!(from_message(other), DetectError::Run(other.to_owned()));
    }
}
