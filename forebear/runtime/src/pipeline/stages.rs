//! The stages before the handler. Each takes what the one before it made; nothing outside this file can make those values.

use super::{
    Entry,
    finish::Trace,
    plan::{Parameters, Plan, Reader},
};
use crate::{
    Base, BodyKind, Call, Head, Idempotency, Identity, IfMatch, KeyUse, OpMeta, Pairs, Platform, Problem, body, hex,
};
use dropshot::{Body, WebsocketUpgrade};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use std::sync::Arc;

struct Knocked(());
struct Identified<A: Platform>(Identity<A>);
struct Admitted<A: Platform>(Identity<A>);
struct Authorised<A: Platform>(Identity<A>);
struct Resolved<A: Platform>(Identity<A>);

/// Address, authentication, limit, scope and context; nothing of the body is read before this has passed.
pub(super) async fn admit_and_authorise<A: Platform>(
    rq: &Call<A>,
    plan: &Plan,
    trace: &mut Trace<A>,
) -> Result<Arc<Base<A>>, Problem> {
    let app = rq.app();
    let knocked = knock(&**app, rq, plan.op)?;
    let identified = authenticate(&**app, rq, plan.op, knocked).await?;
    let admitted = admit(&**app, plan.op, identified, trace).await?;
    let authorised = authorise(&**app, plan, admitted, trace)?;
    let Resolved(identity) = resolve(&**app, plan, authorised, trace).await?;
    let (request_id, trace_id) = (rq.request_id().to_owned(), crate::trace_id(rq.headers()));
    let base = Arc::new(Base { request_id, trace_id, op: plan.op, now: app.now(), identity });
    trace.who = Some(base.clone());
    Ok(base)
}

fn head<'a, A: Platform>(rq: &'a Call<A>, op: &'static OpMeta) -> Head<'a> {
    Head { headers: rq.headers(), op, request_id: rq.request_id(), peer: rq.peer() }
}

fn knock<A: Platform>(app: &A, rq: &Call<A>, op: &'static OpMeta) -> Result<Knocked, Problem> {
    app.knock(&head(rq, op)).map(|()| Knocked(())).map_err(|admission| admission.problem())
}

async fn authenticate<A: Platform>(
    app: &A,
    rq: &Call<A>,
    op: &'static OpMeta,
    _: Knocked,
) -> Result<Identified<A>, Problem> {
    app.authenticate(head(rq, op)).await.map(Identified).map_err(Into::into)
}

async fn admit<A: Platform>(
    app: &A,
    op: &'static OpMeta,
    Identified(who): Identified<A>,
    trace: &mut Trace<A>,
) -> Result<Admitted<A>, Problem> {
    let admission = app.admit(&who, op).await;
    if admission.refused.is_none() {
        trace.admission = Some(admission);
        return Ok(Admitted(who));
    }
    trace.refused = Some(who);
    Err(admission.problem())
}

fn authorise<A: Platform>(
    app: &A,
    plan: &Plan,
    Admitted(who): Admitted<A>,
    trace: &mut Trace<A>,
) -> Result<Authorised<A>, Problem> {
    let missing = if !app.allowed(&who, plan.op.scope) {
        Some(("scope", format!("the service lacks the scope {}", plan.op.scope)))
    } else if plan.user && who.user.is_none() {
        Some(("user_required", "this operation needs a user: name one in the token's `sub`".into()))
    } else if plan.location && who.location.is_none() {
        Some(("location_required", "this operation needs a location: name one in the token's `location_id`".into()))
    } else {
        None
    };
    let Some((code, detail)) = missing else { return Ok(Authorised(who)) };
    trace.refused = Some(who);
    Err(Problem::new(StatusCode::FORBIDDEN, code, detail))
}

async fn resolve<A: Platform>(
    app: &A,
    plan: &Plan,
    Authorised(mut who): Authorised<A>,
    trace: &mut Trace<A>,
) -> Result<Resolved<A>, Problem> {
    match app.resolve(&mut who, plan.carried).await {
        Ok(()) => Ok(Resolved(who)),
        Err(refused) => {
            trace.refused = Some(who);
            Err(refused.into())
        }
    }
}

/// Path, query, headers, then the body, of a caller who was let in, of which `base` is the proof: the job, and the hash of the
/// body's bytes.
pub(super) async fn receive<A: Platform, J>(
    base: Arc<Base<A>>,
    rq: &Call<A>,
    plan: &Plan,
    request: http::Request<Body>,
    reader: Reader<Entry<A>, J>,
    trace: &mut Trace<A>,
) -> Result<(J, [u8; 32]), Problem> {
    let entry = (rq.app().clone(), base);
    read(entry, rq, plan, request, reader, trace).await
}

/// The same for an operation that is open to all (`security: []`).
pub(super) async fn receive_open<A: Platform, J>(
    rq: &Call<A>,
    plan: &Plan,
    request: http::Request<Body>,
    reader: Reader<(), J>,
    trace: &mut Trace<A>,
) -> Result<J, Problem> {
    if !plan.op.open {
        return Err(Problem::internal());
    }
    knock(&**rq.app(), rq, plan.op)?;
    Ok(read((), rq, plan, request, reader, trace).await?.0)
}

