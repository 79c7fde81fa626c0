//! Content codings (RFC 9110 section 8.4.1): packs documents that are served, unpacks pages that are
//! fetched.
//!
//! Only this room uses the compression crates. Unpacking is streaming and capped, because a page may
//! be a compression bomb.

mod content_coding;
mod pack;
mod sink;
mod unpack;

pub use content_coding::{Coding, DecodeError};
pub use pack::{brotli, gzip, zstd};
pub use sink::Caps;
pub use unpack::Decoder;
