//! One request: to Dropshot's router, and back with the headers that every answer carries.

use crate::app::App;
use dropshot::{ApiDescription, Body, HttpError};
use forebear_runtime::{HttpRequest, Router};
use futures_util::FutureExt;
use http::{HeaderName, HeaderValue, Request, Response, header};
use hyper::body::Incoming;
use std::{convert::Infallible, net::SocketAddr, panic::AssertUnwindSafe, sync::Arc};
use tokio::sync::Semaphore;

/// Bytes that a request body may have, where the document does not say.
const MAX_BODY_BYTES: usize = 64 * 1024;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// For whatever a browser makes of an answer: it is data, never a page (OWASP, REST security cheat sheet).
const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];
/// RFC 6797: two years, over TLS alone.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// The way in to every operation.
#[derive(Clone)]
pub(super) struct Door {
    router: Arc<Router<App>>,
    secure: bool,
    /// Connections that may still be opened.
    slots: Arc<Semaphore>,
}

impl Door {
    pub(super) fn new(
        app: Arc<App>,
        api: ApiDescription<Arc<App>>,
        secure: bool,
        slots: Arc<Semaphore>,
    ) -> Result<Self, String> {
        let router = Router::new(app, api, generated_server::direct, MAX_BODY_BYTES)?;
        Ok(Self { router: Arc::new(router), secure, slots })
    }

    /// The service of one connection.
    pub(super) fn service(
        &self,
        peer: SocketAddr,
    ) -> impl tower::Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + use<> {
        let door = self.clone();
        tower::service_fn(move |request: Request<Incoming>| {
            let door = door.clone();
            async move {
                let mut response = door.answer(request.map(Body::wrap), peer).await;
                door.protect(&mut response);
                Ok(response)
            }
        })
    }

    async fn answer(&self, request: HttpRequest, peer: SocketAddr) -> Response<Body> {
        let request_id = uuid::Uuid::new_v4().to_string();
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let pending = match self.router.route(request, peer, &request_id) {
            Ok(pending) => AssertUnwindSafe(pending).catch_unwind(),
            Err(nowhere) => {
                let (status, path) = (nowhere.status_code.as_u16(), uri.path());
                tracing::info!(target: "access", request_id, %method, path, status, %peer, "request");
                return nowhere.into_response(&request_id);
            }
        };
        // a change goes on, and is logged, also when its caller has hung up
        let answer =
            if method.is_safe() { pending.await.ok() } else { tokio::spawn(pending).await.ok().and_then(Result::ok) };
        let mut response = answer.unwrap_or_else(|| {
            tracing::error!(request_id, "a request panicked outside its handler");
            HttpError::for_internal_error("outside the handler".into()).into_response(&request_id)
        });
        if let Ok(id) = HeaderValue::from_str(&request_id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }

    fn protect(&self, response: &mut Response<Body>) {
        let headers = response.headers_mut();
        for (name, value) in HEADERS {
            headers.entry(name).or_insert(value);
        }
        // nobody keeps a connection for later while others wait for one
        if self.slots.available_permits() == 0 {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if self.secure {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
        }
    }
}
