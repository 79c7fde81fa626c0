//! The parts of a CSS selector on which the steps of a search depend.
//!
//! The compiler of selectors decides what is one. This only takes a selector apart that it has accepted, or will refuse.

/// Most brackets of pseudo classes in each other. No honest selector has so many.
const MAX_NESTING: usize = 64;

/// A selector of a list: its compounds from left to right.
#[derive(Debug, Default)]
pub(super) struct ComplexSelector {
    pub(super) compounds: Vec<CompoundSelector>,
}

/// Conditions on one element.
#[derive(Debug, Default)]
pub(super) struct CompoundSelector {
    /// The sign before it: a space, `>`, `+` or `~`.
    pub(super) combinator: Option<char>,
    /// The name of the element, in lower case; empty if it may be any.
    pub(super) tag: String,
    pub(super) classes: u64,
    pub(super) attributes: u64,
    /// The pseudo classes that count the siblings before the element, such as `:nth-child()`.
    pub(super) counts: u64,
    /// Those that count the siblings after it.
    pub(super) counts_from_end: u64,
    /// The selectors that each counted sibling must match.
    pub(super) counted: Vec<ComplexSelector>,
    /// The selectors of `:is()`, `:not()` and `:where()`.
    pub(super) nested: Vec<ComplexSelector>,
    /// The selectors of each `:has()`.
    pub(super) inside: Vec<Vec<ComplexSelector>>,
}

/// The selectors of a list; `None` if they nest too deeply.
pub(super) fn parts(selector: &str) -> Option<Vec<ComplexSelector>> {
    let signs = signs(selector);
    let mut reader = PartsReader { rest: &signs, nesting: 0, is_too_deep: false };
    let list = reader.list();
    (!reader.is_too_deep).then_some(list)
}

/// The signs of a selector that matter here: in lower case, without comments and texts, with `_` for each escaped
/// character and `[` for each condition on an attribute.
fn signs(selector: &str) -> String {
    let mut signs = String::with_capacity(selector.len());
    let mut rest = selector;
    let mut in_attribute = false;
    while let Some(c) = rest.chars().next() {
        let (sign, after) = match c {
            '\\' => (Some('_'), after_escape(rest)),
            '"' | '\'' => (None, after_text(rest, c)),
            '/' if rest.starts_with("/*") => (None, after_comment(rest)),
            _ if c.is_ascii_whitespace() => (Some(' '), &rest[1..]),
            _ => (Some(c.to_ascii_lowercase()), &rest[c.len_utf8()..]),
        };
        rest = after;
        match sign {
            Some(']') => in_attribute = false,
            Some(sign) if !in_attribute => {
                in_attribute = sign == '[';
                signs.push(sign);
            }
            _ => {}
        }
    }
    signs
}

/// The text after the escape with which it begins (CSS Syntax 3, section 4.3.7).
fn after_escape(text: &str) -> &str {
    let escaped = &text[1..];
    let digits = escaped.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
    if digits == 0 {
        return &escaped[escaped.chars().next().map_or(0, char::len_utf8)..];
    }
    let after = &escaped[digits..];
    let without_space =
        after.strip_prefix("\r\n").or_else(|| after.strip_prefix([' ', '\t', '\n', '\r', '\x0C']));
    without_space.unwrap_or(after)
}

/// The text after the text in quotes with which it begins.
fn after_text(text: &str, quote: char) -> &str {
    let mut rest = &text[1..];
    while let Some(c) = rest.chars().next() {
        rest = if c == '\\' { after_escape(rest) } else { &rest[c.len_utf8()..] };
        if c == quote {
            break;
        }
    }
    rest
}

/// The text after the comment with which it begins. A comment without an end goes on to the end of the text.
fn after_comment(text: &str) -> &str {
    text[2..].split_once("*/").map_or("", |(_, after)| after)
}

/// Reads parts off the signs of a selector.
struct PartsReader<'s> {
    rest: &'s str,
    /// The number of brackets that are open.
    nesting: usize,
    is_too_deep: bool,
}

impl<'s> PartsReader<'s> {
    fn list(&mut self) -> Vec<ComplexSelector> {
        let mut list = vec![self.complex()];
        while self.take(',') {
            list.push(self.complex());
        }
        list
    }

    fn complex(&mut self) -> ComplexSelector {
        let mut compounds = Vec::new();
        loop {
            let combinator = self.combinator();
            if self.rest.is_empty() || self.rest.starts_with([',', ')']) {
                return ComplexSelector { compounds };
            }
            compounds.push(self.compound(combinator));
        }
    }

    fn combinator(&mut self) -> Option<char> {
        let after = self.rest.trim_start_matches(is_combinator);
        let signs = &self.rest[..self.rest.len() - after.len()];
        self.rest = after;
        signs.trim().chars().next().or_else(|| signs.chars().next())
    }

    fn compound(&mut self, combinator: Option<char>) -> CompoundSelector {
        let mut compound = CompoundSelector { combinator, tag: self.tag(), ..CompoundSelector::default() };
        while let Some(c) = self.rest.chars().next().filter(|c| !is_separator(*c)) {
            self.rest = &self.rest[c.len_utf8()..];
            match c {
                '.' => compound.classes += 1,
                '[' => compound.attributes += 1,
                ':' => self.pseudo_class(&mut compound),
                _ => {}
            }
        }
        compound
    }

