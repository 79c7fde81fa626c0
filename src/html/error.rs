//! The reasons why a text gives no document.

use crate::model::{Kind, Limit};

/// The reason why a page was not parsed or not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unparsable {
    /// The page nests too deeply, has too many nodes (an unclosed `<b>` is opened again in every block), or
    /// has a tag with too many attributes.
    #[error("{0}")]
    Limit(Limit),
    /// The text is neither RSS nor Atom nor JSON Feed.
    #[error("it is no feed: there is no channel or feed element in it, and it is no JSON Feed")]
    NoFeed,
    /// The text is neither JSON nor a page with JSON in its scripts.
    #[error("the page is no JSON, and no JSON stands in its scripts")]
    NoJson,
    /// The JSON is cut off or has a syntax error: the parser's message.
    #[error("the JSON has a mistake in it: {0}")]
    BrokenJson(String),
    /// The source kind is `auto`, and no rules have been detected yet.
    #[error("its listing has not been looked for yet")]
    NotSettled,
    /// The text is not a web page: its actual kind.
    #[error("it is no web page but {}; try `kind = \"{}\"`", text_name(*.0), .0.name())]
    NoPage(Kind),
    /// There is no element in the text.
    #[error("the page is no XML: there is no element in it")]
    NoXml,
    /// The text is not a sitemap.
    #[error("it is no sitemap: there is no `urlset` or `sitemapindex` element in it")]
    NoSitemap,
    /// The page is not from WordPress, or its REST API is switched off.
    #[error(
        "the page announces no REST interface of WordPress (`<link rel=\"https://api.w.org/\">`), and it is no answer of one"
    )]
    NoWordPress,
}

/// The noun for a kind in messages.
const fn text_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Json => "JSON",
        Kind::Feed => "a feed",
        Kind::Sitemap => "a sitemap",
        Kind::Xml => "XML",
        Kind::Auto | Kind::Html | Kind::Structured | Kind::WordPress => "something else",
    }
}
