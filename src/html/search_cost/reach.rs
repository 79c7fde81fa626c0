//! How often the compounds of a selector are tried, and the steps that this takes.
//!
//! A selector is matched from right to left. Behind a space its next compound is tried on all ancestors of an element,
//! behind `~` on all siblings before it, and behind both on the siblings before each ancestor. Further combinators
//! begin no new search, because the matcher gives up where nothing further up can match. In the brackets of a pseudo
//! class, though, all this begins anew for each element on which that is tried.

use super::selector_parts::{ComplexSelector, CompoundSelector, parts};
use super::tree_measures::{SiblingSums, TagShape, TagSteps, TreeMeasures};

/// The cost of looking at one element inside a `:has()`, in steps: the inner selector is set up anew for each.
const HAS_STEPS: u64 = 16;

/// The elements on which a compound is tried. The names are those of the elements whose siblings are looked at; they
/// are empty for elements of any name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visits<'s> {
    /// Each element, or one beside or above it.
    Once,
    /// The ancestors of each element.
    Ancestors,
    /// Everything inside of each element.
    Inside,
    /// The siblings before each element.
    Siblings(&'s str),
    /// The siblings before each ancestor of each element.
    SiblingsOfAncestors(&'s str),
}

/// How often a compound is tried at most.
#[derive(Debug, Clone, Copy)]
struct Reach<'s> {
    visits: Visits<'s>,
    /// How many times as often it is as the page is deep.
    deeper: u32,
    /// How many times as often it is as the page has siblings.
    wider: u32,
    /// Whether the selector stands in brackets, and is tried more than once on an element.
    is_nested: bool,
    has_climbed: bool,
    has_passed_siblings: bool,
}

impl<'s> Reach<'s> {
    const ONCE: Self = Self {
        visits: Visits::Once,
        deeper: 0,
        wider: 0,
        is_nested: false,
        has_climbed: false,
        has_passed_siblings: false,
    };

    /// The reach of the compound before a combinator. The tag is that of the compound behind it.
    fn before(self, combinator: char, tag: &'s str) -> Self {
        match combinator {
            '+' => self,
            '~' => self.among_siblings(tag),
            _ if self.is_nested => {
                Self { deeper: self.deeper + u32::from(!self.has_climbed), has_climbed: true, ..self }
            }
            _ => Self { visits: Visits::Ancestors, ..self },
        }
    }

    fn among_siblings(self, tag: &'s str) -> Self {
        match self.visits {
            Visits::Once => Self { visits: Visits::Siblings(tag), ..self },
            Visits::Ancestors if self.is_nested => {
                Self { visits: Visits::SiblingsOfAncestors(""), has_passed_siblings: true, ..self }
            }
            Visits::Ancestors => Self { visits: Visits::SiblingsOfAncestors(tag), ..self },
            Visits::Inside => Self {
                visits: Visits::Siblings(tag),
                deeper: self.deeper + 1,
                has_passed_siblings: true,
                ..self
            },
            _ if self.is_nested => Self {
                wider: self.wider + u32::from(!self.has_passed_siblings),
                has_passed_siblings: true,
                ..self
            },
            _ => self,
        }
    }

    /// The reach of the last compound of a selector in the brackets of a pseudo class.
    fn nested(self) -> Self {
        let is_nested = self.visits != Visits::Once;
        Self { is_nested, has_climbed: false, has_passed_siblings: false, ..self }
    }

    /// The same in the brackets of `:nth-child()`: they are tried on the siblings, too.
    fn counted(self, tag: &'s str) -> Self {
        let from = if self.visits == Visits::Ancestors { self } else { self.nested() };
        from.before('~', tag).nested()
    }

    /// The same in the brackets of `:has()`.
    fn inside(self) -> Self {
        let is_again = self.visits != Visits::Once;
        Self { visits: Visits::Inside, deeper: self.deeper + u32::from(is_again), ..self }.nested()
    }
}

/// A search by one selector.
#[derive(Clone, Copy)]
pub(super) struct SelectorSearch<'s> {
    pub(super) tree: &'s TreeMeasures,
    /// Whether the page is searched once. The places of elements among their siblings, and the results of `:has()`,
    /// are kept during one search, and found anew in each.
    pub(super) is_single: bool,
}

impl<'s> SelectorSearch<'s> {
    /// An upper bound of the steps.
    pub(super) fn steps(self, selector: &str) -> u64 {
        parts(selector).map_or(u64::MAX, |parts| self.list(&parts, Reach::ONCE, ""))
    }

    fn list(self, selectors: &'s [ComplexSelector], reach: Reach<'s>, tag: &'s str) -> u64 {
        total(selectors.iter().map(|selector| self.complex(selector, reach, tag)))
    }

    /// The steps for a selector that is tried on elements of a tag.
    fn complex(self, selector: &'s ComplexSelector, reach: Reach<'s>, tag: &'s str) -> u64 {
        let mut reach = reach;
        let mut known_tag = tag;
        let mut steps: u64 = 0;
        for compound in selector.compounds.iter().rev() {
            let tag = if compound.tag.is_empty() { known_tag } else { compound.tag.as_str() };
            steps = steps.saturating_add(self.compound(compound, reach, tag));
            reach = reach.before(compound.combinator.unwrap_or(' '), tag);
            known_tag = "";
        }
        steps
    }

