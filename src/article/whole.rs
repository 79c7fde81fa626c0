//! Finds the article around a block that is only a part of it. Some pages give one of several blocks a name
//! such as `post-content`, and that name outweighs the prose of the other blocks.

use std::collections::{HashMap, HashSet};

use super::element_kind::is_silent;
use super::leaf_blocks::leaf_blocks;
use super::measure::PageContext;
use crate::html::tree::{ElementRef, NodeId};

/// Number of ancestors that are checked for more of the text.
const MAX_LEVELS: usize = 9;
/// Minimum length of a block of prose.
const MIN_PROSE: usize = 80;
/// Elements `<time>` outside of the found text. More of them belong to entries, such as comments.
const MAX_TIMES: usize = 1;

/// Elements of one form side by side that are entries, such as comments, if each begins with a short line.
const MIN_ENTRIES: usize = 3;
/// The longest line that an entry begins with, such as a name and a time.
const MAX_HEAD: usize = 60;

/// The closest element with a headline that holds more prose outside of the found elements than inside.
pub(crate) fn around_more_prose<'a>(
    found: &[ElementRef<'a>],
    context: PageContext<'_>,
) -> Option<ElementRef<'a>> {
    let first = *found.first()?;
    let found_length: usize = found.iter().map(|e| context.text_length(*e)).sum();
    let ids: HashSet<NodeId> = found.iter().map(|e| e.id()).collect();
    first
        .ancestors()
        .filter_map(ElementRef::wrap)
        .take(MAX_LEVELS)
        .take_while(|e| !matches!(e.value().name(), "body" | "html"))
        .filter(|e| context.text_length(*e) > found_length * 2)
        .find(|e| holds_headline(*e) && prose_outside(*e, &ids, context) > found_length)
}

/// The entries in an element: elements of one name and class with one parent, each of which begins with a
/// short line.
fn entries(larger: ElementRef<'_>, context: PageContext<'_>) -> HashSet<NodeId> {
    let mut forms: HashMap<(NodeId, &str, &str), Vec<NodeId>> = HashMap::new();
    for element in larger.descendent_elements() {
        let first = element.child_elements().next();
        let has_head = first.is_some_and(|head| {
            let length = context.text_length(head);
            length > 0 && length <= MAX_HEAD && context.text_length(element) > length
        });
        let (Some(class), Some(parent), true) = (element.attr("class"), element.parent(), has_head) else {
            continue;
        };
        let name = element.value().name();
        let kind = class.split_whitespace().next().unwrap_or_default();
        forms.entry((parent.id(), name, kind)).or_default().push(element.id());
    }
    forms.into_values().filter(|same| same.len() >= MIN_ENTRIES).flatten().collect()
}

fn holds_headline(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "article" | "main")
        || element.attr("role") == Some("main")
        || element.descendent_elements().any(|e| e.value().name() == "h1")
}

/// Length of the prose in an element, without that of the found elements. It is 0 if the element also holds
/// entries of others, or mostly links.
fn prose_outside(larger: ElementRef<'_>, found: &HashSet<NodeId>, context: PageContext<'_>) -> usize {
    let entries = entries(larger, context);
    let is_other = |e: ElementRef<'_>| {
        found.contains(&e.id())
            || entries.contains(&e.id())
            || is_silent(e)
            || context.is_boilerplate_by_name(e)
            || matches!(e.value().name(), "li" | "dl" | "article" | "figure")
    };
    let is_outside = |e: &ElementRef<'_>| {
        let mut between = e.ancestors().take_while(|a| a.id() != larger.id()).filter_map(ElementRef::wrap);
        !is_other(*e) && !between.any(is_other)
    };
    let times = larger.descendent_elements().filter(|e| e.value().name() == "time").filter(is_outside);
    if times.take(MAX_TIMES + 1).count() > MAX_TIMES {
        return 0;
    }
    let mut prose = 0;
    let mut linked = 0;
    for block in leaf_blocks(larger, context).into_iter().filter(is_outside) {
        let (text_length, linked_length) = context.text_lengths(block);
        linked += linked_length;
        if text_length >= MIN_PROSE && linked_length * 4 < text_length {
            prose += text_length;
        }
    }
    if linked * 3 > prose { 0 } else { prose }
}
