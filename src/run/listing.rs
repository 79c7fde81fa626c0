//! A whole listing: its first page, the pages that it links to, and further ones as far as needed.

use std::collections::HashSet;

use tokio::time::Instant;

use super::failure::Failure;
use super::listing_reader::{ListingReader, Remembered};
use super::page_collector::PageCollector;
use super::reading::Reading;
use super::resolve::ResolvedFeed;
use crate::channel::Feed;
use crate::fetch::Fetched;
use crate::history::KnownItems;
use crate::model::{FieldName, public_address};
use crate::rules::LearnedRules;

/// A listing that was read.
#[derive(Debug)]
pub struct ReadListing {
    /// The items of its pages.
    pub reading: Reading,
    /// Bytes received for the pages after the first one.
    pub bytes: u64,
    /// The items are on other pages than the first, so that an unchanged first page says nothing about them.
    pub elsewhere: bool,
    /// The rules that were found on the page, of a feed without rules.
    pub learned: Option<LearnedRules>,
    /// Fields that the items have lost, as a run notices. Empty in a listing that was just read.
    pub gone: Vec<FieldName>,
    /// Keys of known items that differ only by how pages are read, as a run notices. Empty as well.
    pub unedited: HashSet<String>,
}

/// The facts that are known about a feed before its listing is read.
pub struct ListingContext<'a> {
    /// The memory of earlier runs.
    pub remembered: Remembered,
    /// The items in the history.
    pub known: &'a KnownItems,
    /// The time at which reading must end.
    pub until: Instant,
}

impl ListingReader<'_> {
    /// Reads a listing from its first page on: the pages that it links to, and further pages until one has
    /// an item of the history or no new item, or the configured number of pages is read. It ends at
    /// `until`.
    ///
    /// A further page that fails is a problem, not a trouble: the items found before stay.
    ///
    /// # Errors
    /// When the first page gives nothing, or all pages that it links to, or when a page takes so long to read
    /// that the feed is to be left alone.
    pub async fn listing(
        self,
        feed: &Feed,
        first: Fetched,
        context: ListingContext<'_>,
    ) -> Result<ReadListing, Failure> {
        let ListingContext { remembered, known, until } = context;
        let ResolvedFeed { feed, reading, learned } = self.resolve(feed, first, remembered, known).await?;
        let feed = feed.as_ref();
        let mut collector = PageCollector {
            reader: self,
            feed,
            known,
            until,
            seen: reading.found.iter().map(|found| found.key.clone()).collect(),
            // A link of the page to itself has the address without secrets.
            visited: HashSet::from([(feed.url.clone(), None), (public_address(&feed.url), None)]),
            reading,
            bytes: 0,
        };
        let linked = std::mem::take(&mut collector.reading.elsewhere);
        let elsewhere = !linked.pages.is_empty();
        if elsewhere {
            collector.read_linked(linked).await?;
        } else if let Some(pages) = &feed.recipe.pages {
            collector.follow(pages).await?;
        }
        Ok(ReadListing {
            reading: collector.reading,
            bytes: collector.bytes,
            elsewhere,
            learned,
            gone: Vec::new(),
            unedited: HashSet::new(),
        })
    }
}
