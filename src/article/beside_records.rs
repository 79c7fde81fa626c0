//! Recognises an article on a page most of whose text stands in records, such as teasers of other articles:
//! its headline stands outside of the records, and a date line or a text of its own comes after it.

use std::collections::HashSet;

use url::Url;

use super::element_kind::{is_block, is_silent};
use super::head_boilerplate::is_date_line;
use super::measure::PageContext;
use super::text::{length, text_of};
use crate::html::tree::{ElementRef, Html, NodeId};

/// Minimum length of a block that is surely the text of an article: longer than most introductions.
const MIN_BLOCK: usize = 120;
/// Minimum length of a block that counts together with others.
const MIN_SENTENCE: usize = 60;
/// Minimum length of several such blocks.
const MIN_TEXT: usize = 200;
/// Minimum length of a block on a page without a headline.
const MIN_WITHOUT_HEADLINE: usize = 300;
/// Maximum length of a date line.
const MAX_DATE_LINE: usize = 140;
/// Lines after the headline that may be the date line.
const MAX_LINES: usize = 6;
/// Lines outside of the records that are dates: that of the publication, and that of a change. More of them
/// are those of a list.
const MAX_DATES: usize = 2;

/// The records of a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KnownRecords<'r> {
    /// The records of the list.
    pub(crate) listed: &'r HashSet<NodeId>,
    /// Records of any form that hold a heading, such as a large teaser.
    pub(crate) headed: &'r HashSet<NodeId>,
}

/// Whether a page has an article outside of its records. On the front page of a site, a date line is that of
/// the day.
pub(crate) fn has_article(
    document: &Html,
    records: KnownRecords<'_>,
    page: &Url,
    context: PageContext<'_>,
) -> bool {
    let headline = headline(document, page, records);
    let around_headline: HashSet<NodeId> =
        headline.into_iter().flat_map(|h1| h1.ancestors().map(|node| node.id())).collect();
    let mut search = Search {
        records,
        context,
        headline: headline.map(|h1| h1.id()),
        around_headline,
        is_after_headline: false,
        lines_left: if page.path() == "/" { 0 } else { MAX_LINES },
        has_date_line: false,
        dates: 0,
        text_length: 0,
    };
    search.finds_text(document.root_element()) || (search.has_date_line && search.dates <= MAX_DATES)
}

/// The first `<h1>` that stands in no record and leads to no other page, as the name of a site and the headline
/// of a teaser do.
fn headline<'a>(document: &'a Html, page: &Url, records: KnownRecords<'_>) -> Option<ElementRef<'a>> {
    let mut open = vec![document.root_element()];
    while let Some(element) = open.pop() {
        if is_silent(element) || records.listed.contains(&element.id()) {
            continue;
        }
        if element.value().name() == "h1" && !leads_elsewhere(element, page) {
            return Some(element);
        }
        let children: Vec<ElementRef<'_>> = element.child_elements().collect();
        open.extend(children.into_iter().rev());
    }
    None
}

/// Whether a link in a heading or right around it leads to another page or to the front page. A link to the
/// page itself may be without its query.
fn leads_elsewhere(heading: ElementRef<'_>, page: &Url) -> bool {
    let mut own = page.clone();
    own.set_query(None);
    let around = heading.parent().and_then(ElementRef::wrap);
    let mut links = heading.descendent_elements().chain(around).filter_map(|e| e.attr("href"));
    links.any(|address| {
        let leads_to_other = leads_to_other_page(address, page) && leads_to_other_page(address, &own);
        leads_to_other || leads_to_front_page(address)
    })
}

/// Whether an address is that of another page of the same site.
pub(crate) fn leads_to_other_page(address: &str, page: &Url) -> bool {
    let Ok(mut target) = page.join(address.trim()) else { return false };
    target.set_fragment(None);
    let mut own = page.clone();
    own.set_fragment(None);
    matches!(target.scheme(), "http" | "https") && target.host_str() == page.host_str() && target != own
}

fn leads_to_front_page(address: &str) -> bool {
    let address = address.trim();
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => address,
    };
    path == "/"
}

struct Search<'r, 'm> {
    records: KnownRecords<'r>,
    context: PageContext<'m>,
    headline: Option<NodeId>,
    around_headline: HashSet<NodeId>,
    is_after_headline: bool,
    /// The number of lines that may still be the date line.
    lines_left: usize,
    has_date_line: bool,
    /// The number of lines after the headline that are dates.
    dates: usize,
    /// The length of the blocks of text so far.
    text_length: usize,
}

