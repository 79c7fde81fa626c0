//! Rules: how to find items on a listing. Compiled once, when the configuration is checked.

mod jq;
mod json_path;

use std::fmt;

use regex::Regex;

use crate::date::DateRules;
use crate::html::tree::Selector;
use crate::html::xpath::XPath;
pub use jq::Jq;
pub use json_path::JsonPath;

/// The longest selector or pattern, in bytes.
const MAX_SELECTOR_BYTES: usize = 4096;

/// A compiled CSS selector and its text.
#[derive(Clone)]
pub struct Css {
    selector: Selector,
    text: String,
}

impl Css {
    /// Compiles a selector.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("the selector is empty".to_owned());
        }
        if text.len() > MAX_SELECTOR_BYTES {
            return Err(format!("the selector is longer than {MAX_SELECTOR_BYTES} bytes"));
        }
        match Selector::parse(text) {
            Ok(selector) => Ok(Self { selector, text: text.to_owned() }),
            Err(error) => Err(plain(&error.to_string())),
        }
    }

    /// The selector as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn selector(&self) -> &Selector {
        &self.selector
    }
}

/// The parser's messages speak to its developers; what is useful in them is the part before that.
fn plain(message: &str) -> String {
    if message.contains("unexpected error") {
        return "something is missing or stands where it may not, for example after `>`".to_owned();
    }
    let cut = message.split(". Please report").next().unwrap_or(message);
    let cut = cut.trim_end_matches('.');
    let mut chars = cut.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

impl fmt::Debug for Css {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Css({:?})", self.text)
    }
}

impl PartialEq for Css {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// A way to find something: an element of a page, or a value of JSON.
#[derive(Debug, Clone)]
pub enum Select {
    /// By CSS.
    Css(Css),
    /// By XPath.
    XPath(XPath),
    /// By JSONPath.
    Json(JsonPath),
    /// By a jq program.
    Jq(Jq),
}

impl Select {
    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Css(css) => css.text(),
            Self::XPath(path) => path.text(),
            Self::Json(path) => path.text(),
            Self::Jq(program) => program.text(),
        }
    }

    /// A JSONPath to the items: `$.items` and `$.items[*]` name the same.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn json_items(text: &str) -> Result<Self, String> {
        JsonPath::parse_list(text).map(Self::Json)
    }
}

/// What a source is, and how it is read. Where it says itself what is what, only how dates are read
/// that say too little.
#[derive(Debug, Clone)]
pub enum SourceKind {
    /// An HTML page, by selectors.
    Html(Box<Rules>),
    /// JSON, or a page with JSON in its scripts, by paths.
    Json(Box<Rules>),
    /// RSS, Atom or JSON Feed.
    Feed(DateRules),
    /// A sitemap, or an index of sitemaps.
    Sitemap(DateRules),
    /// What a page says of its items for machines: JSON-LD, microdata, microformats.
    Structured(DateRules),
    /// A site of WordPress: what its REST interface says.
    WordPress(DateRules),
    /// Whatever is found on the page: what it is, and its rules, are settled by its first run.
    Auto(DateRules),
}

impl SourceKind {
    /// A feed whose dates without a zone are in this one.
    #[must_use]
    pub fn feed(zone: chrono_tz::Tz, language: Option<&str>) -> Self {
        Self::Feed(DateRules { format: None, zone, order: None, language: language.map(str::to_owned) })
    }

    /// The same kind, with dates read in this zone and language.
    #[must_use]
    pub fn dated(self, zone: chrono_tz::Tz, language: Option<&str>) -> Self {
        let dates = DateRules { format: None, zone, order: None, language: language.map(str::to_owned) };
        match self {
            Self::Feed(_) => Self::Feed(dates),
            Self::Sitemap(_) => Self::Sitemap(dates),
            Self::Structured(_) => Self::Structured(dates),
            Self::WordPress(_) => Self::WordPress(dates),
            Self::Auto(_) => Self::Auto(dates),
            with_rules => with_rules,
        }
    }

