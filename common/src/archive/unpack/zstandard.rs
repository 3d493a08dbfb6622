//! Zstandard data (RFC 8878): one frame after the other, some of which hold no data.

use std::io::{self, Read};

use ruzstd::decoding::{
    BlockDecodingStrategy, FrameDecoder,
    errors::{FrameDecoderError, ReadFrameHeaderError},
};

use crate::archive::packed_data::PackedStream;

/// Reads the data of all frames.
pub(super) struct Frames<'a, 'b, 'c> {
    stream: &'a mut PackedStream<'b, 'c>,
    decoder: FrameDecoder,
    is_in_frame: bool,
}

impl<'a, 'b, 'c> Frames<'a, 'b, 'c> {
    /// Frames that look back no further than so many bytes.
    pub(super) fn new(stream: &'a mut PackedStream<'b, 'c>, most_window_bytes: u32) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(most_window_bytes.into());
        Self {
            stream,
            decoder,
            is_in_frame: false,
        }
    }

    /// Begins the next frame, if there is one.
    fn begin_frame(&mut self) -> io::Result<()> {
        match self.decoder.reset(&mut *self.stream) {
            Ok(()) => self.is_in_frame = true,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => self.stream.skip(length.into())?,
            Err(error) => return Err(io::Error::other(error)),
        }
        Ok(())
    }
}

impl Read for Frames<'_, '_, '_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.is_in_frame {
                let read = self.decoder.read(bytes)?;
                if read > 0 || bytes.is_empty() {
                    return Ok(read);
                }
                if self.decoder.is_finished() {
                    self.is_in_frame = false;
                    continue;
                }
                let one = BlockDecodingStrategy::UptoBlocks(1);
                let decoded = self.decoder.decode_blocks(&mut *self.stream, one);
                decoded.map_err(io::Error::other)?;
            } else if self.stream.is_at_end()? {
                return Ok(0);
            } else {
                self.begin_frame()?;
            }
        }
    }
}
