//! Plain text -> HTML that shows it.

/// The HTML of a text that is declared as plain: blank lines separate paragraphs, the other ends of lines
/// are `<br>`.
pub(crate) fn html_of_plain_text(text: &str) -> String {
    paragraphs(text, |_| true)
}

/// The HTML of a text that seems to be plain. Its character references are read, as in a text of HTML.
pub(crate) fn html_of_seeming_text(text: &str) -> String {
    paragraphs(text, |rest| !begins_with_reference(rest))
}

/// Writes the lines of a text as paragraphs. `is_ampersand` tells whether the ampersand that the
/// rest of a line begins with means itself.
fn paragraphs(text: &str, is_ampersand: impl Fn(&str) -> bool) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    let mut is_open = false;
    for line in text.replace("\r\n", "\n").split(['\n', '\r']).map(str::trim) {
        if line.is_empty() {
            if is_open {
                html.push_str("</p>");
            }
            is_open = false;
            continue;
        }
        html.push_str(if is_open { "<br>" } else { "<p>" });
        is_open = true;
        for (at, c) in line.char_indices() {
            match c {
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '&' if is_ampersand(&line[at..]) => html.push_str("&amp;"),
                c => html.push(c),
            }
        }
    }
    if is_open {
        html.push_str("</p>");
    }
    html
}

/// Whether a text begins with a character reference, such as `&amp;` or `&#8217;`.
fn begins_with_reference(text: &str) -> bool {
    let inner = text.strip_prefix('&').unwrap_or(text);
    let name = inner.strip_prefix('#').unwrap_or(inner);
    // The longest name of the HTML standard has 31 letters.
    let end = name.bytes().take(32).position(|b| !b.is_ascii_alphanumeric());
    end.is_some_and(|end| end > 0 && name.as_bytes()[end] == b';')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_paragraphs_stay() {
        assert_eq!(
            html_of_plain_text("Boats <new> & old\r\n- one\n\n\n  Second\n"),
            "<p>Boats &lt;new&gt; &amp; old<br>- one</p><p>Second</p>"
        );
        assert_eq!(html_of_plain_text("&nbsp; is a space"), "<p>&amp;nbsp; is a space</p>");
        assert_eq!(html_of_plain_text(" \n"), "");
    }

    #[test]
    fn a_text_that_seems_plain_may_have_references() {
        assert_eq!(
            html_of_seeming_text("Fish &amp; chips &#8211; &c. & more &;"),
            "<p>Fish &amp; chips &#8211; &amp;c. &amp; more &amp;;</p>"
        );
    }
}
