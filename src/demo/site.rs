//! The sample site: path -> response. Pure: the time is an argument, and no state is kept.

use chrono::{DateTime, Utc};
use url::form_urlencoded;

use super::html::{Frame, document, drawing};
use super::newstream::{self, SampleArticle};
use super::{notices, shop};

/// The most cards that one request for more cards returns.
const MAX_MORE: usize = 100;

const HTML: &str = "text/html; charset=UTF-8";

const ROBOTS: &str = "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n";

const HOME: &str = "<h1>Tidewater Wire</h1>\n<p>News of a harbour country that is on no map.</p>\n<ul>\n\
<li><a href=\"/newstream/\">Newstream</a>: a new article every five seconds, some of them dated back</li>\n\
<li><a href=\"/notices/\">Harbour notices</a>: rows without links; the layout breaks after 40 seconds, then every five minutes, and heals</li>\n\
<li><a href=\"/shop/\">Quay shop</a>: cards with pictures, times, makers and tags</li>\n\
<li><a href=\"/inbox\">Inbox</a>: the notifications that feedbridge sends about these pages</li>\n</ul>\n";

const NOT_FOUND: &str = "<h1>Nothing here</h1>\n<p>The tide has taken this page, or it never was.</p>\n";

/// A news site that does not exist, for trying feedbridge without a network.
#[derive(Debug, Clone)]
pub struct SampleSite {
    started: DateTime<Utc>,
    origin: String,
}

/// A response of the sample site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleResponse {
    /// The status code: 200, 301, 400 or 404.
    pub status: u16,
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// The body, in UTF-8.
    pub body: String,
    /// The value of `Location`, an absolute URL. Only with status 301.
    pub location: Option<String>,
}

impl SampleSite {
    /// A site that starts at `started` and is served at `origin`, such as `http://127.0.0.1:41234`.
    /// Archive articles are older than the start, live articles are published after it.
    #[must_use]
    pub fn new(started: DateTime<Utc>, mut origin: String) -> Self {
        while origin.ends_with('/') {
            origin.pop();
        }
        Self { started, origin }
    }

    /// The response to a GET of `path` (as in the request line, not decoded) and `query` (without
    /// `?`) at `now`. The same arguments always give the same response.
    #[must_use]
    pub fn answer(&self, path: &str, query: Option<&str>, now: DateTime<Utc>) -> SampleResponse {
        match path {
            "/" => page(&Frame { title: "Tidewater Wire", base: None, main: HOME }),
            "/robots.txt" => SampleResponse::new(200, "text/plain; charset=UTF-8", ROBOTS),
            "/newstream/" => html(newstream::listing_page(&self.publications(now), &self.origin)),
            "/notices/" => html(notices::page(self.started, now)),
            "/shop/" => html(shop::page(self.started, now)),
            "/newstream" | "/notices" | "/shop" => moved(format!("{}{path}/", self.origin)),
            "/wp-admin/admin-ajax.php" => self.more(query.unwrap_or_default(), now),
            newstream::LOGO => svg(drawing("Tidewater Wire", "#1f4e5f")),
            _ => self.single(path, now),
        }
    }

    fn publications(&self, now: DateTime<Utc>) -> Vec<super::timetable::Publication> {
        newstream::publications(self.started, now)
    }

    /// The page of one article or product, or a picture.
    fn single(&self, path: &str, now: DateTime<Utc>) -> SampleResponse {
        let article = SampleArticle::at_path(path, &self.origin, now).map(|a| self.article(&a, path, now));
        let product = || shop::product_page(path, now).map(html);
        let picture = || shop::picture(path).map(svg);
        article.or_else(product).or_else(picture).unwrap_or_else(not_found)
    }

    /// The page of an article. Its canonical address ends in a slash; the others, such as those on the
    /// listing, redirect there.
    fn article(&self, article: &SampleArticle, path: &str, now: DateTime<Utc>) -> SampleResponse {
        let canonical = format!("{}/", article.url);
        if format!("{}{path}", self.origin) == canonical {
            html(newstream::article_page(article, &self.publications(now), &self.origin))
        } else {
            moved(canonical)
        }
    }

    /// The cards behind "More Articles": `from` is an offset, `to` a count.
    fn more(&self, query: &str, now: DateTime<Utc>) -> SampleResponse {
        let value = |name: &str| {
            form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
        };
        if value("action").as_deref() != Some("get_cat_by_source") {
            return SampleResponse::new(400, HTML, "0");
        }
        let number = |name, default| value(name).and_then(|v| v.parse().ok()).unwrap_or(default);
        let is_known_source = value("id").as_deref() == Some(newstream::SOURCE_ID);
        let publications = if is_known_source { self.publications(now) } else { Vec::new() };
        let from = number("from", 0).min(publications.len());
        let to = from.saturating_add(number("to", 10).min(MAX_MORE)).min(publications.len());
        html(newstream::cards(&publications[from..to], &self.origin))
    }
}

impl SampleResponse {
    fn new(status: u16, content_type: &'static str, body: impl Into<String>) -> Self {
        Self { status, content_type, body: body.into(), location: None }
    }
}

fn html(body: String) -> SampleResponse {
    SampleResponse::new(200, HTML, body)
}

fn page(frame: &Frame<'_>) -> SampleResponse {
    html(document(frame))
}

fn svg(body: String) -> SampleResponse {
    SampleResponse::new(200, "image/svg+xml", body)
}

fn moved(location: String) -> SampleResponse {
    SampleResponse { location: Some(location), ..SampleResponse::new(301, HTML, "") }
}

fn not_found() -> SampleResponse {
    let frame = Frame { title: "Not found | Tidewater Wire", base: None, main: NOT_FOUND };
    SampleResponse { status: 404, ..page(&frame) }
}
