//! Bytes -> text: byte order mark, header, declaration in the page, then detection. The only home
//! of the decoding crates.
//!
//! The order is that of browsers (WHATWG HTML section 13.2.3.2), with one exception: a declared
//! character set that does not fit a body which is valid UTF-8 is a common mistake of sites, and
//! the body is believed.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How much of a page is searched for a declaration.
const PRESCAN_BYTES: usize = 1024;

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
    if encoding != UTF_8
        && std::str::from_utf8(body).is_ok_and(|t| !t.is_ascii())
        && fits_badly(encoding, &decoded)
    {
        return with(UTF_8, body);
    }
    if encoding == UTF_8 && decoded.replacements {
        let guess = detect(body);
        let second = with(guess, body);
        // A page that says UTF-8 and is mostly not is another charset; single bad bytes are not.
        if guess != UTF_8 && decoded.text.matches('\u{fffd}').count() * 50 > body.len() {
            return second;
        }
    }
    decoded
}

/// Bytes of UTF-8 read as a single-byte charset give no replacements but pairs such as `Ã©`.
fn fits_badly(encoding: &'static Encoding, decoded: &Decoded) -> bool {
    decoded.replacements || encoding.is_single_byte()
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

/// The charset parameter of a media type.
fn from_content_type(value: &str) -> Option<&'static Encoding> {
    let at = find_ignoring_case(value.as_bytes(), b"charset")?;
    let rest = value[at + "charset".len()..].trim_start().strip_prefix('=')?.trim_start();
    let label = match rest.strip_prefix(['"', '\'']) {
        Some(quoted) => quoted.split(['"', '\'']).next()?,
        None => rest.split([';', ' ', ',']).next()?,
    };
    Encoding::for_label(label.trim().as_bytes())
}

/// A declaration in the page itself. One that was read as ASCII cannot be UTF-16 (WHATWG HTML
/// section 13.2.3.2, prescan), and `x-user-defined` means windows-1252.
fn from_page(body: &[u8]) -> Option<&'static Encoding> {
    let head = &body[..body.len().min(PRESCAN_BYTES)];
    let encoding = xml_declaration(head).or_else(|| meta(head))?;
    if encoding == UTF_16BE || encoding == UTF_16LE {
        return Some(UTF_8);
    }
    Some(if encoding.name() == "x-user-defined" { WINDOWS_1252 } else { encoding })
}

fn xml_declaration(head: &[u8]) -> Option<&'static Encoding> {
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = declaration.iter().position(|b| *b == b'>')?;
    let text = String::from_utf8_lossy(&declaration[..end]);
    let rest = text.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    Encoding::for_label(rest.trim_start_matches(['"', '\'']).split(['"', '\'']).next()?.as_bytes())
}

fn meta(head: &[u8]) -> Option<&'static Encoding> {
    let mut rest = head;
    while let Some(at) = find_ignoring_case(rest, b"<meta") {
        rest = &rest[at + 5..];
        let end = rest.iter().position(|b| *b == b'>').unwrap_or(rest.len());
        let tag = String::from_utf8_lossy(&rest[..end]);
        if let Some(encoding) = from_content_type(&tag) {
            return Some(encoding);
        }
    }
    None
}

fn find_ignoring_case(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|w| w.eq_ignore_ascii_case(what))
}

/// Whether a body is no text: pictures, archives, documents of office programs and such.
#[must_use]
pub fn looks_binary(body: &[u8], content_type: Option<&str>) -> bool {
    let declared = content_type.unwrap_or_default().trim().to_ascii_lowercase();
    let kinds =
        ["image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/gzip"];
    if kinds.iter().any(|k| declared.starts_with(k)) && !declared.starts_with("image/svg") {
        return true;
    }
    let magic: [&[u8]; 7] =
        [b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"RIFF"];
    if magic.iter().any(|m| body.starts_with(m)) {
        return true;
    }
    Encoding::for_bom(body).is_none() && body[..body.len().min(PRESCAN_BYTES)].contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KOREAN: &str = "오늘 항구에서 새로운 등대가 문을 열었다. 주민들이 모여 축하하였다.";
    const JAPANESE: &str = "港の新しい灯台が今日ひらかれ、町の人々が集まって祝った。";
    const RUSSIAN: &str = "Сегодня в гавани открыли новый маяк, и жители собрались на праздник у причала.";
    const POLISH: &str = "Dziś w porcie otwarto nową latarnię; mieszkańcy świętowali aż do późnej nocy.";
    const CHINESE: &str = "今天港口的新灯塔正式启用，居民们聚集在码头庆祝。";

    fn encoded(text: &str, label: &str) -> Vec<u8> {
        let encoding = Encoding::for_label(label.as_bytes()).expect("a label");
        encoding.encode(text).0.into_owned()
    }

    #[track_caller]
    fn check(body: &[u8], content_type: Option<&str>, expected: &str, charset: &str) {
        let decoded = decode(body, content_type);
        assert!(decoded.text.contains(expected), "{:?}", decoded.text);
        assert_eq!(decoded.charset, charset);
        assert!(!decoded.replacements);
    }

    #[test]
    fn charsets_are_found_in_their_order() {
        check(&encoded(KOREAN, "euc-kr"), Some("text/html; charset=EUC-KR"), KOREAN, "EUC-KR");
        check(
            &encoded(JAPANESE, "shift_jis"),
            Some("text/html;charset=\"shift_jis\""),
            JAPANESE,
            "Shift_JIS",
        );
        let page = [
            b"<html><META http-equiv=x content='text/html; charset=gb2312'>".as_slice(),
            &encoded(CHINESE, "gbk"),
        ]
        .concat();
        check(&page, Some("text/html"), CHINESE, "GBK");
        let page =
            [b"<?xml version='1.0' encoding='iso-8859-2'?><html>".as_slice(), &encoded(POLISH, "iso-8859-2")]
                .concat();
        check(&page, None, POLISH, "ISO-8859-2");
        check(&encoded(RUSSIAN, "windows-1251"), Some("text/html"), RUSSIAN, "windows-1251");
        check(RUSSIAN.as_bytes(), None, RUSSIAN, "UTF-8");
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(KOREAN.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        check(&utf16, Some("text/html; charset=utf-8"), KOREAN, "UTF-16LE");
        let page = [b"\xef\xbb\xbf".as_slice(), POLISH.as_bytes()].concat();
        check(&page, Some("text/html; charset=windows-1250"), POLISH, "UTF-8");
    }

    #[test]
    fn a_body_that_is_utf8_is_believed_against_its_header() {
        check(POLISH.as_bytes(), Some("text/html; charset=iso-8859-1"), POLISH, "UTF-8");
        let page = format!("<meta charset=utf-16>{KOREAN}");
        check(page.as_bytes(), None, KOREAN, "UTF-8");
        check(&encoded(RUSSIAN, "windows-1251"), Some("text/html; charset=utf-8"), RUSSIAN, "windows-1251");
    }

    #[test]
    fn binary_is_told_from_text() {
        assert!(looks_binary(b"%PDF-1.7 ...", Some("text/html")));
        assert!(looks_binary(b"<html>", Some("image/png")));
        assert!(looks_binary(b"a\0b", None));
        assert!(!looks_binary(b"<html>", Some("application/xhtml+xml")));
        assert!(!looks_binary(&[0xff, 0xfe, b'<', 0], None));
    }
}
