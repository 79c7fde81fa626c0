//! Finds the elements that hold the main text: the best scored, and what belongs to them.

use super::element_kind::is_silent;
use super::measure::PageContext;
use super::score::{Scores, score_elements};
use super::text::comparable;
use super::whole::around_more_prose;
use super::write;
use crate::html::tree::{ElementRef, Html, Selector};

/// Number of ancestors that are checked for more of the text.
const MAX_GROWTH: usize = 9;
/// Maximum link density of a sibling that belongs to the text.
const MAX_SIBLING_DENSITY: f64 = 0.33;
/// Cap on the articles inside an element that are checked for the headline.
const MAX_ARTICLES: usize = 20;
/// Minimum length of a sibling that may be more of the text.
const MIN_SIBLING: usize = 80;
/// Minimum length of the text in a body that the page marks.
const MIN_MARKED: usize = 250;

/// The elements that hold the main text, in page order.
pub(crate) fn body_elements<'a>(
    document: &'a Html,
    title: Option<&str>,
    context: PageContext<'_>,
) -> Vec<ElementRef<'a>> {
    let found = find(document, context);
    match (found.as_slice(), title) {
        ([one], Some(title)) => vec![article_with_title(*one, title, context).unwrap_or(*one)],
        _ => found,
    }
}

/// The article inside an element whose headline is the title, if it has most of the text: the others are
/// teasers.
fn article_with_title<'a>(
    element: ElementRef<'a>,
    title: &str,
    context: PageContext<'_>,
) -> Option<ElementRef<'a>> {
    let wanted = comparable(title);
    let has_title = |e: &ElementRef<'_>| {
        let mut headings = e.descendent_elements().filter(|h| matches!(h.value().name(), "h1" | "h2"));
        headings.any(|h| comparable(&h.text().collect::<String>()) == wanted)
    };
    let article = element
        .descendent_elements()
        .skip(1)
        .filter(|e| e.value().name() == "article")
        .take(MAX_ARTICLES)
        .find(has_title)?;
    (context.text_length(article) * 2 > context.text_length(element)).then_some(article)
}

fn find<'a>(document: &'a Html, context: PageContext<'_>) -> Vec<ElementRef<'a>> {
    let scores = score_elements(document, context);
    let marked = marked_body(document, context);
    let Some(best) = best_element(document, &scores, context) else {
        return marked.or_else(|| by_tag(document)).into_iter().collect();
    };
    if let Some(marked) = marked {
        let marked_length = context.text_length(marked);
        if marked_length >= MIN_MARKED && marked_length * 2 >= context.text_length(best) {
            if stands_beside_boilerplate(marked, context) {
                return vec![marked];
            }
            return vec![around_more_prose(&[marked], context).unwrap_or(marked)];
        }
    }
    let siblings = with_siblings(best, &scores, context);
    if let Some(whole) = around_more_prose(&siblings, context) {
        return vec![grow(whole, context)];
    }
    if siblings.len() > 1 {
        return siblings;
    }
    vec![grow(best, context)]
}

/// The body that the page itself marks.
fn marked_body<'a>(document: &'a Html, context: PageContext<'_>) -> Option<ElementRef<'a>> {
    let selector = Selector::parse("[itemprop~=articleBody]").ok()?;
    document.select(&selector).max_by_key(|e| context.text_length(*e))
}

/// Whether all longer elements beside an element have names of boilerplate: comments, other articles.
fn stands_beside_boilerplate(element: ElementRef<'_>, context: PageContext<'_>) -> bool {
    let Some(parent) = element.parent().and_then(ElementRef::wrap) else { return false };
    let mut longer = parent
        .child_elements()
        .filter(|e| e.id() != element.id() && !is_silent(*e) && context.text_length(*e) >= MIN_SIBLING);
    let Some(first) = longer.next() else { return false };
    context.has_boilerplate_name(first) && longer.all(|e| context.has_boilerplate_name(e))
}

/// The body of a page with too few words for scores.
fn by_tag(document: &Html) -> Option<ElementRef<'_>> {
    ["article", "main", "body"]
        .iter()
        .find_map(|name| document.root_element().descendent_elements().find(|e| e.value().name() == *name))
}

fn best_element<'a>(document: &'a Html, scores: &Scores, context: PageContext<'_>) -> Option<ElementRef<'a>> {
    let mut ranked: Vec<(ElementRef<'a>, f64)> = scores
        .iter()
        .filter_map(|(id, score)| {
            let element = document.tree.get(*id).and_then(ElementRef::wrap)?;
            Some((element, score * (1.0 - context.link_density(element))))
        })
        .collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.id().cmp(&b.0.id())));
    let (top, score) = *ranked.first()?;
    Some(around_rivals(top, score, &ranked))
}

