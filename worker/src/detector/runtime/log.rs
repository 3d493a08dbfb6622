//! The last things ONNX Runtime warned about.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use ort::logging::LogLevel;

/// Enough for what one failing session has to say.
const MOST_LINES: usize = 50;

/// Warnings and errors, the latest [`MOST_LINES`] of them.
#[derive(Debug, Default)]
pub(super) struct Log(Mutex<VecDeque<String>>);

impl Log {
    /// Keeps a line if it is at least a warning.
    pub(super) fn write(&self, level: LogLevel, message: &str) {
        if level < LogLevel::Warning {
            return;
        }
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == MOST_LINES {
            lines.pop_front();
        }
        lines.push_back(message.to_owned());
    }

    /// Takes all lines, oldest first.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_warnings_are_kept_and_given_once() {
        let log = Log::default();
        log.write(LogLevel::Info, "session options: ...");
        for i in 0..60 {
            log.write(LogLevel::Warning, &i.to_string());
        }
        let lines = log.take();
        assert_eq!(lines.len(), MOST_LINES);
        assert_eq!((lines[0].as_str(), lines[49].as_str()), ("10", "59"));
        assert_eq!(log.take(), Vec::<String>::new());
    }
}
