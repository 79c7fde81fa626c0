//! An upper bound of the steps that a search by CSS takes on a page.
//!
//! Most selectors look at each element once, and each selector of a list does. A class or an attribute reads the names of
//! an element. Combinators look at ancestors, `~` and `:nth-child()` at the siblings before an element, and `:has()` at
//! everything inside it; on a page that is made for it, that grows with the square of the page's size. The measures that
//! decide it are taken from the page in one walk.

mod reach;
mod selector_parts;
mod tree_measures;

use scraper::ElementRef;

use reach::SelectorSearch;
use tree_measures::TreeMeasures;

/// The measures of a tree on which the steps of a search depend.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TreeShape(TreeMeasures);

impl TreeShape {
    /// Measures an element and all elements in it.
    pub(crate) fn of(root: ElementRef<'_>) -> Self {
        Self(TreeMeasures::of(root))
    }

    /// An upper bound of the steps that searches for a selector take, each in an element of its own.
    pub(crate) fn steps(&self, selector: &str) -> u64 {
        SelectorSearch { tree: &self.0, is_single: false }.steps(selector)
    }

    /// An upper bound of the steps that one search of the whole page takes. It keeps what it has counted, so that it
    /// may take fewer steps than many searches of parts of the page.
    pub(crate) fn steps_at_once(&self, selector: &str) -> u64 {
        SelectorSearch { tree: &self.0, is_single: true }.steps(selector)
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
        assert!(steps(&deep, "div:has(div:has(a))") > 10_000_000);
    }

    #[test]
    fn comments_are_no_parts_of_selectors() {
        let list = format!("<h2>x</h2><ul>{}</ul>", "<li>x".repeat(10_000));
        for (selector, plain) in [
            ("h2/* */~/* ' */li", "h2~li"),
            ("li/* ~ li, :has(a) */.x", "li.x"),
            ("/* \\*/ul > li:nth-child(/*(*/2n)/*", "ul > li:nth-child(2n)"),
        ] {
            assert_eq!(steps(&list, selector), steps(&list, plain), "{selector}");
        }
    }

    #[test]
    fn escaped_signs_are_parts_of_names() {
        let list = format!("<ul>{}</ul>", "<li><b>x</b>".repeat(10_000));
        for selector in [r".a\:has(b)", r"li.a\:nth-child", r".a\~li", r".a\3a has(li)"] {
            assert!(steps(&list, selector) < 1_000_000, "{selector}");
        }
        for selector in [r"li:nt\68-child(2n)", r"li\~a ~ li", r".a\\~li"] {
            assert!(steps(&list, selector) > 40_000_000, "{selector}");
        }
    }

    #[test]
    fn siblings_are_looked_at_again_for_each_element_inside() {
        let rows = format!("<ul>{}</ul>", format!("<li>{}", "<b>x</b>".repeat(20)).repeat(1_000));
        for selector in ["h2 ~ li b", "h2 ~ li > b", "h2 ~ li:not(.x) b.y", "p li:nth-last-child(2) b"] {
            assert!(steps(&rows, selector) > 10_000_000, "{selector}");
        }
        for selector in ["h2 ~ li", "li > b ~ b", "li b:nth-child(2)", "li:not(:first-of-type)"] {
            assert!(steps(&rows, selector) < 3_000_000, "{selector}");
        }
        for selector in ["li:nth-child(2) b", "li:first-of-type > b", "li:has(i) b"] {
            let shape = TreeShape::of(parse::parse(&rows, 512).expect("a page").root_element());
            assert!(shape.steps(selector) > shape.steps_at_once(selector), "{selector}");
        }
        let deep = format!("{}x", "<div>".repeat(400));
        for selector in
            [":not(:not(p div) div) div", "div:is(:is(p div) div) div", ":where(:is(p > div) a) div"]
        {
            assert!(steps(&deep, selector) > 10_000_000, "{selector}");
        }
    }

    #[test]
    fn a_class_pays_for_classes_only() {
        let styled = format!("<p class='a b' style='{}'>x", "color: red; ".repeat(1_000)).repeat(100);
        for selector in ["p.a", ".a .b", ".a ~ .b"] {
            assert!(steps(&styled, selector) < 100_000, "{selector}");
        }
        for selector in ["[style*=x], [lang]", "[style*=x] ~ p", ".a[style*=x] ~ .b"] {
            assert!(steps(&styled, selector) > 50_000, "{selector}");
        }
    }
}