    fn compound(self, compound: &'s CompoundSelector, reach: Reach<'s>, tag: &'s str) -> u64 {
        let nested = reach.nested();
        total([
            self.visits(reach),
            each(compound.classes, || self.names(reach, |names| names.classes)),
            each(compound.attributes, || self.names(reach, |names| names.attributes)),
            each(compound.counts, || self.counting(reach, tag, |sums| sums.before)),
            each(compound.counts_from_end, || self.counting(reach, tag, |sums| sums.around)),
            self.list(&compound.nested, nested, tag),
            self.list(&compound.counted, reach.counted(tag), tag),
            total(compound.inside.iter().map(|selectors| self.has(selectors, reach, tag))),
        ])
    }

    /// The number of elements on which a compound is tried.
    fn visits(self, reach: Reach<'_>) -> u64 {
        let tree = self.tree;
        let visits = match reach.visits {
            Visits::Once => tree.elements,
            Visits::Ancestors | Visits::Inside => tree.depths,
            Visits::Siblings(tag) => tree.of_tag(tag, |sums| sums.before.all),
            Visits::SiblingsOfAncestors(tag) => tree.of_tag(tag, |sums| sums.before.inside),
        };
        self.repeated(reach, visits)
    }

    /// The steps of reading the classes, or the attributes, of these elements.
    fn names(self, reach: Reach<'_>, part: impl Fn(&TagSteps) -> u64) -> u64 {
        let tree = self.tree;
        let steps = match reach.visits {
            Visits::Once => part(&tree.named),
            Visits::Ancestors | Visits::Inside => part(&tree.named_depths),
            Visits::Siblings(tag) => tree.of_tag(tag, |sums| part(&sums.names_before)),
            Visits::SiblingsOfAncestors(tag) => tree.of_tag(tag, |sums| part(&sums.names_before_ancestors)),
        };
        self.repeated(reach, steps)
    }

    /// The steps of counting the siblings of the elements of a tag.
    fn counting(self, reach: Reach<'_>, tag: &str, part: impl Fn(&TagShape) -> SiblingSums) -> u64 {
        let tree = self.tree;
        let reach = self.kept(reach);
        let once = tree.of_tag(tag, |sums| part(sums).all);
        match reach.visits {
            Visits::Once => self.repeated(reach, once),
            Visits::Ancestors => self.repeated(reach, tree.of_tag(tag, |sums| part(sums).inside)),
            Visits::Inside => self.repeated(reach, once.saturating_mul(tree.deepest)),
            Visits::Siblings(_) | Visits::SiblingsOfAncestors(_) => {
                self.visits(reach).saturating_mul(tree.widest(tag))
            }
        }
    }

    /// The steps of a `:has()` of elements of a tag.
    fn has(self, selectors: &'s [ComplexSelector], reach: Reach<'s>, tag: &'s str) -> u64 {
        let kept = self.kept(reach);
        let inside = kept.inside();
        let looked_at =
            self.looked_through(kept, tag).saturating_add(self.siblings_after(selectors, kept, tag));
        looked_at.saturating_mul(HAS_STEPS).saturating_add(self.list(selectors, inside, ""))
    }

    /// The elements inside of those of a tag.
    fn looked_through(self, reach: Reach<'_>, tag: &str) -> u64 {
        let tree = self.tree;
        let once = tree.of_tag(tag, |sums| sums.sizes);
        let elements = match reach.visits {
            Visits::Once => once,
            Visits::Ancestors => tree.of_tag(tag, |sums| sums.squared_sizes),
            Visits::Inside => once.saturating_mul(tree.deepest),
            Visits::Siblings(_) => once.saturating_mul(tree.widest(tag)),
            Visits::SiblingsOfAncestors(_) => once.saturating_mul(tree.elements),
        };
        self.repeated(reach, elements)
    }

    /// The elements that a `:has()` looks at because it begins with `~`: the siblings after an element, and what is
    /// inside of them.
    fn siblings_after(self, selectors: &[ComplexSelector], reach: Reach<'_>, tag: &str) -> u64 {
        let firsts =
            selectors.iter().filter(|s| s.compounds.first().is_some_and(|c| c.combinator == Some('~')));
        total(firsts.map(|selector| {
            let siblings = self.counting(reach, tag, |sums| sums.around);
            let is_deep = selector.compounds.len() > 1;
            let inside = if is_deep { self.tree.of_tag("", |sums| sums.around.inside) } else { 0 };
            siblings.saturating_add(self.repeated(reach, inside))
        }))
    }

    /// The reach for work whose results are kept during a search.
    fn kept(self, reach: Reach<'s>) -> Reach<'s> {
        if self.is_single { Reach::ONCE } else { reach }
    }

    fn repeated(self, reach: Reach<'_>, steps: u64) -> u64 {
        let depth = self.tree.deepest.saturating_pow(reach.deeper);
        let width = if reach.wider == 0 { 1 } else { self.tree.widest("").saturating_pow(reach.wider) };
        steps.saturating_mul(depth).saturating_mul(width)
    }
}

fn total(parts: impl IntoIterator<Item = u64>) -> u64 {
    parts.into_iter().fold(0, u64::saturating_add)
}

/// The steps of several conditions of the same kind. They are not found out for none.
fn each(conditions: u64, steps: impl FnOnce() -> u64) -> u64 {
    if conditions == 0 { 0 } else { conditions.saturating_mul(steps()) }
}
