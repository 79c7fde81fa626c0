//! Listings in the JSON of a page's scripts: lists of objects that have a title and an address.

use serde_json::{Map, Value};

use super::page::dates::DateReader;
use super::ratio::{as_f64, indicator};
use crate::extract::date_text;
use crate::model::Kind;
use crate::rules::{FieldSpec, RuleSpec, SelectSpec, SelectorSpec};

/// Lists and objects that are looked at.
const MAX_VALUES: usize = 20_000;
/// Keys of one object that are looked at.
const MAX_KEYS: usize = 500;
/// Bytes of a key, and of the JSONPath of a list.
const MAX_KEY_BYTES: usize = 100;
const MAX_PATH_BYTES: usize = 400;
/// Elements of a list that are looked at.
const MAX_ELEMENTS: usize = 30;
/// Values that are nested deeper are not looked at.
const MAX_DEPTH: usize = 24;
/// Letters of a title, and bytes of a summary, at the least.
const MIN_TITLE_LETTERS: usize = 3;
const MIN_SUMMARY_BYTES: usize = 21;
/// More items do not make a better list.
const ENOUGH_ITEMS: f64 = 80.0;

/// Usual keys of each field, the most usual first.
///
/// Titles and links have more words here than the defaults of extraction (`extract::json_text`). Those
/// defaults are a promise to existing feeds; detection may try more words, as the rules that it writes name
/// the key that it found.
const TITLES: &[&str] = &["title", "headline", "name", "subject", "heading"];
const LINKS: &[&str] =
    &["url", "link", "href", "permalink", "web_url", "webUrl", "canonical_url", "path", "uri"];
const DATES: &[&str] = &[
    "date",
    "published",
    "published_at",
    "publishedAt",
    "publishedDate",
    "publishDate",
    "datePublished",
    "pubDate",
    "publicationDate",
    "created",
    "created_at",
    "createdAt",
    "time",
    "timestamp",
    "firstPublished",
    "releaseDate",
    "date_published",
    "updated_at",
    "ts",
];
const SUMMARIES: &[&str] =
    &["excerpt", "summary", "description", "teaser", "intro", "abstract", "lead", "subtitle", "standfirst"];
const AUTHORS: &[&str] = &["author", "authors", "byline", "creator", "writer"];
const TAGS: &[&str] = &["tags", "categories", "keywords", "topics"];
const IMAGES: &[&str] =
    &["image", "thumbnail", "thumbnailUrl", "cover", "picture", "imageUrl", "img", "photo"];

/// A list that was found.
pub(crate) struct JsonList {
    pub(crate) rules: RuleSpec,
    /// How many items it has.
    pub(crate) size: usize,
    /// How good it is; comparable with the score of listings in the markup.
    pub(crate) score: f64,
}

/// A value that is still to be looked at.
struct Open<'v> {
    value: &'v Value,
    /// Its JSONPath.
    path: String,
    depth: usize,
}

/// The lists in all values, the best first.
pub(crate) fn lists(values: &[Value], dates: &DateReader) -> Vec<JsonList> {
    let root = |value| Open { value, path: "$".to_owned(), depth: 0 };
    let mut open: Vec<Open<'_>> = values.iter().map(root).collect();
    let mut lists: Vec<JsonList> = Vec::new();
    // Without recursion, because values nest deeply.
    for _ in 0..MAX_VALUES {
        let Some(next) = open.pop() else { break };
        if next.depth > MAX_DEPTH || next.path.len() > MAX_PATH_BYTES {
            continue;
        }
        if let Value::Array(list) = next.value {
            lists.extend(json_list(list, &next.path, dates));
        }
        open.extend(next.inner());
    }
    lists.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.rules.item().cmp(b.rules.item())));
    lists
}

