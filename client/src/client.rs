//! What an app server keeps for its whole life: the connection pool and the key, but no user.

use crate::{BuildError, ClientBuilder, Key, Session, budget::Budget, keys::Keys, session::Context};
use std::{sync::Arc, time::Duration};

/// The lending API as one calling service sees it. Cheap to clone; clones share their connections, the key, and what is
/// known of the rate limits.
///
/// Calls go through a [`Session`], which says on whose behalf they are made.
#[derive(Debug, Clone)]
pub struct Client {
    base_url: String,
    http: reqwest::Client,
    keys: Arc<Keys>,
    budget: Arc<Budget>,
    limits: Limits,
}

/// How long a call may take, and how often it may be tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) timeout: Duration,
    pub(crate) max_attempts: u32,
}

impl Client {
    pub(crate) fn new(base_url: String, http: reqwest::Client, keys: Keys, limits: Limits) -> Self {
        Self { base_url, http, keys: Arc::new(keys), budget: Arc::default(), limits }
    }

    /// Starts with the address of the API, for example `https://lending.example.gov`, with a path when a proxy serves
    /// it below one. [`ClientBuilder::service`] and [`ClientBuilder::key`] must follow.
    pub fn builder(url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(url.into())
    }

    /// Calls on behalf of the user with this id. Where the app server itself vouches for the user, authenticate him first; where the
    /// server wants a proof, add [`Session::with_proof_source`].
    pub fn as_user(&self, id: impl Into<String>) -> Session {
        Session::new(self.clone(), Context { user: Some(id.into()), ..Context::default() })
    }

    /// Calls on behalf of the service itself, for operations that need no user, such as reference data.
    pub fn as_service(&self) -> Session {
        Session::new(self.clone(), Context::default())
    }

    /// Signs with another key from now on, also in clones and in the sessions that exist. To rotate a key, have the API accept the
    /// new one beside the old one, exchange it here, and then have the old one withdrawn.
    ///
    /// # Errors
    /// [`BuildError`] when the key is too short or its id unusable; the one before stays in use.
    pub fn exchange_key(&self, key: &Key) -> Result<(), BuildError> {
        self.keys.exchange(key)
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn http(&self) -> reqwest::Client {
        self.http.clone()
    }

    pub(crate) fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.limits.timeout
    }

    pub(crate) fn max_attempts(&self) -> u32 {
        self.limits.max_attempts
    }
}
