//! `trapline-convert`, the program that turns models of other formats into ONNX. It is installed
//! beside this one and run for models that are published otherwise.

use std::{
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Its name.
const PROGRAM: &str = "trapline-convert";

/// Why a network was not converted.
#[derive(Debug, thiserror::Error)]
pub enum ConverterError {
    /// There is no such program.
    #[error(
        "{PROGRAM} is needed for it, and is neither beside this program nor on the PATH; \
         `make build` builds it, and `make install` installs it"
    )]
    Missing,
    /// It could not be started.
    #[error("starting {PROGRAM} failed")]
    Start(#[source] io::Error),
    /// It ended without a model.
    #[error("{message}")]
    Failed {
        /// What it says.
        message: String,
    },
}

/// Where the program is.
#[derive(Clone, Debug)]
pub(super) struct Converter {
    program: PathBuf,
}

impl Converter {
    /// The one that is installed with this program, else the one that the PATH knows.
    pub(super) fn installed() -> Self {
        let beside = std::env::current_exe()
            .ok()
            .map(|this| this.with_file_name(PROGRAM))
            .filter(|path| path.is_file());
        Self {
            program: beside.unwrap_or_else(|| PROGRAM.into()),
        }
    }

    /// The one at this path.
    #[cfg(test)]
    pub(super) fn at(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
        }
    }

    /// Converts a CenterNet's graph and weights to the ONNX file `out`.
    ///
    /// # Errors
    /// When there is no converter, or it refuses the network.
    pub(super) fn centernet(
        &self,
        [graph, weights]: [&Path; 2],
        out: &Path,
    ) -> Result<(), ConverterError> {
        let output = Command::new(&self.program)
            .arg("centernet")
            .args([graph, weights])
            .arg("--out")
            .arg(out)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => ConverterError::Missing,
                _ => ConverterError::Start(error),
            })?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let message = if said.is_empty() {
            format!("{PROGRAM} ended with {}", output.status)
        } else {
            said
        };
        Err(ConverterError::Failed { message })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(converter: &Converter) -> Result<(), ConverterError> {
        let nowhere = Path::new("/nonexistent");
        converter.centernet([nowhere, nowhere], nowhere)
    }

    #[test]
    fn a_missing_converter_is_named_with_the_way_to_get_it() {
        let error = convert(&Converter::at("/nonexistent/trapline-convert")).unwrap_err();
        assert!(matches!(error, ConverterError::Missing), "{error:?}");
        assert!(error.to_string().contains("`make install`"), "{error}");
    }

    #[test]
    fn what_the_converter_complains_about_is_passed_on() {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fake-convert");
        let error = convert(&Converter::at(program)).unwrap_err();
        let text = "the node 'tower_0/Sigmoid' is a Erf, which is not supported";
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn a_converter_that_dies_without_a_word_is_named() {
        let text = convert(&Converter::at("/bin/false"))
            .unwrap_err()
            .to_string();
        assert_eq!(text, "trapline-convert ended with exit status: 1");
    }
}
