//! The same endpoints with all that can be done by hand: the key and its rules are made once, each thread has a connection of its
//! own with its statements prepared, queries run where they are asked for, and bodies are written into one buffer of the right size.
//! Changes wait for their turn in a queue of their own, and not for SQLite's lock.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use peers::{
    AUDIENCE, Claims, arguments, bearer, list, one, open,
    payoff::{self, Outcome, Request},
};
use rusqlite::Connection;
use serde::Serialize;
use std::{cell::OnceCell, sync::Arc};
use tokio::sync::{mpsc, oneshot};

struct App {
    path: String,
    key: DecodingKey,
    validation: Validation,
    changes: mpsc::Sender<Change>,
}

/// A change that waits, and who waits for it.
struct Change {
    user: String,
    headers: HeaderMap,
    body: Bytes,
    answer: oneshot::Sender<Option<Outcome>>,
}

/// One transaction after the other, on one connection.
fn write(path: &str, mut changes: mpsc::Receiver<Change>) {
    let mut conn = open(path);
    while let Some(Change { user, headers, body, answer }) = changes.blocking_recv() {
        let request = Request::read(&user, &headers, &body);
        let outcome = request.map(|request| payoff::create(&mut conn, &request).expect("the payoff is stored"));
        drop(answer.send(outcome));
    }
}

thread_local! {
    static CONNECTION: OnceCell<Connection> = const { OnceCell::new() };
}

impl App {
    fn user(&self, headers: &HeaderMap) -> Option<String> {
        Some(decode::<Claims>(bearer(headers)?, &self.key, &self.validation).ok()?.claims.sub)
    }

    fn allows(&self, headers: &HeaderMap) -> bool {
        self.user(headers).is_some()
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

async fn create(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(user) = app.user(&headers) else { return StatusCode::UNAUTHORIZED.into_response() };
    let (answer, answered) = oneshot::channel();
    drop(app.changes.send(Change { user, headers, body, answer }).await);
    match answered.await.expect("the writer lives") {
        Some(Outcome::Created(body)) => {
            (StatusCode::CREATED, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body)
                .into_response()
        }
        Some(Outcome::Forbidden) => StatusCode::FORBIDDEN.into_response(),
        None => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
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
    let (changes, waiting) = mpsc::channel(4096);
    let file = path.clone();
    std::thread::spawn(move || write(&file, waiting));
    let app = App { path, key: DecodingKey::from_secret(key.as_bytes()), validation, changes };
    let router = Router::new()
        .route("/healthz", get(health))
        .route("/api/v1/naics-code", get(many))
        .route("/api/v1/naics-code/{code}", get(single))
        .route("/api/v1/payoff", post(create))
        .with_state(Arc::new(app));
    let listener = tokio::net::TcpListener::bind(address).await.expect("the address is free");
    axum::serve(listener, router).await.expect("serve");
}
