//! Further pages of a listing: a link to the next page, numbered pages, or a button that loads more.

mod names;
mod next_selector;

use std::rc::Rc;

use url::Url;

use super::listing::Listing;
use super::page::links::LinkTarget;
use super::page::signals::class_words;
use super::page::view::PageView;
use crate::extract::HtmlDocument;
use crate::html::{ElementId, Outline};
use crate::rules::PagesSpec;
use names::{SIGNS, is_name_of_next, is_one_of};
use next_selector::next_selector;

/// A heavier text is not one of these words.
const MAX_NAME_WEIGHT: u32 = 30;
/// A link with a shorter text, such as an arrow, may have the word in its label.
const MAX_LABELLED_CHARS: usize = 12;
/// Links to the next page that are tried.
const MAX_NEXT_LINKS: usize = 3;
/// Links with numbers that are tried, and numbers of one address.
const MAX_NUMBERED_LINKS: usize = 30;
const MAX_NUMBERS: usize = 6;
/// A longer number in an address is not that of a page.
const MAX_NUMBER_DIGITS: usize = 6;
/// Attributes of buttons with the address that they load.
const LOAD_ATTRIBUTES: [&str; 6] =
    ["data-url", "data-href", "data-next", "data-next-url", "data-ajax-url", "data-load-url"];

/// Words in the classes of buttons that lead on, and of those that do something else.
const PAGING_CLASSES: [&str; 8] =
    ["loadmore", "showmore", "viewmore", "nextpage", "pagination", "pager", "paginator", "infinite"];
const OTHER_CLASSES: [&str; 14] = [
    "like",
    "likes",
    "vote",
    "share",
    "sharing",
    "social",
    "favorite",
    "favourite",
    "bookmark",
    "follow",
    "reply",
    "comment",
    "comments",
    "cart",
];
/// An element in an item is part of it if the item's text weighs more than that of the element by this much:
/// the last item may also be nothing but the link to the next page.
const MIN_ITEM_WEIGHT: u32 = 12;

/// The rules for further pages of the listing; `items` is how many items the page has.
pub(crate) fn pages(
    document: &HtmlDocument,
    view: &PageView<'_, '_>,
    listing: &Listing,
    items: u32,
) -> Option<PagesSpec> {
    let outline = view.outline;
    let is_next = |rel: &str| rel.split_whitespace().any(|word| word.eq_ignore_ascii_case("next"));
    let in_head = document.statements().any(|s| s.is_link() && s.attr("rel").is_some_and(is_next));
    let all_links = outline.name("a").map_or(&[][..], |a| outline.of_tag(a));
    if in_head || all_links.iter().any(|link| outline.attr(*link, "rel").is_some_and(is_next)) {
        return Some(PagesSpec::default());
    }
    // What stands in an item is about this item: a count of comments, "more", a button to like it.
    let is_outside = |element: &ElementId| !is_part_of_item(outline, listing, *element);
    let links: Vec<ElementId> = all_links.iter().copied().filter(is_outside).collect();
    next_link(view, &links)
        .or_else(|| numbered_pages(view, &links, items))
        .or_else(|| load_button(view, is_outside))
}

/// Whether an element is part of an item, and not all of it. Records stand in page order.
fn is_part_of_item(outline: &Outline<'_>, listing: &Listing, element: ElementId) -> bool {
    let next = listing.records.partition_point(|record| record.element <= element);
    let Some(record) = next.checked_sub(1).and_then(|last| listing.records.get(last)) else { return false };
    element < outline.end(record.element)
        && outline.weight(record.element) > outline.weight(element) + MIN_ITEM_WEIGHT
}

/// A link that is called "next", in some language.
fn next_link(view: &PageView<'_, '_>, links: &[ElementId]) -> Option<PagesSpec> {
    let next_links = links.iter().filter(|link| is_called_next(view, **link) && leads_on(view, **link));
    let next = next_links.take(MAX_NEXT_LINKS).find_map(|link| next_selector(view.outline, *link))?;
    Some(PagesSpec { next: Some(next), ..PagesSpec::default() })
}

fn is_called_next(view: &PageView<'_, '_>, link: ElementId) -> bool {
    let outline = view.outline;
    if outline.weight(link) > MAX_NAME_WEIGHT {
        return false;
    }
    let text = view.text_facts(link).text;
    let label = || outline.attr(link, "aria-label").or_else(|| outline.attr(link, "title"));
    is_name_of_next(text)
        || (text.chars().count() < MAX_LABELLED_CHARS && label().is_some_and(is_name_of_next))
}

/// Whether a link may lead to another page of this listing: to the same path but for numbers or the query,
/// or to one below it.
fn leads_on(view: &PageView<'_, '_>, link: ElementId) -> bool {
    let target = view.target(link).and_then(|t| Url::parse(&t.address).ok());
    target.is_some_and(|target| is_further_page(view, &target))
}

/// Whether an address may be that of another page of this listing.
fn is_further_page(view: &PageView<'_, '_>, target: &Url) -> bool {
    if target.origin() != view.page_url().origin() || target.as_str().contains(['{', '}']) {
        return false;
    }
    let page_path = view.page_url().path().trim_end_matches('/');
    let path = target.path().trim_end_matches('/');
    if path == page_path {
        return target.query().is_some_and(has_digit);
    }
    match path.strip_prefix(page_path).and_then(|rest| rest.strip_prefix('/')) {
        // One or two parts, such as `page/2`.
        Some(below) => {
            below.split('/').count() <= 2 && has_digit(below) && below.split('/').all(is_page_part)
        }
        None => has_digit(path) && without_digits(path) == without_digits(page_path),
    }
}

