//! Writes OPML 2.0 (opml.org/spec2): a list of all feeds, which a reader imports to subscribe to all of
//! them. The only home of `quick_xml`.

use bytes::Bytes;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::clean::CleanHead;
use super::text;
use crate::model::{FeedHead, Format};

/// Renders a subscription list, in the order given, as UTF-8.
///
/// # Panics
/// Never: writing to memory cannot fail.
#[must_use]
pub fn opml(title: &str, feeds: &[FeedHead]) -> Bytes {
    Bytes::from(write(title, feeds).expect("writing to memory cannot fail"))
}

fn write(title: &str, feeds: &[FeedHead]) -> std::io::Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let root = BytesStart::new("opml").with_attributes([("version", "2.0")]);
    writer.write_event(Event::Start(root))?;
    writer.write_event(Event::Start(BytesStart::new("head")))?;
    writer.write_event(Event::Start(BytesStart::new("title")))?;
    writer.write_event(Event::Text(BytesText::new(&text::clean(title))))?;
    writer.write_event(Event::End(BytesEnd::new("title")))?;
    writer.write_event(Event::End(BytesEnd::new("head")))?;
    writer.write_event(Event::Start(BytesStart::new("body")))?;
    for feed in feeds {
        if let Some(outline) = outline(feed) {
            writer.write_event(Event::Empty(outline))?;
        }
    }
    writer.write_event(Event::End(BytesEnd::new("body")))?;
    writer.write_event(Event::End(BytesEnd::new("opml")))?;
    Ok(writer.into_inner())
}

/// One subscription; `None` if the feed has no web address to subscribe to.
///
/// Values are passed as bytes, which `quick_xml` writes as they are. Its own escaping leaves line
/// ends literal, and a parser would turn them into spaces.
fn outline(feed: &FeedHead) -> Option<BytesStart<'static>> {
    let head = CleanHead::new(feed, Format::Rss);
    let attributes = [
        ("type", Some("rss".to_owned())),
        ("text", Some(head.title.clone())),
        ("title", Some(head.title)),
        ("xmlUrl", Some(head.self_url?)),
        ("htmlUrl", head.home_url),
        ("language", head.language),
    ];
    let mut outline = BytesStart::new("outline");
    for (name, value) in attributes {
        if let Some(value) = value {
            outline.push_attribute((name.as_bytes(), text::escape_attribute(&value).as_bytes()));
        }
    }
    Some(outline)
}

#[cfg(test)]
mod tests {
    use super::opml;
    use crate::model::FeedId;
    use crate::render::tests::{attributes_of, head, texts_of};

    #[test]
    fn a_list_of_feeds() {
        let mut bare = head();
        bare.id = FeedId::parse("bare").unwrap();
        bare.path = "/feeds/bare".to_owned();
        bare.title = "Tab\tand\nline \"quoted\" \0]]>".into();
        bare.home = None;
        bare.language = None;
        let mut private = head();
        private.base_url = "unix:/run/feeds".into();
        let list = opml("All & <every>\u{8} feed", &[head(), bare, private]);
        assert_eq!(texts_of(&list, "title"), ["All & <every> feed"]);
        assert_eq!(attributes_of(&list, "opml"), ["version=2.0"]);
        let expected = [
            "type=rss text=Harbour & quay title=Harbour & quay \
             xmlUrl=https://feeds.example.org/feeds/harbour.rss \
             htmlUrl=https://example.org/news language=en",
            "type=rss text=Tab\tand\nline \"quoted\" ]]> title=Tab\tand\nline \"quoted\" ]]> \
             xmlUrl=https://feeds.example.org/feeds/bare.rss",
        ];
        assert_eq!(attributes_of(&list, "outline"), expected);
    }

    #[test]
    fn no_feeds() {
        let expected = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
            <opml version=\"2.0\"><head><title>Feeds</title></head><body></body></opml>";
        assert_eq!(opml("Feeds", &[]), expected);
    }
}
