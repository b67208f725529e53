//! How long a client may take from the first byte of a request's headers to the last.
//!
//! hyper has one time limit for headers and for idle connections. They differ: a load balancer keeps connections for a minute
//! and expects the same here, while nobody needs more than seconds for headers. So hyper's limit is the idle one, and the stricter one
//! is here, where the bytes come in.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// Requests begun and answered on one connection; odd while one is under way.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<AtomicU64>);

impl Turns {
    /// A request begins or ends.
    pub(super) fn next(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A stream that fails when headers take too long.
pub(super) struct Paced<S> {
    stream: S,
    limit: Duration,
    turns: Turns,
    seen: u64,
    /// When the headers that are being read began.
    since: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl<S> Paced<S> {
    /// The first headers of a connection begin with the connection.
    pub(super) fn new(stream: S, limit: Duration, turns: Turns) -> Self {
        Self { stream, limit, turns, seen: 0, since: Some(Instant::now()), alarm: None }
    }

    /// Whether headers are being read, rather than a request answered.
    fn reads_headers(&mut self) -> bool {
        let turn = self.turns.0.load(Ordering::Relaxed);
        if turn != self.seen {
            (self.seen, self.since, self.alarm) = (turn, None, None);
        }
        turn % 2 == 0
    }

    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(since) = self.since else { return false };
        let due = since + self.limit;
        self.alarm.get_or_insert_with(|| Box::pin(sleep_until(due))).as_mut().poll(cx).is_ready()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let headers = self.reads_headers();
        if headers && self.is_late(cx) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if headers && self.since.is_none() && buf.filled().len() > before {
            self.since = Some(Instant::now());
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
