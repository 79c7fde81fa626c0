//! The sink of unpacked bytes. It holds the caps on their count and on the compression ratio.

use std::io::{self, Write};

use super::content_coding::DecodeError;
use crate::model::Limit;

/// The ratio is checked only above this many unpacked bytes: below, no bomb does harm.
const RATIO_FROM_BYTES: u64 = 1 << 20;

/// The bounds of unpacking one body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// The most bytes received from the network.
    pub wire_bytes: u64,
    /// The most bytes after unpacking.
    pub decoded_bytes: u64,
    /// The most unpacked bytes per received byte, checked once more than 1 MiB is unpacked.
    pub ratio: u32,
}

/// Collects unpacked bytes, and refuses those over a cap.
pub(super) struct Sink {
    pub(super) bytes: Vec<u8>,
    /// Bytes received from the network so far.
    pub(super) wire_bytes: u64,
    /// The cap that the refused bytes exceeded. A writer can return only an `io::Error`, so the
    /// decoder takes the error from here.
    pub(super) exceeded: Option<DecodeError>,
    caps: Caps,
}

impl Sink {
    pub(super) const fn new(caps: Caps, wire_bytes: u64) -> Self {
        Self { bytes: Vec::new(), wire_bytes, exceeded: None, caps }
    }

    /// Doubles the capacity as a vector does, but never reserves more than the cap allows.
    fn reserve(&mut self, more: usize) {
        let needed = self.bytes.len() + more;
        if needed > self.bytes.capacity() {
            let cap = usize::try_from(self.caps.decoded_bytes).unwrap_or(usize::MAX);
            let capacity = (self.bytes.capacity() * 2).min(cap).max(needed);
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
    }
}

impl Write for Sink {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        let total = (self.bytes.len() + chunk.len()) as u64;
        let exceeded = if total > self.caps.decoded_bytes {
            Some(DecodeError::Limit(Limit::DecodedBytes(self.caps.decoded_bytes)))
        } else if total > RATIO_FROM_BYTES && total > self.wire_bytes.saturating_mul(self.caps.ratio.into()) {
            Some(DecodeError::Limit(Limit::CompressionRatio(self.caps.ratio)))
        } else {
            None
        };
        if exceeded.is_some() {
            self.exceeded = exceeded;
            return Err(io::Error::other("over a cap"));
        }
        self.reserve(chunk.len());
        self.bytes.extend_from_slice(chunk);
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
