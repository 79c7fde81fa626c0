//! Reads the further pages of a listing. Linked pages hold the items if the first page has only links to
//! them, as an index of sitemaps has. Next pages continue the list of the first page.

use std::collections::{HashSet, VecDeque};

use tokio::time::{Instant, timeout_at};
use url::Url;

use super::failure::Failure;
use super::listing_reader::ListingReader;
use super::reading::Reading;
use super::request::request;
use super::spans;
use super::template::{encoded, filled, in_json};
use crate::channel::Feed;
use crate::extract::LinkedPages;
use crate::fetch::{Answer, Post, Request};
use crate::history::{self, KnownItems};
use crate::model::{Problem, Secret, Subject, Trouble, TroubleKind};
use crate::rules::Pages;
use crate::store::Memory;

/// Maximum number of linked pages that a run reads, unless `max` in `[feed.pages]` gives another number.
const LINKED_PAGES: usize = 5;

/// The pages of one listing, read one after the other, and their items so far.
pub(super) struct PageCollector<'a> {
    pub(super) reader: ListingReader<'a>,
    pub(super) feed: &'a Feed,
    pub(super) known: &'a KnownItems,
    pub(super) until: Instant,
    pub(super) reading: Reading,
    /// Keys of the items so far.
    pub(super) seen: HashSet<String>,
    /// Requests so far: addresses, and the bodies that were posted.
    pub(super) visited: HashSet<(Url, Option<String>)>,
    pub(super) bytes: u64,
}

impl PageCollector<'_> {
    /// Reads the linked pages, which hold the items instead of the first. The run fails if all of them fail, or
    /// if one of them is a reason to leave the feed alone.
    pub(super) async fn read_linked(&mut self, linked: LinkedPages) -> Result<(), Failure> {
        let max = self.feed.recipe.pages.as_ref().map_or(LINKED_PAGES, |p| p.max as usize);
        let LinkedPages { pages, newest_first } = linked;
        let mut failure = None;
        let mut read = 0;
        let mut pages: VecDeque<Url> =
            pages.into_iter().filter(|u| self.visited.insert((u.clone(), None))).collect();
        let total = pages.len();
        while let Some(url) = pages.pop_front() {
            if read >= max || (read > 0 && newest_first && self.reaches_known()) {
                break;
            }
            match self.page(url.clone(), None).await {
                Ok(mut more) => {
                    read += 1;
                    // A linked page may itself link to more pages. Each address is read once.
                    let deeper = std::mem::take(&mut more.elsewhere);
                    pages.extend(deeper.pages.into_iter().filter(|u| self.visited.insert((u.clone(), None))));
                    self.append(more);
                }
                Err(failed) if failed.leave_alone.is_some() => return Err(self.with_all_bytes(failed)),
                Err(failed) => {
                    self.note(format!("{} gave no items: {}", url.path(), failed.trouble));
                    failure = Some(failed);
                    read += 1;
                }
            }
        }
        if total > read && !(newest_first && self.reaches_known()) {
            self.note(format!(
                "{read} of the {total} pages that this one links to were read; raise `max` in [feed.pages]"
            ));
        }
        match failure {
            Some(failure) if self.reading.found.is_empty() => Err(self.with_all_bytes(failure)),
            _ => Ok(()),
        }
    }

    /// Reads the next pages, until a known item is found or a page has no new item. A page that cannot be read
    /// ends it; the run fails only if that is a reason to leave the feed alone.
    pub(super) async fn follow(&mut self, pages: &Pages) -> Result<(), Failure> {
        for page in 2..=pages.max {
            if self.reaches_known() {
                return Ok(());
            }
            let Some((url, post)) = self.next(pages, page) else { return Ok(()) };
            // A page may link back to one that was read before.
            if !self.visited.insert((url.clone(), post.clone())) {
                return Ok(());
            }
            match self.page(url.clone(), post).await {
                Ok(more) => {
                    let before = self.seen.len();
                    (self.reading.next, self.reading.cursor) = (more.next.clone(), more.cursor.clone());
                    self.append(more);
                    if self.seen.len() == before {
                        return Ok(());
                    }
                }
                Err(failure) if failure.leave_alone.is_some() => return Err(self.with_all_bytes(failure)),
                Err(failure) => {
                    self.note(missed(page, &url, &failure.trouble));
                    return Ok(());
                }
            }
        }
        if !self.known.is_empty() && !self.reaches_known() {
            let max = pages.max;
            self.note(format!(
                "no known item on {max} pages, so items in between may be missing; raise `max` in [feed.pages]"
            ));
        }
        Ok(())
    }

    /// A failure with the bytes of all pages that were read here.
    fn with_all_bytes(&self, failure: Failure) -> Failure {
        Failure { bytes: self.bytes, ..failure }
    }

    fn reaches_known(&self) -> bool {
        history::has_known(self.known, &self.reading.found)
    }

    /// The address of the next page, and the body that is posted to it. Each has a template. If there are no
    /// templates, the address is the link of the page before, and there is no body.
    fn next(&self, pages: &Pages, page: u32) -> Option<(Url, Option<String>)> {
        let Reading { next, cursor, .. } = &self.reading;
        if pages.template.is_none() && pages.body.is_none() {
            return next.clone().map(|url| (url, None));
        }
        let templates = [pages.template.as_deref(), pages.body.as_ref().map(Secret::expose)];
        let cursor = cursor.as_deref();
        if cursor.is_none() && templates.iter().flatten().any(|t| t.contains("{cursor}")) {
            return None;
        }
        let numbers = [
            ("{page}", page.to_string()),
            ("{offset}", self.seen.len().to_string()),
            ("{count}", pages.count.to_string()),
        ];
        let url = match &pages.template {
            Some(template) => Url::parse(&filled(template, &numbers, cursor, encoded)).ok()?,
            None => self.feed.url.clone(),
        };
        Some((url, pages.body.as_ref().map(|body| filled(body.expose(), &numbers, cursor, in_json))))
    }

    async fn page(&mut self, url: Url, body: Option<String>) -> Result<Reading, Failure> {
        let work = further_page(self.reader, self.feed, url, body);
        let (reading, bytes) = match timeout_at(self.until, work).await {
            Ok(done) => done.inspect_err(|failure| self.bytes += failure.bytes)?,
            Err(_) => {
                let detail = "the run had no time left for it; raise `run_s` in [limits]";
                return Err(Trouble::new(TroubleKind::Timeout, detail).into());
            }
        };
        self.bytes += bytes;
        Ok(reading)
    }

    fn append(&mut self, more: Reading) {
        let offset = self.reading.found.last().map_or(0, |f| f.position + 1);
        for mut item in more.found {
            if self.seen.insert(item.key.clone()) {
                item.position += offset;
                self.reading.found.push(item);
            }
        }
        let moved =
            more.problems.into_iter().map(|p| Problem { position: p.position.map(|n| n + offset), ..p });
        self.reading.problems.extend(moved);
    }

    fn note(&mut self, message: String) {
        self.reading.problems.push(Problem { field: Subject::Pages, position: None, message });
    }
}

