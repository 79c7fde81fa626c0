//! Shared by the tests of all formats: a sample head and item, and functions that read documents. Also
//! one golden document for each format.

use chrono::{DateTime, FixedOffset};
use roxmltree::Node;

use super::*;
use crate::model::{Content, DateSource, Enclosure, FeedId, Podcast, Precision};

/// Reads an RFC 3339 instant.
pub(super) fn at(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).unwrap()
}

pub(super) fn head() -> FeedHead {
    FeedHead {
        id: FeedId::parse("harbour").unwrap(),
        path: "/feeds/harbour".to_owned(),
        title: "Harbour & quay".into(),
        description: "News of an invented harbour".into(),
        home: Some("https://example.org/news".parse().unwrap()),
        base_url: "https://feeds.example.org".into(),
        language: Some("en".into()),
        ttl_minutes: 30,
        changed: at("2026-11-03T01:00:00Z").to_utc(),
    }
}

pub(super) fn item() -> Item {
    Item {
        key: "example.org/news/1".into(),
        guid: "tag:feeds.example.org,2026:harbour/1".into(),
        content: Content {
            title: "Ships < tides".into(),
            url: Some("https://example.org/news/1?a=b&c=d".parse().unwrap()),
            summary: Some("Ebb & flow".into()),
            content_html: Some("<p>Ebb &amp; flow</p>".into()),
            authors: vec!["Ann <Port>".into(), "Bo".into()],
            tags: vec!["sea & shore".into()],
            image: Some("https://example.org/quay.jpg?w=80&h=60".parse().unwrap()),
            enclosures: vec![
                Enclosure {
                    url: "https://example.org/tide.mp3".into(),
                    media_type: None,
                    length: Some(1234),
                },
                Enclosure { url: "https://example.org/map".into(), ..Enclosure::default() },
            ],
            ..Content::default()
        },
        date: at("2026-11-03T09:30:00+09:00"),
        precision: Precision::Minute,
        date_source: DateSource::Page,
        updated: Some(at("2026-11-03T10:00:00+09:00")),
        first_seen: at("2026-11-03T00:31:00Z").to_utc(),
        position: 0,
    }
}

pub(super) fn xml(text: &str) -> roxmltree::Document<'_> {
    roxmltree::Document::parse(text).unwrap()
}

/// The texts of all elements of a local name, in document order.
pub(super) fn texts_of(body: &[u8], name: &str) -> Vec<String> {
    each(body, name, |node| node.children().filter(Node::is_text).filter_map(|n| n.text()).collect())
}

/// `name=value` of all attributes of all elements of a local name, in document order.
pub(super) fn attributes_of(body: &[u8], name: &str) -> Vec<String> {
    each(body, name, |node| {
        let pairs = node.attributes().map(|a| format!("{}={}", a.name(), a.value()));
        pairs.collect::<Vec<_>>().join(" ")
    })
}

fn each(body: &[u8], name: &str, read: impl Fn(Node) -> String) -> Vec<String> {
    let document = xml(std::str::from_utf8(body).unwrap());
    document.descendants().filter(|n| n.tag_name().name() == name).map(read).collect()
}

/// Compares a document with its lines. The document has no line ends between them.
fn check_golden(format: Format, lines: &[&str]) {
    let document = render(&head(), &[item()], format);
    let expected = lines.concat().replace("VERSION", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8_lossy(&document.body), expected);
    assert_eq!(document, render(&head(), &[item()], format));
}

