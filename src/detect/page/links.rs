//! The targets of the page's links, and the facts that their addresses alone show.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use url::Url;

use super::hash::FxHashMap;
use crate::detect::ratio::ratio;
use crate::html::table_spans::COPY_MARK;
use crate::html::{ElementId, Outline};

/// Ancestors of a link that may be its cell.
const MAX_CELL_LEVELS: usize = 12;

/// The target of a link.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about an address")]
pub(crate) struct LinkTarget {
    /// The address, without its fragment.
    pub(crate) address: String,
    /// Identifies the address among those of the page.
    pub(crate) number: u32,
    /// Whether its path names a tag, a category, an author or their like.
    pub(crate) is_taxonomy: bool,
    /// Whether it is an action on a page, such as to like or to share it.
    pub(crate) is_action: bool,
    /// Whether it is a PDF or an office document.
    pub(crate) is_document: bool,
    /// Whether it looks like the address of an article: a number, a date or many words at the end.
    pub(crate) is_article_like: bool,
    /// Whether its path lies below that of the page.
    pub(crate) is_below_page: bool,
}

/// The targets of links, each with the index of the record that holds the link.
pub(crate) type RecordTargets = [(usize, Rc<LinkTarget>)];

/// The share of targets for which something is true.
pub(crate) fn share(targets: &RecordTargets, test: impl Fn(&LinkTarget) -> bool) -> f64 {
    ratio(targets.iter().filter(|(_, target)| test(target)).count(), targets.len())
}

/// How many different addresses there are among targets.
pub(crate) fn distinct<'t>(targets: impl Iterator<Item = &'t Rc<LinkTarget>>) -> usize {
    let mut numbers: Vec<u32> = targets.map(|t| t.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.len()
}

/// The address of a page, and the base of its links.
#[derive(Clone, Copy)]
pub(crate) struct PageUrls<'p> {
    pub(crate) base: &'p Url,
    pub(crate) page: &'p Url,
}

/// The targets of the page's links; each link is resolved once.
pub(crate) struct LinkTargets<'a> {
    pub(crate) urls: PageUrls<'a>,
    /// The page's address with a slash at its end. Addresses below the page begin with it. Empty if the page
    /// is the root of a site.
    page_prefix: String,
    by_element: RefCell<FxHashMap<ElementId, Option<Rc<LinkTarget>>>>,
    by_address: RefCell<HashMap<String, Rc<LinkTarget>>>,
}

impl<'a> LinkTargets<'a> {
    pub(crate) fn new(urls: PageUrls<'a>) -> Self {
        let page_prefix = match urls.page.path().trim_end_matches('/') {
            "" => String::new(),
            path => format!("{}{path}/", urls.page.origin().ascii_serialization()),
        };
        Self { urls, page_prefix, by_element: RefCell::default(), by_address: RefCell::default() }
    }

    /// The target of an element; `None` if the element is no link, or its link does not lead to another page.
    pub(crate) fn target(&self, outline: &Outline<'_>, element: ElementId) -> Option<Rc<LinkTarget>> {
        if outline.tag_text(element) != "a" {
            return None;
        }
        let mut by_element = self.by_element.borrow_mut();
        let target = || {
            let href = outline.attr(element, "href").filter(|_| !is_in_copy(outline, element))?;
            self.resolve(href)
        };
        by_element.entry(element).or_insert_with(target).clone()
    }

    fn resolve(&self, href: &str) -> Option<Rc<LinkTarget>> {
        let href = href.trim();
        if href.is_empty() || href.starts_with('#') {
            return None;
        }
        let mut url = self.urls.base.join(href).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        url.set_fragment(None);
        if url == *self.urls.page {
            return None;
        }
        let mut by_address = self.by_address.borrow_mut();
        let number = u32::try_from(by_address.len()).unwrap_or(u32::MAX);
        let target = by_address
            .entry(String::from(url))
            .or_insert_with_key(|address| Rc::new(self.classify(address, number)));
        Some(Rc::clone(target))
    }

