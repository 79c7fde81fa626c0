//! The accept loop: takes connections from a listener until it is told to stop.

mod connections;
mod service;
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

use super::deadlines::{ConnectionState, Phase, TimeoutStream, Timeouts};
use crate::config::ListenLimits;
use connections::Connections;
use service::ConnectionService;
use socket::{Accepted, SocketStream};

pub use socket::Listener;

/// Buffer of hyper for a request's head, in bytes; longer heads are refused.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// Pause before a server with all connections busy checks again whether one can be evicted.
const FULL_PAUSE: Duration = Duration::from_millis(20);

/// Serves until `shutdown` resolves, then waits at most `limits.drain` for running answers. Returns how
/// many connections had to be cut off.
pub async fn serve(
    listener: Listener,
    router: Router,
    limits: ListenLimits,
    shutdown: impl Future<Output = ()> + Send,
) -> usize {
    let server = Server { router, limits, connections: Arc::default(), stop: CancellationToken::new() };
    let mut tasks = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        let full = tasks.len() >= server.limits.connections && !server.connections.can_evict();
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(_) = tasks.join_next() => {}
            () = tokio::time::sleep(FULL_PAUSE), if full => {}
            accepted = listener.accept(), if !full => server.start(accepted, &mut tasks),
        }
    }
    listener.close();
    server.stop.cancel();
    drain(tasks, server.limits.drain).await
}

/// Everything that the connections share.
struct Server {
    router: Router,
    limits: ListenLimits,
    connections: Arc<Connections>,
    stop: CancellationToken,
}

impl Server {
    /// Spawns the task of a connection, or closes it if its address has too many.
    fn start(&self, accepted: Accepted, tasks: &mut JoinSet<()>) {
        let per_address = self.limits.connections_per_address;
        let Some(open) = Connections::open(&self.connections, accepted.peer, per_address) else { return };
        // Only a connection that its address may have evicts another one.
        if tasks.len() >= self.limits.connections {
            self.connections.evict_longest_waiting();
        }
        let timeouts = Timeouts {
            header: self.limits.header,
            keep_alive: self.limits.keep_alive,
            write_stall: self.limits.write_stall,
        };
        let router = self.router.clone();
        let stop = self.stop.clone();
        tasks.spawn(async move {
            serve_connection(accepted.stream, router, open.state(), timeouts, stop).await;
            drop(open);
        });
    }
}

/// Answers the requests of one connection until it ends, is evicted, or the server stops.
async fn serve_connection(
    stream: SocketStream,
    router: Router,
    state: Arc<ConnectionState>,
    timeouts: Timeouts,
    stop: CancellationToken,
) {
    let io = TokioIo::new(TimeoutStream::new(stream, Arc::clone(&state), timeouts));
    let service = ConnectionService { router, state: Arc::clone(&state) };
    let http = http1::Builder::new()
        .timer(TokioTimer::new())
        // hyper's own timer would also end idle connections; `TimeoutStream` tells them apart.
        .header_read_timeout(None)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(io, service);
    tokio::pin!(http);
    tokio::select! {
        // A timeout, reset or malformed request ends only this connection, and is not logged.
        _ = &mut http => return,
        () = state.evicted.notified() => return,
        () = stop.cancelled() => {}
    }
    // At the stop, a request whose head is incomplete is not answered any more.
    if !matches!(state.phase(), Phase::Head(_)) {
        http.as_mut().graceful_shutdown();
        let _ = http.await;
    }
}

/// Waits at most `limit` for all tasks, aborts the rest, and returns how many were aborted.
async fn drain(mut tasks: JoinSet<()>, limit: Duration) -> usize {
    let all_ended = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(limit, all_ended).await.is_ok() {
        return 0;
    }
    let left = tasks.len();
    tracing::warn!("{left} connections were cut off by the stop");
    tasks.shutdown().await;
    left
}
