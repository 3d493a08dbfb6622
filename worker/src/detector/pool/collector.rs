//! Makes batches of the images of many workers.

use std::collections::VecDeque;

use common::Detection;
use crossbeam_channel::{Receiver, Sender};

use super::boundary;
use crate::{
    detector::{DetectError, Detector},
    letterbox::Canvas,
};

/// What comes back for one image: its canvas, and what was found on it.
pub(super) type Reply = (Canvas, Result<Vec<Detection>, DetectError>);

/// One image that waits for the model.
pub(super) struct Request {
    pub(super) canvas: Canvas,
    pub(super) reply: Sender<Reply>,
}

/// Runs a detector on whatever images wait.
///
/// A batch is never held back for more images: while the detector works on one, the next ones
/// gather, so batches grow exactly as far as the detector is the bottleneck.
pub(super) struct Collector {
    detector: Box<dyn Detector>,
    requests: Receiver<Request>,
    /// Taken from the channel while a batch of another size was made, in order of arrival.
    waiting: VecDeque<Request>,
    /// Most images in a batch; lowered when the device or the model turns out to take fewer.
    limit: usize,
}

impl Collector {
    pub(super) fn new(
        detector: Box<dyn Detector>,
        requests: Receiver<Request>,
        limit: usize,
    ) -> Self {
        let limit = limit.min(detector.batch_limit()).max(1);
        Self {
            detector,
            requests,
            waiting: VecDeque::new(),
            limit,
        }
    }

    /// Answers requests until nobody can send any more.
    pub(super) fn run(mut self) {
        while let Some(batch) = self.next_batch() {
            let (canvases, replies): (Vec<Canvas>, Vec<Sender<Reply>>) = batch
                .into_iter()
                .map(|request| (request.canvas, request.reply))
                .unzip();
            let results = self.detect(&canvases);
            for ((canvas, result), reply) in canvases.into_iter().zip(results).zip(replies) {
                // A worker that no longer waits needs no answer.
                let _answered = reply.send((canvas, result));
            }
        }
    }

    /// The longest-waiting image, and with it as many of the same size as wait and may go along.
    fn next_batch(&mut self) -> Option<Vec<Request>> {
        let first = self
            .waiting
            .pop_front()
            .or_else(|| self.requests.recv().ok())?;
        let size = size_of(&first);
        let mut batch = vec![first];
        let mut others = VecDeque::new();
        for request in std::mem::take(&mut self.waiting) {
            let joins = batch.len() < self.limit && size_of(&request) == size;
            if joins {
                batch.push(request)
            } else {
                others.push_back(request)
            }
        }
        while batch.len() < self.limit {
            match self.requests.try_recv() {
                Ok(request) if size_of(&request) == size => batch.push(request),
                Ok(request) => others.push_back(request),
                Err(_) => break,
            }
        }
        self.waiting = others;
        Some(batch)
    }

    /// Runs a batch so that every image gets its own result: one that does not fit into memory
    /// is halved, and one that fails for another reason is repeated image by image, so that no
    /// image fails for its neighbour.
    fn detect(&mut self, canvases: &[Canvas]) -> Vec<Result<Vec<Detection>, DetectError>> {
        let error = match boundary::detect(&mut *self.detector, canvases) {
            Ok(lists) if lists.len() == canvases.len() => {
                return lists.into_iter().map(Ok).collect();
            }
            Ok(lists) => DetectError::Run(format!(
                "{} results for {} images",
                lists.len(),
                canvases.len()
            )),
            Err(error) => error,
        };
        if canvases.len() <= 1 {
            return canvases.iter().map(|_| Err(error.clone())).collect();
        }
        if error == DetectError::OutOfMemory {
            let half = canvases.len().div_ceil(2);
            self.limit = self.limit.min(half);
            return canvases
                .chunks(half)
                .flat_map(|part| self.detect(part))
                .collect();
        }
        let results: Vec<_> = canvases
            .chunks(1)
            .flat_map(|one| self.detect(one))
            .collect();
        if results.iter().all(Result::is_ok) {
            // No image was at fault: the model does not take batches, whatever it declares.
            self.limit = 1;
        }
        results
    }
}

