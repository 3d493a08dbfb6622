//! What a worker thread holds of a pool.

use std::{
    io,
    sync::Arc,
    thread::{self, JoinHandle},
};

use common::Detection;
use crossbeam_channel::{Sender, bounded, unbounded};

use super::{
    boundary,
    collector::{Collector, Request},
};
use crate::{
    detector::{DetectError, Detector},
    letterbox::Canvas,
};

/// A worker thread's access to the model.
pub struct DetectorHandle(Route);

enum Route {
    Own(Box<dyn Detector>),
    Shared(Arc<Queue>),
}

impl DetectorHandle {
    /// Handles that each run a detector of their own, on the thread that calls them.
    #[must_use]
    pub fn own(detectors: Vec<Box<dyn Detector>>) -> Vec<Self> {
        detectors
            .into_iter()
            .map(|detector| Self(Route::Own(detector)))
            .collect()
    }

    /// `count` handles that share detectors. Each detector gets a thread that takes whatever
    /// images wait, up to `batch_limit` of one size. The threads end with the last handle.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn shared(
        detectors: Vec<Box<dyn Detector>>,
        count: usize,
        batch_limit: usize,
    ) -> io::Result<Vec<Self>> {
        // Each handle has at most one image on its way, which is bound enough. Unlike a bounded
        // channel, this one drops what is in it when its last receiver goes.
        let (sender, requests) = unbounded();
        let mut queue = Queue {
            requests: Some(sender),
            threads: Vec::new(),
        };
        for (number, detector) in detectors.into_iter().enumerate() {
            let collector = Collector::new(detector, requests.clone(), batch_limit);
            let builder = thread::Builder::new().name(format!("inference-{number}"));
            queue.threads.push(builder.spawn(move || collector.run())?);
        }
        let queue = Arc::new(queue);
        Ok((0..count)
            .map(|_| Self(Route::Shared(Arc::clone(&queue))))
            .collect())
    }

    /// Finds everything on one canvas and gives the canvas back for reuse (without its tensor, if
    /// the thread that had it is gone).
    pub fn detect_one(&mut self, canvas: Canvas) -> (Canvas, Result<Vec<Detection>, DetectError>) {
        match &mut self.0 {
            Route::Own(detector) => {
                let image = std::slice::from_ref(&canvas);
                let found = boundary::detect(&mut **detector, image).and_then(only);
                (canvas, found)
            }
            Route::Shared(queue) => queue.detect_one(canvas),
        }
    }
}

fn only(mut lists: Vec<Vec<Detection>>) -> Result<Vec<Detection>, DetectError> {
    match (lists.pop(), lists.len()) {
        (Some(list), 0) => Ok(list),
        (_, others) => Err(DetectError::Run(format!(
            "the detector gave {others} results too many for one image"
        ))),
    }
}

/// The way to the inference threads.
struct Queue {
    /// Only gone while the queue is dropped.
    requests: Option<Sender<Request>>,
    threads: Vec<JoinHandle<()>>,
}

impl Queue {
    fn detect_one(&self, canvas: Canvas) -> (Canvas, Result<Vec<Detection>, DetectError>) {
        let letterbox = canvas.letterbox;
        // A channel for each image: when the thread dies, its end is dropped with the request
        // and nobody waits for ever.
        let (reply, answer) = bounded(1);
        let request = Request { canvas, reply };
        let sent = self
            .requests
            .as_ref()
            .is_some_and(|requests| requests.send(request).is_ok());
        let answered = if sent { answer.recv().ok() } else { None };
        answered.unwrap_or_else(|| {
            (
                Canvas {
                    letterbox,
                    tensor: Vec::new(),
                },
                Err(DetectError::Stopped),
            )
        })
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        // The threads end when nobody can send any more.
        drop(self.requests.take());
        for thread in self.threads.drain(..) {
            // A panic has nobody left to fail.
            let _ended = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::pool::collector::tests::{
        FakeDetector, PANIC, canvas, confidence, thousandths,
    };

    #[test]
    fn own_detectors_answer_on_the_spot() {
        let fake = FakeDetector::default();
        let mut handles = DetectorHandle::own(vec![Box::new(fake.clone())]);
        let (returned, found) = handles[0].detect_one(canvas(64, 0.5));
        assert_eq!(confidence(&found), Some(0.5));
        assert_eq!(returned.tensor, canvas(64, 0.5).tensor);
        assert_eq!(fake.batches(), [1]);
    }

    #[test]
    fn every_worker_gets_its_own_answer_from_shared_detectors() {
        let fakes = [FakeDetector::default(), FakeDetector::default()];
        let boxed = fakes
            .iter()
            .map(|fake| Box::new(fake.clone()) as Box<dyn Detector>)
            .collect();
        let handles = DetectorHandle::shared(boxed, 6, 4).unwrap();
        thread::scope(|scope| {
            for (worker, mut handle) in handles.into_iter().enumerate() {
                scope.spawn(move || {
                    for i in 0..50 {
                        let score = (worker * 50 + i) as f32 / 1000.0 + 0.1;
                        let (returned, found) =
                            handle.detect_one(canvas(64 + (i % 2) as u32 * 32, score));
                        assert_eq!(confidence(&found), Some(thousandths(score)));
                        assert_eq!(returned.tensor[0], score);
                    }
                });
            }
        });
        let sizes: Vec<usize> = fakes.iter().flat_map(FakeDetector::batches).collect();
        assert_eq!(sizes.iter().sum::<usize>(), 300);
        assert!(sizes.iter().all(|size| (1..=4).contains(size)));
    }

    #[test]
    fn a_panic_fails_its_image_and_no_other() {
        let boxed = || -> Vec<Box<dyn Detector>> { vec![Box::new(FakeDetector::default())] };
        let shared = DetectorHandle::shared(boxed(), 1, 4).unwrap();
        for mut handle in shared.into_iter().chain(DetectorHandle::own(boxed())) {
            let (returned, found) = handle.detect_one(canvas(64, PANIC));
            assert_eq!(
                found,
                Err(DetectError::Panicked("told to panic".to_owned()))
            );
            let (_, found) = handle.detect_one(Canvas {
                tensor: vec![0.5; 3],
                ..returned
            });
            assert_eq!(confidence(&found), Some(0.5));
        }
    }

    #[test]
    fn an_inference_thread_that_is_gone_is_an_error_not_a_wait() {
        let (sender, requests) = unbounded::<Request>();
        let queue = Queue {
            requests: Some(sender),
            threads: Vec::new(),
        };
        thread::scope(|scope| {
            let waiting = scope.spawn(|| queue.detect_one(canvas(64, 0.5)).1);
            while requests.is_empty() {
                thread::yield_now();
            }
            drop(requests);
            assert_eq!(waiting.join().unwrap(), Err(DetectError::Stopped));
        });
        let (returned, found) = queue.detect_one(canvas(64, 0.5));
        assert_eq!(found, Err(DetectError::Stopped));
        assert_eq!(returned.letterbox, canvas(64, 0.5).letterbox);
    }

    #[test]
    fn dropping_the_handles_ends_the_threads_and_frees_the_detectors() {
        let fake = FakeDetector::default();
        let mut handles = DetectorHandle::shared(vec![Box::new(fake.clone())], 3, 4).unwrap();
        handles.pop();
        let (_, found) = handles[0].detect_one(canvas(64, 0.5));
        assert_eq!(confidence(&found), Some(0.5));
        drop(handles);
        assert_eq!(fake.owners(), 1);
    }
}
