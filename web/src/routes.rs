//! Every address of the service.

use actix_web::{
    Route, guard,
    middleware::from_fn,
    web::{self, ServiceConfig, get, post, resource, scope},
};

use crate::{
    handlers::{asset, cancel, delete, download, events, health, index, job, metrics, upload},
    middleware::{private, rate_limit},
};

/// What people and programs use.
pub(crate) fn public(config: &mut ServiceConfig) {
    config
        .route("/", get().to(index::get))
        .route("/static/{name}", get().to(asset::get))
        .route("/deleted", get().to(delete::done))
        .route("/healthz", get().to(health::live))
        .route("/readyz", get().to(health::ready))
        .service(
            resource("/jobs")
                .wrap(from_fn(rate_limit))
                .route(post().to(upload::post)),
        )
        .service(
            scope("/jobs/{id}")
                .wrap(private())
                .route("", get().to(job::get))
                .route("", web::delete().to(delete::post))
                .route("/status", get().to(job::status))
                .route("/events", get().to(events::get))
                .route("/results.zip", get_or_head().to(download::get))
                .route("/cancel", get().to(cancel::get))
                .route("/cancel", post().to(cancel::post))
                .route("/delete", get().to(delete::get))
                .route("/delete", post().to(delete::post)),
        );
}

/// What only the people who run it see, at an address of its own.
pub(crate) fn internal(config: &mut ServiceConfig) {
    config.route("/metrics", get().to(metrics::get));
}

fn get_or_head() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}
