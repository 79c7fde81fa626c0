//! Sitemaps as a source: `urlset` with the news and image extensions, `sitemapindex`, and plain lists of
//! addresses (sitemaps.org protocol 0.9).

use chrono::{DateTime, Utc};
use url::Url;

use super::super::{ExtractLimits, Extraction, LinkedPages, listing};
use super::self_describing::{Said, SaidItem, read};
use crate::date::DateRules;
use crate::html::tree::ElementRef;
use crate::html::{Unparsable, xml};
use crate::model::{Candidate, Page};

/// Sitemaps of an index that are kept; how many of them a run reads is another question.
const MAX_SITEMAPS: usize = 1000;

/// Reads a sitemap.
///
/// # Errors
/// When it is none, or cannot be parsed within the limits.
pub(crate) fn extract(
    page: &Page,
    dates: &DateRules,
    limits: &ExtractLimits,
    now: DateTime<Utc>,
) -> Result<Extraction, Unparsable> {
    let said = match plain_list(&page.text) {
        Some(addresses) => Said { items: addresses.map(|a| item_of(a, None)).collect(), ..Said::default() },
        None => of_xml(page, limits)?,
    };
    let total = said.items.len();
    let mut extraction = read(newest(said, limits.candidates), page, dates, now);
    if total > extraction.candidates.len() {
        let message = format!(
            "the sitemap has {total} addresses; those that changed last are taken, {} of them",
            extraction.candidates.len()
        );
        extraction.problems.push(listing::whole(message));
    }
    Ok(extraction)
}

/// Addresses, one a line.
fn plain_list(text: &str) -> Option<impl Iterator<Item = &str>> {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|l| !l.is_empty());
    let web = |l: &str| l.starts_with("http://") || l.starts_with("https://");
    let mut looked = lines.clone().peekable();
    (looked.peek().is_some() && looked.all(web)).then_some(lines)
}

fn of_xml(page: &Page, limits: &ExtractLimits) -> Result<Said, Unparsable> {
    let document = xml::parse(&page.text, limits.depth).map_err(|e| match e {
        Unparsable::NoFeed => Unparsable::NoSitemap,
        other => other,
    })?;
    let root = document.tree.root().children().find_map(ElementRef::wrap).ok_or(Unparsable::NoSitemap)?;
    let named = |name: &'static str| root.descendent_elements().filter(move |e| local(*e) == name);
    if named("urlset").next().is_some() {
        let items = named("url").filter_map(item).collect();
        return Ok(Said { items, ..Said::default() });
    }
    if named("sitemapindex").next().is_none() {
        return Err(Unparsable::NoSitemap);
    }
    let mut maps: Vec<(Option<String>, Url)> = named("sitemap")
        .take(MAX_SITEMAPS)
        .filter_map(|s| Some((said(s, "lastmod"), listing::web_address(&page.url, &said(s, "loc")?)?)))
        .collect();
    // What changed last first; what says nothing keeps its order.
    maps.sort_by(|a, b| b.0.cmp(&a.0));
    let newest_first = maps.iter().all(|(changed, _)| changed.is_some());
    let pages = maps.into_iter().map(|(_, url)| url).collect();
    Ok(Said { elsewhere: LinkedPages { pages, newest_first }, ..Said::default() })
}

/// The newest items, by what they say of their change; the order of the file if they say nothing.
fn newest(mut said: Said, max: usize) -> Said {
    if said.items.len() > max {
        said.items.sort_by(|a, b| {
            b.updated.as_ref().or(b.date.as_ref()).cmp(&a.updated.as_ref().or(a.date.as_ref()))
        });
        said.items.truncate(max);
    }
    for (position, item) in said.items.iter_mut().enumerate() {
        item.candidate.position = u32::try_from(position).unwrap_or(u32::MAX);
    }
    said
}

fn item(url: ElementRef<'_>) -> Option<SaidItem> {
    let address = said(url, "loc")?;
    let mut item = item_of(&address, said(url, "lastmod"));
    let inside = |holder: &'static str, name: &'static str| {
        let within = url.child_elements().find(|e| local(*e) == holder)?;
        said(within, name)
    };
    item.candidate.image = inside("image", "loc");
    if let Some(title) = inside("news", "title").or_else(|| inside("video", "title")) {
        item.candidate.title = Some(crate::html::plain_text(&title));
    }
    let keywords = inside("news", "keywords").unwrap_or_default();
    item.candidate.tags =
        keywords.split(',').map(|k| k.trim().to_owned()).filter(|k| !k.is_empty()).collect();
    if let Some(date) = inside("news", "publication_date").or_else(|| inside("video", "publication_date")) {
        item.date = Some(date);
    }
    Some(item)
}

/// An item of which the address is known, and maybe when it changed: it was there at that time.
fn item_of(address: &str, changed: Option<String>) -> SaidItem {
    let title = Url::parse(address).ok().and_then(|u| words(&u));
    let candidate = Candidate { link: Some(address.to_owned()), title, ..Candidate::default() };
    SaidItem { candidate, date: changed.clone(), updated: changed }
}

/// The words of an address: all that a bare sitemap says of a page.
fn words(url: &Url) -> Option<String> {
    let mut segments: Vec<&str> = url.path_segments()?.filter(|s| !s.is_empty()).collect();
    let last = loop {
        let segment = segments.pop()?;
        let stem = segment.rsplit_once('.').map_or(segment, |(stem, _)| stem);
        if stem.chars().any(char::is_alphabetic) && stem != "index" {
            break stem;
        }
    };
    let bytes: Vec<u8> = percent_decoded(last);
    let text = String::from_utf8_lossy(&bytes).replace(['-', '_', '+'], " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut chars = text.chars();
    let first = chars.next()?;
    Some(first.to_uppercase().chain(chars).collect())
}

fn percent_decoded(text: &str) -> Vec<u8> {
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
fn said(element: ElementRef<'_>, name: &str) -> Option<String> {
    let child = element.child_elements().find(|e| local(*e) == name)?;
    Some(xml::text(child)).filter(|t| !t.is_empty())
}

/// The name of an element without the prefix of its vocabulary.
fn local(element: ElementRef<'_>) -> String {
    let name = element.value().name();
    name.rsplit_once(':').map_or(name, |(_, local)| local).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_words() {
        for (address, expected) in [
            (
                "https://example.org/news/2026/harbour-opens-its-archive.html",
                Some("Harbour opens its archive"),
            ),
            ("https://example.org/a/caf%C3%A9_du_port/", Some("Café du port")),
            ("https://example.org/news/1234/", Some("News")),
            ("https://example.org/", None),
        ] {
            assert_eq!(words(&Url::parse(address).expect("an address")).as_deref(), expected, "{address}");
        }
    }
}
