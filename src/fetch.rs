//! request -> answer: the only room that opens outbound connections.
//!
//! What may be dialled is decided in one place ([`Guard`]), for literals, every redirect hop and
//! every DNS answer alike. Nothing here knows feeds, rules or the store.

mod body;
mod charset;
mod client;
mod guard;
mod network;
mod pace;
mod retry_after;
mod robots;
mod robots_cache;
mod site;

use std::time::Duration;

use async_trait::async_trait;
use http::HeaderName;
use url::Url;

use crate::model::{Page, Secret, Trouble, TroubleKind, Validators};

pub use charset::looks_binary;
pub use guard::{AllowAddress, Guard, Refusal};
pub use network::Network;
pub use robots::{Robots, Verdict, product_token};
pub use site::site_of;

/// Bounds of a fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchLimits {
    /// Name resolution, connection and handshake.
    pub connect: Duration,
    /// Silence while reading.
    pub idle_read: Duration,
    /// The whole fetch, redirects included.
    pub total: Duration,
    /// Bytes as they come from the network.
    pub wire_bytes: u64,
    /// Bytes once unpacked.
    pub decoded_bytes: u64,
    /// Unpacked bytes per byte received.
    pub ratio: u32,
    /// Redirects followed.
    pub redirects: u32,
    /// Between two requests to one site.
    pub pace: Duration,
}

/// What is posted (RFC 9110 section 9.3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// The body.
    pub body: String,
    /// Its media type, unless a header says another.
    pub content_type: &'static str,
}

/// What to fetch, and how.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where.
    pub url: Url,
    /// What is posted, to the origin of `url` only; `None`: it is a GET.
    pub post: Option<Post>,
    /// Only the head of the answer is asked for (HEAD, RFC 9110 section 9.3.2): the page that comes is
    /// empty, and its `bytes` are those that it says it has.
    pub head_only: bool,
    /// Who asks.
    pub user_agent: String,
    /// Extra headers, sent to the origin of `url` only.
    pub headers: Vec<(HeaderName, Secret)>,
    /// Of the last page; empty for an unconditional request.
    pub validators: Validators,
    /// Hash of the last page's body: an equal one is not handed on.
    pub known_body: Option<String>,
    /// Which addresses may be reached.
    pub guard: Guard,
    /// Whether robots.txt is obeyed.
    pub obey_robots: bool,
    /// For the whole fetch, instead of the limit.
    pub timeout: Option<Duration>,
}

/// What came back.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The listing is what it was: 304, or the same bytes again.
    Unchanged {
        /// For the next request.
        validators: Validators,
        /// Bytes received.
        bytes: u64,
        /// What robots.txt asks for between two requests.
        crawl_delay: Option<Duration>,
    },
    /// A page.
    Fetched(Fetched),
}

/// A page as bytes; decoding it is work for the CPU pool.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Where it came from in the end.
    pub url: Url,
    /// The unpacked body.
    pub body: Vec<u8>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// For the next request.
    pub validators: Validators,
    /// Hash of the body.
    pub body_hash: String,
    /// Bytes received.
    pub bytes: u64,
    /// What robots.txt asks for between two requests.
    pub crawl_delay: Option<Duration>,
}

impl Fetched {
    /// Decodes the body to text.
    ///
    /// # Errors
    /// `wrong_type` if it is no text.
    pub fn into_page(self) -> Result<Page, Trouble> {
        let content_type = self.content_type.as_deref();
        if looks_binary(&self.body, content_type) {
            let declared = content_type.unwrap_or("no Content-Type");
            let detail = format!("not a web page but binary data ({declared})");
            return Err(Trouble::new(TroubleKind::WrongType, detail));
        }
        let decoded = charset::decode(&self.body, content_type);
        Ok(Page {
            url: self.url,
            text: decoded.text,
            charset: decoded.charset,
            replacements: decoded.replacements,
        })
    }
}

/// Why there is no page.
#[derive(Debug, Clone)]
pub struct FetchFailure {
    /// The class and the sentence.
    pub trouble: Trouble,
    /// How long the site asks to be left alone.
    pub retry_after: Option<Duration>,
    /// What robots.txt asks for between two requests.
    pub crawl_delay: Option<Duration>,
    /// Bytes received.
    pub bytes: u64,
}

impl From<Trouble> for FetchFailure {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, retry_after: None, crawl_delay: None, bytes: 0 }
    }
}

/// Where pages come from: the network, or a recording.
#[async_trait]
pub trait Fetcher: Send + Sync {
    /// Fetches one page.
    async fn fetch(&self, request: &Request) -> Result<Answer, FetchFailure>;

    /// Waits until a site has rested: for commands that run many feeds of one site.
    async fn rested(&self, _url: &Url) {}
}
