//! Media types by file extension.

use url::Url;

/// The extensions and media types of files that sites offer beside an article.
const EXTENSIONS: &[(&str, &str)] = &[
    ("aac", "audio/aac"),
    ("avif", "image/avif"),
    ("epub", "application/epub+zip"),
    ("flac", "audio/flac"),
    ("gif", "image/gif"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("m4a", "audio/mp4"),
    ("m4v", "video/mp4"),
    ("mkv", "video/x-matroska"),
    ("mov", "video/quicktime"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("oga", "audio/ogg"),
    ("ogg", "audio/ogg"),
    ("ogv", "video/ogg"),
    ("opus", "audio/ogg"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("torrent", "application/x-bittorrent"),
    ("wav", "audio/wav"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
    ("zip", "application/zip"),
];

/// The media type of the file extension in an address, if it is known.
#[must_use]
pub fn of(url: &Url) -> Option<&'static str> {
    let file_name = url.path().rsplit('/').next()?;
    let (_, extension) = file_name.rsplit_once('.')?;
    let lower = extension.to_ascii_lowercase();
    EXTENSIONS.iter().find(|(known, _)| *known == lower).map(|(_, media_type)| *media_type)
}
