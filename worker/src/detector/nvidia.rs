//! Whether this machine seems to have a GPU that models could run on.

use std::path::Path;

/// What NVIDIA's driver shows on Linux, and what WSL shows in its place.
const DEVICES: [&str; 2] = ["/dev/nvidiactl", "/dev/dxg"];

/// Whether there is a driver for NVIDIA GPUs. It says nothing about whether ONNX Runtime can use
/// them.
#[must_use]
pub fn is_here() -> bool {
    DEVICES.iter().any(|device| Path::new(device).exists())
}
