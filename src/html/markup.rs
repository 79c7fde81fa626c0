//! Texts that do not say whether they are HTML: which `<...>` in them are markup, and which mean themselves.

use std::collections::HashMap;

use super::allowance;
use super::fragment::plain_text;
use super::tags::is_block;

/// Tags of markup inside a line. They are markup only in pairs: `The <b> tag` speaks of a tag.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var",
];

/// Tags that may stand around a whole title.
const WRAPPERS: &[&str] = &["div", "h1", "h2", "h3", "h4", "h5", "h6", "p"];

/// Tags of bodies beside those of blocks and of markup inside a line.
const OF_BODIES: &[&str] = &["audio", "button", "center", "details", "iframe", "picture", "summary", "video"];

/// A start or end tag, as it is written.
#[derive(Debug, Clone, Copy)]
struct Tag<'t> {
    name: &'t str,
    is_end: bool,
    has_attributes: bool,
}

/// The text of a title that does not say whether it is HTML. Markup inside a line is taken out, and
/// character references are read; every other `<...>` stays, such as `Vec<Tide>` or `The <main> element`.
pub(crate) fn title_text(title: &str) -> String {
    if !title.contains('<') {
        return plain_text(title);
    }
    let wrapper = wrapper(title);
    let is_markup = |name: &str| known(INLINE, name).or_else(|| wrapper.filter(|w| is_same(w, name)));
    let markup = markup(title, usize::MAX, is_markup);
    plain_text(&escaped_but(title, &markup))
}

/// The text of a prose that does not say whether it is HTML: read as HTML if it has markup of bodies, else
/// like a title.
pub(crate) fn prose_text(prose: &str) -> String {
    if is_html(prose) { plain_text(prose) } else { title_text(prose) }
}

/// Whether a text has markup of HTML: a pair of known tags, a tag that has no end, or a block at its
/// beginning.
pub(crate) fn is_html(text: &str) -> bool {
    let begins_with_block =
        || tag_at(text.trim_start(), 0).is_some_and(|tag| is_block(&tag.name.to_ascii_lowercase()));
    text.contains('<') && (begins_with_block() || !markup(text, 1, of_bodies).is_empty())
}

fn of_bodies(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let is_known = is_block(&lower) || [INLINE, OF_BODIES].iter().any(|names| known(names, name).is_some());
    is_known.then_some(lower)
}

fn is_same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// The name as the list has it.
fn known(names: &[&'static str], name: &str) -> Option<&'static str> {
    names.iter().copied().find(|known| is_same(known, name))
}

/// The tag around a whole title.
fn wrapper(title: &str) -> Option<&'static str> {
    let trimmed = title.trim();
    let first = tag_at(trimmed, 0).filter(|tag| !tag.is_end)?;
    let last = tag_at(trimmed, trimmed.rfind('<')?).filter(|tag| tag.is_end && trimmed.ends_with('>'))?;
    known(WRAPPERS, first.name).filter(|_| is_same(first.name, last.name))
}

/// Where the markup of a text begins, sorted: tags in pairs, tags that have no end, comments. `known` gives
/// the name of a tag that counts. No more is looked for once `enough` are found, or when the page's allowance is
/// used up.
fn markup<N: Eq + std::hash::Hash>(
    text: &str,
    enough: usize,
    known: impl Fn(&str) -> Option<N>,
) -> Vec<usize> {
    let last_comment_end = text.rfind("-->").unwrap_or(0);
    let mut open: HashMap<N, Vec<usize>> = HashMap::new();
    let mut found = Vec::new();
    for (begin, _) in text.match_indices('<') {
        let is_used_up = allowance::take(1).is_err() && text.len() > allowance::SHORT_TEXT_BYTES;
        if found.len() >= enough || is_used_up {
            break;
        }
        if begin < last_comment_end && text[begin..].starts_with("<!--") {
            found.push(begin);
            continue;
        }
        let Some(tag) = tag_at(text, begin) else { continue };
        if is_without_end(tag) {
            found.push(begin);
            continue;
        }
        let Some(name) = known(tag.name) else { continue };
        let begins = open.entry(name).or_default();
        if !tag.is_end {
            begins.push(begin);
        } else if let Some(start) = begins.pop() {
            found.extend([start, begin]);
        }
    }
    found.sort_unstable();
    found
}

/// Whether a tag is markup without a second tag. A picture has an address at least.
fn is_without_end(tag: Tag<'_>) -> bool {
    match tag.name.to_ascii_lowercase().as_str() {
        "br" | "wbr" => true,
        "img" => tag.has_attributes,
        _ => false,
    }
}

/// The text with each `<` escaped but those at the given places.
fn escaped_but(text: &str, markup: &[usize]) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    let mut done = 0;
    for (at, _) in text.match_indices('<') {
        escaped.push_str(&text[done..at]);
        escaped.push_str(if markup.binary_search(&at).is_ok() { "<" } else { "&lt;" });
        done = at + 1;
    }
    escaped.push_str(&text[done..]);
    escaped
}

/// The tag whose `<` is at a place. A `<` between backticks is code, and begins none.
fn tag_at(text: &str, begin: usize) -> Option<Tag<'_>> {
    let inner = text[begin..].strip_prefix('<').filter(|_| !text[..begin].ends_with('`'))?;
    let (is_end, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    let name_end = inner.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (name, rest) = inner.split_at(name_end);
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && rest.starts_with(|c: char| matches!(c, '>' | '/') || c.is_ascii_whitespace());
    let attributes = rest[..tag_end(rest)?].trim_end_matches('/');
    is_name.then_some(Tag { name, is_end, has_attributes: !attributes.trim().is_empty() })
}

/// Where the `>` of a tag is. There is none if another `<` comes first: so each character is read once.
fn tag_end(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (_, '<') => return None,
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_keep_what_is_no_markup() {
        for title in [
            "Why Pier<Boat> is slow",
            "The <main> element",
            "<script>sail()</script> at sea",
            "The <b> tag, and the <i> tag",
            "Map<a, b> and Map<String, Vec<u8>>",
            "I <3 the sea, x < y > z",
            "Use `<em>` and `</em>`",
            "What is <?php good for",
            "Lazy <img> at last",
        ] {
            assert_eq!(title_text(title), title);
        }
    }

    #[test]
    fn titles_lose_their_markup() {
        let check = |title: &str, expected: &str| assert_eq!(title_text(title), expected, "{title}");
        check("A <em>new</em> pier &amp; a crane", "A new pier & a crane");
        check("<a href=\"/x?a=1>2\" class='y'>H<SUB>2</sub>O</A> for <T>", "H2O for <T>");
        check("One<br/>two<!-- three -->", "One two");
        check("<h3 class=\"t\">The <nav> bar</h3>", "The <nav> bar");
        check("<b><i>Both</i></b> &lt;main&gt;", "Both <main>");
    }

    #[test]
    fn prose_is_html_or_plain() {
        assert_eq!(prose_text("<p>Fish &amp; <x-chip>chips</x-chip></p>"), "Fish & chips");
        assert_eq!(prose_text("A list of Vec<T> & more"), "A list of Vec<T> & more");
        assert!(is_html("Text with <a href='/x'>a link</a>"));
        assert!(is_html("<P>One"));
        assert!(!is_html("a <b and c> d; <main>, `<p>x</p`"));
    }

    #[test]
    fn hostile_titles_are_read_in_one_go() {
        let title = "<a href=\"".repeat(20_000);
        assert_eq!(title_text(&title), title);
        assert!(!is_html(&"<!--".repeat(50_000)));
    }
}
