//! Sitemaps as a source: `urlset` with the news and image extensions, `sitemapindex`, and plain lists of
//! addresses (sitemaps.org protocol 0.9).

use chrono::{DateTime, Utc};
use url::Url;

use super::self_describing::{SelfDescribed, SelfDescribedItem, to_extraction};
use crate::date::DateRules;
use crate::extract::extraction::{ExtractLimits, Extraction, LinkedPages, listing_problem};
use crate::extract::web_address::web_address;
use crate::html::markup::title_text;
use crate::html::tree::ElementRef;
use crate::html::{Unparsable, xml};
use crate::model::{Candidate, Page};

/// Cap on the sitemaps of an index that are kept. A run may read fewer of them.
const MAX_SITEMAPS: usize = 1000;

/// Reads a sitemap.
///
/// # Errors
/// When the text is not a sitemap, or cannot be parsed within the limits.
pub(crate) fn extract(
    page: &Page,
    dates: &DateRules,
    limits: &ExtractLimits,
    now: DateTime<Utc>,
) -> Result<Extraction, Unparsable> {
    let sitemap = match plain_list(&page.text) {
        Some(addresses) => {
            let items = addresses.map(|address| item_of_address(address, None)).collect();
            SelfDescribed { items, ..SelfDescribed::default() }
        }
        None => read_xml(page, limits)?,
    };
    let total = sitemap.items.len();
    let mut extraction = to_extraction(keep_newest(sitemap, limits.candidates), page, dates, now);
    if total > extraction.candidates.len() {
        let message = format!(
            "the sitemap has {total} addresses; those that changed last are taken, {} of them",
            extraction.candidates.len()
        );
        extraction.problems.push(listing_problem(message));
    }
    Ok(extraction)
}

/// The addresses of a text that has one on each line; `None` for any other text.
fn plain_list(text: &str) -> Option<impl Iterator<Item = &str>> {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|l| !l.is_empty());
    let is_web_address = |l: &str| l.starts_with("http://") || l.starts_with("https://");
    let mut checked = lines.clone().peekable();
    (checked.peek().is_some() && checked.all(is_web_address)).then_some(lines)
}

fn read_xml(page: &Page, limits: &ExtractLimits) -> Result<SelfDescribed, Unparsable> {
    let document = xml::parse(&page.text, limits.depth).map_err(|e| match e {
        Unparsable::NoFeed => Unparsable::NoSitemap,
        other => other,
    })?;
    let root = document.tree.root().children().find_map(ElementRef::wrap).ok_or(Unparsable::NoSitemap)?;
    let named = |name: &'static str| root.descendent_elements().filter(move |e| local_name(*e) == name);
    if named("urlset").next().is_some() {
        let items = named("url").filter_map(item).collect();
        return Ok(SelfDescribed { items, ..SelfDescribed::default() });
    }
    if named("sitemapindex").next().is_none() {
        return Err(Unparsable::NoSitemap);
    }
    let mut maps: Vec<(Option<String>, Url)> = named("sitemap")
        .take(MAX_SITEMAPS)
        .filter_map(|s| Some((child_text(s, "lastmod"), web_address(&page.url, &child_text(s, "loc")?)?)))
        .collect();
    // The last changed first; sitemaps without a time keep their order, at the end.
    maps.sort_by(|a, b| b.0.cmp(&a.0));
    let newest_first = maps.iter().all(|(changed, _)| changed.is_some());
    let pages = maps.into_iter().map(|(_, url)| url).collect();
    let linked_pages = LinkedPages { pages, newest_first };
    Ok(SelfDescribed { linked_pages, ..SelfDescribed::default() })
}

/// Keeps the newest items, by the time of their change, and numbers them. Items without a time keep the
/// order of the file.
fn keep_newest(mut sitemap: SelfDescribed, max: usize) -> SelfDescribed {
    if sitemap.items.len() > max {
        sitemap.items.sort_by(|a, b| last_change(b).cmp(&last_change(a)));
        sitemap.items.truncate(max);
    }
    for (index, item) in sitemap.items.iter_mut().enumerate() {
        item.candidate.position = u32::try_from(index).unwrap_or(u32::MAX);
    }
    sitemap
}

fn last_change(item: &SelfDescribedItem) -> Option<&String> {
    item.updated.as_ref().or(item.date.as_ref())
}

/// The item of a `url` element, with its news, video and image extensions.
fn item(url: ElementRef<'_>) -> Option<SelfDescribedItem> {
    let address = child_text(url, "loc")?;
    let mut item = item_of_address(&address, child_text(url, "lastmod"));
    let extension = |parent: &'static str, name: &'static str| {
        let element = url.child_elements().find(|e| local_name(*e) == parent)?;
        child_text(element, name)
    };
    item.candidate.image = extension("image", "loc");
    if let Some(title) = extension("news", "title").or_else(|| extension("video", "title")) {
        item.candidate.title = Some(title_text(&title));
    }
    let keywords = extension("news", "keywords").unwrap_or_default();
    item.candidate.tags =
        keywords.split(',').map(|k| k.trim().to_owned()).filter(|k| !k.is_empty()).collect();
    if let Some(date) =
        extension("news", "publication_date").or_else(|| extension("video", "publication_date"))
    {
        item.date = Some(date);
    }
    Some(item)
}

/// An item of which only the address is known, and maybe the time of its last change: the latest time at
/// which it can have been published.
fn item_of_address(address: &str, changed: Option<String>) -> SelfDescribedItem {
    let title = Url::parse(address).ok().and_then(|url| title_of_address(&url));
    let candidate = Candidate { link: Some(address.to_owned()), title, ..Candidate::default() };
    SelfDescribedItem { candidate, date: changed.clone(), updated: changed }
}

/// A title made of the words in an address: a sitemap without extensions has no other.
fn title_of_address(url: &Url) -> Option<String> {
    let mut segments: Vec<&str> = url.path_segments()?.filter(|s| !s.is_empty()).collect();
    let last = loop {
        let segment = segments.pop()?;
        let stem = segment.rsplit_once('.').map_or(segment, |(stem, _)| stem);
        if stem.chars().any(char::is_alphabetic) && stem != "index" {
            break stem;
        }
    };
    let decoded = percent_decode(last);
    let spaced = String::from_utf8_lossy(&decoded).replace(['-', '_', '+'], " ");
    let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut chars = words.chars();
    let first = chars.next()?;
    Some(first.to_uppercase().chain(chars).collect())
}

fn percent_decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}

/// The text of the first child of a name.
fn child_text(element: ElementRef<'_>, name: &str) -> Option<String> {
    let child = element.child_elements().find(|e| local_name(*e) == name)?;
    Some(xml::text(child)).filter(|t| !t.is_empty())
}

/// The name of an element without its prefix, in lower case.
fn local_name(element: ElementRef<'_>) -> String {
    let name = element.value().name();
    name.rsplit_once(':').map_or(name, |(_, local)| local).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_made_of_an_address() {
        for (address, expected) in [
            (
                "https://example.org/news/2026/harbour-opens-its-archive.html",
                Some("Harbour opens its archive"),
            ),
            ("https://example.org/a/caf%C3%A9_du_port/", Some("Café du port")),
            ("https://example.org/news/1234/", Some("News")),
            ("https://example.org/", None),
        ] {
            assert_eq!(
                title_of_address(&Url::parse(address).expect("an address")).as_deref(),
                expected,
                "{address}"
            );
        }
    }
}
