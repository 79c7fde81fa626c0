//! Classes and ids that will last: no hashes of a build, no numbers of single items, no states.

use std::fmt::Write as _;

use crate::html::{ElementId, Name, Outline};

/// Maximum number of classes of one element that are tried in selectors.
pub(super) const MAX_CLASSES: usize = 4;
/// Maximum number of classes of one element that are read.
const MAX_CLASSES_READ: usize = 20;
/// Longer names are not used.
const MAX_NAME_BYTES: usize = 60;

/// A class, or the part of one that does not change with each build of the site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Class {
    Whole(Name),
    /// The beginning of a generated class: `Card_title__` of `Card_title__x3Fq2`.
    Prefix(String),
}

impl Class {
    pub(super) fn is_on(&self, outline: &Outline<'_>, element: ElementId) -> bool {
        let classes = outline.classes(element);
        match self {
            Self::Whole(name) => classes.contains(name),
            Self::Prefix(prefix) => classes.iter().any(|class| outline.text_of(*class).starts_with(prefix)),
        }
    }

    /// The length of its name, in bytes.
    pub(super) fn len(&self, outline: &Outline<'_>) -> usize {
        match self {
            Self::Whole(name) => outline.text_of(*name).len(),
            Self::Prefix(prefix) => prefix.len(),
        }
    }

    pub(super) fn write_css(&self, outline: &Outline<'_>, css: &mut String) {
        let _ = match self {
            Self::Whole(name) => write!(css, ".{}", outline.text_of(*name)),
            // The prefix must begin the attribute or a later class, and not stand in the middle of a class.
            Self::Prefix(prefix) => write!(css, ":is([class^=\"{prefix}\"], [class*=\" {prefix}\"])"),
        };
    }
}

/// The stable classes of an element.
pub(crate) fn stable_classes(outline: &Outline<'_>, element: ElementId) -> Vec<Class> {
    let names = outline.classes(element).iter().take(MAX_CLASSES_READ);
    names.filter_map(|name| stable(*name, outline.text_of(*name))).collect()
}

/// The first class of an element that is stable as a whole, not only in its prefix.
pub(crate) fn stable_class(outline: &Outline<'_>, element: ElementId) -> Option<Name> {
    stable_classes(outline, element).into_iter().find_map(|class| match class {
        Class::Whole(name) => Some(name),
        Class::Prefix(_) => None,
    })
}

/// The id of an element, if it is stable.
pub(super) fn stable_id(outline: &Outline<'_>, element: ElementId) -> Option<String> {
    let id = outline.attr(element, "id")?;
    let digits = id.bytes().filter(u8::is_ascii_digit).count();
    (needs_no_escape(id) && !is_generated(id) && digits <= 2).then(|| id.to_owned())
}

fn stable(name: Name, text: &str) -> Option<Class> {
    if !needs_no_escape(text) {
        return None;
    }
    if let Some(prefix) = stable_prefix(text) {
        return Some(Class::Prefix(prefix.to_owned()));
    }
    let is_numbered = text.bytes().filter(u8::is_ascii_digit).count() > 2;
    (!is_numbered && !is_generated(text) && !is_state(text)).then_some(Class::Whole(name))
}

/// Whether a name can be written in CSS as it is.
fn needs_no_escape(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.len() <= MAX_NAME_BYTES
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// The part of a generated class that stays: up to and with its last `__` or `--`, such as `File_name__` of
/// `File_name__hash`. CSS modules and similar tools generate such classes.
fn stable_prefix(text: &str) -> Option<&str> {
    let cut = text.rfind("__").or_else(|| text.rfind("--"))?;
    let head = &text[..cut];
    let tail = &text[cut + 2..];
    // `block__element` is written by hand. CSS modules have a `_` in the part before `__` too.
    let is_css_module = text[cut..].starts_with("__")
        && head.trim_matches('_').contains('_')
        && (1..=8).contains(&tail.len());
    (cut >= 3 && (is_css_module || is_generated_word(tail))).then(|| &text[..cut + 2])
}

/// Whether a part of a name was generated.
fn is_generated(text: &str) -> bool {
    text.split(['-', '_']).any(is_generated_word)
}

/// Whether a word mixes letters and digits, or capitals and small letters, as nobody writes them.
fn is_generated_word(word: &str) -> bool {
    if word.len() < 5 {
        return false;
    }
    // `1869e`: written words may end with numbers, but do not begin with them.
    let leading_digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if leading_digits >= 2 && leading_digits < word.len() {
        return true;
    }
    let chars: Vec<char> = word.chars().collect();
    let pairs = || chars.windows(2).map(|pair| (pair[0], pair[1]));
    let digit_changes = pairs().filter(|(a, b)| a.is_ascii_digit() != b.is_ascii_digit()).count();
    let case_changes = pairs().filter(|(a, b)| a.is_ascii_uppercase() && b.is_ascii_lowercase()).count();
    let capitals = chars.iter().filter(|c| c.is_ascii_uppercase()).count();
    let vowels = chars.iter().filter(|c| "aeiouyAEIOUY".contains(**c)).count();
    if chars.iter().any(char::is_ascii_digit) {
        digit_changes >= 2 || (capitals > 0 && digit_changes >= 1 && chars.len() <= 10)
    } else {
        let is_mixed = case_changes >= 2 && chars.len() <= 7 && chars[0].is_ascii_lowercase();
        is_mixed || (capitals > 0 && vowels == 0)
    }
}

/// Whether a class is a state: the position of an item in its list, or how the item is displayed at the
/// moment.
fn is_state(text: &str) -> bool {
    const STATES: [&str; 27] = [
        "odd",
        "even",
        "first",
        "last",
        "alt",
        "active",
        "current",
        "selected",
        "open",
        "closed",
        "hidden",
        "visible",
        "show",
        "shown",
        "loaded",
        "lazyloaded",
        "lazy",
        "new",
        "unread",
        "read",
        "hot",
        "sticky",
        "featured",
        "clearfix",
        "hover",
        "focus",
        "loading",
    ];
    let lower = text.to_ascii_lowercase();
    let is_word = |word: &str| STATES.contains(&word);
    is_word(&lower) || lower.rsplit(['-', '_']).next().is_some_and(|last| is_word(last) && last.len() > 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_classes_are_told_from_written_ones() {
        for hashed in ["css-1a2b3c", "css-1869e", "sc-bdVaJa", "x3Fq2", "_3xk9f", "jss1042a"] {
            assert!(is_generated(hashed), "{hashed}");
        }
        for written in
            ["card", "news-item", "postTitle", "col2", "entry-content", "ArticleCard", "h4", "strftime"]
        {
            assert!(!is_generated(written), "{written}");
        }
        assert_eq!(stable_prefix("Card_title__x3Fq2"), Some("Card_title__"));
        assert_eq!(stable_prefix("Card_root__4bafb"), Some("Card_root__"));
        assert_eq!(stable_prefix("Card_root__abcde"), Some("Card_root__"));
        assert_eq!(stable_prefix("block__element"), None);
        assert!(is_state("views-row-first") && is_state("odd") && !is_state("newsletter"));
    }
}
