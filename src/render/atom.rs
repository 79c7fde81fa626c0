//! Writes Atom 1.0 (RFC 4287). The only home of the `atom_syndication` crate.

use std::collections::BTreeMap;

use atom_syndication::extension::{Extension, ExtensionMap};
use atom_syndication::{Content, Entry, Feed, FixedDateTime, Generator, Link, Person, Text, WriteConfig};
use chrono::{DateTime, Utc};

use super::clean::{CleanFile, CleanHead, CleanItem};
use super::namespaces::{self, split_name};
use super::text;
use crate::digest;
use crate::model::Format;

const DECLARATION: &[u8] = br#"<?xml version="1.0" encoding="utf-8"?>"#;

/// Renders a whole document.
pub(super) fn write(head: CleanHead, items: Vec<CleanItem>) -> Vec<u8> {
    let feed = Feed {
        id: feed_iri(&head.id),
        // A feed must have an author unless all its entries have one (section 4.1.1).
        authors: vec![person(head.title.clone())],
        title: Text::plain(head.title),
        subtitle: Some(Text::plain(head.description)),
        updated: head.changed.unwrap_or_else(epoch),
        generator: Some(Generator {
            value: "feedbridge".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            uri: None,
        }),
        links: feed_links(head.self_url, head.home_url),
        lang: head.language,
        // Atom documents say nothing of podcasts.
        namespaces: namespaces::declared(&items, false),
        entries: items.into_iter().map(entry).collect(),
        ..Feed::default()
    };
    let config = WriteConfig { write_document_declaration: false, indent_size: None };
    feed.write_with_config(DECLARATION.to_vec(), config).expect("writing to memory cannot fail")
}

/// The identifier of a feed: a UUID of version 8 (RFC 9562 section 5.8), made from the feed's id alone.
///
/// RFC 4287 section 4.2.6 asks that a feed keeps its identifier when it moves to another address. This one
/// does, because no address is part of it.
fn feed_iri(id: &str) -> String {
    digest::uuid(format!("feedbridge:feed:{id}").as_bytes())
}

/// The value of `updated` where no date is known. The element is required (section 4.1.1), also in a
/// feed that never had an item.
fn epoch() -> FixedDateTime {
    DateTime::<Utc>::UNIX_EPOCH.fixed_offset()
}

fn person(name: String) -> Person {
    Person { name, ..Person::default() }
}

fn feed_links(self_url: Option<String>, home_url: Option<String>) -> Vec<Link> {
    let self_link = self_url
        .map(|href| Link { mime_type: Some(Format::Atom.media_type().to_owned()), ..link("self", href) });
    let home_link = home_url.map(|href| link("alternate", href));
    self_link.into_iter().chain(home_link).collect()
}

fn link(rel: &str, href: String) -> Link {
    Link { rel: rel.to_owned(), href, ..Link::default() }
}

fn entry(item: CleanItem) -> Entry {
    Entry {
        content: content(&item),
        extensions: extensions(&item),
        id: item.guid,
        title: Text::plain(item.title.unwrap_or_default()),
        updated: item.updated.or(item.published).unwrap_or_else(epoch),
        published: item.published,
        links: item
            .url
            .map(|href| link("alternate", href))
            .into_iter()
            .chain(item.comments.map(replies))
            .chain(item.files.into_iter().map(enclosure))
            .collect(),
        summary: item.summary.map(Text::plain),
        authors: item.authors.into_iter().map(person).collect(),
        ..Entry::default()
    }
}

/// A link to the page with comments (RFC 4685 section 4).
fn replies(href: String) -> Link {
    Link { mime_type: Some("text/html".to_owned()), ..link("replies", href) }
}

fn enclosure(file: CleanFile) -> Link {
    Link {
        mime_type: Some(file.media_type),
        length: file.length.map(|bytes| bytes.to_string()),
        ..link("enclosure", file.url)
    }
}

/// The body of an entry.
///
/// An entry without an alternate link must have content (section 4.1.2). Without a body, such an
/// entry gets its summary or title as content.
fn content(item: &CleanItem) -> Option<Content> {
    let (value, kind) = match (&item.content_html, &item.url) {
        (Some(html), _) => (html, "html"),
        (None, None) => (item.summary.as_ref().or(item.title.as_ref())?, "text"),
        (None, Some(_)) => return None,
    };
    Some(Content { value: Some(value.clone()), content_type: Some(kind.to_owned()), ..Content::default() })
}

/// Categories and the picture, as extension elements.
///
/// The `Category` of `atom_syndication` writes line ends and tabs of a tag literally, and a parser
/// turns them into spaces. The attributes of an extension element are written as we escape them.
fn extensions(item: &CleanItem) -> ExtensionMap {
    let mut map = ExtensionMap::new();
    if !item.tags.is_empty() {
        let categories = item.tags.iter().map(|tag| category(item, tag)).collect();
        map.insert("atom".to_owned(), BTreeMap::from([("category".to_owned(), categories)]));
    }
    if let Some(image) = &item.image {
        let thumbnail = vec![element("media:thumbnail", "url", image)];
        map.insert("media".to_owned(), BTreeMap::from([("thumbnail".to_owned(), thumbnail)]));
    }
    for (names, text) in &item.extras {
        let (prefix, local) = split_name(names.xml);
        let extra =
            Extension { name: names.xml.to_owned(), value: Some(text.clone()), ..Extension::default() };
        map.entry(prefix.to_owned()).or_default().insert(local.to_owned(), vec![extra]);
    }
    map
}

