//! Bytes -> text: byte order mark, header, declaration in the page, then detection. The only home
//! of the decoding crates.
//!
//! The order is that of browsers (WHATWG HTML section 13.2.3.2), with one exception: a declared
//! character set that does not fit a body which is valid UTF-8 is a common mistake of sites, and
//! the body is believed.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// How much of a page is searched for a declaration.
const PRESCAN_BYTES: usize = 1024;

/// From so many characters on, text that is valid UTF-8 is no accident of a double-byte charset.
const NO_ACCIDENT_CHARS: usize = 16;

/// A decoded body.
pub(super) struct Decoded {
    pub(super) text: String,
    /// WHATWG name of the character set.
    pub(super) charset: &'static str,
    /// Whether anything could not be decoded and became U+FFFD.
    pub(super) replacements: bool,
}

/// Decodes a body.
pub(super) fn decode(body: &[u8], content_type: Option<&str>) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(body) {
        return with(encoding, &body[mark..]);
    }
    let declared = content_type.and_then(from_content_type).or_else(|| from_page(body));
    let Some(encoding) = declared else { return with(detect(body), body) };
    let decoded = with(encoding, body);
    if is_mislabelled_utf8(body, encoding, &decoded) {
        return with(UTF_8, body);
    }
    if encoding == UTF_8 && is_mostly_undecoded(&decoded) {
        return with(detect(body), body);
    }
    decoded
}

/// Bytes of UTF-8 read as a single-byte charset give no replacements but pairs such as `Ã©`; read
/// as a double-byte one, other characters; read as UTF-16, even plain ASCII becomes something else.
fn is_mislabelled_utf8(body: &[u8], encoding: &'static Encoding, decoded: &Decoded) -> bool {
    if encoding == UTF_8 {
        return false;
    }
    let Ok(text) = std::str::from_utf8(body) else { return false };
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return !body.contains(&0);
    }
    let beyond_ascii = text.chars().filter(|c| !c.is_ascii()).take(NO_ACCIDENT_CHARS).count();
    let certain = decoded.replacements || encoding.is_single_byte() || beyond_ascii == NO_ACCIDENT_CHARS;
    beyond_ascii > 0 && certain
}

/// A page that says UTF-8 and has more bad bytes than good characters beyond ASCII is in another
/// charset; one with fewer was cut or damaged somewhere.
fn is_mostly_undecoded(decoded: &Decoded) -> bool {
    if !decoded.replacements {
        return false;
    }
    let bad = decoded.text.matches('\u{fffd}').count();
    let beyond_ascii = decoded.text.chars().filter(|c| !c.is_ascii()).count();
    bad > beyond_ascii - bad
}

fn with(encoding: &'static Encoding, body: &[u8]) -> Decoded {
    let (text, replacements) = encoding.decode_without_bom_handling(body);
    Decoded { text: text.into_owned(), charset: encoding.name(), replacements }
}

fn detect(body: &[u8]) -> &'static Encoding {
    if std::str::from_utf8(body).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(body, true);
    detector.guess(None, Utf8Detection::Allow)
}

/// The charset parameter of a media type, be it from a header or from a page (WHATWG HTML section
/// 2.4.4, "extracting a character encoding from a meta element").
fn from_content_type(value: &str) -> Option<&'static Encoding> {
    let mut rest = value;
    let label = loop {
        let at = find_ignoring_case(rest.as_bytes(), b"charset")?;
        rest = rest[at + "charset".len()..].trim_start();
        if let Some(label) = rest.strip_prefix('=') {
            break label.trim_start();
        }
    };
    let label = match label.chars().next()? {
        quote @ ('"' | '\'') => label[1..].split(quote).next()?,
        _ => label.split([';', ',']).next()?.split_ascii_whitespace().next()?,
    };
    Encoding::for_label(label.as_bytes())
}

/// A declaration in the page itself. One that was read as ASCII cannot be UTF-16 (WHATWG HTML
/// section 13.2.3.2, prescan), and `x-user-defined` means windows-1252.
fn from_page(body: &[u8]) -> Option<&'static Encoding> {
    let head = &body[..body.len().min(PRESCAN_BYTES)];
    let encoding = meta(head).or_else(|| xml_declaration(head))?;
    if encoding == UTF_16BE || encoding == UTF_16LE {
        return Some(UTF_8);
    }
    Some(if encoding == X_USER_DEFINED { WINDOWS_1252 } else { encoding })
}

fn xml_declaration(head: &[u8]) -> Option<&'static Encoding> {
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = declaration.iter().position(|b| *b == b'>')?;
    let text = String::from_utf8_lossy(&declaration[..end]);
    let rest = text.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    Encoding::for_label(rest.trim_start_matches(['"', '\'']).split(['"', '\'']).next()?.as_bytes())
}

