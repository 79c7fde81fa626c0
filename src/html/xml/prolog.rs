//! What stands before the root element of XML (XML 1.0, section 2.8), and the entities that a document type
//! declares.
//!
//! Nothing outside of the text is ever read. The text of an entity is filled in once: references in it stay as
//! they are, so that entities cannot multiply each other.

use std::borrow::Cow;
use std::collections::HashMap;

/// Cap on the entities of a document type that are known.
const MAX_ENTITIES: usize = 200;
/// Longest text of an entity, in bytes.
const MAX_ENTITY_BYTES: usize = 1024;
/// Longest name of an entity, in bytes.
const MAX_NAME_BYTES: usize = 64;
/// Cap on the bytes that are filled in for all references of a text.
const MAX_ADDED_BYTES: usize = 1 << 20;

/// The parts of a text of XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prolog<'t> {
    /// The declarations inside of the document type.
    pub(crate) declarations: &'t str,
    /// The text from the root element on; empty if there is none.
    pub(crate) body: &'t str,
}

/// Splits a text before its root element.
pub(crate) fn split(text: &str) -> Prolog<'_> {
    let mut declarations = "";
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        let end = if rest.starts_with("<?") {
            past(rest, 2, "?>")
        } else if rest.starts_with("<!--") {
            past(rest, 4, "-->")
        } else if rest.get(..9).is_some_and(|begin| begin.eq_ignore_ascii_case("<!doctype")) {
            let (inner, end) = document_type(rest);
            declarations = inner;
            end
        } else {
            return Prolog { declarations, body: rest };
        };
        rest = &rest[end..];
    }
    Prolog { declarations, body: "" }
}

/// The name of the root element, without its prefix.
pub(crate) fn root_name(text: &str) -> Option<&str> {
    let tag = split(text).body.strip_prefix('<')?;
    let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
    let name = &tag[..end.unwrap_or(tag.len())];
    Some(name.rsplit_once(':').map_or(name, |(_, local)| local)).filter(|local| !local.is_empty())
}

/// The declarations inside of a document type that a text begins with, and the place behind it.
fn document_type(text: &str) -> (&str, usize) {
    let open = find_outside(text, 1, b"[>");
    if text.as_bytes().get(open) != Some(&b'[') {
        return ("", text.len().min(open + 1));
    }
    let close = find_outside(text, open + 1, b"]");
    let end = find_outside(text, close, b">");
    (&text[open + 1..close], text.len().min(end + 1))
}

/// The place of the first of some ASCII characters outside of quotes, comments and instructions, else the end.
fn find_outside(text: &str, from: usize, wanted: &[u8]) -> usize {
    let mut at = from;
    while let Some(byte) = text.as_bytes().get(at) {
        if wanted.contains(byte) {
            return at;
        }
        at = match byte {
            b'"' => past(text, at + 1, "\""),
            b'\'' => past(text, at + 1, "'"),
            b'<' if text[at..].starts_with("<!--") => past(text, at + 4, "-->"),
            b'<' if text[at..].starts_with("<?") => past(text, at + 2, "?>"),
            _ => at + 1,
        };
    }
    text.len()
}

/// The place behind the next occurrence of a text, else the end.
fn past(text: &str, from: usize, close: &str) -> usize {
    let found = text.get(from..).and_then(|rest| rest.find(close));
    found.map_or(text.len(), |offset| from + offset + close.len())
}

/// Fills in the texts of the declared entities, outside of CDATA. References beyond the bound stay.
pub(crate) fn expand<'t>(text: &'t str, declarations: &str) -> Cow<'t, str> {
    let entities = entities(declarations);
    if entities.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes_left = MAX_ADDED_BYTES;
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find(['&', '<']) {
        let start = at + found;
        if text[start..].starts_with("<![CDATA[") {
            at = past(text, start, "]]>");
            continue;
        }
        at = start + 1;
        let Some((name, value)) = reference(&text[start..]).and_then(|name| entities.get_key_value(name))
        else {
            continue;
        };
        let Some(rest) = bytes_left.checked_sub(value.len()) else { continue };
        bytes_left = rest;
        out.push_str(&text[copied..start]);
        out.push_str(value);
        at = start + name.len() + 2;
        copied = at;
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// The name of the entity that a text begins with a reference to.
fn reference(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('&')?;
    let length = rest.bytes().take(MAX_NAME_BYTES).position(|byte| byte == b';')?;
    Some(&rest[..length])
}

/// The names and texts of entities. The first declaration of a name counts (section 4.2).
fn entities(declarations: &str) -> HashMap<&str, String> {
    let mut out = HashMap::new();
    for (name, value) in declarations.split("<!ENTITY").skip(1).filter_map(declaration).take(MAX_ENTITIES) {
        // A reference may stand in the value of an attribute.
        out.entry(name).or_insert_with(|| value.replace('"', "&quot;").replace('\'', "&apos;"));
    }
    out
}

/// The name and the text of a declaration; `None` for those of other files, and for long texts and markup.
fn declaration(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.trim_start().split_once(char::is_whitespace)?;
    let quoted = rest.trim_start();
    let quote = quoted.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, _) = quoted[1..].split_once(quote)?;
    let is_fit = name.len() < MAX_NAME_BYTES && value.len() <= MAX_ENTITY_BYTES && !value.contains('<');
    is_fit.then_some((name, value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_root_is_behind_all_that_may_stand_before_it() {
        for (text, expected) in [
            ("<?xml version='1.0'?>\n<!-- <rss> --><n:Notices a='1'>", Some("Notices")),
            ("<!DOCTYPE notices SYSTEM \"a>b.dtd\"><notices/>", Some("notices")),
            ("<!DOCTYPE n [ <!ENTITY a \"]>\"> <!-- ']' --> ]><n>", Some("n")),
            ("<?xml version='1.0'?>", None),
            ("no markup", None),
            ("<!DOCTYPE n [ <!ENTITY a \"x>", None),
        ] {
            assert_eq!(root_name(text), expected, "{text}");
        }
    }

    #[test]
    fn declared_texts_are_filled_in_once() {
        let declarations = "<!ENTITY site 'https://example.org/'><!ENTITY site 'x'>\
            <!ENTITY q 'a \"b\"'><!ENTITY file SYSTEM 'file:///etc/passwd'><!ENTITY two '&site;&site;'>";
        for (text, expected) in [
            ("<a href=\"&site;n\">&amp;</a>", "<a href=\"https://example.org/n\">&amp;</a>"),
            ("<a b=\"&q;\"/>", "<a b=\"a &quot;b&quot;\"/>"),
            ("&file; &other; & ;", "&file; &other; & ;"),
            ("&two;", "&site;&site;"),
            ("<![CDATA[&site;]]>", "<![CDATA[&site;]]>"),
        ] {
            assert_eq!(expand(text, declarations), expected);
        }
    }

    #[test]
    fn entities_cannot_make_a_text_grow_without_bound() {
        let declarations = format!("<!ENTITY a '{}'>", "x".repeat(MAX_ENTITY_BYTES));
        let text = "&a;".repeat(100_000);
        assert!(expand(&text, &declarations).len() <= text.len() + MAX_ADDED_BYTES);
    }

    proptest! {
        #[test]
        fn any_text_can_be_split(text in "[<>?!\\[\\]\"'DOCTYPE &;é-]{0,60}") {
            let prolog = split(&text);
            prop_assert!(prolog.body.len() + prolog.declarations.len() <= text.len());
            let _ = expand(&text, &text);
        }
    }
}
