//! Where more of a listing is, beyond its first page: as written -> checked.

use url::Url;

use super::body_spec::BodySpec;
use super::error::{RuleErrors, key};
use super::spec::PagesSpec;

/// Pages that one run reads.
const DEFAULT_PAGES: u32 = 5;
const MAX_PAGES: u32 = 100;
/// Items of one page.
const DEFAULT_COUNT: u32 = 10;
const MAX_COUNT: u32 = 1000;

/// Where more of a listing is, beyond its first page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    /// The address of a further page, with `{page}`, `{offset}`, `{count}` and `{cursor}`; `None`: the page's own link to
    /// the next, or the first page's address if there is a body.
    pub template: Option<String>,
    /// The body of the request for a further page, with the same placeholders.
    pub body: Option<String>,
    /// Items of one page, for `{count}`.
    pub count: u32,
    /// Pages that one run reads at most, the first included.
    pub max: u32,
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
        let hint = "`next` follows a link of the page, `url` and `body` make the requests";
        errors.add(&[key("pages")], "`next` does not go together with `url` or `body`", Some(hint));
    }
    let body = written.body.as_ref().map(BodySpec::text);
    check_placeholders(written, body.as_deref(), errors);
    check_cursor(written, body.as_deref(), errors);
    Pages { template: written.url.clone(), body, count, max }
}

/// Whether a text differs from page to page.
fn moves(text: &str) -> bool {
    ["{page}", "{offset}", "{cursor}"].iter().any(|name| text.contains(name))
}

/// Placeholders must be there, be known, and make an address.
fn check_placeholders(written: &PagesSpec, body: Option<&str>, errors: &mut RuleErrors) {
    if let Some(text) = &written.url {
        let names = ["{page}", "{offset}", "{count}", "{cursor}"];
        let filled = names.iter().fold(text.clone(), |text, name| text.replace(name, "2"));
        let is_web = Url::parse(&filled).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        let stays = !moves(text) && body.is_none_or(|body| !moves(body));
        if !is_web || stays || filled.contains(['{', '}']) {
            let message =
                format!("`{text}` is no address with `{{page}}`, `{{offset}}` or `{{cursor}}` in it");
            let hint = "for example \"https://example.org/more?from={offset}&to={count}\"";
            errors.add(&[key("pages"), key("url")], message, Some(hint));
        }
    } else if body.is_some_and(|body| !moves(body)) {
        let message = "the body has none of `{page}`, `{offset}` and `{cursor}` in it";
        errors.add(&[key("pages"), key("body")], message, Some("each page would be the first one"));
    }
}

/// `cursor` and `{cursor}` need each other.
fn check_cursor(written: &PagesSpec, body: Option<&str>, errors: &mut RuleErrors) {
    let mut texts = written.url.as_deref().into_iter().chain(body);
    let is_used = texts.any(|text| text.contains("{cursor}"));
    let (message, hint) = match (is_used, written.cursor.is_some()) {
        (true, false) => {
            ("`{cursor}` is used, and no `cursor` says what it is", "for example cursor = \"$.meta.next\"")
        }
        (false, true) => ("`cursor` is used nowhere", "write {cursor} into `url` or `body`"),
        _ => return,
    };
    errors.add(&[key("pages")], message, Some(hint));
}
