//! The platform under the pipeline: which caller, which limit, which database.

use crate::{
    auth::{self, Caller, Keyring, Location, User},
    clock::Clock,
    error::{Error, Result},
    limits::Limits,
    store::{Read, Readers, Write, Writer},
};
use chrono::{DateTime, Utc};
use forebear_runtime::{
    Access, Admission, Audit, Change, Encoded, Head, Identity, NoLocation, NoUser, OpMeta, Platform,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// The context of a handler; the parameters say what the operation may ask for.
pub type Cx<U = NoUser, L = NoLocation> = forebear_runtime::Cx<App, U, L>;

/// A running server's state.
pub struct App {
    clock: Clock,
    keyring: Keyring,
    limits: Limits,
    readers: Readers,
    writer: Writer,
    draining: AtomicBool,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(clock: Clock, keyring: Keyring, limits: Limits, readers: Readers, writer: Writer) -> Self {
        Self { clock, keyring, limits, readers, writer, draining: AtomicBool::new(false) }
    }

    /// Whether requests can be served.
    ///
    /// # Errors
    /// [`Error::Unavailable`] while the server drains or the database does not answer.
    pub fn ready(&self) -> Result<()> {
        if self.draining.load(Ordering::Relaxed) {
            return Err(Error::Unavailable("the server is shutting down".into()));
        }
        self.readers.ping()
    }

    /// Not ready from now on.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Finishes the changes that wait; call it when no request is in flight.
    pub fn stop(&self) {
        self.writer.stop();
    }

    /// The keys, to mint development tokens with.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }
}

impl Platform for App {
    type Read = Read;
    type Write = Write;
    type Service = Caller;
    type User = User;
    type Location = Location;
    type Error = Error;

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    async fn authenticate(&self, head: Head<'_>) -> Result<Identity<Self>> {
        auth::authenticate(&self.keyring, head.headers, self.now().timestamp())
    }

    async fn admit(&self, who: &Identity<Self>, op: &'static OpMeta) -> Admission {
        self.limits.check(op.limit, &who.service, who.user.as_ref().map(|u| u.id.as_str()))
    }

    fn allowed(&self, who: &Identity<Self>, scope: &'static str) -> bool {
        who.service.holds(scope)
    }

    async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        job: impl Fn(&mut Read) -> Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        self.readers.with(job)
    }

    async fn write(self: &Arc<Self>, change: Change<Self>) -> Result<Encoded> {
        self.writer.submit(change).await
    }

    fn log(&self, a: Access<'_, Self>) {
        tracing::info!(
            target: "access",
            request_id = a.request_id,
            operation = a.op.id,
            method = a.method,
            path = a.path,
            status = a.status,
            error_code = a.error_code,
            bytes = a.bytes,
            duration_ns = u64::try_from(a.elapsed.as_nanos()).unwrap_or(u64::MAX),
            service = a.identity.map(|i| i.service.name()),
            key_id = a.identity.map(|i| i.service.key_id()),
            user = a.identity.and_then(|i| i.user.as_ref()).map(|u| u.id.as_str()),
            audited = a.op.audit == Audit::Access,
            peer = %a.peer,
            "request"
        );
    }

    fn panicked(&self, op: &'static OpMeta, request_id: &str, message: &str) {
        tracing::error!(request_id, operation = op.id, message, "a handler panicked");
    }
}
