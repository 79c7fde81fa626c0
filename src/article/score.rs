//! Where the main text is: blocks of running text vouch for the elements around them.

use std::collections::HashMap;

use super::measure::{Around, bare, is_block, is_silent, length, share};
use super::{measure, write};
use crate::html::tree::{ElementRef, Html, NodeId, Selector};

/// A block of text shorter than this says nothing of where the text is.
const MIN_BLOCK: usize = 25;
/// Ancestors that a block vouches for.
const LEVELS: usize = 5;
/// Ancestors that are looked at for more of the text.
const GROWTH: usize = 9;
/// A sibling with more of its text in links is of other articles.
const MAX_SIBLING_DENSITY: f64 = 0.33;
/// Articles inside an element that are looked at.
const MAX_ARTICLES: usize = 20;
/// A marked body must hold at least this much.
const MIN_MARKED: usize = 250;

/// The elements that hold the main text, in document order.
pub(crate) fn main_elements<'a>(
    document: &'a Html,
    title: Option<&str>,
    around: Around<'_>,
) -> Vec<ElementRef<'a>> {
    let found = holders(document, around);
    match (found.as_slice(), title) {
        ([one], Some(title)) => vec![own_article(*one, title, around).unwrap_or(*one)],
        _ => found,
    }
}

/// The article among others that has the title for its headline, if it holds most of the text.
fn own_article<'a>(holder: ElementRef<'a>, title: &str, around: Around<'_>) -> Option<ElementRef<'a>> {
    let title = bare(title);
    let titled = |e: &ElementRef<'_>| {
        let mut headings = e.descendent_elements().filter(|h| matches!(h.value().name(), "h1" | "h2"));
        headings.any(|h| bare(&h.text().collect::<String>()) == title)
    };
    let inner = holder
        .descendent_elements()
        .skip(1)
        .filter(|e| e.value().name() == "article")
        .take(MAX_ARTICLES)
        .find(titled)?;
    (around.lengths(inner).0 * 2 > around.lengths(holder).0).then_some(inner)
}

fn holders<'a>(document: &'a Html, around: Around<'_>) -> Vec<ElementRef<'a>> {
    let scores = scores(document, around);
    let Some(best) = best(document, &scores, around) else {
        return marked(document, around).or_else(|| holder(document)).into_iter().collect();
    };
    if let Some(marked) = marked(document, around) {
        let (own, found) = (around.lengths(marked).0, around.lengths(best).0);
        if own >= MIN_MARKED && own * 2 >= found {
            return vec![marked];
        }
    }
    let siblings = with_siblings(best, &scores, around);
    if siblings.len() > 1 {
        return siblings;
    }
    vec![grown(best, around)]
}

/// The element that holds the text as a whole, where its beginning or end stands beside the rest.
fn grown<'a>(mut best: ElementRef<'a>, around: Around<'_>) -> ElementRef<'a> {
    let mut text = write::write(&[best], None, around, None).text.len();
    let ancestors: Vec<ElementRef<'_>> = best.ancestors().filter_map(ElementRef::wrap).take(GROWTH).collect();
    for ancestor in ancestors {
        if matches!(ancestor.value().name(), "body" | "html") {
            break;
        }
        if around.lengths(ancestor) == around.lengths(best) {
            continue;
        }
        let more = write::write(&[ancestor], None, around, None).text.len();
        if more * 100 > text * 103 && more < text * 3 && write::runs_on(ancestor, best, around) {
            (best, text) = (ancestor, more);
        }
    }
    best
}

/// The element that a page of few words has for its text.
fn holder(document: &Html) -> Option<ElementRef<'_>> {
    ["article", "main", "body"]
        .iter()
        .find_map(|name| document.root_element().descendent_elements().find(|e| e.value().name() == *name))
}

/// The body that the page itself marks.
fn marked<'a>(document: &'a Html, around: Around<'_>) -> Option<ElementRef<'a>> {
    let selector = Selector::parse("[itemprop~=articleBody]").ok()?;
    document.select(&selector).max_by_key(|e| around.lengths(*e).0)
}

type Scores = HashMap<NodeId, f64>;

fn scores(document: &Html, around: Around<'_>) -> Scores {
    let mut scores = Scores::new();
    let mut open = vec![document.root_element()];
    while let Some(element) = open.pop() {
        if is_silent(element) || around.holds(element) {
            continue;
        }
        if is_text_block(element, around) {
            vouch(element, around, &mut scores);
        }
        open.extend(element.child_elements());
    }
    scores
}

/// An element that holds text itself: a paragraph, or a block without blocks in it.
fn is_text_block(element: ElementRef<'_>, around: Around<'_>) -> bool {
    match element.value().name() {
        "p" | "pre" | "blockquote" => true,
        "div" | "section" | "td" | "li" | "dd" | "article" | "center" => has_own_text(element, around),
        _ => false,
    }
}

