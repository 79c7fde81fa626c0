//! The gate against tags with thousands of attributes, each of which the parser compares with all
//! before it. It looks at the text, before the parse, and follows quotes, comments and scripts.

use super::parse::Unparsable;
use crate::model::Limit;

/// No honest tag has as many.
const MAX_ATTRIBUTES: usize = 1000;

/// Refuses a text in which one tag has too many attributes.
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
            at = raw_text_end(text, tag).map_or(end, |raw| raw.max(end));
        }
    }
    Ok(())
}

/// Counts the attributes of the tag that begins at `at`; also gives where the tag ends.
fn attributes(bytes: &[u8], mut at: usize) -> (usize, usize) {
    let (mut count, mut in_name) = (0, true);
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

/// Where the attribute value that begins at `at` ends.
fn value_end(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    match bytes.get(at) {
        Some(&quote @ (b'"' | b'\'')) => find(bytes, at + 1, quote).map_or(bytes.len(), |end| end + 1),
        _ => {
            let rest = &bytes[at.min(bytes.len())..];
            let len = rest.iter().position(|b| b.is_ascii_whitespace() || *b == b'>');
            len.map_or(bytes.len(), |len| at + len)
        }
    }
}

/// Where the text of a script or style ends, if the tag that begins at `at` opens one.
fn raw_text_end(text: &str, at: usize) -> Option<usize> {
    let rest = &text.as_bytes()[at..];
    ["script", "style", "textarea", "title"].iter().find_map(|name| {
        let len = name.len();
        let follows = rest.get(len).is_none_or(|b| !b.is_ascii_alphanumeric());
        let is = rest.len() >= len && rest[..len].eq_ignore_ascii_case(name.as_bytes()) && follows;
        is.then(|| closing_tag(text, at + len, name))
    })
}

fn closing_tag(text: &str, mut at: usize, name: &str) -> usize {
    let bytes = text.as_bytes();
    while let Some(open) = find(bytes, at, b'<') {
        let tail = &bytes[open + 1..];
        let len = name.len();
        if tail.first() == Some(&b'/')
            && tail.len() > len
            && tail[1..=len].eq_ignore_ascii_case(name.as_bytes())
        {
            return open;
        }
        at = open + 1;
    }
    bytes.len()
}

fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    bytes.get(from..)?.iter().position(|b| *b == byte).map(|i| from + i)
}

fn find_text(text: &str, from: usize, what: &str) -> usize {
    let found = text.get(from..).and_then(|t| t.find(what));
    found.map_or(text.len(), |i| from + i + what.len())
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