    /// How dates are read that say too little, if what the source is has still to be found.
    #[must_use]
    pub fn auto(&self) -> Option<&DateRules> {
        match self {
            Self::Auto(dates) => Some(dates),
            _ => None,
        }
    }

    /// Whether its items are found by this selector or path. What needs no rules, or has them still to be
    /// found, may find any.
    #[must_use]
    pub fn finds(&self, item: &str) -> bool {
        self.rules().is_none_or(|rules| item.is_empty() || rules.item.text() == item)
    }

    /// The rules, of kinds that have some.
    #[must_use]
    pub fn rules(&self) -> Option<&Rules> {
        match self {
            Self::Html(rules) | Self::Json(rules) => Some(rules),
            _ => None,
        }
    }
}

/// How to find the items of a listing and their fields.
#[derive(Debug, Clone)]
pub struct Rules {
    /// One item.
    pub item: Select,
    /// The scripts of a page that hold JSON, if the person said so.
    pub script: Option<Css>,
    /// The element that holds all items, if the person said so.
    pub container: Option<Css>,
    /// The link to the next page; `None`: `rel="next"`.
    pub next: Option<Select>,
    /// What the address of the next page needs, as this page says it.
    pub cursor: Option<Field>,
    /// Title; `None`: the text of the first link.
    pub title: Option<Field>,
    /// Link; `None`: the link of the title, else the first link.
    pub link: Option<Field>,
    /// Date of publication.
    pub date: Option<Field>,
    /// Date of the last change.
    pub updated: Option<Field>,
    /// Short text.
    pub summary: Option<Field>,
    /// Authors.
    pub author: Option<Field>,
    /// Tags.
    pub tags: Option<Field>,
    /// Picture.
    pub image: Option<Field>,
    /// Body.
    pub content: Option<Field>,
    /// Media files.
    pub enclosure: Option<Field>,
    /// Page with comments.
    pub comments: Option<Field>,
    /// Identity.
    pub id: Option<Field>,
}

impl Rules {
    /// Rules that only say what an item is.
    #[must_use]
    pub fn new(item: Select) -> Self {
        Self {
            item,
            script: None,
            container: None,
            next: None,
            cursor: None,
            title: None,
            link: None,
            date: None,
            updated: None,
            summary: None,
            author: None,
            tags: None,
            image: None,
            content: None,
            enclosure: None,
            comments: None,
            id: None,
        }
    }

    /// The field of a name of `[feed.select]`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        match name {
            "title" => self.title.as_ref(),
            "link" => self.link.as_ref(),
            "date" => self.date.as_ref(),
            "updated" => self.updated.as_ref(),
            "summary" => self.summary.as_ref(),
            "author" => self.author.as_ref(),
            "tags" => self.tags.as_ref(),
            "image" => self.image.as_ref(),
            "content" => self.content.as_ref(),
            "enclosure" => self.enclosure.as_ref(),
            "comments" => self.comments.as_ref(),
            "id" => self.id.as_ref(),
            _ => None,
        }
    }
}

/// One field: the first source that gives something counts.
#[derive(Debug, Clone)]
pub struct Field {
    /// The sources, in order.
    pub sources: Vec<Source>,
}

/// Where a field's raw value comes from and what is done to it.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where it is found.
    pub find: Find,
    /// An attribute instead of what the field takes by itself.
    pub attr: Option<String>,
    /// Its first group, else the whole match, is taken; no match: nothing was found.
    pub regex: Option<Regex>,
    /// Replacements, one after the other.
    pub replace: Vec<(Regex, String)>,
    /// Taken if nothing was found.
    pub default: Option<String>,
    /// Of dates.
    pub date: DateRules,
}

/// Where a raw value is found.
#[derive(Debug, Clone)]
pub enum Find {
    /// In the item, or the item itself.
    Select(Select),
    /// Another field's raw value, by its name.
    From(String),
    /// Always this text.
    Const(String),
}
