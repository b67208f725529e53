//! The front door: every connection, before there is a request.
//!
//! Dropshot's own accept loop has no limit of connections, no bound on headers, no time limit for a TLS handshake, no CORS and no place
//! for a header on every answer. So the loop is ours, on the same hyper, and it hands each request to Dropshot's router
//! (`docs/decisions/0017`). HTTP/1.1 alone: what a second protocol would add here is attack surface.

mod cors;
mod dispatch;
mod pace;
mod tls;

pub use tls::Certificate;

use crate::{app::App, config::Config};
use dispatch::Door;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
    service::TowerToHyperService,
};
use pace::{Limits, Paced, Turns};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    task::JoinHandle,
    time,
};

/// Header fields of a request, more than any caller needs.
const MAX_HEADERS: usize = 64;
/// How long to wait after an error of the listener, such as too many open files.
const PAUSE: Duration = Duration::from_millis(100);
/// Time between two beats; the limits that each request sets are seconds.
const BEAT: Duration = Duration::from_millis(500);

/// Bytes of answers that the kernel takes ahead of a client. Its own choice, up to 4 MiB, is memory for each connection that reads
/// nothing, and tells of progress only once a third of it is free.
const SEND_BUFFER: u32 = 64 * 1024;
/// Connections that wait to be accepted.
const BACKLOG: u32 = 1024;

/// What every connection is served with.
struct Shared {
    door: Door,
    cors: Option<tower_http::cors::CorsLayer>,
    certificate: Option<Arc<Certificate>>,
    limits: Limits,
    idle_timeout: Duration,
    max_header_bytes: usize,
}

/// A listener at work.
pub struct Front {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    accepting: JoinHandle<GracefulShutdown>,
}

impl Front {
    /// Listens, and serves until [`Front::stop`].
    ///
    /// # Errors
    /// When the address cannot be bound, or Dropshot refuses an operation.
    pub async fn open(config: &Config, app: Arc<App>, certificate: Option<Arc<Certificate>>) -> Result<Self, String> {
        let Config { bind, http, cors, .. } = config;
        let slots = Arc::new(Semaphore::new(http.max_connections.min(Semaphore::MAX_PERMITS)));
        let shared = Arc::new(Shared {
            door: Door::new(app, generated_server::describe::<App>()?, certificate.is_some(), slots.clone())?,
            cors: cors::layer(cors),
            certificate,
            limits: Limits {
                headers: Duration::from_secs(http.header_timeout_seconds),
                write: Duration::from_secs(http.write_timeout_seconds),
            },
            idle_timeout: Duration::from_secs(http.idle_timeout_seconds),
            max_header_bytes: http.max_header_bytes,
        });
        let refused = |e| format!("bind = {bind}: {e}");
        let listener = listen(*bind).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let (stop, stopped) = oneshot::channel();
        let accepting = tokio::spawn(async move {
            let open = GracefulShutdown::new();
            tokio::select! {
                never = accept(listener, slots, shared, &open) => match never {},
                never = beat() => match never {},
                _ = stopped => {}
            }
            open
        });
        Ok(Self { address, stop, accepting })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections, and waits until every request in flight is answered.
    ///
    /// # Errors
    /// When the accept loop panicked.
    pub async fn stop(self) -> Result<(), String> {
        // the loop is gone only if it panicked, which the next line reports
        let _ = self.stop.send(());
        let open = self.accepting.await.map_err(|e| format!("the accept loop ended: {e}"))?;
        open.shutdown().await;
        Ok(())
    }
}

/// Connections inherit what is set here.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn accept(
    listener: TcpListener,
    slots: Arc<Semaphore>,
    shared: Arc<Shared>,
    open: &GracefulShutdown,
) -> std::convert::Infallible {
    loop {
        // a slot first: connections beyond the cap wait in the kernel's backlog
        let Ok(slot) = slots.clone().acquire_owned().await else { std::future::pending().await };
        match listener.accept().await {
            Ok((stream, peer)) => {
                tokio::spawn(connection(stream, peer, slot, shared.clone(), open.watcher()));
            }
            Err(e) if is_of_one_connection(&e) => {}
            Err(e) => {
                tracing::warn!(error = %e, "accept failed");
                time::sleep(PAUSE).await;
            }
        }
    }
}

/// When a timer is set that is due before all others, the runtime wakes the thread that waits for sockets, to have it wait less long.
/// With one that is always due soon, the timers of requests are none of those.
async fn beat() -> std::convert::Infallible {
    let mut beats = time::interval(BEAT);
    loop {
        beats.tick().await;
    }
}

fn is_of_one_connection(e: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(e.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    _slot: OwnedSemaphorePermit,
    shared: Arc<Shared>,
    watcher: Watcher,
) {
    // answers are written whole; waiting for more to send would only delay them
    let _ = stream.set_nodelay(true);
    match &shared.certificate {
        None => serve(stream, peer, &shared, watcher).await,
        Some(certificate) => match time::timeout(shared.limits.headers, certificate.accept(stream)).await {
            Ok(Ok(stream)) => serve(stream, peer, &shared, watcher).await,
            Ok(Err(e)) => tracing::debug!(%peer, error = %e, "TLS handshake failed"),
            Err(_) => tracing::debug!(%peer, "TLS handshake took too long"),
        },
    }
}

async fn serve<S>(stream: S, peer: SocketAddr, shared: &Shared, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let turns = Turns::default();
    let cors = tower::util::option_layer(shared.cors.clone());
    // around everything that answers: a preflight is a request, too
    let service = turns.around(tower::Layer::layer(&cors, shared.door.service(peer)));
    let stream = Paced::new(stream, shared.limits, turns);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.idle_timeout)
        .max_buf_size(shared.max_header_bytes)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    if let Err(e) = watcher.watch(connection).await {
        tracing::debug!(%peer, error = %e, "connection ended");
    }
}
