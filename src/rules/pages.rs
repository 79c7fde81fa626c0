//! Further pages of a listing: as written -> checked.

use url::Url;

use super::body_spec::BodySpec;
use super::error::{RuleErrors, key};
use super::spec::PagesSpec;
use crate::model::Secret;

/// Pages that one run reads, the first included.
const DEFAULT_PAGES: u32 = 5;
const MAX_PAGES: u32 = 100;
/// Items of one page.
const DEFAULT_COUNT: u32 = 10;
const MAX_COUNT: u32 = 1000;

/// Where the further pages of a listing are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    /// The address of a further page, with `{page}`, `{offset}`, `{count}` and `{cursor}`; `None`: the
    /// page's own link to the next, or the first page's address if there is a body.
    pub template: Option<String>,
    /// The body of the request for a further page, with the same placeholders. It may hold secrets.
    pub body: Option<Secret>,
    /// Items of one page, for `{count}`.
    pub count: u32,
    /// Pages that one run reads at most, the first included.
    pub max: u32,
}

impl PagesSpec {
    /// Checks the settings without `next` and `cursor`, which are rules; mistakes are noted.
    pub fn check(&self, errors: &mut RuleErrors) -> Pages {
        pages(self, errors)
    }
}

/// Checks `[feed.pages]`, without `next` and `cursor`, which are rules; mistakes are noted.
pub(super) fn pages(written: &PagesSpec, errors: &mut RuleErrors) -> Pages {
    let at = |name: &str| [key("pages"), key(name)];
    let max = written.max.unwrap_or(DEFAULT_PAGES);
    if !(1..=MAX_PAGES).contains(&max) {
        errors.add(&at("max"), format!("`max` must be 1 to {MAX_PAGES}"), None);
    }
    let count = written.count.unwrap_or(DEFAULT_COUNT);
    if !(1..=MAX_COUNT).contains(&count) {
        errors.add(&at("count"), format!("`count` must be 1 to {MAX_COUNT}"), None);
    }
    if written.next.is_some() && (written.url.is_some() || written.body.is_some()) {
        let hint =
            "use either `next`, to follow a link of the page, or `url` and `body`, to make the requests";
        errors.add(&[key("pages")], "`next` cannot be used together with `url` or `body`", Some(hint));
    }
    let body = written.body.as_ref().map(BodySpec::text);
    check_placeholders(written, body.as_deref(), errors);
    check_cursor(written, body.as_deref(), errors);
    Pages { template: written.url.clone(), body: body.map(Secret::new), count, max }
}

/// Whether the filled text differs from page to page.
fn differs_by_page(text: &str) -> bool {
    ["{page}", "{offset}", "{cursor}"].iter().any(|name| text.contains(name))
}

/// Checks that there are placeholders, that they are known, and that `url` is a web address with them.
fn check_placeholders(written: &PagesSpec, body: Option<&str>, errors: &mut RuleErrors) {
    if let Some(text) = &written.url {
        let names = ["{page}", "{offset}", "{count}", "{cursor}"];
        let filled = names.iter().fold(text.clone(), |text, name| text.replace(name, "2"));
        let is_web = Url::parse(&filled).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        let is_same_for_all = !differs_by_page(text) && body.is_none_or(|body| !differs_by_page(body));
        if !is_web || is_same_for_all || filled.contains(['{', '}']) {
            let message =
                format!("`{text}` is not a web address with `{{page}}`, `{{offset}}` or `{{cursor}}` in it");
            let hint = "for example \"https://example.org/more?from={offset}&to={count}\"";
            errors.add(&[key("pages"), key("url")], message, Some(hint));
        }
    } else if body.is_some_and(|body| !differs_by_page(body)) {
        let message = "the body has none of `{page}`, `{offset}` and `{cursor}` in it";
        errors.add(
            &[key("pages"), key("body")],
            message,
            Some("add one of them: without it, each request gives the first page"),
        );
    }
}

/// `cursor` and `{cursor}` need each other.
fn check_cursor(written: &PagesSpec, body: Option<&str>, errors: &mut RuleErrors) {
    let mut texts = written.url.as_deref().into_iter().chain(body);
    let is_used = texts.any(|text| text.contains("{cursor}"));
    let (message, hint) = match (is_used, written.cursor.is_some()) {
        (true, false) => (
            "`{cursor}` is used, but there is no `cursor` that gives its value",
            "for example cursor = \"$.meta.next\"",
        ),
        (false, true) => ("`cursor` is not used", "write {cursor} into `url` or `body`"),
        _ => return,
    };
    errors.add(&[key("pages")], message, Some(hint));
}
