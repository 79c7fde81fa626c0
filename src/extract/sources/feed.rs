//! Feeds as a source: RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, JSON Feed; read as tolerantly as browsers
//! read pages. Declarations of document types are never followed.

mod item;
mod json;

use super::super::{ExtractLimits, Extraction, LinkedPages};
use super::self_describing::{Said, SaidItem, read};
use crate::date::DateRules;
use crate::html::tree::ElementRef;
use crate::html::xml::Space;
use crate::html::{Unparsable, xml};
use crate::model::Page;

/// Reads a feed.
///
/// # Errors
/// When it is no feed, or cannot be parsed within the limits.
pub(crate) fn extract(
    page: &Page,
    dates: &DateRules,
    limits: &ExtractLimits,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Extraction, Unparsable> {
    let text = page.text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let raw = if text.starts_with('{') {
        json::feed(text, limits.candidates).ok_or(Unparsable::NoFeed)?
    } else {
        xml(text, page, limits)?
    };
    Ok(read(raw, page, dates, now))
}

fn xml(text: &str, page: &Page, limits: &ExtractLimits) -> Result<Said, Unparsable> {
    let document = xml::parse(text, limits.depth)?;
    let root = document.tree.root().children().find_map(ElementRef::wrap).ok_or(Unparsable::NoFeed)?;
    let channel = xml::find(root, &["channel", "feed"]).ok_or(Unparsable::NoFeed)?;
    // Items of RSS 1.0 stand beside the channel.
    let items = root.descendent_elements().filter(|e| xml::is(*e, &["item", "entry"]));
    let outermost = items.filter(|e| !xml::inside(*e, &["item", "entry"]));
    let title = xml::child(channel, &[(Space::Core, "title"), (Space::Dc, "title")]);
    let language = xml::child(channel, &[(Space::Core, "language"), (Space::Dc, "language")]);
    Ok(Said {
        elsewhere: LinkedPages::default(),
        title: title.map(item::plain).filter(|t| !t.is_empty()),
        language: language.map(xml::text).or_else(|| xml::attribute(root, "lang").map(str::to_owned)),
        items: outermost
            .take(limits.candidates)
            .enumerate()
            .map(|(position, element)| {
                item::read(element, u32::try_from(position).unwrap_or(u32::MAX), &page.url)
            })
            .collect(),
    })
}
