//! Settings of the web front end, read from the environment once.

pub(crate) mod host_name;
mod metrics_address;
mod trusted_proxies;

use std::{
    fmt::Display,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
};

use common::{
    config::ServiceConfig,
    env::{self, EnvError},
    home::Home,
};

use host_name::host_name;
pub use metrics_address::MetricsAddress;
pub use trusted_proxies::{InvalidProxies, TrustedProxies};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Everything that can be set. Secrets in it are not shown by `Debug`.
#[derive(Clone, Debug)]
pub struct WebConfig {
    /// What the workers must know too.
    pub service: ServiceConfig,
    /// Where pages are served: `BIND_ADDR`, address and port. Default: `127.0.0.1:8080`.
    pub bind: SocketAddr,
    /// Where `/metrics` is served: `METRICS_ADDR`, address and port, or `off`. Default:
    /// `127.0.0.1:9080`.
    pub metrics: MetricsAddress,
    /// Most bytes of one upload, all its files together: `MAX_UPLOAD_BYTES`. Default: 64 GiB.
    pub max_upload_bytes: u64,
    /// Most files of one upload; a zip is one file: `MAX_UPLOAD_FILES`. Default: 20,000.
    pub max_upload_files: usize,
    /// Bytes that uploads leave free on the disk of the store: `MIN_FREE_BYTES`. Default: 5 GiB.
    pub min_free_bytes: u64,
    /// Where nginx finds the folder of the store, as an `internal` location such as `/_store/`:
    /// `ACCEL_REDIRECT_PREFIX`. nginx then sends results itself. Default: not set; this program
    /// sends them.
    pub accel_redirect_prefix: Option<String>,
    /// Proxies whose word about the client's address is taken: `TRUSTED_PROXIES`, addresses and
    /// networks with commas between. Default: `127.0.0.0/8,::1`.
    pub trusted_proxies: TrustedProxies,
    /// Most uploads of one client address in an hour; 0 for no limit: `UPLOADS_PER_HOUR`.
    /// Default: 30.
    pub uploads_per_hour: u32,
    /// Most mails to one recipient that uploads may cause in a day; an upload causes up to three.
    /// 0 for no limit: `MAILS_PER_DAY`. Default: 90.
    pub mails_per_day: u32,
    /// Most files of one client address that are here and no job yet: `UNFINISHED_FILES_PER_CLIENT`.
    /// Default: not set; twice `max_upload_files`.
    pub unfinished_files_per_client: Option<usize>,
    /// Most bytes that such files of one client may have together: `UNFINISHED_BYTES_PER_CLIENT`.
    /// Default: not set; twice `max_upload_bytes`.
    pub unfinished_bytes_per_client: Option<u64>,
    /// Most addresses of jobs that are none which one client address may ask for in a minute; 0 for
    /// no limit: `WRONG_IDS_PER_MINUTE`. Default: 60.
    pub wrong_ids_per_minute: u32,
    /// Names that this service is reached by, besides the one of `PUBLIC_URL`: `ALLOWED_HOSTS`,
    /// with commas between. Default: none.
    pub allowed_hosts: Vec<String>,
    /// Seconds that the body of a request may stand still before it is given up, and over which
    /// its rate is measured: `UPLOAD_IDLE_SECONDS`. Default: 60.
    pub upload_idle_seconds: u64,
    /// Fewest bytes in a second, on average over `upload_idle_seconds`, that the body of a request
    /// may come with; 0 for no limit: `UPLOAD_MIN_BYTES_PER_SECOND`. Default: 1024.
    pub upload_min_bytes_per_second: u64,
    /// Seconds that a client may take nothing of an answer before its connection is ended:
    /// `DOWNLOAD_IDLE_SECONDS`. Default: 120.
    pub download_idle_seconds: u32,
    /// The folder of resumable uploads that are no job yet, on this machine: `UPLOAD_DIR`. Default:
    /// `uploads` in the folder of the store, so that finished ones need only be renamed; with a
    /// bucket, in `TRAPLINE_HOME`.
    pub upload_dir: PathBuf,
    /// Days that a resumable upload is kept of which nothing comes any more:
    /// `UPLOAD_RETENTION_DAYS`. Default: 7.
    pub upload_retention_days: u16,
    /// Most bytes that the upload page sends in one request; 0 for no limit: `UPLOAD_CHUNK_BYTES`.
    /// Default: 50 MiB, because some proxies in between take no more than 100 MB.
    pub upload_chunk_bytes: u64,
}

impl WebConfig {
    /// Settings with the defaults of everything that only the web front end knows. `home` is
    /// `TRAPLINE_HOME`.
    #[must_use]
    pub fn new(service: ServiceConfig, home: &Path) -> Self {
        let beside = service.store.as_folder().unwrap_or(home);
        Self {
            upload_dir: beside.join("uploads"),
            upload_retention_days: 7,
            upload_chunk_bytes: 50 * MIB,
            service,
            bind: SocketAddr::from(([127, 0, 0, 1], 8080)),
            metrics: MetricsAddress::default(),
            max_upload_bytes: 64 * GIB,
            max_upload_files: 20_000,
            min_free_bytes: 5 * GIB,
            accel_redirect_prefix: None,
            trusted_proxies: TrustedProxies::default(),
            uploads_per_hour: 30,
            mails_per_day: 90,
            wrong_ids_per_minute: 60,
            allowed_hosts: Vec::new(),
            unfinished_files_per_client: None,
            unfinished_bytes_per_client: None,
            upload_idle_seconds: 60,
            upload_min_bytes_per_second: 1024,
            download_idle_seconds: 120,
        }
    }

