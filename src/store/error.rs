//! Errors of the store.

use crate::model::FeedId;
use crate::telemetry;

/// Why an operation failed.
#[derive(Debug, Clone, thiserror::Error)]
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
    /// The folder of the database cannot be made.
    #[error("cannot make the data folder {folder}: {reason}; name another with --data or FEEDBRIDGE_DATA")]
    NoFolder {
        /// The folder.
        folder: String,
        /// The words of the system for it.
        reason: String,
    },
    /// The claim has expired, or another node has taken the feed over.
    #[error("the claim on feed `{0}` no longer holds")]
    ClaimLost(FeedId),
    /// The database cannot grow: its disk is full, or a quota or a limit of file sizes was reached.
    #[error(
        "the database {file} cannot be written: {reason}; free some space on its disk, or raise the quota or limit that holds it"
    )]
    Full {
        /// The database.
        file: String,
        /// The words of the database for it.
        reason: String,
    },
    /// A part of the file cannot be what was written to it.
    #[error(
        "the database {file} is damaged: {reason}; stop feedbridge and restore a backup, or move the file away with its -wal and -shm: then its history is lost"
    )]
    Damaged {
        /// The database.
        file: String,
        /// The words of the database for it.
        reason: String,
    },
    /// The path no longer leads to the file that is open.
    #[error(
        "the database {file} was deleted or replaced while it was in use, so nothing is written; put it back, or stop feedbridge, remove the -wal and -shm of the old file, and start it with what is there now"
    )]
    Gone {
        /// The path.
        file: String,
    },
    /// The write-ahead log of a database is there without the database.
    #[error(
        "the database {file} is gone or empty, but its -wal is there, which may be in use and hold all that was written: put the file back; or stop feedbridge, remove the -wal and -shm, and start with a new database"
    )]
    LogAlone {
        /// The path of the database.
        file: String,
    },
    /// Another program holds the database.
    #[error("another program keeps the database {file} locked: {reason}")]
    Busy {
        /// The database.
        file: String,
        /// The words of the database for it.
        reason: String,
    },
    /// The database failed in another way.
    #[error("the database failed: {0}")]
    Failed(String),
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// The name of the kind, for limits of log lines.
    const fn name(&self) -> &'static str {
        match self {
            Self::NewerSchema { .. } => "store_newer",
            Self::Unusable { .. } => "store_unusable",
            Self::NoFolder { .. } => "store_no_folder",
            Self::Full { .. } => "store_full",
            Self::Damaged { .. } => "store_damaged",
            Self::Gone { .. } => "store_gone",
            Self::LogAlone { .. } => "store_log_alone",
            Self::Busy { .. } => "store_busy",
            Self::ClaimLost(_) => "store_claim_lost",
            Self::Failed(_) => "store_failed",
            Self::Closed => "store_closed",
        }
    }

    /// The kind in a sentence that names no file, for clients of the server.
    #[must_use]
    pub const fn public_sentence(&self) -> &'static str {
        match self {
            Self::Full { .. } => {
                "the store cannot be written: its disk is full, or a quota or limit was reached; nothing new is kept until there is space"
            }
            Self::Damaged { .. } => "the store is damaged; restore a backup; the log names the file",
            Self::Gone { .. } => {
                "the file of the store was deleted or replaced; nothing new is kept until it is put back, or feedbridge is started again"
            }
            Self::Busy { .. } => "the store is locked by another program",
            Self::NewerSchema { .. }
            | Self::Unusable { .. }
            | Self::NoFolder { .. }
            | Self::LogAlone { .. }
            | Self::ClaimLost(_)
            | Self::Failed(_)
            | Self::Closed => "the store cannot be read or written; the log says why",
        }
    }

    /// Logs the error, with the work that it stopped. A kind of error is logged once a minute, whatever it
    /// stopped: a full disk stops everything.
    pub fn log(&self, feed: Option<&FeedId>, stopped: &str) {
        if let Some(left_out) = telemetry::may_log(self.name()) {
            tracing::error!(feed.id = feed.map(tracing::field::display), "{stopped}: {self}{left_out}");
        }
    }
}
