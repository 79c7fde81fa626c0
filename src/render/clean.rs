//! Makes heads and items fit for any document; the rules are the same for all formats.
//!
//! Every text and address of a head or an item passes through this file, and is checked nowhere else
//! in this room. A format decides only where a field stands in its document, never whether it may.

use chrono::{DateTime, Datelike, FixedOffset, Timelike, Utc};

use super::{address, text};
use crate::model::{Enclosure, ExtraNames, FeedHead, FieldName, Format, Item, Podcast, Precision};

/// A head whose texts and addresses may stand in any document.
pub(super) struct CleanHead {
    /// The feed's id.
    pub id: String,
    /// Never blank.
    pub title: String,
    /// Never blank.
    pub description: String,
    /// Address of the page that the feed is made from.
    pub home_url: Option<String>,
    /// Address that all documents are served below.
    pub base_url: String,
    /// Address of the document being rendered.
    pub self_url: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    pub ttl_minutes: u32,
    /// When the items last changed; `None` if there were never any.
    pub changed: Option<DateTime<FixedOffset>>,
}

/// An item whose texts and addresses may stand in any document.
pub(super) struct CleanItem {
    pub guid: String,
    /// Never blank; `None` only if there is a summary.
    pub title: Option<String>,
    pub url: Option<String>,
    pub summary: Option<String>,
    pub content_html: Option<String>,
    pub authors: Vec<String>,
    pub tags: Vec<String>,
    pub image: Option<String>,
    pub files: Vec<CleanFile>,
    pub comments: Option<String>,
    /// Tags and the addresses of the vocabularies that they are from.
    pub schemes: Vec<(String, String)>,
    pub podcast: Podcast,
    /// Texts of extra fields, with their names in documents.
    pub extras: Vec<(ExtraNames, String)>,
    pub published: Option<DateTime<FixedOffset>>,
    /// Never before `published`.
    pub updated: Option<DateTime<FixedOffset>>,
    pub date_source: &'static str,
    pub precision: Precision,
}

/// A media file at a web address.
pub(super) struct CleanFile {
    pub url: String,
    pub media_type: String,
    /// Size in bytes.
    pub length: Option<u64>,
}

impl CleanHead {
    pub(super) fn new(head: &FeedHead, format: Format) -> Self {
        let id = head.id.to_string();
        let title = text::clean_or_none(&head.title).unwrap_or_else(|| id.clone());
        Self {
            description: text::clean_or_none(&head.description).unwrap_or_else(|| title.clone()),
            title,
            home_url: head.home.as_ref().and_then(address::public_uri),
            base_url: address::public_uri_of_text(&head.base_url).unwrap_or_default(),
            self_url: address::public_uri_of_text(&head.self_url(format)),
            language: head.language.clone().filter(|tag| is_language_tag(tag)),
            ttl_minutes: head.ttl_minutes,
            changed: Some(head.changed)
                .filter(|&at| at != DateTime::<Utc>::UNIX_EPOCH)
                .and_then(|at| representable(at.fixed_offset())),
            id,
        }
    }
}

impl CleanItem {
    /// `rtl` says that the feed's language is written from right to left.
    pub(super) fn new(item: &Item, rtl: bool) -> Self {
        let content = &item.content;
        let url = content.url.as_ref().and_then(address::public_uri);
        let summary = content.summary.as_deref().and_then(text::clean_or_none);
        Self {
            guid: text::clean(&item.guid).into_owned(),
            title: text::clean_or_none(&content.title)
                .or_else(|| summary.is_none().then(|| fallback_title(item, url.as_deref()))),
            url,
            summary,
            content_html: content
                .content_html
                .as_deref()
                .and_then(text::clean_or_none)
                .map(|html| if rtl { format!("<div dir=\"rtl\">{html}</div>") } else { html }),
            authors: content.authors.iter().filter_map(|name| text::clean_or_none(name)).collect(),
            tags: content.tags.iter().filter_map(|tag| text::clean_or_none(tag)).collect(),
            image: content.image.as_ref().and_then(address::public_uri),
            files: content.enclosures.iter().filter_map(CleanFile::new).collect(),
            comments: content.comments.as_ref().and_then(address::public_uri),
            schemes: content.schemes.iter().filter_map(scheme).collect(),
            podcast: content.podcast.clone(),
            extras: content.extras.iter().filter_map(extra).collect(),
            published: representable(item.date),
            updated: item.updated.and_then(|_| representable(item.last_change())),
            date_source: item.date_source.name(),
            precision: item.precision,
        }
    }

    /// Address of the vocabulary that a tag is from.
    pub(super) fn scheme(&self, tag: &str) -> Option<&str> {
        self.schemes.iter().find(|(t, _)| t == tag).map(|(_, scheme)| scheme.as_str())
    }
}

impl CleanFile {
    fn new(file: &Enclosure) -> Option<Self> {
        let url = address::public_uri_of_text(&file.url)?;
        let media_type = address::media_type(file.media_type.as_deref(), &url);
        Some(Self { url, media_type, length: file.length })
    }
}

/// The text of an extra field, with the field's names in documents.
fn extra((field, text): (FieldName, &str)) -> Option<(ExtraNames, String)> {
    Some((field.extra()?, text::clean_or_none(text)?))
}

/// A tag with its vocabulary; `None` unless the vocabulary has an address (RFC 4287 section 4.2.2.2).
fn scheme((tag, scheme): &(String, String)) -> Option<(String, String)> {
    Some((text::clean_or_none(tag)?, address::public_uri_of_text(scheme)?))
}

