//! A whole listing: its first page, the pages that it leads to, and further ones as far as needed.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use tokio::time::{Instant, timeout_at};
use url::Url;

use super::attempt::{Failure, request};
use super::detection::{Settled, settled};
use super::reading::{Reading, read};
use crate::clock::Clock;
use crate::config::{Config, Feed, Pages};
use crate::cpu::CpuPool;
use crate::extract::Elsewhere;
use crate::fetch::{Answer, Fetched, Fetcher, Post, Request};
use crate::history::KnownItems;
use crate::model::{Problem, Trouble, TroubleKind};
use crate::rules::SourceKind;
use crate::store::Memory;

/// Pages that hold the items instead of the first one, read by a run that does not say how many.
const ELSEWHERE: usize = 5;

/// What listings are read with.
#[derive(Clone, Copy)]
pub struct Reach<'a> {
    /// Where pages come from.
    pub fetcher: &'a dyn Fetcher,
    /// Where they are parsed.
    pub cpu: &'a CpuPool,
    /// The time of day.
    pub clock: &'a dyn Clock,
    /// Limits, and who asks.
    pub config: &'a Config,
}

/// A listing, read.
#[derive(Debug)]
pub struct Listing {
    /// What its pages held.
    pub reading: Reading,
    /// Bytes received for the pages after the first one.
    pub bytes: u64,
    /// The items are on other pages than the first: its being unchanged says nothing of them.
    pub elsewhere: bool,
    /// The rules that were found on the page, as lines of feeds.toml, of a feed that has none there.
    pub learned: Option<String>,
}

/// What earlier runs know of a page.
#[derive(Debug, Clone, Default)]
pub struct Remembered {
    /// Selector of what held the items.
    pub container: Option<String>,
    /// The rules that were found on it, as lines of feeds.toml.
    pub learned: Option<String>,
}

/// Reads a listing from its first page on: what that leads to, and further pages until an item is
/// `known`, a page has nothing new, or as many were read as may be. It ends at `until`.
///
/// A further page that fails is a problem, not a trouble: what was found stays.
///
/// # Errors
/// When the first page gives nothing, or all pages that it leads to.
pub async fn listing(
    reach: Reach<'_>,
    feed: &Feed,
    first: Fetched,
    remembered: Remembered,
    known: &KnownItems,
    until: Instant,
) -> Result<Listing, Failure> {
    let settled = settled(reach, feed, first, remembered, known).await?;
    let Settled { feed, reading, learned } = settled;
    let feed = &feed;
    let seen = reading.found.iter().map(|f| f.key.clone()).collect();
    let visited = HashSet::from([(feed.url.clone(), None)]);
    let mut gathering = Gathering { reach, feed, known, until, reading, seen, visited, bytes: 0 };
    let elsewhere = std::mem::take(&mut gathering.reading.elsewhere);
    let led_away = !elsewhere.pages.is_empty();
    if led_away {
        gathering.go(elsewhere).await?;
    }
    if let Some(pages) = &feed.recipe.pages
        && !led_away
    {
        gathering.follow(pages).await;
    }
    Ok(Listing { reading: gathering.reading, bytes: gathering.bytes, elsewhere: led_away, learned })
}

/// What has been read so far, and what with.
struct Gathering<'a> {
    reach: Reach<'a>,
    feed: &'a Feed,
    known: &'a KnownItems,
    until: Instant,
    reading: Reading,
    /// Keys of the items so far.
    seen: HashSet<String>,
    /// Requests so far: addresses, and what was posted.
    visited: HashSet<(Url, Option<String>)>,
    bytes: u64,
}

