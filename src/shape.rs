//! The JSON forms of what the program knows: for `--json` on the command line, and for other interfaces.
//! Their keys are contract: keys may be added, but never renamed or dropped.

mod article;
mod check;
mod date;
mod detection;
mod explanation;
mod feed;
mod item;
mod preview;
mod selection;
mod target;
mod trouble;

pub use article::ArticleShape;
pub use check::{CheckShape, ConfigProblemShape, DryRunShape, field_counts};
pub use date::DateShape;
pub use detection::{DetectionShape, FailedDetectionShape};
pub use explanation::ExplanationShape;
pub use feed::{FeedShape, FeedsShape};
pub use item::{HistoryShape, ItemShape, KeptItemShape};
pub use preview::PreviewShape;
pub use selection::SelectionShape;
pub use target::{TargetShape, TargetsShape};
pub use trouble::TroubleShape;
