//! Addresses that a page gives, made absolute.

use url::Url;

/// The absolute form of an address, if it is one of `http` or `https`.
pub(super) fn web_address(base: &Url, address: &str) -> Option<Url> {
    let trimmed = address.trim();
    let url = (!trimmed.is_empty()).then(|| base.join(trimmed).ok()).flatten()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// The absolute form of a link. A text that is not an address stays as it is, for the message about it.
pub(super) fn absolute(base: &Url, link: &str) -> String {
    base.join(link.trim()).map_or_else(|_| link.to_owned(), String::from)
}
