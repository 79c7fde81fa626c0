//! Whether an item says the same as before, whatever its spaces, markup and pictures are. Pure.

use crate::model::Content;

/// Whether two contents of an item have the same letters and digits in their titles, and in those of their texts
/// that both have.
#[must_use]
pub fn says_the_same(now: &Content, before: &Content) -> bool {
    let summaries = now.summary.as_deref().zip(before.summary.as_deref());
    let bodies = now.content_html.as_deref().zip(before.content_html.as_deref());
    letters(&now.title).eq(letters(&before.title))
        && summaries.is_none_or(|(now, before)| letters(now).eq(letters(before)))
        && bodies.is_none_or(|(now, before)| letters(&shown(now)).eq(letters(&shown(before))))
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric())
}

/// The parts of HTML outside of its tags.
fn shown(html: &str) -> String {
    let mut is_in_tag = false;
    let is_shown = |c: &char| {
        let was_in_tag = is_in_tag;
        is_in_tag = *c == '<' || (is_in_tag && *c != '>');
        !was_in_tag && !is_in_tag
    };
    html.chars().filter(is_shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(title: &str, summary: Option<&str>, html: Option<&str>) -> Content {
        Content {
            title: title.to_owned(),
            summary: summary.map(str::to_owned),
            content_html: html.map(str::to_owned),
            ..Content::default()
        }
    }

    #[test]
    fn spaces_markup_and_texts_of_one_alone_do_not_count() {
        let before = content("Weir , closed", Some("Until June."), Some("<p>Until <b>June</b>.</p>"));
        let spaced =
            content("Weir, closed", Some("Until  June"), Some("<div>Until June<img src=\"/1.png\">.</div>"));
        assert!(says_the_same(&spaced, &before));
        assert!(says_the_same(&content("Weir closed", None, Some("Until June")), &before));
        assert!(!says_the_same(&content("Weir opened", None, None), &before));
        assert!(!says_the_same(&content("Weir closed", Some("Until July."), None), &before));
        assert!(!says_the_same(&content("Weir closed", None, Some("<p>Until July.</p>")), &before));
    }
}
