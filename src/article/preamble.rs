//! What stands at the head of a text and is none of it: headline, date, byline, trail; what it says
//! twice; and the lead that stands outside of the text.

use std::collections::HashSet;

use super::measure;
use super::measure::{Around, bare, is_block, is_silent, text_of};
use crate::html::tree::{ElementRef, Html, NodeId};

/// From so long a block on, the text has begun.
const RUNNING: usize = 100;
/// What is longer is no date line.
const LINE: usize = 140;
/// A caption of so many characters says nothing a second time.
const SAID: usize = 60;
/// A description of fewer characters may stand anywhere.
const DESCRIPTION: usize = 40;

/// How lines begin that name the author, in lower case.
const BY: &[&str] = &[
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

/// Blocks at the head of the text that are none of it.
pub(crate) fn furniture(body: &[ElementRef<'_>], title: Option<&str>, around: Around<'_>) -> HashSet<NodeId> {
    let title = title.map(bare).filter(|t| !t.is_empty());
    let mut out = HashSet::new();
    // The lead may stand above the date.
    let mut running = 0;
    let mut said = HashSet::new();
    for block in body.iter().flat_map(|b| leaves(*b, around)) {
        let text = text_of(block);
        let length = measure::length(&text);
        // Captions that stand there twice, for narrow screens and wide ones.
        let twice = length >= SAID && is_caption(block) && !said.insert(bare(&text));
        let repeats = title.as_ref().is_some_and(|t| bare(&text) == *t);
        if twice {
            out.insert(block.id());
            continue;
        }
        if repeats {
            out.insert(block.id());
            // A trail of pages ends with the page itself.
            if block.value().name() == "li" {
                out.extend(block.parent().map(|list| list.id()));
            }
            continue;
        }
        running += usize::from(length >= RUNNING && !names_author(&text));
        let plain = !matches!(block.value().name(), "li" | "figcaption" | "caption" | "th" | "dt" | "dd");
        if running < 2
            && length < LINE
            && plain
            && !is_heading(block)
            && (is_line(&text) || is_row(block, length))
        {
            out.insert(block.id());
        }
    }
    out
}

/// A row of things to press: several short words, each an element of its own.
fn is_row(block: ElementRef<'_>, length: usize) -> bool {
    let parts = block.child_elements().filter(|e| matches!(e.value().name(), "a" | "span" | "button" | "li"));
    let own =
        block.children().filter_map(|c| c.value().as_text()).any(|t| t.chars().any(char::is_alphanumeric));
    length < 60 && !own && parts.count() > 1
}

/// Whether a block is the caption of a picture, by its element or a name around it.
fn is_caption(block: ElementRef<'_>) -> bool {
    let mut near = std::iter::once(block).chain(block.ancestors().filter_map(ElementRef::wrap)).take(4);
    near.any(|e| {
        matches!(e.value().name(), "figcaption" | "figure")
            || e.attr("class").is_some_and(|c| c.to_ascii_lowercase().contains("caption"))
    })
}

/// Whether a line gives a date or an author, and says nothing.
fn is_line(text: &str) -> bool {
    let year = text
        .split(|c: char| !c.is_ascii_digit())
        .any(|n| n.len() == 4 && (n.starts_with("19") || n.starts_with("20")));
    let time = text.split_whitespace().any(|w| {
        let w = w.trim_matches(|c: char| !c.is_ascii_digit());
        w.split_once(':').is_some_and(|(h, m)| {
            (1..=2).contains(&h.len())
                && m.len() >= 2
                && h.bytes().chain(m.bytes()).all(|b| b.is_ascii_digit() || b == b':')
        })
    });
    let ends = text.trim_end().ends_with(['.', '!', '?', '。', '？', '！', '…', '।', ':']);
    ((year || time) && !ends) || names_author(text)
}

fn names_author(text: &str) -> bool {
    let lower = text.trim_start().to_lowercase();
    measure::length(text) < LINE
        && BY.iter().any(|b| lower.starts_with(b))
        && !lower.trim_end().ends_with(['.', '。', '?'])
}

fn is_heading(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Blocks without blocks in them, in the order of the page.
fn leaves<'a>(body: ElementRef<'a>, around: Around<'_>) -> Vec<ElementRef<'a>> {
    let mut out = Vec::new();
    let mut open = vec![body];
    while let Some(element) = open.pop() {
        if is_silent(element) {
            continue;
        }
        let blocks = around.of(element).blocks > 0;
        if !blocks && (is_block(element.value().name()) || is_line_of_its_own(element)) {
            out.push(element);
        } else {
            let children: Vec<ElementRef<'_>> = element.child_elements().collect();
            open.extend(children.into_iter().rev());
        }
    }
    out
}

/// Old pages set headlines and dates as `<b>` and `<font>` between `<br>`.
fn is_line_of_its_own(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "b" | "strong" | "font" | "big" | "small" | "em" | "i" | "span" | "time")
}

/// The lead that a page has outside of its text: the block that its own description repeats.
pub(crate) fn outside<'a>(
    document: &'a Html,
    body: &[ElementRef<'a>],
    description: Option<&str>,
    around: Around<'_>,
) -> Option<ElementRef<'a>> {
    let wanted = bare(description?.trim_end_matches(['…', '.']));
    if wanted.chars().count() < DESCRIPTION {
        return None;
    }
    let first = body.first()?;
    let inside =
        |e: &ElementRef<'_>| body.iter().any(|b| e.id() == b.id() || e.ancestors().any(|a| a.id() == b.id()));
    let hidden = |e: &ElementRef<'_>| {
        let mut path = std::iter::once(*e).chain(e.ancestors().filter_map(ElementRef::wrap));
        path.any(|a| is_silent(a) || around.holds(a))
    };
    let in_text = text_of(*first);
    if bare(&in_text).contains(&wanted) {
        return None;
    }
    leaves(document.root_element(), around)
        .into_iter()
        .take_while(|e| e.id() != first.id())
        .filter(|e| !is_heading(*e) && !inside(e) && !hidden(e))
        .find(|e| bare(&text_of(*e)).starts_with(&wanted))
}

/// The lead right before the text: one paragraph in a box of its own.
pub(crate) fn before<'a>(body: &[ElementRef<'a>], around: Around<'_>) -> Option<ElementRef<'a>> {
    let first = *body.first()?;
    let mut place = first;
    for _ in 0..3 {
        if matches!(place.value().name(), "article" | "main" | "body") {
            return None;
        }
        let before = place.prev_siblings().filter_map(ElementRef::wrap).find(|e| !text_of(*e).is_empty());
        if let Some(before) = before {
            return is_lead(before, around).then_some(before);
        }
        place = place.parent().and_then(ElementRef::wrap)?;
    }
    None
}

/// Whether a box holds running text, and little of it.
fn is_lead(element: ElementRef<'_>, around: Around<'_>) -> bool {
    let (all, linked) = around.lengths(element);
    let text = text_of(element);
    let other = ["h1", "h2", "h3", "li", "img", "table", "form", "button", "time"];
    matches!(element.value().name(), "p" | "div" | "section")
        && (80..800).contains(&all)
        && linked * 5 < all
        && text.ends_with(['.', '!', '?', '。', '…', '।', '؟'])
        && !is_silent(element)
        && !around.holds(element)
        && !element.descendent_elements().any(|e| other.contains(&e.value().name()))
}
