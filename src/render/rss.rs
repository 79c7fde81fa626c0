//! Writes RSS 2.0 (RSS Advisory Board, version 2.0.11). The only home of the `rss` crate.

use std::collections::BTreeMap;

use chrono::DateTime;
use rss::extension::atom::{AtomExtension, Link};
use rss::extension::dublincore::DublinCoreExtension;
use rss::extension::{Extension, ExtensionMap};
use rss::{Category, Channel, Enclosure, Guid};

use super::clean::{CleanFile, CleanHead, CleanItem};
use super::namespaces::{self, split_name};
use super::text;
use crate::model::{Format, Podcast};

/// Renders a whole document.
pub(super) fn write(head: CleanHead, items: Vec<CleanItem>) -> Vec<u8> {
    let channel = Channel {
        title: head.title,
        link: head.home_url.unwrap_or(head.base_url),
        description: head.description,
        language: head.language,
        last_build_date: head.changed.as_ref().map(DateTime::to_rfc2822),
        generator: Some(concat!("feedbridge ", env!("CARGO_PKG_VERSION")).to_owned()),
        ttl: Some(head.ttl_minutes.to_string()),
        atom_ext: Some(AtomExtension { links: head.self_url.map(self_link).into_iter().collect() }),
        namespaces: namespaces::declared(&items, true),
        items: items.into_iter().map(channel_item).collect(),
        ..Channel::default()
    };
    channel.write_to(Vec::new()).expect("writing to memory cannot fail")
}

fn self_link(href: String) -> Link {
    let mime_type = Some(Format::Rss.media_type().to_owned());
    Link { href, rel: "self".to_owned(), mime_type, ..Link::default() }
}

/// One `item` element.
///
/// The description must be escaped twice. Readers take it for HTML (RSS 2.0, `item`), but our summary
/// is plain text. So `a < b` first becomes the HTML `a &lt; b`, which is then escaped for XML. A title
/// is plain text in RSS and is escaped once.
fn channel_item(item: CleanItem) -> rss::Item {
    rss::Item {
        extensions: extensions(&item),
        categories: item.tags.iter().map(|name| category(&item, name)).collect(),
        comments: item.comments,
        title: item.title,
        link: item.url,
        description: item.summary.as_deref().map(text::escape_html),
        enclosure: item.files.into_iter().next().map(enclosure),
        guid: Some(Guid { value: item.guid, permalink: false }),
        pub_date: item.published.as_ref().map(DateTime::to_rfc2822),
        content: item.content_html,
        dublin_core_ext: (!item.authors.is_empty())
            .then(|| DublinCoreExtension { creators: item.authors, ..Default::default() }),
        ..rss::Item::default()
    }
}

fn category(item: &CleanItem, name: &str) -> Category {
    Category { name: name.to_owned(), domain: item.scheme(name).map(str::to_owned) }
}

/// RSS requires a length; by convention, 0 means that it is unknown (RSS Best Practices Profile).
fn enclosure(file: CleanFile) -> Enclosure {
    Enclosure { url: file.url, length: file.length.unwrap_or(0).to_string(), mime_type: file.media_type }
}

/// Fields that RSS itself has no element for: the date of the last edit, further files, the picture,
/// the podcast.
fn extensions(item: &CleanItem) -> ExtensionMap {
    let mut map = ExtensionMap::new();
    if let Some(at) = item.updated {
        let updated = Extension { value: Some(at.to_rfc3339()), ..element("atom:updated", []) };
        map.insert("atom".to_owned(), BTreeMap::from([("updated".to_owned(), vec![updated])]));
    }
    // RSS allows one enclosure only; readers differ on how they treat a second one.
    let further_files: Vec<_> = item.files.iter().skip(1).map(media_content).collect();
    let mut media = BTreeMap::new();
    if !further_files.is_empty() {
        media.insert("content".to_owned(), further_files);
    }
    if let Some(image) = &item.image {
        let thumbnail = element("media:thumbnail", [("url", image.clone())]);
        media.insert("thumbnail".to_owned(), vec![thumbnail]);
    }
    if !media.is_empty() {
        map.insert("media".to_owned(), media);
    }
    let itunes = podcast_elements(&item.podcast);
    if !itunes.is_empty() {
        map.insert("itunes".to_owned(), itunes);
    }
    for (names, text) in &item.extras {
        let (prefix, local) = split_name(names.xml);
        let extra = Extension { value: Some(text.clone()), ..element(names.xml, []) };
        map.entry(prefix.to_owned()).or_default().insert(local.to_owned(), vec![extra]);
    }
    map
}

