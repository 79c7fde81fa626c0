//! HTTP out: documents, pages for people, probes. It never fetches.
//!
//! No request chooses what is fetched, and no request is a cache key beyond feed, format and
//! encoding. Upstream trouble never reaches a reader: it gets the last good document.

mod conditional;
mod deadlines;
mod documents;
mod encoding;
mod listen;
pub mod pages;
mod plain;
mod router;
mod sample;

pub use documents::Documents;
pub use listen::{Limits as ListenLimits, Listener, serve};
pub use router::{Site, router};
pub use sample::sample_router;
