//! What a text must undergo before it stands in a document. Knows nothing of feeds.

use std::borrow::Cow;

/// Whether XML 1.0 (fifth edition) section 2.2 lets a character stand in a document at all.
const fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// Removes what XML forbids, and turns CRLF and CR into LF.
///
/// All formats use it, JSON too, so that they say the same. An XML parser makes LF of every
/// line end (section 2.11): it is done here, so that what is read equals what was written.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| is_allowed(c) && c != '\r') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut after_cr = false;
    for c in text.chars().filter(|&c| is_allowed(c)) {
        if c == '\r' {
            out.push('\n');
        } else if !(c == '\n' && after_cr) {
            out.push(c);
        }
        after_cr = c == '\r';
    }
    Cow::Owned(out)
}

/// The cleaned text, unless nothing can be seen of it.
pub(super) fn clean_or_none(text: &str) -> Option<String> {
    Some(clean(text)).filter(|t| !t.trim().is_empty()).map(Cow::into_owned)
}

/// Writes plain text as HTML that shows just this text.
pub(super) fn as_html(text: &str) -> String {
    escape(text, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    })
}

/// Writes clean text as the value of a double-quoted XML attribute.
///
/// A parser turns a literal tab or line end in an attribute into a space (section 3.3.3); only a
/// character reference survives.
pub(super) fn as_attribute(text: &str) -> String {
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

fn escape(text: &str, escaped: impl Fn(char) -> Option<&'static str>) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match escaped(c) {
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
        assert_eq!(as_html("a < b && \"c\" ]]>"), "a &lt; b &amp;&amp; \"c\" ]]&gt;");
        assert_eq!(as_attribute("a\t\"b\"\n<c>&#0;"), "a&#9;&quot;b&quot;&#10;&lt;c&gt;&amp;#0;");
    }
}
