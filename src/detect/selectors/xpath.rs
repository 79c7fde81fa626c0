//! XPath from a record to a slot, for what CSS cannot say: siblings of the record, and single text nodes.

use std::fmt::Write as _;

use super::candidate::{CandidateSelector, Combinator, Compound, is_plain_tag};
use super::stable_names::{Class, stable_class};
use crate::detect::listing::slots::{Record, Slot};
use crate::html::{ElementId, Outline};

/// The path from a record to a slot, by the first record that has it.
pub(super) fn slot_path(outline: &Outline<'_>, records: &[Record], slot: &Slot) -> Option<String> {
    let (record, element) = *slot.hits.first()?;
    let record = records.get(record)?;
    if slot.sibling == 0 {
        return Some(format!(".{}", path_inside(outline, record.element, element)));
    }
    let sibling = sibling(outline, record.element, slot.sibling)?;
    let axis = if slot.sibling > 0 { "following" } else { "preceding" };
    let steps = slot.sibling.unsigned_abs();
    let tag = Some(outline.tag_text(sibling)).filter(|tag| is_plain_tag(tag))?;
    let inside = path_inside(outline, sibling, element);
    Some(format!("./{axis}-sibling::*[{steps}][self::{tag}]{inside}"))
}

/// A selector as XPath; `None` if it has a part that is not written here.
pub(super) fn selector_path(outline: &Outline<'_>, selector: &CandidateSelector) -> Option<String> {
    let mut path = String::new();
    for (index, (combinator, compound)) in selector.steps().iter().enumerate() {
        let is_child = index > 0 && *combinator == Combinator::Child;
        path.push_str(if is_child { "/" } else { "//" });
        path.push_str(&compound_path(outline, compound)?);
    }
    Some(path)
}

fn compound_path(outline: &Outline<'_>, compound: &Compound) -> Option<String> {
    let tag = compound.tag.map_or("*", |tag| outline.text_of(tag));
    let is_written = compound.has.is_none() && compound.not_class.is_none() && compound.attribute.is_none();
    if !is_written || !(tag == "*" || is_plain_tag(tag)) {
        return None;
    }
    let mut path = tag.to_owned();
    if let Some(nth) = compound.nth_of_type {
        let _ = write!(path, "[{nth}]");
    }
    if let Some(id) = &compound.id {
        let _ = write!(path, "[@id='{id}']");
    }
    for class in &compound.classes {
        match class {
            Class::Whole(name) => path.push_str(&class_test(outline.text_of(*name))),
            Class::Prefix(_) => return None,
        }
    }
    Some(path)
}

/// The test of an element's class.
pub(crate) fn class_test(class: &str) -> String {
    format!("[contains(concat(' ', normalize-space(@class), ' '), ' {class} ')]")
}

/// The sibling `steps` after an element, or before it if `steps` is negative.
fn sibling(outline: &Outline<'_>, element: ElementId, steps: isize) -> Option<ElementId> {
    let index = steps.unsigned_abs().checked_sub(1)?;
    if steps > 0 {
        let next = |sibling: &ElementId| outline.next_sibling(*sibling);
        return std::iter::successors(next(&element), next).nth(index);
    }
    let siblings = outline.children(outline.parent(element));
    let before: Vec<ElementId> = siblings.take_while(|sibling| *sibling < element).collect();
    before.iter().rev().nth(index).copied()
}

/// The path from an element to one inside: by a stable class, else step by step. Empty for the element
/// itself.
fn path_inside(outline: &Outline<'_>, root: ElementId, element: ElementId) -> String {
    if element == root {
        return String::new();
    }
    let tag = outline.tag_text(element);
    let class = stable_class(outline, element).map(|class| outline.text_of(class));
    // The path leads to the first element with the class, which must be the one.
    let is_first = |class: &str| {
        let has_class = |e: ElementId| outline.classes(e).iter().any(|c| outline.text_of(*c) == class);
        let is_same = |e: &ElementId| outline.tag(*e) == outline.tag(element) && has_class(*e);
        (root + 1..outline.end(root)).find(is_same) == Some(element)
    };
    if let Some(class) = class.filter(|class| is_first(class)) {
        return format!("//{tag}{}", class_test(class));
    }
    let mut steps: Vec<ElementId> = vec![element];
    steps.extend(outline.ancestors(element).take_while(|ancestor| *ancestor > root));
    let step = |step: &ElementId| match outline.tag_text(*step) {
        tag if is_plain_tag(tag) => format!("/{tag}[{}]", outline.nth(*step)),
        _ => "/*".to_owned(),
    };
    steps.iter().rev().map(step).collect()
}
