//! The bounds of a fetch.

use std::time::Duration;

/// Bounds of a fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchLimits {
    /// Time for name resolution, connection and TLS handshake.
    pub connect: Duration,
    /// Longest silence while an answer is read.
    pub idle_read: Duration,
    /// Time for the whole fetch, redirects included.
    pub total: Duration,
    /// Bytes received from the network, before unpacking.
    pub wire_bytes: u64,
    /// Bytes after unpacking.
    pub decoded_bytes: u64,
    /// Unpacked bytes per byte received.
    pub ratio: u32,
    /// Redirects that are followed.
    pub redirects: u32,
    /// Pause between two requests to one site.
    pub pace: Duration,
}
