//! Mistakes in XML that no parser forgives, mended in its text.

use std::borrow::Cow;
use std::collections::HashSet;

/// A text whose ampersands all begin a reference or are one: `?a=1&copy=2` is an address.
pub(crate) fn referenced(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = text[at..].find(['&', '<']) {
        let place = at + found;
        let rest = &text[place..];
        if let Some(inner) = rest.strip_prefix("<![CDATA[") {
            at = text.len() - inner.find("]]>").map_or("", |end| &inner[end..]).len();
            continue;
        }
        at = place + 1;
        if rest.starts_with('&') && !is_reference(&rest[1..]) {
            out.push_str(&text[copied..place]);
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

/// Whether a text goes on like a reference after its ampersand: with a name or a number, and `;`.
fn is_reference(rest: &str) -> bool {
    let name = rest.bytes().take(32).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
    name > 0 && rest.as_bytes().get(name) == Some(&b';')
}

/// A text whose tags are in lower case, if some end in another case than they begin in:
/// `<title>Pier</Title>`.
pub(crate) fn in_one_case(text: &str) -> Cow<'_, str> {
    let mut open: HashSet<&str> = HashSet::new();
    let mut mixed = false;
    for (place, closes) in tags(text) {
        let name = name_at(text, place);
        if closes {
            mixed |= !open.contains(name) && open.iter().any(|o| o.eq_ignore_ascii_case(name));
        } else {
            open.insert(name);
        }
    }
    if !mixed {
        return Cow::Borrowed(text);
    }
    let mut out = text.to_owned();
    for (place, _) in tags(text) {
        let end = place + name_at(text, place).len();
        // Letters of ASCII take one byte in either case.
        out.replace_range(place..end, &text[place..end].to_ascii_lowercase());
    }
    Cow::Owned(out)
}

/// Where the names of tags begin, and whether they close an element; nothing inside of CDATA and comments.
fn tags(text: &str) -> impl Iterator<Item = (usize, bool)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let place = at + text[at..].find('<')? + 1;
            let rest = &text[place..];
            let skipped = [("![CDATA[", "]]>"), ("!--", "-->")].iter().find_map(|(open, close)| {
                let inner = rest.strip_prefix(open)?;
                Some(inner.find(close).map_or(text.len(), |end| text.len() - inner[end..].len()))
            });
            if let Some(end) = skipped {
                at = end;
                continue;
            }
            at = place;
            let (name, closes) = rest.strip_prefix('/').map_or((rest, false), |name| (name, true));
            if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                return Some((text.len() - name.len(), closes));
            }
        }
    })
}

fn name_at(text: &str, place: usize) -> &str {
    let rest = &text[place..];
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '.')));
    &rest[..end.unwrap_or(rest.len())]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ampersands_are_references_or_themselves() {
        for (text, expected) in [
            ("a &amp; b &#38; &#x26; &eacute;", "a &amp; b &#38; &#x26; &eacute;"),
            ("Q&A, a=1&copy=2 &", "Q&amp;A, a=1&amp;copy=2 &amp;"),
            ("<![CDATA[a & b]]> & c", "<![CDATA[a & b]]> &amp; c"),
            ("<![CDATA[a & b", "<![CDATA[a & b"),
        ] {
            assert_eq!(referenced(text), expected);
        }
    }

    #[test]
    fn tags_end_as_they_begin() {
        let mixed = "<Item a='<B>'><title>T</Title><!-- <X></x> --><![CDATA[<P></p>]]></ITEM>";
        let even = "<item a='<b>'><title>T</title><!-- <X></x> --><![CDATA[<P></p>]]></item>";
        assert_eq!(in_one_case(mixed), even);
        assert!(matches!(in_one_case("<pubDate>x</pubDate><B/>"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn any_text_can_be_mended(text in "[<>&;/!\\[\\]CDAT#\\-a-cA-Cé \\n]{0,60}") {
            let once = referenced(&text).into_owned();
            prop_assert_eq!(referenced(&once), once.as_str(), "mended once is mended for good");
            let even = in_one_case(&once);
            prop_assert_eq!(even.len(), once.len());
        }
    }
}