    /// The name of an element. A name that goes on with signs that are not read here may be any.
    fn tag(&mut self) -> String {
        let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == '-');
        let next = self.rest.chars().next();
        let is_whole = next.is_none_or(|c| is_separator(c) || matches!(c, '.' | '#' | '[' | ':'));
        if is_whole { name.to_owned() } else { String::new() }
    }

    /// Reads a pseudo class behind its colon.
    fn pseudo_class(&mut self, compound: &mut CompoundSelector) {
        let name = self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        // A name with escapes may be any.
        let is_any = name.contains('_');
        let counts = is_any || name.starts_with("nth-") || name.ends_with("-of-type");
        let from_end = is_any || name.contains("last-") || name.starts_with("only-");
        compound.counts += u64::from(counts);
        compound.counts_from_end += u64::from(counts && from_end);
        if self.take('(') {
            if !name.starts_with("nth-") || self.pass_formula() {
                self.argument(name, compound);
            }
            self.take(')');
        }
    }

    /// Reads the selectors in the brackets of a pseudo class.
    fn argument(&mut self, name: &str, compound: &mut CompoundSelector) {
        if self.nesting == MAX_NESTING {
            self.is_too_deep = true;
            self.rest = "";
            return;
        }
        self.nesting += 1;
        let selectors = self.list();
        self.nesting -= 1;
        if name == "has" || name.contains('_') {
            compound.inside.push(selectors);
        } else if name.starts_with("nth-") {
            compound.counted.extend(selectors);
        } else {
            compound.nested.extend(selectors);
        }
    }

    /// Goes over the formula of `:nth-child()`. Whether selectors come after it.
    fn pass_formula(&mut self) -> bool {
        let formula = &self.rest[..self.rest.find(')').unwrap_or(self.rest.len())];
        match formula.find("of") {
            Some(at) => {
                self.rest = &self.rest[at + "of".len()..];
                true
            }
            // The `of` may be written with escapes.
            None if formula.contains('_') => true,
            None => {
                self.rest = &self.rest[formula.len()..];
                false
            }
        }
    }

    fn take(&mut self, sign: char) -> bool {
        let after = self.rest.strip_prefix(sign);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn take_while(&mut self, is_taken: impl Fn(char) -> bool) -> &'s str {
        let end = self.rest.find(|c: char| !is_taken(c)).unwrap_or(self.rest.len());
        let (taken, after) = self.rest.split_at(end);
        self.rest = after;
        taken
    }
}

fn is_combinator(c: char) -> bool {
    matches!(c, ' ' | '>' | '+' | '~')
}

/// Whether a sign ends a compound.
fn is_separator(c: char) -> bool {
    is_combinator(c) || matches!(c, ',' | ')')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_texts_and_escapes_are_no_parts() {
        for (selector, expected) in [
            ("a/* ~ */.b /* > */ > c", "a.b  > c"),
            (r".a\:has .\31 2 l\69", ".a_has ._2 l_"),
            (r#"A[x="]"/*]*/] b['\'']/* open"#, "a[ b["),
            (r".a\/* ~ */", ".a_* ~ */"),
        ] {
            assert_eq!(signs(selector), expected);
        }
    }

    #[test]
    fn pseudo_classes_are_found_in_each_writing() {
        let first = |selector: &str| parts(selector).expect(selector).remove(0).compounds.remove(0);
        for selector in ["li:has(a)", "LI:HAS(a)", r"li:h\61s(a)"] {
            assert_eq!(first(selector).inside.len(), 1, "{selector}");
        }
        for selector in [r".a\:has(b)", "[x=':has(']", "/*:has(a)*/li"] {
            assert!(first(selector).inside.is_empty(), "{selector}");
        }
        for selector in
            ["li:nth-child(2n+1 of .x, .y)", "li:nth-last-child(1 of .x,.y)", "p:nth-child(odd/**/of .x,b)"]
        {
            let found = first(selector);
            assert_eq!((found.counts, found.counted.len()), (1, 2), "{selector}");
        }
        for selector in ["p:nth-child(2n+1)", "p:first-of-type", "p:only-of-type"] {
            let found = first(selector);
            assert_eq!((found.counts, found.counted.len()), (1, 0), "{selector}");
        }
    }

    #[test]
    fn selectors_that_nest_too_deeply_have_no_parts() {
        let nested = |depth: usize| format!("{}a{}", ":is(".repeat(depth), ")".repeat(depth));
        assert!(parts(&nested(60)).is_some());
        assert!(parts(&nested(70)).is_none());
        assert!(parts(&":not(".repeat(800)).is_none());
    }

    #[test]
    fn compounds_know_the_sign_before_them() {
        let found = parts("a ~ b>c  d, e:not(f + g)").expect("a few brackets");
        let signs: Vec<_> = found[0].compounds.iter().map(|compound| compound.combinator).collect();
        assert_eq!(signs, [None, Some('~'), Some('>'), Some(' ')]);
        assert_eq!(found[1].compounds[0].nested[0].compounds[1].combinator, Some('+'));
    }
}
