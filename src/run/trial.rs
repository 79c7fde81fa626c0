//! The trial of a feed: its first page is fetched, read, and compared with the stored items. Writes nothing.

use std::sync::Arc;

use tokio::time::Instant;

use super::failure::store_failed;
use super::field_loss::{kept, lasting};
use super::listing::ListingContext;
use super::listing_reader::{ListingReader, Remembered};
use super::reading::Reading;
use super::request::{learned, request};
use crate::channel::{Feed, Recipe};
use crate::fetch::{Answer, Fetched};
use crate::history::KnownItems;
use crate::model::{Trouble, TroubleKind};
use crate::store::{Memory, Store, StoreError};

/// A feed that was tried without a failure.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The items, as the page gives them now.
    pub reading: Reading,
    /// The trouble that a run would leave although it succeeds: its items have lost a field.
    pub lasting: Option<Trouble>,
}

/// Tries a feed as a run would read it, but its first page only. The page is fetched even if it has not
/// changed. Without a store nothing is known of earlier runs, and no lost field is found.
///
/// # Errors
/// The trouble of a run that fails.
pub async fn trial(
    reader: ListingReader<'_>,
    feed: &Feed,
    store: Option<&dyn Store>,
) -> Result<Trial, Trouble> {
    let (memory, known) = stored(feed, store).await.map_err(|error| store_failed(&error))?;
    let first = first_page(reader, feed).await?;
    let remembered = Remembered { container: memory.container.clone(), learned: learned(feed, &memory) };
    let until = Instant::now() + reader.config.limits.run;
    let context = ListingContext { remembered, known: &known, until };
    // The first page shows whether the rules fit, so further pages are not fetched.
    let recipe = Arc::new(Recipe { pages: None, ..feed.recipe.as_ref().clone() });
    let first_page_only = Feed { recipe, ..feed.clone() };
    let listing = reader.listing(&first_page_only, first, context).await;
    let reading = listing.map_err(|failure| failure.trouble)?.reading;
    let lasting = match store {
        Some(store) => {
            // The comparison puts stored values in, and the reading is to show the page.
            let mut compared = reading.clone();
            let gone = kept(store, feed, &memory, &known, &mut compared).await?;
            lasting(&feed.id, &gone)
        }
        None => None,
    };
    Ok(Trial { reading, lasting })
}

/// The memory and the items that earlier runs have left of a feed.
async fn stored(feed: &Feed, store: Option<&dyn Store>) -> Result<(Memory, KnownItems), StoreError> {
    let Some(store) = store else { return Ok((Memory::default(), KnownItems::new())) };
    let memory = store.memory(&feed.id).await?.unwrap_or_default();
    let known = store.known_items(&feed.id).await?;
    Ok((memory, known))
}

async fn first_page(reader: ListingReader<'_>, feed: &Feed) -> Result<Fetched, Trouble> {
    let unconditional = request(reader.config, feed, &Memory::default());
    match reader.fetcher.fetch(&unconditional).await.map_err(|failure| failure.trouble)? {
        Answer::Fetched(fetched) => Ok(fetched),
        Answer::Unchanged { .. } => Err(Trouble::new(
            TroubleKind::Bug,
            "the site answered 304 Not Modified to a request without conditions",
        )),
    }
}
