//! The preamble of an article, where the page has it outside of the main text.

use super::element_kind::{is_heading, is_silent};
use super::leaf_blocks::leaf_blocks;
use super::measure::PageContext;
use super::text::{comparable, text_of};
use crate::html::tree::{ElementRef, Html};

/// Minimum length of a description that tells the preamble. A shorter one may be anywhere on the page.
const MIN_DESCRIPTION: usize = 40;

/// The preamble right before the text: one paragraph in a box of its own.
pub(crate) fn before<'a>(body: &[ElementRef<'a>], context: PageContext<'_>) -> Option<ElementRef<'a>> {
    let mut element = *body.first()?;
    for _ in 0..3 {
        if matches!(element.value().name(), "article" | "main" | "body") {
            return None;
        }
        let previous = element.prev_siblings().filter_map(ElementRef::wrap).find(|e| !text_of(*e).is_empty());
        if let Some(previous) = previous {
            return is_preamble(previous, context).then_some(previous);
        }
        element = element.parent().and_then(ElementRef::wrap)?;
    }
    None
}

/// The preamble elsewhere before the text: the block that the page's own description repeats.
pub(crate) fn outside<'a>(
    document: &'a Html,
    body: &[ElementRef<'a>],
    description: Option<&str>,
    context: PageContext<'_>,
) -> Option<ElementRef<'a>> {
    let wanted = comparable(description?.trim_end_matches(['…', '.']));
    if wanted.chars().count() < MIN_DESCRIPTION {
        return None;
    }
    let first = body.first()?;
    if comparable(&text_of(*first)).contains(&wanted) {
        return None;
    }
    let is_in_body =
        |e: &ElementRef<'_>| body.iter().any(|b| e.id() == b.id() || e.ancestors().any(|a| a.id() == b.id()));
    let is_in_boilerplate = |e: &ElementRef<'_>| {
        let mut self_and_ancestors = std::iter::once(*e).chain(e.ancestors().filter_map(ElementRef::wrap));
        self_and_ancestors.any(|a| is_silent(a) || context.is_boilerplate_by_name(a))
    };
    leaf_blocks(document.root_element(), context)
        .into_iter()
        .take_while(|e| e.id() != first.id())
        .filter(|e| !is_heading(*e) && !is_in_body(e) && !is_in_boilerplate(e))
        .find(|e| comparable(&text_of(*e)).starts_with(&wanted))
}

/// Whether an element is a box with one paragraph of prose.
fn is_preamble(element: ElementRef<'_>, context: PageContext<'_>) -> bool {
    let (text_length, linked_length) = context.text_lengths(element);
    let text = text_of(element);
    let other_content = ["h1", "h2", "h3", "li", "img", "table", "form", "button", "time"];
    matches!(element.value().name(), "p" | "div" | "section")
        && (80..800).contains(&text_length)
        && linked_length * 5 < text_length
        && text.ends_with(['.', '!', '?', '。', '…', '।', '؟'])
        && !is_silent(element)
        && !context.is_boilerplate_by_name(element)
        && !element.descendent_elements().any(|e| other_content.contains(&e.value().name()))
}
