//! What each of the 256 values of a channel becomes in the tensor.

use crate::model::contract::{ChannelOrder, InputRule, Normalization};

/// Means and deviations of the ImageNet training set (red, green, blue), as torchvision's
/// models are trained with.
const IMAGENET_MEAN: [f64; 3] = [0.485, 0.456, 0.406];
const IMAGENET_DEVIATION: [f64; 3] = [0.229, 0.224, 0.225];

/// For each plane of the tensor: which byte of an RGB pixel it takes, and the 256 values that
/// this byte becomes.
#[derive(Clone, Debug)]
pub(super) struct Palette {
    planes: [(usize, [f32; 256]); 3],
}

impl Palette {
    pub(super) fn new(rule: &InputRule) -> Self {
        let channels = match rule.channels {
            ChannelOrder::Rgb => [0, 1, 2],
            ChannelOrder::Bgr => [2, 1, 0],
        };
        // The constants belong to colours, not to planes: they follow a swap of the channels.
        Self {
            planes: channels.map(|channel| (channel, values(rule.normalization, channel))),
        }
    }

    /// The planes in the tensor's order.
    pub(super) fn planes(&self) -> &[(usize, [f32; 256]); 3] {
        &self.planes
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the tensor is f32")]
fn values(normalization: Normalization, channel: usize) -> [f32; 256] {
    let value = |byte: usize| {
        let byte = byte as f64;
        match normalization {
            Normalization::None => byte,
            Normalization::Unit => byte / 255.0,
            Normalization::Imagenet => {
                (byte / 255.0 - IMAGENET_MEAN[channel]) / IMAGENET_DEVIATION[channel]
            }
        }
    };
    std::array::from_fn(|byte| value(byte) as f32)
}
