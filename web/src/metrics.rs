//! What the web process counts, in Prometheus' terms. No label ever holds an id or an address.

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};

/// The counters.
#[derive(Clone)]
pub(crate) struct Metrics {
    registry: Registry,
    /// Requests by method, route and status.
    pub(crate) requests: IntCounterVec,
    /// Seconds until the first byte of the answer, by method and route.
    pub(crate) seconds: HistogramVec,
    /// Uploads by what came of them.
    pub(crate) uploads: IntCounterVec,
    /// Bytes of files taken in.
    pub(crate) upload_bytes: IntCounter,
    /// Pages that watch a job live.
    pub(crate) watchers: IntGauge,
    /// Bytes free on the store's disk.
    pub(crate) free_bytes: IntGauge,
    /// Open jobs by state.
    pub(crate) jobs: IntGaugeVec,
    /// Wake-ups that wait, by queue.
    pub(crate) queue: IntGaugeVec,
    /// Living workers.
    pub(crate) workers: IntGauge,
}

/// Seconds: quick pages to uploads of an hour.
const BUCKETS: [f64; 10] = [
    0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0, 300.0, 1200.0, 3600.0,
];

impl Metrics {
    /// New counters.
    ///
    /// # Errors
    /// When two have the same name.
    pub(crate) fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let opts = |name: &str, help: &str| Opts::new(format!("trapline_{name}"), help);
        let build = IntGaugeVec::new(opts("build_info", "The program"), &["program", "version"])?;
        build
            .with_label_values(&["trapline-web", env!("CARGO_PKG_VERSION")])
            .set(1);
        let metrics = Self {
            requests: IntCounterVec::new(
                opts("http_requests_total", "Requests answered"),
                &["method", "route", "status"],
            )?,
            seconds: HistogramVec::new(
                HistogramOpts::new(
                    "trapline_http_request_seconds",
                    "Seconds until the answer begins",
                )
                .buckets(BUCKETS.to_vec()),
                &["method", "route"],
            )?,
            uploads: IntCounterVec::new(opts("uploads_total", "Uploads by result"), &["result"])?,
            upload_bytes: IntCounter::with_opts(opts("upload_bytes_total", "Bytes taken in"))?,
            watchers: IntGauge::with_opts(opts("watchers", "Pages that watch a job live"))?,
            free_bytes: IntGauge::with_opts(opts(
                "store_free_bytes",
                "Bytes free on the disk of the store; -1 for a bucket",
            ))?,
            jobs: IntGaugeVec::new(opts("jobs", "Open jobs by state"), &["state"])?,
            queue: IntGaugeVec::new(opts("queue_depth", "Wake-ups that wait"), &["queue"])?,
            workers: IntGauge::with_opts(opts("workers", "Living workers"))?,
            registry,
        };
        let registry = &metrics.registry;
        registry.register(Box::new(build))?;
        registry.register(Box::new(metrics.requests.clone()))?;
        registry.register(Box::new(metrics.seconds.clone()))?;
        registry.register(Box::new(metrics.uploads.clone()))?;
        registry.register(Box::new(metrics.upload_bytes.clone()))?;
        registry.register(Box::new(metrics.watchers.clone()))?;
        registry.register(Box::new(metrics.free_bytes.clone()))?;
        registry.register(Box::new(metrics.jobs.clone()))?;
        registry.register(Box::new(metrics.queue.clone()))?;
        registry.register(Box::new(metrics.workers.clone()))?;
        Ok(metrics)
    }

    /// All counters as text.
    ///
    /// # Errors
    /// When one cannot be written.
    pub(crate) fn text(&self) -> prometheus::Result<String> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}
