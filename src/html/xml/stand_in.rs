//! Stand-ins for the characters of markup in the texts of XML.
//!
//! The parser reads plain text in runs, but each reference, and each character of CDATA, by itself. Feeds of
//! articles consist of these to a third. So they are replaced by noncharacters (Unicode, section 23.7), which
//! texts do not have, and put back into the tree.

use std::borrow::Cow;

use scraper::{Html, Node, StrTendril};

const CDATA_START: &str = "<![CDATA[";
const CDATA_END: &str = "]]>";

/// Parts of XML whose text is not read, by their beginnings and ends.
const SKIPPED: [(&str, &str); 2] = [("<!--", "-->"), ("<?", "?>")];

/// The characters that have stand-ins. The stand-in of the first is [`FIRST`], and so on.
const MARKUP: [char; 5] = ['<', '&', '>', '"', '\''];
const FIRST: char = '\u{fdd0}';
/// The numbers of all stand-ins.
const STAND_INS: std::ops::RangeInclusive<u32> = 0xfdd0..=0xfdd4;
/// The beginning of all stand-ins in UTF-8.
const LEAD: [u8; 2] = [0xef, 0xb7];

const LESS_THAN: &str = "\u{fdd0}";
const AMPERSAND: &str = "\u{fdd1}";

/// The text with stand-ins in place of references to characters of markup, of markup in CDATA, and of ampersands
/// that begin a reference by mistake, as in the address `?a=1&copy=2`.
pub(crate) fn put_in(text: &str) -> Cow<'_, str> {
    let clean = without_stand_ins(text);
    match replaced(&clean) {
        Some(replaced) => Cow::Owned(replaced),
        None => clean,
    }
}

/// The text with characters of replacement where it has stand-ins of its own.
fn without_stand_ins(text: &str) -> Cow<'_, str> {
    if has_stand_in(text) { Cow::Owned(text.replace(is_stand_in, "\u{fffd}")) } else { Cow::Borrowed(text) }
}

fn has_stand_in(text: &str) -> bool {
    text.as_bytes().windows(3).any(|bytes| bytes[..2] == LEAD && matches!(bytes[2], 0x90..=0x94))
}

fn is_stand_in(c: char) -> bool {
    meant_by(c).is_some()
}

/// The character that a stand-in stands for.
fn meant_by(c: char) -> Option<char> {
    let index = u32::from(c).checked_sub(u32::from(FIRST))?;
    MARKUP.get(usize::try_from(index).ok()?).copied()
}

fn replaced(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| matches!(byte, b'&' | b'<')) {
        let start = at + found;
        let rest = &text[start..];
        at = start + 1;
        let skipped = SKIPPED.iter().find(|(open, _)| rest.starts_with(open));
        if let Some((open, close)) = skipped {
            at = rest[open.len()..].find(close).map_or(text.len(), |length| start + open.len() + length);
        } else if let Some(inner) = rest.strip_prefix(CDATA_START) {
            // A section that does not end goes to the end of the text, as the parser reads it.
            let length = inner.find(CDATA_END);
            let section = &inner[..length.unwrap_or(inner.len())];
            out.push_str(&text[copied..start]);
            push_section(section, &mut out);
            let after = start + CDATA_START.len() + section.len();
            at = length.map_or(after, |_| after + CDATA_END.len());
            copied = at;
        } else if let Some((stand_in, length)) = ampersand(rest) {
            out.extend([&text[copied..start], stand_in]);
            at = start + length;
            copied = at;
        }
    }
    if copied == 0 {
        return None;
    }
    out.push_str(&text[copied..]);
    Some(out)
}

fn push_section(section: &str, out: &mut String) {
    let mut copied = 0;
    for (at, found) in section.match_indices(['&', '<']) {
        out.extend([&section[copied..at], if found == "&" { AMPERSAND } else { LESS_THAN }]);
        copied = at + 1;
    }
    out.push_str(&section[copied..]);
}

