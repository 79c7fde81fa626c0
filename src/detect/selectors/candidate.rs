//! Candidates for selectors: matched on the outline, and written as CSS.

use std::fmt::Write as _;

use super::stable_names::{Class, MAX_CLASSES, stable_classes};
use crate::html::{ElementId, Name, Outline};

/// Elements of one record that are looked at.
const MAX_ELEMENTS: u32 = 400;
/// Differences of a fit below this are rounding.
const FIT_TOLERANCE: f64 = 1e-9;

/// A compound selector of CSS: conditions on one element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Compound {
    pub(crate) tag: Option<Name>,
    pub(crate) id: Option<String>,
    pub(crate) classes: Vec<Class>,
    /// A class that the element must not have.
    pub(crate) not_class: Option<Class>,
    /// Its number among its parent's elements of its tag, from 1.
    pub(crate) nth_of_type: Option<usize>,
    /// An attribute and its value.
    pub(crate) attribute: Option<(&'static str, String)>,
    /// An element that it must hold.
    pub(crate) has: Option<Box<CandidateSelector>>,
}

/// Compounds, the outermost first, each with how it lies in the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CandidateSelector(Vec<(Combinator, Compound)>);

/// How an element lies in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Combinator {
    Descendant,
    Child,
}

/// A selector, and how well it finds what it should: 1.0 is exactly.
pub(crate) struct Fitted {
    pub(crate) selector: CandidateSelector,
    pub(crate) fit: f64,
}

impl Fitted {
    /// Whether a fit is better than the best so far.
    pub(super) fn improves(best: Option<&Self>, fit: f64) -> bool {
        best.is_none_or(|best| fit > best.fit + FIT_TOLERANCE)
    }
}

impl Compound {
    /// The tag of an element.
    pub(super) fn of_tag(outline: &Outline<'_>, element: ElementId) -> Self {
        Self { tag: Some(outline.tag(element)), ..Self::default() }
    }

    /// The tag of an element, and its number among its parent's elements of its tag.
    pub(super) fn of_position(outline: &Outline<'_>, element: ElementId) -> Self {
        Self { nth_of_type: Some(outline.nth(element)), ..Self::of_tag(outline, element) }
    }

    /// The tag of an element with each of its first stable classes.
    pub(super) fn of_classes(outline: &Outline<'_>, element: ElementId) -> impl Iterator<Item = Self> {
        let tag = Self::of_tag(outline, element);
        let classes = stable_classes(outline, element).into_iter().take(MAX_CLASSES);
        classes.map(move |class| Self { classes: vec![class], ..tag.clone() })
    }

    /// Whether it has an id or a class.
    pub(super) fn is_named(&self) -> bool {
        self.id.is_some() || !self.classes.is_empty()
    }

    fn matches(&self, outline: &Outline<'_>, element: ElementId) -> bool {
        let has_attribute = |(name, value): &(&str, String)| outline.attr(element, name) == Some(value);
        let holds = |inner: &CandidateSelector| inner.find_inside(outline, element).is_some();
        self.tag.is_none_or(|tag| outline.tag(element) == tag)
            && self.id.as_deref().is_none_or(|id| outline.attr(element, "id") == Some(id))
            && self.classes.iter().all(|class| class.is_on(outline, element))
            && self.not_class.as_ref().is_none_or(|class| !class.is_on(outline, element))
            && self.nth_of_type.is_none_or(|n| outline.nth(element) == n)
            && self.attribute.as_ref().is_none_or(has_attribute)
            && self.has.as_deref().is_none_or(holds)
    }

    fn write_css(&self, outline: &Outline<'_>, css: &mut String) {
        match self.tag.map(|tag| outline.text_of(tag)) {
            Some(tag) if is_plain_tag(tag) => css.push_str(tag),
            Some(_) => css.push('*'),
            None => {}
        }
        if let Some(id) = &self.id {
            let _ = write!(css, "#{id}");
        }
        for class in &self.classes {
            class.write_css(outline, css);
        }
        if let Some((name, value)) = &self.attribute {
            let _ = write!(css, "[{name}=\"{value}\"]");
        }
        if let Some(n) = self.nth_of_type {
            let _ = write!(css, ":nth-of-type({n})");
        }
        if let Some(class) = &self.not_class {
            css.push_str(":not(");
            class.write_css(outline, css);
            css.push(')');
        }
        if let Some(inner) = &self.has {
            let _ = write!(css, ":has({})", inner.css(outline));
        }
    }
}

