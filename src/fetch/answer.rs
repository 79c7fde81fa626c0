//! The result of a fetch: an unchanged page, a new one, or a failure.

use std::time::Duration;

use url::Url;

use super::body_budget::BodyHold;
use super::charset::{self, looks_binary};
use super::guard::Refusal;
use super::repeated::without_repeated;
use crate::model::{Page, Secret, Trouble, TroubleKind, Validators, public_address};

/// The result of a fetch that succeeded.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The page has not changed: the site answered 304, or sent the same bytes again.
    Unchanged {
        /// Validators for the next request.
        validators: Validators,
        /// The site answered 304, so that its word is all there is for it.
        not_modified: bool,
        /// Bytes received.
        bytes: u64,
        /// The pause between two requests that robots.txt asks for.
        crawl_delay: Option<Duration>,
    },
    /// A page.
    Fetched(Fetched),
}

/// A page as bytes. Decoding them is work for the CPU pool.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The address after all redirects.
    pub url: Url,
    /// The unpacked body.
    pub body: Vec<u8>,
    /// The room of the body in the memory for all bodies. To be kept until the page was read.
    pub hold: BodyHold,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// Validators for the next request.
    pub validators: Validators,
    /// Hash of the body.
    pub body_hash: String,
    /// Bytes received.
    pub bytes: u64,
    /// The pause between two requests that robots.txt asks for.
    pub crawl_delay: Option<Duration>,
    /// Parameters that were sent and may be secret. The text of the page does not have them in its addresses.
    pub parameters: Vec<(String, Secret)>,
}

impl Fetched {
    /// Decodes the body to text. Parameters of the request are taken out of the addresses in it. The page gets its
    /// address without what looks like a secret: links such as `#top` repeat the query of the page.
    ///
    /// # Errors
    /// `wrong_type` if the body is binary data.
    pub fn into_page(self) -> Result<Page, Trouble> {
        let content_type = self.content_type.as_deref();
        if looks_binary(&self.body, content_type) {
            let declared = content_type.map_or_else(String::new, |t| format!(" ({t})"));
            let detail = format!("the address gives binary data{declared}, not a web page");
            return Err(Trouble::new(TroubleKind::WrongType, detail));
        }
        let decoded = charset::decode(&self.body, content_type);
        if decoded.is_no_text(&self.body) {
            let detail = format!("the address gives no text that can be read as {}", decoded.charset);
            return Err(Trouble::new(TroubleKind::WrongType, detail));
        }
        Ok(Page {
            url: public_address(&self.url),
            text: without_repeated(decoded.text, &self.parameters),
            charset: decoded.charset,
            replacements: decoded.replacements,
        })
    }

    /// As [`Self::into_page`], but the page keeps its whole address if that is the one that readers get anyway: then
    /// nothing in it is secret, and links to places on the page lead there.
    ///
    /// # Errors
    /// `wrong_type` if the body is binary data.
    pub fn into_page_for(self, readers: &Url) -> Result<Page, Trouble> {
        let address = self.url.clone();
        let page = self.into_page()?;
        Ok(if address == *readers { Page { url: address, ..page } } else { page })
    }
}

/// Why a fetch gave no page.
#[derive(Debug, Clone)]
pub struct FetchFailure {
    /// The class of the failure, and a sentence about it.
    pub trouble: Trouble,
    /// How long the site asks not to be contacted (`Retry-After`).
    pub retry_after: Option<Duration>,
    /// The pause between two requests that robots.txt asks for.
    pub crawl_delay: Option<Duration>,
    /// Bytes received.
    pub bytes: u64,
}

impl From<Trouble> for FetchFailure {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, retry_after: None, crawl_delay: None, bytes: 0 }
    }
}

impl From<Refusal> for FetchFailure {
    fn from(refusal: Refusal) -> Self {
        Trouble::from(refusal).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fetched(address: &str) -> Fetched {
        Fetched {
            url: Url::parse(address).expect("an address"),
            body: b"<p>low tide".to_vec(),
            hold: BodyHold::default(),
            content_type: None,
            validators: Validators::default(),
            body_hash: String::new(),
            bytes: 0,
            crawl_delay: None,
            parameters: Vec::new(),
        }
    }

    #[test]
    fn a_page_has_the_address_that_readers_may_see() {
        let address = "https://example.org/c?lang=en&token=x9";
        let public = Url::parse("https://example.org/c?lang=en").expect("an address");
        let whole = Url::parse(address).expect("an address");
        assert_eq!(fetched(address).into_page().expect("a text").url, public);
        assert_eq!(fetched(address).into_page_for(&public).expect("a text").url, public);
        assert_eq!(fetched(address).into_page_for(&whole).expect("a text").url, whole);
    }
}
