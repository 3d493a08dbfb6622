//! The server: binds its addresses, says which they are, and serves until it is to stop.

use std::{
    any::Any,
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    time::Duration,
};

use actix_web::{
    App, HttpServer,
    dev::{Server, ServerHandle},
    middleware::from_fn,
    rt::net::TcpStream,
    web::Data,
};
use common::jobs::{Jobs, JobsError};
use futures::future::{join_all, try_join_all};
use rustix::net::sockopt;
use tokio::sync::watch;

use crate::{
    config::{MetricsAddress, WebConfig},
    metrics::Metrics,
    middleware::{
        error_pages, no_robots, own_host, paced_bodies, request_log, same_origin, security_headers,
    },
    routes,
    state::State,
    systemd, upload_gc, watchdog,
};

/// How long a request may take to arrive up to its body.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long uploads and downloads may go on after the program got a signal to stop, seconds.
const STOP_SECONDS: u64 = 30;

/// The whole web front end, ready to run.
pub struct Application {
    servers: Vec<Server>,
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    stop: watch::Sender<bool>,
}

/// The web front end cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be had.
    #[error("{address} cannot be listened at")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Store, records or queue cannot be opened.
    #[error(transparent)]
    Jobs(#[from] JobsError),
    /// The folder of resumable uploads cannot be used.
    #[error("the folder {folder} of resumable uploads cannot be used")]
    UploadDir {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The counters cannot be made.
    #[error(transparent)]
    Metrics(#[from] prometheus::Error),
}

impl Application {
    /// Opens everything and binds the addresses. Port 0 takes any that is free.
    ///
    /// # Errors
    /// When something cannot be opened or bound.
    pub async fn build(config: WebConfig) -> Result<Self, StartError> {
        let (listener, address) = bind(config.bind)?;
        let metrics_listener = match config.metrics {
            MetricsAddress::Off => None,
            MetricsAddress::At(address) => Some(bind(address)?),
        };
        let jobs = Jobs::open(&config.service).await?;
        let (stop, is_stopping) = watch::channel(false);
        let upload_dir = config.upload_dir.clone();
        let state = State::new(config, jobs, Metrics::new()?, is_stopping);
        let state = Data::new(state.map_err(|source| StartError::UploadDir {
            folder: upload_dir,
            source,
        })?);
        upload_gc::begin(&state);
        watchdog::begin(&state);
        let in_use = |source| StartError::Bind { address, source };
        let mut servers = vec![serve_public(listener, state.clone()).map_err(in_use)?];
        let metrics_address = metrics_listener.as_ref().map(|(_, address)| *address);
        if let Some((listener, _)) = metrics_listener {
            servers.push(serve_internal(listener, state).map_err(in_use)?);
        }
        Ok(Self {
            servers,
            address,
            metrics_address,
            stop,
        })
    }

    /// Where pages are served.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where metrics are served.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// Serves until `told_to_stop` ends, and then what is under way for a little longer.
    ///
    /// # Errors
    /// When a server fails.
    pub async fn run_until(self, told_to_stop: impl Future<Output = ()>) -> io::Result<()> {
        let handles: Vec<ServerHandle> = self.servers.iter().map(Server::handle).collect();
        let run = try_join_all(self.servers);
        let stop = async {
            told_to_stop.await;
            systemd::stopping();
            // Pages that watch a job would hold the program up.
            let _ = self.stop.send(true);
            join_all(handles.iter().map(|handle| handle.stop(true))).await;
        };
        let (ran, ()) = futures::join!(run, stop);
        ran.map(drop)
    }
}

fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Bind { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

fn serve_public(listener: TcpListener, state: Data<State>) -> io::Result<Server> {
    let idle_limit = Duration::from_secs(state.config.download_idle_seconds.into());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            // The last named is the first that a request meets.
            .wrap(from_fn(paced_bodies))
            .wrap(from_fn(same_origin))
            .wrap(from_fn(own_host))
            .wrap(from_fn(error_pages))
            .wrap(security_headers())
            .wrap(from_fn(no_robots))
            .wrap(from_fn(request_log))
            .configure(routes::public)
    });
    let server = server
        .client_request_timeout(HEAD_TIME)
        .on_connect(move |connection, _| give_up_after(connection, idle_limit))
        .disable_signals()
        .shutdown_timeout(STOP_SECONDS)
        .listen(listener)?;
    Ok(server.run())
}

/// Makes the system end a connection whose other side is gone, or takes nothing of what it asked
/// for, for so long. A slow one that takes something now and then is never ended.
fn give_up_after(connection: &dyn Any, idle_limit: Duration) {
    let Some(connection) = connection.downcast_ref::<TcpStream>() else {
        return;
    };
    let milliseconds = u32::try_from(idle_limit.as_millis()).unwrap_or(u32::MAX);
    if let Err(error) = sockopt::set_tcp_user_timeout(connection, milliseconds) {
        tracing::debug!(%error, "a connection has no time limit");
    }
}

fn serve_internal(listener: TcpListener, state: Data<State>) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .configure(routes::internal)
    });
    let server = server
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener)?;
    Ok(server.run())
}
