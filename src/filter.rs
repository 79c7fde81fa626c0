//! Keeps, drops and changes items by the `[[feed.filter]]` rules. Pure.
//!
//! Filters run in the order of the configuration, each on the result of the ones before it.

use std::borrow::Cow;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use regex::Regex;
use url::Url;

use crate::html::invisible::without_all;
use crate::model::{Content, Found, Problem, Subject};
use crate::rules::{replaced, searched_part};

/// One `[[feed.filter]]`.
#[derive(Debug, Clone)]
pub enum Filter {
    /// Keeps only the items that meet all conditions.
    Keep(Vec<Condition>),
    /// Drops the items that meet all conditions.
    Drop(Vec<Condition>),
    /// Changes texts of every item.
    Set(Vec<FieldChange>),
}

/// A test of one field of an item.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The field that is tested.
    pub field: FilterField,
    /// The test that it must pass.
    pub test: Test,
}

/// A field of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterField {
    /// Any of the text fields.
    Any,
    /// Title.
    Title,
    /// Address.
    Link,
    /// Short text.
    Summary,
    /// HTML of the body.
    Content,
    /// Each author.
    Author,
    /// Each tag.
    Tags,
    /// Publication date.
    Date,
}

impl FilterField {
    /// Names in `[[feed.filter]]`.
    pub const NAMES: [&'static str; 8] =
        ["any", "title", "link", "summary", "content", "author", "tags", "date"];

    /// The fields in the order of [`Self::NAMES`].
    const ALL: [Self; 8] = [
        Self::Any,
        Self::Title,
        Self::Link,
        Self::Summary,
        Self::Content,
        Self::Author,
        Self::Tags,
        Self::Date,
    ];

    /// The fields that hold text.
    const TEXTS: [Self; 6] =
        [Self::Title, Self::Link, Self::Summary, Self::Content, Self::Author, Self::Tags];

    /// The field with this name, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|n| *n == name).map(|i| Self::ALL[i])
    }
}

/// A test of the values of a field.
#[derive(Debug, Clone)]
pub enum Test {
    /// The pattern matches at least one value.
    Matches(Regex),
    /// The pattern matches no value.
    Lacks(Regex),
    /// The length of the longest value, in characters.
    Length {
        /// Inclusive.
        min: usize,
        /// Inclusive.
        max: usize,
    },
    /// A range of dates. An item without a date on its page counts as published now.
    When {
        /// Inclusive.
        after: Option<Bound>,
        /// Exclusive.
        before: Option<Bound>,
    },
}

/// One end of a range of dates.
#[derive(Debug, Clone, Copy)]
pub enum Bound {
    /// A fixed instant.
    At(DateTime<Utc>),
    /// An instant that lies this long before the run.
    Ago(Duration),
}

impl Bound {
    fn moment(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::At(at) => at,
            Self::Ago(ago) => now - TimeDelta::from_std(ago).unwrap_or_default(),
        }
    }
}

/// A change of one text field.
#[derive(Debug, Clone)]
pub struct FieldChange {
    /// The field that is changed; never the date.
    pub field: FilterField,
    /// Every match is replaced; with `None` the whole text is.
    pub pattern: Option<Regex>,
    /// The replacement; `$1` is the first group of the pattern.
    pub text: String,
}

/// The parts of an item that filters read and change.
pub struct FilterParts<'a> {
    /// The texts.
    pub content: &'a mut Content,
    /// The publication date, if there is one.
    pub date: Option<DateTime<FixedOffset>>,
}

/// Applies the filters to found items. Each filter that drops items reports one problem.
#[must_use]
pub fn apply(filters: &[Filter], found: Vec<Found>, now: DateTime<Utc>) -> (Vec<Found>, Vec<Problem>) {
    apply_to_parts(filters, found, now, |item| FilterParts {
        content: &mut item.content,
        date: item.date.as_ref().map(|date| date.at),
    })
}

/// Applies the filters to values of any type; `parts_of` borrows the parts of one value.
#[must_use]
pub fn apply_to_parts<T>(
    filters: &[Filter],
    mut items: Vec<T>,
    now: DateTime<Utc>,
    parts_of: impl Fn(&mut T) -> FilterParts<'_>,
) -> (Vec<T>, Vec<Problem>) {
    let mut problems = Vec::new();
    for (i, filter) in filters.iter().enumerate() {
        let before = items.len();
        match filter {
            Filter::Keep(conditions) => items.retain_mut(|item| all_hold(conditions, &parts_of(item), now)),
            Filter::Drop(conditions) => items.retain_mut(|item| !all_hold(conditions, &parts_of(item), now)),
            Filter::Set(changes) => {
                for item in &mut items {
                    let parts = parts_of(item);
                    for change in changes {
                        apply_change(change, parts.content);
                    }
                }
            }
        }
        if items.len() < before {
            let message = format!("filter {} left out {} of {before} items", i + 1, before - items.len());
            problems.push(Problem { field: Subject::Filter, position: None, message });
        }
    }
    (items, problems)
}

