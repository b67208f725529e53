//! The platform under the pipeline: which caller, which limit, which database.

use crate::{
    access,
    access_log::AccessLog,
    audit::{self, Attempt, Recorder},
    auth::{Authenticator, Caller, Location, User},
    background::Background,
    clock::Clock,
    error::{Error, Result},
    limits::{Addresses, Limits, Proofs, Proxies},
    relay::Relay,
    store::{Read, Readers, Write, Writer},
};
use chrono::{DateTime, Utc};
use forebear_runtime::{
    Access, Admission, Carried, Change, Encoded, Head, Identity, NoLocation, NoUser, OpMeta, Platform, Replies,
};
use generated_server::models::RelayLag;
use http::HeaderMap;
use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// The context of a handler; the parameters say what the operation may ask for.
pub type Cx<U = NoUser, L = NoLocation> = forebear_runtime::Cx<App, U, L>;

/// A running server's state.
pub struct App {
    clock: Clock,
    gate: Gate,
    readers: Readers,
    writer: Arc<Writer>,
    recorder: Recorder,
    sealer: Background,
    relay: Relay,
    replies: Option<Replies>,
    log: AccessLog,
    draining: AtomicBool,
}

/// What a request passes before its handler.
pub struct Gate {
    /// Who calls.
    pub authenticator: Authenticator,
    /// How often.
    pub limits: Limits,
    /// How often from one address.
    pub addresses: Addresses,
    /// How often users may be proven badly.
    pub proofs: Proofs,
    /// Whose word about an address is taken.
    pub proxies: Proxies,
}

/// The database.
pub struct Store {
    /// Who reads.
    pub readers: Readers,
    /// Who changes.
    pub writer: Arc<Writer>,
    /// Who records what was read.
    pub recorder: Recorder,
    /// Who seals what was changed.
    pub sealer: Background,
    /// Who ships what was sealed.
    pub relay: Relay,
}

/// What becomes of answers.
pub struct Answers {
    /// Those that are kept.
    pub replies: Option<Replies>,
    /// One line for each.
    pub log: AccessLog,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(clock: Clock, gate: Gate, store: Store, answers: Answers) -> Self {
        let Answers { replies, log } = answers;
        let Store { readers, writer, recorder, sealer, relay } = store;
        Self { clock, gate, readers, writer, recorder, sealer, relay, replies, log, draining: AtomicBool::new(false) }
    }

    /// Whether requests can be served.
    ///
    /// # Errors
    /// [`Error::NotNow`] while the server begins or drains, [`Error::Unavailable`] when the database does not answer.
    pub fn ready(&self) -> Result<()> {
        if self.draining.load(Ordering::Relaxed) {
            return Err(Error::NotNow("the server is shutting down"));
        }
        if !self.gate.authenticator.is_ready(self.now().timestamp()) {
            return Err(Error::NotNow("tokens of this second may have been used before the restart"));
        }
        self.readers.ping()
    }

    /// How far the copy of the audit trail is behind; it does not keep the server from being ready.
    pub fn relay_lag(&self) -> Option<RelayLag> {
        self.relay.lag(self.now().timestamp())
    }

    /// Not ready from now on.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Finishes the changes that wait. `idle`: no request is in flight any more.
    pub fn stop(&self, idle: bool) {
        self.recorder.stop();
        self.relay.stop();
        self.sealer.stop();
        self.writer.stop();
        // what is in flight may still take a token: then the next process must know of no last one
        if idle {
            self.gate.authenticator.leave();
        }
        self.log.stop();
    }

    /// Who calls.
    #[must_use]
    pub fn authenticator(&self) -> &Authenticator {
        &self.gate.authenticator
    }

    fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
        self.gate.proxies.client(peer.ip(), headers)
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

    fn knock(&self, head: &Head<'_>) -> Result<(), Admission> {
        let client = self.client(head.peer, head.headers);
        if head.op.open { self.gate.addresses.open(client) } else { self.gate.addresses.heard(client) }
    }

    async fn authenticate(&self, head: Head<'_>) -> Result<Identity<Self>> {
        let Gate { authenticator, addresses, proofs, .. } = &self.gate;
        let now = self.now().timestamp();
        let verified = authenticator.service(head.headers, now).await;
        if matches!(verified, Err(Error::Unauthenticated(_))) {
            addresses.failed(self.client(head.peer, head.headers));
        }
        let verified = verified?;
        proofs.heard(&verified).map_err(|admission| admission.problem())?;
        let identity = authenticator.user(&verified, now).await;
        if matches!(identity, Err(Error::Unauthenticated(_))) {
            proofs.failed(&verified);
        }
        identity
    }

    async fn admit(&self, who: &Identity<Self>, op: &'static OpMeta) -> Admission {
        self.gate.limits.check(op.limit, &who.service, who.user.as_ref().map(|u| u.id.as_str())).await
    }

    fn allowed(&self, who: &Identity<Self>, scope: &'static str) -> bool {
        who.service.holds(scope)
    }

    async fn resolve(&self, who: &mut Identity<Self>, carried: Carried) -> Result<()> {
        let Some(user) = who.user.as_mut().filter(|_| carried.user || who.location.is_some()) else { return Ok(()) };
        user.memberships = self.readers.with(|tx| access::memberships(tx, &user.id))?;
        match &who.location {
            Some(Location(id)) if !user.is_at(id) => Err(Error::ForeignLocation { at: None }),
            _ => Ok(()),
        }
    }

    fn replies(&self) -> Option<(&Replies, u64)> {
        Some((self.replies.as_ref()?, self.readers.version()?))
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
        let now = self.now();
        match audit::attempt(&a, now) {
            Some(Attempt::Refusal(record)) => self.writer.note(*record),
            Some(Attempt::Reading(reading)) => self.recorder.add(*reading),
            None => {}
        }
        self.log.write(&a, now, self.client(a.peer, a.headers));
    }

    fn panicked(&self, op: &'static OpMeta, request_id: &str, message: &str) {
        tracing::error!(request_id, operation = op.id, message, "a handler panicked");
    }
}