/// Whether a part of a path is the number of a page, or the word before it.
fn is_page_part(part: &str) -> bool {
    let is_number = part.bytes().all(|b| b.is_ascii_digit());
    let is_word =
        matches!(part.to_ascii_lowercase().as_str(), "page" | "pages" | "p" | "seite" | "pagina" | "strana");
    let is_both = part.len() < 12 && has_digit(part) && part.starts_with(['p', 's']);
    is_number || is_word || is_both
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
}

fn without_digits(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// A link whose text is the number of a page.
struct NumberedLink {
    page: u32,
    target: Rc<LinkTarget>,
}

/// An address template, made of the numbers in links such as `2` to `?page=2`.
fn numbered_pages(view: &PageView<'_, '_>, links: &[ElementId], items: u32) -> Option<PagesSpec> {
    let numbered = links.iter().filter_map(|link| {
        let page: u32 = view.text_facts(*link).text.trim().parse().ok()?;
        let target = view.target(*link)?;
        ((2..=20).contains(&page) && leads_on(view, *link)).then_some(NumberedLink { page, target })
    });
    let numbered: Vec<NumberedLink> = numbered.take(MAX_NUMBERED_LINKS).collect();
    for link in &numbered {
        let address = link.target.address.as_str();
        for span in numbers(address).into_iter().take(MAX_NUMBERS) {
            let template = Template { before: &address[..span.0], after: &address[span.1..] };
            let number: u32 = address[span.0..span.1].parse().ok()?;
            if number == link.page && template.fits(&numbered, |page| page) {
                return Some(by_address(template.with("{page}")));
            }
            // The number of the first item, instead of that of the page.
            let step = number / (link.page - 1).max(1);
            let may_be_offset =
                step > 1 && step.abs_diff(items) <= items / 5 && number == step * (link.page - 1);
            if may_be_offset && template.fits(&numbered, |page| step * (page - 1)) {
                return Some(by_address(template.with("{offset}")));
            }
        }
    }
    None
}

/// An address around one of its numbers.
struct Template<'t> {
    before: &'t str,
    after: &'t str,
}

impl Template<'_> {
    fn with(&self, value: &str) -> String {
        format!("{}{value}{}", self.before, self.after)
    }

    /// Whether it makes the addresses of most links out of the numbers of their pages.
    fn fits(&self, links: &[NumberedLink], value: impl Fn(u32) -> u32) -> bool {
        let is_made = |link: &&NumberedLink| self.with(&value(link.page).to_string()) == link.target.address;
        links.iter().filter(is_made).count() * 2 > links.len()
    }
}

/// Where the numbers in the path and query of an address begin and end, the last one first.
fn numbers(address: &str) -> Vec<(usize, usize)> {
    let host = address.find("://").map(|scheme_end| scheme_end + 3);
    let path = host.and_then(|host| address[host..].find('/').map(|length| host + length));
    let bytes = address.as_bytes();
    let mut spans = Vec::new();
    let mut start = path.unwrap_or(0);
    while start < bytes.len() {
        let digits = bytes[start..].iter().take_while(|b| b.is_ascii_digit()).count();
        if (1..=MAX_NUMBER_DIGITS).contains(&digits) {
            spans.push((start, start + digits));
        }
        start += digits.max(1);
    }
    spans.reverse();
    spans
}

/// An address template of a button that has the address of page 2. Buttons that say the same and load
/// different things lead to no pages.
fn load_button(view: &PageView<'_, '_>, is_outside: impl Fn(&ElementId) -> bool) -> Option<PagesSpec> {
    let outline = view.outline;
    let templates = (0..outline.len()).filter(is_outside).filter_map(|element| load_template(view, element));
    let mut templates: Vec<String> = templates.take(MAX_NUMBERED_LINKS).collect();
    templates.dedup();
    if templates.len() > 1 {
        return None;
    }
    templates.pop().map(by_address)
}

/// The address template of a button that loads more.
fn load_template(view: &PageView<'_, '_>, element: ElementId) -> Option<String> {
    let (name, address) = view.outline.attrs(element).find(|(name, _)| LOAD_ATTRIBUTES.contains(name))?;
    let url = view.base_url().join(address.trim()).ok()?;
    if url.origin() != view.page_url().origin() || url.as_str().contains(['{', '}']) {
        return None;
    }
    let address = url.as_str();
    let (start, end) = numbers(address).into_iter().find(|(start, end)| &address[*start..*end] == "2")?;
    loads_more(view, element, name, &url)
        .then(|| Template { before: &address[..start], after: &address[end..] }.with("{page}"))
}

/// Whether an element says that it loads more of the listing: by its attribute, its classes or its text. One
/// word, such as "more" or "2", may be about anything: then the address must show a page of the listing.
fn loads_more(view: &PageView<'_, '_>, element: ElementId, attribute: &str, url: &Url) -> bool {
    let outline = view.outline;
    let is_word = |words: &[&str]| class_words(outline, element).any(|word| is_one_of(word, words));
    if is_word(&OTHER_CLASSES) {
        return false;
    }
    let loads_by_class = is_word(&["more"]) && is_word(&["load", "show", "view", "see", "fetch"]);
    if attribute.starts_with("data-next") || loads_by_class || is_word(&PAGING_CLASSES) {
        return true;
    }
    let value = outline.attr(element, "value").unwrap_or_default();
    let text = view.text_facts(element).text;
    let is_called = is_called_next(view, element) || is_name_of_next(value);
    let says_it = |text: &str| text.split_whitespace().count() > 1 || !text.trim_matches(SIGNS).is_ascii();
    let is_clear = is_called && (says_it(text) || says_it(value));
    is_clear || ((is_called || text == "2") && is_further_page(view, url))
}

/// Further pages by an address with `{page}` or `{offset}`.
fn by_address(template: String) -> PagesSpec {
    PagesSpec { url: Some(template), ..PagesSpec::default() }
}