impl Gathering<'_> {
    /// Reads the pages that hold the items instead of the first one. If all fail, so does the run.
    async fn go(&mut self, elsewhere: Elsewhere) -> Result<(), Failure> {
        let max = self.feed.recipe.pages.as_ref().map_or(ELSEWHERE, |p| p.max as usize);
        let Elsewhere { pages, newest_first } = elsewhere;
        let (mut failure, mut read) = (None, 0);
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
                    // An index may lead to another one; each address once.
                    let deeper = std::mem::take(&mut more.elsewhere);
                    pages.extend(deeper.pages.into_iter().filter(|u| self.visited.insert((u.clone(), None))));
                    self.append(more);
                }
                Err(one) => {
                    self.note(format!("{} gave nothing: {}", url.path(), one.trouble));
                    failure = Some(one);
                    read += 1;
                }
            }
        }
        if total > read && !(newest_first && self.reaches_known()) {
            self.note(format!(
                "{read} of {total} pages that this one leads to were read; raise `max` in [feed.pages]"
            ));
        }
        match failure {
            Some(failure) if self.reading.found.is_empty() => Err(Failure { bytes: self.bytes, ..failure }),
            _ => Ok(()),
        }
    }

    /// Reads further pages as far as they are needed.
    async fn follow(&mut self, pages: &Pages) {
        for page in 2..=pages.max {
            if self.reaches_known() {
                return;
            }
            let Some((url, post)) = self.next(pages, page) else { return };
            // A page may link back to one that was read.
            if !self.visited.insert((url.clone(), post.clone())) {
                return;
            }
            match self.page(url.clone(), post).await {
                Ok(more) => {
                    let before = self.seen.len();
                    (self.reading.next, self.reading.cursor) = (more.next.clone(), more.cursor.clone());
                    self.append(more);
                    if self.seen.len() == before {
                        return;
                    }
                }
                Err(failure) => return self.note(missed(page, &url, &failure.trouble)),
            }
        }
        if !self.known.is_empty() && !self.reaches_known() {
            let max = pages.max;
            self.note(format!(
                "no known item on {max} pages: items between may have been missed; raise `max`"
            ));
        }
    }

    fn reaches_known(&self) -> bool {
        self.reading.found.iter().any(|f| self.known.contains_key(&f.key))
    }

    /// The address of a page and what is posted to it: made from the templates, or what the page
    /// before links to.
    fn next(&self, pages: &Pages, page: u32) -> Option<(Url, Option<String>)> {
        let Reading { next, cursor, .. } = &self.reading;
        if pages.template.is_none() && pages.body.is_none() {
            return next.clone().map(|url| (url, None));
        }
        let templates = [pages.template.as_ref(), pages.body.as_ref()];
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
        Some((url, pages.body.as_ref().map(|body| filled(body, &numbers, cursor, in_json))))
    }

    async fn page(&mut self, url: Url, body: Option<String>) -> Result<Reading, Failure> {
        let work = one(self.reach, self.feed, url, body);
        let (reading, bytes) = match timeout_at(self.until, work).await {
            Ok(done) => done.inspect_err(|failure| self.bytes += failure.bytes)?,
            Err(_) => {
                let detail = "no time was left for it; raise `run_s` in [limits]";
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
        self.reading.problems.push(Problem { field: "pages".to_owned(), position: None, message });
    }
}

fn missed(page: u32, url: &Url, trouble: &Trouble) -> String {
    format!("page {page} ({}) gave nothing: {trouble}", url.path())
}

/// A template with its placeholders filled. A number that is all of a JSON text is one.
fn filled(
    template: &str,
    numbers: &[(&str, String)],
    cursor: Option<&str>,
    write: fn(&str) -> String,
) -> String {
    let is_json = template.trim_start().starts_with('{');
    let mut out = template.to_owned();
    for (name, number) in numbers {
        if is_json {
            out = out.replace(&format!("\"{name}\""), number);
        }
        out = out.replace(name, number);
    }
    cursor.map_or(out.clone(), |c| out.replace("{cursor}", &write(c)))
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A text inside a JSON text.
fn in_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Fetches and reads a page that is not the first.
async fn one(
    reach: Reach<'_>,
    feed: &Feed,
    url: Url,
    body: Option<String>,
) -> Result<(Reading, u64), Failure> {
    let same_site = url.origin() == feed.url.origin();
    let plain = request(reach.config, feed, &Memory::default());
    let headers = if same_site { plain.headers.clone() } else { Vec::new() };
    // A link is followed as links are; a template of a posted listing posts too.
    let template = feed.recipe.pages.as_ref().is_some_and(|p| p.template.is_some());
    let post = match (body, plain.post.clone().filter(|_| same_site)) {
        (Some(body), Some(post)) => Some(Post { body, ..post }),
        (Some(body), None) => Some(Post { body, content_type: "application/json" }),
        (None, post) => post.filter(|_| template),
    };
    let request = Request { url, post, headers, ..plain };
    let Answer::Fetched(fetched) = reach.fetcher.fetch(&request).await? else {
        return Err(Trouble::new(TroubleKind::Bug, "304 for a request without conditions").into());
    };
    let bytes = fetched.bytes;
    let reading = parsed(reach, feed, fetched, None, true).await?;
    Ok((reading, bytes))
}

/// Reads a page on the pool. A further page of an HTML listing may be JSON with HTML in it.
pub(super) async fn parsed(
    reach: Reach<'_>,
    feed: &Feed,
    fetched: Fetched,
    remembered: Option<String>,
    further: bool,
) -> Result<Reading, Failure> {
    let (bytes, crawl_delay) = (fetched.bytes, fetched.crawl_delay);
    let (recipe, limits) = (Arc::clone(&feed.recipe), reach.config.limits.clone());
    let now = reach.clock.now();
    let work = reach.cpu.run(move || {
        let mut page = fetched.into_page()?;
        if further
            && matches!(recipe.source, SourceKind::Html(_))
            && let Some(html) = html_in_json(&page.text)
        {
            page.text = html;
        }
        read(&page, &recipe, remembered.as_deref(), now, &limits)
    });
    let outcome = work.await.map_err(|p| Trouble::new(TroubleKind::Bug, p.to_string()));
    outcome.and_then(|r| r).map_err(|trouble| Failure { crawl_delay, bytes, ..trouble.into() })
}

/// The HTML in the answer of an endpoint that speaks JSON: its longest text with markup in it.
fn html_in_json(text: &str) -> Option<String> {
    let text = text.trim_start();
    if !text.starts_with(['{', '[', '"']) {
        return None;
    }
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let mut open = vec![&value];
    let mut found: Option<&str> = None;
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::String(text) if text.contains('<') => {
                found = found.filter(|f| f.len() >= text.len()).or(Some(text));
            }
            serde_json::Value::Array(list) => open.extend(list),
            serde_json::Value::Object(map) => open.extend(map.values()),
            _ => {}
        }
    }
    found.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_found_in_json() {
        let answer =
            r#"{"ok": true, "note": "<b>", "data": [{"html": "<article><a href=/1>One</a></article>"}]}"#;
        assert_eq!(html_in_json(answer).as_deref(), Some("<article><a href=/1>One</a></article>"));
        assert_eq!(html_in_json("<article>"), None);
        assert_eq!(html_in_json("{\"n\": 1}"), None);
    }

    #[test]
    fn templates_are_filled() {
        let numbers = [("{page}", "2".to_owned()), ("{offset}", "20".to_owned())];
        let url = filled("https://example.org/?p={page}&after={cursor}", &numbers, Some("a b&c"), encoded);
        assert_eq!(url, "https://example.org/?p=2&after=a+b%26c");
        let body =
            filled(r#"{"n":"{offset}","q":"from {offset}","c":"{cursor}"}"#, &numbers, Some("\"x"), in_json);
        assert_eq!(body, r#"{"n":20,"q":"from 20","c":"\"x"}"#);
    }
}
