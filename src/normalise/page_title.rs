//! The title of a page, as the title of the feed that is made of it.

use super::text::clean_within;

/// A longer title of a page is cut, in bytes.
const MAX_BYTES: usize = 300;

/// The title of a page or a feed, cleaned: one line, without invisible marks and not too long. `None` if
/// nothing of it can be seen.
#[must_use]
pub fn page_title(text: &str) -> Option<String> {
    // Marks of direction would turn the text around that stands beside the title.
    let plain: String = text.chars().filter(|c| !is_direction_mark(*c)).collect();
    let title = clean_within(&plain, MAX_BYTES);
    Some(title).filter(|title| title.chars().any(|c| !c.is_whitespace()))
}

fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: Option<&str>) {
        assert_eq!(page_title(input).as_deref(), expected, "{input:?}");
    }

    #[test]
    fn a_title_is_one_clean_line() {
        check("  Harbour news \n\t| Port  of Lind ", Some("Harbour news | Port of Lind"));
        check("Tide\u{202e}tables\u{2069}\0", Some("Tidetables"));
        check("항구 소식", Some("항구 소식"));
    }

    #[test]
    fn nothing_that_can_be_seen_is_no_title() {
        check("", None);
        check(" \n\u{200f}\u{feff}", None);
    }

    #[test]
    fn a_long_title_is_cut() {
        let title = page_title(&"é".repeat(5000)).expect("a title");
        assert!(title.len() <= MAX_BYTES && title.ends_with('…'), "{title}");
    }
}
