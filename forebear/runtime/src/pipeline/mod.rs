//! The only way from Dropshot to a handler.
//!
//! What has the types of one operation is small here, and all else is the same code for every operation: a server of hundreds of
//! operations compiles each stage once.

mod finish;
mod plan;
mod stages;

use crate::{
    Base, Call, Cx, Encoded, Input, OpMeta, Operation, Platform, Problem, Run, platform::Change, reply::Pending,
};
use dropshot::Body;
use finish::{Trace, content_tag, finish};
use plan::{Plan, Reader, reader};
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

type CxOf<A, O> = Cx<A, <O as Operation>::User, <O as Operation>::Location>;
type Answer<A> = Result<Encoded, <A as Platform>::Error>;

/// A handler with its input, without caller and transaction.
type OpenJob<A> = Box<dyn FnOnce(&A) -> Answer<A> + Send>;
/// A handler with its input, on a snapshot.
type ReadJob<A> = Box<dyn Fn(&mut <A as Platform>::Read) -> Answer<A> + Send + Sync>;
/// A handler with its input, in a transaction.
type WriteJob<A> = Box<dyn FnMut(&mut <A as Platform>::Write) -> Answer<A> + Send>;
/// The server and the caller who was let in.
type Entry<A> = (Arc<A>, Arc<Base<A>>);

/// Operations without caller, limit and transaction: health, readiness, the document.
pub fn run_open<A, O, F>(rq: Call<A>, request: http::Request<Body>, f: F) -> Run<O>
where
    A: Platform,
    O: Operation,
    F: Fn(&A, Input<O>) -> Result<O::Output, A::Error> + Send + Sync + 'static,
{
    let request_id = rq.request_id().to_owned();
    let job = reader(move |(), input: Input<O>| -> OpenJob<A> {
        Box::new(move |app| {
            answer(app, &O::META, &request_id, &mut || O::encode(f(app, input.clone())?).map_err(Into::into))
        })
    });
    Run::of(open(rq, Plan::of::<O>(), request, job))
}

fn open<A: Platform>(rq: Call<A>, plan: Plan, request: http::Request<Body>, reader: Reader<(), OpenJob<A>>) -> Pending {
    Box::pin(async move {
        let mut trace = Trace::start();
        let result = match stages::receive_open(&rq, &plan, request, reader, &mut trace).await {
            Ok(job) => job(rq.app()).map_err(Into::into),
            Err(problem) => Err(problem),
        };
        finish(&rq, plan.op, trace, result)
    })
}

/// Reading operations: the handler gets a snapshot that cannot write.
pub fn run_read<A, O, F>(rq: Call<A>, request: http::Request<Body>, f: F) -> Run<O>
where
    A: Platform,
    O: Operation,
    F: Fn(&A, &CxOf<A, O>, &mut A::Read, Input<O>) -> Result<O::Output, A::Error> + Send + Sync + 'static,
{
    let job = reader(move |(app, base): Entry<A>, input: Input<O>| -> ReadJob<A> {
        let cx = CxOf::<A, O>::new(base);
        Box::new(move |tx| {
            let mut call = || O::encode(f(&app, &cx, tx, input.clone())?).map_err(Into::into);
            let encoded = answer(&*app, &O::META, &cx.base().request_id, &mut call)?;
            Ok(Encoded { common: !cx.was_asked(), ..encoded })
        })
    });
    Run::of(read(rq, Plan::of::<O>(), request, job))
}

fn read<A: Platform>(
    rq: Call<A>,
    plan: Plan,
    request: http::Request<Body>,
    reader: Reader<Entry<A>, ReadJob<A>>,
) -> Pending {
    Box::pin(async move {
        let mut trace = Trace::start();
        let result = read_in(&rq, &plan, request, reader, &mut trace).await;
        finish(&rq, plan.op, trace, result)
    })
}

async fn read_in<A: Platform>(
    rq: &Call<A>,
    plan: &Plan,
    request: http::Request<Body>,
    reader: Reader<Entry<A>, ReadJob<A>>,
    trace: &mut Trace<A>,
) -> Result<Encoded, Problem> {
    let base = stages::admit_and_authorise(rq, plan, trace).await?;
    let (job, _) = stages::receive(base, rq, plan, request, reader, trace).await?;
    if plan.op.cache.is_none() {
        return A::read(rq.app(), job).await.map_err(Into::into);
    }
    let target = rq.uri().path_and_query().map_or("", |t| t.as_str());
    // before the snapshot: a change between the two makes the answer newer than its version, never older
    let replies = rq.app().replies().filter(|_| plan.header.is_empty());
    if let Some(kept) = replies.and_then(|(replies, version)| replies.find(plan.op, version, target)) {
        return Ok(kept);
    }
    let mut encoded = A::read(rq.app(), job).await.map_err(Into::into)?;
    // a list has no version of its own, and a reference row may come with its neighbours: the bytes decide
    encoded.etag = content_tag(&encoded.body);
    if let Some((replies, version)) = replies {
        replies.keep(plan.op, version, target, &encoded);
    }
    Ok(encoded)
}

/// Changing operations: handler, audit records, encoding and idempotency record are one transaction.
pub fn run_write<A, O, F>(rq: Call<A>, request: http::Request<Body>, f: F) -> Run<O>
where
    A: Platform,
    O: Operation,
    F: Fn(&A, &CxOf<A, O>, &mut A::Write, Input<O>) -> Result<O::Output, A::Error> + Send + Sync + 'static,
{
    let job = reader(move |(app, base): Entry<A>, input: Input<O>| -> WriteJob<A> {
        let cx = CxOf::<A, O>::new(base);
        Box::new(move |tx| {
            let mut call = || O::encode(f(&app, &cx, tx, input.clone())?).map_err(Into::into);
            answer(&*app, &O::META, &cx.base().request_id, &mut call)
        })
    });
    Run::of(write(rq, Plan::of::<O>(), request, job))
}

fn write<A: Platform>(
    rq: Call<A>,
    plan: Plan,
    request: http::Request<Body>,
    reader: Reader<Entry<A>, WriteJob<A>>,
) -> Pending {
    Box::pin(async move {
        let mut trace = Trace::start();
        let result = write_in(&rq, &plan, request, reader, &mut trace).await;
        finish(&rq, plan.op, trace, result)
    })
}

async fn write_in<A: Platform>(
    rq: &Call<A>,
    plan: &Plan,
    request: http::Request<Body>,
    reader: Reader<Entry<A>, WriteJob<A>>,
    trace: &mut Trace<A>,
) -> Result<Encoded, Problem> {
    let base = stages::admit_and_authorise(rq, plan, trace).await?;
    let key = stages::key(rq, plan.op)?;
    let (job, body_hash) = stages::receive(base.clone(), rq, plan, request, reader, trace).await?;
    let idempotency = key.map(|key| stages::idempotency(rq, key, body_hash));
    A::write(rq.app(), Change { base, idempotency, job }).await.map_err(Into::into)
}

/// Calls the handler and encodes its answer while the transaction is still open; a panic becomes a 500.
fn answer<A: Platform>(
    app: &A,
    op: &'static OpMeta,
    request_id: &str,
    call: &mut dyn FnMut() -> Answer<A>,
) -> Answer<A> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|cause| {
        app.panicked(op, request_id, text_of(&*cause));
        Err(Problem::internal().into())
    })
}

fn text_of(cause: &(dyn Any + Send)) -> &str {
    cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("panic")
}