    /// Most files of one client that are here and no job yet.
    #[must_use]
    pub fn unfinished_files_per_client(&self) -> usize {
        let twice = self.max_upload_files.saturating_mul(2);
        self.unfinished_files_per_client.unwrap_or(twice)
    }

    /// Most bytes of one client that are here and no job yet.
    #[must_use]
    pub fn unfinished_bytes_per_client(&self) -> u64 {
        let twice = self.max_upload_bytes.saturating_mul(2);
        self.unfinished_bytes_per_client.unwrap_or(twice)
    }

    /// Reads the settings.
    ///
    /// # Errors
    /// When one makes no sense.
    pub fn from_env() -> Result<Self, EnvError> {
        let home = Home::from_env()?;
        let default = Self::new(ServiceConfig::from_env()?, home.folder());
        Ok(Self {
            bind: env::parsed_or("BIND_ADDR", default.bind)?,
            metrics: env::parsed_or("METRICS_ADDR", default.metrics)?,
            max_upload_bytes: at_least_one("MAX_UPLOAD_BYTES", default.max_upload_bytes)?,
            max_upload_files: at_least_one("MAX_UPLOAD_FILES", default.max_upload_files)?,
            min_free_bytes: env::parsed_or("MIN_FREE_BYTES", default.min_free_bytes)?,
            accel_redirect_prefix: accel_redirect_prefix()?,
            trusted_proxies: env::parsed_or("TRUSTED_PROXIES", default.trusted_proxies)?,
            uploads_per_hour: env::parsed_or("UPLOADS_PER_HOUR", default.uploads_per_hour)?,
            mails_per_day: env::parsed_or("MAILS_PER_DAY", default.mails_per_day)?,
            upload_idle_seconds: at_least_one("UPLOAD_IDLE_SECONDS", default.upload_idle_seconds)?,
            wrong_ids_per_minute: env::parsed_or(
                "WRONG_IDS_PER_MINUTE",
                default.wrong_ids_per_minute,
            )?,
            allowed_hosts: allowed_hosts()?,
            unfinished_files_per_client: maybe_at_least_one("UNFINISHED_FILES_PER_CLIENT")?,
            unfinished_bytes_per_client: maybe_at_least_one("UNFINISHED_BYTES_PER_CLIENT")?,
            upload_min_bytes_per_second: env::parsed_or(
                "UPLOAD_MIN_BYTES_PER_SECOND",
                default.upload_min_bytes_per_second,
            )?,
            download_idle_seconds: at_least_one(
                "DOWNLOAD_IDLE_SECONDS",
                default.download_idle_seconds,
            )?,
            upload_dir: env::parsed_or("UPLOAD_DIR", default.upload_dir)?,
            upload_retention_days: at_least_one(
                "UPLOAD_RETENTION_DAYS",
                default.upload_retention_days,
            )?,
            upload_chunk_bytes: env::parsed_or("UPLOAD_CHUNK_BYTES", default.upload_chunk_bytes)?,
            service: default.service,
        })
    }
}

fn at_least_one<T>(name: &'static str, default: T) -> Result<T, EnvError>
where
    T: FromStr<Err: Display> + Default + PartialEq,
{
    Ok(maybe_at_least_one(name)?.unwrap_or(default))
}

fn maybe_at_least_one<T>(name: &'static str) -> Result<Option<T>, EnvError>
where
    T: FromStr<Err: Display> + Default + PartialEq,
{
    let number = env::maybe_parsed(name)?;
    if number == Some(T::default()) {
        return Err(EnvError::Invalid {
            name,
            reason: "must be at least 1".to_owned(),
        });
    }
    Ok(number)
}

fn allowed_hosts() -> Result<Vec<String>, EnvError> {
    let name = "ALLOWED_HOSTS";
    let text = env::maybe(name)?.unwrap_or_default();
    let hosts = text
        .split(',')
        .map(str::trim)
        .filter(|host| !host.is_empty());
    hosts
        .map(|host| match host_name(host) {
            Some(_) if !host.contains(':') => Ok(host.to_owned()),
            _ => Err(EnvError::Invalid {
                name,
                reason: format!(
                    "'{host}' is no name of a host: write cards.example.org, without a port"
                ),
            }),
        })
        .collect()
}

fn accel_redirect_prefix() -> Result<Option<String>, EnvError> {
    let name = "ACCEL_REDIRECT_PREFIX";
    let Some(text) = env::maybe(name)? else {
        return Ok(None);
    };
    let text = text.trim();
    let is_location = text.starts_with('/')
        && text.ends_with('/')
        && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_location {
        Ok(Some(text.to_owned()))
    } else {
        Err(EnvError::Invalid {
            name,
            reason: "write the location as nginx has it, with a slash at both ends: /_store/"
                .to_owned(),
        })
    }
}
