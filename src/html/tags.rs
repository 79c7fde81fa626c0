//! Tags by what they do to the text around them.

/// Whether a tag is that of a block, both in the text of a listing and in that of an article.
pub(crate) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "blockquote"
            | "dd"
            | "div"
            | "dl"
            | "dt"
            | "figcaption"
            | "figure"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

/// Whether an element begins and ends with a break between words.
pub(crate) fn separates_words(name: &str) -> bool {
    is_block(name) || matches!(name, "aside" | "br" | "footer" | "form" | "nav" | "option")
}

/// Whether a tag is that of code, or of another text whose characters stay as they are.
pub(crate) fn is_code(name: &str) -> bool {
    matches!(name, "code" | "kbd" | "pre" | "samp" | "textarea" | "tt")
}