#[test]
fn golden_rss() {
    check_golden(
        Format::Rss,
        &[
            r#"<?xml version="1.0" encoding="utf-8"?>"#,
            r#"<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom""#,
            r#" xmlns:content="http://purl.org/rss/1.0/modules/content/""#,
            r#" xmlns:dc="http://purl.org/dc/elements/1.1/""#,
            r#" xmlns:media="http://search.yahoo.com/mrss/"><channel>"#,
            "<title>Harbour &amp; quay</title>",
            "<link>https://example.org/news</link>",
            "<description>News of an invented harbour</description>",
            "<language>en</language>",
            "<lastBuildDate>Tue, 3 Nov 2026 01:00:00 +0000</lastBuildDate>",
            "<generator>feedbridge VERSION</generator>",
            "<ttl>30</ttl>",
            r#"<atom:link href="https://feeds.example.org/feeds/harbour.rss" rel="self""#,
            r#" type="application/rss+xml"/>"#,
            "<item>",
            "<title>Ships &lt; tides</title>",
            "<link>https://example.org/news/1?a=b&amp;c=d</link>",
            "<description><![CDATA[Ebb &amp; flow]]></description>",
            "<category>sea &amp; shore</category>",
            r#"<enclosure url="https://example.org/tide.mp3" length="1234" type="audio/mpeg"/>"#,
            r#"<guid isPermaLink="false">tag:feeds.example.org,2026:harbour/1</guid>"#,
            "<pubDate>Tue, 3 Nov 2026 09:30:00 +0900</pubDate>",
            "<content:encoded><![CDATA[<p>Ebb &amp; flow</p>]]></content:encoded>",
            "<atom:updated>2026-11-03T10:00:00+09:00</atom:updated>",
            r#"<media:content type="application/octet-stream" url="https://example.org/map">"#,
            "</media:content>",
            r#"<media:thumbnail url="https://example.org/quay.jpg?w=80&amp;h=60">"#,
            "</media:thumbnail>",
            "<dc:creator>Ann &lt;Port&gt;</dc:creator>",
            "<dc:creator>Bo</dc:creator>",
            "</item></channel></rss>",
        ],
    );
}

#[test]
fn golden_atom() {
    check_golden(
        Format::Atom,
        &[
            r#"<?xml version="1.0" encoding="utf-8"?>"#,
            r#"<feed xmlns="http://www.w3.org/2005/Atom""#,
            r#" xmlns:media="http://search.yahoo.com/mrss/" xml:lang="en">"#,
            "<title>Harbour &amp; quay</title>",
            "<id>urn:uuid:365e8079-c7c1-82a1-ae0e-4ad96d964bb6</id>",
            "<updated>2026-11-03T01:00:00+00:00</updated>",
            "<author><name>Harbour &amp; quay</name></author>",
            r#"<generator version="VERSION">feedbridge</generator>"#,
            r#"<link href="https://feeds.example.org/feeds/harbour.atom" rel="self""#,
            r#" type="application/atom+xml"/>"#,
            r#"<link href="https://example.org/news" rel="alternate"/>"#,
            "<subtitle>News of an invented harbour</subtitle>",
            "<entry>",
            "<title>Ships &lt; tides</title>",
            "<id>tag:feeds.example.org,2026:harbour/1</id>",
            "<updated>2026-11-03T10:00:00+09:00</updated>",
            "<author><name>Ann &lt;Port&gt;</name></author>",
            "<author><name>Bo</name></author>",
            r#"<link href="https://example.org/news/1?a=b&amp;c=d" rel="alternate"/>"#,
            r#"<link href="https://example.org/tide.mp3" rel="enclosure""#,
            r#" type="audio/mpeg" length="1234"/>"#,
            r#"<link href="https://example.org/map" rel="enclosure""#,
            r#" type="application/octet-stream"/>"#,
            "<published>2026-11-03T09:30:00+09:00</published>",
            "<summary>Ebb &amp; flow</summary>",
            r#"<content type="html">&lt;p&gt;Ebb &amp;amp; flow&lt;/p&gt;</content>"#,
            r#"<category term="sea &amp; shore"></category>"#,
            r#"<media:thumbnail url="https://example.org/quay.jpg?w=80&amp;h=60">"#,
            "</media:thumbnail>",
            "</entry></feed>",
        ],
    );
}

