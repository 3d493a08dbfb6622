//! The EXIF orientation: how stored pixels become an upright picture.

/// EXIF tag 0x0112. The names say what must be done to the stored pixels to make them upright.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Orientation {
    /// 1: stored upright.
    #[default]
    Upright,
    /// 2: mirror left to right.
    Mirror,
    /// 3: turn by 180°.
    Turn180,
    /// 4: mirror top to bottom.
    Flip,
    /// 5: transpose (mirror along the falling diagonal).
    Transpose,
    /// 6: turn clockwise by 90°.
    TurnRight,
    /// 7: transverse (mirror along the rising diagonal).
    Transverse,
    /// 8: turn counter-clockwise by 90°.
    TurnLeft,
}
