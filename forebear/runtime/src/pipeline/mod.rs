//! The only way from Dropshot to a handler.

mod finish;
mod stages;

use crate::{Cx, Encoded, Fault, Input, Operation, Platform, Problem, Reply, Request, platform::Change};
use dropshot::RequestContext;
use finish::{Trace, finish};
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

type CxOf<A, O> = Cx<A, <O as Operation>::User, <O as Operation>::Location>;

/// Operations without caller, limit and transaction: health, readiness, the document.
///
/// # Errors
/// None; the result type is Dropshot's.
pub async fn run_open<A, O, F>(rq: RequestContext<Arc<A>>, req: Request<O>, f: F) -> Result<Reply<O>, Fault<O::Failure>>
where
    A: Platform,
    O: Operation,
    F: FnOnce(&A, Input<O>) -> Result<O::Output, A::Error> + Send,
{
    let mut trace = Trace::start();
    let result = match stages::decode_open::<A, O>(&rq, req).await {
        Ok(decoded) => {
            trace.upgrade = decoded.upgrade;
            let app = rq.context();
            answer::<A, O>(app, &rq.request_id, || f(app, decoded.input)).map_err(Into::into)
        }
        Err(problem) => Err(problem),
    };
    Ok(finish(&rq, trace, result))
}

/// Reading operations: the handler gets a snapshot that cannot write.
///
/// # Errors
/// None; the result type is Dropshot's.
pub async fn run_read<A, O, F>(rq: RequestContext<Arc<A>>, req: Request<O>, f: F) -> Result<Reply<O>, Fault<O::Failure>>
where
    A: Platform,
    O: Operation,
    F: Fn(&A, &CxOf<A, O>, &mut A::Read, Input<O>) -> Result<O::Output, A::Error> + Send + Sync + 'static,
{
    let mut trace = Trace::start();
    let result = read::<A, O, F>(&rq, req, f, &mut trace).await;
    Ok(finish(&rq, trace, result))
}

async fn read<A, O, F>(
    rq: &RequestContext<Arc<A>>,
    req: Request<O>,
    f: F,
    trace: &mut Trace<A>,
) -> Result<Encoded, Problem>
where
    A: Platform,
    O: Operation,
    F: Fn(&A, &CxOf<A, O>, &mut A::Read, Input<O>) -> Result<O::Output, A::Error> + Send + Sync + 'static,
{
    let base = stages::admit_and_authorise::<A, O>(rq, trace).await?;
    let decoded = stages::decode::<A, O>(&base, rq, req).await?;
    trace.upgrade = decoded.upgrade;
    let input = decoded.input;
    let (app, cx) = (rq.context().clone(), CxOf::<A, O>::new(base));
    let job = move |tx: &mut A::Read| answer::<A, O>(&app, cx.request_id(), || f(&app, &cx, tx, input.clone()));
    A::read(rq.context(), job).await.map_err(Into::into)
}

/// Changing operations: handler, audit records, encoding and idempotency record are one transaction.
///
/// # Errors
/// None; the result type is Dropshot's.
pub async fn run_write<A, O, F>(
    rq: RequestContext<Arc<A>>,
    req: Request<O>,
    f: F,
) -> Result<Reply<O>, Fault<O::Failure>>
where
    A: Platform,
    O: Operation,
    F: Fn(&A, &CxOf<A, O>, &mut A::Write, Input<O>) -> Result<O::Output, A::Error> + Send + Sync + 'static,
{
    let mut trace = Trace::start();
    let result = write::<A, O, F>(&rq, req, f, &mut trace).await;
    Ok(finish(&rq, trace, result))
}

async fn write<A, O, F>(
    rq: &RequestContext<Arc<A>>,
    req: Request<O>,
    f: F,
    trace: &mut Trace<A>,
) -> Result<Encoded, Problem>
where
    A: Platform,
    O: Operation,
    F: Fn(&A, &CxOf<A, O>, &mut A::Write, Input<O>) -> Result<O::Output, A::Error> + Send + Sync + 'static,
{
    let base = stages::admit_and_authorise::<A, O>(rq, trace).await?;
    let decoded = stages::decode::<A, O>(&base, rq, req).await?;
    trace.upgrade = decoded.upgrade;
    let idempotency = stages::idempotency(rq, &O::META, decoded.body_hash)?;
    let (app, cx, input) = (rq.context().clone(), CxOf::<A, O>::new(base.clone()), decoded.input);
    let job =
        Box::new(move |tx: &mut A::Write| answer::<A, O>(&app, cx.request_id(), || f(&app, &cx, tx, input.clone())));
    A::write(rq.context(), Change { base, idempotency, job }).await.map_err(Into::into)
}

/// Calls the handler, turns a panic into a 500, and encodes the answer while the transaction is still open.
fn answer<A: Platform, O: Operation>(
    app: &A,
    request_id: &str,
    call: impl FnOnce() -> Result<O::Output, A::Error>,
) -> Result<Encoded, A::Error> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(output) => O::encode(output?).map_err(A::Error::from),
        Err(cause) => {
            app.panicked(&O::META, request_id, text_of(&*cause));
            Err(Problem::internal().into())
        }
    }
}

fn text_of(cause: &(dyn Any + Send)) -> &str {
    cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("panic")
}
