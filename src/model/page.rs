//! The page that one fetch returned.

use serde::{Deserialize, Serialize};
use url::Url;

/// A fetched and decoded page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The address after redirects, without what looks like a secret. The page's relative addresses are relative to
    /// it.
    pub url: Url,
    /// The body as text.
    pub text: String,
    /// The character set that the body was decoded from, by its WHATWG name.
    pub charset: &'static str,
    /// Whether some bytes could not be decoded and became U+FFFD.
    pub replacements: bool,
}

/// The validators that make the next request conditional (RFC 9110 section 8.8), as the origin wrote
/// them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Validators {
    /// The value of `ETag`, with its quotes and `W/`.
    pub etag: Option<String>,
    /// The value of `Last-Modified`.
    pub last_modified: Option<String>,
    /// The address that gave the validators, after redirects. At another address they have no meaning.
    pub of: Option<String>,
}
