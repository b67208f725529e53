//! How long a client may take from the first byte of a request's headers to the last, and to take its answers.
//!
//! hyper has one time limit for headers and for idle connections. They differ: a load balancer keeps connections for a minute
//! and expects the same here, while nobody needs more than seconds for headers. So hyper's limit is the idle one, and the stricter one
//! is here, where the bytes come in. For what goes out hyper has no limit at all: a client that reads nothing would hold its connection
//! for ever.

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

/// Bytes per second that a client must take on average, so that one byte now and then does not count as reading.
const LEAST_RATE: f64 = 1024.0;

/// Requests begun and answered on one connection; odd while one is under way.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<AtomicU64>);

impl Turns {
    /// The service, with its requests counted.
    pub(super) fn around<S, R>(
        &self,
        service: S,
    ) -> impl tower::Service<R, Response = S::Response, Error = S::Error, Future: Send> + Clone + use<S, R>
    where
        S: tower::Service<R, Future: Send> + Clone,
    {
        let turns = self.clone();
        tower::service_fn(move |request| {
            turns.next();
            let (turns, answer) = (turns.clone(), service.clone().call(request));
            async move {
                let answer = answer.await;
                turns.next();
                answer
            }
        })
    }

    /// A request begins or ends.
    fn next(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Time that a client has for headers, and for taking nothing of an answer.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) headers: Duration,
    pub(super) write: Duration,
}

/// A stream that fails when headers take too long, or answers are not taken.
pub(super) struct Paced<S> {
    stream: S,
    limit: Duration,
    turns: Turns,
    seen: u64,
    /// When the headers that are being read began.
    since: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
    outgoing: Outgoing,
}

/// The time that a client has left to take what is sent: waiting uses it up, and bytes that are taken bring it back.
struct Outgoing {
    limit: Duration,
    left: Duration,
    /// When the wait began that is under way, and its end.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Outgoing {
    fn new(limit: Duration) -> Self {
        Self { limit, left: limit, waiting: None }
    }

    /// An attempt that sent so many bytes, or waits: then an error when the time is used up.
    fn judge<T>(&mut self, cx: &mut Context<'_>, polled: Poll<io::Result<T>>, sent: usize) -> Poll<io::Result<T>> {
        if polled.is_pending() {
            let left = self.left;
            let begin = || (Instant::now(), Box::pin(sleep_until(Instant::now() + left)));
            let (_, end) = self.waiting.get_or_insert_with(begin);
            return end.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()));
        }
        if let Some((began, _)) = self.waiting.take() {
            self.left = self.left.saturating_sub(began.elapsed());
        }
        self.left = self.left.saturating_add(Duration::from_secs_f64(sent as f64 / LEAST_RATE)).min(self.limit);
        polled
    }
}

impl<S> Paced<S> {
    /// The first headers of a connection begin with the connection.
    pub(super) fn new(stream: S, limits: Limits, turns: Turns) -> Self {
        let (limit, outgoing) = (limits.headers, Outgoing::new(limits.write));
        Self { stream, limit, turns, seen: 0, since: Some(Instant::now()), alarm: None, outgoing }
    }

    /// Whether headers are being read, rather than a request answered.
    fn reads_headers(&mut self) -> bool {
        let turn = self.turns.0.load(Ordering::Relaxed);
        if turn != self.seen {
            (self.seen, self.since, self.alarm) = (turn, None, None);
        }
        turn.is_multiple_of(2)
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
        let polled = Pin::new(&mut self.stream).poll_write(cx, buf);
        let sent = written(&polled);
        self.outgoing.judge(cx, polled, sent)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        let sent = written(&polled);
        self.outgoing.judge(cx, polled, sent)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        self.outgoing.judge(cx, polled, 0)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.outgoing.judge(cx, polled, 0)
    }
}

fn written(polled: &Poll<io::Result<usize>>) -> usize {
    match polled {
        Poll::Ready(Ok(bytes)) => *bytes,
        _ => 0,
    }
}
