//! Compiles CSS, XPath, JSONPath, jq and patterns, and notes their mistakes.

use regex::{Regex, RegexBuilder};

use super::css::Css;
use super::error::{RuleErrors, SettingStep, key};
use super::jq::Jq;
use super::json_path::JsonPath;
use super::print::quoted;
use super::select::Select;
use super::selector_spec::{SelectorSpec, SelectorTable};
use crate::html::{XPath, pattern_mistake};

/// Largest compiled pattern, in bytes: far above any that a site needs.
const MAX_PATTERN_COMPILED_BYTES: usize = 1 << 20;
/// Longest pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 2000;

const JSON_HINT: &str = "a JSONPath of RFC 9535, such as \"$.data.items\" or \"author.name\"";

/// The medium that rules are applied to: it decides how a plain text is read, and which languages may be
/// used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// Pages: CSS and XPath.
    Html,
    /// JSON: JSONPath and jq.
    Json,
    /// XML: CSS and XPath, with names as the file writes them.
    Xml,
}

impl Medium {
    /// The kind of source, as in feeds.toml.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Xml => "xml",
        }
    }

    /// The language of a plain text.
    pub(super) const fn plain(self) -> Language {
        match self {
            Self::Html | Self::Xml => Language::Css,
            Self::Json => Language::Json,
        }
    }
}

/// A language in which something is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Css,
    XPath,
    Json,
    Jq,
}

impl Language {
    /// The key of a table in this language.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Css => "css",
            Self::XPath => "xpath",
            Self::Json => "json",
            Self::Jq => "jq",
        }
    }

    /// Whether something can be looked for in a medium by this language.
    const fn is_of(self, medium: Medium) -> bool {
        match self {
            Self::Css | Self::XPath => matches!(medium, Medium::Html | Medium::Xml),
            Self::Json | Self::Jq => matches!(medium, Medium::Json),
        }
    }

    /// The settings of `kind` that have it.
    const fn kinds(self) -> &'static str {
        match self {
            Self::Css | Self::XPath => "`kind = \"html\"` or `kind = \"xml\"`",
            Self::Json | Self::Jq => "`kind = \"json\"`",
        }
    }
}

impl SelectorTable {
    /// The languages that are used, each with its text.
    pub(super) fn written(&self) -> Vec<(Language, &str)> {
        let all = [
            (Language::Css, &self.css),
            (Language::XPath, &self.xpath),
            (Language::Json, &self.json),
            (Language::Jq, &self.jq),
        ];
        all.into_iter().filter_map(|(language, text)| Some((language, text.as_deref()?))).collect()
    }
}

/// Compiles one way to find something; a mistake is noted.
pub fn selector(
    written: &SelectorSpec,
    medium: Medium,
    steps: &[SettingStep],
    errors: &mut RuleErrors,
) -> Option<Select> {
    let table = match written {
        SelectorSpec::Text(text) => return compile(medium.plain(), text, medium, steps, errors),
        SelectorSpec::Table(table) => table,
    };
    match table.written().as_slice() {
        [(language, text)] => {
            compile(*language, text, medium, &[steps, &[key(language.key())]].concat(), errors)
        }
        _ => {
            let message = "a selector needs exactly one of `css`, `xpath`, `json` and `jq`";
            errors.add(steps, message, Some("for example { xpath = \"//article\" }"));
            None
        }
    }
}

/// Compiles a text in a language that the medium must have.
pub(super) fn compile(
    language: Language,
    text: &str,
    medium: Medium,
    steps: &[SettingStep],
    errors: &mut RuleErrors,
) -> Option<Select> {
    if !language.is_of(medium) {
        let message = format!("`{}` can only be used with {}", language.key(), language.kinds());
        let hint = match medium {
            Medium::Html | Medium::Xml => "use `css` or `xpath`",
            Medium::Json => "use `json` or `jq`",
        };
        errors.add(steps, message, Some(hint));
        return None;
    }
    let (compiled, name, hint) = match language {
        Language::Css => return css(text, steps, errors).map(Select::Css),
        Language::XPath => {
            let hint = "XPath 1.0, such as \".//h2/a\"; `./` and `.//` begin at the item";
            let path = if medium == Medium::Xml { XPath::parse_xml(text) } else { XPath::parse(text) };
            (path.map(Select::XPath), "XPath", hint)
        }
        Language::Json => (JsonPath::parse(text).map(Select::Json), "path", JSON_HINT),
        Language::Jq => {
            (Jq::parse(text).map(Select::Jq), "jq program", "a jq program, such as \".data.items[]\"")
        }
    };
    compiled.map_err(|error| errors.add(steps, format!("{name} `{text}`: {error}"), Some(hint))).ok()
}

/// Compiles a JSONPath to the list of items.
pub(super) fn json_items(text: &str, steps: &[SettingStep], errors: &mut RuleErrors) -> Option<Select> {
    let compiled = Select::json_items(text);
    compiled.map_err(|error| errors.add(steps, format!("path `{text}`: {error}"), Some(JSON_HINT))).ok()
}

/// Whether a text begins with the call of a function, as expressions of XPath may and no CSS selector can.
pub(super) fn is_xpath_call(text: &str) -> bool {
    let is_of_name = |c: char| c.is_ascii_lowercase() || c == '-';
    let rest = text.trim_start().trim_start_matches(is_of_name);
    rest.starts_with('(') && text.trim_start().starts_with(|c: char| c.is_ascii_lowercase())
}

/// Compiles a CSS selector.
pub(super) fn css(text: &str, steps: &[SettingStep], errors: &mut RuleErrors) -> Option<Css> {
    let note = |error: String| {
        let is_path = text.trim_start().starts_with(['/', '.']) && text.contains('/');
        let hint = if is_path || is_xpath_call(text) {
            format!("write XPath as {{ xpath = {} }}", quoted(text))
        } else {
            "CSS selectors of level 4, such as \"article h2 > a[href]\"".to_owned()
        };
        errors.add(steps, format!("selector `{text}`: {error}"), Some(&hint));
    };
    Css::parse(text).map_err(note).ok()
}

/// Compiles a regular expression within bounds; a mistake is noted.
pub fn pattern(text: &str, steps: &[SettingStep], errors: &mut RuleErrors) -> Option<Regex> {
    let compiled = if text.len() > MAX_PATTERN_BYTES {
        Err(format!("it is longer than {MAX_PATTERN_BYTES} bytes"))
    } else {
        RegexBuilder::new(text)
            .size_limit(MAX_PATTERN_COMPILED_BYTES)
            .build()
            .map_err(|error| pattern_mistake(&error.to_string()))
    };
    // A page has no backspace: TOML has made one of `\b` in double quotes.
    let compiled = match compiled {
        Ok(_) if text.contains('\u{8}') => {
            Err("in double quotes, `\\b` is not the edge of a word".to_owned())
        }
        other => other,
    };
    let hint = "look-around and back-references are not supported; write patterns in '…', where a backslash is plain";
    compiled.map_err(|error| errors.add(steps, format!("pattern `{text}`: {error}"), Some(hint))).ok()
}
