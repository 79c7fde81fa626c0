//! The headline of an article, without the name of its site.

use super::text::comparable;
use crate::html::parse;
use crate::html::text::visible_text;
use crate::html::tree::{Html, Selector};

/// Separators between a headline and the name of a site.
const SEPARATORS: &[&str] =
    &[" | ", " - ", " – ", " — ", " » ", " « ", " :: ", " / ", " · ", " • ", " ~ ", "｜", " : ", " -- "];

/// Minimum length of a title, in characters. A shorter one is only the name of the site.
const MIN_TITLE: usize = 15;

/// Cap on the headings that are compared with the title.
const MAX_HEADINGS: usize = 60;

/// The headline: that of the metadata, else the page's `<title>`, without the name of the site; else the
/// page's only heading.
pub(crate) fn headline(document: &Html, of_metadata: Option<String>, site: Option<&str>) -> Option<String> {
    let headings = headings(document);
    let is_of_metadata = of_metadata.is_some();
    let page_title = parse::title(document);
    let whole_title = page_title.clone().unwrap_or_default();
    let title = of_metadata.or_else(|| heading_for_short_title(document, &whole_title)).or(page_title);
    let found = match title {
        Some(title) => without_site(&title, site, &headings, !is_of_metadata),
        None => only_heading(document)?,
    };
    // The heading with the same letters is preferred: it has typographic quotes where metadata has plain
    // ones. But metadata that agrees with the `<title>` is taken as it is.
    let is_confirmed = is_of_metadata && whole_title.contains(&found);
    let same_heading =
        headings.iter().find(|h| !is_confirmed && comparable(h) == comparable(&found)).cloned();
    Some(same_heading.unwrap_or(found)).filter(|t| !t.is_empty())
}

/// The first headings of a page, in page order.
pub(crate) fn headings(document: &Html) -> Vec<String> {
    let selector =
        Selector::parse("h1, h2, [itemprop~=headline], .title, .headline").expect("a valid selector");
    document.select(&selector).map(visible_text).filter(|t| !t.is_empty()).take(MAX_HEADINGS).collect()
}

/// The only heading of a page, if the page's title is too short to be a headline.
fn heading_for_short_title(document: &Html, title: &str) -> Option<String> {
    only_heading(document)
        .filter(|heading| title.chars().count() < MIN_TITLE && heading.chars().count() >= MIN_TITLE)
}

/// The `h1` of a page that has exactly one.
fn only_heading(document: &Html) -> Option<String> {
    let selector = Selector::parse("h1").expect("a valid selector");
    let mut headings = document.select(&selector).map(visible_text).filter(|t| !t.is_empty());
    let first = headings.next()?;
    headings.next().is_none().then_some(first)
}

/// Removes the name of the site from a title such as `Headline | Site`.
///
/// It keeps the part that is a heading of the page; else it removes the part that is the name of the site;
/// else, if `by_length`, it removes a short end.
fn without_site(full_title: &str, site: Option<&str>, headings: &[String], by_length: bool) -> String {
    let title = full_title.trim();
    let site_name = site.map(comparable);
    let is_site = |part: &str| site_name.as_ref().is_some_and(|name| *name == comparable(part));
    let is_heading = |part: &str| headings.iter().any(|h| comparable(h) == comparable(part));
    let parts = parts(title);
    if is_heading(title) && !comparable(title).is_empty() {
        return title.to_owned();
    }
    let heading = parts
        .iter()
        .flat_map(|(head, tail)| [*head, *tail])
        .filter(|part| comparable(part).chars().count() > 3 && is_heading(part) && !is_site(part))
        .max_by_key(|part| part.len());
    if let Some(heading) = heading {
        return heading.to_owned();
    }
    for (head, tail) in &parts {
        if is_site(tail) {
            return (*head).to_owned();
        }
        if is_site(head) {
            return (*tail).to_owned();
        }
    }
    let shortened = parts.iter().rev().find(|(head, tail)| by_length && is_short_end(head, tail));
    shortened.map_or(title, |(head, _)| head).to_owned()
}

/// Whether the second part of a title is short compared with the first, as the name of a site is. Scripts
/// without spaces between words are compared by characters.
fn is_short_end(head: &str, tail: &str) -> bool {
    let words = |text: &str| text.split_whitespace().count();
    let has_no_spaces = head.chars().filter(|c| !c.is_ascii()).count() > head.len() / 4 && words(head) < 3;
    (words(head) >= 3 && words(tail) <= 4)
        || (has_no_spaces && head.chars().count() >= 2 * tail.chars().count())
}

/// All pairs of parts of a title, split at the first and the last of each separator; the shortest first
/// part comes first.
fn parts(title: &str) -> Vec<(&str, &str)> {
    let split_at = |separator: &&'static str| {
        [title.split_once(*separator), title.rsplit_once(*separator)].into_iter().flatten()
    };
    let mut out: Vec<(&str, &str)> =
        SEPARATORS.iter().flat_map(split_at).map(|(head, tail)| (head.trim(), tail.trim())).collect();
    out.retain(|(head, tail)| !head.is_empty() && !tail.is_empty());
    out.sort_by_key(|(head, _)| head.len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, site: Option<&str>, headings: &[&str], expected: &str) {
        let headings: Vec<String> = headings.iter().map(|h| (*h).to_owned()).collect();
        assert_eq!(without_site(title, site, &headings, true), expected);
    }

    #[test]
    fn the_name_of_the_site_goes() {
        check("New pier opens | Wire", None, &["Wire", "New pier opens"], "New pier opens");
        check("Wire - New pier opens", Some("Wire"), &[], "New pier opens");
        check("New pier - at last - opens - The Wire", None, &[], "New pier - at last - opens");
        check(
            "山あいの無人駅に小さな図書室、開設｜みどり新報",
            None,
            &[],
            "山あいの無人駅に小さな図書室、開設",
        );
        check("Court :: Notice of a hearing", None, &["Court", "Notice of a hearing"], "Notice of a hearing");
        check("New pier - really", None, &["New pier - really"], "New pier - really");
        check("AC/DC", None, &[], "AC/DC");
    }
}
