//! Errors of the store.

use crate::model::FeedId;

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A newer version of the program wrote the database.
    #[error(
        "the database {file} has schema {found}, newer than the {known} of this version; use the newer feedbridge, or another database"
    )]
    NewerSchema {
        /// The database.
        file: String,
        /// Its schema.
        found: i64,
        /// The newest schema that this version knows.
        known: i64,
    },
    /// The file is not a database of feedbridge, or a broken one.
    #[error(
        "{file} is not a usable database: {reason}; it was left as it is: restore a backup, or name another one"
    )]
    Unusable {
        /// The file.
        file: String,
        /// Why it cannot be used.
        reason: String,
    },
    /// The claim has expired, or another node has taken the feed over.
    #[error("the claim on feed `{0}` no longer holds")]
    ClaimLost(FeedId),
    /// The database failed.
    #[error("the database failed: {0}")]
    Failed(String),
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
}
