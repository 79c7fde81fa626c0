//! The texts of fragments of HTML: of values of feeds, JSON and attributes.

use super::{parse, text};

/// The visible text of a fragment of HTML.
#[must_use]
pub fn plain_text(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    fragment_text(html)
}

/// The visible text of a fragment of HTML. A fragment beyond the bounds of a parse is only freed of its tags.
pub(crate) fn fragment_text(html: &str) -> String {
    match parse::fragment(html) {
        Ok(fragment) => text::visible_text(fragment.root_element()),
        Err(_) => without_tags(html),
    }
}

/// A text without everything between `<` and `>`; white space is collapsed.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                text.push(' ');
            }
            _ if !in_tag => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_beyond_the_bounds_loses_its_tags_only() {
        let deep =
            format!("Tide {}table &amp; more{}", "<ul><li>".repeat(16_000), "</li></ul>".repeat(16_000));
        assert_eq!(plain_text(&deep), "Tide table &amp; more");
        assert_eq!(plain_text("<i>Tide</i> table &amp; more"), "Tide table & more");
        assert_eq!(plain_text(&"<p a".repeat(100_000)), "");
    }
}
