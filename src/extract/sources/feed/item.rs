//! One item of an XML feed.

use url::Url;

use super::super::self_describing::{MAX_VALUES, SelfDescribedItem};
use super::text::{summary_to_html, to_html, to_plain_text, to_title, with_base};
use super::{address, media};
use crate::html::plain_text;
use crate::html::tree::ElementRef;
use crate::html::xml;
use crate::html::xml::Vocabulary::{self, Content, Core, Dc, Itunes, Media};
use crate::model::Candidate;

/// Elements with the time of publication, in order of preference.
const PUBLISHED: &[(Vocabulary, &str)] = &[
    (Core, "pubdate"),
    (Core, "published"),
    (Core, "issued"),
    (Dc, "date"),
    (Dc, "issued"),
    (Dc, "created"),
    (Core, "created"),
];
/// Elements with the time of the last change, in order of preference.
const UPDATED: &[(Vocabulary, &str)] = &[(Core, "updated"), (Core, "modified"), (Dc, "modified")];
/// Elements with the summary, in order of preference.
const SUMMARY: &[(Vocabulary, &str)] =
    &[(Core, "description"), (Core, "summary"), (Itunes, "summary"), (Dc, "description")];

/// Reads an item of RSS or an entry of Atom.
pub(crate) fn read(item: ElementRef<'_>, position: u32, page: &Url) -> SelfDescribedItem {
    let first =
        |names: &[(Vocabulary, &str)]| xml::child(item, names).map(xml::text).filter(|t| !t.is_empty());
    let updated = first(UPDATED);
    let date = first(PUBLISHED).or_else(|| updated.clone());
    let title = xml::child(item, &[(Core, "title"), (Dc, "title"), (Media, "title")])
        .map(to_title)
        .filter(|t| !t.is_empty());
    let link = address::link(item, page);
    let summary = xml::child(item, SUMMARY);
    // An item that has only a date is told from the others by its date.
    let has_only_date = title.is_none() && link.is_none();
    let id = first(&[(Core, "guid"), (Core, "id")]).or_else(|| date.clone().filter(|_| has_only_date));
    let candidate = Candidate {
        position,
        id,
        title,
        link,
        date: None,
        updated: None,
        summary: summary.map(to_plain_text).filter(|s| !s.is_empty()),
        content: content(item, page).or_else(|| {
            let summary = summary?;
            Some(with_base(summary_to_html(summary)?, summary, page))
        }),
        authors: authors(item),
        tags: tags(item),
        image: media::image(item, page),
        enclosures: media::enclosures(item, page),
        comments: address::comments(item, page),
        schemes: schemes(item),
        podcast: media::podcast(item),
        ..Candidate::default()
    };
    SelfDescribedItem { candidate, date, updated }
}

fn content(item: ElementRef<'_>, page: &Url) -> Option<String> {
    let names = [(Content, "encoded"), (Core, "content"), (Core, "fullitem"), (Core, "body")];
    let element = xml::child(item, &names)?;
    Some(with_base(to_html(element), element, page)).filter(|t| !t.trim().is_empty())
}

/// The authors; those of iTunes only if there are no others.
fn authors(item: ElementRef<'_>) -> Vec<String> {
    let named = xml::children(item, Core, "author").map(|author| {
        let name = xml::child(author, &[(Core, "name"), (Core, "email")]);
        name.map_or_else(|| plain_text(&xml::text(author)), xml::text)
    });
    let creators = xml::children(item, Dc, "creator").map(to_plain_text);
    let mut found: Vec<String> = named.chain(creators).filter(|a| !a.is_empty()).take(MAX_VALUES).collect();
    if found.is_empty() {
        let itunes = xml::children(item, Itunes, "author").map(to_plain_text);
        found.extend(itunes.filter(|a| !a.is_empty()).take(MAX_VALUES));
    }
    found
}

fn tags(item: ElementRef<'_>) -> Vec<String> {
    let categories = xml::children(item, Core, "category").map(category_name);
    let subjects = xml::children(item, Dc, "subject").map(to_plain_text);
    categories.chain(subjects).filter(|t| !t.is_empty()).take(MAX_VALUES).collect()
}

/// The tags that belong to a vocabulary, each with it: `scheme` in Atom, `domain` in RSS.
fn schemes(item: ElementRef<'_>) -> Vec<(String, String)> {
    let categories = xml::children(item, Core, "category").filter_map(|category| {
        let scheme = xml::attribute(category, "scheme").or_else(|| xml::attribute(category, "domain"))?;
        Some((category_name(category), scheme.to_owned()))
    });
    categories.filter(|(tag, scheme)| !tag.is_empty() && !scheme.trim().is_empty()).take(MAX_VALUES).collect()
}

fn category_name(category: ElementRef<'_>) -> String {
    let term = xml::attribute(category, "label").or_else(|| xml::attribute(category, "term"));
    term.map_or_else(|| to_plain_text(category), str::to_owned)
}
