//! Feeds as sources, of every version and with every common damage: each file of `tests/feeds` is one.

use std::fs;
use std::path::{Path, PathBuf};

use feedbridge::config::Limits;
use feedbridge::extract::{ExtractContext, extract};
use feedbridge::fetch::{BodyHold, Fetched};
use feedbridge::model::{Found, Validators};
use feedbridge::normalise::normalise;
use feedbridge::rules::SourceKind;
use serde_json::{Value, json};

fn feeds() -> Vec<PathBuf> {
    let all = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/feeds")).expect("tests/feeds");
    let paths = all.map(|e| e.expect("readable").path());
    let mut feeds: Vec<PathBuf> =
        paths.filter(|p| p.extension().is_some_and(|e| e == "xml" || e == "json")).collect();
    feeds.sort();
    feeds
}

/// The items of a feed, in the shape of the expected files.
fn read(path: &Path) -> Result<Value, String> {
    let (title, found) = found(fs::read(path).map_err(|e| e.to_string())?)?;
    let items: Vec<Value> = found
        .iter()
        .map(|f| {
            let title = Some(&f.content.title).filter(|t| !t.is_empty());
            json!({ "title": title, "url": f.content.url, "date": f.date.map(|d| d.at.to_utc().timestamp()) })
        })
        .collect();
    Ok(json!({ "title": title, "items": items }))
}

/// The title and the items of a feed.
fn found(body: Vec<u8>) -> Result<(Option<String>, Vec<Found>), String> {
    let fetched = Fetched {
        url: "https://example.org/feeds/main".parse().expect("an address"),
        bytes: body.len() as u64,
        body,
        hold: BodyHold::default(),
        content_type: None,
        validators: Validators::default(),
        body_hash: String::new(),
        crawl_delay: None,
        parameters: Vec::new(),
    };
    let page = fetched.into_page().map_err(|t| t.to_string())?;
    let (limits, now) = (Limits::default(), "2026-03-05T06:00:00Z".parse().expect("an instant"));
    let source = SourceKind::feed(chrono_tz::Tz::UTC, None);
    let context = ExtractContext::without_programs(&limits.extract, now);
    let extraction = extract(&page, &source, None, context).map_err(|e| e.to_string())?;
    let title = extraction.title.clone();
    let (found, _) = normalise(extraction, None, now, &limits.text);
    Ok((title, found))
}

/// Instants as numbers: offsets are written in several ways.
fn expected(path: &Path) -> Value {
    let text = fs::read_to_string(path.with_extension("expected")).expect("an expected file");
    let mut value: Value = serde_json::from_str(&text).expect("JSON");
    for item in value["items"].as_array_mut().expect("items") {
        if let Some(date) = item["date"].as_str() {
            item["date"] = chrono::DateTime::parse_from_rfc3339(date).expect("a date").timestamp().into();
        }
    }
    value
}

#[test]
fn feeds_say_what_is_in_them() {
    let feeds = feeds();
    assert!(feeds.len() >= 60, "only {} feeds", feeds.len());
    let mut wrong = Vec::new();
    for path in &feeds {
        let (seen, wanted) = (read(path), expected(path));
        if seen.as_ref() != Ok(&wanted) {
            wrong.push(format!("{}:\n  saw {seen:?}\n  not {wanted}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} of {} feeds:\n{}", wrong.len(), feeds.len(), wrong.join("\n"));
}

/// The contents of the items of a feed.
fn contents(feed: &str) -> Vec<String> {
    let (_, found) = found(feed.as_bytes().to_vec()).expect("a feed");
    found.into_iter().map(|f| f.content.content_html.unwrap_or_default()).collect()
}

#[test]
fn bases_of_xml_count_in_contents() {
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://mirror.example.net/log/"><title>Log</title>
        <entry xml:base="march/"><title>One</title><id>urn:x:1</id><link href="1"/>
        <content type="html" xml:base="pics/">&lt;p&gt;&lt;img src="../a.png" alt="a"&gt;&lt;/p&gt;</content></entry>
        <entry><title>Two</title><id>urn:x:2</id><link href="2"/>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml" xml:base="deep/"><p><img src="b.png"/></p></div></content></entry>
        <entry><title>Three</title><id>urn:x:3</id><link href="3"/>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p xml:base="https://cdn.example.net/"><img src="c.png"/></p></div></content></entry>
        <entry><title>Four</title><id>urn:x:4</id><link href="4"/>
        <summary type="html">&lt;img src="d.png"&gt; d</summary></entry></feed>"#;
    assert_eq!(
        contents(atom),
        [
            r#"<p><img src="https://mirror.example.net/log/march/a.png" alt="a"></p>"#,
            r#"<p><img src="https://mirror.example.net/log/deep/b.png"></p>"#,
            r#"<p><img src="https://cdn.example.net/c.png"></p>"#,
            r#"<img src="https://mirror.example.net/log/d.png"> d"#,
        ]
    );
}

#[test]
fn pictures_and_players_of_contents_are_resolved() {
    let item = |link: &str, html: &str| {
        format!(
            "<item><title>A</title><link>{link}</link><description><![CDATA[{html}]]></description></item>"
        )
    };
    let items = [
        item(
            "/1",
            "<p>Sea</p><img data-lazy-srcset='/p/a,1.png 2x,/p/b,1.png 1x' src='data:,'><img src=/t.gif width=1 height=1>",
        ),
        item("/2", "<p>Hear</p><audio controls><source src='/a/fog.ogg'>No sound</audio>"),
        item("/3", "<p>See</p><noscript><img src='/p/c.png'></noscript>"),
    ];
    let rss = format!("<rss version=\"2.0\"><channel><title>x</title>{}</channel></rss>", items.concat());
    let link = r#"<a href="https://example.org/a/fog.ogg" rel="noopener noreferrer nofollow">fog.ogg</a>"#;
    assert_eq!(
        contents(&rss),
        [
            r#"<p>Sea</p><img src="https://example.org/p/a,1.png">"#.to_owned(),
            format!("<p>Hear</p><p>{link}</p>"),
            r#"<p>See</p><img src="https://example.org/p/c.png">"#.to_owned(),
        ]
    );
}
