//! The trait by which a run gets pages.

use async_trait::async_trait;
use url::Url;

use super::answer::{Answer, FetchFailure};
use super::request::Request;

/// A source of pages: the network, or a recording in tests.
#[async_trait]
pub trait Fetcher: Send + Sync {
    /// Fetches one page.
    async fn fetch(&self, request: &Request) -> Result<Answer, FetchFailure>;

    /// Waits until the pause after the last request to a site is over, without sending one. For
    /// commands that run many feeds of one site.
    async fn wait_for_pace(&self, _url: &Url) {}
}
