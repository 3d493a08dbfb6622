//! Shows how a fetch goes on: a bar on a terminal, now and then a line anywhere else.

use std::io::{IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::model::fetch::FetchEvent;

/// Shows the events of a fetch on standard error.
pub(super) struct Progress {
    is_terminal: bool,
    bar: Option<ProgressBar>,
    lines: Lines,
}

impl Progress {
    pub(super) fn new() -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        Self {
            is_terminal,
            bar: None,
            lines: Lines::default(),
        }
    }

    pub(super) fn show(&mut self, event: &FetchEvent<'_>) {
        match event {
            FetchEvent::Started {
                total_bytes,
                resumed_bytes,
                ..
            } if self.is_terminal => {
                self.bar = Some(bar(*total_bytes, *resumed_bytes));
            }
            FetchEvent::Advanced { bytes } if self.is_terminal => {
                if let Some(bar) = &self.bar {
                    bar.inc(*bytes);
                }
            }
            FetchEvent::Finished if self.is_terminal => {
                if let Some(bar) = self.bar.take() {
                    bar.finish_and_clear();
                }
            }
            _ => {
                if let Some(line) = self.lines.line_for(event) {
                    // Nobody reads a closed standard error; the fetch goes on without it.
                    let _ = writeln!(std::io::stderr(), "{line}");
                }
            }
        }
    }
}

fn bar(total_bytes: Option<u64>, resumed_bytes: u64) -> ProgressBar {
    const WITH_TOTAL: &str = "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    const WITHOUT_TOTAL: &str = "{spinner} {bytes}, {bytes_per_sec}";
    let target = ProgressDrawTarget::stderr();
    let bar = ProgressBar::with_draw_target(total_bytes, target);
    let template = if total_bytes.is_some() {
        WITH_TOTAL
    } else {
        WITHOUT_TOTAL
    };
    let style = ProgressStyle::with_template(template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    // What was here before did not come at this speed.
    bar.set_position(resumed_bytes);
    bar.reset_eta();
    bar
}

/// The lines of a fetch: one for each tenth of a download whose size is known.
#[derive(Default)]
struct Lines {
    name: String,
    total_bytes: Option<u64>,
    received_bytes: u64,
    tenths_shown: u64,
}

impl Lines {
    fn line_for(&mut self, event: &FetchEvent<'_>) -> Option<String> {
        match event {
            FetchEvent::Trying { place } => Some(format!("trying {place}")),
            FetchEvent::Failed { attempt } => Some(format!("no luck with {attempt}")),
            FetchEvent::Started {
                name,
                total_bytes,
                resumed_bytes,
            } => {
                self.name = (*name).to_owned();
                self.total_bytes = *total_bytes;
                self.received_bytes = *resumed_bytes;
                self.tenths_shown = self.tenths().unwrap_or(0);
                (*resumed_bytes > 0)
                    .then(|| format!("going on with {name} at {resumed_bytes} bytes"))
            }
            FetchEvent::Advanced { bytes } => {
                self.received_bytes += bytes;
                let tenths = self.tenths().filter(|tenths| *tenths > self.tenths_shown)?;
                self.tenths_shown = tenths;
                Some(format!(
                    "{}: {}0 % of {} bytes",
                    self.name, tenths, self.total_bytes?
                ))
            }
            FetchEvent::Finished => None,
        }
    }

    fn tenths(&self) -> Option<u64> {
        self.received_bytes
            .saturating_mul(10)
            .checked_div(self.total_bytes?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_has_one_line_for_each_new_tenth() {
        let mut lines = Lines::default();
        let started = FetchEvent::Started {
            name: "m.onnx",
            total_bytes: Some(200),
            resumed_bytes: 50,
        };
        assert_eq!(
            lines.line_for(&started).unwrap(),
            "going on with m.onnx at 50 bytes"
        );
        let mut said = |bytes| lines.line_for(&FetchEvent::Advanced { bytes });
        assert_eq!(said(5), None);
        assert_eq!(said(5).unwrap(), "m.onnx: 30 % of 200 bytes");
        assert_eq!(said(140).unwrap(), "m.onnx: 100 % of 200 bytes");
        assert_eq!(said(0), None);
    }

    #[test]
    fn a_download_of_unknown_or_no_size_is_quiet() {
        for total_bytes in [None, Some(0)] {
            let mut lines = Lines::default();
            lines.line_for(&FetchEvent::Started {
                name: "m",
                total_bytes,
                resumed_bytes: 0,
            });
            assert_eq!(lines.line_for(&FetchEvent::Advanced { bytes: 9 }), None);
        }
    }
}
