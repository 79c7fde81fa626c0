//! Finds what the page of an article adds to its item.

use chrono::{DateTime, Utc};
use url::Url;

use super::limits::TextLimits;
use super::{html, stray_space, text, title, web_address};
use crate::article::Article;
use crate::date::{self, DateRules};
use crate::html::spacing::Spacing;
use crate::model::{Completion, Content, DateSource, PageDate};

/// A main text counts only if it has at least this many characters, and at least as many as the summary
/// of the item.
const MIN_TEXT_CHARS: usize = 140;

/// The settings for completing an item by the page of its article.
#[derive(Debug, Clone, Copy)]
pub struct CompletionContext<'a> {
    /// Address of the article's page.
    pub page: &'a Url,
    /// Whether a rule of the feed found the article's title. Then title and text always count.
    pub title_by_rule: bool,
    /// BCP 47 language of the feed, if its configuration names one.
    pub language: Option<&'a str>,
    /// Limits of the item's texts.
    pub limits: &'a TextLimits,
}

/// The fields that an article's page adds to an item.
#[must_use]
pub fn complete(content: &Content, article: &Article, context: &CompletionContext<'_>) -> Completion {
    let spacing = Spacing::of(context.language.or(article.language.as_deref()));
    let base = article.base.as_ref().unwrap_or(context.page);
    let limits = context.limits;
    let title = article_title(content, article, context.title_by_rule);
    let content_html = article
        .content_html
        .as_deref()
        .filter(|_| context.title_by_rule || is_long_enough(content, article))
        .and_then(|raw| html::sanitise(raw, base).ok())
        .map(|clean| stray_space::close_up(&clean, spacing));
    let authors = if content.authors.is_empty() { article.byline.as_slice() } else { &[] };
    Completion {
        title: title.map(|t| text::clean_within(&t, limits.title_bytes)).filter(|t| *t != content.title),
        content_html: content_html.filter(|h| !h.trim().is_empty() && h.len() <= limits.content_bytes),
        authors: authors.iter().map(|byline| text::clean(byline)).collect(),
        image: if content.image.is_none() { article_image(article, base) } else { None },
        enclosures: Vec::new(),
    }
}

/// The whole title: the article's headline if a rule found it, else the headline, heading or sentence by
/// which the title of the item goes on.
fn article_title(content: &Content, article: &Article, title_by_rule: bool) -> Option<String> {
    let headline = article.title.as_deref().map(text::clean).filter(|t| !t.is_empty());
    if title_by_rule && headline.is_some() {
        return headline;
    }
    // Other headings of the page may belong to other articles. They complete only a title that is
    // likely to be cut.
    let raw_headings = if title::may_be_cut(&content.title) { article.headings.as_slice() } else { &[] };
    let headings: Vec<String> = raw_headings.iter().map(|h| text::clean(h)).collect();
    let headlines: Vec<&str> = headline.iter().chain(&headings).map(String::as_str).collect();
    title::completed(&content.title, &headlines, &[article.text.as_deref().unwrap_or_default()])
}

/// Whether the article's text is long enough to be the main text, and no shorter than the summary.
fn is_long_enough(content: &Content, article: &Article) -> bool {
    let text_chars = article.text.as_deref().map_or(0, |text| text.chars().count());
    let summary_chars = content.summary.as_deref().map_or(0, |summary| summary.chars().count());
    text_chars >= MIN_TEXT_CHARS.max(summary_chars)
}

/// The article's picture, if its text has any. Without one in the text, the page's picture is mostly one
/// that the site shows on all of its pages.
fn article_image(article: &Article, base: &Url) -> Option<Url> {
    let has_picture = article.content_html.as_deref().is_some_and(|html| html.contains("<img"));
    let image = article.image.as_deref().filter(|_| has_picture)?;
    web_address::absolute(image, base).ok()
}

/// The date of publication that an article's page names; `None` if it is later than `now`.
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
