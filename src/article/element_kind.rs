//! Kinds of elements by tag and visibility: silent, block, heading.

use crate::html;
use crate::html::tree::ElementRef;

/// Whether an element never holds text of an article: by its tag, or because it is hidden.
pub(crate) fn is_silent(element: ElementRef<'_>) -> bool {
    matches!(
        element.value().name(),
        "script"
            | "style"
            | "noscript"
            | "template"
            | "nav"
            | "aside"
            | "footer"
            | "form"
            | "button"
            | "input"
            | "select"
            | "textarea"
            | "iframe"
            | "object"
            | "embed"
            | "svg"
            | "link"
            | "meta"
            | "head"
            | "dialog"
            | "label"
            | "canvas"
            | "menu"
    ) || is_hidden(element)
}

fn is_hidden(element: ElementRef<'_>) -> bool {
    let style = element.attr("style").unwrap_or_default().replace(' ', "").to_ascii_lowercase();
    element.attr("hidden").is_some()
        || style.contains("display:none")
        || style.contains("visibility:hidden")
        || (element.attr("aria-hidden") == Some("true")
            && !matches!(element.value().name(), "img" | "picture" | "figure" | "span"))
}

/// Whether a tag is that of a block, which begins a new line of an article's text.
pub(crate) fn is_block(name: &str) -> bool {
    html::is_block(name) || matches!(name, "center" | "details" | "fieldset" | "summary")
}

/// Whether an element is a heading of any level.
pub(crate) fn is_heading(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}
