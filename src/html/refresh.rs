//! `<meta http-equiv="refresh">`: a page that leads on to another one, or loads itself again.

use scraper::{ElementRef, Html};
use url::Url;

use super::{parse, text};

/// Depth of nesting of a page that is looked at.
const MAX_DEPTH: usize = 512;

/// Visible characters of a page that has nothing to read but a note that it has moved.
const MAX_NOTE_CHARS: usize = 200;

/// The refresh that a page declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredRefresh {
    /// The value of `content`, such as `0; url=/news`.
    pub content: String,
    /// The base of the page's relative addresses.
    pub base: Url,
    /// The page has nothing else to read.
    pub is_alone: bool,
}

/// The refresh that a page declares. One for visitors without scripts counts only if there is nothing else
/// on the page: many listings send such visitors to a page about scripts.
#[must_use]
pub fn declared_refresh(text: &str, page: &Url) -> Option<DeclaredRefresh> {
    let document = parse::parse(text, MAX_DEPTH).ok()?;
    let is_alone = is_alone(&document);
    let for_no_scripts = || is_alone.then(|| in_noscript(&document)).flatten();
    let content = content_of(&document).or_else(for_no_scripts)?;
    Some(DeclaredRefresh { content, base: parse::base(&document, page), is_alone })
}

fn is_alone(document: &Html) -> bool {
    text::visible_text(document.root_element()).chars().nth(MAX_NOTE_CHARS).is_none()
}

/// The value of the first refresh of a page; the parser has left out comments and scripts.
fn content_of(document: &Html) -> Option<String> {
    let mut metas = parse::elements_of_tag(document, "meta").filter(is_refresh);
    metas
        .find(|meta| meta.attr("content").is_some() && !is_in_template(*meta))?
        .attr("content")
        .map(str::to_owned)
}

/// Whether an element is in a `<template>`: then it is not part of the page.
fn is_in_template(element: ElementRef<'_>) -> bool {
    element.ancestors().filter_map(ElementRef::wrap).any(|around| around.value().name() == "template")
}

fn is_refresh(meta: &ElementRef<'_>) -> bool {
    meta.attr("http-equiv").is_some_and(|name| name.trim().eq_ignore_ascii_case("refresh"))
}

/// The same in `<noscript>`, whose content the parser takes for plain text, as browsers with scripts do.
fn in_noscript(document: &Html) -> Option<String> {
    parse::elements_of_tag(document, "noscript").find_map(|noscript| {
        let inner: String = noscript.text().collect();
        content_of(&parse::parse(&inner, MAX_DEPTH).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<DeclaredRefresh> {
        declared_refresh(text, &Url::parse("https://example.org/old/").expect("an address"))
    }

    #[track_caller]
    fn check(text: &str, content: Option<&str>) {
        assert_eq!(of(text).map(|r| r.content).as_deref(), content, "{text}");
    }

    #[test]
    fn a_refresh_is_found_as_browsers_find_it() {
        check("<meta http-equiv=refresh content='0; url=/new?a=1&amp;b=2'>", Some("0; url=/new?a=1&b=2"));
        check("<body>moved<META CONTENT=5 HTTP-EQUIV=' Refresh '>", Some("5"));
        check("<!-- <meta http-equiv=refresh content='0;url=/x'> -->", None);
        check("<script>'<meta http-equiv=refresh content=\"0;url=/x\">'</script>", None);
        check("<textarea><meta http-equiv=refresh content='0;url=/x'></textarea>", None);
        check("<meta name=refresh content='0;url=/x'>", None);
        check("<body><template><p><meta http-equiv=refresh content='0;url=/x'></template>", None);
        check(
            "<template><meta http-equiv=refresh content=1></template><meta http-equiv=refresh content=2>",
            Some("2"),
        );
        check("<meta http-equiv=refresh>", None);
    }

    #[test]
    fn a_refresh_without_scripts_counts_if_there_is_nothing_else() {
        let refresh = "<noscript><meta http-equiv=refresh content='0;url=/x'></noscript>";
        check(&format!("<head>{refresh}</head><body>Wait …"), Some("0;url=/x"));
        check(&format!("<body><p>Wait …</p>{refresh}"), Some("0;url=/x"));
        check(&format!("<head>{refresh}</head><body>{}", "<p>news and more news".repeat(40)), None);
    }

    #[test]
    fn the_base_and_the_rest_of_the_page_are_told() {
        let found = of("<base href=/new/><meta http-equiv=refresh content=0><p>This page has moved.");
        let found = found.expect("a refresh");
        assert_eq!((found.base.as_str(), found.is_alone), ("https://example.org/new/", true));
        let listing = "<p>one more piece of news</p>".repeat(30);
        let found = of(&format!("<meta http-equiv=refresh content=300>{listing}")).expect("a refresh");
        assert!(!found.is_alone);
    }
}
