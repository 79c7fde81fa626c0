//! The first mistake of a CSS selector, in words. The compiler of selectors decides whether a text is one;
//! this only finds the words for a text that it refuses, in one pass.

/// Pseudo-classes that the compiler of selectors knows, without those that have parentheses.
const PSEUDO_CLASSES: &[&str] = &[
    "root",
    "empty",
    "scope",
    "first-child",
    "last-child",
    "only-child",
    "first-of-type",
    "last-of-type",
    "only-of-type",
];
/// Pseudo-classes with selectors in parentheses.
const OF_SELECTORS: &[&str] = &["not", "is", "where", "has"];
/// Pseudo-classes with a count in parentheses.
const OF_COUNTS: &[&str] = &["nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"];

/// The first mistake of a selector that the compiler refuses.
pub(super) fn mistake(text: &str) -> String {
    let mut scan = SelectorScan { rest: text, open: Vec::new(), last: PreviousPart::Start };
    scan.all().err().unwrap_or_else(|| "it is no selector of CSS".to_owned())
}

/// The thing before the place that is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PreviousPart {
    /// Nothing, or a parenthesis that opens.
    Start,
    /// A part of a selector.
    Part,
    /// A part, and a space after it.
    Gap,
    /// `>`, `+`, `~` or `,`.
    Sign(char),
}

/// The text from the place that is looked at, and what was seen before it.
struct SelectorScan<'t> {
    rest: &'t str,
    /// For each open parenthesis, whether a selector in it may begin with a sign.
    open: Vec<bool>,
    last: PreviousPart,
}

impl<'t> SelectorScan<'t> {
    fn all(&mut self) -> Result<(), String> {
        while let Some(first) = self.rest.chars().next() {
            self.part(first)?;
        }
        if let PreviousPart::Sign(sign) = self.last {
            return Err(format!("something is missing after `{sign}`"));
        }
        if self.open.is_empty() { Ok(()) } else { Err("`(` has no `)`".to_owned()) }
    }

    fn part(&mut self, first: char) -> Result<(), String> {
        match first {
            _ if first.is_whitespace() => {
                self.skip(first);
                if self.last == PreviousPart::Part {
                    self.last = PreviousPart::Gap;
                }
                return Ok(());
            }
            '>' | '+' | '~' | ',' => return self.sign(first),
            '.' => self.named(first, "a class")?,
            '#' => self.named(first, "an id")?,
            '[' => self.attribute()?,
            ':' => return self.pseudo(),
            ')' => self.close()?,
            '*' => self.skip(first),
            _ if begins_name(first) => self.element()?,
            _ => return Err(misplaced(first)),
        }
        self.last = PreviousPart::Part;
        Ok(())
    }

    /// A sign between two parts.
    fn sign(&mut self, sign: char) -> Result<(), String> {
        let may_begin = sign != ',' && self.open.last() == Some(&true);
        match self.last {
            PreviousPart::Start if !may_begin => return Err(format!("something is missing before `{sign}`")),
            PreviousPart::Sign(before) if before != ',' || !may_begin => {
                return Err(format!("something is missing between `{before}` and `{sign}`"));
            }
            _ => {}
        }
        self.skip(sign);
        self.last = PreviousPart::Sign(sign);
        Ok(())
    }

    /// A class or an id.
    fn named(&mut self, sign: char, noun: &str) -> Result<(), String> {
        self.skip(sign);
        match self.rest.chars().next() {
            Some(next) if begins_name(next) => {
                self.name();
                Ok(())
            }
            Some(next) if next == sign => {
                Err(format!("`{sign}` stands there twice: the name of {noun} is missing between the two"))
            }
            Some('0'..='9') if sign == '.' => {
                let name = self.name();
                Err(format!("the name of a class cannot begin with a digit: write [class~=\"{name}\"]"))
            }
            Some('0'..='9') => {
                let name = self.name();
                Err(format!("the name of an id cannot begin with a digit: write [id=\"{name}\"]"))
            }
            _ => Err(format!("the name of {noun} is missing after `{sign}`")),
        }
    }

    fn element(&mut self) -> Result<(), String> {
        let name = self.name();
        if self.last == PreviousPart::Part {
            return Err(format!("the name of an element, `{name}`, must be the first of its part"));
        }
        Ok(())
    }

    fn pseudo(&mut self) -> Result<(), String> {
        self.skip(':');
        let is_element = self.rest.starts_with(':');
        if is_element {
            self.skip(':');
        }
        let name = self.name().to_ascii_lowercase();
        if name.is_empty() {
            return Err("a name is missing after `:`".to_owned());
        }
        if is_element {
            return Err(format!(
                "`::{name}` is not known: the text of an element is taken by itself, an attribute with `attr`"
            ));
        }
        self.last = PreviousPart::Part;
        match (self.rest.starts_with('('), name.as_str()) {
            (true, name) if OF_SELECTORS.contains(&name) => {
                self.skip('(');
                self.open.push(name == "has");
                self.last = PreviousPart::Start;
                Ok(())
            }
            (true, name) if OF_COUNTS.contains(&name) => self.count(name),
            (false, name) if PSEUDO_CLASSES.contains(&name) => Ok(()),
            (false, name) if OF_SELECTORS.contains(&name) || OF_COUNTS.contains(&name) => {
                Err(format!("`:{name}` needs parentheses, such as `:not(.advert)` or `:nth-child(2)`"))
            }
            (_, name) => Err(format!("the pseudo-class `:{name}` is not known")),
        }
    }

