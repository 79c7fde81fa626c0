//! More pages of a listing, when the first does not reach back to what is known.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::time::{Instant, timeout_at};
use url::Url;

use super::Tools;
use super::attempt::{Failure, request};
use super::reading::{Reading, read};
use crate::config::{Config, Feed, Pages};
use crate::fetch::{Answer, Request};
use crate::history::KnownItems;
use crate::model::{Problem, Trouble, TroubleKind};
use crate::store::Memory;

/// Adds what further pages have to a reading of the first one, as far as it is needed: until an item
/// is known, a page has nothing new, or as many pages were read as may be. A page that fails ends it,
/// and is a problem, not a trouble: what was found stays.
///
/// It ends at `until`, so that the run has time to write what was found. Gives the bytes that were
/// received.
pub(super) async fn follow(
    tools: &Tools,
    config: &Config,
    feed: &Feed,
    pages: &Pages,
    known: &KnownItems,
    until: Instant,
    reading: &mut Reading,
) -> u64 {
    let mut seen: HashSet<String> = reading.found.iter().map(|f| f.key.clone()).collect();
    let (mut next, mut bytes) = (reading.next.take(), 0);
    let mut visited = HashSet::from([feed.url.clone()]);
    for page in 2..=pages.max {
        if reading.found.iter().any(|f| known.contains_key(&f.key)) {
            return bytes;
        }
        let Some(url) = address(pages, page, seen.len(), next.take()) else { return bytes };
        // A page may link back to one that was read.
        if !visited.insert(url.clone()) {
            return bytes;
        }
        let Ok(read) = timeout_at(until, one(tools, config, feed, url.clone())).await else {
            let message = format!("no time for page {page} and those after it; raise `run_s` in [limits]");
            reading.problems.push(whole(message));
            return bytes;
        };
        match read {
            Ok((more, received)) => {
                bytes += received;
                next = more.next;
                let before = seen.len();
                append(reading, more.found, more.problems, &mut seen);
                if seen.len() == before {
                    return bytes;
                }
            }
            Err(failure) => {
                reading.problems.push(missed(page, &url, &failure.trouble));
                return bytes + failure.bytes;
            }
        }
    }
    if !known.is_empty() && !reading.found.iter().any(|f| known.contains_key(&f.key)) {
        let message =
            format!("no known item on {} pages: items between may have been missed; raise `max`", pages.max);
        reading.problems.push(whole(message));
    }
    bytes
}

/// The address of a page: made from the template, or what the page before links to.
fn address(pages: &Pages, page: u32, items: usize, next: Option<Url>) -> Option<Url> {
    let Some(template) = &pages.template else { return next };
    let filled = template
        .replace("{page}", &page.to_string())
        .replace("{offset}", &items.to_string())
        .replace("{count}", &pages.count.to_string());
    Url::parse(&filled).ok()
}

async fn one(tools: &Tools, config: &Config, feed: &Feed, url: Url) -> Result<(Reading, u64), Failure> {
    let same_site = url.origin() == feed.url.origin();
    let plain = request(config, feed, &Memory::default());
    let headers = if same_site { plain.headers.clone() } else { Vec::new() };
    let request = Request { url, headers, ..plain };
    let Answer::Fetched(fetched) = tools.fetcher.fetch(&request).await? else {
        return Err(Trouble::new(TroubleKind::Bug, "304 for a request without conditions").into());
    };
    let (bytes, recipe, limits) = (fetched.bytes, Arc::clone(&feed.recipe), config.limits.clone());
    let now = tools.clock.now();
    let work = tools.cpu.run(move || {
        let mut page = fetched.into_page()?;
        if let Some(html) = html_in_json(&page.text) {
            page.text = html;
        }
        read(&page, &recipe, None, now, &limits)
    });
    let outcome = work.await.map_err(|p| Trouble::new(TroubleKind::Bug, p.to_string()));
    let reading = outcome.and_then(|r| r).map_err(|trouble| Failure { bytes, ..trouble.into() })?;
    Ok((reading, bytes))
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

fn append(
    reading: &mut Reading,
    found: Vec<crate::model::Found>,
    problems: Vec<Problem>,
    seen: &mut HashSet<String>,
) {
    let offset = reading.found.last().map_or(0, |f| f.position + 1);
    for mut item in found {
        if seen.insert(item.key.clone()) {
            item.position += offset;
            reading.found.push(item);
        }
    }
    let moved = problems.into_iter().map(|p| Problem { position: p.position.map(|n| n + offset), ..p });
    reading.problems.extend(moved);
}

fn missed(page: u32, url: &Url, trouble: &Trouble) -> Problem {
    whole(format!("page {page} ({}) gave nothing: {trouble}", url.path()))
}

fn whole(message: String) -> Problem {
    Problem { field: "pages".to_owned(), position: None, message }
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
}
