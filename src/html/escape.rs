//! Text and attributes as HTML that a parser reads back as the same.

/// Appends a text with the characters of markup escaped.
pub(crate) fn push_escaped(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

/// Appends a space, a name and a quoted value.
pub(crate) fn push_attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    for (index, part) in value.split('"').enumerate() {
        if index > 0 {
            out.push_str("&quot;");
        }
        push_escaped(part, out);
    }
    out.push('"');
}
