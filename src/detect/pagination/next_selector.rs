//! The selector of the link to the next page.

use super::names::is_name_of_next;
use crate::detect::selectors::items::item_selector;
use crate::html::{ElementId, Outline};
use crate::rules::{SelectorSpec, SelectorTable};

/// The selector of the link must match it, and little else.
const MIN_FIT: f64 = 0.6;

/// The selector of a link to the next page. Other pages may have a link to the page before beside it, so it
/// goes by a name that says "next", else by the text of the link.
pub(super) fn next_selector(outline: &Outline<'_>, link: ElementId) -> Option<SelectorSpec> {
    let name = named_selector(outline, link);
    if let Some(css) = name.as_ref().filter(|css| says_next(css)) {
        return Some(SelectorSpec::Text(css.clone()));
    }
    by_text(outline, link).or_else(|| name.map(SelectorSpec::Text))
}

/// Whether a selector has a name that says "next", and not one for both directions.
fn says_next(css: &str) -> bool {
    let css = css.to_ascii_lowercase();
    let has_one_of = |words: &[&str]| words.iter().any(|word| css.contains(word));
    has_one_of(&["next", "older", "loadmore", "load-more"]) && !has_one_of(&["prev", "newer"])
}

/// The selector of a link by its text, if that is in one piece, else by its label.
fn by_text(outline: &Outline<'_>, link: ElementId) -> Option<SelectorSpec> {
    let texts = outline.own_texts(link);
    let [(_, text)] = texts.as_slice() else { return by_label(outline, link) };
    let text = on_one_line(text);
    if !is_name_of_next(&text) {
        return by_label(outline, link);
    }
    // Beside the text may stand an icon.
    let is_alone = outline.end(link) == link + 1;
    by_xpath(&text, |quoted| {
        let test = format!("normalize-space()={quoted}");
        if is_alone { format!("//a[{test}]") } else { format!("//a[text()[{test}]]") }
    })
}

fn by_label(outline: &Outline<'_>, link: ElementId) -> Option<SelectorSpec> {
    let label = |name: &'static str| Some((name, outline.attr(link, name)?));
    let mut labels = ["aria-label", "title"].into_iter().filter_map(label);
    let (name, label) = labels.find(|(_, label)| is_name_of_next(label))?;
    by_xpath(&on_one_line(label), |quoted| format!("//a[normalize-space(@{name})={quoted}]"))
}

/// A text as `normalize-space()` gives it.
fn on_one_line(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// A selector in XPath around a text, which XPath cannot write if both kinds of quotes are in it.
fn by_xpath(text: &str, path: impl Fn(&str) -> String) -> Option<SelectorSpec> {
    let quote = if text.contains('\'') { '"' } else { '\'' };
    if text.contains(quote) {
        return None;
    }
    let xpath = Some(path(&format!("{quote}{text}{quote}")));
    Some(SelectorSpec::Table(SelectorTable { xpath, ..SelectorTable::default() }))
}

/// A selector of a single link that goes by names: positions change from page to page.
fn named_selector(outline: &Outline<'_>, link: ElementId) -> Option<String> {
    let found = item_selector(outline, &[link], || None)?;
    // A run takes the first link that matches.
    let is_first = || found.selector.find_all(outline).first() == Some(&link);
    (found.fit >= MIN_FIT && found.selector.is_by_name() && is_first()).then(|| found.selector.css(outline))
}
