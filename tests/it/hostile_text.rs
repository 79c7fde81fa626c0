//! Any text in any field: every format stays well-formed, by the word of parsers that did not
//! write it, and gives the text back, less what XML forbids.

use chrono::DateTime;
use feedbridge::model::{
    Content, DateSource, Enclosure, FeedHead, FeedId, FieldName, Format, Item, Podcast, Precision,
};
use feedbridge::render;
use proptest::prelude::*;
use roxmltree::Node;
use serde_json::Value;

const ATOM: &str = "http://www.w3.org/2005/Atom";
const CONTENT: &str = "http://purl.org/rss/1.0/modules/content/";
const DUBLIN_CORE: &str = "http://purl.org/dc/elements/1.1/";

/// All that a person could write, as one format gave it back.
#[derive(Debug, PartialEq)]
struct Texts {
    feed_title: String,
    feed_description: String,
    title: Option<String>,
    summary: Option<String>,
    content_html: Option<String>,
    authors: Vec<String>,
    tags: Vec<String>,
}

/// The characters of a text that XML 1.0 (fifth edition) allows: production 2 `Char`, then section 2.11.
fn readable(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|c| matches!(u32::from(*c), 0x9 | 0xA | 0xD | 0x20..=0xD7FF | 0xE000..=0xFFFD | 0x1_0000..))
        .collect();
    kept.replace("\r\n", "\n").replace('\r', "\n")
}

fn visible(text: &str) -> Option<String> {
    Some(readable(text)).filter(|t| !t.trim().is_empty())
}

fn visible_all(texts: &[String]) -> Vec<String> {
    texts.iter().filter_map(|t| visible(t)).collect()
}

/// The texts that every format must have. A blank feed title is the id, a blank description the title; an
/// item without title and summary is called by its address.
fn expected(head: &FeedHead, item: &Item) -> Texts {
    let content = &item.content;
    let feed_title = visible(&head.title).unwrap_or_else(|| head.id.to_string());
    let summary = content.summary.as_deref().and_then(visible);
    let address = || content.url.as_ref().filter(|_| summary.is_none()).map(ToString::to_string);
    Texts {
        feed_description: visible(&head.description).unwrap_or_else(|| feed_title.clone()),
        feed_title,
        title: visible(&content.title).or_else(address),
        summary,
        content_html: content.content_html.as_deref().and_then(visible),
        authors: visible_all(&content.authors),
        tags: visible_all(&content.tags),
    }
}

fn find<'a>(parent: Node<'a, 'a>, namespace: Option<&str>, name: &str) -> Vec<Node<'a, 'a>> {
    let is_meant = |n: &Node| n.tag_name().name() == name && n.tag_name().namespace() == namespace;
    parent.children().filter(is_meant).collect()
}

fn texts(parent: Node, namespace: Option<&str>, name: &str) -> Vec<String> {
    let text = |n: Node| n.children().filter_map(|c| c.text().map(str::to_owned)).collect();
    find(parent, namespace, name).into_iter().map(text).collect()
}

fn only(parent: Node, namespace: Option<&str>, name: &str) -> Option<String> {
    let mut found = texts(parent, namespace, name);
    assert!(found.len() <= 1, "more than one {name}: {found:?}");
    found.pop()
}

fn read_rss(body: &str) -> Texts {
    let document = roxmltree::Document::parse(body).expect("RSS is well-formed");
    let channel = find(document.root_element(), None, "channel")[0];
    let item = find(channel, None, "item")[0];
    let as_plain = |html: String| html.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    Texts {
        feed_title: only(channel, None, "title").expect("RSS requires a channel title"),
        feed_description: only(channel, None, "description").expect("RSS requires a description"),
        title: only(item, None, "title"),
        summary: only(item, None, "description").map(as_plain),
        content_html: only(item, Some(CONTENT), "encoded"),
        authors: texts(item, Some(DUBLIN_CORE), "creator"),
        tags: texts(item, None, "category"),
    }
}

fn read_atom(body: &str) -> Texts {
    let document = roxmltree::Document::parse(body).expect("Atom is well-formed");
    let feed = document.root_element();
    let entry = find(feed, Some(ATOM), "entry")[0];
    let names = find(entry, Some(ATOM), "author").into_iter();
    let terms = find(entry, Some(ATOM), "category").into_iter();
    Texts {
        feed_title: only(feed, Some(ATOM), "title").expect("Atom requires a feed title"),
        feed_description: only(feed, Some(ATOM), "subtitle").expect("a subtitle"),
        title: only(entry, Some(ATOM), "title").filter(|t| !t.is_empty()),
        summary: only(entry, Some(ATOM), "summary"),
        content_html: only(entry, Some(ATOM), "content"),
        authors: names.filter_map(|author| only(author, Some(ATOM), "name")).collect(),
        tags: terms.filter_map(|c| c.attribute("term").map(str::to_owned)).collect(),
    }
}

fn read_json(body: &str) -> Texts {
    let feed: Value = serde_json::from_str(body).expect("JSON Feed is JSON");
    let item = &feed["items"][0];
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let all = |list: &Value| list.as_array().cloned().unwrap_or_default();
    Texts {
        feed_title: text(&feed["title"]).expect("JSON Feed requires a title"),
        feed_description: text(&feed["description"]).expect("a description"),
        title: text(&item["title"]),
        summary: text(&item["summary"]),
        content_html: text(&item["content_html"]),
        authors: all(&item["authors"]).iter().filter_map(|a| text(&a["name"])).collect(),
        tags: all(&item["tags"]).iter().filter_map(text).collect(),
    }
}

