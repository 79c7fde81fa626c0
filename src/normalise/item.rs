//! Normalises one candidate.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::{html, key, limits::TextLimits, stray_space, text, title, web_address};
use crate::html::parse::pieces;
use crate::html::plain_text;
use crate::html::spacing::Spacing;
use crate::model::{
    Candidate, Content, Enclosure, Extras, FieldName, Found, Identity, PageDate, Precision, Problem, Subject,
    media_type,
};

/// The clock of a site may run ahead by this much. A date further in the future is refused.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(10);

/// Characters of a summary that may become the title of an item without one.
const TITLE_FROM_SUMMARY_CHARS: usize = 100;

/// Bytes of a body that are searched for the rest of a cut title.
const BEGINNING_BYTES: usize = 16 * 1024;

/// Cap on the authors and on the tags of an item.
const MAX_NAMES: usize = 200;

/// A label may be this much longer than a title before it is cleaned.
const LABEL_FACTOR: usize = 4;

/// HTML may be this much larger than `content_bytes` before it is made safe, which takes out scripts and styles.
const RAW_BODY_FACTOR: usize = 8;

/// The settings that all items of one page share.
pub(super) struct ItemContext<'a> {
    /// The base of relative addresses.
    pub base: &'a Url,
    pub spacing: Spacing,
    /// The current time. Dates later than it are refused.
    pub now: DateTime<Utc>,
    pub limits: &'a TextLimits,
}

/// Collects the problems of one item.
struct ItemProblems<'a> {
    position: u32,
    problems: &'a mut Vec<Problem>,
}

impl ItemProblems<'_> {
    fn add(&mut self, subject: impl Into<Subject>, message: String) {
        self.problems.push(Problem { field: subject.into(), position: Some(self.position), message });
    }
}

