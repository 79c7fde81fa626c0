//! Leaves out the stray spaces in sanitised HTML, as they are left out in texts (see `html::spacing`).

use crate::html::spacing::{self, Spacing};
use crate::html::tags::{is_code, separates_words};

/// Sanitised HTML without the stray spaces before its punctuation.
///
/// It must be as a serialiser writes it: values of attributes stand in double quotes, and a `<` begins a
/// tag.
pub(super) fn close_up(html: &str, spacing: Spacing) -> String {
    let mut writer = SpaceCloser {
        out: String::with_capacity(html.len()),
        gap: Gap::default(),
        before: None,
        code_depth: 0,
        spacing,
    };
    let mut rest = html;
    while !rest.is_empty() {
        let (piece, tail) = rest.split_at(piece_length(rest));
        if piece.starts_with('<') {
            writer.tag(piece);
        } else if piece.starts_with(is_blank) {
            writer.gap.full.push_str(piece);
        } else {
            writer.word(piece, tail);
        }
        rest = tail;
    }
    writer.out.push_str(&writer.gap.full);
    writer.out
}

/// The length of the piece that a text begins with, in bytes: a tag, white space or a word.
fn piece_length(rest: &str) -> usize {
    let end = if rest.starts_with('<') {
        return tag_length(rest);
    } else if rest.starts_with(is_blank) {
        rest.find(|c: char| !is_blank(c))
    } else {
        rest.find(|c: char| c == '<' || is_blank(c))
    };
    end.unwrap_or(rest.len())
}

/// The length of the tag that a text begins with, in bytes.
fn tag_length(rest: &str) -> usize {
    let mut is_quoted = false;
    let end = rest.find(|c: char| {
        is_quoted ^= c == '"';
        c == '>' && !is_quoted
    });
    end.map_or(rest.len(), |end| end + 1)
}

fn is_blank(c: char) -> bool {
    c.is_ascii_whitespace()
}

fn tag_name(tag: &str) -> &str {
    let name = tag.trim_start_matches(['<', '/']);
    name.find(|c: char| !c.is_ascii_alphanumeric()).map_or(name, |end| &name[..end])
}

/// The tags and spaces since the last word.
#[derive(Default)]
struct Gap {
    /// All of them.
    full: String,
    /// Without the spaces.
    tags: String,
    /// Whether a block or line begins or ends in it, or something that is no text stands in it.
    is_break: bool,
}

/// Writes HTML piece by piece, without its stray spaces.
struct SpaceCloser {
    out: String,
    gap: Gap,
    /// The last character of the last word.
    before: Option<char>,
    /// How many elements of code are open.
    code_depth: usize,
    spacing: Spacing,
}

impl SpaceCloser {
    fn tag(&mut self, tag: &str) {
        let name = tag_name(tag);
        self.gap.full.push_str(tag);
        self.gap.tags.push_str(tag);
        self.gap.is_break |= is_break(name);
        if is_code(name) {
            let is_end = tag.starts_with("</");
            self.code_depth =
                if is_end { self.code_depth.saturating_sub(1) } else { self.code_depth.saturating_add(1) };
        }
    }

    /// Writes the gap and a word; `tail` is what follows the word.
    fn word(&mut self, word: &str, tail: &str) {
        let is_open = self.code_depth == 0 && !self.gap.is_break && !self.gap.tags.is_empty();
        let is_stray = is_open
            && self
                .before
                .is_some_and(|before| spacing::is_stray(before, word, || next_char(tail), self.spacing));
        self.out.push_str(if is_stray { &self.gap.tags } else { &self.gap.full });
        self.out.push_str(word);
        self.before = word.chars().next_back();
        self.gap.full.clear();
        self.gap.tags.clear();
        self.gap.is_break = false;
    }
}

/// Whether a tag separates words, or shows something that is no text.
fn is_break(name: &str) -> bool {
    separates_words(name) || matches!(name, "audio" | "iframe" | "img" | "picture" | "svg" | "video")
}

/// The first character of the text in HTML; `None` if a block or line ends before it. Each tag is looked at
/// by the word before it alone.
fn next_char(html: &str) -> Option<char> {
    let mut rest = html;
    while rest.starts_with('<') {
        let (tag, tail) = rest.split_at(tag_length(rest));
        if is_break(tag_name(tag)) {
            return None;
        }
        rest = tail;
    }
    rest.chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &str) {
        assert_eq!(close_up(html, Spacing::French), expected);
    }

    #[test]
    fn stray_spaces_go() {
        check(
            "<p><b>Mara Lind</b> , who left <i>early</i>\n. So</p>",
            "<p><b>Mara Lind</b>, who left <i>early</i>. So</p>",
        );
        check("<p>The <i>quay </i><b> , then</b></p>", "<p>The <i>quay</i><b>, then</b></p>");
        check("<a title=\"a > b\">Quay</a> ,", "<a title=\"a > b\">Quay</a>,");
        assert_eq!(close_up("<b>Who</b> ? <i>Kim</i> ; no", Spacing::Plain), "<b>Who</b>? <i>Kim</i>; no");
    }

    #[test]
    fn other_spaces_stay() {
        for html in [
            "<p><b>Introducing</b> .NET , cd .. and <i>see</i> .<b>env</b></p>",
            "<pre><span>a</span> <span>,</span> b</pre>",
            "<p>git add <code>.</code> now</p>",
            "<p>One</p> , <img src=\"/a.png\"> , two<br> .",
            "<b>Qui</b> ? AT&amp;T",
            "",
            " <p> x </p> ",
        ] {
            check(html, html);
        }
    }
}
