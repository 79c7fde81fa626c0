//! Keeps, drops and changes items after they were found. Pure.
//!
//! Filters are applied one after the other, each to what the ones before it left.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use regex::Regex;

use crate::model::{Found, Problem, Subject};

/// One step.
#[derive(Debug, Clone)]
pub enum Filter {
    /// Only items that fulfil all conditions stay.
    Keep(Vec<Condition>),
    /// Items that fulfil all conditions go.
    Drop(Vec<Condition>),
    /// Texts are changed.
    Set(Vec<Change>),
}

/// What an item must be like.
#[derive(Debug, Clone)]
pub struct Condition {
    /// Where it is looked at.
    pub field: Field,
    /// What is looked for.
    pub test: Test,
}

/// A part of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Any text of the item.
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
    /// Date of the page.
    Date,
}

impl Field {
    /// Names in `[[feed.filter]]`.
    pub const NAMES: [&'static str; 8] =
        ["any", "title", "link", "summary", "content", "author", "tags", "date"];

    /// The field of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let all = [
            Self::Any,
            Self::Title,
            Self::Link,
            Self::Summary,
            Self::Content,
            Self::Author,
            Self::Tags,
            Self::Date,
        ];
        Self::NAMES.iter().position(|n| *n == name).map(|i| all[i])
    }
}

/// What is looked for in a field.
#[derive(Debug, Clone)]
pub enum Test {
    /// A pattern that matches one of its texts.
    Matches(Regex),
    /// A pattern that matches none of them.
    Lacks(Regex),
    /// Characters of its longest text.
    Length {
        /// At least.
        min: usize,
        /// At most.
        max: usize,
    },
    /// A date within bounds; an item without a date of the page is new now.
    When {
        /// Not before.
        after: Option<Bound>,
        /// Before.
        before: Option<Bound>,
    },
}

/// A moment in a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Itself.
    At(DateTime<Utc>),
    /// So long before the run.
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

/// A change of a text.
#[derive(Debug, Clone)]
pub struct Change {
    /// Which one; not the date.
    pub field: Field,
    /// Every match of it is replaced; `None`: the whole text.
    pub pattern: Option<Regex>,
    /// What stands there afterwards; `$1` is a group of the pattern.
    pub text: String,
}

/// Applies filters in order. What was left out is told in one problem for each filter.
#[must_use]
pub fn apply(filters: &[Filter], found: Vec<Found>, now: DateTime<Utc>) -> (Vec<Found>, Vec<Problem>) {
    let (mut found, mut problems) = (found, Vec::new());
    for (i, filter) in filters.iter().enumerate() {
        let before = found.len();
        match filter {
            Filter::Keep(conditions) => found.retain(|f| all(conditions, f, now)),
            Filter::Drop(conditions) => found.retain(|f| !all(conditions, f, now)),
            Filter::Set(changes) => found.iter_mut().for_each(|f| changes.iter().for_each(|c| change(c, f))),
        }
        if found.len() < before {
            let message = format!("filter {} left out {} of {before} items", i + 1, before - found.len());
            problems.push(Problem { field: Subject::Filter, position: None, message });
        }
    }
    (found, problems)
}

fn all(conditions: &[Condition], item: &Found, now: DateTime<Utc>) -> bool {
    conditions.iter().all(|c| holds(c, item, now))
}

fn holds(condition: &Condition, item: &Found, now: DateTime<Utc>) -> bool {
    let texts = texts(condition.field, item);
    match &condition.test {
        Test::Matches(pattern) => texts.iter().any(|t| pattern.is_match(t)),
        Test::Lacks(pattern) => !texts.iter().any(|t| pattern.is_match(t)),
        Test::Length { min, max } => {
            let longest = texts.iter().map(|t| t.chars().count()).max().unwrap_or(0);
            (*min..=*max).contains(&longest)
        }
        Test::When { after, before } => {
            let at = item.date.map_or(now, |d| d.at.to_utc());
            after.is_none_or(|b| at >= b.moment(now)) && before.is_none_or(|b| at < b.moment(now))
        }
    }
}

