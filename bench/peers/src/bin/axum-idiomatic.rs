//! The endpoints as they are usually written with axum, rusqlite and jsonwebtoken: the key is read per request, and every query
//! goes through `spawn_blocking` to a pooled connection.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use peers::{
    AUDIENCE, Claims, arguments, bearer, list, one, open,
    payoff::{self, Outcome, Request},
};
use rusqlite::Connection;
use std::sync::{Arc, Mutex};

#[derive(Clone)]
struct App {
    path: Arc<str>,
    key: Arc<str>,
    pool: Arc<Mutex<Vec<Connection>>>,
}

impl App {
    fn user(&self, headers: &HeaderMap) -> Option<String> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[AUDIENCE]);
        let key = DecodingKey::from_secret(self.key.as_bytes());
        Some(decode::<Claims>(bearer(headers)?, &key, &validation).ok()?.claims.sub)
    }

    fn allows(&self, headers: &HeaderMap) -> bool {
        self.user(headers).is_some()
    }

    async fn run<T: Send + 'static>(&self, query: impl FnOnce(&mut Connection) -> T + Send + 'static) -> T {
        let app = self.clone();
        let job = move || {
            let pooled = app.pool.lock().expect("pool").pop();
            let mut conn = pooled.unwrap_or_else(|| open(&app.path));
            let result = query(&mut conn);
            app.pool.lock().expect("pool").push(conn);
            result
        };
        tokio::task::spawn_blocking(job).await.expect("the query does not panic")
    }
}

async fn many(State(app): State<App>, headers: HeaderMap, Query(query): Query<peers::Query>) -> Response {
    if !app.allows(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    Json(app.run(move |conn| list(conn, &query)).await).into_response()
}

async fn single(State(app): State<App>, headers: HeaderMap, Path(code): Path<String>) -> Response {
    if !app.allows(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match app.run(move |conn| one(conn, &code)).await {
        Some(row) => Json(row).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn create(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(user) = app.user(&headers) else { return StatusCode::UNAUTHORIZED.into_response() };
    let job = move |conn: &mut Connection| {
        let request = Request::read(&user, &headers, &body)?;
        Some(payoff::create(conn, &request).expect("the payoff is stored"))
    };
    match app.run(job).await {
        Some(Outcome::Created(body)) => {
            (StatusCode::CREATED, [(CONTENT_TYPE, "application/json")], body).into_response()
        }
        Some(Outcome::Forbidden) => StatusCode::FORBIDDEN.into_response(),
        None => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
    }
}

#[tokio::main]
async fn main() {
    let (database, address, key) = arguments();
    let app = App { path: database.into(), key: key.into(), pool: Arc::default() };
    let router = Router::new()
        .route("/healthz", get(|| async { Json(serde_json::json!({"status": "ok"})) }))
        .route("/api/v1/naics-code", get(many))
        .route("/api/v1/naics-code/{code}", get(single))
        .route("/api/v1/payoff", post(create))
        .with_state(app);
    let listener = tokio::net::TcpListener::bind(address).await.expect("the address is free");
    axum::serve(listener, router).await.expect("serve");
}
