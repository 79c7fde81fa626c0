//! Addresses: absolute, http or https, nothing else.

use url::Url;

/// Resolves an address of a page.
///
/// # Errors
/// A sentence for people when it is no address, or leads elsewhere than to the web.
pub(super) fn absolute(raw: &str, base: &Url) -> Result<Url, String> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Err("the address is empty".to_owned());
    }
    let url = base.join(raw).map_err(|e| format!("`{}` is no address: {e}", short(raw)))?;
    match url.scheme() {
        "http" | "https" if url.host().is_some() => Ok(url),
        scheme => Err(format!("`{}` is not a web address: scheme `{scheme}`", short(raw))),
    }
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}
