//! Boilerplate at the head of the text: the repeated headline, date lines, bylines, breadcrumbs; and
//! repeated captions.

use std::collections::HashSet;

use super::element_kind::is_heading;
use super::head_lines::is_sentence;
use super::leaf_blocks::leaf_blocks;
use super::measure::PageContext;
use super::text::{comparable, length, text_of};
use crate::date::is_day_heading;
use crate::html::tree::{ElementRef, NodeId};

/// Minimum length of a body paragraph. The head ends with the second one, as the preamble may come before
/// the date.
const MIN_PARAGRAPH: usize = 100;
/// Maximum length of a date line or byline.
const MAX_LINE: usize = 140;
/// Minimum length of a caption that is left out when it is repeated.
const MIN_REPEATED_CAPTION: usize = 60;
/// Cap on the elements in a line that are checked for marks.
const MAX_PARTS: usize = 5;
/// Maximum length of a row of buttons.
const MAX_ROW: usize = 60;

/// Beginnings of lines that name the author, in lower case.
const BYLINES: &[&str] = &[
    "by ",
    "from ",
    "written by",
    "posted by",
    "published",
    "updated",
    "last updated",
    "von ",
    "por ",
    "par ",
    "di ",
    "door ",
    "av ",
    "af ",
    "autor",
    "автор",
    "author",
    "publié",
    "veröffentlicht",
    "publicado",
    "pubblicato",
    "opublikowano",
    "опубликовано",
    "लेखक",
    "مقاله",
    "كتب",
    "بقلم",
    "מאת",
    "記者",
    "文/",
    "文｜",
    "作者",
    "撰文",
    "발행",
    "입력",
];

/// The blocks of the text that are boilerplate of its head, and captions that are repeated.
pub(crate) fn head_boilerplate(
    body: &[ElementRef<'_>],
    title: Option<&str>,
    context: PageContext<'_>,
) -> HashSet<NodeId> {
    let comparable_title = title.map(comparable).filter(|t| !t.is_empty());
    let mut out = HashSet::new();
    let mut paragraphs = 0;
    let mut captions = HashSet::new();
    for block in body.iter().flat_map(|element| leaf_blocks(*element, context)) {
        let text = text_of(block);
        let text_length = length(&text);
        // Some pages have a caption twice, for narrow and for wide screens.
        let is_repeated_caption =
            text_length >= MIN_REPEATED_CAPTION && is_caption(block) && !captions.insert(comparable(&text));
        if is_repeated_caption {
            out.insert(block.id());
            continue;
        }
        if comparable_title.as_ref().is_some_and(|title| comparable(&text) == *title) {
            out.insert(block.id());
            // Breadcrumbs end with the page itself: the whole list is left out.
            if block.value().name() == "li" {
                out.extend(block.parent().map(|list| list.id()));
            }
            continue;
        }
        paragraphs += usize::from(text_length >= MIN_PARAGRAPH && !is_byline(&text));
        if paragraphs < 2 && is_line_of_head(block, &text, text_length) {
            out.insert(block.id());
        }
    }
    out
}

/// Whether a block before the text is a date line, a byline or a row of buttons.
fn is_line_of_head(block: ElementRef<'_>, text: &str, text_length: usize) -> bool {
    let has_plain_tag = !matches!(block.value().name(), "li" | "figcaption" | "caption" | "th" | "dt" | "dd");
    text_length < MAX_LINE
        && has_plain_tag
        && !is_heading(block)
        && (is_date_line(text)
            || is_byline(text)
            || is_marked_line(block, text)
            || is_row_of_buttons(block, text_length))
}

/// Whether a line is nothing but a date without a year, or an author by the marks of the page.
fn is_marked_line(block: ElementRef<'_>, text: &str) -> bool {
    let is_author = |e: &ElementRef<'_>| {
        e.attr("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("author"))
            || e.value().classes().any(|class| matches!(class, "byline" | "author"))
    };
    let is_marked = |e: &ElementRef<'_>| e.value().name() == "time" || is_author(e);
    let mut parts = block.descendent_elements().take(MAX_PARTS);
    (text.contains(char::is_alphabetic) && is_day_heading(text))
        || (!is_sentence(text) && parts.any(|e| is_marked(&e) && text_of(e) == text))
}

/// Whether a block is a row of buttons: several short texts, each an element of its own.
fn is_row_of_buttons(block: ElementRef<'_>, text_length: usize) -> bool {
    let buttons =
        block.child_elements().filter(|e| matches!(e.value().name(), "a" | "span" | "button" | "li"));
    let has_own_text =
        block.children().filter_map(|c| c.value().as_text()).any(|t| t.chars().any(char::is_alphanumeric));
    text_length < MAX_ROW && !has_own_text && buttons.count() > 1
}

/// Whether a block is the caption of a picture, by the tags or class names around it.
fn is_caption(block: ElementRef<'_>) -> bool {
    let mut nearest = std::iter::once(block).chain(block.ancestors().filter_map(ElementRef::wrap)).take(4);
    nearest.any(|e| {
        matches!(e.value().name(), "figcaption" | "figure")
            || e.attr("class").is_some_and(|c| c.to_ascii_lowercase().contains("caption"))
    })
}

/// Whether a line has a year or a time of day, and is no sentence.
pub(crate) fn is_date_line(text: &str) -> bool {
    let has_year = text
        .split(|c: char| !c.is_ascii_digit())
        .any(|number| number.len() == 4 && (number.starts_with("19") || number.starts_with("20")));
    let has_time = text.split_whitespace().any(is_time_of_day);
    let ends_sentence = text.trim_end().ends_with(['.', '!', '?', '。', '？', '！', '…', '।', ':']);
    (has_year || has_time) && !ends_sentence
}

/// Whether a word is a time of day: `9:05`, `17:30:00`.
fn is_time_of_day(word: &str) -> bool {
    let digits_at_ends = word.trim_matches(|c: char| !c.is_ascii_digit());
    digits_at_ends.split_once(':').is_some_and(|(hours, rest)| {
        (1..=2).contains(&hours.len())
            && rest.len() >= 2
            && hours.bytes().chain(rest.bytes()).all(|b| b.is_ascii_digit() || b == b':')
    })
}

/// Whether a line names the author.
fn is_byline(text: &str) -> bool {
    let lower = text.trim_start().to_lowercase();
    length(text) < MAX_LINE
        && BYLINES.iter().any(|beginning| lower.starts_with(beginning))
        && !lower.trim_end().ends_with(['.', '。', '?'])
}
