//! A selector as a person writes it on the command line.

use super::selector_spec::{SelectorSpec, SelectorTable};

impl SelectorSpec {
    /// Reads a selector: a text, as a rule has it; a table, as a rule has it, such as `{ xpath = '//h2' }`; or
    /// a language and a colon, such as `xpath://h2`. A text that can only be a path of XPath is read as one.
    #[must_use]
    pub fn from_argument(text: &str) -> Self {
        let text = text.trim();
        if let Some((language, selector)) = of_table(text) {
            return Self::in_language(language, selector);
        }
        for language in ["css", "xpath", "json", "jq"] {
            let rest = text.strip_prefix(language).and_then(|rest| rest.strip_prefix(':'));
            if let Some(selector) = rest {
                return Self::in_language(language, selector.trim().to_owned());
            }
        }
        let is_path = ["/", "./", "../", "(/", "(./"].iter().any(|begin| text.starts_with(begin));
        if is_path { Self::in_language("xpath", text.to_owned()) } else { Self::Text(text.to_owned()) }
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
}

/// The language and the selector of a table with one key. jq programs may stand in braces too, but begin with
/// no key, `=` and a text in quotes.
fn of_table(text: &str) -> Option<(&'static str, String)> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let (key, value) = inner.split_once('=')?;
    let language = ["css", "xpath", "json", "jq"].into_iter().find(|language| *language == key.trim())?;
    let value = value.trim();
    if let Some(plain) = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Some((language, plain.to_owned()));
    }
    let written = value.strip_prefix('"')?.strip_suffix('"')?;
    Some((language, written.replace("\\\"", "\"").replace("\\\\", "\\")))
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
            ("{ css = 'li.tide' }", SelectorSpec::in_language("css", "li.tide".to_owned())),
            ("jq:.tides[]", SelectorSpec::in_language("jq", ".tides[]".to_owned())),
        ] {
            assert_eq!(SelectorSpec::from_argument(text), wanted, "{text}");
        }
    }
}
