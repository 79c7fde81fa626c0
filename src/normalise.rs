//! candidate -> found item: clean text, absolute addresses, sanitised HTML, a key. Pure.

mod article;
mod html;
mod key;
mod text;
mod title;
mod web_address;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::extract::Extraction;
use crate::html::plain_text;
use crate::model::{Candidate, Content, Enclosure, Found, PageDate, Precision, Problem, media_type};

use text::Spacing;

pub use article::{complete, published};

/// Clocks of sites run ahead a little; what is further ahead is not believed.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(10);

/// From this share of items on, one and the same picture is a logo.
const LOGO_MIN_ITEMS: usize = 4;

/// Bounds of the texts of one item, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextLimits {
    /// Title.
    pub title_bytes: usize,
    /// Summary.
    pub summary_bytes: usize,
    /// HTML of the body.
    pub content_bytes: usize,
}

/// Normalises what was extracted. `now` judges dates: a date in the future is not believed.
/// `language` decides where punctuation has spaces before it.
///
/// The problems of the extraction come back with those found here, by position.
#[must_use]
pub fn normalise(
    extraction: Extraction,
    language: Option<&str>,
    now: DateTime<Utc>,
    limits: &TextLimits,
) -> (Vec<Found>, Vec<Problem>) {
    let context = Context { base: &extraction.base.clone(), spacing: Spacing::of(language), now, limits };
    let Extraction { candidates, mut problems, .. } = extraction;
    let mut found: Vec<Found> =
        candidates.into_iter().filter_map(|candidate| one(candidate, &context, &mut problems)).collect();
    drop_logo(&mut found, &mut problems);
    let found = key::settle(found, &mut problems);
    problems.sort_by_key(|p| p.position);
    (found, problems)
}

/// What two addresses of one page have in common: scheme, `www.`, fragment, tracking parameters and a
/// trailing slash do not count.
#[must_use]
pub fn same_address(url: &Url) -> String {
    key::normalised(url)
}

/// HTML that is safe to show in a reader: allowed elements and attributes, absolute addresses.
#[must_use]
pub fn safe_html(html: &str, base: &Url) -> String {
    html::sanitise(html, base)
}

/// What all items of a page share.
struct Context<'a> {
    base: &'a Url,
    spacing: Spacing,
    now: DateTime<Utc>,
    limits: &'a TextLimits,
}

fn one(candidate: Candidate, context: &Context<'_>, problems: &mut Vec<Problem>) -> Option<Found> {
    let Context { base, spacing, now, limits } = *context;
    let clean = |raw: &str| text::clean(raw, spacing);
    let position = candidate.position;
    let mut note = |field: &str, message: String| {
        problems.push(Problem { field: field.to_owned(), position: Some(position), message });
    };
    let url = address("link", candidate.link.as_deref(), base, &mut note);
    let image = address("image", candidate.image.as_deref(), base, &mut note);
    let title = bounded(clean(candidate.title.as_deref().unwrap_or_default()), limits.title_bytes);
    let summary = candidate.summary.as_deref().map(clean).filter(|s| !s.is_empty());
    let summary = summary.map(|s| bounded(s, limits.summary_bytes));
    let summary_text = summary.clone();
    let title = if title.is_empty() { headline(summary.as_deref(), limits.title_bytes) } else { title };
    let written = candidate.date.filter(|d| !d.relative);
    let date = believed("date", candidate.date, now, &mut note);
    if title.is_empty() && url.is_none() && candidate.id.is_none() {
        note("item", "neither a title nor a link; not taken as an item".to_owned());
        return None;
    }
    let content_html = body(candidate.content.as_deref(), base, limits.content_bytes, &mut note);
    let content = Content {
        summary: summary.filter(|s| !text::repeats(s, &title)),
        url,
        content_html,
        authors: distinct(&candidate.authors, clean),
        tags: distinct(&candidate.tags, clean),
        image,
        enclosures: enclosures(candidate.enclosures, base, &mut note),
        comments: address("comments", candidate.comments.as_deref(), base, &mut note),
        schemes: candidate.schemes.into_iter().map(|(tag, scheme)| (clean(&tag), clean(&scheme))).collect(),
        podcast: candidate.podcast,
        title,
    };
    // The key is made of what the page says; how a title is shown may get better.
    let key = key::of(candidate.id.as_deref(), &content, written.as_ref());
    let texts = || {
        let body = candidate.content.as_deref().map(|html| clean(&plain_text(html)));
        [body, summary_text].into_iter().flatten().collect()
    };
    let title = title::mended(content.title, texts);
    let summary = content.summary.filter(|s| !text::repeats(s, &title));
    let content = Content { title, summary, ..content };
    let updated = believed("updated", candidate.updated, now, &mut note);
    Some(Found { key, position, content, date, updated })
}