impl Search<'_, '_> {
    /// Whether the text after the headline is that of an article. Notes the date lines.
    fn finds_text(&mut self, root: ElementRef<'_>) -> bool {
        let mut open = vec![root];
        while let Some(element) = open.pop() {
            if is_silent(element) || self.is_passed(element) {
                continue;
            }
            if self.is_article_text(element) {
                return true;
            }
            // A block without blocks inside it is read as a whole.
            if self.context.measure(element).blocks > 0 {
                let children: Vec<ElementRef<'_>> = element.child_elements().collect();
                open.extend(children.into_iter().rev());
            }
        }
        false
    }

    /// Whether an element is not searched: the headline, or a record.
    fn is_passed(&mut self, element: ElementRef<'_>) -> bool {
        let id = element.id();
        if self.headline == Some(id) {
            self.is_after_headline = true;
            return true;
        }
        let is_record = self.records.listed.contains(&id) || self.records.headed.contains(&id);
        if !is_record || self.around_headline.contains(&id) {
            return false;
        }
        // Dates after a record belong to records.
        if self.is_after_headline {
            self.lines_left = 0;
        }
        true
    }

    /// Whether an element, with the texts before it, makes an article. What stands around the headline may
    /// have the text after it.
    fn is_article_text(&mut self, element: ElementRef<'_>) -> bool {
        let is_around = self.around_headline.contains(&element.id());
        if self.headline.is_some() && !self.is_after_headline && !is_around {
            return false;
        }
        if self.is_after_headline {
            self.note_date(element);
        }
        if !is_around && self.context.is_boilerplate_by_name(element) {
            return false;
        }
        let own_length = own_length(element, self.context);
        if own_length < MIN_SENTENCE || !is_prose(element, self.context) {
            return false;
        }
        self.text_length += own_length;
        if self.headline.is_none() {
            return own_length >= MIN_WITHOUT_HEADLINE;
        }
        own_length >= MIN_BLOCK || self.text_length >= MIN_TEXT
    }

    /// Counts an element that is a date line. Its names are mostly those of boilerplate, such as `meta`.
    fn note_date(&mut self, element: ElementRef<'_>) {
        let (text_length, linked_length) = self.context.text_lengths(element);
        if text_length == 0 || self.context.measure(element).blocks > 0 {
            return;
        }
        let is_date = text_length <= MAX_DATE_LINE
            && linked_length * 2 < text_length
            && (is_date_line(&text_of(element)) || holds_time(element));
        self.has_date_line |= is_date && self.lines_left > 0;
        self.dates += usize::from(is_date);
        self.lines_left = self.lines_left.saturating_sub(1);
    }
}

fn holds_time(element: ElementRef<'_>) -> bool {
    element.descendent_elements().any(|e| e.value().name() == "time")
}

/// The length of the text that an element has of its own: in itself, or in elements inside a line. That in
/// links does not count.
fn own_length(element: ElementRef<'_>, context: PageContext<'_>) -> usize {
    let of_inline = |child: ElementRef<'_>| {
        let (text_length, linked_length) = context.text_lengths(child);
        text_length.saturating_sub(linked_length)
    };
    let texts = element.children().filter_map(|child| child.value().as_text());
    let own: usize = texts.map(|text| length(text.trim())).sum();
    own + inline_children(element, context).map(of_inline).sum::<usize>()
}

/// The elements in a block that go on in its lines.
fn inline_children<'a>(
    element: ElementRef<'a>,
    context: PageContext<'_>,
) -> impl Iterator<Item = ElementRef<'a>> {
    element.child_elements().filter(move |child| {
        context.measure(*child).blocks == 0 && !is_block(child.value().name()) && !is_silent(*child)
    })
}

/// Whether the text of an element has the mark of a sentence, and is no notice about rights.
fn is_prose(element: ElementRef<'_>, context: PageContext<'_>) -> bool {
    let own = element.children().filter_map(|child| child.value().as_text().map(|text| &**text));
    let mut has_mark = false;
    for text in own.chain(inline_children(element, context).flat_map(|child| child.text())) {
        if text.contains('©') {
            return false;
        }
        has_mark |= text.contains(['.', '!', '?', '。', '？', '！', '…', '।', '؟']);
    }
    has_mark
}
