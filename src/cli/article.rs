//! `article`: the full text of one page.

use super::arguments::{self, PlaceArgs};
use super::end::End;
use super::{output, page};
use crate::article::{self, Article, ArticleRules, NoText};
use crate::extract;
use crate::fetch::Fetched;
use crate::html::allowance;
use crate::model::{Kind, Trouble};
use crate::shape::ArticleShape;

/// The first characters of feeds, sitemaps and other XML.
const XML_STARTS: &[&str] = &["<?xml", "<rss", "<feed", "<rdf:RDF", "<urlset", "<sitemapindex"];

pub(super) async fn article(place: &PlaceArgs, options: arguments::ArticleOptions) -> anyhow::Result<End> {
    let config = page::configuration(place, &options.fetch)?;
    let fetched = page::page(&config, &options.target, options.base.as_ref(), &options.fetch).await?;
    let page = match fetched.and_then(Fetched::into_page) {
        Ok(page) => page,
        Err(trouble) => return Ok(failed(&trouble)),
    };
    if let Some(reason) = no_page(&page.text) {
        output::note(&format!("error: {reason}"));
        return Ok(End::Failed);
    }
    let max_depth = config.limits.extract.depth;
    let article = allowance::of_page(|| {
        let article = article::article(&page, &ArticleRules::default(), max_depth)?;
        show(&article, options.json)?;
        anyhow::Ok(article)
    })?;
    if article.text.is_some() {
        return Ok(End::Fine);
    }
    output::note(&format!("error: {}", NoText::of(&article)));
    Ok(End::Failed)
}

/// Why a text is no web page, and the command that reads it; `None` for a page, and for plain text.
fn no_page(text: &str) -> Option<&'static str> {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let kind = extract::kind_of_text(text);
    if extract::json_value(text).is_ok_and(|value| value.is_object() || value.is_array()) {
        return Some("this is JSON, not a web page; `feedbridge select` shows its values");
    }
    // A page may speak of `<feed>` anywhere but at its beginning.
    let is_xml = XML_STARTS.iter().any(|tag| start.starts_with(tag));
    match kind.filter(|_| is_xml)? {
        Kind::Feed => Some("this is a feed, not a web page; `feedbridge preview` shows its items"),
        Kind::Sitemap => Some("this is a sitemap, not a web page; `feedbridge preview` shows its pages"),
        _ => Some("this is XML, not a web page; `feedbridge select` shows its elements"),
    }
}

fn show(article: &Article, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return output::json(&ArticleShape::from(article));
    }
    let heads = [&article.title, &article.byline, &article.published];
    for line in heads.into_iter().flatten() {
        output::line(line)?;
    }
    match &article.text {
        Some(text) => output::line(&format!("\n{text}")),
        None => Ok(()),
    }
}

fn failed(trouble: &Trouble) -> End {
    output::note(&format!("error: {trouble}"));
    End::Failed
}