/// The stand-in for the ampersand or reference that a text begins with, and how many bytes it stands for. `None`
/// if the parser is to read it.
fn ampersand(rest: &str) -> Option<(&'static str, usize)> {
    let inner = rest.strip_prefix('&')?;
    let means_itself = inner.starts_with(['\t', '\n', '\x0c', ' ', '<', '&']);
    match reference_name(inner) {
        Some(name) => stand_in(name).map(|stand_in| (stand_in, name.len() + 2)),
        None if means_itself => None,
        None => Some((AMPERSAND, 1)),
    }
}

/// The name or number of the reference that begins after an ampersand, up to its `;`.
fn reference_name(inner: &str) -> Option<&str> {
    let length = inner.bytes().take(32).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
    (length > 0 && inner.as_bytes().get(length) == Some(&b';')).then(|| &inner[..length])
}

/// The stand-in for a reference to a character of markup.
fn stand_in(name: &str) -> Option<&'static str> {
    match name {
        "lt" | "#60" | "#x3c" | "#x3C" => Some(LESS_THAN),
        "amp" | "#38" | "#038" | "#x26" => Some(AMPERSAND),
        "gt" | "#62" | "#x3e" | "#x3E" => Some("\u{fdd2}"),
        "quot" | "#34" | "#034" | "#x22" => Some("\u{fdd3}"),
        "apos" | "#39" | "#039" | "#x27" => Some("\u{fdd4}"),
        // The number of a stand-in would become a character of markup.
        _ => number(name).filter(|number| STAND_INS.contains(number)).map(|_| "\u{fffd}"),
    }
}

/// The number in the name of a reference such as `#65` or `#x41`.
fn number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix('#')?;
    match digits.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
        None => digits.parse().ok(),
    }
}

/// Puts the characters of markup back into the texts and attributes of a tree.
pub(crate) fn put_back(document: &mut Html) {
    for node in document.tree.values_mut() {
        match node {
            Node::Text(text) => put_back_into(&mut text.text),
            Node::Element(element) => element.attrs.iter_mut().for_each(|(_, value)| put_back_into(value)),
            _ => {}
        }
    }
}

fn put_back_into(text: &mut StrTendril) {
    if has_stand_in(text) {
        let meant: String = text.chars().map(|c| meant_by(c).unwrap_or(c)).collect();
        *text = StrTendril::from(meant);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::xml;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let document = xml::parse(&format!("<rss>{text}</rss>"), 9).expect("XML");
        let root = xml::root(&document).expect("a root");
        assert_eq!(root.text().collect::<String>(), expected, "{text}");
    }

    #[test]
    fn texts_are_read_as_the_file_means_them() {
        check("&lt;p&gt;a &amp;amp; b&#60;/p&#x3E; &eacute;", "<p>a &amp; b</p> é");
        check("Fish <![CDATA[& <b>chips</b>]]>, &quot;now&apos;", "Fish & <b>chips</b>, \"now'");
        check("a<![CDATA[<<<]]>b<![CDATA[]]>c", "a<<<bc");
        check("Q&A, a=1&copy=2 & b && c", "Q&A, a=1&copy=2 & b && c");
        check("never \u{fdd0} seen", "never \u{fffd} seen");
        check("<![CDATA[a & b", "a & b</rss>");
        check("<!-- <![CDATA[ --><b>a</b><![CDATA[<c>]]>", "a<c>");
        check("<?x <![CDATA[ ?><b>a</b><![CDATA[<c>]]>", "a<c>");
        check("&#xFDD0;p&#64977;", "\u{fffd}p\u{fffd}");
    }

    #[test]
    fn attributes_are_read_as_the_file_means_them() {
        let text = "<rss><a href='?a=1&amp;b=2&c=&quot;&#39;3&copy=4'/></rss>";
        let document = xml::parse(text, 9).expect("XML");
        let link = xml::find(xml::root(&document).expect("a root"), &["a"]).expect("a link");
        assert_eq!(link.attr("href"), Some("?a=1&b=2&c=\"'3&copy=4"));
    }

    #[test]
    fn a_text_without_markup_is_not_copied() {
        assert!(matches!(put_in("<rss>a & b é</rss>"), Cow::Borrowed(_)));
    }
}
