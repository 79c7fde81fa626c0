//! An article's own page -> what it adds to its item.

use chrono::{DateTime, Utc};
use url::Url;

use super::text::Spacing;
use super::{TextLimits, address, bounded, html, text, title};
use crate::article::Article;
use crate::date::{self, DateRules};
use crate::model::{Completion, Content, DateSource, PageDate};

/// A main text of fewer characters is none, unless it says more than the item does.
const LITTLE: usize = 140;

/// What an article adds to an item. `named`: its title is the one that the person's rule found, and
/// counts in any case.
#[must_use]
pub fn complete(
    content: &Content,
    article: &Article,
    page: &Url,
    named: bool,
    language: Option<&str>,
    limits: &TextLimits,
) -> Completion {
    let spacing = Spacing::of(language.or(article.language.as_deref()));
    let clean = |raw: &str| text::clean(raw, spacing);
    let base = article.base.as_ref().unwrap_or(page);
    let headline = article.title.as_deref().map(clean).filter(|t| !t.is_empty());
    let body = article.text.as_deref().unwrap_or_default();
    // Other headings of the page complete only what is surely cut: they may be of other articles.
    let others = if title::may_be_cut(&content.title) { article.headings.as_slice() } else { &[] };
    let headings: Vec<String> = others.iter().map(|h| clean(h)).collect();
    let headlines: Vec<&str> = headline.iter().chain(&headings).map(String::as_str).collect();
    let title = match &headline {
        Some(headline) if named => Some(headline.clone()),
        _ => title::completed(&content.title, &headlines, &[body]),
    };
    let said = content.summary.as_deref().map_or(0, |s| s.chars().count());
    let enough = body.chars().count() >= LITTLE.max(said).min(said.max(LITTLE));
    let content_html = article.content_html.as_deref().filter(|_| enough || named);
    let content_html = content_html.map(|h| html::sanitise(h, base));
    // A picture that is not in the article is mostly the one that a site shares everything with.
    let pictured = article.content_html.as_deref().is_some_and(|html| html.contains("<img"));
    let image = || address("image", article.image.as_deref().filter(|_| pictured), base, &mut |_, _| {});
    Completion {
        title: title.map(|t| bounded(clean(&t), limits.title_bytes)).filter(|t| *t != content.title),
        content_html: content_html.filter(|h| !h.trim().is_empty() && h.len() <= limits.content_bytes),
        authors: if content.authors.is_empty() {
            article.byline.iter().map(|b| clean(b)).collect()
        } else {
            Vec::new()
        },
        image: if content.image.is_none() { image() } else { None },
        enclosures: Vec::new(),
    }
}

/// The date that an article's page says it has; none that has not come yet.
#[must_use]
pub fn published(article: &Article, rules: &DateRules, now: DateTime<Utc>) -> Option<PageDate> {
    let text = article.published.as_deref()?;
    let reading = date::read_machine(text, rules).or_else(|_| date::read(text, rules, Some(now))).ok()?;
    let date = PageDate {
        at: reading.at,
        precision: reading.precision,
        source: DateSource::Article,
        relative: false,
    };
    (!reading.relative && date.at <= now).then_some(date)
}
