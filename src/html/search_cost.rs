//! An upper bound of the steps that a search by CSS takes on a page.
//!
//! Most selectors look at each element once. Combinators look at ancestors, `~` and `:nth-child()` at the
//! siblings before an element, and `:has()` at everything inside it; on a page that is made for it, that grows
//! with the square of the page's size. The measures that decide it are taken from the page in one walk.

use std::collections::HashMap;

use ego_tree::iter::Edge;
use scraper::ElementRef;

/// The cost of looking at one element inside a `:has()`, in steps: the inner selector is set up anew for each.
const HAS_STEPS: u64 = 16;

/// The measures of a tree on which the steps of a search depend.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TreeShape {
    elements: u64,
    /// The depths of all elements together; the sizes of all subtrees together are the same number.
    depths: u64,
    deepest: u64,
    /// How many siblings stand before the elements of a tag, for all of them together.
    siblings_before: HashMap<String, u64>,
}

impl TreeShape {
    /// Measures an element and all elements in it.
    pub(crate) fn of(root: ElementRef<'_>) -> Self {
        let mut shape = Self::default();
        // The elements seen so far among the children of each open element.
        let mut children: Vec<u64> = vec![0];
        for edge in root.traverse() {
            match edge {
                Edge::Open(node) => {
                    let Some(element) = node.value().as_element() else { continue };
                    let depth = children.len() as u64;
                    shape.elements += 1;
                    shape.depths += depth;
                    shape.deepest = shape.deepest.max(depth);
                    if let Some(before) = children.last_mut() {
                        shape.add_siblings(element.name(), *before);
                        *before += 1;
                    }
                    children.push(0);
                }
                Edge::Close(node) if node.value().is_element() => {
                    children.pop();
                }
                Edge::Close(_) => {}
            }
        }
        shape
    }

    fn add_siblings(&mut self, tag: &str, before: u64) {
        if let Some(sum) = self.siblings_before.get_mut(tag) {
            *sum = sum.saturating_add(before);
        } else {
            self.siblings_before.insert(tag.to_owned(), before);
        }
    }

    /// An upper bound of the steps that a search for a selector takes.
    pub(crate) fn steps(&self, selector: &str) -> u64 {
        let features = Features::of(selector);
        let by_ancestors = features.combinators.saturating_mul(self.depths);
        let by_siblings = features.siblings.iter().map(|tag| self.siblings(tag)).fold(0, u64::saturating_add);
        // A `:has()` inside another one looks at the inside of everything inside.
        let by_inside = match features.has {
            0 => 0,
            nested => {
                let each = self.depths.saturating_mul(self.deepest.saturating_pow(nested.min(8) - 1));
                each.saturating_mul(HAS_STEPS)
            }
        };
        self.elements.saturating_add(by_ancestors).saturating_add(by_siblings).saturating_add(by_inside)
    }

    /// The siblings before all elements of a tag; of any tag, if it is empty.
    fn siblings(&self, tag: &str) -> u64 {
        if tag.is_empty() {
            return self.siblings_before.values().copied().fold(0, u64::saturating_add);
        }
        self.siblings_before.get(tag).copied().unwrap_or(0)
    }
}

/// The parts of a selector that make a search long.
#[derive(Debug, Default, PartialEq, Eq)]
struct Features {
    /// Spaces and `>` between compound selectors.
    combinators: u64,
    /// The tags of the elements whose siblings are counted or looked through, for each time that it is done;
    /// empty for elements of any tag.
    siblings: Vec<String>,
    has: u32,
}

impl Features {
    fn of(selector: &str) -> Self {
        let lower = selector.to_ascii_lowercase();
        let mut features = Self::default();
        let mut in_attribute = false;
        let mut quote = None;
        let mut is_at_start = true;
        // The type selector of the present compound.
        let mut tag = String::new();
        let mut is_in_tag = true;
        let mut is_after_tilde = false;
        for (at, c) in lower.char_indices() {
            match (quote, c) {
                (Some(open), c) => {
                    quote = Some(open).filter(|open| *open != c);
                }
                (None, '"' | '\'') => quote = Some(c),
                (None, '[') => in_attribute = true,
                (None, ']') => in_attribute = false,
                (None, _) if in_attribute => {}
                (None, ' ' | '>' | '+' | '~' | ',' | '(' | ')') => {
                    if is_after_tilde && !is_at_start {
                        features.siblings.push(std::mem::take(&mut tag));
                        is_after_tilde = false;
                    }
                    is_after_tilde |= c == '~';
                    features.combinators += u64::from(matches!(c, '>' | ' ') && !is_at_start);
                    tag.clear();
                    is_in_tag = c != ')';
                    is_at_start = c != ')';
                    continue;
                }
                (None, ':') if lower[at..].starts_with(":has(") => features.has += 1,
                (None, ':') if lower[at..].starts_with(":nth-") => features.siblings.push(tag.clone()),
                _ => {}
            }
            is_in_tag &= c.is_ascii_alphanumeric() || c == '-';
            if is_in_tag {
                tag.push(c);
            }
            is_at_start = false;
        }
        if is_after_tilde {
            features.siblings.push(tag);
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
        for selector in
            ["h2 ~ li", "h2 ~ .x", "h2~li, p", "li:nth-child(2n)", ":nth-last-child(2)", "a:not(h2 ~ li)"]
        {
            assert!(steps(&list, selector) > 40_000_000, "{selector}");
        }
        for selector in ["h2 ~ p", "td:nth-child(2)", "ul > li p:nth-of-type(1)", "a[href*=':nth-child(']"] {
            assert!(steps(&list, selector) < 100_000, "{selector}");
        }
        assert!(steps(&list, "a[rel~=\"x ~ y\"]") < 11_000);
        let deep = format!("{}x", "<div>".repeat(400));
        assert!(steps(&deep, "div:has(a)") > 80_000);
        assert!(steps(&deep, "div:has(p:has(a))") > 10_000_000);
    }
}
