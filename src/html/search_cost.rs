//! An upper bound of the steps that a search by CSS takes on a page.
//!
//! Most selectors look at each element once, and each selector of a list does. A class or an attribute reads the names of
//! an element. Combinators look at ancestors, `~` and `:nth-child()` at the siblings before an element, and `:has()` at
//! everything inside it; on a page that is made for it, that grows with the square of the page's size. The measures that
//! decide it are taken from the page in one walk.

use std::collections::HashMap;

use ego_tree::iter::Edge;
use scraper::ElementRef;
use scraper::node::Element;

/// The cost of looking at one element inside a `:has()`, in steps: the inner selector is set up anew for each.
const HAS_STEPS: u64 = 16;

/// Bytes of attributes whose reading is a step.
const BYTES_PER_STEP: usize = 32;

/// The measures of a tree on which the steps of a search depend.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TreeShape {
    elements: u64,
    /// The depths of all elements together; the sizes of all subtrees together are the same number.
    depths: u64,
    deepest: u64,
    /// How many siblings stand before the elements of a tag, for all of them together.
    siblings_before: HashMap<String, u64>,
    /// The steps of reading the classes and attributes of all elements once.
    named: u64,
    /// The same for the elements around each element, or inside each element, all together.
    named_depths: u64,
    /// The same for the siblings before each element.
    named_siblings: u64,
}

/// An element of which the children are being measured.
#[derive(Default)]
struct MeasuredParent {
    /// Its children so far.
    children: u64,
    /// The steps of reading its names and those of the elements around it.
    names: u64,
    /// The same for its children so far.
    names_of_children: u64,
}

impl TreeShape {
    /// Measures an element and all elements in it.
    pub(crate) fn of(root: ElementRef<'_>) -> Self {
        let mut shape = Self::default();
        let mut open = vec![MeasuredParent::default()];
        for edge in root.traverse() {
            match edge {
                Edge::Open(node) => {
                    let Some(element) = node.value().as_element() else { continue };
                    let depth = open.len() as u64;
                    if let Some(parent) = open.last_mut() {
                        let inner = shape.add(element, depth, parent);
                        open.push(inner);
                    }
                }
                Edge::Close(node) if node.value().is_element() => {
                    open.pop();
                }
                Edge::Close(_) => {}
            }
        }
        shape
    }

    /// Adds an element. Returns it as one whose children come next.
    fn add(&mut self, element: &Element, depth: u64, parent: &mut MeasuredParent) -> MeasuredParent {
        let own = names(element);
        self.elements += 1;
        self.depths += depth;
        self.deepest = self.deepest.max(depth);
        let name = element.name();
        // Names in drawings may have capitals; selectors are read in lower case.
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            self.add_siblings(&name.to_ascii_lowercase(), parent.children);
        } else {
            self.add_siblings(name, parent.children);
        }
        self.named += own;
        self.named_depths = self.named_depths.saturating_add(parent.names.max(own.saturating_mul(depth)));
        self.named_siblings = self.named_siblings.saturating_add(parent.names_of_children);
        parent.children += 1;
        parent.names_of_children += own;
        MeasuredParent { names: parent.names + own, ..MeasuredParent::default() }
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
        let by_names = features.names.saturating_mul(self.named_steps(&features));
        // A `:has()` inside another one looks at the inside of everything inside.
        let by_inside = match features.has {
            0 => 0,
            nested => {
                let each = self.depths.saturating_mul(self.deepest.saturating_pow(nested.min(8) - 1));
                each.saturating_mul(HAS_STEPS)
            }
        };
        let parts = [by_ancestors, by_siblings, by_inside, by_names];
        let once = self.elements.saturating_mul(features.alternatives + features.neighbours);
        parts.into_iter().fold(once, u64::saturating_add)
    }

    /// The steps for one class or attribute of a selector.
    fn named_steps(&self, features: &Features) -> u64 {
        let mut steps = self.named;
        if features.combinators > 0 || features.has > 0 {
            steps = steps.saturating_add(self.named_depths);
        }
        if !features.siblings.is_empty() {
            steps = steps.saturating_add(self.named_siblings);
        }
        steps
    }

    /// The siblings before all elements of a tag; of any tag, if it is empty.
    fn siblings(&self, tag: &str) -> u64 {
        if tag.is_empty() {
            return self.siblings_before.values().copied().fold(0, u64::saturating_add);
        }
        self.siblings_before.get(tag).copied().unwrap_or(0)
    }
}

/// The steps of reading the classes and attributes of an element.
fn names(element: &Element) -> u64 {
    let attributes = element.attrs.iter().map(|(name, value)| {
        let classes = if &*name.local == "class" { value.split_ascii_whitespace().count() } else { 0 };
        1 + classes + value.len() / BYTES_PER_STEP
    });
    attributes.sum::<usize>() as u64
}

