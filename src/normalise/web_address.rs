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

/// The media type that a file ending speaks of.
pub(super) fn media_type(url: &Url) -> Option<&'static str> {
    let (_, ending) = url.path().rsplit_once('.')?;
    Some(match ending.to_ascii_lowercase().as_str() {
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "flac" => "audio/flac",
        "wav" => "audio/wav",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "mov" => "video/quicktime",
        "pdf" => "application/pdf",
        "epub" => "application/epub+zip",
        "zip" => "application/zip",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}
