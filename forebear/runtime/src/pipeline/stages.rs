//! The stages before the handler. Each takes what the one before it made; nothing outside this file can make those values.

use super::finish::Trace;
use crate::{
    Api, Base, Head, Idempotency, Identity, Input, Need, OpMeta, Operation, Pairs, Params, Platform, Problem, Request,
    body, params::checked,
};
use dropshot::{Path, RequestContext, SharedExtractor};
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
}

/// Path, query, headers, then the body; only for a caller who was let in, of which `_let_in` is the proof.
pub(super) async fn decode<A: Platform, O: Operation>(
    _let_in: &Base<A>,
    rq: &RequestContext<Arc<A>>,
    req: Request<O>,
) -> Result<Decoded<O>, Problem> {
    let contract = O::Api::contract();
    let path = Path::<BTreeMap<String, String>>::from_request(rq).await?.into_inner().into_iter().collect();
    let path = checked(O::Path::parse(&Pairs { contract, operation: O::META.id, pairs: path })?)?;
    let query = query::<A, O>(rq)?;
    let header = Pairs { contract, operation: O::META.id, pairs: header_pairs(rq.request.headers()) };
    let header = checked(O::Header::parse(&header)?)?;
    let bytes = match O::META.body {
        Some(_) => body::read(rq.request.headers(), req.request.into_body(), rq.request_body_max_bytes()).await?,
        None => bytes::Bytes::from_static(b"null"),
    };
    let body = body::decode::<O>(contract, &bytes)?;
    Ok(Decoded { input: Input { path, query, header, body }, body_hash: Sha256::digest(&bytes).into() })
}

fn query<A: Platform, O: Operation>(rq: &RequestContext<Arc<A>>) -> Result<O::Query, Problem> {
    let text = rq.request.uri().query().unwrap_or_default();
    let pairs = serde_html_form::from_str(text).map_err(|_| {
        Problem::new(StatusCode::BAD_REQUEST, "malformed_query", "the query is not `name=value&…` in UTF-8")
    })?;
    let pairs = Pairs { contract: O::Api::contract(), operation: O::META.id, pairs };
    pairs.refuse_unknown(O::Query::NAMES)?;
    checked(O::Query::parse(&pairs)?)
}

fn header_pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().filter_map(|(name, value)| Some((name.as_str().into(), value.to_str().ok()?.into()))).collect()
}

/// The `Idempotency-Key`, bound to path and body.
pub(super) fn idempotency<A: Platform>(
    rq: &RequestContext<Arc<A>>,
    op: &OpMeta,
    body_hash: [u8; 32],
) -> Result<Option<Idempotency>, Problem> {
    let Some(value) = rq.request.headers().get("idempotency-key").filter(|_| op.idempotent) else { return Ok(None) };
    let key = value.to_str().unwrap_or_default();
    if key.is_empty() || key.len() > 64 {
        return Err(Problem::parameter("Idempotency-Key", "invalid", "must be 1 to 64 visible ASCII characters"));
    }
    let mut hash = Sha256::new();
    hash.update(rq.request.uri().path().as_bytes());
    hash.update(body_hash);
    let fingerprint = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok(Some(Idempotency { key: key.into(), fingerprint }))
}
