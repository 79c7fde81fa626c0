//! Refuses tags with thousands of attributes before the parse: the parser compares each attribute with all
//! before it.
//!
//! This is a scanner of the text. It skips quoted values, comments and scripts, and is no parser.

use super::error::Unparsable;
use crate::model::Limit;

/// Cap on the attributes of one tag; far above that of any real page.
const MAX_ATTRIBUTES: usize = 1000;

/// Refuses a text in which one tag has too many attributes.
///
/// # Errors
/// [`Limit::Attributes`].
pub(crate) fn check(text: &str) -> Result<(), Unparsable> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(open) = find(bytes, at, b'<') {
        at = open + 1;
        if bytes[at..].starts_with(b"!--") {
            at = find_text(text, at + 3, "-->");
        } else if bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            let tag = at;
            let (attributes, end) = attributes(bytes, at);
            if attributes > MAX_ATTRIBUTES {
                return Err(Unparsable::Limit(Limit::Attributes(MAX_ATTRIBUTES)));
            }
            at = raw_text_end(text, tag).map_or(end, |raw_text_end| raw_text_end.max(end));
        }
    }
    Ok(())
}

/// Refuses XML in which one tag has too many attributes. XML has no raw text beside CDATA.
///
/// # Errors
/// [`Limit::Attributes`].
pub(crate) fn check_xml(text: &str) -> Result<(), Unparsable> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(open) = find(bytes, at, b'<') {
        at = open + 1;
        let rest = &bytes[at..];
        if rest.starts_with(b"!--") {
            at = find_text(text, at + 3, "-->");
        } else if rest.starts_with(b"![CDATA[") {
            at = find_text(text, at, "]]>");
        } else if rest.first().is_some_and(|b| !b.is_ascii_whitespace() && !matches!(b, b'!' | b'?')) {
            let (attributes, end) = attributes(bytes, at);
            if attributes > MAX_ATTRIBUTES {
                return Err(Unparsable::Limit(Limit::Attributes(MAX_ATTRIBUTES)));
            }
            at = end;
        }
    }
    Ok(())
}

/// Counts the attributes of the tag whose name begins at `at`; returns the count and the end of the tag.
fn attributes(bytes: &[u8], mut at: usize) -> (usize, usize) {
    let mut count = 0;
    let mut in_name = true;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'>' => return (count, at + 1),
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'/' => in_name = false,
            b'=' => at = value_end(bytes, at + 1) - 1,
            _ if !in_name => {
                count += 1;
                in_name = true;
            }
            _ => {}
        }
        at += 1;
    }
    (count, bytes.len())
}

/// The end of the attribute value that begins at `at`.
fn value_end(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    match bytes.get(at) {
        Some(&quote @ (b'"' | b'\'')) => find(bytes, at + 1, quote).map_or(bytes.len(), |end| end + 1),
        _ => {
            let rest = &bytes[at.min(bytes.len())..];
            let length = rest.iter().position(|b| b.is_ascii_whitespace() || *b == b'>');
            length.map_or(bytes.len(), |length| at + length)
        }
    }
}

/// The end of the raw text that a tag opens, if the tag whose name begins at `at` is one of those: tags in
/// a script are not tags.
fn raw_text_end(text: &str, at: usize) -> Option<usize> {
    let rest = &text.as_bytes()[at..];
    ["script", "style", "textarea", "title"].iter().find_map(|name| {
        let length = name.len();
        let is_whole_name = rest.get(length).is_none_or(|b| !b.is_ascii_alphanumeric());
        let is_this_tag =
            rest.len() >= length && rest[..length].eq_ignore_ascii_case(name.as_bytes()) && is_whole_name;
        is_this_tag.then(|| closing_tag(text, at + length, name))
    })
}

/// Where the closing tag of a name begins, from `at` on; else the end of the text.
fn closing_tag(text: &str, mut at: usize, name: &str) -> usize {
    let bytes = text.as_bytes();
    while let Some(open) = find(bytes, at, b'<') {
        let tail = &bytes[open + 1..];
        let length = name.len();
        if tail.first() == Some(&b'/')
            && tail.len() > length
            && tail[1..=length].eq_ignore_ascii_case(name.as_bytes())
        {
            return open;
        }
        at = open + 1;
    }
    bytes.len()
}

fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    bytes.get(from..)?.iter().position(|b| *b == byte).map(|offset| from + offset)
}

/// The end of the next occurrence of a text, else the end of all.
fn find_text(text: &str, from: usize, wanted: &str) -> usize {
    let found = text.get(from..).and_then(|rest| rest.find(wanted));
    found.map_or(text.len(), |offset| from + offset + wanted.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_with_thousands_of_attributes_is_refused() {
        let page = format!("<p><a {}>x</a>", "b ".repeat(5000));
        assert!(check(&page).is_err());
        let page = format!("<p><a {}>x</a>", "b=1\n".repeat(5000));
        assert!(check(&page).is_err());
    }

    #[test]
    fn a_script_of_xml_holds_tags() {
        let crowded = format!("<x><script><a {}/></script></x>", "b='1' ".repeat(5000));
        assert!(check_xml(&crowded).is_err());
        let words = "word ".repeat(5000);
        assert_eq!(
            check_xml(&format!("<x><![CDATA[<a {words}>]]><!-- <a {words}> --> 1 < 2 {words}</x>")),
            Ok(())
        );
    }

    #[test]
    fn scripts_comments_and_long_values_are_not_attributes() {
        let words = "word ".repeat(5000);
        for page in [
            format!("<script>if (a<b {words}</script><p>"),
            format!("<!-- <a {words} --><p>"),
            format!("<a title=\"{words}\">"),
            format!("<a title='{words}'>"),
            format!("a < b {words}"),
            "<p class=x>".repeat(5000),
        ] {
            assert_eq!(check(&page), Ok(()), "{}", &page[..30]);
        }
    }
}
