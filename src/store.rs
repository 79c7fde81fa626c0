//! The store: a trait with the operations on the history and the plan, and its implementation with SQLite.
//!
//! Every operation is one transaction. The store's own clock decides which feed is due and how long a
//! claim holds, so that several nodes on one database agree.

mod article_claim;
mod claim;
mod contract;
mod error;
mod outbox;
mod run_commit;
mod sqlite;

pub use article_claim::{ArticleClaim, ArticleOutcome};
pub use claim::{Claim, Memory, Registration, Scope};
pub use contract::Store;
pub use error::StoreError;
pub use outbox::{
    KeptMessage, MessageClaim, MessageState, NewMessage, NewNotice, Notice, OpenAlarm, Outbox,
    RecentTroubles, SendEnd, TargetState, ToldAlarm,
};
pub use run_commit::RunCommit;
pub use sqlite::SqliteStore;
