//! The headline of an article, without the name of its site.

use super::measure::bare;
use crate::html::tree::{Html, Selector};
use crate::html::{parse, text};

/// What stands between a headline and the name of a site.
const SEPARATORS: &[&str] =
    &[" | ", " - ", " – ", " — ", " » ", " « ", " :: ", " / ", " · ", " • ", " ~ ", "｜", " : ", " -- "];

/// So short a title is the name of the site, or none.
const SHORT: usize = 15;

/// Headings that are compared with the title.
const MAX_HEADINGS: usize = 60;

/// The headline: as the page says it for machines, else its `<title>`, without the site's name; else its
/// only heading.
pub(crate) fn headline(document: &Html, said: Option<String>, site: Option<&str>) -> Option<String> {
    let headings = headings(document);
    let by_itself = said.is_none();
    let whole = parse::title(document).unwrap_or_default();
    let said = said.or_else(|| by_heading(document, &whole));
    let found = match said.or_else(|| parse::title(document)) {
        Some(title) => without_site(&title, site, &headings, by_itself),
        None => only(document)?,
    };
    // A heading that says the same has the marks of print where data has those of typewriters.
    // What the page says twice is meant as it is.
    let twice = !by_itself && whole.contains(&found);
    let as_set = headings.iter().find(|h| !twice && bare(h) == bare(&found)).cloned();
    Some(as_set.unwrap_or(found)).filter(|t| !t.is_empty())
}

pub(crate) fn headings(document: &Html) -> Vec<String> {
    let selector =
        Selector::parse("h1, h2, [itemprop~=headline], .title, .headline").expect("a valid selector");
    document.select(&selector).map(text::visible_text).filter(|t| !t.is_empty()).take(MAX_HEADINGS).collect()
}

/// The only heading of a page whose title says nothing.
fn by_heading(document: &Html, title: &str) -> Option<String> {
    only(document).filter(|h| title.chars().count() < SHORT && h.chars().count() >= SHORT)
}

fn only(document: &Html) -> Option<String> {
    let selector = Selector::parse("h1").expect("a valid selector");
    let mut headings = document.select(&selector).map(text::visible_text).filter(|t| !t.is_empty());
    let first = headings.next()?;
    headings.next().is_none().then_some(first)
}

/// `Headline | Site`: the part that is a heading of the page, else without the part that is the site's
/// name, else, `by_length`, without a short end.
fn without_site(title: &str, site: Option<&str>, headings: &[String], by_length: bool) -> String {
    let title = title.trim();
    let bare_site = site.map(bare);
    let is_site = |part: &str| bare_site.as_ref().is_some_and(|s| *s == bare(part));
    let is_heading = |part: &str| headings.iter().any(|h| bare(h) == bare(part));
    let parts = parts(title);
    if is_heading(title) && !bare(title).is_empty() {
        return title.to_owned();
    }
    let heading = parts
        .iter()
        .flat_map(|(head, tail)| [*head, *tail])
        .filter(|part| bare(part).chars().count() > 3 && is_heading(part) && !is_site(part))
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
    let short = |head: &str, tail: &str| {
        let words = |t: &str| t.split_whitespace().count();
        let dense = head.chars().filter(|c| !c.is_ascii()).count() > head.len() / 4 && words(head) < 3;
        (words(head) >= 3 && words(tail) <= 4) || (dense && head.chars().count() >= 2 * tail.chars().count())
    };
    let cut = parts.iter().rev().find(|(head, tail)| by_length && short(head, tail));
    cut.map_or(title, |(head, _)| head).to_owned()
}

/// Every way to part a title in two, at the first and the last of each separator.
fn parts(title: &str) -> Vec<(&str, &str)> {
    let at = |separator: &&'static str| {
        [title.split_once(*separator), title.rsplit_once(*separator)].into_iter().flatten()
    };
    let mut out: Vec<(&str, &str)> =
        SEPARATORS.iter().flat_map(at).map(|(head, tail)| (head.trim(), tail.trim())).collect();
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
