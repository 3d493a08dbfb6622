//! How the data of entries is packed.

use rawzip::CompressionMethod;

use crate::failure::{Failure, FailureCode};

/// A way of packing that can be undone here (numbers: APPNOTE 4.4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// Not packed.
    Stored,
    /// What nearly all zips use.
    Deflated,
    /// One of the others.
    Rarer(RarerMethod),
}

/// A way of packing that few zips use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RarerMethod {
    /// What the Explorer of Windows uses for files above 2 GB.
    Deflate64,
    /// An option of 7-Zip and WinZip, as those that follow.
    Bzip2,
    Lzma,
    Zstandard,
    Xz,
}

impl Method {
    /// The method with a number.
    ///
    /// # Errors
    /// When it cannot be undone here.
    pub(super) fn of(number: u16) -> Result<Self, Failure> {
        Ok(match CompressionMethod::new(number) {
            CompressionMethod::STORE => Self::Stored,
            CompressionMethod::DEFLATE => Self::Deflated,
            CompressionMethod::DEFLATE64 => Self::Rarer(RarerMethod::Deflate64),
            CompressionMethod::BZIP2 => Self::Rarer(RarerMethod::Bzip2),
            CompressionMethod::LZMA => Self::Rarer(RarerMethod::Lzma),
            CompressionMethod::ZSTD | CompressionMethod::ZSTD_DEPRECATED => {
                Self::Rarer(RarerMethod::Zstandard)
            }
            CompressionMethod::XZ => Self::Rarer(RarerMethod::Xz),
            other => return Err(not_read(other)),
        })
    }
}

fn not_read(method: CompressionMethod) -> Failure {
    let name = match method {
        CompressionMethod::PPMD => "PPMd",
        CompressionMethod::SHRUNK => "Shrink",
        CompressionMethod::IMPLODED | CompressionMethod::DCL_IMPLODE => "Implode",
        CompressionMethod::REDUCE1
        | CompressionMethod::REDUCE2
        | CompressionMethod::REDUCE3
        | CompressionMethod::REDUCE4 => "Reduce",
        CompressionMethod::JPEG => "WinZip's for JPEG",
        CompressionMethod::WAVPACK => "WavPack",
        other => other.name().unwrap_or("unknown"),
    };
    let number = method.as_u16();
    let detail = format!(
        "packed by method {number} ({name}), which is not read: make the archive again as an \
         ordinary zip (method Deflate)"
    );
    Failure::new(FailureCode::UnsupportedCompression, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_that_are_not_read_are_named_with_what_to_do() {
        for (number, name) in [
            (1, "Shrink"),
            (4, "Reduce"),
            (6, "Implode"),
            (96, "WinZip's for JPEG"),
            (98, "PPMd"),
            (1234, "unknown"),
        ] {
            let failure = Method::of(number).unwrap_err();
            assert_eq!(failure.code, FailureCode::UnsupportedCompression);
            let front = format!("packed by method {number} ({name}), which is not read: make");
            assert!(failure.detail.starts_with(&front), "{}", failure.detail);
        }
    }

    #[test]
    fn both_numbers_of_zstandard_are_known() {
        assert_eq!(Method::of(93), Ok(Method::Rarer(RarerMethod::Zstandard)));
        assert_eq!(Method::of(20), Ok(Method::Rarer(RarerMethod::Zstandard)));
    }
}
