//! The same endpoints with all that can be done by hand: the key and its rules are made once, each thread has a connection of its
//! own with its statements prepared, queries run where they are asked for, and bodies are written into one buffer of the right size.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use peers::{AUDIENCE, Claims, arguments, bearer, list, one, open};
use rusqlite::Connection;
use serde::Serialize;
use std::{cell::OnceCell, sync::Arc};

struct App {
    path: String,
    key: DecodingKey,
    validation: Validation,
}

thread_local! {
    static CONNECTION: OnceCell<Connection> = const { OnceCell::new() };
}

impl App {
    fn allows(&self, headers: &HeaderMap) -> bool {
        bearer(headers).is_some_and(|token| decode::<Claims>(token, &self.key, &self.validation).is_ok())
    }

    fn run<T>(&self, query: impl FnOnce(&Connection) -> T) -> T {
        CONNECTION.with(|conn| query(conn.get_or_init(|| open(&self.path))))
    }
}

fn json(value: &impl Serialize, size: usize) -> Response {
    let mut body = Vec::with_capacity(size);
    serde_json::to_writer(&mut body, value).expect("JSON");
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], Bytes::from(body)).into_response()
}

async fn many(State(app): State<Arc<App>>, headers: HeaderMap, Query(query): Query<peers::Query>) -> Response {
    if !app.allows(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    json(&app.run(|conn| list(conn, &query)), 8192)
}

async fn single(State(app): State<Arc<App>>, headers: HeaderMap, Path(code): Path<String>) -> Response {
    if !app.allows(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match app.run(|conn| one(conn, &code)) {
        Some(row) => json(&row, 256),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn health() -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (kind, Bytes::from_static(br#"{"status":"ok"}"#)).into_response()
}

#[tokio::main]
async fn main() {
    let (path, address, key) = arguments();
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&[AUDIENCE]);
    let app = App { path, key: DecodingKey::from_secret(key.as_bytes()), validation };
    let router = Router::new()
        .route("/healthz", get(health))
        .route("/api/v1/naics-code", get(many))
        .route("/api/v1/naics-code/{code}", get(single))
        .with_state(Arc::new(app));
    let listener = tokio::net::TcpListener::bind(address).await.expect("the address is free");
    axum::serve(listener, router).await.expect("serve");
}