fn all_hold(conditions: &[Condition], item: &FilterParts<'_>, now: DateTime<Utc>) -> bool {
    conditions.iter().all(|condition| holds(condition, item, now))
}

fn holds(condition: &Condition, item: &FilterParts<'_>, now: DateTime<Utc>) -> bool {
    let values = values_of(condition.field, item.content);
    match &condition.test {
        Test::Matches(pattern) => values.iter().any(|value| is_match(pattern, value)),
        Test::Lacks(pattern) => !values.iter().any(|value| is_match(pattern, value)),
        Test::Length { min, max } => {
            let longest = values.iter().map(|value| value.chars().count()).max().unwrap_or(0);
            (*min..=*max).contains(&longest)
        }
        Test::When { after, before } => {
            let date = item.date.map_or(now, |date| date.to_utc());
            after.is_none_or(|bound| date >= bound.moment(now))
                && before.is_none_or(|bound| date < bound.moment(now))
        }
    }
}

/// Whether a pattern matches a text as it is written, or as a person reads it: soft hyphens and their like
/// hide no word.
fn is_match(pattern: &Regex, text: &str) -> bool {
    pattern.is_match(searched_part(text, pattern)) || hidden_match(pattern, text).is_some()
}

/// The text without invisible characters, if only then the pattern matches it.
fn hidden_match<'t>(pattern: &Regex, text: &'t str) -> Option<Cow<'t, str>> {
    let shown = without_all(text);
    (shown.len() < text.len() && pattern.is_match(searched_part(&shown, pattern))).then_some(shown)
}

/// The texts of a field; none for the date.
fn values_of(field: FilterField, content: &Content) -> Vec<&str> {
    match field {
        FilterField::Title => vec![content.title.as_str()],
        FilterField::Link => content.url.as_ref().map(Url::as_str).into_iter().collect(),
        FilterField::Summary => content.summary.as_deref().into_iter().collect(),
        FilterField::Content => content.content_html.as_deref().into_iter().collect(),
        FilterField::Author => content.authors.iter().map(String::as_str).collect(),
        FilterField::Tags => content.tags.iter().map(String::as_str).collect(),
        FilterField::Date => Vec::new(),
        FilterField::Any => {
            let texts = FilterField::TEXTS.into_iter().flat_map(|text| values_of(text, content));
            texts.chain(content.extras.iter().map(|(_, text)| text)).collect()
        }
    }
}

fn apply_change(change: &FieldChange, content: &mut Content) {
    match change.field {
        FilterField::Title => content.title = changed_text(change, &content.title),
        FilterField::Summary => {
            let summary = changed_text(change, content.summary.as_deref().unwrap_or_default());
            content.summary = Some(summary).filter(|text| !text.is_empty());
        }
        FilterField::Content => {
            content.content_html = content.content_html.as_deref().map(|html| changed_text(change, html));
        }
        FilterField::Link => {
            if let Some(url) = changed_link(change, content.url.as_ref()) {
                content.url = Some(url);
            }
        }
        FilterField::Author => content.authors = changed_list(change, &content.authors),
        FilterField::Tags => content.tags = changed_list(change, &content.tags),
        FilterField::Any | FilterField::Date => {}
    }
}

fn changed_text(change: &FieldChange, old: &str) -> String {
    match &change.pattern {
        Some(pattern) if pattern.is_match(searched_part(old, pattern)) => {
            replaced(old, pattern, &change.text)
        }
        Some(pattern) => hidden_match(pattern, old)
            .map_or_else(|| old.to_owned(), |shown| replaced(&shown, pattern, &change.text)),
        None => change.text.clone(),
    }
}

/// The changed list without blank values. A change of the whole text leaves one value.
fn changed_list(change: &FieldChange, old: &[String]) -> Vec<String> {
    let changed = match change.pattern {
        Some(_) => old.iter().map(|value| changed_text(change, value)).collect(),
        None => vec![change.text.clone()],
    };
    changed.into_iter().filter(|value| !value.trim().is_empty()).collect()
}