/// Texts that break writers of markup, by experience; words are parted by spaces.
const MARKUP: &str = "]]> ]] > ]]]]>> <![CDATA[ <!-- --> &#0; &#x8; & &amp; &lt; &nbsp; < </title> \
    </script> <?xml?> <!DOCTYPE <!ENTITY \" ' \\ \\u0000 %00 \r\n";

/// Single characters with a part in old bugs: line ends, controls, directions, marks, the limits
/// of what XML allows, and beyond the first plane.
const CHARACTERS: &str = "\r\n\t \0\u{1}\u{8}\u{b}\u{c}\u{1b}\u{1f}\u{7f}\u{85}\u{2028}\u{200f}\
    \u{202e}\u{2066}\u{feff}\u{fffd}\u{fffe}\u{ffff}\u{1fffe}\u{10ffff}𝄞👩\u{200d}👧e\u{301}한";

fn trap() -> impl Strategy<Value = String> {
    let words = MARKUP.split(' ').map(str::to_owned);
    let characters = CHARACTERS.chars().map(String::from);
    prop::sample::select(words.chain(characters).collect::<Vec<_>>())
}

fn short_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => trap(),
        3 => any::<char>().prop_map(String::from),
        2 => (0_u8..0x20).prop_map(|byte| char::from(byte).to_string()),
        1 => "[a-z ]{1,12}",
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        15 => short_text(),
        1 => (short_text(), 500_usize..2_000).prop_map(|(text, times)| text.repeat(times)),
    ]
}

fn hostile_texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(hostile_text(), 0..4)
}

prop_compose! {
    fn hostile_head()(
        title in hostile_text(),
        description in hostile_text(),
        language in prop::option::of(short_text()),
        seconds in any::<i32>(),
    ) -> FeedHead {
        FeedHead {
            id: FeedId::parse("hostile").expect("a valid id"),
            path: "/feeds/harbour".to_owned(),
            title,
            description,
            home: Some("https://example.org/list?a=1&b='2'".parse().expect("a valid address")),
            base_url: "https://feeds.example.org".to_owned(),
            language,
            ttl_minutes: 60,
            changed: DateTime::from_timestamp(seconds.into(), 0).expect("in range"),
        }
    }
}

prop_compose! {
    fn hostile_content()(
        title in hostile_text(),
        summary in prop::option::of(hostile_text()),
        content_html in prop::option::of(hostile_text()),
        authors in hostile_texts(),
        tags in hostile_texts(),
        file in short_text(),
        media_type in prop::option::of(short_text()),
        extra in hostile_text(),
    ) -> Content {
        let address = "https://example.org/a?b=1&c='2'#d";
        let at = |url| Enclosure { url, media_type: media_type.clone(), length: None };
        let schemes = tags.iter().map(|t| (t.clone(), format!("https://example.org/{file}"))).collect();
        Content {
            title,
            schemes,
            comments: Some(address.parse().expect("a valid address")),
            podcast: Podcast { duration_s: Some(1), ..Podcast::default() },
            url: Some(address.parse().expect("a valid address")),
            summary,
            content_html,
            authors,
            tags,
            image: Some(address.parse().expect("a valid address")),
            enclosures: vec![at(file.clone()), at(format!("https://example.org/{file}"))],
            extras: FieldName::extras().map(|field| (field, extra.clone())).collect(),
        }
    }
}

prop_compose! {
    fn hostile_item()(
        content in hostile_content(),
        guid in short_text(),
        seconds in any::<i32>(),
        edited in prop::option::of(any::<i32>()),
    ) -> Item {
        let instant = |s: i32| DateTime::from_timestamp(s.into(), 0).expect("in range");
        Item {
            key: guid.clone(),
            guid: format!("urn:example:{guid}"),
            content,
            date: instant(seconds).fixed_offset(),
            precision: Precision::Second,
            date_source: DateSource::Page,
            updated: edited.map(|s| instant(s).fixed_offset()),
            first_seen: instant(seconds),
            position: 0,
        }
    }
}

fn body(head: &FeedHead, item: &Item, format: Format) -> String {
    let document = render::render(head, std::slice::from_ref(item), format);
    String::from_utf8(document.body.to_vec()).expect("documents are UTF-8")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn rss_gives_back_any_text(head in hostile_head(), item in hostile_item()) {
        prop_assert_eq!(read_rss(&body(&head, &item, Format::Rss)), expected(&head, &item));
    }

    #[test]
    fn atom_gives_back_any_text(head in hostile_head(), item in hostile_item()) {
        prop_assert_eq!(read_atom(&body(&head, &item, Format::Atom)), expected(&head, &item));
    }

    #[test]
    fn json_gives_back_any_text(head in hostile_head(), item in hostile_item()) {
        prop_assert_eq!(read_json(&body(&head, &item, Format::Json)), expected(&head, &item));
    }

    #[test]
    fn the_same_items_give_the_same_bytes(
        head in hostile_head(),
        items in prop::collection::vec(hostile_item(), 0..4),
    ) {
        for format in Format::ALL {
            let first = render::render(&head, &items, format);
            prop_assert_eq!(first, render::render(&head.clone(), &items.clone(), format));
        }
    }

    #[test]
    fn a_list_of_feeds_gives_back_any_title(title in hostile_text(), head in hostile_head()) {
        let list = render::opml(&title, std::slice::from_ref(&head));
        let list = std::str::from_utf8(&list).expect("OPML is UTF-8");
        let document = roxmltree::Document::parse(list).expect("OPML is well-formed");
        let titles = texts(find(document.root_element(), None, "head")[0], None, "title");
        prop_assert_eq!(titles, [readable(&title)]);
        let outline = find(find(document.root_element(), None, "body")[0], None, "outline")[0];
        let expected = visible(&head.title).unwrap_or_else(|| head.id.to_string());
        prop_assert_eq!(outline.attribute("text"), Some(expected.as_str()));
    }
}