#[test]
fn golden_json() {
    check_golden(
        Format::Json,
        &[
            r#"{"version":"https://jsonfeed.org/version/1.1","#,
            r#""title":"Harbour & quay","#,
            r#""home_page_url":"https://example.org/news","#,
            r#""feed_url":"https://feeds.example.org/feeds/harbour.json","#,
            r#""description":"News of an invented harbour","#,
            r#""language":"en","#,
            r#""_feedbridge":{"changed":"2026-11-03T01:00:00+00:00"},"#,
            r#""items":[{"#,
            r#""id":"tag:feeds.example.org,2026:harbour/1","#,
            r#""url":"https://example.org/news/1?a=b&c=d","#,
            r#""title":"Ships < tides","#,
            r#""content_html":"<p>Ebb &amp; flow</p>","#,
            r#""summary":"Ebb & flow","#,
            r#""image":"https://example.org/quay.jpg?w=80&h=60","#,
            r#""date_published":"2026-11-03T09:30:00+09:00","#,
            r#""date_modified":"2026-11-03T10:00:00+09:00","#,
            r#""authors":[{"name":"Ann <Port>"},{"name":"Bo"}],"#,
            r#""tags":["sea & shore"],"#,
            r#""attachments":["#,
            r#"{"url":"https://example.org/tide.mp3","mime_type":"audio/mpeg","size_in_bytes":1234},"#,
            r#"{"url":"https://example.org/map","mime_type":"application/octet-stream"}],"#,
            r#""_feedbridge":{"date_source":"page","precision":"minute"}"#,
            "}]}",
        ],
    );
}

#[test]
fn an_etag_is_the_hash_of_the_body() {
    let document = render(&head(), &[], Format::Json);
    assert_eq!(document.etag, digest::hex(&document.body, 32));
    assert_ne!(document.etag, render(&head(), &[item()], Format::Json).etag);
    assert_eq!(digest::hex(b"", 32), "e3b0c44298fc1c149afbf4c8996fb924");
}

#[test]
fn items_stay_in_the_order_given() {
    let items: Vec<Item> = (0..5).map(|n| Item { guid: format!("urn:x:{n}"), ..item() }).rev().collect();
    let rss = texts_of(&render(&head(), &items, Format::Rss).body, "guid");
    assert_eq!(rss, ["urn:x:4", "urn:x:3", "urn:x:2", "urn:x:1", "urn:x:0"]);
    assert_eq!(texts_of(&render(&head(), &items, Format::Atom).body, "id")[1..], rss);
}

#[test]
fn dates_that_no_format_can_say_are_left_out() {
    let mut item = item();
    item.date = DateTime::<chrono::Utc>::MAX_UTC.fixed_offset();
    item.updated = None;
    let body = |format| render(&head(), std::slice::from_ref(&item), format).body;
    assert!(texts_of(&body(Format::Rss), "pubDate").is_empty());
    assert!(texts_of(&body(Format::Atom), "published").is_empty());
    assert!(!String::from_utf8_lossy(&body(Format::Json)).contains("date_published"));
}

#[test]
fn episodes_comments_and_vocabularies_are_said_in_the_words_of_each_format() {
    let mut item = item();
    item.content.podcast =
        Podcast { duration_s: Some(3723), episode: Some(7), season: None, explicit: Some(false) };
    item.content.comments = Some("https://example.org/news/1#c".parse().unwrap());
    item.content.schemes = vec![("sea & shore".into(), "https://example.org/tags?a=1&b=2".into())];
    let document = |format| render(&head(), std::slice::from_ref(&item), format).body;
    let rss = document(Format::Rss);
    assert_eq!(texts_of(&rss, "duration"), ["3723"]);
    assert_eq!(texts_of(&rss, "episode"), ["7"]);
    assert_eq!(texts_of(&rss, "explicit"), ["false"]);
    assert_eq!(texts_of(&rss, "comments"), ["https://example.org/news/1#c"]);
    assert_eq!(attributes_of(&rss, "category"), ["domain=https://example.org/tags?a=1&b=2"]);
    let atom = document(Format::Atom);
    let links = attributes_of(&atom, "link");
    assert!(links.iter().any(|l| l.contains("rel=replies") && l.contains("/news/1#c")), "{links:?}");
    let categories = attributes_of(&atom, "category");
    assert_eq!(categories, ["scheme=https://example.org/tags?a=1&b=2 term=sea & shore"]);
    let json: serde_json::Value = serde_json::from_slice(&document(Format::Json)).unwrap();
    let files = &json["items"][0]["attachments"];
    assert_eq!(
        (&files[0]["duration_in_seconds"], &files[1]["duration_in_seconds"]),
        (&3723.into(), &serde_json::Value::Null)
    );
}
