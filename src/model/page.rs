//! What one fetch returned.

use serde::{Deserialize, Serialize};
use url::Url;

/// A fetched and decoded page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Where it came from in the end, after redirects: the base of its relative addresses.
    pub url: Url,
    /// The body as text.
    pub text: String,
    /// Name of the character set it was decoded from (WHATWG name).
    pub charset: &'static str,
    /// How many characters could not be decoded and became U+FFFD.
    pub replacements: bool,
}

/// What lets the next request be conditional (RFC 9110 section 8.8), as the origin wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Validators {
    /// `ETag`, with its quotes and `W/`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// The address that gave them, after redirects: they mean nothing at another.
    pub of: Option<String>,
}
