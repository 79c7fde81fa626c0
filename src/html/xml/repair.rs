//! Repairs mistakes in the text of XML that the parser does not tolerate.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Escapes ampersands that begin no reference, as in the address `?a=1&copy=2`. CDATA is left as it is.
pub(crate) fn escape_ampersands(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find(['&', '<']) {
        let start = at + found;
        let rest = &text[start..];
        if let Some(inner) = rest.strip_prefix("<![CDATA[") {
            at = text.len() - inner.find("]]>").map_or("", |end| &inner[end..]).len();
            continue;
        }
        at = start + 1;
        if rest.starts_with('&') && !is_reference(&rest[1..]) {
            out.push_str(&text[copied..start]);
            out.push_str("&amp;");
            copied = at;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// Whether the text after an ampersand is that of a reference: a name or a number, and `;`.
fn is_reference(rest: &str) -> bool {
    let name_length = rest.bytes().take(32).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
    name_length > 0 && rest.as_bytes().get(name_length) == Some(&b';')
}

/// Makes the names of all tags lower case, if some tags close in another case than they open:
/// `<title>Pier</Title>`.
pub(crate) fn unify_tag_case(text: &str) -> Cow<'_, str> {
    let mut open: HashSet<&str> = HashSet::new();
    let mut is_mixed = false;
    for (start, is_closing) in tags(text) {
        let name = name_at(text, start);
        if is_closing {
            is_mixed |= !open.contains(name) && open.iter().any(|o| o.eq_ignore_ascii_case(name));
        } else {
            open.insert(name);
        }
    }
    if !is_mixed {
        return Cow::Borrowed(text);
    }
    let mut out = text.to_owned();
    for (start, _) in tags(text) {
        let end = start + name_at(text, start).len();
        // ASCII letters take one byte in either case, so that all places stay the same.
        out.replace_range(start..end, &text[start..end].to_ascii_lowercase());
    }
    Cow::Owned(out)
}

/// Gives closing tags the case of the tags that they close: `<title>Pier</Title>`. All other names stay.
pub(crate) fn close_as_opened(text: &str) -> Cow<'_, str> {
    let mut exact: HashSet<&str> = HashSet::new();
    let mut last_opened: HashMap<String, &str> = HashMap::new();
    let mut changes = Vec::new();
    for (start, is_closing) in tags(text) {
        let name = name_at(text, start);
        if !is_closing {
            exact.insert(name);
            last_opened.insert(name.to_ascii_lowercase(), name);
        } else if !exact.contains(name)
            && let Some(opened) = last_opened.get(&name.to_ascii_lowercase())
        {
            changes.push((start, *opened));
        }
    }
    if changes.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (start, name) in changes {
        out.push_str(&text[copied..start]);
        out.push_str(name);
        // Only the case of ASCII letters differs, so that both names are equally long.
        copied = start + name.len();
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// For each tag outside of CDATA and comments: the beginning of its name, and whether it is a closing tag.
fn tags(text: &str) -> impl Iterator<Item = (usize, bool)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text[at..].find('<')? + 1;
            let rest = &text[start..];
            let skipped = [("![CDATA[", "]]>"), ("!--", "-->")].iter().find_map(|(open, close)| {
                let inner = rest.strip_prefix(open)?;
                Some(inner.find(close).map_or(text.len(), |end| text.len() - inner[end..].len()))
            });
            if let Some(end) = skipped {
                at = end;
                continue;
            }
            at = start;
            let (name, is_closing) = rest.strip_prefix('/').map_or((rest, false), |name| (name, true));
            if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                return Some((text.len() - name.len(), is_closing));
            }
        }
    })
}

/// The tag name that begins at `start`.
fn name_at(text: &str, start: usize) -> &str {
    let rest = &text[start..];
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '.');
    let end = rest.find(|c: char| !is_name(c));
    &rest[..end.unwrap_or(rest.len())]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ampersands_that_begin_no_reference_are_escaped() {
        for (text, expected) in [
            ("a &amp; b &#38; &#x26; &eacute;", "a &amp; b &#38; &#x26; &eacute;"),
            ("Q&A, a=1&copy=2 &", "Q&amp;A, a=1&amp;copy=2 &amp;"),
            ("<![CDATA[a & b]]> & c", "<![CDATA[a & b]]> &amp; c"),
            ("<![CDATA[a & b", "<![CDATA[a & b"),
        ] {
            assert_eq!(escape_ampersands(text), expected);
        }
    }

    #[test]
    fn tags_end_as_they_begin() {
        let mixed = "<Item a='<B>'><title>T</Title><!-- <X></x> --><![CDATA[<P></p>]]></ITEM>";
        let even = "<item a='<b>'><title>T</title><!-- <X></x> --><![CDATA[<P></p>]]></item>";
        assert_eq!(unify_tag_case(mixed), even);
        assert!(matches!(unify_tag_case("<pubDate>x</pubDate><B/>"), Cow::Borrowed(_)));
    }

    #[test]
    fn closing_tags_take_the_case_of_opening_ones() {
        let mixed = "<Items><Item><title>T</Title><B/><![CDATA[<P></p>]]></ITEM></Items>";
        let even = "<Items><Item><title>T</title><B/><![CDATA[<P></p>]]></Item></Items>";
        assert_eq!(close_as_opened(mixed), even);
        assert!(matches!(close_as_opened(even), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn any_text_can_be_repaired(text in "[<>&;/!\\[\\]CDAT#\\-a-cA-Cé \\n]{0,60}") {
            let once = escape_ampersands(&text).into_owned();
            prop_assert_eq!(escape_ampersands(&once), once.as_str(), "a second repair changes nothing");
            let lowered = unify_tag_case(&once);
            prop_assert_eq!(lowered.len(), once.len());
            prop_assert_eq!(close_as_opened(&once).len(), once.len());
        }
    }
}
