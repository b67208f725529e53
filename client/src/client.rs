//! What an app server keeps for its whole life: the connection pool and the key, but no user.

use crate::{ClientBuilder, Session, session::Context, token::Signer};
use std::sync::Arc;

/// The lending API as one calling service sees it. Cheap to clone; clones share their connections.
///
/// Calls go through a [`Session`], which says on whose behalf they are made.
#[derive(Debug, Clone)]
pub struct Client {
    base_url: String,
    http: reqwest::Client,
    signer: Arc<Signer>,
}

impl Client {
    pub(crate) fn new(base_url: String, http: reqwest::Client, signer: Signer) -> Self {
        Self { base_url, http, signer: Arc::new(signer) }
    }

    /// Starts with the address of the API, for example `https://lending.example.gov`, with a path when a proxy serves
    /// it below one. [`ClientBuilder::service`] and [`ClientBuilder::key`] must follow.
    pub fn builder(url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(url.into())
    }

    /// Calls on behalf of the user with this id. The app server vouches for the user: authenticate him first.
    pub fn as_user(&self, id: impl Into<String>) -> Session {
        Session::new(self.clone(), Context { user: Some(id.into()), location: None })
    }

    /// Calls on behalf of the service itself, for operations that need no user, such as reference data.
    pub fn as_service(&self) -> Session {
        Session::new(self.clone(), Context::default())
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn http(&self) -> reqwest::Client {
        self.http.clone()
    }

    pub(crate) fn signer(&self) -> Arc<Signer> {
        Arc::clone(&self.signer)
    }
}