/// Whether a language is written from right to left.
///
/// Readers show a body from left to right unless it says otherwise.
pub(super) fn is_rtl(language: Option<&str>) -> bool {
    let tag = language.unwrap_or_default().to_ascii_lowercase();
    let primary = tag.split('-').next().unwrap_or_default();
    matches!(
        primary,
        "ar" | "he" | "iw" | "fa" | "ur" | "yi" | "ps" | "sd" | "ug" | "dv" | "ckb" | "arc" | "azb" | "nqo"
    ) && !tag.contains("-latn")
}

/// A title for an item that has neither title nor summary, since RSS requires one of them.
///
/// It is the item's address, else its date, as exact as the date is known.
fn fallback_title(item: &Item, url: Option<&str>) -> String {
    let format = match item.precision {
        Precision::Second | Precision::Minute => "%Y-%m-%d %H:%M",
        Precision::Day => "%Y-%m-%d",
        Precision::Month => "%Y-%m",
    };
    url.map_or_else(|| item.date.format(format).to_string(), str::to_owned)
}

/// The same instant in a form that both RFC 3339 and RFC 2822 can write; `None` if there is none.
///
/// That form has whole seconds, an offset of whole minutes (old zones have others), and a year of
/// four digits.
fn representable(at: DateTime<FixedOffset>) -> Option<DateTime<FixedOffset>> {
    let seconds = at.offset().local_minus_utc();
    let offset = FixedOffset::east_opt(seconds - seconds % 60)?;
    let whole_seconds = at.with_timezone(&offset).with_nanosecond(0)?;
    (0..=9999).contains(&whole_seconds.year()).then_some(whole_seconds)
}

/// Whether a text has the form of a BCP 47 tag (RFC 5646 section 2.1): subtags of at most eight
/// characters, the first of which begins with a letter.
fn is_language_tag(tag: &str) -> bool {
    let is_subtag =
        |subtag: &str| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric());
    tag.starts_with(|c: char| c.is_ascii_alphabetic()) && tag.split('-').all(is_subtag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::tests::{at, head, item};

    #[test]
    fn languages_from_right_to_left() {
        for (tag, expected) in
            [("ar-EG", true), ("he", true), ("en", false), ("ur-Latn", false), ("aragonese", false)]
        {
            assert_eq!(is_rtl(Some(tag)), expected, "{tag}");
        }
    }

    #[test]
    fn language_tags() {
        let check = |tag: &str, expected: bool| assert_eq!(is_language_tag(tag), expected, "{tag}");
        check("en", true);
        check("zh-Hant-TW", true);
        check("de-1996", true);
        check("", false);
        check("en_US", false);
        check("en-", false);
        check("deutschland", false);
        check("\"x", false);
    }

    #[test]
    fn instants_that_documents_can_say() {
        let check = |input: DateTime<FixedOffset>, expected: Option<&str>| {
            assert_eq!(representable(input).map(|t| t.to_rfc3339()).as_deref(), expected, "{input:?}");
        };
        check(at("2026-11-03T09:00:00.250+09:00"), Some("2026-11-03T09:00:00+09:00"));
        check(at("2016-12-31T23:59:60Z"), Some("2016-12-31T23:59:59+00:00"));
        check(at("0001-01-01T00:00:00Z"), Some("0001-01-01T00:00:00+00:00"));
        let seoul_1900 = FixedOffset::east_opt(30_472).unwrap();
        check(at("1900-01-01T00:00:00Z").with_timezone(&seoul_1900), Some("1900-01-01T08:27:00+08:27"));
        check(DateTime::<Utc>::MAX_UTC.fixed_offset(), None);
        check(DateTime::<Utc>::MIN_UTC.fixed_offset(), None);
        let east = FixedOffset::east_opt(86_399).unwrap();
        check(DateTime::<Utc>::MAX_UTC.with_timezone(&east), None);
    }

    #[test]
    fn an_item_without_words_is_called_by_its_address_or_date() {
        let check = |url: Option<&str>, precision, expected: &str| {
            let mut item = item();
            item.content.title = "\u{8} ".into();
            item.content.summary = None;
            item.content.url = url.map(|u| u.parse().unwrap());
            item.precision = precision;
            assert_eq!(CleanItem::new(&item, false).title.as_deref(), Some(expected));
        };
        check(Some("https://example.org/a"), Precision::Day, "https://example.org/a");
        check(Some("ftp://example.org/a"), Precision::Day, "2026-11-03");
        check(None, Precision::Minute, "2026-11-03 09:30");
        check(None, Precision::Month, "2026-11");
    }

    #[test]
    fn a_summary_alone_needs_no_title() {
        let mut item = item();
        item.content.title = String::new();
        assert_eq!(CleanItem::new(&item, false).title, None);
    }

    #[test]
    fn an_edit_is_never_before_the_date() {
        let mut item = item();
        item.updated = Some(at("2020-01-01T00:00:00Z"));
        assert_eq!(CleanItem::new(&item, false).updated, Some(item.date));
    }

    #[test]
    fn a_head_without_words_is_called_by_its_id() {
        let mut head = head();
        head.title = "\u{FFFF}".into();
        head.description = "\n".into();
        let clean = CleanHead::new(&head, Format::Rss);
        assert_eq!((clean.title.as_str(), clean.description.as_str()), ("harbour", "harbour"));
    }
}
