//! Limits of the server.

use std::time::Duration;

use crate::config::Limits;

/// Limits of connections and of the stop. The defaults are those of `[limits]` in `feeds.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenLimits {
    /// Longest wait for a request's head; for the first request, counted from the connection.
    pub header: Duration,
    /// Longest silence between two requests.
    pub keep_alive: Duration,
    /// Longest time in which a client reads nothing of an answer.
    pub write_stall: Duration,
    /// Connections at the same time.
    pub connections: usize,
    /// Connections from one address. Loopback and Unix sockets, where proxies connect from, are exempt.
    pub connections_per_address: usize,
    /// Longest time from the stop to the end.
    pub drain: Duration,
}

impl From<&Limits> for ListenLimits {
    fn from(limits: &Limits) -> Self {
        Self {
            header: limits.header,
            keep_alive: limits.keep_alive,
            write_stall: limits.write_stall,
            connections: limits.connections,
            connections_per_address: limits.connections_per_address,
            drain: limits.drain,
        }
    }
}