impl CandidateSelector {
    pub(super) fn of(compound: Compound) -> Self {
        Self(vec![(Combinator::Descendant, compound)])
    }

    /// The selector inside another element.
    pub(super) fn within(&self, outer: Compound, how: Combinator) -> Self {
        let mut steps = vec![(Combinator::Descendant, outer)];
        steps.extend(self.0.iter().cloned());
        if let Some((combinator, _)) = steps.get_mut(1) {
            *combinator = how;
        }
        Self(steps)
    }

    pub(super) fn matches(&self, outline: &Outline<'_>, element: ElementId) -> bool {
        let Some(((combinator, last), outer)) = self.0.split_last() else { return false };
        last.matches(outline, element) && has_ancestors(outline, element, *combinator, outer)
    }

    /// The first element that matches: the record itself or one inside. As in extraction, outer compounds
    /// may match ancestors of the record.
    pub(super) fn find_first(&self, outline: &Outline<'_>, record: ElementId) -> Option<ElementId> {
        if self.matches(outline, record) { Some(record) } else { self.find_inside(outline, record) }
    }

    /// The first element inside another that matches.
    pub(super) fn find_inside(&self, outline: &Outline<'_>, root: ElementId) -> Option<ElementId> {
        let end = outline.end(root).min(root + MAX_ELEMENTS);
        (root + 1..end).find(|element| self.matches(outline, *element))
    }

    /// All elements of the page that match.
    pub(crate) fn find_all(&self, outline: &Outline<'_>) -> Vec<ElementId> {
        let Some((_, last)) = self.0.last() else { return Vec::new() };
        let matches = |element: &ElementId| self.matches(outline, *element);
        match last.tag {
            Some(tag) => outline.of_tag(tag).iter().copied().filter(matches).collect(),
            None => (0..outline.len()).filter(matches).collect(),
        }
    }

    /// Its compounds, the outermost first, each with how it lies in the one before.
    pub(super) fn steps(&self) -> &[(Combinator, Compound)] {
        &self.0
    }

    /// Whether it goes by names, and not by positions.
    pub(crate) fn is_by_name(&self) -> bool {
        let mut compounds = self.0.iter().map(|(_, compound)| compound);
        let is_by_position = compounds.clone().any(|compound| compound.nth_of_type.is_some());
        !is_by_position && compounds.any(Compound::is_named)
    }

    pub(crate) fn css(&self, outline: &Outline<'_>) -> String {
        let mut css = String::new();
        for (index, (combinator, compound)) in self.0.iter().enumerate() {
            if index > 0 {
                css.push_str(if *combinator == Combinator::Child { " > " } else { " " });
            }
            compound.write_css(outline, &mut css);
        }
        css
    }
}

/// Whether a tag can be written in CSS and XPath as it is.
pub(super) fn is_plain_tag(tag: &str) -> bool {
    tag.starts_with(|c: char| c.is_ascii_lowercase())
        && tag.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Whether the ancestors of an element match the outer steps.
fn has_ancestors(
    outline: &Outline<'_>,
    element: ElementId,
    combinator: Combinator,
    outer: &[(Combinator, Compound)],
) -> bool {
    let Some(((next_combinator, compound), rest)) = outer.split_last() else { return true };
    let matches = |ancestor: ElementId| {
        compound.matches(outline, ancestor) && has_ancestors(outline, ancestor, *next_combinator, rest)
    };
    match combinator {
        Combinator::Child => outline.ancestors(element).next().is_some_and(matches),
        Combinator::Descendant => outline.ancestors(element).any(matches),
    }
}
