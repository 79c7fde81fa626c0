//! The blocks of a text that hold no other blocks: paragraphs, headings, list items.

use super::element_kind::{is_block, is_silent};
use super::measure::PageContext;
use crate::html::tree::ElementRef;

/// The blocks without blocks inside them, in page order.
pub(crate) fn leaf_blocks<'a>(body: ElementRef<'a>, context: PageContext<'_>) -> Vec<ElementRef<'a>> {
    let mut out = Vec::new();
    let mut open = vec![body];
    while let Some(element) = open.pop() {
        if is_silent(element) {
            continue;
        }
        let has_blocks = context.measure(element).blocks > 0;
        if !has_blocks && (is_block(element.value().name()) || may_be_line(element)) {
            out.push(element);
        } else {
            let children: Vec<ElementRef<'_>> = element.child_elements().collect();
            open.extend(children.into_iter().rev());
        }
    }
    out
}

/// Whether an inline element may be a line of its own: old pages set headlines and dates as `<b>` and
/// `<font>` between `<br>`.
fn may_be_line(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "b" | "strong" | "font" | "big" | "small" | "em" | "i" | "span" | "time")
}
