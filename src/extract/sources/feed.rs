//! Feeds as a source: RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, JSON Feed. They are read as tolerantly as
//! browsers read pages. Document type declarations are never followed.

mod address;
mod item;
mod json;
mod media;
mod text;

use chrono::{DateTime, Utc};

use super::super::{ExtractLimits, Extraction, LinkedPages};
use super::self_describing::{SelfDescribed, to_extraction};
use crate::date::DateRules;
use crate::extract::text_kind::trim_text_start;
use crate::html::tree::ElementRef;
use crate::html::xml::Vocabulary;
use crate::html::{Unparsable, xml};
use crate::model::Page;

/// Reads a feed.
///
/// # Errors
/// When the text is not a feed, or cannot be parsed within the limits.
pub(crate) fn extract(
    page: &Page,
    dates: &DateRules,
    limits: &ExtractLimits,
    now: DateTime<Utc>,
) -> Result<Extraction, Unparsable> {
    let text = trim_text_start(&page.text);
    let feed = if text.starts_with('{') {
        json::read(text, limits.candidates).ok_or(Unparsable::NoFeed)?
    } else {
        read_xml(text, page, limits)?
    };
    Ok(to_extraction(feed, page, dates, now))
}

fn read_xml(text: &str, page: &Page, limits: &ExtractLimits) -> Result<SelfDescribed, Unparsable> {
    let document = xml::parse(text, limits.depth)?;
    let root = document.tree.root().children().find_map(ElementRef::wrap).ok_or(Unparsable::NoFeed)?;
    let channel = xml::find(root, &["channel", "feed"]).ok_or(Unparsable::NoFeed)?;
    // Items of RSS 1.0 are siblings of the channel.
    let items = root.descendent_elements().filter(|e| xml::is(*e, &["item", "entry"]));
    let outermost = items.filter(|e| !xml::is_inside(*e, &["item", "entry"]));
    let title = xml::child(channel, &[(Vocabulary::Core, "title"), (Vocabulary::Dc, "title")]);
    let language = xml::child(channel, &[(Vocabulary::Core, "language"), (Vocabulary::Dc, "language")]);
    Ok(SelfDescribed {
        linked_pages: LinkedPages::default(),
        title: title.map(text::to_title).filter(|t| !t.is_empty()),
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