/// An absolute http(s) address, or a problem.
fn address(field: &str, raw: Option<&str>, base: &Url, note: &mut impl FnMut(&str, String)) -> Option<Url> {
    let raw = raw?;
    match web_address::absolute(raw, base) {
        Ok(url) => Some(url),
        Err(why) => {
            note(field, why);
            None
        }
    }
}

/// A date that has not come yet is a mistake of the page or of the rules.
fn believed(
    field: &str,
    date: Option<PageDate>,
    now: DateTime<Utc>,
    note: &mut impl FnMut(&str, String),
) -> Option<PageDate> {
    let date = date?;
    if date.at <= now + CLOCK_SKEW {
        return Some(date);
    }
    let shown = match date.precision {
        Precision::Day | Precision::Month => date.at.format("%Y-%m-%d %:z").to_string(),
        _ => date.at.to_rfc3339(),
    };
    note(field, format!("{shown} is in the future and not believed; check `timezone` and `order`"));
    None
}

fn body(raw: Option<&str>, base: &Url, max: usize, note: &mut impl FnMut(&str, String)) -> Option<String> {
    let clean = html::sanitise(raw?, base);
    if clean.len() > max {
        note("content", format!("{} bytes are more than `content_bytes` allows; left out", clean.len()));
        return None;
    }
    (!clean.trim().is_empty()).then_some(clean)
}

fn enclosures(raw: Vec<Enclosure>, base: &Url, note: &mut impl FnMut(&str, String)) -> Vec<Enclosure> {
    let mut out: Vec<Enclosure> = Vec::new();
    for enclosure in raw {
        let Some(url) = address("enclosure", Some(&enclosure.url), base, note) else { continue };
        let media_type =
            enclosure.media_type.map(|t| text::clean(&t, Spacing::Plain)).filter(|t| t.contains('/'));
        let media_type = media_type.or_else(|| media_type::of(&url).map(str::to_owned));
        if out.iter().all(|e| e.url != url.as_str()) {
            out.push(Enclosure { url: url.into(), media_type, length: enclosure.length });
        }
    }
    out
}

fn distinct(raw: &[String], clean: impl Fn(&str) -> String) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for text in raw.iter().map(|t| clean(t)).filter(|t| !t.is_empty()) {
        if !out.contains(&text) {
            out.push(text);
        }
    }
    out
}

fn bounded(mut text: String, max: usize) -> String {
    if text.len() > max {
        let mut cut = max.saturating_sub('…'.len_utf8());
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        text.truncate(cut);
        text.push('…');
    }
    text
}

/// The title of an item whose page gives none: the beginning of its summary.
fn headline(summary: Option<&str>, max: usize) -> String {
    let Some(summary) = summary else { return String::new() };
    let words: String = summary.chars().take(100).collect();
    let cut = words.len() < summary.len();
    let whole = if cut { words.rsplit_once(' ').map_or(words.as_str(), |(head, _)| head) } else { &words };
    bounded(if cut { format!("{whole}…") } else { whole.to_owned() }, max)
}

/// One picture on most items is the publisher's logo and says nothing of any of them.
fn drop_logo(found: &mut [Found], problems: &mut Vec<Problem>) {
    let mut counts: std::collections::HashMap<&Url, usize> = std::collections::HashMap::new();
    for image in found.iter().filter_map(|f| f.content.image.as_ref()) {
        *counts.entry(image).or_default() += 1;
    }
    let common = counts.into_iter().max_by_key(|(url, n)| (*n, url.as_str()));
    let Some((logo, n)) = common.map(|(url, n)| (url.clone(), n)) else { return };
    if n < LOGO_MIN_ITEMS || n * 2 <= found.len() {
        return;
    }
    for item in found.iter_mut().filter(|f| f.content.image.as_ref() == Some(&logo)) {
        item.content.image = None;
    }
    let message = format!("{logo} stands on {n} items: taken for a logo and left out");
    problems.push(Problem { field: "image".to_owned(), position: None, message });
}
