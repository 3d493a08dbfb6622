//! Every address of the service.

use actix_web::{
    Route, guard,
    http::Method,
    middleware::{Compress, from_fn},
    web::{self, ServiceConfig, get, post, resource, scope},
};

use crate::{
    client::is_plain_form,
    handlers::{
        asset, cancel, delete, delivery, download, events, health, index, job, metrics, rebuild,
        results, resumable, robots, upload,
    },
    middleware::{self, no_guessing, private, rate_limit},
};

/// What people and programs use.
pub(crate) fn public(config: &mut ServiceConfig) {
    config
        .service(
            resource("/")
                .wrap(Compress::default())
                .route(read().to(index::get)),
        )
        .service(
            scope("/static")
                .wrap(Compress::default())
                .route("/{name}", read().to(asset::get))
                .route("/results/{version}/{name}", read().to(asset::results))
                .route("/upload/{version}/{name}", read().to(asset::upload)),
        )
        .route("/deleted", read().to(delete::done))
        .route("/healthz", read().to(health::live))
        .route("/readyz", read().to(health::ready))
        .route("/robots.txt", read().to(robots::get))
        .service(
            resource("/jobs")
                .wrap(from_fn(rate_limit))
                .route(
                    post()
                        .guard(guard::fn_guard(|found| is_plain_form(found.head())))
                        .to(delivery::post),
                )
                .route(post().to(upload::post)),
        )
        .service(
            resource("/uploads")
                .wrap(middleware::resumable())
                .route(options().to(resumable::options))
                .route(post().to(resumable::create)),
        )
        .service(
            resource("/uploads/{id}")
                .wrap(middleware::resumable())
                .route(options().to(resumable::options))
                .route(web::head().to(resumable::head))
                .route(web::patch().to(resumable::patch))
                .route(web::delete().to(resumable::delete))
                .route(post().to(resumable::overridden)),
        )
        .service(
            scope("/jobs/{id}")
                .wrap(from_fn(no_guessing))
                .wrap(private())
                .configure(of_job),
        );
}

/// A job, for whoever knows its address.
fn of_job(config: &mut ServiceConfig) {
    config
        .service(
            resource("")
                .wrap(Compress::default())
                .route(read().to(job::get))
                .route(web::delete().to(delete::post)),
        )
        .route("/status", read().to(job::status))
        .route("/events", get().to(events::get))
        .route("/results.zip", read().to(download::get))
        .route("/cancel", read().to(cancel::get))
        .route("/cancel", post().to(cancel::post))
        .route("/delete", read().to(delete::get))
        .route("/delete", post().to(delete::post))
        .configure(results_of_job);
}

/// What can be looked at when a job is done. Pictures and packages are compressed as they are.
fn results_of_job(config: &mut ServiceConfig) {
    config
        .service(
            scope("/results")
                .wrap(Compress::default())
                .route("", read().to(results::gallery::get))
                .route("/media/{number}", read().to(results::media::get))
                .route("/figures", read().to(results::figures::get))
                .route("/blanks", read().to(results::blanks::get))
                .route("/corrections", read().to(results::corrections::get))
                .route("/corrections", post().to(results::correct::post)),
        )
        .service(
            scope("/rebuild")
                .wrap(Compress::default())
                .route("", read().to(rebuild::get))
                .route("", post().to(rebuild::post)),
        )
        .service(
            resource("/corrections.csv")
                .wrap(Compress::default())
                .route(read().to(results::corrections::csv)),
        )
        .service(
            scope("/pictures/{number}")
                .route("/thumbnail", read().to(results::picture::thumbnail))
                .route("/preview", read().to(results::picture::preview)),
        );
}

/// What only the people who run it see, at an address of its own.
pub(crate) fn internal(config: &mut ServiceConfig) {
    config.route("/metrics", read().to(metrics::get));
}

fn options() -> Route {
    web::method(Method::OPTIONS)
}

/// `GET`, or `HEAD` to know about it without having it.
fn read() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}
