//! Renders a feed as a document (RSS, Atom, JSON Feed), and a list of feeds as OPML.
//!
//! Pure and total: whatever the texts hold, the document is well-formed and valid, and the same
//! head and items give the same bytes. This room may not choose, order, date or change items. It
//! only leaves out texts and addresses that no document may carry (see `render/clean.rs`).

use bytes::Bytes;

use crate::digest;
use crate::model::{FeedHead, Format, Item};

mod address;
mod atom;
mod clean;
mod json;
mod namespaces;
mod opml;
mod rss;
#[cfg(test)]
mod tests;
mod text;

use clean::{CleanHead, CleanItem, is_rtl};

pub use opml::opml;

/// A rendered feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The format of the body.
    pub format: Format,
    /// The bytes that a reader gets, in UTF-8.
    pub body: Bytes,
    /// The first 32 hexadecimal digits of the SHA-256 of the body, without quotes. It is a strong
    /// validator (RFC 9110 section 8.8.3): two bodies share it only if they are equal.
    pub etag: String,
}

/// Renders a head and its items as one document. The items keep the order given (newest first).
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
