//! Binds calls to a user and a location, so that no single call can forget or mix them up.

use crate::{Client, Paged, Pages, generated, pages};
use std::{ops::Deref, time::SystemTime};
use uuid::Uuid;

/// On whose behalf a request is made: the `sub` and `location_id` of its token.
#[derive(Debug, Clone, Default)]
pub(crate) struct Context {
    /// The user's id, or none when the service calls for itself.
    pub(crate) user: Option<String>,
    /// The location that the user works at, or none for any of the user's own.
    pub(crate) location: Option<String>,
}

/// The operations of the API, called on behalf of one user. It derefs to the generated client, so every operation is a
/// method: `session.get_payoff().id(id).send().await`. Cheap to clone and to make: one per request of a user is fine.
///
/// Each request is signed with a token of its own when it is sent.
#[derive(Debug, Clone)]
pub struct Session {
    client: Client,
    context: Context,
    api: generated::Client,
}

impl Session {
    #[expect(clippy::disallowed_methods, reason = "a token carries the time at which it is made")]
    pub(crate) fn new(client: Client, context: Context) -> Self {
        let (signer, signed) = (client.signer(), context.clone());
        let credentials = generated::Credentials::per_request(move || {
            signer.authorization(&signed, SystemTime::now(), Uuid::new_v4())
        });
        let api = generated::Client::new_with_client(client.base_url(), client.http(), credentials);
        Self { client, context, api }
    }

    /// The same user, working at this location: the server then refuses rows of any other.
    pub fn at_location(&self, id: impl Into<String>) -> Self {
        Self::new(self.client.clone(), Context { location: Some(id.into()), ..self.context.clone() })
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
