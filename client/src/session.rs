//! Binds calls to a user and a location, so that no single call can forget or mix them up.

use crate::{
    Client, Paged, Pages, Proof, ProofSource, SourceError, generated, pages, proof::Proofs, transport::SessionTransport,
};
use std::{ops::Deref, sync::Arc};

/// On whose behalf a request is made: the `sub` and `location_id` of its token.
#[derive(Debug, Clone, Default)]
pub(crate) struct Context {
    /// The user's id, or none when the service calls for itself.
    pub(crate) user: Option<String>,
    /// The location that the user works at, or none for any of the user's own.
    pub(crate) location: Option<String>,
    /// What proves the user, where the service's word is not enough.
    pub(crate) proofs: Option<Arc<Proofs>>,
}

/// The operations of the API, called on behalf of one user. It derefs to the generated client, so every operation is a
/// method: `session.get_payoff().id(id).send().await`. Cheap to clone and to make: one per request of a user is fine.
///
/// Each attempt is signed with a token of its own when it is sent. It is made again, with another token, where that is safe:
/// see [`ClientBuilder::max_attempts`](crate::ClientBuilder::max_attempts).
#[derive(Debug, Clone)]
pub struct Session {
    client: Client,
    context: Context,
    api: generated::Client,
}

impl Session {
    pub(crate) fn new(client: Client, context: Context) -> Self {
        let transport = SessionTransport { client: client.clone(), context: context.clone() };
        let credentials = generated::Credentials::through(Arc::new(transport));
        let api = generated::Client::new_with_client(client.base_url(), client.http(), credentials);
        Self { client, context, api }
    }

    /// The same user, working at this location: the server then refuses rows of any other.
    pub fn at_location(&self, id: impl Into<String>) -> Self {
        Self::new(self.client.clone(), Context { location: Some(id.into()), ..self.context.clone() })
    }

    /// Proves the user with this, for a service whose users are not taken on its word. When it is no longer good, calls fail: to renew
    /// it on the way, give a [source](Session::with_proof_source).
    pub fn with_proof(&self, proof: Proof) -> Self {
        self.with_proof_source(move || std::future::ready(Ok::<_, SourceError>(proof.clone())))
    }

    /// Proves the user with what the source gives. It is asked when there is nothing yet, a minute before an id token expires while
    /// the present one is used, and once when the server refuses a call, which is then made again. Calls at the same time ask once;
    /// clones of the session share what it gave. No call waits for it longer than its
    /// [timeout](crate::ClientBuilder::timeout); a source that takes so long is given up and asked again.
    pub fn with_proof_source(&self, source: impl ProofSource + 'static) -> Self {
        let proofs = Some(Arc::new(Proofs::new(source, self.client.timeout())));
        Self::new(self.client.clone(), Context { proofs, ..self.context.clone() })
    }

    /// Streams every row of a list: `session.stream(|api| api.list_payoffs().program(programs))`. See [`pages()`].
    pub fn stream<'a, P: Paged + 'a>(&'a self, list: impl FnOnce(&'a generated::Client) -> P) -> Pages<'a, P::Item> {
        pages(list(&self.api))
    }
}

impl Deref for Session {
    type Target = generated::Client;

    fn deref(&self) -> &Self::Target {
        &self.api
    }
}
