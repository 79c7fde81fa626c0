//! Text and attributes as HTML that a parser reads back as the same.

/// Appends a text with the characters of markup escaped.
pub(crate) fn push_escaped(text: &str, out: &mut String) {
    push_replaced(text, out, of_markup);
}

/// Appends a space, a name and a quoted value.
pub(crate) fn push_attribute(name: &str, value: &str, out: &mut String) {
    push_quoted(name, value, out, of_markup);
}

/// Appends a text as a serialiser writes it: spaces that do not break are escaped, too.
pub(super) fn push_serialised(text: &str, out: &mut String) {
    push_replaced(text, out, of_serialised);
}

/// Appends a space, a name and a quoted value as a serialiser writes it.
pub(super) fn push_serialised_attribute(name: &str, value: &str, out: &mut String) {
    push_quoted(name, value, out, of_serialised);
}

/// Appends a space, a name and a value in quotes, with quotes and other characters of the value replaced.
fn push_quoted(name: &str, value: &str, out: &mut String, reference: impl Fn(char) -> Option<&'static str>) {
    out.extend([" ", name, "=\""]);
    push_replaced(value, out, |c| if c == '"' { Some("&quot;") } else { reference(c) });
    out.push('"');
}

/// The reference for a character of markup.
fn of_markup(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    }
}

fn of_serialised(c: char) -> Option<&'static str> {
    if c == '\u{a0}' { Some("&nbsp;") } else { of_markup(c) }
}

/// Appends a text with some characters replaced.
fn push_replaced(text: &str, out: &mut String, replacement: impl Fn(char) -> Option<&'static str>) {
    let mut copied = 0;
    for (at, c) in text.char_indices() {
        if let Some(reference) = replacement(c) {
            out.extend([&text[copied..at], reference]);
            copied = at + c.len_utf8();
        }
    }
    out.push_str(&text[copied..]);
}
