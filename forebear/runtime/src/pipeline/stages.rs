//! The stages before the handler. Each takes what the one before it made; nothing outside this file can make those values.

use super::finish::Trace;
use crate::{
    Api, Base, BodyKind, Head, Idempotency, Identity, Input, Need, OpMeta, Operation, Pairs, Params, Platform, Problem,
    Request, body, params::checked,
};
use dropshot::{ExclusiveExtractor, Path, RequestContext, SharedExtractor, WebsocketUpgrade};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, marker::PhantomData, sync::Arc};

struct Identified<A: Platform>(Identity<A>);
struct Admitted<A: Platform>(Identity<A>);
struct Authorised<A: Platform, O>(Identity<A>, PhantomData<fn() -> O>);

/// Authentication, limit, scope and context; nothing of the body is read before this has passed.
pub(super) async fn admit_and_authorise<A: Platform, O: Operation>(
    rq: &RequestContext<Arc<A>>,
    trace: &mut Trace<A>,
) -> Result<Arc<Base<A>>, Problem> {
    let app = rq.context();
    let identified = authenticate(&**app, rq, &O::META).await?;
    let admitted = admit(&**app, &O::META, identified, trace).await?;
    let Authorised(identity, _) = authorise::<A, O>(app, admitted, trace)?;
    let base = Arc::new(Base { request_id: rq.request_id.clone(), op: &O::META, now: app.now(), identity });
    trace.who = Some(base.clone());
    Ok(base)
}

async fn authenticate<A: Platform>(
    app: &A,
    rq: &RequestContext<Arc<A>>,
    op: &'static OpMeta,
) -> Result<Identified<A>, Problem> {
    let head = Head { headers: rq.request.headers(), op, request_id: &rq.request_id };
    app.authenticate(head).await.map(Identified).map_err(Into::into)
}

async fn admit<A: Platform>(
    app: &A,
    op: &'static OpMeta,
    Identified(who): Identified<A>,
    trace: &mut Trace<A>,
) -> Result<Admitted<A>, Problem> {
    let admission = app.admit(&who, op).await;
    let retry = admission.retry_after;
    trace.admission = Some(admission);
    let Some(seconds) = retry else { return Ok(Admitted(who)) };
    trace.refused = Some(who);
    Err(Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "rate_limited",
        format!("too many requests; try again in {seconds} s"),
    )
    .header(header::RETRY_AFTER, HeaderValue::from(seconds)))
}

fn authorise<A: Platform, O: Operation>(
    app: &A,
    Admitted(who): Admitted<A>,
    trace: &mut Trace<A>,
) -> Result<Authorised<A, O>, Problem> {
    let missing = if !app.allowed(&who, O::META.scope) {
        Some(("scope", format!("the service lacks the scope {}", O::META.scope)))
    } else if O::User::REQUIRED && who.user.is_none() {
        Some(("user_required", "this operation needs a user: name one in the token's `sub`".into()))
    } else if O::Location::REQUIRED && who.location.is_none() {
        Some(("location_required", "this operation needs a location: name one in the token's `location_id`".into()))
    } else {
        None
    };
    let Some((code, detail)) = missing else { return Ok(Authorised(who, PhantomData)) };
    trace.refused = Some(who);
    Err(Problem::new(StatusCode::FORBIDDEN, code, detail))
}

/// Decoded input and the hash of the body's bytes.
pub(super) struct Decoded<O: Operation> {
    pub(super) input: Input<O>,
    pub(super) body_hash: [u8; 32],
    pub(super) upgrade: Option<WebsocketUpgrade>,
}

/// Path, query, headers, then the body; only for a caller who was let in, of which `_let_in` is the proof.
pub(super) async fn decode<A: Platform, O: Operation>(
    _let_in: &Base<A>,
    rq: &RequestContext<Arc<A>>,
    req: Request<O>,
) -> Result<Decoded<O>, Problem> {
    read::<A, O>(rq, req).await
}

/// The same for an operation that is open to all (`security: []`).
pub(super) async fn decode_open<A: Platform, O: Operation>(
    rq: &RequestContext<Arc<A>>,
    req: Request<O>,
) -> Result<Decoded<O>, Problem> {
    if !O::META.open {
        return Err(Problem::internal());
    }
    read::<A, O>(rq, req).await
}

