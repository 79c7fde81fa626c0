//! Tells binary data from text.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::declaration::{PRESCAN_BYTES, charset_parameter};

/// Media types that are never text, or their beginnings.
const BINARY_TYPES: &[&str] =
    &["image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/gzip"];

/// First bytes of pictures, films, sounds, fonts, archives, programs and office documents.
const MAGIC_NUMBERS: &[&[u8]] = &[
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"OggS",
    b"ID3",
    b"\x1aE\xdf\xa3",
    b"wOF",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x28\xb5\x2f\xfd",
    b"\xd0\xcf\x11\xe0",
    b"\x7fELF",
];

/// Whether a body is binary data, such as a picture, an archive or an office document.
#[must_use]
pub fn looks_binary(body: &[u8], content_type: Option<&str>) -> bool {
    let declared = content_type.unwrap_or_default().trim().to_ascii_lowercase();
    if BINARY_TYPES.iter().any(|t| declared.starts_with(t)) && !declared.starts_with("image/svg") {
        return true;
    }
    if MAGIC_NUMBERS.iter().any(|magic| body.starts_with(magic)) {
        return true;
    }
    // In UTF-16 every second byte of plain text is NUL.
    let by_mark = Encoding::for_bom(body).map(|(encoding, _)| encoding);
    let charset = by_mark.or_else(|| charset_parameter(&declared));
    let may_have_nul = charset.is_some_and(|e| e == UTF_16LE || e == UTF_16BE);
    !may_have_nul && body[..body.len().min(PRESCAN_BYTES)].contains(&0)
}
