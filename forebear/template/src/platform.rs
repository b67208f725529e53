//! What the pipeline asks of this server: who calls, how often, and where the rows are.

use crate::{
    limit::Limit,
    store::{Read, Store, Write},
    token::Token,
};
use chrono::{DateTime, Utc};
use forebear_runtime::{Access, Admission, Carried, Change, Encoded, Head, Identity, OpMeta, Platform, Problem};
use http::StatusCode;
use std::{convert::Infallible, sync::Arc};

/// The server's state; handlers are implemented on it.
pub struct App {
    token: Token,
    limit: Limit,
    store: Store,
}

impl App {
    /// An empty server.
    pub fn new(token: Token) -> Self {
        Self { token, limit: Limit::new(), store: Store::default() }
    }
}

/// Whoever holds the token.
pub struct Caller;

/// The answer of a handler that is not written yet.
#[allow(dead_code, reason = "handlers that are written need it no more")]
pub fn not_implemented(operation: &str) -> Problem {
    Problem::new(StatusCode::NOT_IMPLEMENTED, "not_implemented", format!("`{operation}` is not implemented yet"))
}

impl Platform for App {
    type Read = Read;
    type Write = Write;
    type Service = Caller;
    // no caller has a user or a location: operations that require one refuse everybody until there are types for them
    type User = Infallible;
    type Location = Infallible;
    type Error = Problem;

    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    /// The one limit of the process counts after the token; a server on a public network counts by address here.
    fn knock(&self, _head: &Head<'_>) -> Result<(), Admission> {
        Ok(())
    }

    async fn authenticate(&self, head: Head<'_>) -> Result<Identity<Self>, Problem> {
        self.token.check(head.headers)?;
        Ok(Identity { service: Caller, user: None, location: None })
    }

    async fn admit(&self, _who: &Identity<Self>, _op: &'static OpMeta) -> Admission {
        self.limit.admit()
    }

    /// There is one token, and it opens every scope.
    fn allowed(&self, _who: &Identity<Self>, _scope: &'static str) -> bool {
        true
    }

    /// There are neither users nor locations.
    async fn resolve(&self, _who: &mut Identity<Self>, _carried: Carried) -> Result<(), Problem> {
        Ok(())
    }

    async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        job: impl Fn(&mut Read) -> Result<T, Problem> + Send + Sync + 'static,
    ) -> Result<T, Problem> {
        job(&mut self.store.read())
    }

    async fn write(self: &Arc<Self>, mut change: Change<Self>) -> Result<Encoded, Problem> {
        if change.idempotency.is_some() {
            // a key that is not honoured must not look as if it were
            return Err(not_implemented("Idempotency-Key"));
        }
        let (id, op) = (&change.base.request_id, change.base.op.id);
        self.store.write(&mut change.job, |line| eprintln!("audit request={id} operation={op} {line}"))
    }

    fn log(&self, a: Access<'_, Self>) {
        let (ms, id) = (a.elapsed.as_millis(), a.request_id);
        eprintln!("access request={id} operation={} {} {} status={} ms={ms}", a.op.id, a.method, a.path, a.status);
    }

    fn panicked(&self, op: &'static OpMeta, request_id: &str, message: &str) {
        eprintln!("panic request={request_id} operation={} {message}", op.id);
    }
}
