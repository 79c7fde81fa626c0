//! `kind`, `[feed.select]`, `[feed.pages]` and `[feed.article]`: compiled by the compiler of rules. Its
//! errors become problems at their places in the file.

use super::checker::FeedChecker;
use super::{address, body};
use crate::article::ArticleRules;
use crate::config::raw::{RawArticle, RawFeed};
use crate::date::DateRules;
use crate::model::Kind;
use crate::nearest::nearest;
use crate::rules::{CompiledRules, Medium, PagesSpec, RuleSpec, SelectorSpec, key, selector};

/// The rules of a feed as they are written; `None` if its kind is unknown.
pub(crate) fn rule_spec(raw: &RawFeed, checker: &mut FeedChecker<'_, '_>) -> Option<RuleSpec> {
    let kind = match raw.kind.as_deref() {
        // With rules it is a web page; without rules, the first run finds out its kind.
        None | Some("auto") if raw.select.is_some() => Kind::Html,
        None => Kind::Auto,
        Some(name) => match kind(name, checker) {
            Some(kind) => kind,
            None => {
                // The rest is checked all the same, as far as it depends on no kind.
                checker.rules(|errors| raw.pages.as_ref().map(|pages| pages.check(errors)));
                return None;
            }
        },
    };
    Some(RuleSpec { kind, select: raw.select.clone(), pages: pages(raw, checker) })
}

/// `[feed.pages]` with the secrets of its body filled in.
fn pages(raw: &RawFeed, checker: &mut FeedChecker<'_, '_>) -> Option<PagesSpec> {
    let mut pages = raw.pages.clone()?;
    if let Some(template) = &pages.url {
        address::check_template(template, checker);
    }
    if let Some(written) = &pages.body {
        let filled = body::filled(written, &[key("pages"), key("body")], checker);
        // A secret that cannot be read has its own problem; the rest is checked all the same.
        pages.body = filled.or(pages.body);
    }
    Some(pages)
}

fn kind(name: &str, checker: &mut FeedChecker<'_, '_>) -> Option<Kind> {
    let kind = Kind::parse(name);
    if kind.is_none() {
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        let hint = match nearest(name, &names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of {}", names.join(", ")),
        };
        checker.problem(&["kind"], format!("unknown kind `{name}`"), Some(hint));
    }
    kind
}

/// Compiles the rules of a feed; mistakes are noted.
pub(crate) fn compiled(
    spec: &RuleSpec,
    dates: &DateRules,
    checker: &mut FeedChecker<'_, '_>,
) -> Option<CompiledRules> {
    match spec.compile(dates) {
        Ok(rules) => Some(rules),
        Err(errors) => {
            checker.note(errors);
            None
        }
    }
}

/// The rules for the pages of articles.
pub(crate) fn article(raw: &RawArticle, checker: &mut FeedChecker<'_, '_>) -> ArticleRules {
    let mut select = |name: &str, written: Option<&SelectorSpec>| {
        let steps = [key("article"), key(name)];
        checker.rules(|errors| selector(written?, Medium::Html, &steps, errors))
    };
    let is_auto = matches!(&raw.content, Some(SelectorSpec::Text(text)) if text == "auto");
    ArticleRules {
        content: select("content", raw.content.as_ref().filter(|_| !is_auto)),
        title: select("title", raw.title.as_ref()),
    }
}
