//! An article's own page -> title, author, date, main text. Pure.
//!
//! The text is found by where its words are: blocks of running text vouch for the elements around
//! them (`score`); what stands among them and is no text of the article is left out (`clean`).

mod clean;
mod element;
mod meta;
mod score;

use url::Url;

use element::Around;

use super::{ExtractLimits, Unparsable, dom};
use crate::model::Page;

/// So little of a page's text is seldom its article.
const LITTLE: f64 = 0.15;

/// What an article's page says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Article {
    /// The headline.
    pub title: Option<String>,
    /// Who wrote it, as one line.
    pub byline: Option<String>,
    /// When it was published, as the page writes it for machines.
    pub published: Option<String>,
    /// The main text as HTML, not sanitised.
    pub content_html: Option<String>,
    /// The main text, paragraphs parted by blank lines.
    pub text: Option<String>,
    /// Address of the lead picture, maybe relative.
    pub image: Option<String>,
    /// BCP 47 language.
    pub language: Option<String>,
    /// The base of relative addresses.
    pub base: Option<Url>,
}

/// Reads an article.
///
/// # Errors
/// When the page cannot be parsed within the limits.
pub fn article(page: &Page, limits: &ExtractLimits) -> Result<Article, Unparsable> {
    let document = dom::parse(&page.text, limits.depth)?;
    let meta = meta::read(&document);
    let total = element::lengths(document.root_element()).0;
    let read = |strict: bool| {
        let around = Around { total, strict };
        clean::write(&score::main_elements(&document, around), meta.title.as_deref(), around)
    };
    // Where names say that all of the page stands around its article, they are not believed.
    let mut written = read(true);
    if element::share(element::length(&written.text), total.max(1)) < LITTLE {
        let all = read(false);
        if all.text.len() > written.text.len() * 3 {
            written = all;
        }
    }
    Ok(Article {
        content_html: Some(written.html).filter(|h| !h.trim().is_empty()),
        text: Some(written.text).filter(|t| !t.is_empty()),
        language: dom::language(&document),
        base: Some(dom::base(&document, &page.url)),
        title: meta.title,
        byline: meta.byline,
        published: meta.published,
        image: meta.image,
    })
}
