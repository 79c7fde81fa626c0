//! Dates that stand outside of the items. A date that the whole page has, such as `As of 4 November`, is the
//! date of no item.

use super::dates::{DateText, RawItems};
use crate::date::is_day_heading;
use crate::html::is_block;
use crate::html::text::visible_text;
use crate::html::tree::{ElementRef, Html, NodeId};
use crate::model::{FieldName, Problem};

/// Inline elements around a date that are looked through for the line that it stands in.
const MAX_LEVELS: usize = 8;

/// Removes the dates that several items take from one element outside of them, and reports it. What stands in a
/// heading over several items is kept, and so is the line of a day.
pub(super) fn drop_shared_dates(document: &Html, raw: &mut RawItems, problems: &mut Vec<Problem>) {
    for (field, dates) in [(FieldName::Date, &mut raw.dates), (FieldName::Updated, &mut raw.updates)] {
        let Some(element) = shared_element(dates) else { continue };
        if is_heading(document, element) {
            continue;
        }
        dates.retain(|date| date.outside.is_none());
        let message = "the same date outside of the items was found for several items; it is not taken";
        problems.push(Problem { field: field.into(), position: None, message: message.to_owned() });
    }
}

/// The element outside of the items that has the dates of at least two items, if it is the only one.
fn shared_element(dates: &[DateText]) -> Option<NodeId> {
    let mut elements = dates.iter().filter_map(|date| date.outside);
    let first = elements.next()?;
    let mut others = elements.peekable();
    others.peek()?;
    others.all(|other| other == first).then_some(first)
}

/// Whether the line that an element stands in is a heading, or says a day and nothing else.
fn is_heading(document: &Html, element: NodeId) -> bool {
    let Some(element) = document.tree.get(element).and_then(ElementRef::wrap) else { return false };
    let around = element.ancestors().filter_map(ElementRef::wrap).take(MAX_LEVELS);
    let mut lines = std::iter::once(element).chain(around);
    let line = lines.find(|line| is_heading_tag(line.value().name()) || is_block(line.value().name()));
    line.is_some_and(|line| is_heading_tag(line.value().name()) || is_day_heading(&visible_text(line)))
}

/// Whether an element of this name heads what stands beside or under it: a section, a table, a group of fields, an
/// entry of a list.
fn is_heading_tag(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "caption" | "legend" | "dt")
}

/// The element, if it stands outside of an item.
pub(super) fn outside(item: ElementRef<'_>, element: ElementRef<'_>) -> Option<NodeId> {
    let is_inside = element.id() == item.id() || element.ancestors().any(|around| around.id() == item.id());
    (!is_inside).then(|| element.id())
}