async fn read<A: Platform, O: Operation>(rq: &RequestContext<Arc<A>>, req: Request<O>) -> Result<Decoded<O>, Problem> {
    let (contract, op) = (O::Api::contract(), &O::META);
    let path =
        <Path<BTreeMap<String, String>> as SharedExtractor>::from_request(rq).await?.into_inner().into_iter().collect();
    let path = checked(O::Path::parse(&Pairs { contract, operation: op.id, pairs: path })?)?;
    let query = query::<A, O>(rq)?;
    let pairs = header_pairs(rq.request.headers(), O::Header::NAMES)?;
    let header = checked(O::Header::parse(&Pairs { contract, operation: op.id, pairs })?)?;
    if op.cache.is_some() {
        condition(rq.request.headers())?;
    }
    let (bytes, upgrade) = content(rq, op, req.request).await?;
    let body_hash = Sha256::digest(&bytes).into();
    let parts = match op.body {
        BodyKind::Multipart => body::split(rq.request.headers(), bytes.clone()).await?,
        _ => vec![],
    };
    let body = O::decode(&body::Raw { contract, operation: op.id, read_only: op.read_only, bytes, parts })?;
    Ok(Decoded { input: Input { path, query, header, body }, body_hash, upgrade })
}

/// The bytes of the body, or the handshake of a websocket.
async fn content<A: Platform>(
    rq: &RequestContext<Arc<A>>,
    op: &OpMeta,
    request: http::Request<dropshot::Body>,
) -> Result<(bytes::Bytes, Option<WebsocketUpgrade>), Problem> {
    if op.body == BodyKind::Upgrade {
        let upgrade = WebsocketUpgrade::from_request(rq, request).await?;
        return Ok((bytes::Bytes::new(), Some(upgrade)));
    }
    let limit = rq.request_body_max_bytes();
    Ok((body::read(op.body, rq.request.headers(), request.into_body(), limit).await?, None))
}

fn query<A: Platform, O: Operation>(rq: &RequestContext<Arc<A>>) -> Result<O::Query, Problem> {
    let text = rq.request.uri().query().unwrap_or_default();
    // probes of load balancers add what they like, and nothing here reads it
    let text = if O::META.open && O::Query::NAMES.is_empty() { "" } else { text };
    let malformed = || {
        let detail = "the query is not `name=value&…` in percent-encoded UTF-8";
        Problem::new(StatusCode::BAD_REQUEST, "malformed_query", detail)
    };
    if !body::is_percent_encoded_utf8(text) {
        return Err(malformed());
    }
    let pairs = serde_html_form::from_str(text).map_err(|_| malformed())?;
    let pairs = Pairs { contract: O::Api::contract(), operation: O::META.id, pairs };
    pairs.refuse_unknown(O::Query::NAMES)?;
    checked(O::Query::parse(&pairs)?)
}

/// `If-None-Match` as the document bounds it, on each of its lines.
fn condition(headers: &HeaderMap) -> Result<(), Problem> {
    let fits = |v: &HeaderValue| (1..=1024).contains(&v.len()) && v.to_str().is_ok();
    if headers.get_all(header::IF_NONE_MATCH).iter().all(fits) {
        return Ok(());
    }
    let detail = "must be an entity tag of 1 to 1024 visible ASCII characters";
    Err(Problem::parameter("If-None-Match", "invalid", detail))
}

/// The declared headers. A value that is not visible ASCII is refused: leaving it out would silently drop a precondition.
fn header_pairs(headers: &HeaderMap, names: &[&str]) -> Result<Vec<(String, String)>, Problem> {
    let mut pairs = vec![];
    for name in names {
        for value in headers.get_all(*name) {
            let text = value.to_str().map_err(|_| Problem::parameter(name, "invalid", "must be visible ASCII"))?;
            pairs.push(((*name).into(), text.into()));
        }
    }
    Ok(pairs)
}

/// The `Idempotency-Key`, bound to path and body.
pub(super) fn idempotency<A: Platform>(
    rq: &RequestContext<Arc<A>>,
    op: &OpMeta,
    body_hash: [u8; 32],
) -> Result<Option<Idempotency>, Problem> {
    let mut values = rq.request.headers().get_all("idempotency-key").iter();
    let Some(value) = values.next().filter(|_| op.idempotent) else { return Ok(None) };
    let key = value.to_str().unwrap_or_default();
    let visible = key.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    if key.is_empty() || key.len() > 64 || !visible || values.next().is_some() {
        return Err(Problem::parameter(
            "Idempotency-Key",
            "invalid",
            "must be one value of 1 to 64 visible ASCII characters",
        ));
    }
    let mut hash = Sha256::new();
    hash.update(rq.request.uri().path().trim_end_matches('/').as_bytes());
    hash.update(body_hash);
    let fingerprint = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok(Some(Idempotency { key: key.into(), fingerprint }))
}