/// The parts of a selector that make a search long.
#[derive(Debug, Default, PartialEq, Eq)]
struct Features {
    /// Selectors in lists, each of which is tried on an element.
    alternatives: u64,
    /// The `+`, each of which looks at one more element.
    neighbours: u64,
    /// Classes and attributes.
    names: u64,
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
        let mut scan = FeatureScan::new();
        let mut in_attribute = false;
        let mut quote = None;
        let mut is_escaped = false;
        for (at, c) in lower.char_indices() {
            let was_escaped = std::mem::take(&mut is_escaped);
            if was_escaped || c == '\\' {
                is_escaped = !was_escaped;
                scan.pass(c);
                continue;
            }
            match (quote, c) {
                (Some(open), c) => {
                    quote = Some(open).filter(|open| *open != c);
                }
                (None, '"' | '\'') => quote = Some(c),
                (None, '[') => {
                    in_attribute = true;
                    scan.features.names += 1;
                }
                (None, ']') => in_attribute = false,
                (None, _) if in_attribute => {}
                (None, '>' | '+' | '~' | ',' | '(' | ')') => {
                    scan.pass_separator(c);
                    continue;
                }
                (None, _) if c.is_ascii_whitespace() => {
                    scan.pass_separator(' ');
                    continue;
                }
                (None, '.') => scan.features.names += 1,
                (None, ':') if lower[at..].starts_with(":has(") => scan.features.has += 1,
                (None, ':') if lower[at..].starts_with(":nth-") => {
                    scan.features.siblings.push(scan.tag.clone());
                }
                _ => {}
            }
            scan.pass(c);
        }
        if scan.is_after_tilde {
            scan.features.siblings.push(scan.tag);
        }
        scan.features
    }
}

/// A walk over a selector.
struct FeatureScan {
    features: Features,
    /// The type selector of the present compound.
    tag: String,
    is_in_tag: bool,
    place: PlaceInSelector,
    is_after_tilde: bool,
}

/// Where in a selector a walk is.
#[derive(PartialEq, Eq)]
enum PlaceInSelector {
    /// Before the first compound of a selector, of which a list has several.
    BeforeSelector,
    BeforeCompound,
    InCompound,
}

impl FeatureScan {
    fn new() -> Self {
        Self {
            features: Features::default(),
            tag: String::new(),
            is_in_tag: true,
            place: PlaceInSelector::BeforeSelector,
            is_after_tilde: false,
        }
    }

    /// Goes over a character between two compounds.
    fn pass_separator(&mut self, c: char) {
        let is_behind_compound = self.place == PlaceInSelector::InCompound;
        if self.is_after_tilde && is_behind_compound {
            self.features.siblings.push(std::mem::take(&mut self.tag));
            self.is_after_tilde = false;
        }
        self.is_after_tilde |= c == '~';
        self.features.neighbours += u64::from(c == '+');
        self.features.combinators += u64::from(matches!(c, '>' | ' ') && is_behind_compound);
        self.tag.clear();
        self.is_in_tag = c != ')';
        self.place = match c {
            ')' => PlaceInSelector::InCompound,
            ',' | '(' => PlaceInSelector::BeforeSelector,
            _ if self.place == PlaceInSelector::BeforeSelector => PlaceInSelector::BeforeSelector,
            _ => PlaceInSelector::BeforeCompound,
        };
    }

    /// Goes over a character of a compound.
    fn pass(&mut self, c: char) {
        // Numbers are the arguments of `:nth-child()`.
        let is_new = self.place == PlaceInSelector::BeforeSelector && !c.is_ascii_digit();
        self.features.alternatives += u64::from(is_new);
        let may_be_in_tag = c.is_ascii_alphanumeric() || c == '-';
        if self.is_in_tag && may_be_in_tag {
            self.tag.push(c);
        } else if self.is_in_tag && !matches!(c, '.' | '#' | '[' | ':') {
            // The name goes on with signs that are not read here: it may be any.
            self.tag.clear();
        }
        self.is_in_tag &= may_be_in_tag;
        self.place = PlaceInSelector::InCompound;
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
        for selector in
            ["h2\t~\nli", r#"[x="\""], h2 ~ li"#, r".a\', h2 ~ li", r"h2 ~ l\69", "x_y ~ x_y", "h2 ~ LI"]
        {
            assert!(steps(&list, selector) > 40_000_000, "{selector}");
        }
        assert!(steps(&list, &["li"; 500].join("+")) > 4_000_000);
        assert_eq!(steps(&list, "ul\n\tli"), steps(&list, "ul li"));
        let drawing = format!("<svg>{}</svg>", "<linearGradient></linearGradient>".repeat(10_000));
        assert!(steps(&drawing, "linearGradient:nth-child(2n)") > 40_000_000);
        let classes = format!("<p class='{}'>x", "k ".repeat(2_000)).repeat(100);
        let list = |part: &str| (0..500).map(|n| format!("{part}{n}")).collect::<Vec<_>>().join(", ");
        assert!(steps(&classes, "p.k") < 1_000_000);
        for selector in [format!(":where({})", list(".k")), list("a .k"), list("[k]"), list(".k ~ .k")] {
            assert!(steps(&classes, &selector) > 50_000_000, "{selector}");
        }
        assert!(steps(&list("<b>"), &list("k")) > 200_000 && steps(&list("<b>"), "b") < 1_000);
        let deep = format!("{}x", "<div>".repeat(400));
        assert!(steps(&deep, "div:has(a)") > 80_000);
        assert!(steps(&deep, "div:has(p:has(a))") > 10_000_000);
    }
}
