//! An upper bound of the steps that a search by CSS takes on a page.
//!
//! Most selectors look at each element once. Combinators look at ancestors, `~` at the siblings before an
//! element, and `:has()` at everything inside it; on a page that is made for it, that grows with the square
//! of the page's size. The measures that decide it are taken from the page in one walk.

use ego_tree::iter::Edge;
use scraper::ElementRef;

/// The measures of a tree on which the steps of a search depend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TreeShape {
    elements: u64,
    /// The depths of all elements together; the sizes of all subtrees together are the same number.
    depths: u64,
    deepest: u64,
    /// Pairs of siblings.
    sibling_pairs: u64,
}

impl TreeShape {
    /// Measures an element and all elements in it.
    pub(crate) fn of(root: ElementRef<'_>) -> Self {
        let mut shape = Self::default();
        // The elements seen so far among the children of each open element.
        let mut children: Vec<u64> = vec![0];
        for edge in root.traverse() {
            match edge {
                Edge::Open(node) if node.value().is_element() => {
                    let depth = children.len() as u64;
                    if let Some(before) = children.last_mut() {
                        shape.sibling_pairs = shape.sibling_pairs.saturating_add(*before);
                        *before += 1;
                    }
                    shape.elements += 1;
                    shape.depths += depth;
                    shape.deepest = shape.deepest.max(depth);
                    children.push(0);
                }
                Edge::Close(node) if node.value().is_element() => {
                    children.pop();
                }
                _ => {}
            }
        }
        shape
    }

    /// An upper bound of the steps that a search for a selector takes.
    pub(crate) fn steps(&self, selector: &str) -> u64 {
        let features = Features::of(selector);
        let by_ancestors = features.combinators.saturating_mul(self.depths);
        let by_siblings = self.sibling_pairs.saturating_mul(features.siblings);
        // A `:has()` inside another one looks at the inside of everything inside.
        let by_inside = match features.has {
            0 => 0,
            nested => self.depths.saturating_mul(self.deepest.saturating_pow(nested.min(8) - 1)),
        };
        self.elements.saturating_add(by_ancestors).saturating_add(by_siblings).saturating_add(by_inside)
    }
}

/// The parts of a selector that make a search long.
#[derive(Debug, Default, PartialEq, Eq)]
struct Features {
    /// Spaces and `>` between compound selectors.
    combinators: u64,
    /// `~` between compound selectors.
    siblings: u64,
    has: u32,
}

impl Features {
    fn of(selector: &str) -> Self {
        let mut features = Self::default();
        let mut in_attribute = false;
        let mut quote = None;
        let mut is_after_space = true;
        for (at, c) in selector.char_indices() {
            match (quote, c) {
                (Some(open), c) if c == open => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') => quote = Some(c),
                (None, '[') => in_attribute = true,
                (None, ']') => in_attribute = false,
                (None, _) if in_attribute => {}
                (None, '~') => features.siblings += 1,
                (None, '>' | ' ') if !is_after_space => features.combinators += 1,
                (None, ':') if selector[at..].to_ascii_lowercase().starts_with(":has(") => features.has += 1,
                _ => {}
            }
            is_after_space = matches!(c, ' ' | '>' | ',' | '~' | '+');
        }
        features
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::parse;

    fn steps(page: &str, selector: &str) -> u64 {
        TreeShape::of(parse::parse(page, 512).expect("a page").root_element()).steps(selector)
    }

    #[test]
    fn selectors_cost_what_they_look_at() {
        let list = format!("<ul>{}</ul>", "<li>x".repeat(10_000));
        assert!(steps(&list, "li") < 11_000);
        assert!(steps(&list, "ul > li") < 100_000);
        assert!(steps(&list, "h2 ~ li") > 40_000_000);
        assert!(steps(&list, "a[rel~=\"x ~ y\"]") < 11_000);
        let deep = format!("{}x", "<div>".repeat(400));
        assert!(steps(&deep, "div:has(a)") > 80_000);
        assert!(steps(&deep, "div:has(p:has(a))") > 10_000_000);
    }
}
