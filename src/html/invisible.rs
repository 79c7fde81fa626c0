//! Characters that nobody sees. Some are needed to show a text well; others only hide its words from
//! searches.

use std::borrow::Cow;

/// A text without the invisible characters that it does not need: soft hyphens, zero-width spaces, word
/// joiners and byte order marks. Joiners stay where emoji and scripts that join their letters need them.
pub(crate) fn without_needless(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_invisible) {
        Cow::Owned(needed_chars(text).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// The characters of a text without the invisible ones that it does not need.
pub(crate) fn needed_chars(text: &str) -> impl Iterator<Item = char> {
    let mut before = None;
    text.chars().filter(move |c| {
        let is_kept = !is_needless(*c, before);
        if is_kept {
            before = Some(*c);
        }
        is_kept
    })
}

/// A text without all its invisible characters, as a person reads it. Not to be shown.
pub(crate) fn without_all(text: &str) -> Cow<'_, str> {
    // No character of ASCII is invisible.
    if text.is_ascii() || !text.chars().any(is_invisible) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| !is_invisible(*c)).collect())
}

/// Whether an invisible character does nothing for the text; `before` is the character before it.
fn is_needless(c: char, before: Option<char>) -> bool {
    match c {
        '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => true,
        '\u{200c}' | '\u{200d}' => !before.is_some_and(may_be_joined),
        _ => false,
    }
}

/// Whether a joiner may follow the character: not after spaces and letters that never join, such as Latin.
fn may_be_joined(before: char) -> bool {
    let never_joins = matches!(before, '\0'..='\u{58f}' | '\u{1e00}'..='\u{1fff}');
    !never_joins && !before.is_whitespace()
}

/// Whether the character has no shape and no width: joiners, marks of direction and variation selectors too.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needless_characters_go() {
        let check = |text: &str, expected: &str| assert_eq!(without_needless(text), expected, "{text:?}");
        check("Har\u{ad}bour mas\u{200b}ter\u{2060}s", "Harbour masters");
        check("\u{feff}Pier\u{200d} news\u{200c}", "Pier news");
        check("ad\u{200c}vert", "advert");
        check("می\u{200c}خواهم", "می\u{200c}خواهم");
        check("क्\u{200d}ष", "क्\u{200d}ष");
        check("👩\u{200d}🚀 ❤\u{fe0f}\u{200d}🔥", "👩\u{200d}🚀 ❤\u{fe0f}\u{200d}🔥");
    }

    #[test]
    fn a_search_sees_no_invisible_character() {
        assert_eq!(without_all("spon\u{ad}so\u{200d}red \u{202a}می\u{200c}خواهم"), "sponsored میخواهم");
        assert!(matches!(without_all("plain"), Cow::Borrowed("plain")));
    }
}