    /// The count of a pseudo-class, in parentheses.
    fn count(&mut self, name: &str) -> Result<(), String> {
        let Some(end) = self.rest.find(')') else { return Err("`(` has no `)`".to_owned()) };
        let count = &self.rest[1..end];
        let is_count = !count.trim().is_empty()
            && count.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | ' '));
        self.rest = &self.rest[end + 1..];
        if is_count { Ok(()) } else { Err(format!("`:{name}` needs a count such as 2, odd or 2n+1")) }
    }

    fn close(&mut self) -> Result<(), String> {
        if self.open.pop().is_none() {
            return Err("`)` has no `(`".to_owned());
        }
        match self.last {
            PreviousPart::Start => return Err("something is missing between `(` and `)`".to_owned()),
            PreviousPart::Sign(sign) => return Err(format!("something is missing between `{sign}` and `)`")),
            PreviousPart::Part | PreviousPart::Gap => {}
        }
        self.skip(')');
        Ok(())
    }

    /// An attribute in brackets: a name, or a name, a sign and a value.
    fn attribute(&mut self) -> Result<(), String> {
        self.skip('[');
        self.space();
        if self.rest.starts_with('@') {
            return Err("the name of an attribute stands without `@`".to_owned());
        }
        if self.name().is_empty() {
            return Err("the name of an attribute is missing after `[`".to_owned());
        }
        self.space();
        if let Some(sign) = ["=", "~=", "|=", "^=", "$=", "*="].iter().find(|s| self.rest.starts_with(**s)) {
            self.rest = &self.rest[sign.len()..];
            self.value()?;
        }
        self.space();
        match self.rest.chars().next() {
            Some(']') => {
                self.skip(']');
                Ok(())
            }
            None => Err("`[` has no `]`".to_owned()),
            Some(other) => Err(format!("`{other}` stands where it may not: write [name=\"value\"]")),
        }
    }

    /// The value of an attribute, and the letter for small and capital letters after it.
    fn value(&mut self) -> Result<(), String> {
        self.space();
        match self.rest.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                self.skip(quote);
                let end = self.rest.find(quote).ok_or("the text in quotes has no end")?;
                self.rest = &self.rest[end + 1..];
            }
            Some(first) if begins_name(first) => {
                self.name();
            }
            None | Some(']') => return Err("a value is missing after `=`".to_owned()),
            Some(_) => {
                return Err("the value of an attribute must stand in quotes: [name=\"value\"]".to_owned());
            }
        }
        self.space();
        self.rest = self.rest.strip_prefix(['i', 'I', 's', 'S']).unwrap_or(self.rest);
        Ok(())
    }

    /// Takes the name that begins here; empty if there is none.
    fn name(&mut self) -> &'t str {
        let mut is_escaped = false;
        let is_end = |c: char| {
            let is_part =
                is_escaped || c == '\\' || c == '-' || c == '_' || c.is_alphanumeric() || !c.is_ascii();
            is_escaped = !is_escaped && c == '\\';
            !is_part
        };
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name
    }

    fn skip(&mut self, first: char) {
        self.rest = self.rest.strip_prefix(first).unwrap_or_default();
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }
}

/// The words for a character that no part of a selector begins with.
fn misplaced(first: char) -> String {
    match first {
        ']' => "`]` has no `[`".to_owned(),
        '0'..='9' => "the name of an element cannot begin with a digit".to_owned(),
        '@' => {
            "`@` stands where it may not: an attribute is written [name], and taken with `attr`".to_owned()
        }
        other => format!("`{other}` stands where it may not"),
    }
}

/// Whether a name may begin with a character.
fn begins_name(c: char) -> bool {
    c.is_alphabetic() || !c.is_ascii() || matches!(c, '_' | '-' | '\\')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Css;
    use super::*;

    #[track_caller]
    fn says(text: &str, words: &str) {
        let told = Css::parse(text).expect_err(text);
        assert!(told.contains(words), "{text}: {told}");
    }

    #[test]
    fn the_mistake_is_told_in_plain_words() {
        says("li..tide", "the name of a class is missing");
        says("ul.# a", "the name of a class is missing after `.`");
        says("a#", "the name of an id is missing after `#`");
        says("main >", "something is missing after `>`");
        says("> li", "something is missing before `>`");
        says("ul > > li", "something is missing between `>` and `>`");
        says("h2, ", "something is missing after `,`");
        says(".2nd", "[class~=\"2nd\"]");
        says("a[href=]", "a value is missing after `=`");
        says("a[href^=/tides]", "must stand in quotes");
        says("li)", "`)` has no `(`");
        says("a::text", "the text of an element is taken by itself");
        says("p:contains(x)", "the pseudo-class `:contains` is not known");
        says("a/@href", "`/` stands where it may not");
        says("li:nth-child()", "needs a count");
        says("li:not()", "between `(` and `)`");
    }

    #[test]
    fn what_has_no_end_is_told_too() {
        // The compiler ends it itself, as browsers do; the words are for a text that it refuses otherwise.
        assert!(mistake("a[href").contains("`[` has no `]`"));
        assert!(mistake("a[rel=\"next]").contains("has no end"));
        assert!(mistake("li:not(.advert").contains("`(` has no `)`"));
    }

    #[test]
    fn right_parts_before_the_mistake_are_no_mistakes() {
        says("ul:has(> li) a.b#c[data-x='1' i]:nth-child(2n + 1) *, h2 ~", "something is missing after `~`");
    }

    proptest! {
        #[test]
        fn any_text_has_words(text in "[a-c.#>+~,:()\\[\\]=\"'*@/ 1é\\\\-]{0,24}") {
            let _ = mistake(&text);
        }
    }
}
