//! The accept loop: a server is a function of a listener and the moment to stop.

mod answering;
mod crowd;
mod socket;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::deadlines::{Impatient, Patience, Phase, Pulse};
use crowd::Crowd;
use socket::{Accepted, Stream};

pub use socket::Listener;

/// What hyper may buffer of a request's head, in bytes.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// How often a full house looks whether somebody has become idle.
const FULL_PAUSE: Duration = Duration::from_millis(20);

/// Bounds of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// A request's head, silence before it included.
    pub header: Duration,
    /// Silence between two requests.
    pub keep_alive: Duration,
    /// A client that reads nothing.
    pub write_stall: Duration,
    /// Connections at the same time.
    pub connections: usize,
    /// Connections from one address; loopback and Unix sockets, where proxies sit, do not count.
    pub connections_per_address: usize,
    /// From the stop to the end.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(10),
            keep_alive: Duration::from_secs(60),
            write_stall: Duration::from_secs(30),
            connections: 1024,
            connections_per_address: 64,
            drain: Duration::from_secs(20),
        }
    }
}

/// Serves until `shutdown` resolves, then finishes what runs for at most `limits.drain`. Gives how
/// many connections had to be cut off.
pub async fn serve(
    listener: Listener,
    router: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send,
) -> usize {
    let stop = CancellationToken::new();
    let crowd = Arc::new(Crowd::default());
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        let full = connections.len() >= limits.connections && !crowd.can_make_room();
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => {}
            () = tokio::time::sleep(FULL_PAUSE), if full => {}
            accepted = listener.accept(), if !full => {
                welcome(accepted, &router, &limits, &crowd, &stop, &mut connections);
            }
        }
    }
    listener.close();
    stop.cancel();
    drain(connections, limits.drain).await
}

fn welcome(
    accepted: Accepted,
    router: &Router,
    limits: &Limits,
    crowd: &Arc<Crowd>,
    stop: &CancellationToken,
    connections: &mut JoinSet<()>,
) {
    let Some(place) = Crowd::enter(crowd, accepted.peer, limits.connections_per_address) else { return };
    // Only who may come in takes another's place.
    if connections.len() >= limits.connections {
        crowd.make_room();
    }
    let patience =
        Patience { header: limits.header, keep_alive: limits.keep_alive, write_stall: limits.write_stall };
    let (router, stop) = (router.clone(), stop.clone());
    connections.spawn(async move {
        connection(accepted.stream, router, place.pulse(), patience, stop).await;
        drop(place);
    });
}

async fn connection(
    stream: Stream,
    router: Router,
    pulse: Arc<Pulse>,
    patience: Patience,
    stop: CancellationToken,
) {
    let io = TokioIo::new(Impatient::new(stream, Arc::clone(&pulse), patience));
    let service = answering::service(router, Arc::clone(&pulse));
    let http = http1::Builder::new()
        .timer(TokioTimer::new())
        // Ours are finer; this one ends connections that rest between requests.
        .header_read_timeout(None)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(io, service);
    tokio::pin!(http);
    tokio::select! {
        // Timeouts, resets and malformed requests end the connection and concern nobody else.
        _ = &mut http => return,
        () = pulse.evicted.notified() => return,
        () = stop.cancelled() => {}
    }
    // A head that is not whole yet will not be answered.
    if !matches!(pulse.phase(), Phase::Head(_)) {
        http.as_mut().graceful_shutdown();
        let _ = http.await;
    }
}

async fn drain(mut connections: JoinSet<()>, limit: Duration) -> usize {
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(limit, all).await.is_ok() {
        return 0;
    }
    let left = connections.len();
    tracing::warn!("{left} connections were cut off by the stop");
    connections.shutdown().await;
    left
}