    fn classify(&self, address: &str, number: u32) -> LinkTarget {
        LinkTarget {
            address: address.to_owned(),
            number,
            is_taxonomy: is_taxonomy(address),
            is_action: is_action(address, self.urls.page),
            is_document: is_document(address),
            is_article_like: is_article_like(address, self.urls.page),
            is_below_page: !self.page_prefix.is_empty() && address.starts_with(&self.page_prefix),
        }
    }
}

/// Whether an element lies in the copy of a cell: the link there is that of another row.
fn is_in_copy(outline: &Outline<'_>, element: ElementId) -> bool {
    let cell = outline.ancestors(element).take(MAX_CELL_LEVELS).find(|e| is_cell(outline, *e));
    cell.is_some_and(|cell| outline.attr(cell, COPY_MARK).is_some())
}

fn is_cell(outline: &Outline<'_>, element: ElementId) -> bool {
    matches!(outline.tag_text(element), "td" | "th")
}

fn is_document(address: &str) -> bool {
    const EXTENSIONS: [&str; 7] = [".pdf", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx"];
    let path = without_query(address);
    let ends_with = |extension: &&str| {
        let start = path.len().checked_sub(extension.len());
        start.and_then(|start| path.get(start..)).is_some_and(|tail| tail.eq_ignore_ascii_case(extension))
    };
    EXTENSIONS.iter().any(ends_with)
}

fn is_taxonomy(address: &str) -> bool {
    const WORDS: [&str; 20] = [
        "tag",
        "tags",
        "topic",
        "topics",
        "category",
        "categories",
        "cat",
        "label",
        "labels",
        "author",
        "authors",
        "user",
        "users",
        "profile",
        "profiles",
        "member",
        "members",
        "people",
        "u",
        "search",
    ];
    // The first three parts are the scheme (`https:`), an empty text, and the host.
    let mut path_parts = without_query(address).split('/').skip(3);
    path_parts.any(|part| WORDS.iter().any(|word| part.eq_ignore_ascii_case(word)))
}

/// Whether an address likes, votes for or keeps a page, or hands one of this site to another site.
fn is_action(address: &str, page: &Url) -> bool {
    const ACTIONS: [&str; 5] = ["like", "share", "vote", "clap", "bookmark"];
    let last_part = without_query(address).trim_end_matches('/').split('/').skip(3).last();
    last_part.is_some_and(|part| ACTIONS.iter().any(|action| part.eq_ignore_ascii_case(action)))
        || is_share_of(address, page)
}

/// Whether an address of another site has the address of a page of this site in its query.
fn is_share_of(address: &str, page: &Url) -> bool {
    if !address.split_once('?').is_some_and(|(_, query)| query.contains("u=") || query.contains("url=")) {
        return false;
    }
    let Ok(target) = Url::parse(address) else { return false };
    let is_of_page = |value: &str| Url::parse(value).is_ok_and(|shared| shared.host() == page.host());
    target.host() != page.host()
        && target.query_pairs().any(|(name, value)| matches!(&*name, "u" | "url") && is_of_page(&value))
}

fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or(address)
}

fn is_article_like(address: &str, page: &Url) -> bool {
    let without_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host_and_path, query) = without_scheme.split_once('?').unwrap_or((without_scheme, ""));
    let path = host_and_path.find('/').map_or("/", |start| &host_and_path[start..]);
    let last_part = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let words = last_part.split(['-', '_']).filter(|word| word.len() > 1).count();
    let digits = last_part.bytes().filter(u8::is_ascii_digit).count();
    let has_query_number = query.bytes().any(|b| b.is_ascii_digit());
    let is_below_page = path.len() > page.path().len() + 4 && path.starts_with(page.path());
    words >= 4
        || digits >= 3
        || has_query_number
        || last_part.contains('%')
        || last_part.len() > 24
        || (is_below_page && page.path().len() > 1)
}
