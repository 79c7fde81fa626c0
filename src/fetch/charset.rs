//! Bytes -> text, by byte order mark, header, declaration in the page, or detection. Only this file and
//! its folder use the decoding crates.
//!
//! The order is that of browsers (WHATWG HTML section 13.2.3.2), with one exception. Sites often
//! declare a charset that does not fit a body in valid UTF-8; then the body decides.

mod binary;
mod declaration;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use declaration::{charset_parameter, declared_in_page};

pub use binary::looks_binary;

/// Text in a double-byte charset may happen to be valid UTF-8. With this many characters beyond ASCII
/// it is UTF-8 for certain.
const CERTAIN_UTF8_CHARS: usize = 16;

/// The charset is guessed from so many bytes at the beginning of a body.
const LOOKED_AT_BYTES: usize = 1 << 20;

/// A decoded body.
pub(super) struct Decoded {
    pub(super) text: String,
    /// WHATWG name of the character set.
    pub(super) charset: &'static str,
    /// Whether bytes could not be decoded and became U+FFFD.
    pub(super) replacements: bool,
}

impl Decoded {
    /// Whether a third of the body or more is no text in its charset.
    pub(super) fn is_no_text(&self, body: &[u8]) -> bool {
        self.replacements && self.text.matches('\u{fffd}').count() > body.len() / 3
    }
}

/// Decodes a body to text.
pub(super) fn decode(body: &[u8], content_type: Option<&str>) -> Decoded {
    if let Some((encoding, mark_length)) = Encoding::for_bom(body) {
        return decode_as(encoding, &body[mark_length..]);
    }
    let declared = content_type.and_then(charset_parameter).or_else(|| declared_in_page(body));
    let Some(encoding) = declared else { return decode_as(detect(body), body) };
    let decoded = decode_as(encoding, body);
    if is_mislabelled_utf8(body, encoding, &decoded) {
        return decode_as(UTF_8, body);
    }
    if encoding == UTF_8 && is_mostly_undecoded(&decoded) {
        return decode_as(detect(body), body);
    }
    decoded
}

/// Whether the body is UTF-8 although another charset is declared. Read as a single-byte charset, UTF-8
/// gives no replacements but pairs such as `Ã©`; read as a double-byte one, it gives other characters;
/// read as UTF-16, even plain ASCII becomes something else.
fn is_mislabelled_utf8(body: &[u8], encoding: &'static Encoding, decoded: &Decoded) -> bool {
    if encoding == UTF_8 {
        return false;
    }
    let Ok(text) = std::str::from_utf8(body) else { return false };
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return !body.contains(&0);
    }
    let beyond_ascii = text.chars().filter(|c| !c.is_ascii()).take(CERTAIN_UTF8_CHARS).count();
    let is_certain = decoded.replacements || encoding.is_single_byte() || beyond_ascii == CERTAIN_UTF8_CHARS;
    beyond_ascii > 0 && is_certain
}

/// Whether a page that declares UTF-8 has more bad bytes than good characters beyond ASCII: then it is in
/// another charset. A page with fewer was cut or damaged somewhere.
fn is_mostly_undecoded(decoded: &Decoded) -> bool {
    if !decoded.replacements {
        return false;
    }
    let bad = decoded.text.matches('\u{fffd}').count();
    let beyond_ascii = decoded.text.chars().filter(|c| !c.is_ascii()).count();
    bad > beyond_ascii - bad
}

fn decode_as(encoding: &'static Encoding, body: &[u8]) -> Decoded {
    let (text, replacements) = encoding.decode_without_bom_handling(body);
    Decoded { text: text.into_owned(), charset: encoding.name(), replacements }
}

/// The charset that the bytes look like.
fn detect(body: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(body).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let looked_at = &body[..body.len().min(LOOKED_AT_BYTES)];
    detector.feed(looked_at, looked_at.len() == body.len());
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests;
