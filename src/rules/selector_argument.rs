//! A selector as a person writes it on the command line.

use std::str::Chars;

use super::selector_compiler::is_xpath_call;
use super::selector_spec::{SelectorSpec, SelectorTable};

const LANGUAGES: [&str; 4] = ["css", "xpath", "json", "jq"];

impl SelectorSpec {
    /// Reads a selector: a text, as a rule has it; a table with one selector, such as `{ xpath = '//h2' }`; or
    /// a language and a colon, such as `xpath://h2`. A text that can only be a path of XPath is read as one.
    ///
    /// # Errors
    /// When a table is anything else than one language and one text: how it is written.
    pub fn from_argument(text: &str) -> Result<Self, String> {
        let text = text.trim();
        // No CSS selector and no JSONPath begins with a brace; a jq program stands behind `jq:`.
        if text.starts_with('{') {
            let (language, selector) = of_table(text).ok_or_else(|| {
                format!("`{text}`: write one of css, xpath, json and jq, and its selector in quotes")
            })?;
            return Ok(Self::in_language(language, selector));
        }
        for language in LANGUAGES {
            let rest = text.strip_prefix(language).and_then(|rest| rest.strip_prefix(':'));
            if let Some(selector) = rest {
                return Ok(Self::in_language(language, selector.trim().to_owned()));
            }
        }
        let is_path = ["/", "./", "../", "(/", "(./"].iter().any(|begin| text.starts_with(begin));
        Ok(if is_path { Self::in_language("xpath", text.to_owned()) } else { Self::Text(text.to_owned()) })
    }

    fn in_language(language: &str, selector: String) -> Self {
        let selector = Some(selector);
        let none = SelectorTable::default();
        Self::Table(match language {
            "css" => SelectorTable { css: selector, ..none },
            "xpath" => SelectorTable { xpath: selector, ..none },
            "json" => SelectorTable { json: selector, ..none },
            _ => SelectorTable { jq: selector, ..none },
        })
    }

    /// Whether the selector names a language of JSON.
    #[must_use]
    pub fn is_for_json(&self) -> bool {
        match self {
            Self::Text(_) => false,
            Self::Table(table) => table.json.is_some() || table.jq.is_some(),
        }
    }

    /// How the selector is written on the command line if it is an XPath that does not say so.
    #[must_use]
    pub fn as_xpath_argument(&self) -> Option<String> {
        match self {
            Self::Text(text) if is_xpath_call(text) => Some(format!("xpath:{text}")),
            Self::Text(_) | Self::Table(_) => None,
        }
    }
}

/// The language and the selector of an inline table of TOML with one key and a text in quotes.
fn of_table(text: &str) -> Option<(&'static str, String)> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let (key, value) = inner.split_once('=')?;
    let language = LANGUAGES.into_iter().find(|language| *language == key.trim())?;
    let value = value.trim();
    let selector = match value.strip_prefix('\'') {
        Some(literal) => literal.strip_suffix('\'').filter(|text| !text.contains('\''))?.to_owned(),
        None => unescaped(value.strip_prefix('"')?)?,
    };
    Some((language, selector))
}

/// The text of a string of TOML in double quotes, of which the first quote was read. `None` if the string has a
/// mistake, or if something stands behind it.
fn unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => return chars.as_str().is_empty().then_some(out),
            '\\' => out.push(match chars.next()? {
                plain @ ('"' | '\\') => plain,
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => numbered(&mut chars, 4)?,
                'U' => numbered(&mut chars, 8)?,
                _ => return None,
            }),
            plain => out.push(plain),
        }
    }
}

/// The character whose number stands next, in so many hexadecimal digits.
fn numbered(chars: &mut Chars<'_>, digits: usize) -> Option<char> {
    let mut number = 0;
    for _ in 0..digits {
        number = number * 16 + chars.next()?.to_digit(16)?;
    }
    char::from_u32(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_names_its_language() {
        let xpath = |text: &str| SelectorSpec::in_language("xpath", text.to_owned());
        for (text, wanted) in [
            ("h2 a", SelectorSpec::Text("h2 a".to_owned())),
            ("$.tides[*].high", SelectorSpec::Text("$.tides[*].high".to_owned())),
            ("//h2/a", xpath("//h2/a")),
            (".//h2", xpath(".//h2")),
            ("xpath:count(//li)", xpath("count(//li)")),
            ("{ xpath = \"//a[@rel=\\\"next\\\"]\" }", xpath("//a[@rel=\"next\"]")),
            ("{xpath='//a[@rel=\"next\"]'}", xpath("//a[@rel=\"next\"]")),
            ("{ xpath = \"//b[.='\\u00e9}']\" }", xpath("//b[.='é}']")),
            ("{ css = 'li.tide' }", SelectorSpec::in_language("css", "li.tide".to_owned())),
            ("jq:.tides[]", SelectorSpec::in_language("jq", ".tides[]".to_owned())),
            ("jq:{ title: .t }", SelectorSpec::in_language("jq", "{ title: .t }".to_owned())),
        ] {
            assert_eq!(SelectorSpec::from_argument(text), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn a_table_has_one_selector_in_quotes() {
        for text in [
            "{ xpath = '//h2' , regex='x'}",
            "{ xpath = \"//h2\", css = \"h2\" }",
            "{ css = 'h2', xpath = '//h2' }",
            "{ xpath = 3 }",
            "{ xpath = //h2 }",
            "{ xpath = '//h2 }",
            "{ xpath = \"//h2\\\" }",
            "{ xpath = \"\\q\" }",
            "{ regex = 'x' }",
            "{ }",
            "{ xpath = '//h2'",
        ] {
            let why = SelectorSpec::from_argument(text).expect_err(text);
            assert!(why.contains("write one of css, xpath, json and jq"), "{text}: {why}");
        }
    }

    #[test]
    fn a_call_is_probably_meant_as_xpath() {
        let argument = |text: &str| SelectorSpec::Text(text.to_owned()).as_xpath_argument();
        assert_eq!(argument("count(//h2)").as_deref(), Some("xpath:count(//h2)"));
        assert_eq!(argument("normalize-space(h2)").as_deref(), Some("xpath:normalize-space(h2)"));
        for other in ["h2 a", "li:not(.x)", ":is(h1)", "(h2)", "h2 > count(a)", ""] {
            assert_eq!(argument(other), None, "{other}");
        }
    }
}