fn size_of(request: &Request) -> (u32, u32) {
    let letterbox = &request.canvas.letterbox;
    (letterbox.canvas_width, letterbox.canvas_height)
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::{Arc, Mutex};

    use common::{BBox, Category, Confidence};
    use crossbeam_channel::{bounded, unbounded};

    use super::*;
    use crate::{
        letterbox::Letterbox,
        model::contract::{ChannelOrder, Fit, InputRule, Interpolation, Normalization},
    };

    /// Finds one animal on each canvas, with the first value of its tensor as confidence.
    #[derive(Clone, Default)]
    pub(in crate::detector::pool) struct FakeDetector {
        batches: Arc<Mutex<Vec<usize>>>,
        /// Batches larger than this do not fit into memory.
        memory: Option<usize>,
        /// Batches larger than this are refused.
        refuses_above: Option<usize>,
    }

    /// A batch with this value in it fails.
    const BAD: f32 = -1.0;

    /// A batch with this value in it makes the detector panic.
    pub(in crate::detector::pool) const PANIC: f32 = -2.0;

    impl FakeDetector {
        pub(in crate::detector::pool) fn batches(&self) -> Vec<usize> {
            self.batches.lock().unwrap().clone()
        }

        pub(in crate::detector::pool) fn owners(&self) -> usize {
            Arc::strong_count(&self.batches)
        }
    }

    impl Detector for FakeDetector {
        fn detect(&mut self, batch: &[Canvas]) -> Result<Vec<Vec<Detection>>, DetectError> {
            assert!(
                batch
                    .iter()
                    .all(|c| c.letterbox.canvas_width == batch[0].letterbox.canvas_width)
            );
            self.batches.lock().unwrap().push(batch.len());
            let is_safe = batch.iter().all(|canvas| canvas.tensor[0] != PANIC);
            assert!(is_safe, "told to panic");
            if self.memory.is_some_and(|most| batch.len() > most) {
                return Err(DetectError::OutOfMemory);
            }
            let is_refused = self.refuses_above.is_some_and(|most| batch.len() > most);
            if is_refused || batch.iter().any(|canvas| canvas.tensor[0] == BAD) {
                return Err(DetectError::Run("refused".to_owned()));
            }
            Ok(batch
                .iter()
                .map(|canvas| vec![animal(canvas.tensor[0])])
                .collect())
        }

        fn batch_limit(&self) -> usize {
            32
        }
    }

    fn animal(score: f32) -> Detection {
        Detection {
            category: Category::Animal,
            confidence: Confidence::from_score(score).unwrap(),
            bbox: BBox::from_corners(0.0, 0.0, 1.0, 1.0).unwrap(),
            class: None,
        }
    }

    pub(in crate::detector::pool) fn canvas(side: u32, score: f32) -> Canvas {
        let rule = InputRule {
            width: side,
            height: side,
            fit: Fit::Stretch,
            channels: ChannelOrder::Rgb,
            normalization: Normalization::Unit,
            pad_value: 0.0,
            interpolation: Interpolation::Bilinear,
        };
        Canvas {
            letterbox: Letterbox::fit(100, 100, &rule),
            tensor: vec![score; 3],
        }
    }

    /// A score in thousandths, which is all that a confidence keeps of it.
    pub(in crate::detector::pool) fn thousandths(score: f32) -> f64 {
        (f64::from(score) * 1000.0).floor() / 1000.0
    }

    /// The confidence of the only detection, if the image did not fail.
    pub(in crate::detector::pool) fn confidence(
        found: &Result<Vec<Detection>, DetectError>,
    ) -> Option<f64> {
        found.as_ref().ok().map(|list| list[0].confidence.value())
    }

    /// Sends all canvases before the collector starts, so that it finds all of them waiting.
    fn collect(fake: &FakeDetector, limit: usize, canvases: &[Canvas]) -> Vec<Reply> {
        let (sender, requests) = unbounded();
        let answers: Vec<Receiver<Reply>> = canvases
            .iter()
            .map(|canvas| {
                let (reply, answer) = bounded(1);
                sender
                    .send(Request {
                        canvas: canvas.clone(),
                        reply,
                    })
                    .unwrap();
                answer
            })
            .collect();
        drop(sender);
        Collector::new(Box::new(fake.clone()), requests, limit).run();
        answers
            .iter()
            .map(|answer| answer.recv().unwrap())
            .collect()
    }

    fn scored(count: usize) -> Vec<Canvas> {
        (1..=count)
            .map(|i| canvas(64, i as f32 / 1000.0 + 0.1))
            .collect()
    }

    fn assert_answers(replies: &[Reply], canvases: &[Canvas]) {
        for ((returned, found), sent) in replies.iter().zip(canvases) {
            assert_eq!(returned.tensor, sent.tensor);
            match sent.tensor[0] {
                BAD => assert_eq!(*found, Err(DetectError::Run("refused".to_owned()))),
                score => assert_eq!(confidence(found), Some(thousandths(score))),
            }
        }
    }

    #[test]
    fn waiting_images_make_batches_up_to_the_limit() {
        let (fake, canvases) = (FakeDetector::default(), scored(10));
        assert_answers(&collect(&fake, 4, &canvases), &canvases);
        assert_eq!(fake.batches(), [4, 4, 2]);
    }

    #[test]
    fn the_limit_of_the_model_holds_too() {
        let (fake, canvases) = (FakeDetector::default(), scored(40));
        assert_answers(&collect(&fake, 100, &canvases), &canvases);
        assert_eq!(fake.batches(), [32, 8]);
    }

    #[test]
    fn only_images_of_one_size_share_a_batch_and_the_first_to_come_goes_first() {
        let fake = FakeDetector::default();
        let sides = [64, 96, 64, 96, 96, 64, 64];
        let canvases: Vec<Canvas> = sides
            .iter()
            .enumerate()
            .map(|(i, side)| canvas(*side, i as f32 / 10.0 + 0.1))
            .collect();
        assert_answers(&collect(&fake, 3, &canvases), &canvases);
        assert_eq!(fake.batches(), [3, 3, 1]);
    }

    #[test]
    fn a_batch_that_does_not_fit_is_halved_and_later_ones_are_smaller() {
        let fake = FakeDetector {
            memory: Some(3),
            ..FakeDetector::default()
        };
        let canvases = scored(20);
        assert_answers(&collect(&fake, 8, &canvases), &canvases);
        // 8 and 4 do not fit, 2 does; from then on two at a time.
        assert_eq!(fake.batches()[..6], [8, 4, 2, 2, 4, 2]);
        assert!(
            fake.batches()[7..].iter().all(|size| *size == 2),
            "{:?}",
            fake.batches()
        );
    }

    #[test]
    fn a_single_image_that_does_not_fit_fails_alone() {
        let fake = FakeDetector {
            memory: Some(0),
            ..FakeDetector::default()
        };
        let replies = collect(&fake, 2, &scored(2));
        assert!(
            replies
                .iter()
                .all(|(_, found)| *found == Err(DetectError::OutOfMemory))
        );
    }

    #[test]
    fn one_bad_image_never_fails_the_others() {
        let fake = FakeDetector::default();
        let mut canvases = scored(6);
        canvases[1] = canvas(64, BAD);
        assert_answers(&collect(&fake, 4, &canvases), &canvases);
        assert_eq!(fake.batches(), [4, 1, 1, 1, 1, 2]);
    }

    #[test]
    fn a_model_that_takes_no_batches_is_given_none_after_the_first() {
        let fake = FakeDetector {
            refuses_above: Some(1),
            ..FakeDetector::default()
        };
        let canvases = scored(6);
        assert_answers(&collect(&fake, 4, &canvases), &canvases);
        assert_eq!(fake.batches(), [4, 1, 1, 1, 1, 1, 1]);
    }
}
