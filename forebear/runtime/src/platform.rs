//! What a server supplies: callers, limits, transactions, logs. The runtime knows no database and no policy.

use crate::{Base, Encoded, Identity, OpMeta, Problem};
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue};
use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

/// What may be looked at before the caller is known: never the body.
pub struct Head<'a> {
    /// Request headers.
    pub headers: &'a HeaderMap,
    /// The operation.
    pub op: &'static OpMeta,
    /// Id of the request.
    pub request_id: &'a str,
}

/// The limiter's answer; its headers go on every response, also on refusals.
#[derive(Debug, Clone)]
pub struct Admission {
    /// `RateLimit-Policy`.
    pub policy: HeaderValue,
    /// `RateLimit`.
    pub state: HeaderValue,
    /// Seconds to wait, if the request is refused.
    pub retry_after: Option<u64>,
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
    /// Length of the answer's body in bytes.
    pub bytes: usize,
    /// Time from admission to answer.
    pub elapsed: Duration,
    /// Who called, as far as it is known.
    pub identity: Option<&'a Identity<P>>,
    /// Address of the peer.
    pub peer: SocketAddr,
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
    /// Finds out who calls.
    fn authenticate(&self, head: Head<'_>) -> impl Future<Output = Result<Identity<Self>, Self::Error>> + Send;
    /// Counts the request against the limits of its class.
    fn admit(&self, who: &Identity<Self>, op: &'static OpMeta) -> impl Future<Output = Admission> + Send;
    /// Whether the service holds `scope`.
    fn allowed(&self, who: &Identity<Self>, scope: &'static str) -> bool;
    /// Runs `job` on a read snapshot.
    fn read<T: Send + 'static>(
        self: &Arc<Self>,
        job: impl Fn(&mut Self::Read) -> Result<T, Self::Error> + Send + Sync + 'static,
    ) -> impl Future<Output = Result<T, Self::Error>> + Send;
    /// Runs `change` in one transaction, together with its idempotency record; resolves once it is durable.
    fn write(self: &Arc<Self>, change: Change<Self>) -> impl Future<Output = Result<Encoded, Self::Error>> + Send;
    /// One line per request.
    fn log(&self, access: Access<'_, Self>);
    /// A handler panicked; the caller gets a 500.
    fn panicked(&self, op: &'static OpMeta, request_id: &str, message: &str);
}
