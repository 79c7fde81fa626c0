//! Spaces that tags leave before punctuation, as in `<b>Name</b> , who`: they go. Spaces that no tag stands
//! at were written by a person, and stay: `Introducing .NET`.

use ego_tree::NodeRef;
use scraper::node::Node;

use super::tags::{is_code, separates_words};

/// Nodes around a text node that are looked at; more do not stand between a word and its punctuation.
const MAX_STEPS: usize = 12;

/// Whether a language puts spaces before punctuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spacing {
    /// No spaces before punctuation.
    Plain,
    /// Spaces before `:`, `;`, `!` and `?`, as in French.
    French,
}

impl Spacing {
    /// The spacing of a language. An unknown language may be French, so its spaces stay.
    pub(crate) fn of(language: Option<&str>) -> Self {
        match language {
            Some(tag) if !tag.to_ascii_lowercase().starts_with("fr") => Self::Plain,
            _ => Self::French,
        }
    }
}

/// Whether a space at a tag is stray: a word stands before it, and punctuation that ends the word after it.
///
/// `before` is the last character before the space, `after` the text behind it, and `next` gives the first
/// character of what follows that text. A text that only looks like punctuation is none: `.NET`, `..`, `:-)`.
pub(crate) fn is_stray(
    before: char,
    after: &str,
    next: impl FnOnce() -> Option<char>,
    spacing: Spacing,
) -> bool {
    let mut chars = after.chars();
    let Some(mark) = chars.next().filter(|c| is_mark(*c, spacing)) else { return false };
    ends_word(before) && chars.next().or_else(next).is_none_or(|follower| is_word_end(mark, follower))
}

/// Whether the character is punctuation that has no space before it.
fn is_mark(c: char, spacing: Spacing) -> bool {
    match c {
        ',' | '.' | '，' | '。' | '、' => true,
        ';' | ':' | '!' | '?' => spacing == Spacing::Plain,
        _ => false,
    }
}

/// Whether the character may end a word, or words in quotes or brackets.
fn ends_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '"' | '\'' | '’' | '”' | '»' | ')' | ']' | '%')
}

/// Whether a word has ended with the mark, by the character that follows the mark.
fn is_word_end(mark: char, follower: char) -> bool {
    if follower.is_whitespace() || matches!(mark, '，' | '。' | '、') {
        return true;
    }
    match mark {
        ',' | '.' => matches!(follower, '"' | '\'' | '’' | '”' | '»' | ')' | ']'),
        '!' | '?' => matches!(follower, '!' | '?' | '"' | '’' | '”' | '»'),
        _ => false,
    }
}

/// Whether the space before the first word of a text node is stray. `before` is the last character of the
/// text before that space.
pub(crate) fn stands_after_stray_space(node: NodeRef<'_, Node>, before: char) -> bool {
    let Some(text) = node.value().as_text() else { return false };
    let after = text.trim_start();
    // Nearly all texts are done here.
    if !after.starts_with(|c: char| is_mark(c, Spacing::Plain)) {
        return false;
    }
    let spacing = Spacing::of(language(node));
    is_stray(before, after, || next_char(node), spacing) && begins_at_tag(node) && !is_in_code(node)
}

/// The language of the page that a node is of. Few nodes stand before the root element: more are not looked at,
/// for many texts ask.
fn language(node: NodeRef<'_, Node>) -> Option<&str> {
    let mut children = node.tree().root().children().take(MAX_STEPS);
    children.find_map(|child| child.value().as_element()?.attr("lang"))
}

/// Whether a tag stands directly before a text node. Comments and blank texts between them do not count.
fn begins_at_tag(node: NodeRef<'_, Node>) -> bool {
    let mut at = node;
    for _ in 0..MAX_STEPS {
        let Some(sibling) = at.prev_sibling() else {
            return at.parent().is_some_and(|parent| parent.value().is_element());
        };
        match sibling.value() {
            Node::Element(_) => return true,
            Node::Comment(_) => {}
            Node::Text(text) if text.trim().is_empty() => {}
            _ => return false,
        }
        at = sibling;
    }
    false
}

/// The first character after a text node; `None` if a block or line ends before it.
fn next_char(node: NodeRef<'_, Node>) -> Option<char> {
    let mut at = node;
    let mut is_left = true;
    for _ in 0..MAX_STEPS {
        let inner = if is_left { None } else { at.first_child() };
        let next = inner.or_else(|| at.next_sibling());
        is_left = next.is_none();
        at = next.or_else(|| at.parent())?;
        match at.value() {
            Node::Text(text) if !text.is_empty() => return text.chars().next(),
            Node::Element(element) if separates_words(element.name()) => return None,
            _ => {}
        }
    }
    None
}

/// Whether a text node is code: there, a person has put each character where it is.
fn is_in_code(node: NodeRef<'_, Node>) -> bool {
    let mut around = node.ancestors().take(MAX_STEPS).filter_map(|ancestor| ancestor.value().as_element());
    around.any(|element| is_code(element.name()))
}
