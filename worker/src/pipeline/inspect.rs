//! Everything that is done for one file, in order.

mod detect;
mod unread;
mod write_copies;

use std::{
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Mutex,
};

use common::{
    Failure, FailureCode, MediaOutcome, MediaRecord,
    media::{CameraFacts, Position, ProcessedMedia},
};

use crate::{
    annotate::{AnnotateRule, gallery_pictures::GalleryPictures},
    detector::pool::DetectorHandle,
    input::{InputItem, InputListing},
    letterbox::{Canvas, CanvasRenderer},
    media::{
        decode::{self, DecodeLimits, DecodeScale, DecodedMedia},
        exif,
        orientation::Orientation,
        place_in_text,
    },
    model::contract::InputRule,
    package::Package,
    pipeline::{
        PipelineError, copying,
        decode_memory::DecodeMemory,
        dedup::Dedup,
        picture_pack::PicturePack,
        stage::{Stage, StageClock},
    },
    run_facts::RunOptions,
};

/// A frame is decoded to at least this many times the canvas' longer side. Below it boxes begin
/// to get lost; above it nothing is gained (docs/BENCHMARKS.md).
const DECODE_MARGIN: f64 = 1.25;

/// The scale at which a picture is decoded for a canvas of this size, where the format allows.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "canvas sides are small"
)]
pub fn detection_scale(canvas_width: u32, canvas_height: u32) -> DecodeScale {
    let side = f64::from(canvas_width.max(canvas_height)) * DECODE_MARGIN;
    DecodeScale::LongSideAtLeast(side.ceil() as u32)
}

/// What all workers of a run share.
pub struct PipelineContext<'a> {
    /// The files.
    pub listing: &'a InputListing,
    /// The numbers of the files that this run is about; the journal begins with the first.
    pub span: Range<usize>,
    /// Where copies go.
    pub package: &'a Package,
    /// Where pictures for a gallery go, if there is to be one.
    pub pictures: Option<&'a PicturePack>,
    /// What was asked for.
    pub options: &'a RunOptions,
    /// How the model wants its pixels.
    pub input_rule: &'a InputRule,
    /// Most pixels of a picture.
    pub limits: DecodeLimits,
    /// What large pictures may take together.
    pub memory: &'a DecodeMemory,
    /// Where the time goes.
    pub clock: &'a StageClock,
}

/// One file, looked at.
pub struct Inspected {
    /// Its number in the listing.
    pub index: usize,
    /// Its record, or the number of the file it is a copy of.
    pub finding: Finding,
}

/// What was found out about a file.
pub enum Finding {
    /// Its own record, and what a gallery shows of it.
    Record(Box<MediaRecord>, Option<GalleryPictures>),
    /// It has the same bytes as file number `of`, whose record holds for both.
    Duplicate {
        /// The file that was looked at instead.
        of: usize,
    },
}

/// What was seen of an image.
struct Sight {
    camera: CameraFacts,
    outcome: MediaOutcome,
    pictures: Option<GalleryPictures>,
}

impl Sight {
    fn failed(camera: CameraFacts, failure: Failure) -> Self {
        Self {
            camera,
            outcome: MediaOutcome::Failed(failure),
            pictures: None,
        }
    }
}

/// Does all the work for one file after the other; owns every buffer that this needs.
pub struct Inspector<'a> {
    context: &'a PipelineContext<'a>,
    dedup: &'a Mutex<Dedup>,
    detector: &'a mut DetectorHandle,
    renderer: CanvasRenderer,
    rule: AnnotateRule,
    bytes: Vec<u8>,
    spare_canvas: Option<Canvas>,
}

impl<'a> Inspector<'a> {
    /// An inspector with its own share of the detector.
    #[must_use]
    pub fn new(
        context: &'a PipelineContext<'a>,
        dedup: &'a Mutex<Dedup>,
        detector: &'a mut DetectorHandle,
    ) -> Self {
        let options = context.options;
        Self {
            context,
            dedup,
            detector,
            renderer: CanvasRenderer::new(context.input_rule.clone()),
            rule: copying::annotate_rule(options),
            bytes: Vec::new(),
            spare_canvas: None,
        }
    }

    /// Looks at file number `index`. What is wrong with the file is part of the finding.
    ///
    /// # Errors
    /// When this machine, not the file, is at fault.
    pub fn inspect(&mut self, index: usize) -> Result<Inspected, PipelineError> {
        let finding = match self.context.listing.items().get(index) {
            Some(item) => self.find(index, item)?,
            None => return Err(PipelineError::NotListed { number: index }),
        };
        Ok(Inspected { index, finding })
    }