/// The changed address. `None` if it is not an http(s) address: the old one stays then.
fn changed_link(change: &FieldChange, old: Option<&Url>) -> Option<Url> {
    let url = Url::parse(&changed_text(change, old?.as_str())).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DateSource, Identity, PageDate, Precision};

    fn found(title: &str, date: Option<&str>) -> Found {
        let date = date.map(|text| PageDate {
            at: text.parse().expect("an instant"),
            precision: Precision::Day,
            source: DateSource::Page,
            relative: false,
        });
        let content = Content {
            title: title.to_owned(),
            authors: vec!["Ann Lee".to_owned()],
            tags: vec!["port".to_owned()],
            ..Content::default()
        };
        Found {
            key: title.to_owned(),
            position: 0,
            content,
            has_own_title: true,
            date,
            updated: None,
            identity: Identity::default(),
        }
    }

    fn titles(filters: &[Filter], items: &[Found]) -> Vec<String> {
        let now = "2026-03-05T06:00:00Z".parse().expect("an instant");
        let (kept, _) = apply(filters, items.to_vec(), now);
        kept.into_iter().map(|item| item.content.title).collect()
    }

    fn matches(field: FilterField, pattern: &str) -> Condition {
        Condition { field, test: Test::Matches(Regex::new(pattern).expect("a pattern")) }
    }

    #[test]
    fn matching_items_are_dropped_or_kept() {
        let items = [found("Sponsored: a pier", None), found("A new pier", None), found("A ferry", None)];
        assert_eq!(
            titles(&[Filter::Drop(vec![matches(FilterField::Title, "(?i)^sponsored")])], &items),
            ["A new pier", "A ferry"]
        );
        assert_eq!(
            titles(&[Filter::Keep(vec![matches(FilterField::Any, "pier")])], &items),
            ["Sponsored: a pier", "A new pier"]
        );
        let both = vec![matches(FilterField::Any, "pier"), matches(FilterField::Author, "^Ann")];
        assert_eq!(titles(&[Filter::Drop(both)], &items), ["A ferry"], "all conditions must hold");
        let lacks =
            Condition { field: FilterField::Tags, test: Test::Lacks(Regex::new("port").expect("a pattern")) };
        assert!(titles(&[Filter::Keep(vec![lacks])], &items).is_empty());
    }

    #[test]
    fn invisible_characters_hide_no_word() {
        let items = [found("Spon\u{ad}so\u{200b}red: a pier", None), found("کتاب\u{200c}ها", None)];
        let sponsored = || matches(FilterField::Title, "(?i)^sponsored");
        assert_eq!(titles(&[Filter::Drop(vec![sponsored()])], &items), ["کتاب\u{200c}ها"]);
        for books in ["کتاب\u{200c}ها", "کتابها"] {
            let keep = Filter::Keep(vec![matches(FilterField::Any, books)]);
            assert_eq!(titles(&[keep], &items), ["کتاب\u{200c}ها"], "{books:?}");
        }
        let pattern = Some(Regex::new("Sponsored: ").expect("a pattern"));
        let set = Filter::Set(vec![FieldChange { field: FilterField::Title, pattern, text: String::new() }]);
        assert_eq!(titles(&[set], &items[..1]), ["a pier"]);
    }

    #[test]
    fn lengths_and_dates_are_compared() {
        let items = [found("Old", Some("2026-01-01T00:00:00+09:00")), found("A long title", None)];
        let week = Some(Bound::Ago(Duration::from_secs(7 * 86_400)));
        let new = Condition { field: FilterField::Date, test: Test::When { after: week, before: None } };
        assert_eq!(titles(&[Filter::Keep(vec![new])], &items), ["A long title"]);
        let short = Condition { field: FilterField::Title, test: Test::Length { min: 0, max: 5 } };
        assert_eq!(titles(&[Filter::Keep(vec![short])], &items), ["Old"]);
    }

    #[test]
    fn changed_texts_stay_within_their_bound() {
        let pattern = Some(Regex::new("").expect("a pattern"));
        let text = "harbour ".repeat(10_000);
        let set = || {
            Filter::Set(vec![FieldChange {
                field: FilterField::Title,
                pattern: pattern.clone(),
                text: text.clone(),
            }])
        };
        let changed = titles(&[set(), set()], &[found(&"x".repeat(1_000), None)]);
        assert!(changed[0].len() <= 4 << 20);
    }

    #[test]
    fn texts_are_changed_in_order() {
        let pattern = Some(Regex::new(r"^(\w+): ").expect("a pattern"));
        let set =
            Filter::Set(vec![FieldChange { field: FilterField::Title, pattern, text: "[$1] ".to_owned() }]);
        let keep = Filter::Keep(vec![matches(FilterField::Title, r"^\[News\]")]);
        assert_eq!(
            titles(&[set, keep], &[found("News: a pier", None), found("A ferry", None)]),
            ["[News] a pier"]
        );
    }
}
