//! Charsets that headers and pages declare.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// Bytes at the beginning of a page that are searched for a declaration.
pub(super) const PRESCAN_BYTES: usize = 1024;

/// The charset parameter of a media type, from a header or from a page (WHATWG HTML section 2.4.4,
/// "extracting a character encoding from a meta element").
pub(super) fn charset_parameter(value: &str) -> Option<&'static Encoding> {
    let mut rest = value;
    let after_equals = loop {
        let at = find_ignoring_case(rest.as_bytes(), b"charset")?;
        rest = rest[at + "charset".len()..].trim_start();
        if let Some(value) = rest.strip_prefix('=') {
            break value.trim_start();
        }
    };
    let label = match after_equals.chars().next()? {
        quote @ ('"' | '\'') => after_equals[1..].split(quote).next()?,
        _ => after_equals.split([';', ',']).next()?.split_ascii_whitespace().next()?,
    };
    Encoding::for_label(label.as_bytes())
}

/// The charset that a page declares. A declaration that could be read as ASCII cannot mean UTF-16, so
/// UTF-8 is taken (WHATWG HTML section 13.2.3.2, prescan); `x-user-defined` means windows-1252.
pub(super) fn declared_in_page(body: &[u8]) -> Option<&'static Encoding> {
    let head = &body[..body.len().min(PRESCAN_BYTES)];
    let encoding = meta_charset(head).or_else(|| xml_encoding(head))?;
    if encoding == UTF_16BE || encoding == UTF_16LE {
        return Some(UTF_8);
    }
    Some(if encoding == X_USER_DEFINED { WINDOWS_1252 } else { encoding })
}

/// The encoding of an XML declaration at the beginning.
fn xml_encoding(head: &[u8]) -> Option<&'static Encoding> {
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = declaration.iter().position(|b| *b == b'>')?;
    let text = String::from_utf8_lossy(&declaration[..end]);
    let rest = text.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    Encoding::for_label(rest.trim_start_matches(['"', '\'']).split(['"', '\'']).next()?.as_bytes())
}

/// The charset of the first `meta` element that declares one. Comments, other tags and their attributes
/// are skipped, so that text in them declares nothing.
fn meta_charset(head: &[u8]) -> Option<&'static Encoding> {
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

/// The charset that the attributes of a `meta` element declare: `charset`, or `content` beside
/// `http-equiv=content-type`. Of attributes with the same name the first counts.
fn declared_by(attributes: &[Attribute]) -> Option<&'static Encoding> {
    let value = |name: &str| attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    if let Some(label) = value("charset") {
        return Encoding::for_label(label.as_bytes());
    }
    value("http-equiv").filter(|v| v.eq_ignore_ascii_case("content-type"))?;
    charset_parameter(value("content")?)
}

/// The attributes of a tag from the end of its name on, and the text after the tag. Names are in lower
/// case.
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

/// The value of an attribute from the end of its name on, and the text after the value. An attribute
/// without a value gives an empty one.
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

/// The text after the next occurrence of `end`.
fn after<'a>(text: &'a [u8], end: &[u8]) -> Option<&'a [u8]> {
    let at = text.windows(end.len()).position(|w| w == end)?;
    Some(&text[at + end.len()..])
}

fn find_ignoring_case(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|w| w.eq_ignore_ascii_case(wanted))
}
