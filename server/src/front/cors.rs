//! Which browsers of other origins may read an answer (Fetch standard, CORS): none unless configured. A token travels in a header
//! that the frontend sets itself, so cookies are never asked for.

use crate::config::CorsConfig;
use http::{HeaderName, Method, header};
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// The layer, if any origin is configured.
pub(super) fn layer(config: &CorsConfig) -> Option<CorsLayer> {
    let origins = config.values();
    if origins.is_empty() {
        return None;
    }
    let named = HeaderName::from_static;
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            named("idempotency-key"),
        ])
        .expose_headers([
            header::ETAG,
            header::LOCATION,
            header::RETRY_AFTER,
            named("audit-id"),
            named("idempotency-replayed"),
            named("ratelimit"),
            named("ratelimit-policy"),
            named("x-request-id"),
        ])
        .max_age(Duration::from_secs(config.max_age_seconds.unwrap_or(600)));
    Some(layer)
}