fn has_own_text(element: ElementRef<'_>, around: Around<'_>) -> bool {
    let own = element.children().filter_map(|c| c.value().as_text()).map(|t| length(t)).sum::<usize>();
    let blocks = element.child_elements().any(|c| is_block(c.value().name()));
    own >= MIN_BLOCK
        || (!blocks && element.child_elements().next().is_some() && around.lengths(element).0 >= MIN_BLOCK)
}

fn vouch(block: ElementRef<'_>, around: Around<'_>, scores: &mut Scores) {
    let (all, linked) = around.lengths(block);
    if all < MIN_BLOCK {
        return;
    }
    let commas = block
        .text()
        .flat_map(str::chars)
        .filter(|c| matches!(c, ',' | '，' | '、' | '،' | '。' | ';'))
        .count();
    let unlinked = 1.0 - share(linked, all);
    let score = (1.0 + share(commas.min(10), 1) + share(all, 100).min(3.0)) * unlinked;
    let ancestors = block.ancestors().filter_map(ElementRef::wrap).take(LEVELS);
    for (level, ancestor) in ancestors.enumerate() {
        let divider = match level {
            0 => 1.0,
            1 => 2.0,
            level => share(level * 3, 1),
        };
        *scores.entry(ancestor.id()).or_insert_with(|| first_score(ancestor)) += score / divider;
    }
}

/// What an element is given for its name.
fn first_score(element: ElementRef<'_>) -> f64 {
    let by_tag = match element.value().name() {
        "article" | "main" => 10.0,
        "div" => 5.0,
        "pre" | "td" | "blockquote" | "section" => 3.0,
        "ul" | "ol" | "dl" | "form" | "address" | "li" | "dd" | "dt" => -3.0,
        "h1" | "h2" | "h3" | "h4" | "th" => -5.0,
        _ => 0.0,
    };
    by_tag + measure::weight(element)
}

fn best<'a>(document: &'a Html, scores: &Scores, around: Around<'_>) -> Option<ElementRef<'a>> {
    let wrap = |id: &NodeId| document.tree.get(*id).and_then(ElementRef::wrap);
    let mut ranked: Vec<(ElementRef<'a>, f64)> = scores
        .iter()
        .filter_map(|(id, score)| wrap(id).map(|e| (e, score * (1.0 - around.density(e)))))
        .collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.id().cmp(&b.0.id())));
    let (top, score) = *ranked.first()?;
    Some(widened(top, score, &ranked))
}

/// The element that holds most of the good ones, where the text is spread over several.
fn widened<'a>(top: ElementRef<'a>, score: f64, ranked: &[(ElementRef<'a>, f64)]) -> ElementRef<'a> {
    let rivals: Vec<ElementRef<'a>> =
        ranked.iter().skip(1).take(6).filter(|(_, s)| *s >= score * 0.75).map(|(e, _)| *e).collect();
    if rivals.len() < 3 {
        return alone(top);
    }
    let holds = |a: &ElementRef<'a>, e: &ElementRef<'a>| e.ancestors().any(|x| x.id() == a.id());
    let shared = top
        .ancestors()
        .filter_map(ElementRef::wrap)
        .find(|a| a.value().name() != "body" && rivals.iter().filter(|r| holds(a, r)).count() >= 3);
    shared.unwrap_or_else(|| alone(top))
}

/// An only child stands for its parent.
fn alone(mut element: ElementRef<'_>) -> ElementRef<'_> {
    while let Some(parent) = element.parent().and_then(ElementRef::wrap) {
        if parent.value().name() == "body" || parent.child_elements().count() != 1 {
            break;
        }
        element = parent;
    }
    element
}

/// The element, and siblings that are of the same text.
fn with_siblings<'a>(best: ElementRef<'a>, scores: &Scores, around: Around<'_>) -> Vec<ElementRef<'a>> {
    let Some(parent) = best.parent().and_then(ElementRef::wrap) else { return vec![best] };
    let own = scores.get(&best.id()).copied().unwrap_or(0.0);
    let class = best.attr("class").unwrap_or_default();
    let belongs = |e: &ElementRef<'a>| {
        if e.id() == best.id() {
            return true;
        }
        if is_silent(*e) || around.holds(*e) {
            return false;
        }
        let bonus = if !class.is_empty() && e.attr("class") == Some(class) { own * 0.2 } else { 0.0 };
        let score = scores.get(&e.id()).copied().unwrap_or(0.0) + bonus;
        let text = e.value().name() == "p" && around.lengths(*e).0 > 80 && around.density(*e) < 0.25;
        // Cards of other articles score like text, but half of their words are links.
        let cards = around.density(*e) > MAX_SIBLING_DENSITY;
        (score >= (own * 0.2).max(10.0) && !cards) || text
    };
    parent.child_elements().filter(belongs).collect()
}
