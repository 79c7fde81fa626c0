//! An article as JSON.

use serde::Serialize;
use url::Url;

use crate::article::Article;
use crate::normalise::safe_html;

/// The full text of an article and what its page states about it.
#[derive(Debug, Clone, Serialize)]
pub struct ArticleShape {
    title: Option<String>,
    byline: Option<String>,
    /// The date as the page writes it for machines; else as RFC 3339 writes it, without an offset where the page
    /// states none.
    published: Option<String>,
    /// Sanitised, with absolute addresses.
    content_html: Option<String>,
    text: Option<String>,
    /// The picture that the page names for machines, else the first one of the text.
    image: Option<Url>,
    language: Option<String>,
}

impl From<&Article> for ArticleShape {
    fn from(article: &Article) -> Self {
        let base = article.base.as_ref();
        let image = article.image.as_ref().or(article.text_image.as_ref()).zip(base);
        let content = article.content_html.as_ref().zip(base);
        let language = article.language.as_deref();
        Self {
            title: article.title.clone(),
            byline: article.byline.clone(),
            published: article.published.clone(),
            content_html: content.and_then(|(html, base)| safe_html(html, base, language).ok()),
            text: article.text.clone(),
            image: image.and_then(|(address, base)| base.join(address).ok()),
            language: article.language.clone(),
        }
    }
}
