//! Selectors as they are tried out: matched on the outline, and written as CSS.

use std::fmt::Write as _;

use crate::html::{Name, Outline, Place};

/// Elements of one record that are looked at.
const MAX_ELEMENTS: u32 = 400;
/// Classes of one element that are looked at.
const MAX_CLASSES: usize = 20;

/// One element of a selector.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Compound {
    pub(crate) tag: Option<Name>,
    pub(crate) id: Option<String>,
    pub(crate) classes: Vec<Class>,
    /// No element with this class.
    pub(crate) without: Option<Class>,
    /// The n-th of its parent's elements of this tag, from 1.
    pub(crate) nth: Option<usize>,
    /// An attribute with this value.
    pub(crate) attribute: Option<(&'static str, String)>,
    /// Something inside.
    pub(crate) has: Option<Box<Pattern>>,
}

/// A class, or the part of one that is not made anew with each build of the site.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Class {
    /// The class as a whole.
    Whole(Name),
    /// What every such class begins with: `Card_title__` of `Card_title__x3Fq2`.
    Stem(String),
}

/// Elements inside each other, the outermost first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(pub(crate) Vec<(Combinator, Compound)>);

/// How an element lies in the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Combinator {
    /// Anywhere in it.
    Inside,
    /// Right in it.
    Child,
}

impl Compound {
    pub(crate) fn of_tag(outline: &Outline<'_>, place: Place) -> Self {
        Self { tag: Some(outline.tag(place)), ..Self::default() }
    }

    /// Whether it has an id or a class.
    pub(crate) fn is_named(&self) -> bool {
        self.id.is_some() || !self.classes.is_empty()
    }

    fn matches(&self, outline: &Outline<'_>, place: Place) -> bool {
        self.tag.is_none_or(|t| outline.tag(place) == t)
            && self.id.as_deref().is_none_or(|id| outline.attr(place, "id") == Some(id))
            && self.classes.iter().all(|c| c.is_on(outline, place))
            && self.without.as_ref().is_none_or(|c| !c.is_on(outline, place))
            && self.nth.is_none_or(|n| outline.nth(place) == n)
            && self.attribute.as_ref().is_none_or(|(name, value)| outline.attr(place, name) == Some(value))
            && self.has.as_ref().is_none_or(|p| p.first(outline, place, false).is_some())
    }

    fn write(&self, outline: &Outline<'_>, out: &mut String) {
        match self.tag.map(|t| outline.text_of(t)) {
            Some(tag) if is_tag(tag) => out.push_str(tag),
            Some(_) => out.push('*'),
            None => {}
        }
        if let Some(id) = &self.id {
            let _ = write!(out, "#{id}");
        }
        for class in &self.classes {
            class.write(outline, out);
        }
        if let Some((name, value)) = &self.attribute {
            let _ = write!(out, "[{name}=\"{value}\"]");
        }
        if let Some(n) = self.nth {
            let _ = write!(out, ":nth-of-type({n})");
        }
        if let Some(class) = &self.without {
            out.push_str(":not(");
            class.write(outline, out);
            out.push(')');
        }
        if let Some(inner) = &self.has {
            let _ = write!(out, ":has({})", inner.css(outline));
        }
    }
}

impl Class {
    pub(crate) fn is_on(&self, outline: &Outline<'_>, place: Place) -> bool {
        let classes = outline.classes(place);
        match self {
            Self::Whole(name) => classes.contains(name),
            Self::Stem(stem) => classes.iter().any(|c| outline.text_of(*c).starts_with(stem)),
        }
    }

    /// Length of its name, in bytes.
    pub(crate) fn length(&self, outline: &Outline<'_>) -> usize {
        match self {
            Self::Whole(name) => outline.text_of(*name).len(),
            Self::Stem(stem) => stem.len(),
        }
    }

    fn write(&self, outline: &Outline<'_>, out: &mut String) {
        let _ = match self {
            Self::Whole(name) => write!(out, ".{}", outline.text_of(*name)),
            // At the beginning of the attribute or of one of its words, and nowhere else.
            Self::Stem(stem) => write!(out, ":is([class^=\"{stem}\"], [class*=\" {stem}\"])"),
        };
    }
}

impl Pattern {
    pub(crate) fn one(compound: Compound) -> Self {
        Self(vec![(Combinator::Inside, compound)])
    }

    /// The pattern with another element around it.
    pub(crate) fn within(&self, outer: Compound, how: Combinator) -> Self {
        let mut steps = vec![(Combinator::Inside, outer)];
        steps.extend(self.0.iter().cloned());
        if let Some(second) = steps.get_mut(1) {
            second.0 = how;
        }
        Self(steps)
    }

    pub(crate) fn matches(&self, outline: &Outline<'_>, place: Place) -> bool {
        let Some((last, outer)) = self.0.split_last() else { return false };
        last.1.matches(outline, place) && around(outline, place, last.0, outer)
    }

    /// The first element in one that matches, as extraction finds it: elements around count too.
    pub(crate) fn first(&self, outline: &Outline<'_>, root: Place, itself: bool) -> Option<Place> {
        let from = if itself { root } else { root + 1 };
        (from..outline.end(root).min(root + MAX_ELEMENTS)).find(|p| self.matches(outline, *p))
    }