/// Normalises a candidate; `None`, with a problem, if it has neither a title nor a link nor an id.
pub(super) fn normalise_item(
    candidate: &Candidate,
    context: &ItemContext<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Found> {
    let ItemContext { base, now, limits, .. } = *context;
    let position = candidate.position;
    let mut problems = ItemProblems { position, problems };
    let url = address(FieldName::Link, candidate.link.as_deref(), base, &mut problems);
    let image = address(FieldName::Image, candidate.image.as_deref(), base, &mut problems);
    let full_summary = summary(candidate.summary.as_deref(), context);
    let listed_title = listed_title(candidate.title.as_deref(), full_summary.as_deref(), context);
    let has_own_title = candidate
        .title
        .as_deref()
        .is_some_and(|title| !text::clean_within(title, limits.title_bytes).is_empty());
    let date = past_date(FieldName::Date, candidate.date, now, &mut problems);
    if listed_title.is_empty() && url.is_none() && candidate.id.is_none() {
        problems.add(Subject::Item, "neither a title nor a link; not taken as an item".to_owned());
        return None;
    }
    let other_fields = other_fields(candidate, context, &mut problems);
    let summary = full_summary.clone().filter(|s| !text::repeats(s, &listed_title));
    let listed = Content { summary, url, image, title: listed_title, ..other_fields };
    // The key is made of the title as the page writes it: a later version may repair titles better.
    // A date such as "3 hours ago" differs in each run, so it is no part of the key.
    let absolute_date = candidate.date.filter(|d| !d.relative);
    let key_title = title_in_key(candidate.title.as_deref(), &listed.title, context);
    let id = candidate.id.as_deref();
    let key_link = listed.url.as_ref().filter(|_| !candidate.is_link_within_page);
    let key = key::of(id, key_link, &key_title, absolute_date.as_ref());
    let id_is_link = key::is_link(id, listed.url.as_ref());
    let texts = || {
        let body = candidate.content.as_deref().map(|html| text::clean(&plain_text(beginning(html))));
        [body, full_summary].into_iter().flatten().collect()
    };
    let title = title::complete_or_mark(listed.title, &labels(&candidate.fuller_titles, limits), texts);
    let summary = listed.summary.filter(|s| !text::repeats(s, &title));
    let content = Content { title, summary, ..listed };
    let updated = past_date(FieldName::Updated, candidate.updated, now, &mut problems);
    let identity = Identity {
        title: content.title.clone(),
        link: content.url.clone(),
        id_is_link,
        ..Identity::default()
    };
    Some(Found { key, position, content, has_own_title, date, updated, identity })
}

/// The cleaned fields that no other field depends on.
fn other_fields(
    candidate: &Candidate,
    context: &ItemContext<'_>,
    problems: &mut ItemProblems<'_>,
) -> Content {
    let base = context.base;
    Content {
        content_html: body(candidate.content.as_deref(), context, problems),
        authors: distinct(&candidate.authors),
        tags: distinct(&candidate.tags),
        enclosures: enclosures(&candidate.enclosures, base, problems),
        comments: address(FieldName::Comments, candidate.comments.as_deref(), base, problems),
        schemes: schemes(&candidate.schemes),
        podcast: candidate.podcast.clone(),
        extras: extras(&candidate.extras, context),
        ..Content::default()
    }
}

/// The beginning of a body, which goes on after a title that the site has cut.
fn beginning(html: &str) -> &str {
    pieces(html, BEGINNING_BYTES).next().unwrap_or_default()
}

/// The cleaned summary; `None` if nothing is left of it.
fn summary(raw: Option<&str>, context: &ItemContext<'_>) -> Option<String> {
    let clean = text::clean_within(raw?, context.limits.summary_bytes);
    (!clean.is_empty()).then_some(clean)
}

/// The cleaned texts of extra fields that have something left.
fn extras(raw: &Extras, context: &ItemContext<'_>) -> Extras {
    let clean = |text: &str| text::clean_within(text, context.limits.summary_bytes);
    let cleaned = raw.iter().map(|(name, text)| (name, clean(text)));
    cleaned.filter(|(_, text)| !text.is_empty()).collect()
}

/// Cleaned tags with their vocabularies.
fn schemes(raw: &[(String, String)]) -> Vec<(String, String)> {
    raw.iter().map(|(tag, scheme)| (text::clean(tag), text::clean(scheme))).collect()
}

/// The cleaned title; the beginning of the summary if the page gives no title.
fn listed_title(raw: Option<&str>, summary: Option<&str>, context: &ItemContext<'_>) -> String {
    let max_bytes = context.limits.title_bytes;
    let title = text::clean_within(raw.unwrap_or_default(), max_bytes);
    if title.is_empty() { title_from_summary(summary, max_bytes) } else { title }
}

/// The title as it is in keys.
fn title_in_key(raw: Option<&str>, listed: &str, context: &ItemContext<'_>) -> String {
    let in_key = |title: &str| text::in_key(title, context.limits.title_bytes, context.spacing);
    let own = in_key(raw.unwrap_or_default());
    if own.is_empty() { in_key(listed) } else { own }
}

/// The cleaned labels of a title that are no longer than a title may be.
fn labels(raw: &[String], limits: &TextLimits) -> Vec<String> {
    let is_short = |label: &&String| label.len() <= LABEL_FACTOR * limits.title_bytes;
    let clean = raw.iter().filter(is_short).map(|label| text::clean(label));
    clean.filter(|label| label.len() <= limits.title_bytes).collect()
}

/// The beginning of a summary, cut at a space if it has one.
fn title_from_summary(summary: Option<&str>, max_bytes: usize) -> String {
    let Some(summary) = summary else { return String::new() };
    let beginning: String = summary.chars().take(TITLE_FROM_SUMMARY_CHARS).collect();
    if beginning.len() == summary.len() {
        return text::clean_within(&beginning, max_bytes);
    }
    let whole_words = beginning.rsplit_once(' ').map_or(beginning.as_str(), |(words, _)| words);
    text::clean_within(&format!("{whole_words}…"), max_bytes)
}

/// An absolute http(s) address; `None`, with a problem, if the text is none.
fn address(field: FieldName, raw: Option<&str>, base: &Url, problems: &mut ItemProblems<'_>) -> Option<Url> {
    web_address::absolute(raw?, base).map_err(|why| problems.add(field, why)).ok()
}

/// The date unless it is in the future: then the page or the rules are wrong, and it is a problem.
fn past_date(
    field: FieldName,
    date: Option<PageDate>,
    now: DateTime<Utc>,
    problems: &mut ItemProblems<'_>,
) -> Option<PageDate> {
    let date = date?;
    if date.at <= now + CLOCK_SKEW {
        return Some(date);
    }
    let shown = match date.precision {
        Precision::Day | Precision::Month => date.at.format("%Y-%m-%d %:z").to_string(),
        _ => date.at.to_rfc3339(),
    };
    problems.add(field, format!("{shown} is in the future and not believed; check `timezone` and `order`"));
    None
}

/// The sanitised HTML body; `None` if it is blank, or, with a problem, if it is too long.
fn body(raw: Option<&str>, context: &ItemContext<'_>, problems: &mut ItemProblems<'_>) -> Option<String> {
    let raw = raw?;
    let max_bytes = context.limits.content_bytes;
    if raw.len() > max_bytes.saturating_mul(RAW_BODY_FACTOR) {
        let message = format!("{} bytes are more than `content_bytes` allows; left out", raw.len());
        problems.add(FieldName::Content, message);
        return None;
    }
    let safe = html::sanitise(raw, context.base);
    let safe = safe.map_err(|why| problems.add(FieldName::Content, format!("{why}; left out"))).ok()?;
    let clean = stray_space::close_up(&safe, context.spacing);
    if clean.len() > max_bytes {
        let message = format!("{} bytes are more than `content_bytes` allows; left out", clean.len());
        problems.add(FieldName::Content, message);
        return None;
    }
    (!clean.trim().is_empty()).then_some(clean)
}

/// The media files, each address once. A missing media type is guessed from the address.
fn enclosures(raw: &[Enclosure], base: &Url, problems: &mut ItemProblems<'_>) -> Vec<Enclosure> {
    let mut enclosures: Vec<Enclosure> = Vec::new();
    let mut addresses = HashSet::new();
    for enclosure in raw {
        let Some(url) = address(FieldName::Enclosure, Some(&enclosure.url), base, problems) else { continue };
        let named_type = enclosure.media_type.as_deref().map(text::clean).filter(|t| t.contains('/'));
        let media_type = named_type.or_else(|| media_type::of(&url).map(str::to_owned));
        if addresses.insert(url.clone()) {
            enclosures.push(Enclosure { url: url.into(), media_type, length: enclosure.length });
        }
    }
    enclosures
}

/// The cleaned texts without empty ones, each once, in their order; no more than an item may have.
fn distinct(raw: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    let clean = raw.iter().map(|text| text::clean(text)).filter(|text| !text.is_empty());
    clean.filter(|text| seen.insert(text.clone())).take(MAX_NAMES).collect()
}
