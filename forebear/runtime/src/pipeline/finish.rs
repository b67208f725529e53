//! The end of every request: headers, conditional answers, the access log.

use crate::{Access, Admission, Audit, Base, Call, Encoded, Identity, OpMeta, Platform, Problem, Upgrade, reply::Live};
use bytes::Bytes;
use dropshot::{Body, HttpResponse, WebsocketUpgrade};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Instant};

/// What is known of a request on its way through.
pub(super) struct Trace<A: Platform> {
    started: Instant,
    pub(super) admission: Option<Admission>,
    /// The caller of a request that was let in.
    pub(super) who: Option<Arc<Base<A>>>,
    /// The caller of a request that was refused after authentication.
    pub(super) refused: Option<Identity<A>>,
    /// The handshake of a websocket.
    pub(super) upgrade: Option<WebsocketUpgrade>,
}

impl<A: Platform> Trace<A> {
    pub(super) fn start() -> Self {
        Self { started: Instant::now(), admission: None, who: None, refused: None, upgrade: None }
    }
}

/// Builds the response and logs it.
pub(super) fn finish<A: Platform>(
    rq: &Call<A>,
    op: &'static OpMeta,
    trace: Trace<A>,
    result: Result<Encoded, Problem>,
) -> Response<Body> {
    // with room for those that come after this
    let mut headers = HeaderMap::with_capacity(14);
    if let Some(admission) = trace.admission {
        headers.extend(admission.headers());
    }
    let error_code = result.as_ref().err().map(|p| p.code);
    let (reply, body) = match result {
        Ok(encoded) => success(rq.headers(), op, encoded, headers, trace.upgrade),
        Err(problem) => {
            headers.extend(problem.headers.iter().cloned());
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            let body = problem.encode(rq.request_id(), rq.uri().path());
            (response(problem.status, problem.media(), body.clone(), headers), body)
        }
    };
    rq.app().log(Access {
        op,
        request_id: rq.request_id(),
        method: rq.method().as_str(),
        path: rq.uri().path(),
        status: reply.status().as_u16(),
        error_code,
        body: &body,
        elapsed: trace.started.elapsed(),
        identity: trace.who.as_deref().map(|b| &b.identity).or(trace.refused.as_ref()),
        peer: rq.peer(),
        headers: rq.headers(),
    });
    reply
}

fn success(
    request: &HeaderMap,
    op: &OpMeta,
    encoded: Encoded,
    mut headers: HeaderMap,
    upgrade: Option<WebsocketUpgrade>,
) -> (Response<Body>, Bytes) {
    let reads = op.method == "GET" && !op.open;
    if reads {
        headers.insert(header::CACHE_CONTROL, cache_control(op));
    }
    if let Some(location) = encoded.location {
        headers.insert(header::LOCATION, location);
    }
    headers.extend(encoded.headers);
    if let Some(live) = encoded.live {
        return (alive(encoded.status, live, headers, upgrade), Bytes::new());
    }
    let unchanged = op.cache.is_some() && encoded.etag.as_ref().is_some_and(|tag| matches(request, tag));
    if let Some(etag) = encoded.etag {
        headers.insert(header::ETAG, etag);
    }
    if unchanged && encoded.status == StatusCode::OK {
        return (response(StatusCode::NOT_MODIFIED, "", Bytes::new(), headers), Bytes::new());
    }
    (response(encoded.status, "application/json", encoded.body.clone(), headers), encoded.body)
}

/// An answer that goes on after the handler.
fn alive(status: StatusCode, live: Live, headers: HeaderMap, upgrade: Option<WebsocketUpgrade>) -> Response<Body> {
    let alive = match live {
        Live::Stream(media, body) => {
            let mut response = Response::new(body);
            *response.status_mut() = status;
            if let Some(media) = media {
                response.headers_mut().insert(header::CONTENT_TYPE, media);
            }
            Some(response)
        }
        Live::Upgrade(Upgrade(talk)) => {
            let switched = upgrade.map(|u| u.handle(talk).and_then(|s| s.to_result()));
            switched.and_then(Result::ok)
        }
    };
    match alive {
        Some(mut response) => {
            response.headers_mut().extend(headers);
            response
        }
        None => response(StatusCode::INTERNAL_SERVER_ERROR, "", Bytes::new(), headers),
    }
}

/// An answer that is bytes.
fn response(status: StatusCode, media: &str, body: Bytes, headers: HeaderMap) -> Response<Body> {
    let empty = body.is_empty();
    let mut response = Response::new(if empty { Body::empty() } else { body.into() });
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if !empty {
        let media = HeaderValue::from_str(media).unwrap_or(HeaderValue::from_static("application/json"));
        response.headers_mut().insert(header::CONTENT_TYPE, media);
    }
    response
}

fn cache_control(op: &OpMeta) -> HeaderValue {
    let value = match op.cache {
        Some(seconds) => format!("private, max-age={seconds}"),
        None if op.audit == Audit::Access => "no-store".into(),
        None => "private, no-cache".into(),
    };
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("no-store"))
}

/// RFC 9110, section 13.1.2: `*`, or a list of tags, on one line or on several, of which one is ours (weak comparison).
fn matches(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let lines = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    let mut given = lines.flat_map(|line| line.split(',')).map(|t| t.trim().trim_start_matches("W/"));
    given.any(|t| t == "*" || t.as_bytes() == tag.as_bytes())
}

/// A strong validator of these bytes.
pub(super) fn content_tag(body: &[u8]) -> Option<HeaderValue> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let digest = Sha256::digest(body);
    let mut tag = [b'"'; 34];
    for (pair, byte) in tag[1..33].chunks_exact_mut(2).zip(&digest[..16]) {
        pair.copy_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
    }
    HeaderValue::from_bytes(&tag).ok()
}
