//! The types that all rooms share, as plain values: no I/O, no async, no clock.
//!
//! The glossary in `ARCHITECTURE.md` explains their names.

mod feed;
pub mod http_date;
mod item;
mod listen_address;
pub mod media_type;
mod page;
mod run;
mod secret;

pub use feed::{FeedHead, FeedId, FeedIdError, Format};
pub use item::{
    Candidate, Completion, Content, DateSource, Enclosure, Found, Item, PageDate, Podcast, Precision, Problem,
};
pub use listen_address::{ListenAddress, ListenAddressError};
pub use page::{Page, Validators};
pub use run::{FeedState, Health, Outcome, RunRecord, Trouble, TroubleKind};
pub use secret::Secret;
