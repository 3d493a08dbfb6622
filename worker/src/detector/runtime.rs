//! The ONNX Runtime library: found, loaded once, and asked to be quiet.

mod log;
mod search;
mod version;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use ort::{environment::Environment, logging::LogLevel};

use log::Log;
use version::RuntimeVersion;

/// Versions before this one take half as long again for the same image on a CPU.
const FAST_SINCE: RuntimeVersion = RuntimeVersion::new(1, 25, 0);

/// ONNX Runtime allows one environment in a process, ever.
static LOADED: OnceLock<Runtime> = OnceLock::new();
static LOADING: Mutex<()> = Mutex::new(());

/// Why ONNX Runtime cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The library file that was asked for is not there.
    #[error("the ONNX Runtime library {path} does not exist")]
    Missing {
        /// The file that was asked for.
        path: PathBuf,
    },
    /// No folder holds the library.
    #[error(
        "the ONNX Runtime library is not in {}; run `make setup`, or name its file in TRAPLINE_ONNXRUNTIME",
        search::display_folders(searched)
    )]
    NotFound {
        /// The folders that were looked through.
        searched: Vec<PathBuf>,
    },
    /// The library is there but cannot be loaded (wrong platform, too old, damaged).
    #[error("loading the ONNX Runtime library {path}: {reason}")]
    Load {
        /// The library file.
        path: PathBuf,
        /// What the loader said.
        reason: String,
    },
}

/// ONNX Runtime, loaded.
pub struct Runtime {
    environment: Environment,
    library: PathBuf,
    version: Option<RuntimeVersion>,
    log: Arc<Log>,
}

impl Runtime {
    /// Loads the library `explicit`, or the newest `onnxruntime/libonnxruntime.so*` below the
    /// first of the `bases` that has one. Who calls it fills `explicit` from
    /// `TRAPLINE_ONNXRUNTIME`.
    ///
    /// The library can be loaded only once in a process: later calls give the one that is
    /// loaded, whatever they ask for.
    ///
    /// # Errors
    /// When there is no library, or it cannot be loaded; the error says how to get it.
    pub fn load(explicit: Option<&Path>, bases: &[PathBuf]) -> Result<&'static Self, RuntimeError> {
        let _one_at_a_time = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = LOADED.get() {
            return Ok(loaded);
        }
        let library = search::find_library(explicit, bases)?;
        let runtime = Self::open(library)?;
        Ok(LOADED.get_or_init(|| runtime))
    }

    fn open(library: PathBuf) -> Result<Self, RuntimeError> {
        let failed = |reason: String| RuntimeError::Load {
            path: library.clone(),
            reason,
        };
        let log = Arc::new(Log::default());
        let sink = Arc::clone(&log);
        let environment = ort::init_from(&library)
            .map_err(|error| failed(error.to_string()))?
            .with_name("trapline")
            .with_telemetry(false)
            .with_logger(Arc::new(
                move |level, _category, _id, _location, message| {
                    sink.write(level, message);
                },
            ))
            .build()
            .map_err(|error| failed(error.to_string()))?;
        environment.set_log_level(LogLevel::Warning);
        let version = version::of_library(&library);
        Ok(Self {
            environment,
            library,
            version,
            log,
        })
    }

    /// The library file that was loaded.
    #[must_use]
    pub fn library(&self) -> &Path {
        &self.library
    }

    /// The library's version as text, `unknown` if the file does not tell.
    #[must_use]
    pub fn version(&self) -> String {
        self.version
            .as_ref()
            .map_or_else(|| "unknown".to_owned(), ToString::to_string)
    }

    /// What to know about this library before a long run, if anything.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        let version = self
            .version
            .as_ref()
            .filter(|version| **version < FAST_SINCE)?;
        Some(format!(
            "ONNX Runtime {version} is slower than {FAST_SINCE} and later; `make setup` gets a newer one"
        ))
    }

    /// What ONNX Runtime warned about since the last call, the latest few dozen lines at most.
    /// Nothing is written to stderr.
    #[must_use]
    pub fn take_warnings(&self) -> Vec<String> {
        self.log.take()
    }

    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime")
            .field("library", &self.library)
            .finish_non_exhaustive()
    }
}
