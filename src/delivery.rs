//! Tells people: plans the events that runs have written, makes messages of them, and sends these.
//!
//! Everything that waits is in the store, so that a stop at any moment loses nothing. A message may arrive twice
//! after a kill, with the same id; it never gets lost.

mod command;
mod form;
mod known;
mod mail;
mod mqtt;
mod plan;
mod sample;
mod send;
mod work;

pub use known::KnownFeeds;
pub use sample::{samples, test_message};
pub use send::Courier;
pub use work::Delivery;

use std::sync::Arc;

use crate::config::Config;
use crate::notify::{Composer, KnownPart, Message, MessageContent, Rule};
use crate::store::{Store, StoreError};

/// The message of a content by a rule of the configuration.
///
/// # Errors
/// When the store fails.
pub async fn composed(
    store: &dyn Store,
    config: &Arc<Config>,
    rule: &Rule,
    content: &MessageContent,
    titles: KnownFeeds<'_>,
) -> Result<Message, StoreError> {
    let mut parts: Vec<KnownPart> = Vec::new();
    for part in &content.parts {
        parts.push(known::part(store, config, rule, part, titles).await?);
    }
    let (message, mistake) = Composer { rule }.message(content, &parts);
    if let Some(mistake) = mistake {
        tracing::error!(rule = %rule.name, "a template could not be filled in, the message has the usual text: {mistake}");
    }
    Ok(message)
}
