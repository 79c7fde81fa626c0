//! Where more of a listing is: a link to the next page, numbered pages, a button that loads more.

use std::collections::HashSet;
use std::rc::Rc;
use std::sync::LazyLock;

use url::Url;

use super::page::links::Target;
use super::page::view::View;
use super::selectors;
use super::selectors::candidate::Pattern;
use crate::extract::Document;
use crate::html::{Outline, Place};
use crate::rules::{PagesSpec, SelectorSpec};

/// What links to the next or older page say.
static NEXT: LazyLock<HashSet<&str>> = LazyLock::new(|| HashSet::from(WORDS_OF_NEXT));
const WORDS_OF_NEXT: [&str; 79] = [
    "next",
    "next page",
    "older",
    "older posts",
    "older entries",
    "older articles",
    "older stories",
    "more",
    "load more",
    "show more",
    "more articles",
    "more news",
    "weiter",
    "nächste",
    "nächste seite",
    "ältere",
    "ältere beiträge",
    "mehr",
    "suivant",
    "suivante",
    "page suivante",
    "plus ancien",
    "siguiente",
    "página siguiente",
    "más antiguos",
    "seguinte",
    "próxima",
    "próximo",
    "página seguinte",
    "mais antigos",
    "successiva",
    "successivo",
    "avanti",
    "volgende",
    "meer",
    "nästa",
    "nästa sida",
    "neste",
    "næste",
    "seuraava",
    "następna",
    "następne",
    "dalej",
    "starsze",
    "další",
    "ďalšie",
    "következő",
    "următoarea",
    "înainte",
    "далее",
    "следующая",
    "вперёд",
    "ещё",
    "наступна",
    "далі",
    "следваща",
    "επόμενη",
    "sonraki",
    "sonraki sayfa",
    "daha fazla",
    "التالي",
    "المزيد",
    "بعدی",
    "הבא",
    "下一页",
    "下一頁",
    "下页",
    "次へ",
    "次のページ",
    "もっと見る",
    "다음",
    "더보기",
    "अगला",
    "পরবর্তী",
    "ถัดไป",
    "trang sau",
    "tiếp",
    "selanjutnya",
    "berikutnya",
];
/// What is heavier is no such word.
const LONGEST_NAME: u32 = 30;
/// Signs that are put around or instead of the word.
const SIGNS: &[char] = &['›', '»', '→', '>', '▶', '⟩', '…', ' ', '\u{a0}'];
/// Links called so that are tried, links with numbers for their texts, and numbers of one address.
const CALLED: usize = 3;
const NUMBERED: usize = 30;
const NUMBERS: usize = 6;
/// Attributes of buttons that say what they load.
const LOADS: [&str; 6] =
    ["data-url", "data-href", "data-next", "data-next-url", "data-ajax-url", "data-load-url"];

/// Where more of the page's listing is; `items` is how many the page has.
pub(crate) fn pages(document: &Document, view: &View<'_, '_>, items: u32) -> Option<PagesSpec> {
    let outline = view.outline;
    let is_next = |rel: &str| rel.split_whitespace().any(|r| r.eq_ignore_ascii_case("next"));
    let head = document.statements().any(|s| s.is_link() && s.attr("rel").is_some_and(is_next));
    let links = outline.name("a").map_or(&[][..], |a| outline.of_tag(a));
    if head || links.iter().any(|a| outline.attr(*a, "rel").is_some_and(is_next)) {
        return Some(PagesSpec::default());
    }
    let mut called = links.iter().copied().filter(|a| is_called_next(view, *a) && leads_on(view, *a));
    let by_name = called.by_ref().take(CALLED).find_map(|a| selector(outline, a));
    by_name
        .map(|css| PagesSpec { next: Some(SelectorSpec::Text(css)), ..PagesSpec::default() })
        .or_else(|| numbered(view, links, items))
        .or_else(|| loading(view))
}

fn is_called_next(view: &View<'_, '_>, link: Place) -> bool {
    let outline = view.outline;
    if outline.weight(link) > LONGEST_NAME {
        return false;
    }
    let is_next = |name: &str| NEXT.contains(name.to_lowercase().trim_matches(SIGNS));
    let text = view.said(link).text;
    let label = || outline.attr(link, "aria-label").or_else(|| outline.attr(link, "title"));
    is_next(text) || (text.chars().count() < 12 && label().is_some_and(is_next))
}

