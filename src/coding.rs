//! Content codings (RFC 9110 section 8.4.1): packing what is served, unpacking what is fetched.
//!
//! The only home of the compression crates. Unpacking is streaming and capped, because what
//! arrives may be a bomb.

mod pack;
mod unpack;

pub use pack::{brotli, gzip, zstd};
pub use unpack::{Caps, Coding, DecodeError, Decoder};
