//! Scores elements by the prose inside them: each block of text adds to the scores of the elements around it.

use std::collections::HashMap;

use super::class_names::class_weight;
use super::element_kind::{is_block, is_silent};
use super::measure::PageContext;
use super::text::{length, share};
use crate::html::tree::{ElementRef, Html, NodeId};

/// Minimum length of a block that adds to scores.
const MIN_BLOCK: usize = 25;
/// Number of ancestors whose score a block adds to.
const LEVELS: usize = 5;

/// The scores of elements; elements without one hold no prose.
pub(crate) type Scores = HashMap<NodeId, f64>;

/// Scores the elements of a page.
pub(crate) fn score_elements(document: &Html, context: PageContext<'_>) -> Scores {
    let mut scores = Scores::new();
    let mut open = vec![document.root_element()];
    while let Some(element) = open.pop() {
        if is_silent(element) || context.is_boilerplate_by_name(element) {
            continue;
        }
        if is_text_block(element, context) {
            add_score(element, context, &mut scores);
        }
        open.extend(element.child_elements());
    }
    scores
}

/// Whether an element is a block of text: a paragraph, or a block whose text is not only in blocks inside it.
fn is_text_block(element: ElementRef<'_>, context: PageContext<'_>) -> bool {
    match element.value().name() {
        "p" | "pre" | "blockquote" => true,
        "div" | "section" | "td" | "li" | "dd" | "article" | "center" => has_own_text(element, context),
        _ => false,
    }
}

fn has_own_text(element: ElementRef<'_>, context: PageContext<'_>) -> bool {
    let own_length: usize =
        element.children().filter_map(|c| c.value().as_text()).map(|text| length(text)).sum();
    let has_blocks = element.child_elements().any(|c| is_block(c.value().name()));
    let has_only_inline_children = !has_blocks && element.child_elements().next().is_some();
    own_length >= MIN_BLOCK || (has_only_inline_children && context.text_length(element) >= MIN_BLOCK)
}

/// Adds the score of a block to its ancestors: the closer, the more.
fn add_score(block: ElementRef<'_>, context: PageContext<'_>, scores: &mut Scores) {
    let Some(score) = block_score(block, context) else { return };
    let ancestors = block.ancestors().filter_map(ElementRef::wrap).take(LEVELS);
    for (level, ancestor) in ancestors.enumerate() {
        let divisor = match level {
            0 => 1.0,
            1 => 2.0,
            level => share(level * 3, 1),
        };
        *scores.entry(ancestor.id()).or_insert_with(|| initial_score(ancestor)) += score / divisor;
    }
}

/// The score of a block: it grows with its length and its commas, and shrinks with its links. `None` for a
/// short block.
fn block_score(block: ElementRef<'_>, context: PageContext<'_>) -> Option<f64> {
    let (text_length, linked_length) = context.text_lengths(block);
    if text_length < MIN_BLOCK {
        return None;
    }
    let is_comma = |c: &char| matches!(c, ',' | '，' | '、' | '،' | '。' | ';');
    let commas = block.text().flat_map(str::chars).filter(is_comma).count();
    let unlinked_share = 1.0 - share(linked_length, text_length);
    Some((1.0 + share(commas.min(10), 1) + share(text_length, 100).min(3.0)) * unlinked_share)
}

/// The score of an element before any block adds to it. It depends on the tag and on the class and id.
fn initial_score(element: ElementRef<'_>) -> f64 {
    let by_tag = match element.value().name() {
        "article" | "main" => 10.0,
        "div" => 5.0,
        "pre" | "td" | "blockquote" | "section" => 3.0,
        "ul" | "ol" | "dl" | "form" | "address" | "li" | "dd" | "dt" => -3.0,
        "h1" | "h2" | "h3" | "h4" | "th" => -5.0,
        _ => 0.0,
    };
    by_tag + class_weight(element)
}