fn category(item: &CleanItem, tag: &str) -> Extension {
    let mut category = element("category", "term", tag);
    if let Some(scheme) = item.scheme(tag) {
        category.attrs.insert("scheme".to_owned(), text::escape_attribute(scheme));
    }
    category
}

/// An extension element with one attribute.
///
/// `atom_syndication` escapes all other attributes, but writes those of an extension as they are. So
/// the value is escaped here.
fn element(name: &str, attribute: &str, value: &str) -> Extension {
    Extension {
        name: name.to_owned(),
        attrs: BTreeMap::from([(attribute.to_owned(), text::escape_attribute(value))]),
        ..Extension::default()
    }
}

#[cfg(test)]
mod tests {
    use super::feed_iri;
    use crate::model::{Enclosure, FeedHead, Format, Item};
    use crate::render::render;
    use crate::render::tests::{attributes_of, head, item, texts_of};

    fn texts(head: &FeedHead, item: &Item, name: &str) -> Vec<String> {
        texts_of(&render(head, std::slice::from_ref(item), Format::Atom).body, name)
    }

    fn attributes(head: &FeedHead, item: &Item, name: &str) -> Vec<String> {
        attributes_of(&render(head, std::slice::from_ref(item), Format::Atom).body, name)
    }

    #[test]
    fn the_feed_iri_depends_on_the_id_alone() {
        let mut moved = head();
        moved.base_url = "http://other.example.net/rss".into();
        let iri = texts(&moved, &item(), "id").swap_remove(0);
        assert_eq!(iri, texts(&head(), &item(), "id")[0]);
        assert_eq!(iri, feed_iri("harbour"));
        assert_ne!(iri, feed_iri("harbor"));
        assert_eq!((iri.len(), &iri[..9], &iri[23..24]), (45, "urn:uuid:", "8"));
        assert!("89ab".contains(&iri[28..29]), "the variant of RFC 9562: {iri}");
    }

    #[test]
    fn an_edit_moves_updated_but_not_published() {
        let mut item = item();
        let stamps = |item: &Item| (texts(&head(), item, "published"), texts(&head(), item, "updated"));
        let (published, updated) = stamps(&item);
        assert_eq!(published, ["2026-11-03T09:30:00+09:00"]);
        assert_eq!(updated, ["2026-11-03T01:00:00+00:00", "2026-11-03T10:00:00+09:00"]);
        item.updated = None;
        assert_eq!(stamps(&item).1[1], "2026-11-03T09:30:00+09:00");
    }

    #[test]
    fn a_feed_that_never_changed_was_updated_at_the_epoch() {
        let mut head = head();
        head.changed = chrono::DateTime::UNIX_EPOCH;
        assert_eq!(texts(&head, &item(), "updated")[0], "1970-01-01T00:00:00+00:00");
    }

    #[test]
    fn every_feed_has_an_author() {
        assert_eq!(texts(&head(), &item(), "name"), ["Harbour & quay", "Ann <Port>", "Bo"]);
    }

    #[test]
    fn without_a_page_the_words_are_the_content() {
        let check = |html: Option<&str>, url: bool, summary: Option<&str>, expected: &[&str]| {
            let mut item = item();
            item.content.content_html = html.map(Into::into);
            item.content.summary = summary.map(Into::into);
            if !url {
                item.content.url = None;
            }
            assert_eq!(texts(&head(), &item, "content"), expected);
        };
        check(Some("<p>x</p>"), false, Some("s"), &["<p>x</p>"]);
        check(None, true, Some("s"), &[]);
        check(None, false, Some("s"), &["s"]);
        check(None, false, None, &["Ships < tides"]);
    }

    #[test]
    fn attributes_survive_the_parser() {
        let mut item = item();
        item.content.tags = vec!["a\tb\r\nc \"d\" <e> 'f' &#0;".into()];
        assert_eq!(attributes(&head(), &item, "category"), ["term=a\tb\nc \"d\" <e> 'f' &#0;"]);
        let expected = ["url=https://example.org/quay.jpg?w=80&h=60"];
        assert_eq!(attributes(&head(), &item, "thumbnail"), expected);
    }

    #[test]
    fn all_files_are_links() {
        let mut item = item();
        item.content.url = Some("ftp://example.org/1".parse().unwrap());
        item.content.enclosures.push(Enclosure { url: "data:,x".into(), ..Enclosure::default() });
        let expected = [
            "href=https://feeds.example.org/feeds/harbour.atom rel=self type=application/atom+xml",
            "href=https://example.org/news rel=alternate",
            "href=https://example.org/tide.mp3 rel=enclosure type=audio/mpeg length=1234",
            "href=https://example.org/map rel=enclosure type=application/octet-stream",
        ];
        assert_eq!(attributes(&head(), &item, "link"), expected);
    }
}
