//! Recognises a page that lists links to other sites, such as the front page of a link blog: most of the found
//! text is in links that repeat, and no prose stands beside them.

use std::collections::{BTreeMap, HashSet};

use url::{Host, Url};

use super::element_kind::is_silent;
use super::list_page::is_article_with_headline;
use super::measure::PageContext;
use super::text::length;
use crate::html::tree::{ElementRef, Html};

/// Links of a list, at the least.
const MIN_LINKS: usize = 3;
/// Minimum length of the text of such a link.
const MIN_HEADLINE: usize = 8;
/// Maximum length of the text of such a link. A longer one is a teaser or a text of its own.
const MAX_HEADLINE: usize = 300;
/// Minimum length of a text beside links that is prose. Shorter ones are dates, names and counts.
const MIN_PROSE: usize = 40;
/// Minimum length of a sentence in an article.
const MIN_SENTENCE: usize = 10;
/// Prose beside the links, at the most: one line about the page.
const MAX_PROSE: usize = 120;
/// Marks at the end of a sentence.
const SENTENCE_ENDS: [char; 7] = ['.', '!', '?', '。', '…', '।', '؟'];
/// Marks that may stand behind the end of a sentence. There may be a space before one.
const CLOSING_MARKS: [char; 8] = ['"', '\'', '”', '’', '“', '»', ')', '」'];

/// Links that look alike: their depth in the page, and their class.
type LinkForm<'a> = (usize, &'a str);

/// The links of one form.
#[derive(Debug, Default)]
struct LinksOfForm<'a> {
    addresses: HashSet<&'a str>,
    /// The number of addresses of other sites.
    away: usize,
    text_length: usize,
}

/// Whether a page lists links to other sites. `body` holds the elements that were found as its main text: on a
/// page of cards, they may be one card only.
pub(crate) fn is_link_list(
    document: &Html,
    body: &[ElementRef<'_>],
    page: &Url,
    context: PageContext<'_>,
) -> bool {
    if !is_mostly_links(body, context) {
        return false;
    }
    let by_form = links(document, page, context);
    let Some(largest) = by_form.values().max_by_key(|links| links.text_length) else { return false };
    largest.addresses.len() >= MIN_LINKS
        && largest.away * 2 > largest.addresses.len()
        && largest.text_length * 3 >= context.text_length
        && !has_prose(document, context)
}

/// Whether most of the text of some elements is in links. The rest may be dates, names and counts.
fn is_mostly_links(body: &[ElementRef<'_>], context: PageContext<'_>) -> bool {
    let mut text = 0;
    let mut linked = 0;
    for element in body {
        let (text_length, linked_length) = context.text_lengths(*element);
        text += text_length;
        linked += linked_length;
    }
    linked > 0 && linked * 10 >= text * 7
}

/// The links to other pages, by their form.
fn links<'a>(
    document: &'a Html,
    page: &Url,
    context: PageContext<'_>,
) -> BTreeMap<LinkForm<'a>, LinksOfForm<'a>> {
    let mut by_form: BTreeMap<LinkForm<'a>, LinksOfForm<'a>> = BTreeMap::new();
    let mut open = vec![(document.root_element(), 0)];
    while let Some((element, depth)) = open.pop() {
        if is_silent(element) || context.is_boilerplate_by_name(element) {
            continue;
        }
        let text_length = context.text_length(element);
        if element.value().name() == "a"
            && (MIN_HEADLINE..=MAX_HEADLINE).contains(&text_length)
            && let Some(address) = element.attr("href")
            && let Some(is_away) = leads_away(address, page)
        {
            let class = element.attr("class").unwrap_or_default();
            let links = by_form.entry((depth, class)).or_default();
            if links.addresses.insert(address) {
                links.away += usize::from(is_away);
                links.text_length += text_length;
            }
        }
        open.extend(element.child_elements().map(|child| (child, depth + 1)));
    }
    by_form
}

/// Whether an address is one of another site. `None` if it is no other page at all.
fn leads_away(address: &str, page: &Url) -> Option<bool> {
    let mut target = page.join(address.trim()).ok()?;
    target.set_fragment(None);
    let mut own = page.clone();
    own.set_fragment(None);
    let is_other_page = matches!(target.scheme(), "http" | "https") && target != own;
    is_other_page.then(|| site(&target) != site(page))
}

/// The host of an address, without `www.` before it.
fn site(address: &Url) -> Option<Host<&str>> {
    Some(match address.host()? {
        Host::Domain(name) => Host::Domain(name.strip_prefix("www.").unwrap_or(name)),
        literal => literal,
    })
}

/// Whether the page has prose beside the links. In an article with a headline, one sentence is enough: such a
/// page is a round-up of links.
fn has_prose(document: &Html, context: PageContext<'_>) -> bool {
    let mut prose = 0;
    let mut open = vec![(document.root_element(), false)];
    while let Some((element, is_in_article)) = open.pop() {
        let is_link = element.value().name() == "a";
        if is_link || is_silent(element) || context.is_boilerplate_by_name(element) {
            continue;
        }
        let is_in_article = is_in_article || is_article_with_headline(element);
        for text in element.children().filter_map(|child| child.value().as_text()) {
            let text = text.trim();
            let text_length = length(text);
            if is_in_article && text_length >= MIN_SENTENCE && ends_a_sentence(text) {
                return true;
            }
            prose += if text_length >= MIN_PROSE { text_length } else { 0 };
        }
        open.extend(element.child_elements().map(|child| (child, is_in_article)));
    }
    prose > MAX_PROSE
}

/// Whether a text ends as a sentence does, be it one in quotation marks or in brackets.
fn ends_a_sentence(text: &str) -> bool {
    let is_behind = |c: char| c.is_whitespace() || CLOSING_MARKS.contains(&c);
    text.trim_end_matches(is_behind).ends_with(SENTENCE_ENDS)
}