async fn read<A: Platform, E, J>(
    entry: E,
    rq: &Call<A>,
    plan: &Plan,
    request: http::Request<Body>,
    reader: Reader<E, J>,
    trace: &mut Trace<A>,
) -> Result<(J, [u8; 32]), Problem> {
    let (contract, op) = (plan.contract, plan.op);
    let body_reader = reader(&parameters(rq, plan).await?)?;
    if op.cache.is_some() {
        condition(rq.headers())?;
    }
    let (bytes, upgrade) = content(rq, op, request).await?;
    trace.upgrade = upgrade;
    let hash = Sha256::digest(&bytes).into();
    let parts = match op.body {
        BodyKind::Multipart => body::split(rq.headers(), bytes.clone()).await?,
        _ => vec![],
    };
    let (patch, read_only) = (op.method == "PATCH", op.read_only);
    let raw = body::Raw { contract, operation: op.id, read_only, patch, bytes, parts };
    Ok((body_reader(entry, &raw)?, hash))
}

async fn parameters<A: Platform>(rq: &Call<A>, plan: &Plan) -> Result<Parameters<'static>, Problem> {
    let path = rq.path(plan.op).await?;
    let pairs = |pairs| Pairs { contract: plan.contract, operation: plan.op.id, pairs };
    let query = pairs(query(rq.uri(), plan)?);
    query.refuse_unknown(plan.query)?;
    let header = pairs(header_pairs(rq.headers(), plan.header)?);
    Ok(Parameters { path: pairs(path), query, header })
}

/// The bytes of the body, or the handshake of a websocket.
async fn content<A: Platform>(
    rq: &Call<A>,
    op: &OpMeta,
    request: http::Request<dropshot::Body>,
) -> Result<(bytes::Bytes, Option<WebsocketUpgrade>), Problem> {
    if op.body == BodyKind::Upgrade {
        let upgrade = rq.upgrade(request).await?;
        return Ok((bytes::Bytes::new(), Some(upgrade)));
    }
    let limit = rq.body_limit();
    Ok((body::read(op, rq.headers(), request.into_body(), limit).await?, None))
}

fn query(uri: &http::Uri, plan: &Plan) -> Result<Vec<(String, String)>, Problem> {
    let text = uri.query().unwrap_or_default();
    // probes of load balancers add what they like, and nothing here reads it
    let text = if plan.op.open && plan.query.is_empty() { "" } else { text };
    let malformed = || {
        let detail = "the query is not `name=value&…` in percent-encoded UTF-8";
        Problem::new(StatusCode::BAD_REQUEST, "malformed_query", detail)
    };
    if !body::is_percent_encoded_utf8(text) {
        return Err(malformed());
    }
    serde_html_form::from_str(text).map_err(|_| malformed())
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
    precondition(pairs)
}

/// `If-Match` is a list, which may come on several lines (RFC 9110, section 5.3).
fn precondition(pairs: Vec<(String, String)>) -> Result<Vec<(String, String)>, Problem> {
    let (lines, mut others): (Vec<_>, Vec<_>) =
        pairs.into_iter().partition(|(n, _)| n.eq_ignore_ascii_case("if-match"));
    let Some((name, _)) = lines.first().cloned() else { return Ok(others) };
    let text = lines.into_iter().map(|(_, line)| line).collect::<Vec<_>>().join(", ");
    if IfMatch::parse(&text).is_none() {
        let detail = "must be `*`, or entity tags as `ETag` gave them, with their quotation marks, such as \"3\"";
        return Err(Problem::parameter(&name, "invalid", detail));
    }
    others.push((name, text));
    Ok(others)
}

/// The `Idempotency-Key`, before anything of the body is read.
pub(super) fn key<A: Platform>(rq: &Call<A>, op: &OpMeta) -> Result<Option<String>, Problem> {
    const NAME: &str = "Idempotency-Key";
    let mut values = rq.headers().get_all(NAME).iter();
    let Some(value) = values.next().filter(|_| op.key != KeyUse::None) else {
        let detail =
            "is required: make up a value once for this change, such as a random UUID, and repeat it with each retry";
        let missing = op.key == KeyUse::Required;
        return if missing { Err(Problem::parameter(NAME, "required", detail)) } else { Ok(None) };
    };
    let key = value.to_str().unwrap_or_default();
    let visible = key.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    if key.is_empty() || key.len() > 64 || !visible || values.next().is_some() {
        return Err(Problem::parameter(NAME, "invalid", "must be one value of 1 to 64 visible ASCII characters"));
    }
    Ok(Some(key.into()))
}

/// A key, bound to path and body.
pub(super) fn idempotency<A: Platform>(rq: &Call<A>, key: String, body_hash: [u8; 32]) -> Idempotency {
    let mut hash = Sha256::new();
    hash.update(rq.uri().path().trim_end_matches('/').as_bytes());
    hash.update(body_hash);
    Idempotency { key, fingerprint: hex(&hash.finalize()) }
}
