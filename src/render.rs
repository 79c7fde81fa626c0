//! Renders a feed as a document: RSS, Atom, JSON Feed; and a list of feeds as OPML.
//!
//! Pure, and total: whatever the texts hold, the document is well-formed and valid, and the same
//! head and items give the same bytes. This stage may not choose, order, date or change items; it
//! only leaves out what no document may say (see `render/clean.rs`).

use bytes::Bytes;

use crate::digest;
use crate::model::{FeedHead, Format, Item};

mod address;
mod atom;
mod clean;
mod json;
mod opml;
mod rss;
#[cfg(test)]
mod tests;
mod text;

use clean::{CleanHead, CleanItem, is_rtl};

pub use opml::opml;

/// Namespace of Media RSS (Media RSS 1.5.1), which RSS and Atom both use for pictures.
const MEDIA_NAMESPACE: &str = "http://search.yahoo.com/mrss/";

/// Namespace of podcasts (Apple's specification), which RSS has no words of its own for.
const ITUNES_NAMESPACE: &str = "http://www.itunes.com/dtds/podcast-1.0.dtd";

/// A rendered feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The format of the body.
    pub format: Format,
    /// The bytes that a reader gets, in UTF-8.
    pub body: Bytes,
    /// The first 32 hexadecimal digits of the SHA-256 of the body, without quotes: a strong
    /// validator (RFC 9110 section 8.8.3), since equal bytes and only equal bytes share it.
    pub etag: String,
}

/// Renders items, in the order given (newest first), under a head.
#[must_use]
pub fn render(head: &FeedHead, items: &[Item], format: Format) -> Document {
    let head = CleanHead::new(head, format);
    let rtl = is_rtl(head.language.as_deref());
    let items = items.iter().map(|item| CleanItem::new(item, rtl)).collect();
    let body = match format {
        Format::Rss => rss::write(head, items),
        Format::Atom => atom::write(head, items),
        Format::Json => json::write(head, items),
    };
    Document { format, etag: digest::hex(&body, 32), body: Bytes::from(body) }
}
