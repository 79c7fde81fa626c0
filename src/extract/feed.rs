//! Feeds as a source: RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, JSON Feed; read as tolerantly as browsers
//! read pages. Declarations of document types are never followed.

mod item;
mod json;
mod tree;

use scraper::ElementRef;

use super::{DateColumn, DateText, ExtractLimits, Extraction, Listing, Unparsable, dom};
use crate::date::DateRules;
use crate::model::{Candidate, Page, Problem};
use tree::Space;

/// What an item of a feed says, its dates still unread.
#[derive(Debug, Default)]
struct RawItem {
    candidate: Candidate,
    date: Option<String>,
    updated: Option<String>,
}

/// What a feed says.
#[derive(Debug, Default)]
struct RawFeed {
    title: Option<String>,
    language: Option<String>,
    items: Vec<RawItem>,
}

/// Reads a feed.
///
/// # Errors
/// When it is no feed, or cannot be parsed within the limits.
pub(super) fn extract(
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

fn xml(text: &str, page: &Page, limits: &ExtractLimits) -> Result<RawFeed, Unparsable> {
    let document = tree::parse(text, limits.depth)?;
    let root = document.tree.root().children().find_map(ElementRef::wrap).ok_or(Unparsable::NoFeed)?;
    let channel = tree::find(root, &["channel", "feed"]).ok_or(Unparsable::NoFeed)?;
    // Items of RSS 1.0 stand beside the channel.
    let items = root.descendent_elements().filter(|e| tree::is(*e, &["item", "entry"]));
    let outermost = items.filter(|e| !tree::inside(*e, &["item", "entry"]));
    let title = tree::child(channel, &[(Space::Core, "title"), (Space::Dc, "title")]);
    let language = tree::child(channel, &[(Space::Core, "language"), (Space::Dc, "language")]);
    Ok(RawFeed {
        title: title.map(item::plain).filter(|t| !t.is_empty()),
        language: language.map(tree::text).or_else(|| tree::attribute(root, "lang").map(str::to_owned)),
        items: outermost
            .take(limits.candidates)
            .enumerate()
            .map(|(position, element)| {
                item::read(element, u32::try_from(position).unwrap_or(u32::MAX), &page.url)
            })
            .collect(),
    })
}

fn read(raw: RawFeed, page: &Page, dates: &DateRules, now: chrono::DateTime<chrono::Utc>) -> Extraction {
    let mut problems: Vec<Problem> = Vec::new();
    let (mut candidates, mut published, mut updates) = (Vec::new(), Vec::new(), Vec::new());
    for (index, item) in raw.items.into_iter().enumerate() {
        let position = item.candidate.position;
        let column = |text: Option<String>| {
            let text = text.filter(|t| !t.trim().is_empty())?;
            Some(DateText { index, position, text, machine: None, rules: dates.clone() })
        };
        published.extend(column(item.date));
        updates.extend(column(item.updated));
        candidates.push(item.candidate);
    }
    let column = |field| DateColumn { field, language: raw.language.as_deref(), now };
    column("date").read(published, &mut candidates, |c, d| c.date = d, &mut problems);
    column("updated").read(updates, &mut candidates, |c, d| c.updated = d, &mut problems);
    let listing = if candidates.is_empty() { Listing::Empty } else { Listing::Found(None) };
    Extraction { candidates, problems, listing, base: page.url.clone(), title: raw.title, next: None }
}

/// Escaped HTML as a person reads it.
fn readable(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    dom::text(scraper::Html::parse_fragment(html).root_element())
}