/// The first `meta` element that declares a charset. Comments, other tags and their attributes are
/// stepped over, so that what stands in them declares nothing.
fn meta(head: &[u8]) -> Option<&'static Encoding> {
    let mut rest = head;
    while let Some(at) = rest.iter().position(|b| *b == b'<') {
        rest = &rest[at + 1..];
        if rest.starts_with(b"!--") {
            // `<!-->` is a whole comment.
            rest = after(&rest[1..], b"-->")?;
        } else if rest.starts_with(b"!") || rest.starts_with(b"?") {
            rest = after(rest, b">")?;
        } else if rest.strip_prefix(b"/").unwrap_or(rest).first().is_some_and(u8::is_ascii_alphabetic) {
            let name = rest.iter().position(|b| ends_name(*b))?;
            let is_meta = rest[..name].eq_ignore_ascii_case(b"meta");
            let (attributes, after_tag) = attributes(&rest[name..]);
            rest = after_tag;
            if let Some(encoding) = is_meta.then(|| declared_by(&attributes)).flatten() {
                return Some(encoding);
            }
        }
    }
    None
}

type Attribute = (String, String);

/// `charset`, or `content` beside `http-equiv=content-type`; of equal names the first counts.
fn declared_by(attributes: &[Attribute]) -> Option<&'static Encoding> {
    let value = |name: &str| attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    if let Some(label) = value("charset") {
        return Encoding::for_label(label.as_bytes());
    }
    value("http-equiv").filter(|v| v.eq_ignore_ascii_case("content-type"))?;
    from_content_type(value("content")?)
}

/// The attributes of a tag after its name, and what follows the tag. Names are in lower case.
fn attributes(tag: &[u8]) -> (Vec<Attribute>, &[u8]) {
    let mut found = Vec::new();
    let mut rest = tag;
    loop {
        rest = rest.trim_ascii_start();
        match rest {
            [] => return (found, rest),
            [b'>', after @ ..] => return (found, after),
            [b'/', after @ ..] => rest = after,
            _ => {
                // An equals sign at the beginning belongs to the name.
                let end =
                    rest[1..].iter().position(|b| ends_name(*b) || *b == b'=').map_or(rest.len(), |i| i + 1);
                let name = String::from_utf8_lossy(&rest[..end]).to_ascii_lowercase();
                let (value, after) = attribute_value(rest[end..].trim_ascii_start());
                found.push((name, value));
                rest = after;
            }
        }
    }
}

/// The value after an attribute's name, if there is one, and what follows it.
fn attribute_value(text: &[u8]) -> (String, &[u8]) {
    let Some(text) = text.strip_prefix(b"=").map(<[u8]>::trim_ascii_start) else {
        return (String::new(), text);
    };
    let (value, rest) = if let [quote @ (b'"' | b'\''), inner @ ..] = text {
        let end = inner.iter().position(|b| b == quote);
        end.map_or((inner, &[][..]), |end| (&inner[..end], &inner[end + 1..]))
    } else {
        let end = text.iter().position(|b| b.is_ascii_whitespace() || *b == b'>').unwrap_or(text.len());
        text.split_at(end)
    };
    (String::from_utf8_lossy(value).into_owned(), rest)
}

fn ends_name(octet: u8) -> bool {
    octet.is_ascii_whitespace() || octet == b'/' || octet == b'>'
}

fn after<'a>(text: &'a [u8], end: &[u8]) -> Option<&'a [u8]> {
    let at = text.windows(end.len()).position(|w| w == end)?;
    Some(&text[at + end.len()..])
}

fn find_ignoring_case(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|w| w.eq_ignore_ascii_case(what))
}

/// Media types that are never text.
const BINARY_TYPES: &[&str] =
    &["image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/gzip"];

/// First bytes of pictures, films, sounds, fonts, archives and documents of office programs.
const BINARY_MARKS: &[&[u8]] = &[
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

/// Whether a body is no text: pictures, archives, documents of office programs and such.
#[must_use]
pub fn looks_binary(body: &[u8], content_type: Option<&str>) -> bool {
    let declared = content_type.unwrap_or_default().trim().to_ascii_lowercase();
    if BINARY_TYPES.iter().any(|t| declared.starts_with(t)) && !declared.starts_with("image/svg") {
        return true;
    }
    if BINARY_MARKS.iter().any(|m| body.starts_with(m)) {
        return true;
    }
    // In UTF-16 every second byte of plain text is NUL.
    let wide = Encoding::for_bom(body).map(|(encoding, _)| encoding).or_else(|| from_content_type(&declared));
    let may_have_nul = wide.is_some_and(|e| e == UTF_16LE || e == UTF_16BE);
    !may_have_nul && body[..body.len().min(PRESCAN_BYTES)].contains(&0)
}

#[cfg(test)]
mod tests;
