//! Who acts.

use crate::app::App;
use chrono::{DateTime, Utc};
use forebear_runtime::{Base, Identity, OpMeta};

/// Who acts, in which operation, and when.
#[derive(Debug, Clone)]
pub struct Actor {
    pub(super) at: DateTime<Utc>,
    pub(super) service: String,
    pub(super) key_id: Option<String>,
    pub(super) user: Option<String>,
    pub(super) proof: Option<&'static str>,
    pub(super) location: Option<String>,
    pub(super) operation: String,
    pub(super) request_id: Option<String>,
    pub(super) trace_id: Option<String>,
}

impl Actor {
    /// The caller of a request that was let in.
    #[must_use]
    pub fn of(base: &Base<App>) -> Self {
        Self::caller(&base.identity, base.op, base.now).in_request(&base.request_id, base.trace_id.clone())
    }

    /// A known caller of an operation.
    pub(super) fn caller(identity: &Identity<App>, op: &OpMeta, at: DateTime<Utc>) -> Self {
        Self {
            key_id: Some(identity.service.key_id().into()),
            user: identity.user.as_ref().map(|u| u.id.clone()),
            proof: identity.user.as_ref().map(|u| u.proof),
            location: identity.location.as_ref().map(|l| l.0.clone()),
            ..Self::named(identity.service.name(), op.id, at)
        }
    }

    pub(super) fn in_request(self, request_id: &str, trace_id: Option<String>) -> Self {
        Self { request_id: Some(request_id.into()), trace_id, ..self }
    }

    /// The server itself, which loads what its build carries.
    #[must_use]
    pub fn system(operation: &str, at: DateTime<Utc>) -> Self {
        Self::named("lending-api", operation, at)
    }

    /// Whoever runs a command of the server. The name is what the shell says of the user, and is proven by nothing.
    #[must_use]
    pub fn operator(operation: &str, at: DateTime<Utc>) -> Self {
        let user = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
        Self { user, proof: Some("shell"), ..Self::named("operator", operation, at) }
    }

    fn named(service: &str, operation: &str, at: DateTime<Utc>) -> Self {
        Self {
            at,
            service: service.into(),
            key_id: None,
            user: None,
            proof: None,
            location: None,
            operation: operation.into(),
            request_id: None,
            trace_id: None,
        }
    }
}
