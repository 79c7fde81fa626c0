//! Recognises a page that lists other pages: nearly all of its text stands in records that are alike, and each
//! of them has a link that is its headline.

use std::collections::{BTreeMap, HashSet};

use url::Url;

use super::beside_records::{self, KnownRecords, leads_to_other_page};
use super::element_kind::{is_heading, is_silent};
use super::measure::PageContext;
use super::text::text_of;
use crate::html::tree::{ElementRef, Html, NodeId};

/// Records of a list, at the least.
const MIN_RECORDS: usize = 3;
/// Length of the text of one record, at the most. A longer one is an article of its own.
const MAX_RECORD: usize = 700;
/// Minimum length of a headline.
const MIN_HEADLINE: usize = 8;
/// Cap on the elements of a record that are looked through for its headline.
const MAX_PARTS: usize = 100;
/// Minimum length of a paragraph outside of the records.
const MIN_PARAGRAPH: usize = 60;
/// Prose outside of the records, at the most: one introduction.
const MAX_INTRODUCTION: usize = 300;

/// Elements that look alike: depth in the page, tag and class.
type RecordForm<'a> = (usize, &'a str, &'a str);

/// The records of one form.
#[derive(Debug, Default)]
struct Records<'a> {
    addresses: HashSet<&'a str>,
    ids: HashSet<NodeId>,
    text_length: usize,
}

/// All records of a page.
#[derive(Debug, Default)]
struct AllRecords<'a> {
    by_form: BTreeMap<RecordForm<'a>, Records<'a>>,
    /// Those that hold a heading.
    headed: HashSet<NodeId>,
}

/// Whether a page is a list. A page without a text of its own needs fewer records for that: `has_text` is
/// whether an article's text was found.
pub(crate) fn is_list(document: &Html, page: &Url, has_text: bool, context: PageContext<'_>) -> bool {
    let all = records(document, page, context);
    let lists = all.by_form.values().filter(|records| records.addresses.len() >= MIN_RECORDS);
    let Some(largest) = lists.max_by_key(|records| records.text_length) else { return false };
    if !has_text {
        return largest.text_length * 3 >= context.text_length;
    }
    let known = KnownRecords { listed: &largest.ids, headed: &all.headed };
    largest.text_length * 3 >= context.text_length * 2
        && !has_prose_outside(document, &largest.ids, context)
        && !beside_records::has_article(document, known, page, context)
        && !are_parts_of_article(document, &largest.ids, context)
}

/// Whether the records are the parts of one article: they stand in the `<article>` of the headline, say more
/// than their links do, and have no dates of their own.
fn are_parts_of_article(document: &Html, records: &HashSet<NodeId>, context: PageContext<'_>) -> bool {
    let is_article = |e: &ElementRef<'_>| e.value().name() == "article" && !records.contains(&e.id());
    let headline = document.root_element().descendent_elements().find(|e| e.value().name() == "h1");
    let article = headline.and_then(|h1| h1.ancestors().filter_map(ElementRef::wrap).find(is_article));
    let Some(article) = article else { return false };
    let mut count = 0;
    let mut text = 0;
    let mut linked = 0;
    for element in article.descendent_elements() {
        if element.value().name() == "time" {
            return false;
        }
        if records.contains(&element.id()) {
            let (text_length, linked_length) = context.text_lengths(element);
            count += 1;
            text += text_length;
            linked += linked_length;
        }
    }
    count * 2 > records.len() && linked * 2 < text
}

/// All elements that may be records, by their form.
fn records<'a>(document: &'a Html, page: &Url, context: PageContext<'_>) -> AllRecords<'a> {
    let mut out = AllRecords::default();
    let mut open = vec![(document.root_element(), 0)];
    while let Some((element, depth)) = open.pop() {
        if is_silent(element) {
            continue;
        }
        let text_length = context.text_length(element);
        if text_length < MIN_HEADLINE {
            continue;
        }
        let name = element.value().name();
        let may_be_record = matches!(name, "li" | "div" | "article" | "section" | "tr" | "a" | "dt");
        if may_be_record
            && text_length <= MAX_RECORD
            && let Some(address) = headline_address(element, page, context)
        {
            let form = (depth, name, element.attr("class").unwrap_or_default());
            if element.descendent_elements().take(MAX_PARTS).any(is_heading) {
                out.headed.insert(element.id());
            }
            let records = out.by_form.entry(form).or_default();
            records.ids.insert(element.id());
            if records.addresses.insert(address) {
                records.text_length += text_length;
            }
        }
        open.extend(element.child_elements().map(|child| (child, depth + 1)));
    }
    out
}

/// The address of the link that is the headline of a record: it is a heading, or holds one, or has a large
/// part of the record's text. It leads to a page of the same site.
fn headline_address<'a>(record: ElementRef<'a>, page: &Url, context: PageContext<'_>) -> Option<&'a str> {
    let length = context.text_length(record);
    let is_headline = |link: &ElementRef<'_>| {
        let link_length = context.text_length(*link);
        let is_in_heading = || {
            link.ancestors()
                .filter_map(ElementRef::wrap)
                .take_while(|a| a.id() != record.id())
                .any(is_heading)
        };
        let holds_heading = || link.descendent_elements().take(MAX_PARTS).any(is_heading);
        link_length >= MIN_HEADLINE && (link_length * 4 >= length || is_in_heading() || holds_heading())
    };
    record
        .descendent_elements()
        .take(MAX_PARTS)
        .filter(|e| e.value().name() == "a" && is_headline(e))
        .filter_map(|e| e.attr("href"))
        .find(|address| leads_to_other_page(address, page))
}

/// Whether there is more prose outside of the records than one introduction. Text beside a headline inside
/// the same `<article>` counts in any length: it is a short article, and the records are further ones.
fn has_prose_outside(document: &Html, records: &HashSet<NodeId>, context: PageContext<'_>) -> bool {
    let mut blocks = 0;
    let mut prose = 0;
    let mut open = vec![(document.root_element(), false)];
    while let Some((element, is_in_article)) = open.pop() {
        if is_silent(element) || records.contains(&element.id()) || context.is_boilerplate_by_name(element) {
            continue;
        }
        let is_in_article = is_in_article || is_article_with_headline(element);
        let (text_length, linked_length) = context.text_lengths(element);
        let is_block = matches!(element.value().name(), "p" | "blockquote" | "pre");
        if is_block && linked_length * 2 < text_length {
            let text = text_of(element);
            let is_sentence = text.ends_with(['.', '!', '?', '。', '…', '।', '؟']);
            if is_in_article && (is_sentence || text_length >= MIN_PARAGRAPH) {
                return true;
            }
            if text_length >= MIN_PARAGRAPH {
                blocks += 1;
                prose += text_length;
            }
            continue;
        }
        open.extend(element.child_elements().map(|child| (child, is_in_article)));
    }
    blocks > 1 || prose > MAX_INTRODUCTION
}

/// Whether an element is an `<article>` with the headline of the page.
pub(crate) fn is_article_with_headline(element: ElementRef<'_>) -> bool {
    element.value().name() == "article" && element.descendent_elements().any(|e| e.value().name() == "h1")
}
