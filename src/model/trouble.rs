//! Why a run failed, or found less than before: a stable class, and a cause.

use super::cause::Cause;
use super::limit::Limit;
use super::trouble_kind::TroubleKind;

/// The reason why a run failed, or found less than before: a stable class and a cause for programs, and a sentence for people that
/// holds no secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {detail}")]
pub struct Trouble {
    /// The class of the trouble.
    pub kind: TroubleKind,
    /// One sentence that names the failure, its object and the remedy: the cause in words.
    pub detail: String,
    /// The cause as data. A trouble that was read from the store has its sentence only.
    pub cause: Cause,
}

/// A limit that was reached is a trouble of the limit's own class.
impl From<Limit> for Trouble {
    fn from(limit: Limit) -> Self {
        Self::caused(limit.trouble_kind(), Cause::Limit(limit))
    }
}

impl Trouble {
    /// A trouble of a class, with its sentence.
    pub fn new(kind: TroubleKind, sentence: impl Into<String>) -> Self {
        Self::caused(kind, Cause::Sentence(sentence.into()))
    }

    /// A trouble of a class, with its cause.
    #[must_use]
    pub fn caused(kind: TroubleKind, cause: Cause) -> Self {
        Self { kind, detail: cause.to_string(), cause }
    }

    /// Whether this machine has too little of something just now, such as open files. A store that fails, or a
    /// program that cannot be started, is no shortage: it may stay so for long.
    #[must_use]
    pub const fn is_shortage(&self) -> bool {
        matches!(self.kind, TroubleKind::Machine) && matches!(self.cause, Cause::Sentence(_))
    }

    /// The status that the site answered with, if that is the trouble.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match &self.cause {
            Cause::Status { code, .. } => Some(*code),
            _ => None,
        }
    }
}