/// The closest element around most of the best ones, where the text is spread over several.
fn around_rivals<'a>(top: ElementRef<'a>, score: f64, ranked: &[(ElementRef<'a>, f64)]) -> ElementRef<'a> {
    let rivals: Vec<ElementRef<'a>> =
        ranked.iter().skip(1).take(6).filter(|(_, s)| *s >= score * 0.75).map(|(e, _)| *e).collect();
    if rivals.len() < 3 {
        return parent_of_only_child(top);
    }
    let holds = |a: &ElementRef<'a>, e: &ElementRef<'a>| e.ancestors().any(|x| x.id() == a.id());
    let shared = top
        .ancestors()
        .filter_map(ElementRef::wrap)
        .find(|a| a.value().name() != "body" && rivals.iter().filter(|r| holds(a, r)).count() >= 3);
    shared.unwrap_or_else(|| parent_of_only_child(top))
}

/// The outermost element of which an element is the only child, directly or through only children.
fn parent_of_only_child(mut element: ElementRef<'_>) -> ElementRef<'_> {
    while let Some(parent) = element.parent().and_then(ElementRef::wrap) {
        if parent.value().name() == "body" || parent.child_elements().count() != 1 {
            break;
        }
        element = parent;
    }
    element
}

/// The best element, and the siblings that belong to the same text.
fn with_siblings<'a>(best: ElementRef<'a>, scores: &Scores, context: PageContext<'_>) -> Vec<ElementRef<'a>> {
    let Some(parent) = best.parent().and_then(ElementRef::wrap) else { return vec![best] };
    let best_score = scores.get(&best.id()).copied().unwrap_or(0.0);
    let class = best.attr("class").unwrap_or_default();
    let belongs = |e: &ElementRef<'a>| {
        if e.id() == best.id() {
            return true;
        }
        if is_silent(*e) || context.is_boilerplate_by_name(*e) {
            return false;
        }
        let has_same_class = !class.is_empty() && e.attr("class") == Some(class);
        let bonus = if has_same_class { best_score * 0.2 } else { 0.0 };
        let score = scores.get(&e.id()).copied().unwrap_or(0.0) + bonus;
        let density = context.link_density(*e);
        let is_paragraph = e.value().name() == "p" && context.text_length(*e) > 80 && density < 0.25;
        // Cards of other articles score like text, but half of their words are links.
        let is_card = density > MAX_SIBLING_DENSITY;
        (score >= (best_score * 0.2).max(10.0) && !is_card) || is_paragraph
    };
    parent.child_elements().filter(belongs).collect()
}

/// The element around the best one that holds the text as a whole, where its beginning or end is outside of
/// the best one.
fn grow<'a>(mut best: ElementRef<'a>, context: PageContext<'_>) -> ElementRef<'a> {
    let written_length = |e: ElementRef<'a>| write::write(&[e], None, context, None).text.len();
    let mut best_length = written_length(best);
    let ancestors: Vec<ElementRef<'_>> =
        best.ancestors().filter_map(ElementRef::wrap).take(MAX_GROWTH).collect();
    for ancestor in ancestors {
        if matches!(ancestor.value().name(), "body" | "html") {
            break;
        }
        if context.text_lengths(ancestor) == context.text_lengths(best) {
            continue;
        }
        let length = written_length(ancestor);
        let is_larger = length * 100 > best_length * 103 && length < best_length * 3;
        if is_larger && adds_prose(ancestor, best, context) {
            best = ancestor;
            best_length = length;
        }
    }
    best
}

/// Whether the text that a larger element adds to a smaller one is prose: most of it in long paragraphs,
/// with few links.
fn adds_prose(larger: ElementRef<'_>, smaller: ElementRef<'_>, context: PageContext<'_>) -> bool {
    let (larger_length, larger_linked) = context.text_lengths(larger);
    let (smaller_length, smaller_linked) = context.text_lengths(smaller);
    let added_length = larger_length.saturating_sub(smaller_length);
    let added_linked = larger_linked.saturating_sub(smaller_linked);
    // Cards of other articles have paragraphs, too, but their headings are links.
    if added_linked * 3 > added_length {
        return false;
    }
    let is_in_smaller =
        |e: &ElementRef<'_>| e.ancestors().any(|a| a.id() == smaller.id()) || e.id() == smaller.id();
    let is_boilerplate = |e: ElementRef<'_>| is_silent(e) || context.is_boilerplate_by_name(e);
    let is_in_boilerplate = |e: &ElementRef<'_>| {
        let mut between = e.ancestors().take_while(|a| a.id() != larger.id()).filter_map(ElementRef::wrap);
        is_boilerplate(*e) || between.any(is_boilerplate)
    };
    let mut total = 0;
    let mut linked = 0;
    let mut in_long_paragraphs = 0;
    for paragraph in larger.descendent_elements().filter(|e| e.value().name() == "p") {
        if is_in_smaller(&paragraph) || is_in_boilerplate(&paragraph) {
            continue;
        }
        let (text_length, linked_length) = context.text_lengths(paragraph);
        total += text_length;
        linked += linked_length;
        in_long_paragraphs += if text_length > 80 { text_length } else { 0 };
    }
    total > 80 && linked * 4 < total && in_long_paragraphs * 3 > total * 2
}
