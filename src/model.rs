//! The types that all rooms share, as plain values: no I/O, no async, no clock.
//!
//! The glossary in `ARCHITECTURE.md` explains their names.

mod cause;
mod event;
mod extras;
mod feed;
mod field;
pub mod http_date;
mod item;
mod kind;
mod limit;
mod listen_address;
pub mod media_type;
mod page;
mod run;
mod secret;
pub mod secret_like;
mod trouble;
mod trouble_kind;

pub use cause::{Cause, ListingCause, ListingGap, status_text};
pub use event::{Event, EventKind};
pub use extras::Extras;
pub use feed::{FeedHead, FeedId, FeedIdError, Format};
pub(crate) use field::for_each_field;
pub use field::{ExtraNames, FieldName, Subject, ValueKind};
pub use item::{
    Candidate, Completion, Content, DateSource, Enclosure, Found, Identity, Item, PageDate, Podcast,
    Precision, Problem,
};
pub use kind::Kind;
pub use limit::Limit;
pub use listen_address::{ListenAddress, ListenAddressError};
pub use page::{Page, Validators};
pub use run::{FeedState, Health, Outcome, RunRecord};
pub use secret::Secret;
pub use secret_like::{public_address, redacted};
pub use trouble::Trouble;
pub use trouble_kind::TroubleKind;
