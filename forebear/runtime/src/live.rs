//! Answers that outlive the handler: bodies that are still being made, and websockets.

use bytes::Bytes;
use dropshot::{Body, WebsocketChannelResult, WebsocketConnection};
use http::{HeaderMap, StatusCode};
use std::{fmt, future::Future, pin::Pin};

/// A body of any media type. The transaction is over before it is sent: a stream must not need it.
#[derive(Debug)]
pub struct Streamed {
    /// Status, where the document leaves it open (`default`).
    pub status: Option<StatusCode>,
    /// `Content-Type`.
    pub media: Option<String>,
    /// More headers.
    pub headers: HeaderMap,
    /// The body; [`Body::wrap`] takes any `http_body::Body`.
    pub body: Body,
}

impl Streamed {
    /// All of it at once.
    pub fn bytes(media: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let body = http_body_util::Full::new(bytes.into());
        Self::body(media, Body::wrap(body))
    }

    /// Piece by piece.
    pub fn body(media: impl Into<String>, body: Body) -> Self {
        Self { status: None, media: Some(media.into()), headers: HeaderMap::new(), body }
    }

    /// With another status, where the document leaves it open.
    #[must_use]
    pub fn status(self, status: StatusCode) -> Self {
        Self { status: Some(status), ..self }
    }
}

type Conversation = Pin<Box<dyn Future<Output = WebsocketChannelResult> + Send>>;

/// Acceptance of a websocket (RFC 6455): the handler decides in its transaction, the conversation comes after it.
pub struct Upgrade(pub(crate) Box<dyn FnOnce(WebsocketConnection) -> Conversation + Send>);

impl Upgrade {
    /// Goes on with `talk` once the connection is a websocket.
    pub fn new<F>(talk: impl FnOnce(WebsocketConnection) -> F + Send + 'static) -> Self
    where
        F: Future<Output = WebsocketChannelResult> + Send + 'static,
    {
        Self(Box::new(|connection| Box::pin(talk(connection))))
    }
}

impl fmt::Debug for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upgrade")
    }
}
