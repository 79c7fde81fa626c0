//! Troubles as JSON.

use serde::Serialize;

use crate::detect::Obstacle;
use crate::model::Trouble;

/// A trouble, or the reason why a page has no listing.
#[derive(Debug, Clone, Serialize)]
pub struct TroubleShape {
    /// The stable name of the class.
    pub kind: &'static str,
    /// The sentence for people.
    pub message: String,
}

impl From<&Trouble> for TroubleShape {
    fn from(trouble: &Trouble) -> Self {
        Self { kind: trouble.kind.name(), message: trouble.detail.clone() }
    }
}

impl TroubleShape {
    /// The reason why a page has no listing.
    #[must_use]
    pub fn no_listing(verdict: Obstacle, trouble: &Trouble) -> Self {
        Self { kind: verdict.name(), message: trouble.detail.clone() }
    }
}
