//! Where the links of a page lead, and what can be told from the addresses alone.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use url::Url;

use super::super::listing::groups::count;
use super::view::Keyed;
use crate::html::{Outline, Place};

/// Where a link leads.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what an address says by itself, one thing apart from another"
)]
pub(crate) struct Target {
    /// The address, without its fragment.
    pub(crate) address: String,
    /// A number that no other address of the page has.
    pub(crate) number: u32,
    /// Whether it leads to what shelves are called: tags, categories, authors.
    pub(crate) shelf: bool,
    /// Whether it leads to a document.
    pub(crate) document: bool,
    /// Whether it leads where articles are: deep, with a number, a date or many words in the last part
    /// of its way.
    pub(crate) article: bool,
    /// Whether it leads below the page's own address.
    pub(crate) below: bool,
}

/// Links by record.
pub(crate) type Targets = [(usize, Rc<Target>)];

/// The share of links for which something is true.
pub(crate) fn share(targets: &Targets, is: impl Fn(&Target) -> bool) -> f64 {
    count(targets.iter().filter(|(_, t)| is(t)).count()) / count(targets.len().max(1))
}

/// How many different places links lead to.
pub(crate) fn different<'t>(targets: impl Iterator<Item = &'t Rc<Target>>) -> usize {
    let mut numbers: Vec<u32> = targets.map(|t| t.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.len()
}

/// The addresses of a page: the base of its links, and its own.
#[derive(Clone, Copy)]
pub(crate) struct Web<'p> {
    pub(crate) base: &'p Url,
    pub(crate) page: &'p Url,
}

/// The links of a page; each is read once.
pub(crate) struct Links<'a> {
    pub(crate) web: Web<'a>,
    /// The page's own address as the beginning of those below it; empty at the root of a site.
    own: String,
    read: RefCell<Keyed<Option<Rc<Target>>>>,
    known: RefCell<HashMap<String, Rc<Target>>>,
}

impl<'a> Links<'a> {
    pub(crate) fn new(web: Web<'a>) -> Self {
        let path = web.page.path().trim_end_matches('/');
        let own = match path {
            "" => String::new(),
            path => format!("{}{path}/", web.page.origin().ascii_serialization()),
        };
        Self { web, own, read: RefCell::default(), known: RefCell::default() }
    }

    /// Where a link leads, without its fragment; nothing for what leads nowhere else.
    pub(crate) fn target(&self, outline: &Outline<'_>, place: Place) -> Option<Rc<Target>> {
        if outline.tag_text(place) != "a" {
            return None;
        }
        let mut read = self.read.borrow_mut();
        read.entry(u64::from(place)).or_insert_with(|| self.led_to(outline.attr(place, "href")?)).clone()
    }

    fn led_to(&self, href: &str) -> Option<Rc<Target>> {
        let href = href.trim();
        if href.is_empty() || href.starts_with('#') {
            return None;
        }
        let mut url = self.web.base.join(href).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        url.set_fragment(None);
        if url == *self.web.page {
            return None;
        }
        let mut known = self.known.borrow_mut();
        let number = u32::try_from(known.len()).unwrap_or(u32::MAX);
        let address = String::from(url);
        let target = known.entry(address).or_insert_with_key(|a| Rc::new(self.judged(a, number)));
        Some(Rc::clone(target))
    }

    fn judged(&self, address: &str, number: u32) -> Target {
        Target {
            address: address.to_owned(),
            number,
            shelf: is_shelf(address),
            document: is_document(address),
            article: is_article(address, self.web.page),
            below: !self.own.is_empty() && address.starts_with(&self.own),
        }
    }
}

fn is_document(target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or(target);
    let ends = |end: &&str| {
        let cut = path.len().checked_sub(end.len());
        cut.and_then(|at| path.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
    };
    [".pdf", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx"].iter().any(ends)
}

fn is_shelf(target: &str) -> bool {
    const SHELVES: [&str; 20] = [
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
    let path = target.split(['?', '#']).next().unwrap_or(target);
    path.split('/').skip(3).any(|part| SHELVES.iter().any(|s| part.eq_ignore_ascii_case(s)))
}

fn is_article(target: &str, page: &Url) -> bool {
    let whole = target.split_once("://").map_or(target, |(_, rest)| rest);
    let (way, query) = whole.split_once('?').unwrap_or((whole, ""));
    let path = way.find('/').map_or("/", |at| &way[at..]);
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let words = last.split(['-', '_']).filter(|w| w.len() > 1).count();
    let digits = last.bytes().filter(u8::is_ascii_digit).count();
    let numbered = query.bytes().any(|b| b.is_ascii_digit());
    let below = path.len() > page.path().len() + 4 && path.starts_with(page.path());
    words >= 4
        || digits >= 3
        || numbered
        || last.contains('%')
        || last.len() > 24
        || (below && page.path().len() > 1)
}
