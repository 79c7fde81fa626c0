//! Resolves addresses: only absolute http and https addresses are accepted.

use url::Url;

/// Resolves an address that a page names.
///
/// # Errors
/// A message for people if the text is not a web address, or its scheme is not http or https.
pub(super) fn absolute(raw: &str, base: &Url) -> Result<Url, String> {
    let trimmed = raw.trim();
    if trimmed.is_empty() {
        return Err("the address is empty".to_owned());
    }
    let url =
        base.join(trimmed).map_err(|e| format!("`{}` is not a web address: {e}", shortened(trimmed)))?;
    match url.scheme() {
        "http" | "https" if url.host().is_some() => Ok(url),
        scheme => Err(format!("`{}` is not a web address: scheme `{scheme}`", shortened(trimmed))),
    }
}

/// The beginning of a text that a message quotes.
fn shortened(text: &str) -> String {
    const MAX_CHARS: usize = 80;
    text.chars().take(MAX_CHARS).collect()
}