/// Whether a link leads to another page of this listing: the same way, but for numbers and what is
/// asked, or one below it.
fn leads_on(view: &View<'_, '_>, link: Place) -> bool {
    let Some(target) = view.target(link).and_then(|t| Url::parse(&t.address).ok()) else { return false };
    let (own, other) = (view.page().path().trim_end_matches('/'), target.path().trim_end_matches('/'));
    let digits = |t: &str| t.bytes().any(|b| b.is_ascii_digit());
    if target.origin() != view.page().origin() || target.as_str().contains(['{', '}']) {
        return false;
    }
    // The same way with another query; the same way but for a number; or one or two parts below it, which
    // are a number and what it is of: `page/2`.
    if other == own {
        return target.query().is_some_and(digits);
    }
    let below = other.strip_prefix(own).and_then(|rest| rest.strip_prefix('/'));
    let of_pages = |part: &str| {
        part.bytes().all(|b| b.is_ascii_digit())
            || matches!(
                part.to_ascii_lowercase().as_str(),
                "page" | "pages" | "p" | "seite" | "pagina" | "strana"
            )
            || (part.len() < 12 && digits(part) && part.starts_with(['p', 's']))
    };
    match below {
        Some(rest) => rest.split('/').count() <= 2 && digits(rest) && rest.split('/').all(of_pages),
        None => digits(other) && without_digits(other) == without_digits(own),
    }
}

fn without_digits(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// A selector of a single link that does not go by its position.
fn selector(outline: &Outline<'_>, link: Place) -> Option<String> {
    let (pattern, fit) = selectors::items(outline, &[link], || None)?;
    let named =
        |p: &Pattern| p.0.iter().all(|(_, c)| c.nth.is_none()) && p.0.iter().any(|(_, c)| c.is_named());
    (fit >= 0.6 && named(&pattern)).then(|| pattern.css(outline))
}

/// `?page=2` behind a link `2`: a template. What counts items instead of pages begins anew with each.
fn numbered(view: &View<'_, '_>, links: &[Place], items: u32) -> Option<PagesSpec> {
    let numbered = links.iter().filter_map(|a| {
        let number: u32 = view.said(*a).text.trim().parse().ok().filter(|n| (2..=20).contains(n))?;
        Some((number, view.target(*a).filter(|_| leads_on(view, *a))?))
    });
    let all: Vec<(u32, Rc<Target>)> = numbered.take(NUMBERED).collect();
    for (number, target) in &all {
        let target = target.address.as_str();
        for (start, end) in numbers(target).into_iter().take(NUMBERS) {
            let found: u32 = target[start..end].parse().ok()?;
            let template = |name: &str| format!("{}{{{name}}}{}", &target[..start], &target[end..]);
            // The others must be made by the same template.
            let fits = |name: &str, value: &dyn Fn(u32) -> u32| {
                let made = |n: u32| template(name).replace(&format!("{{{name}}}"), &value(n).to_string());
                all.iter().filter(|(n, t)| made(*n) == t.address).count() * 2 > all.len()
            };
            if found == *number && fits("page", &|n| n) {
                return Some(by_address(template("page")));
            }
            let step = found / (number - 1).max(1);
            if step > 1
                && step.abs_diff(items) <= items / 5
                && found == step * (number - 1)
                && fits("offset", &|n| step * (n - 1))
            {
                return Some(by_address(template("offset")));
            }
        }
    }
    None
}

/// Where the numbers of an address stand, the last one first; those of the host do not count.
fn numbers(address: &str) -> Vec<(usize, usize)> {
    let from = address.find("://").and_then(|i| address[i + 3..].find('/').map(|j| i + 3 + j)).unwrap_or(0);
    let bytes = address.as_bytes();
    let (mut out, mut at) = (Vec::new(), from);
    while at < bytes.len() {
        let end = at + bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        if end > at && end - at <= 6 {
            out.push((at, end));
        }
        at = end.max(at + 1);
    }
    out.reverse();
    out
}

/// A button that says what it loads, with a `2` in it.
fn loading(view: &View<'_, '_>) -> Option<PagesSpec> {
    let outline = view.outline;
    (0..outline.len()).find_map(|place| {
        let (_, address) = outline.attrs(place).find(|(name, _)| LOADS.contains(name))?;
        let url = view.base().join(address.trim()).ok().filter(|u| u.origin() == view.page().origin())?;
        let text = url.as_str();
        let (start, end) = numbers(text).into_iter().find(|(s, e)| &text[*s..*e] == "2")?;
        Some(by_address(format!("{}{{page}}{}", &text[..start], &text[end..])))
    })
}

/// Further pages by an address with `{page}` or `{offset}`.
fn by_address(template: String) -> PagesSpec {
    PagesSpec { url: Some(template), ..PagesSpec::default() }
}
