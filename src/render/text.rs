//! Prepares text for a document: removes characters that XML forbids, and escapes others. Knows nothing
//! of feeds.

use std::borrow::Cow;

/// Whether XML 1.0 (fifth edition) section 2.2 allows the character in a document at all.
const fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// Removes characters that XML forbids, and turns CRLF and CR into LF.
///
/// All formats use it, also JSON, so that all documents of a feed have the same texts. An XML parser
/// turns every line end into LF (section 2.11). Doing it here keeps the parsed text equal to the
/// written one.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| is_xml_char(c) && c != '\r') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut after_cr = false;
    for c in text.chars().filter(|&c| is_xml_char(c)) {
        if c == '\r' {
            out.push('\n');
        } else if !(c == '\n' && after_cr) {
            out.push(c);
        }
        after_cr = c == '\r';
    }
    Cow::Owned(out)
}

/// The cleaned text; `None` if it is empty or all white space.
pub(super) fn clean_or_none(text: &str) -> Option<String> {
    Some(clean(text)).filter(|t| !t.trim().is_empty()).map(Cow::into_owned)
}

/// Escapes plain text as HTML, so that a reader shows exactly this text.
pub(super) fn escape_html(text: &str) -> String {
    escape(text, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    })
}

/// Escapes clean text as the value of a double-quoted XML attribute.
///
/// An XML parser turns a literal tab or line end in an attribute into a space (section 3.3.3). Only
/// a character reference survives.
pub(super) fn escape_attribute(text: &str) -> String {
    escape(text, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\t' => Some("&#9;"),
        '\n' => Some("&#10;"),
        _ => None,
    })
}

/// Replaces each character for which `reference_of` gives a character reference.
fn escape(text: &str, reference_of: impl Fn(char) -> Option<&'static str>) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match reference_of(c) {
            Some(reference) => out.push_str(reference),
            None => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_keeps_what_xml_allows() {
        let check = |input: &str, expected: &str| assert_eq!(clean(input), expected, "{input:?}");
        check("", "");
        check("plain \t text\n", "plain \t text\n");
        check("a\0b\u{1}c\u{8}d\u{b}e\u{c}f\u{1f}g", "abcdefg");
        check("\u{FFFD}\u{FFFE}\u{FFFF}\u{1FFFE}", "\u{FFFD}\u{1FFFE}");
        check("\u{7f}\u{85}\u{9f}\u{2028}\u{FEFF}", "\u{7f}\u{85}\u{9f}\u{2028}\u{FEFF}");
        check("\u{202e}\u{200f}𝄞\u{10FFFF}", "\u{202e}\u{200f}𝄞\u{10FFFF}");
        check("1\r\n2\r3\n4\r\r\n5", "1\n2\n3\n4\n\n5");
        check("1\r\0\n2", "1\n2");
    }

    #[test]
    fn blank_text_is_no_text() {
        let check = |input: &str, expected: Option<&str>| {
            assert_eq!(clean_or_none(input).as_deref(), expected, "{input:?}");
        };
        check("", None);
        check(" \n\u{3000}", None);
        check("\0\u{8}", None);
        check(" a ", Some(" a "));
    }

    #[test]
    fn escapes() {
        assert_eq!(escape_html("a < b && \"c\" ]]>"), "a &lt; b &amp;&amp; \"c\" ]]&gt;");
        assert_eq!(escape_attribute("a\t\"b\"\n<c>&#0;"), "a&#9;&quot;b&quot;&#10;&lt;c&gt;&amp;#0;");
    }
}