/// The `itunes` elements of an episode, by local name.
fn podcast_elements(podcast: &Podcast) -> BTreeMap<String, Vec<Extension>> {
    let fields = [
        ("duration", podcast.duration_s.map(|seconds| seconds.to_string())),
        ("episode", podcast.episode.map(|number| number.to_string())),
        ("season", podcast.season.map(|number| number.to_string())),
        ("explicit", podcast.explicit.map(|explicit| explicit.to_string())),
    ];
    let mut elements = BTreeMap::new();
    for (name, value) in fields {
        if value.is_some() {
            let qualified_name = format!("itunes:{name}");
            elements.insert(name.to_owned(), vec![Extension { value, ..element(&qualified_name, []) }]);
        }
    }
    elements
}

fn media_content(file: &CleanFile) -> Extension {
    let mut content =
        element("media:content", [("url", file.url.clone()), ("type", file.media_type.clone())]);
    if let Some(length) = file.length {
        content.attrs.insert("fileSize".to_owned(), length.to_string());
    }
    content
}

fn element<const N: usize>(name: &str, attributes: [(&str, String); N]) -> Extension {
    Extension {
        name: name.to_owned(),
        attrs: attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        ..Extension::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Enclosure, Format, Item};
    use crate::render::render;
    use crate::render::tests::{attributes_of, head, item, texts_of, xml};

    /// Renders one item and returns the texts of all elements of a local name.
    fn texts(item: &Item, name: &str) -> Vec<String> {
        texts_of(&render(&head(), std::slice::from_ref(item), Format::Rss).body, name)
    }

    fn attributes(item: &Item, name: &str) -> Vec<String> {
        attributes_of(&render(&head(), std::slice::from_ref(item), Format::Rss).body, name)
    }

    #[test]
    fn dates_keep_their_offset() {
        assert_eq!(texts(&item(), "pubDate"), ["Tue, 3 Nov 2026 09:30:00 +0900"]);
        assert_eq!(texts(&item(), "lastBuildDate"), ["Tue, 3 Nov 2026 01:00:00 +0000"]);
        assert_eq!(texts(&item(), "updated"), ["2026-11-03T10:00:00+09:00"]);
    }

    #[test]
    fn a_feed_that_never_changed_has_no_build_date() {
        let mut head = head();
        head.changed = chrono::DateTime::UNIX_EPOCH;
        let body = render(&head, &[], Format::Rss).body;
        assert!(texts_of(&body, "lastBuildDate").is_empty());
        assert!(texts_of(&body, "item").is_empty());
    }

    #[test]
    fn a_description_is_html_that_shows_the_plain_text() {
        let mut item = item();
        item.content.summary = Some("if a < b && b > c, say ]]> & <b>&amp;</b>".into());
        let html = "if a &lt; b &amp;&amp; b &gt; c, say ]]&gt; &amp; &lt;b&gt;&amp;amp;&lt;/b&gt;";
        assert_eq!(texts(&item, "description")[1], html);
    }

    #[test]
    fn a_body_may_hold_the_end_of_cdata() {
        for html in ["]]>", "]]>]]>", "a]]", "]]]]>>", "<![CDATA[x]]>", "&#0;<p>&amp;</p>"] {
            let mut item = item();
            item.content.content_html = Some(html.into());
            assert_eq!(texts(&item, "encoded"), [html]);
        }
    }

    #[test]
    fn one_enclosure_and_the_rest_as_media() {
        let file = |url: &str, media_type: Option<&str>, length| Enclosure {
            url: url.into(),
            media_type: media_type.map(Into::into),
            length,
        };
        let mut item = item();
        item.content.enclosures = vec![
            file("file:///etc/passwd", None, None),
            file("https://example.org/a.mp3", None, None),
            file("https://example.org/b?x=1&y=2", Some("video/mp4"), Some(7)),
        ];
        let expected = ["url=https://example.org/a.mp3 length=0 type=audio/mpeg"];
        assert_eq!(attributes(&item, "enclosure"), expected);
        let expected = ["fileSize=7 type=video/mp4 url=https://example.org/b?x=1&y=2"];
        assert_eq!(attributes(&item, "content"), expected);
        let expected = ["url=https://example.org/quay.jpg?w=80&h=60"];
        assert_eq!(attributes(&item, "thumbnail"), expected);
    }

    #[test]
    fn title_or_description_is_always_there() {
        let mut item = item();
        item.content.title = String::new();
        assert_eq!(texts(&item, "title").len(), 1, "the channel's only");
        item.content.summary = None;
        assert_eq!(texts(&item, "title")[1], "https://example.org/news/1?a=b&c=d");
    }

    #[test]
    fn a_guid_is_not_a_link() {
        assert_eq!(attributes(&item(), "guid"), ["isPermaLink=false"]);
    }

    #[test]
    fn a_channel_without_home_links_to_the_server() {
        let mut head = head();
        head.home = None;
        let body = render(&head, &[], Format::Rss).body;
        let text = String::from_utf8(body.to_vec()).unwrap();
        let document = xml(&text);
        let link = document.descendants().find(|n| n.has_tag_name("link")).unwrap();
        assert_eq!(link.text(), Some("https://feeds.example.org/"));
    }
}
