//! `kind`, `[feed.select]` and `[feed.pages]` -> what a source is, how it is read, and where more of it is.

use chrono_tz::Tz;
use url::Url;

use super::super::Pages;
use super::super::raw::shorthand::{RawBody, RawSelector};
use super::super::raw::{RawArticle, RawFeed, RawPages};
use super::super::read::{Step, nearest};
use super::feed::FeedChecker;
use super::selector::Medium;
use super::{fields, selector};
use crate::article::ArticleRules;
use crate::date::DateRules;
use crate::rules::{Rules, SourceKind};

/// Pages that one run reads.
const DEFAULT_PAGES: u32 = 5;
const MAX_PAGES: u32 = 100;
/// Items of one page.
const DEFAULT_COUNT: u32 = 10;

const KINDS: [&str; 7] = ["auto", "html", "json", "feed", "sitemap", "structured", "wordpress"];

/// What the page is, and how it is read.
pub(crate) fn source(raw: &RawFeed, zone: Tz, at: &mut FeedChecker<'_, '_>) -> Option<SourceKind> {
    let dates = DateRules { format: None, zone, order: None, language: raw.language.clone() };
    let kind = match raw.kind.as_deref() {
        // With rules it is a page; without, the page itself says what it is.
        None | Some("auto") if raw.select.is_some() => "html",
        None => "auto",
        Some(kind) => kind,
    };
    if kind == "auto" {
        unruled(raw, at);
        return Some(SourceKind::Auto(dates));
    }
    let medium = if kind == "json" { Medium::Json } else { Medium::Html };
    if matches!(kind, "html" | "json") {
        let rules = fields::check(raw.select.as_ref(), medium, &dates, at);
        let pages = raw.pages.as_ref();
        let steps = [Step::Key("pages".to_owned()), Step::Key("next".to_owned())];
        let next = pages.and_then(|p| p.next.as_ref());
        let next = next.and_then(|n| selector::selector(n, medium, &steps, at));
        let cursor = pages.and_then(|p| p.cursor.as_ref());
        let cursor = cursor.map(|c| fields::cursor(c, medium, &dates, at));
        let rules = Box::new(Rules { next, cursor, ..rules? });
        return Some(if medium == Medium::Json { SourceKind::Json(rules) } else { SourceKind::Html(rules) });
    }
    let source = match kind {
        "feed" => SourceKind::Feed(dates),
        "sitemap" => SourceKind::Sitemap(dates),
        "structured" => SourceKind::Structured(dates),
        "wordpress" => SourceKind::WordPress(dates),
        _ => {
            let hint = match nearest(kind, &KINDS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("one of {}", KINDS.join(", ")),
            };
            at.problem(&["kind"], format!("unknown kind `{kind}`"), Some(hint));
            return None;
        }
    };
    needless(raw, kind, at);
    Some(source)
}

/// What a feed without rules cannot say of further pages: what finds them is found with the listing.
fn unruled(raw: &RawFeed, at: &mut FeedChecker<'_, '_>) {
    let pages = raw.pages.as_ref();
    for (name, given) in [
        ("next", pages.is_some_and(|p| p.next.is_some())),
        ("cursor", pages.is_some_and(|p| p.cursor.is_some())),
    ] {
        if given {
            let hint = "without rules, further pages are found by themselves".to_owned();
            at.problem(&["pages", name], format!("`{name}` goes with `[feed.select]`"), Some(hint));
        }
    }
}

/// What a kind has no use for that says itself what is what.
fn needless(raw: &RawFeed, kind: &str, at: &mut FeedChecker<'_, '_>) {
    if raw.select.is_some() {
        let hint = "leave it out: such a source says itself what is what".to_owned();
        at.problem(&["select"], format!("`[feed.select]` does not go with `kind = \"{kind}\"`"), Some(hint));
    }
    let pages = raw.pages.as_ref();
    for (name, given) in [
        ("next", pages.is_some_and(|p| p.next.is_some())),
        ("cursor", pages.is_some_and(|p| p.cursor.is_some())),
    ] {
        if given {
            at.problem(&["pages", name], format!("`{name}` does not go with `kind = \"{kind}\"`"), None);
        }
    }
}

/// How the items' own pages are read.
pub(crate) fn article(raw: &RawArticle, at: &mut FeedChecker<'_, '_>) -> ArticleRules {
    let mut select = |name: &str, selector: Option<&RawSelector>| {
        let steps = [Step::Key("article".to_owned()), Step::Key(name.to_owned())];
        selector::selector(selector?, Medium::Html, &steps, at)
    };
    let by_itself = matches!(&raw.content, Some(RawSelector::Text(text)) if text == "auto");
    ArticleRules {
        content: select("content", raw.content.as_ref().filter(|_| !by_itself)),
        title: select("title", raw.title.as_ref()),
    }
}

/// More pages than the first.
pub(crate) fn pages(raw: &RawPages, at: &mut FeedChecker<'_, '_>) -> Pages {
    let max = raw.max.unwrap_or(DEFAULT_PAGES);
    if !(1..=MAX_PAGES).contains(&max) {
        at.problem(&["pages", "max"], format!("`max` must be 1 to {MAX_PAGES}"), None);
    }
    let count = raw.count.unwrap_or(DEFAULT_COUNT);
    if !(1..=1000).contains(&count) {
        at.problem(&["pages", "count"], "`count` must be 1 to 1000".to_owned(), None);
    }
    let made = raw.url.is_some() || raw.body.is_some();
    if raw.next.is_some() && made {
        let hint = "`next` follows a link of the page, `url` and `body` make the requests".to_owned();
        at.problem(&["pages"], "`next` does not go together with `url` or `body`".to_owned(), Some(hint));
    }
    let body = raw.body.as_ref().map(RawBody::text);
    placeholders(raw, body.as_deref(), at);
    Pages { template: raw.url.clone(), body, count, max }
}

/// Placeholders must be there, be known, and make an address.
fn placeholders(raw: &RawPages, body: Option<&str>, at: &mut FeedChecker<'_, '_>) {
    let names = ["{page}", "{offset}", "{count}", "{cursor}"];
    let moves = |text: &str| ["{page}", "{offset}", "{cursor}"].iter().any(|n| text.contains(n));
    if let Some(text) = &raw.url {
        let filled = names.iter().fold(text.clone(), |t, name| t.replace(name, "2"));
        let web = Url::parse(&filled).is_ok_and(|u| matches!(u.scheme(), "http" | "https"));
        let still = body.is_none_or(|b| !moves(b)) && !moves(text);
        if !web || still || filled.contains(['{', '}']) {
            let hint = "for example \"https://example.org/more?from={offset}&to={count}\"".to_owned();
            let message =
                format!("`{text}` is no address with `{{page}}`, `{{offset}}` or `{{cursor}}` in it");
            at.problem(&["pages", "url"], message, Some(hint));
        }
    } else if let Some(text) = body
        && !moves(text)
    {
        let message = "the body has none of `{page}`, `{offset}` and `{cursor}` in it".to_owned();
        at.problem(&["pages", "body"], message, Some("each page would be the first one".to_owned()));
    }
    let used = raw.url.iter().map(String::as_str).chain(body).any(|t| t.contains("{cursor}"));
    if used != raw.cursor.is_some() {
        let (message, hint) = if used {
            ("`{cursor}` is used, and no `cursor` says what it is", "for example cursor = \"$.meta.next\"")
        } else {
            ("`cursor` is used nowhere", "write {cursor} into `url` or `body`")
        };
        at.problem(&["pages"], message.to_owned(), Some(hint.to_owned()));
    }
}
