//! `feeds.toml` -> [`Config`], or every problem of it with line, column and hint.
//!
//! Raw and checked types are two: `raw` only mirrors the file as a person wrote it, [`Config`] is what the
//! program may rely on. No later stage checks a setting again.

mod address;
mod blanked;
mod check;
mod checked;
mod edit;
mod expected;
mod file;
mod load;
mod misplaced;
mod notice;
mod overrides;
mod raw;
mod read;
mod report;
mod schema;
mod syntax;
mod wording;

pub use address::{address_error, base_address};
pub use check::limits::{Limits, ListenLimits};
pub use checked::{Config, Live, NotifyRule, ServerSettings};
pub use edit::{EditError, NewFeed, append, refuse_known};
pub use file::{FeedsFile, FeedsFileError};
pub use load::{ConfigError, read_text};
pub use overrides::Overrides;
pub use report::{ConfigProblem, ConfigProblems, Position};
pub use schema::schema;