impl Open<'_> {
    /// The lists and objects directly inside.
    fn inner(&self) -> Vec<Self> {
        let open = |value, path| Self { value, path, depth: self.depth + 1 };
        let is_nested = |value: &Value| value.is_array() || value.is_object();
        match self.value {
            Value::Array(list) => {
                let elements = list.iter().enumerate().take(MAX_ELEMENTS);
                let nested = elements.filter(|(_, value)| is_nested(value));
                nested.map(|(index, value)| open(value, format!("{}[{index}]", self.path))).collect()
            }
            Value::Object(map) => {
                let nested = map.iter().filter(|(key, value)| is_nested(value) && may_hold_articles(key));
                nested.take(MAX_KEYS).map(|(key, value)| open(value, child_path(&self.path, key))).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Whether a list of articles may be under a key.
fn may_hold_articles(key: &str) -> bool {
    key.len() <= MAX_KEY_BYTES && !is_other_list(key)
}

/// Whether lists under a key are of something else than articles.
fn is_other_list(key: &str) -> bool {
    const KEYS: [&str; 12] = [
        "author",
        "authors",
        "menu",
        "menus",
        "nav",
        "navigation",
        "breadcrumb",
        "breadcrumbs",
        "footer",
        "sameas",
        "itemlistelement",
        "potentialaction",
    ];
    KEYS.contains(&key.to_ascii_lowercase().as_str())
}

/// The JSONPath of a key; keys that are no plain names are put into brackets (RFC 9535 section 2.3).
fn child_path(path: &str, key: &str) -> String {
    let is_plain = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_plain { format!("{path}.{key}") } else { format!("{path}[{}]", Value::from(key)) }
}

/// The first elements of a list, which are objects.
struct ListItems<'v>(Vec<&'v Map<String, Value>>);

impl<'v> ListItems<'v> {
    /// `None` where more than a tenth are no objects.
    fn of(list: &'v [Value]) -> Option<Self> {
        let items: Vec<&Map<String, Value>> =
            list.iter().take(MAX_ELEMENTS).filter_map(Value::as_object).collect();
        let looked_at = list.len().min(MAX_ELEMENTS);
        (!items.is_empty() && items.len() * 10 >= looked_at * 9).then_some(Self(items))
    }

    /// The first of the keys that 7 of 10 items have with a fitting value.
    fn key(&self, keys: &[&'static str], fits: impl Fn(&Value) -> bool) -> Option<&'static str> {
        let has = |item: &Map<String, Value>, key: &str| item.get(key).is_some_and(&fits);
        let count = |key: &str| self.0.iter().filter(|item| has(item, key)).count();
        keys.iter().copied().find(|key| count(key) * 10 >= self.0.len() * 7)
    }

    /// Whether at least half of the addresses look like those of articles.
    fn have_article_links(&self, link: &str) -> bool {
        let addresses = self.0.iter().filter_map(|item| item.get(link).and_then(text));
        addresses.filter(|address| is_article_like(address)).count() * 2 >= self.0.len()
    }
}

/// A list as a listing; `None` if it is none.
fn json_list(list: &[Value], path: &str, dates: &DateReader) -> Option<JsonList> {
    let items = ListItems::of(list)?;
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
    let has_text = |value: &Value, test: &dyn Fn(&str) -> bool| text(value).is_some_and(test);
    let is_present = |value: &Value| !value.is_null() && value.as_array().is_none_or(|a| !a.is_empty());
    let title = items.key(TITLES, |value| has_text(value, &|t| letters(t) >= MIN_TITLE_LETTERS))?;
    let link = items.key(LINKS, |value| has_text(value, &|t| t.contains('/')))?;
    let date = items.key(DATES, |value| is_date(value, dates));
    if date.is_none() && !items.have_article_links(link) {
        return None;
    }
    let summary = items.key(SUMMARIES, |value| has_text(value, &|t| t.len() >= MIN_SUMMARY_BYTES));
    let field = |key: Option<&str>| key.map(|key| FieldSpec::Text(key.to_owned()));
    let select = SelectSpec {
        item: Some(SelectorSpec::Text(path.to_owned())),
        title: field(Some(title)),
        link: field(Some(link)),
        date: field(date),
        summary: field(summary),
        author: field(items.key(AUTHORS, is_present)),
        tags: field(items.key(TAGS, is_present)),
        image: field(items.key(IMAGES, is_present)),
        ..SelectSpec::default()
    };
    let rules = RuleSpec { kind: Kind::Json, select: Some(select), pages: None };
    let fields_worth = 1.0 + 0.8 * indicator(date.is_some()) + 0.4 * indicator(summary.is_some());
    let size = as_f64(list.len());
    let score = fields_worth * (1.0 + size.min(ENOUGH_ITEMS)).ln() * size / (size + 2.0);
    Some(JsonList { rules, size: list.len(), score })
}

/// Whether an address looks like that of an article, and not like one of a menu.
fn is_article_like(address: &str) -> bool {
    let without_scheme = address.split("://").last().unwrap_or(address);
    let path = without_scheme.split(['?', '#']).next().unwrap_or_default();
    let parts = path.trim_matches('/').split('/').filter(|part| !part.is_empty()).count();
    let host_parts = usize::from(address.contains("://"));
    parts > host_parts + 1
        || address.bytes().filter(u8::is_ascii_digit).count() > 2
        || address.matches('-').count() > 1
}

/// The text of a value, or of an object around it.
fn text(value: &Value) -> Option<&str> {
    const KEYS: [&str; 5] = ["rendered", "text", "value", "url", "href"];
    match value {
        Value::String(text) => Some(text),
        Value::Object(map) => KEYS.iter().find_map(|key| map.get(*key)?.as_str()),
        _ => None,
    }
}

fn is_date(value: &Value, dates: &DateReader) -> bool {
    match value {
        Value::String(text) => dates.is_date(text),
        Value::Number(number) => dates.is_date(&number.to_string()),
        _ => date_text(value).is_some_and(|text| dates.is_date(&text)),
    }
}