    /// All elements of the page that match.
    pub(crate) fn all(&self, outline: &Outline<'_>) -> Vec<Place> {
        let Some((_, last)) = self.0.last() else { return Vec::new() };
        match last.tag {
            Some(tag) => outline.of_tag(tag).iter().copied().filter(|p| self.matches(outline, *p)).collect(),
            None => (0..outline.len()).filter(|p| self.matches(outline, *p)).collect(),
        }
    }

    pub(crate) fn css(&self, outline: &Outline<'_>) -> String {
        let mut out = String::new();
        for (i, (how, compound)) in self.0.iter().enumerate() {
            if i > 0 {
                out.push_str(if *how == Combinator::Child { " > " } else { " " });
            }
            compound.write(outline, &mut out);
        }
        out
    }
}

/// A tag that stands in CSS and XPath as it is.
pub(crate) fn is_tag(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Whether what is around an element matches the outer steps.
fn around(outline: &Outline<'_>, place: Place, how: Combinator, outer: &[(Combinator, Compound)]) -> bool {
    let Some((step, rest)) = outer.split_last() else { return true };
    for above in outline.ancestors(place) {
        if step.1.matches(outline, above) && around(outline, above, step.0, rest) {
            return true;
        }
        if how == Combinator::Child {
            return false;
        }
    }
    false
}

/// The classes of an element that last: no hashes, no numbers of single items, no states.
pub(crate) fn lasting(outline: &Outline<'_>, place: Place) -> Vec<Class> {
    let names = outline.classes(place).iter().take(MAX_CLASSES);
    names.filter_map(|name| class(*name, outline.text_of(*name))).collect()
}

/// The id of an element that lasts.
pub(crate) fn lasting_id(outline: &Outline<'_>, place: Place) -> Option<String> {
    let id = outline.attr(place, "id")?;
    let digits = id.bytes().filter(u8::is_ascii_digit).count();
    (is_plain(id) && !is_hashed(id) && digits <= 2).then(|| id.to_owned())
}

fn class(name: Name, text: &str) -> Option<Class> {
    if !is_plain(text) {
        return None;
    }
    if let Some(stem) = stem(text) {
        return Some(Class::Stem(stem.to_owned()));
    }
    let numbered = text.bytes().filter(u8::is_ascii_digit).count() > 2;
    (!numbered && !is_hashed(text) && !is_state(text)).then_some(Class::Whole(name))
}

/// Stands in CSS without escapes.
fn is_plain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.len() <= 60
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// The part before `__hash` of classes that are made by CSS modules and their like.
fn stem(text: &str) -> Option<&str> {
    let cut = text.rfind("__").or_else(|| text.rfind("--"))?;
    let (head, tail) = (&text[..cut], &text[cut + 2..]);
    // `File_name__hash`: what CSS modules make. Of `block__element` both are written by hand.
    let module = text[cut..].starts_with("__")
        && head.trim_matches('_').contains('_')
        && (1..=8).contains(&tail.len());
    (cut >= 3 && (module || is_hash_word(tail))).then(|| &text[..cut + 2])
}

fn is_hashed(text: &str) -> bool {
    text.split(['-', '_']).any(is_hash_word)
}

/// Letters and digits mixed, or capitals and small letters without sense: nobody wrote it.
fn is_hash_word(word: &str) -> bool {
    if word.len() < 5 {
        return false;
    }
    // `1869e`: words may end with numbers, but they do not begin with several of them.
    let leading = word.bytes().take_while(u8::is_ascii_digit).count();
    if leading >= 2 && leading < word.len() {
        return true;
    }
    let chars: Vec<char> = word.chars().collect();
    let digit_changes = chars.windows(2).filter(|w| w[0].is_ascii_digit() != w[1].is_ascii_digit()).count();
    let case_changes =
        chars.windows(2).filter(|w| w[0].is_ascii_uppercase() && w[1].is_ascii_lowercase()).count();
    let upper = chars.iter().filter(|c| c.is_ascii_uppercase()).count();
    let vowels = chars.iter().filter(|c| "aeiouyAEIOUY".contains(**c)).count();
    let digits = chars.iter().any(char::is_ascii_digit);
    (digits && digit_changes >= 2)
        || (digits && upper > 0 && digit_changes >= 1 && chars.len() <= 10)
        || (!digits && case_changes >= 2 && chars.len() <= 7 && chars[0].is_ascii_lowercase())
        || (!digits && upper > 0 && vowels == 0)
}

/// Where an item stands in its list, or how it is at the moment, is nothing that lasts.
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
    let words = |w: &str| STATES.contains(&w);
    words(&lower) || lower.rsplit(['-', '_']).next().is_some_and(|w| words(w) && w.len() > 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_that_nobody_wrote_are_told() {
        for hashed in ["css-1a2b3c", "css-1869e", "sc-bdVaJa", "x3Fq2", "_3xk9f", "jss1042a"] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for written in
            ["card", "news-item", "postTitle", "col2", "entry-content", "ArticleCard", "h4", "strftime"]
        {
            assert!(!is_hashed(written), "{written}");
        }
        assert_eq!(stem("Card_title__x3Fq2"), Some("Card_title__"));
        assert_eq!(stem("Card_root__4bafb"), Some("Card_root__"));
        assert_eq!(stem("Card_root__abcde"), Some("Card_root__"));
        assert_eq!(stem("block__element"), None);
        assert!(is_state("views-row-first") && is_state("odd") && !is_state("newsletter"));
    }
}