    fn find(&mut self, index: usize, item: &InputItem) -> Result<Finding, PipelineError> {
        let record = |outcome| {
            let record = MediaRecord {
                path: item.path.clone(),
                size_bytes: item.size_bytes,
                content_hash: None,
                camera: CameraFacts::default(),
                outcome,
            };
            Finding::Record(Box::new(record), None)
        };
        if let Some(outcome) = self.read(item)? {
            return Ok(record(outcome));
        }
        let hash = self
            .context
            .clock
            .time(Stage::Read, || blake3::hash(&self.bytes));
        let earlier = self
            .dedup
            .lock()
            .map_err(|_| PipelineError::DedupPoisoned)?
            .claim(&hash, index);
        if let Some(of) = earlier {
            return Ok(Finding::Duplicate { of });
        }
        // A decoder that panics must cost its own picture only.
        let sight = catch_unwind(AssertUnwindSafe(|| self.process(item))).unwrap_or_else(|_| {
            let detail = "the program stumbled over this file".to_owned();
            let failure = Failure::new(FailureCode::Unreadable, detail);
            Ok(Sight::failed(CameraFacts::default(), failure))
        })?;
        let record = MediaRecord {
            path: item.path.clone(),
            size_bytes: item.size_bytes,
            content_hash: Some(hash.to_hex().to_string()),
            camera: sight.camera,
            outcome: sight.outcome,
        };
        Ok(Finding::Record(Box::new(record), sight.pictures))
    }

    /// Reads a file, unless its outcome is known without.
    fn read(&mut self, item: &InputItem) -> Result<Option<MediaOutcome>, PipelineError> {
        let listing = self.context.listing;
        if let Some(outcome) = unread::judge(listing, item)? {
            return Ok(Some(outcome));
        }
        let (clock, bytes) = (self.context.clock, &mut self.bytes);
        match clock.time(Stage::Read, || listing.read(item, bytes)) {
            Ok(()) => Ok(unread::judge_bytes(&self.bytes)),
            Err(error) => unread::judge_failed(listing, item, error).map(Some),
        }
    }

    /// Everything from bytes in memory to the outcome.
    fn process(&mut self, item: &InputItem) -> Result<Sight, PipelineError> {
        let clock = self.context.clock;
        let mut metadata = clock.time(Stage::Exif, || exif::read(&self.bytes));
        if self.context.options.round_positions {
            let position = &mut metadata.camera.position;
            *position = position.map(Position::rounded);
            place_in_text::withhold(&mut metadata.camera);
        }
        let needed = decode::memory_needed(&self.bytes, self.detect_scale());
        let _reservation = self.context.memory.reserve(needed);
        let decoded = match clock.time(Stage::Decode, || {
            self.decode(metadata.orientation, self.detect_scale())
        }) {
            Ok(decoded) => decoded,
            Err(failure) => return Ok(Sight::failed(metadata.camera, failure)),
        };
        let detections = match self.detect(&decoded)? {
            Ok(detections) => detections,
            Err(failure) => return Ok(Sight::failed(metadata.camera, failure)),
        };
        let mut media = ProcessedMedia {
            width: decoded.source_width,
            height: decoded.source_height,
            detections,
            decoded_share: decoded.decoded_share,
            duplicate_of: None,
            annotated: None,
            original: None,
            picture: None,
        };
        let wants_copy = self.wants_copy(&media);
        let frame = if wants_copy {
            self.frame_for_copy(decoded, metadata.orientation)
        } else {
            decoded.frame
        };
        let pictures = self.gallery_pictures(&frame, &media.detections);
        if wants_copy {
            let kept = &metadata.structures;
            media.annotated = self.write_annotated(item, frame, &media.detections, kept)?;
        }
        if self.context.options.originals {
            media.original = Some(self.write_original(item, &media)?);
        }
        Ok(Sight {
            camera: metadata.camera,
            outcome: MediaOutcome::Processed(media),
            pictures,
        })
    }

    fn decode(
        &self,
        orientation: Orientation,
        scale: DecodeScale,
    ) -> Result<DecodedMedia, Failure> {
        decode::decode(&self.bytes, orientation, scale, self.context.limits)
    }

    /// The decode for detection depends on the model and the picture alone, so that options
    /// about copies never change what is found.
    fn detect_scale(&self) -> DecodeScale {
        if self.context.options.full_decode {
            return DecodeScale::Full;
        }
        let rule = self.context.input_rule;
        detection_scale(rule.width, rule.height)
    }
}
