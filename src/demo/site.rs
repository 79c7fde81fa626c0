//! The sample site: from a path to an answer. Pure: the time comes in, nothing is remembered.

use chrono::{DateTime, Utc};
use url::form_urlencoded;

use super::html::{Frame, document, drawing};
use super::newstream::{self, Article};
use super::{notices, shop};

/// Most cards that one request for more gets.
const MAX_MORE: usize = 100;

const HTML: &str = "text/html; charset=UTF-8";

const ROBOTS: &str = "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n";

const HOME: &str = "<h1>Tidewater Wire</h1>\n<p>News of a harbour country that is on no map.</p>\n<ul>\n\
<li><a href=\"/newstream/\">Newstream</a>: a new article every five seconds, some of them dated back</li>\n\
<li><a href=\"/notices/\">Harbour notices</a>: rows without links; the layout breaks every five minutes and heals</li>\n\
<li><a href=\"/shop/\">Quay shop</a>: cards with pictures, times, makers and tags</li>\n</ul>\n";

const NOT_FOUND: &str = "<h1>Nothing here</h1>\n<p>The tide has taken this page, or it never was.</p>\n";

/// A news site that does not exist, for trying feedbridge without a network.
#[derive(Debug, Clone)]
pub struct SampleSite {
    started: DateTime<Utc>,
    origin: String,
}

/// What the sample site answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Status code: 200, 301, 400 or 404.
    pub status: u16,
    /// Value of `Content-Type`.
    pub content_type: &'static str,
    /// The body, UTF-8.
    pub body: String,
    /// Value of `Location`, absolute; with status 301 only.
    pub location: Option<String>,
}

impl SampleSite {
    /// A site that began at `started`, reached at `origin` (such as `http://127.0.0.1:41234`).
    /// Articles of the archive are older; live ones are published from then on.
    #[must_use]
    pub fn new(started: DateTime<Utc>, mut origin: String) -> Self {
        while origin.ends_with('/') {
            origin.pop();
        }
        Self { started, origin }
    }

    /// The answer to a GET of `path` (as in the request line, not decoded) and `query` (without
    /// `?`) at `now`. The same arguments always get the same answer.
    #[must_use]
    pub fn answer(&self, path: &str, query: Option<&str>, now: DateTime<Utc>) -> Answer {
        match path {
            "/" => page(&Frame { title: "Tidewater Wire", base: None, main: HOME }),
            "/robots.txt" => Answer::new(200, "text/plain; charset=UTF-8", ROBOTS),
            "/newstream/" => html(newstream::listing_page(&self.slots(now), &self.origin)),
            "/notices/" => html(notices::page(self.started, now)),
            "/shop/" => html(shop::page(self.started, now)),
            "/newstream" | "/notices" | "/shop" => moved(format!("{}{path}/", self.origin)),
            "/wp-admin/admin-ajax.php" => self.more(query.unwrap_or_default(), now),
            newstream::LOGO => svg(drawing("Tidewater Wire", "#1f4e5f")),
            _ => self.single(path, now),
        }
    }

    fn slots(&self, now: DateTime<Utc>) -> Vec<super::timetable::Slot> {
        newstream::slots(self.started, now)
    }

    /// One article, product or picture.
    fn single(&self, path: &str, now: DateTime<Utc>) -> Answer {
        let article = Article::at_path(path, &self.origin, now).map(|a| self.article(&a, path, now));
        let product = || shop::product_page(path, now).map(html);
        let picture = || shop::picture(path).map(svg);
        article.or_else(product).or_else(picture).unwrap_or_else(not_found)
    }

    /// Its one true address ends in a slash; others, such as those of the listing, lead there.
    fn article(&self, article: &Article, path: &str, now: DateTime<Utc>) -> Answer {
        let address = format!("{}/", article.url);
        if format!("{}{path}", self.origin) == address {
            html(newstream::article_page(article, &self.slots(now), &self.origin))
        } else {
            moved(address)
        }
    }

    /// The cards behind "More Articles": `from` is an offset, `to` a count.
    fn more(&self, query: &str, now: DateTime<Utc>) -> Answer {
        let value = |name: &str| {
            form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
        };
        if value("action").as_deref() != Some("get_cat_by_source") {
            return Answer::new(400, HTML, "0");
        }
        let number = |name, default| value(name).and_then(|v| v.parse().ok()).unwrap_or(default);
        let known = value("id").as_deref() == Some(newstream::SOURCE_ID);
        let slots = if known { self.slots(now) } else { Vec::new() };
        let from = number("from", 0).min(slots.len());
        let to = from.saturating_add(number("to", 10).min(MAX_MORE)).min(slots.len());
        html(newstream::cards(&slots[from..to], &self.origin))
    }
}

impl Answer {
    fn new(status: u16, content_type: &'static str, body: impl Into<String>) -> Self {
        Self { status, content_type, body: body.into(), location: None }
    }
}

fn html(body: String) -> Answer {
    Answer::new(200, HTML, body)
}

fn page(frame: &Frame<'_>) -> Answer {
    html(document(frame))
}

fn svg(body: String) -> Answer {
    Answer::new(200, "image/svg+xml", body)
}

fn moved(location: String) -> Answer {
    Answer { location: Some(location), ..Answer::new(301, HTML, "") }
}

fn not_found() -> Answer {
    let frame = Frame { title: "Not found | Tidewater Wire", base: None, main: NOT_FOUND };
    Answer { status: 404, ..page(&frame) }
}
