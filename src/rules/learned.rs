//! Rules that were found on the page of a feed without rules, as they are kept between runs.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use super::spec::RuleSpec;
use crate::digest::canonical_json;

/// Version of the stored form.
const FORM: u32 = 1;

/// Rules that were found on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LearnedRules {
    form: u32,
    /// The address of the page. Rules of another page are of no use.
    pub page: Url,
    /// When they were found; `None` in rules of a version that did not note it.
    #[serde(default)]
    pub found: Option<DateTime<Utc>>,
    /// How they were found; `None` in rules of a version that did not note it.
    #[serde(default)]
    pub from: Option<LearnedFrom>,
    /// The rules.
    pub spec: RuleSpec,
}

/// The part of a page in which a listing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LearnedFrom {
    /// Elements that repeat.
    Markup,
    /// A list in JSON: the whole answer, or a script of the page.
    Json,
    /// The source names its fields itself: a feed or a sitemap.
    SelfDescribing,
}

impl LearnedRules {
    /// Rules that were found now.
    #[must_use]
    pub const fn new(page: Url, found: DateTime<Utc>, from: LearnedFrom, spec: RuleSpec) -> Self {
        Self { form: FORM, page, found: Some(found), from: Some(from), spec }
    }

    /// The stored form: JSON.
    #[must_use]
    pub fn to_stored(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads the stored form, and that of the version before it: lines of feeds.toml behind a comment with
    /// the address of the page. `None` if this version cannot read it: then the rules are looked for again.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        if text.starts_with('#') {
            return from_toml(text);
        }
        serde_json::from_str::<Self>(text).ok().filter(|learned| learned.form == FORM)
    }

    /// Text that names the rules, whenever they were found.
    #[must_use]
    pub fn identity(&self) -> String {
        canonical_json(&(&self.page, &self.spec))
    }
}

fn from_toml(text: &str) -> Option<LearnedRules> {
    let (first, rules) = text.split_once('\n')?;
    let page = Url::parse(first.strip_prefix('#')?.trim()).ok()?;
    // The lines belong to a `[[feed]]`, which gives the tables their names.
    let file: OldFile = toml::from_str(&format!("[[feed]]\n{rules}")).ok()?;
    let spec = file.feed.into_iter().next()?;
    Some(LearnedRules { form: FORM, page, found: None, from: None, spec })
}

#[derive(Deserialize)]
struct OldFile {
    feed: Vec<RuleSpec>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    #[test]
    fn lines_of_the_version_before_are_taken_over() {
        let old = "# https://example.org/news\nkind = \"html\"\n\n[feed.select]\nitem = \"li.item\"\ntitle = \"a\"\n\
                   date = [{ css = \"time\", attr = \"datetime\" }, { xpath = \"./text()[1]\", order = \"dmy\" }]\n\n\
                   [feed.pages]    # by rel=\"next\"\n";
        let learned = LearnedRules::from_stored(old).expect("rules of the version before");
        assert_eq!(learned.page.as_str(), "https://example.org/news");
        assert_eq!((learned.spec.kind, learned.spec.item()), (Kind::Html, "li.item"));
        assert_eq!(format!("# {}\n{}", learned.page, learned.spec.toml()), old);
        let stored = learned.to_stored();
        assert_eq!(LearnedRules::from_stored(&stored), Some(learned));
    }

    #[test]
    fn unreadable_rules_are_given_up() {
        for text in
            ["", "#", "# x\nkind = \"html\"", "# https://example.org/\nkind = 3", "{}", "{\"form\":2}"]
        {
            assert_eq!(LearnedRules::from_stored(text), None, "{text}");
        }
    }
}