fn missed(page: u32, url: &Url, trouble: &Trouble) -> String {
    format!("page {page} ({}) gave no items: {trouble}", url.path())
}

/// Fetches and reads a page that is not the first.
async fn further_page(
    reader: ListingReader<'_>,
    feed: &Feed,
    url: Url,
    body: Option<String>,
) -> Result<(Reading, u64), Failure> {
    let same_site = url.origin() == feed.url.origin();
    let plain = request(reader.config, feed, &Memory::default());
    let headers = if same_site { plain.headers.clone() } else { Vec::new() };
    let query = if same_site { plain.query.clone() } else { Vec::new() };
    // If there is no body for this page, the feed's own body is posted, but only if `[feed.pages]` has a
    // template for addresses. Links are followed without a body.
    let template = feed.recipe.pages.as_ref().is_some_and(|p| p.template.is_some());
    let post = match (body, plain.post.clone().filter(|_| same_site)) {
        (Some(body), Some(post)) => Some(Post { body: Secret::new(body), ..post }),
        (Some(body), None) => Some(Post { body: Secret::new(body), content_type: "application/json" }),
        (None, post) => post.filter(|_| template),
    };
    let request = Request { url, post, headers, query, ..plain };
    let Answer::Fetched(fetched) = spans::fetched(reader.fetcher, &request).await? else {
        return Err(Trouble::new(
            TroubleKind::Bug,
            "the site answered 304 Not Modified to a request without conditions",
        )
        .into());
    };
    let bytes = fetched.bytes;
    let reading = reader.page(feed, fetched, None).await?;
    Ok((reading, bytes))
}