fn texts(field: Field, item: &Found) -> Vec<&str> {
    let content = &item.content;
    match field {
        Field::Title => vec![content.title.as_str()],
        Field::Link => content.url.as_ref().map(url::Url::as_str).into_iter().collect(),
        Field::Summary => content.summary.as_deref().into_iter().collect(),
        Field::Content => content.content_html.as_deref().into_iter().collect(),
        Field::Author => content.authors.iter().map(String::as_str).collect(),
        Field::Tags => content.tags.iter().map(String::as_str).collect(),
        Field::Date => Vec::new(),
        Field::Any => [Field::Title, Field::Link, Field::Summary, Field::Content, Field::Author, Field::Tags]
            .into_iter()
            .flat_map(|f| texts(f, item))
            .collect(),
    }
}

fn change(change: &Change, item: &mut Found) {
    let new = |old: &str| match &change.pattern {
        Some(pattern) => pattern.replace_all(old, change.text.as_str()).into_owned(),
        None => change.text.clone(),
    };
    let content = &mut item.content;
    let list = |old: &[String]| -> Vec<String> {
        let whole = change.pattern.is_none();
        let changed = if whole { vec![change.text.clone()] } else { old.iter().map(|t| new(t)).collect() };
        changed.into_iter().filter(|t| !t.trim().is_empty()).collect()
    };
    match change.field {
        Field::Title => content.title = new(&content.title),
        Field::Summary => {
            let text = new(content.summary.as_deref().unwrap_or_default());
            content.summary = Some(text).filter(|s| !s.is_empty());
        }
        Field::Content => content.content_html = content.content_html.as_deref().map(new),
        Field::Link => {
            let changed = content.url.as_ref().and_then(|u| url::Url::parse(&new(u.as_str())).ok());
            content.url = changed.filter(|u| matches!(u.scheme(), "http" | "https")).or(content.url.take());
        }
        Field::Author => content.authors = list(&content.authors),
        Field::Tags => content.tags = list(&content.tags),
        Field::Any | Field::Date => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Content, DateSource, PageDate, Precision};

    fn found(title: &str, date: Option<&str>) -> Found {
        let date = date.map(|d| PageDate {
            at: d.parse().expect("an instant"),
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
        Found { key: title.to_owned(), position: 0, content, date, updated: None }
    }

    fn titles(filters: &[Filter], items: &[Found]) -> Vec<String> {
        let now = "2026-03-05T06:00:00Z".parse().expect("an instant");
        let (left, _) = apply(filters, items.to_vec(), now);
        left.into_iter().map(|f| f.content.title).collect()
    }

    fn matches(field: Field, pattern: &str) -> Condition {
        Condition { field, test: Test::Matches(Regex::new(pattern).expect("a pattern")) }
    }

    #[test]
    fn what_matches_goes_or_stays() {
        let items = [found("Sponsored: a pier", None), found("A new pier", None), found("A ferry", None)];
        assert_eq!(
            titles(&[Filter::Drop(vec![matches(Field::Title, "(?i)^sponsored")])], &items),
            ["A new pier", "A ferry"]
        );
        assert_eq!(
            titles(&[Filter::Keep(vec![matches(Field::Any, "pier")])], &items),
            ["Sponsored: a pier", "A new pier"]
        );
        let both = vec![matches(Field::Any, "pier"), matches(Field::Author, "^Ann")];
        assert_eq!(titles(&[Filter::Drop(both)], &items), ["A ferry"], "all conditions must hold");
        let lacks =
            Condition { field: Field::Tags, test: Test::Lacks(Regex::new("port").expect("a pattern")) };
        assert!(titles(&[Filter::Keep(vec![lacks])], &items).is_empty());
    }

    #[test]
    fn lengths_and_dates_are_compared() {
        let items = [found("Old", Some("2026-01-01T00:00:00+09:00")), found("A long title", None)];
        let week = Some(Bound::Ago(Duration::from_secs(7 * 86_400)));
        let new = Condition { field: Field::Date, test: Test::When { after: week, before: None } };
        assert_eq!(titles(&[Filter::Keep(vec![new])], &items), ["A long title"]);
        let short = Condition { field: Field::Title, test: Test::Length { min: 0, max: 5 } };
        assert_eq!(titles(&[Filter::Keep(vec![short])], &items), ["Old"]);
    }

    #[test]
    fn texts_are_changed_in_order() {
        let pattern = Some(Regex::new(r"^(\w+): ").expect("a pattern"));
        let set = Filter::Set(vec![Change { field: Field::Title, pattern, text: "[$1] ".to_owned() }]);
        let keep = Filter::Keep(vec![matches(Field::Title, r"^\[News\]")]);
        assert_eq!(
            titles(&[set, keep], &[found("News: a pier", None), found("A ferry", None)]),
            ["[News] a pier"]
        );
    }
}
