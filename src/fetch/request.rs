//! One request of the caller: the address and all that decides how it is fetched.

use std::time::Duration;

use http::HeaderName;
use url::Url;

use super::client::Authorities;
use super::guard::Guard;
use crate::model::{Secret, Validators};

/// The content of a POST request (RFC 9110 section 9.3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// The body. It may hold secrets.
    pub body: Secret,
    /// The media type of the body; a header of the request overrides it.
    pub content_type: &'static str,
}

/// The kinds of documents that a request asks for. Another kind is never refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Accept {
    /// A web page.
    #[default]
    Page,
    /// RSS, Atom or JSON Feed.
    Feed,
    /// JSON, or a page with JSON in its scripts.
    Json,
    /// XML, as sitemaps are.
    Xml,
}

impl Accept {
    /// The value of the header `Accept` (RFC 9110 section 12.5.1).
    #[must_use]
    pub const fn header(self) -> &'static str {
        match self {
            Self::Page => {
                "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.5"
            }
            Self::Feed => {
                "application/atom+xml,application/rss+xml,application/feed+json,application/rdf+xml;q=0.9,\
                 application/xml;q=0.9,text/xml;q=0.9,application/json;q=0.8,*/*;q=0.5"
            }
            Self::Json => "application/json,text/html;q=0.9,application/xhtml+xml;q=0.9,*/*;q=0.5",
            Self::Xml => "application/xml,text/xml,*/*;q=0.5",
        }
    }
}

/// A page to fetch, and how to fetch it.
#[derive(Debug, Clone)]
pub struct Request {
    /// The address of the page.
    pub url: Url,
    /// The content to post. It is sent to the origin of `url` only. `None` means GET.
    pub post: Option<Post>,
    /// Sends HEAD (RFC 9110 section 9.3.2). The page that comes back is empty, and its `bytes` are
    /// the length that the site declares.
    pub head_only: bool,
    /// The User-Agent header.
    pub user_agent: String,
    /// Extra headers. They are sent to the origin of `url` only.
    pub headers: Vec<(HeaderName, Secret)>,
    /// Parameters that are added to addresses of the origin of `url` when they are asked. They are no part of any
    /// address that is handed out.
    pub query: Vec<(String, Secret)>,
    /// Validators of the last page; empty for an unconditional request.
    pub validators: Validators,
    /// Hash of the last page's body. A page with the same hash counts as unchanged.
    pub known_body: Option<String>,
    /// Decides which addresses may be reached.
    pub guard: Guard,
    /// Certificate authorities that are trusted beside those of the system.
    pub authorities: Option<Authorities>,
    /// The kinds of documents that are asked for.
    pub accept: Accept,
    /// Whether robots.txt is obeyed.
    pub obey_robots: bool,
    /// Time for the whole fetch; overrides [`FetchLimits::total`](super::FetchLimits::total).
    pub timeout: Option<Duration>,
}
