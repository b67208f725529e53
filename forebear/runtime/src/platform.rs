//! What a server supplies: callers, limits, transactions, logs. The runtime knows no database and no policy.

use crate::{Base, Encoded, Identity, OpMeta, Problem, Replies};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

/// What may be looked at before the caller is known: never the body.
pub struct Head<'a> {
    /// Request headers.
    pub headers: &'a HeaderMap,
    /// The operation.
    pub op: &'static OpMeta,
    /// Id of the request.
    pub request_id: &'a str,
    /// Address of the peer.
    pub peer: SocketAddr,
}

/// The limiter's answer; its headers go on every response, also on refusals.
#[derive(Debug, Clone)]
pub struct Admission {
    /// `RateLimit-Policy`.
    pub policy: HeaderValue,
    /// `RateLimit`.
    pub state: HeaderValue,
    /// Why and until when, if the request is refused.
    pub refused: Option<Exhausted>,
}

impl Admission {
    /// 429 that names the limit, with the limit's headers and `Retry-After`.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let unnamed = || Exhausted { limit: "of this operation".into(), retry_after: 1 };
        let Exhausted { limit, retry_after } = self.refused.clone().unwrap_or_else(unnamed);
        let detail = format!("the limit {limit} is used up; try again in {retry_after} s");
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail)
            .header(header::RETRY_AFTER, HeaderValue::from(retry_after));
        self.clone().headers().into_iter().fold(problem, |problem, (name, value)| problem.header(name, value))
    }

    pub(crate) fn headers(self) -> [(HeaderName, HeaderValue); 2] {
        let named = HeaderName::from_static;
        [(named("ratelimit-policy"), self.policy), (named("ratelimit"), self.state)]
    }
}

/// A limit that is used up.
#[derive(Debug, Clone)]
pub struct Exhausted {
    /// The limit in words, for the caller: its name, and what it allows to whom.
    pub limit: String,
    /// Seconds to wait.
    pub retry_after: u64,
}

/// Which parts of the context the handler of an operation may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Carried {
    /// `x-context.user` is `required` or `optional`.
    pub user: bool,
    /// `x-context.location` is `required` or `optional`.
    pub location: bool,
}

/// Key and content of an idempotent request.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// What the caller sent.
    pub key: String,
    /// Hash of path and body, in hexadecimal.
    pub fingerprint: String,
}

/// Handler and encoding of a change.
pub type Job<P> = Box<dyn FnMut(&mut <P as Platform>::Write) -> Result<Encoded, <P as Platform>::Error> + Send>;

/// One change to run. The job may be called again, so it is a function of its input and the transaction.
pub struct Change<P: Platform> {
    /// Who and what.
    pub base: Arc<Base<P>>,
    /// Key under which the answer is kept.
    pub idempotency: Option<Idempotency>,
    /// Handler and encoding.
    pub job: Job<P>,
}

/// One finished request, for the access log.
pub struct Access<'a, P: Platform> {
    /// The operation.
    pub op: &'static OpMeta,
    /// Id of the request.
    pub request_id: &'a str,
    /// HTTP method.
    pub method: &'a str,
    /// Path without the query.
    pub path: &'a str,
    /// Status of the answer.
    pub status: u16,
    /// Code of the problem, if it is one.
    pub error_code: Option<&'static str>,
    /// The answer's body; empty when it is still being made, or the caller has it.
    pub body: &'a Bytes,
    /// Time from admission to answer.
    pub elapsed: Duration,
    /// Who called, as far as it is known.
    pub identity: Option<&'a Identity<P>>,
    /// Address of the peer.
    pub peer: SocketAddr,
    /// Headers of the request.
    pub headers: &'a HeaderMap,
}

/// A server.
pub trait Platform: Send + Sync + Sized + 'static {
    /// Handle on one read snapshot: it has no writing method.
    type Read;
    /// Handle on one transaction: every change through it also writes the audit record.
    type Write;
    /// A calling service.
    type Service: Send + Sync;
    /// A user.
    type User: Send + Sync;
    /// A location.
    type Location: Send + Sync;
    /// The domain's error.
    type Error: Into<Problem> + From<Problem> + Send;

    /// Current time.
    fn now(&self) -> DateTime<Utc>;
    /// Counts the request against what its address may ask for, before anything is known of the caller and before any
    /// cryptography. `Err` refuses it. Operations that are open to all have no other limit.
    ///
    /// # Errors
    /// The limit that is used up.
    fn knock(&self, head: &Head<'_>) -> Result<(), Admission>;
    /// Finds out who calls.
    fn authenticate(&self, head: Head<'_>) -> impl Future<Output = Result<Identity<Self>, Self::Error>> + Send;
    /// Counts the request against the limits of its class.
    fn admit(&self, who: &Identity<Self>, op: &'static OpMeta) -> impl Future<Output = Admission> + Send;
    /// Whether the service holds `scope`.
    fn allowed(&self, who: &Identity<Self>, scope: &'static str) -> bool;
    /// Looks up the user and the location of a caller who holds the scope: refuses a user who may not act and a location that is
    /// not the user's own. A location is checked wherever the credentials name one, also if the operation does not carry it.
    fn resolve(
        &self,
        who: &mut Identity<Self>,
        carried: Carried,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
    /// Answers of `x-cache` operations that are kept, and the version of the data now: another one after every change that was
    /// answered, whoever made it. `None`: every answer is made anew.
    fn replies(&self) -> Option<(&Replies, u64)> {
        None
    }
    /// Runs `job` on a read snapshot.
    fn read<T: Send + 'static>(
        self: &Arc<Self>,
        job: impl Fn(&mut Self::Read) -> Result<T, Self::Error> + Send + Sync + 'static,
    ) -> impl Future<Output = Result<T, Self::Error>> + Send;
    /// Runs `change` in one transaction, together with its idempotency record; resolves once it is durable.
    fn write(self: &Arc<Self>, change: Change<Self>) -> impl Future<Output = Result<Encoded, Self::Error>> + Send;
    /// Called once at the end of every request: for the access log, and for the record of what was tried or read.
    fn log(&self, access: Access<'_, Self>);
    /// A handler panicked; the caller gets a 500.
    fn panicked(&self, op: &'static OpMeta, request_id: &str, message: &str);
}
