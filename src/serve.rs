//! The HTTP server: documents, status pages and health checks. It never fetches.
//!
//! A request cannot choose what is fetched. The cache key of a document is the feed and the format, never
//! other parts of a request. A trouble of a site never reaches a reader: it gets the last good document.

mod conditional;
mod deadlines;
mod documents;
mod encoding;
mod health;
mod host;
mod inbox;
mod listen;
mod ops;
pub mod pages;
mod plain;
mod router;
mod sample;
mod state;

pub use documents::DocumentCache;
pub use listen::{Listener, serve};
pub use router::router;
pub use sample::sample_router;
pub use state::ServerState;
