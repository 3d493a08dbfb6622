//! Smaller pictures of pictures.

use common::{Failure, FailureCode};
use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::U8x3,
};

use crate::media::frame::Frame;

/// A frame whose longer side is `longest` pixels, averaged over the pixels that become one; `None`
/// when it is no longer than that already.
///
/// # Errors
/// When the frame has no pixels, or not as many as its size says.
pub fn shrunk(frame: &Frame, longest: u32) -> Result<Option<Frame>, Failure> {
    let long_side = frame.long_side();
    if long_side <= longest {
        return Ok(None);
    }
    let scaled = |side: u32| {
        let rounded = (u64::from(side) * u64::from(longest) + u64::from(long_side) / 2)
            / u64::from(long_side);
        u32::try_from(rounded).unwrap_or(longest).max(1)
    };
    let (width, height) = (scaled(frame.width), scaled(frame.height));
    let refused = |error: &dyn std::fmt::Display| {
        Failure::new(
            FailureCode::Unreadable,
            format!("the picture cannot be scaled: {error}"),
        )
    };
    let mut rgb = vec![0; width as usize * height as usize * 3];
    // Typed views: the resizer is compiled for this kind of pixel only, which saves minutes.
    let source = TypedImageRef::<U8x3>::from_buffer(frame.width, frame.height, &frame.rgb)
        .map_err(|error| refused(&error))?;
    let mut target = TypedImage::<U8x3>::from_buffer(width, height, &mut rgb)
        .map_err(|error| refused(&error))?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new()
        .resize_typed(&source, &mut target, &options)
        .map_err(|error| refused(&error))?;
    Ok(Some(Frame { width, height, rgb }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pictures_are_shrunk_and_small_ones_are_not() {
        let size = |width: u32, height: u32| {
            let rgb = vec![7; width as usize * height as usize * 3];
            let frame = Frame { width, height, rgb };
            let frame = shrunk(&frame, 1600).unwrap().unwrap_or(frame);
            assert_eq!(
                frame.rgb.len(),
                frame.width as usize * frame.height as usize * 3
            );
            (frame.width, frame.height)
        };
        assert_eq!(size(4000, 3000), (1600, 1200));
        assert_eq!(size(1536, 2048), (1200, 1600));
        assert_eq!(size(1600, 900), (1600, 900));
        assert_eq!(size(33, 20), (33, 20));
        assert_eq!(size(10_000, 2), (1600, 1));
    }
}
