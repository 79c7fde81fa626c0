//! `article`: the full text of one page.

use serde_json::json;

use super::arguments::{self, PlaceArgs};
use super::{End, output, page};
use crate::article::{self, Article};
use crate::fetch::Fetched;
use crate::model::Trouble;
use crate::normalise::safe_html;

pub(super) async fn article(at: &PlaceArgs, options: arguments::Article) -> anyhow::Result<End> {
    let config = page::configuration(at, &options.fetch)?;
    let fetched = page::page(&config, &options.target, options.base.as_ref(), &options.fetch).await?;
    let page = match fetched.and_then(Fetched::into_page) {
        Ok(page) => page,
        Err(trouble) => return Ok(failed(&trouble)),
    };
    let article = article::article(&page, &config.limits.extract)?;
    let found = article.content_html.is_some();
    show(&article, options.json)?;
    if !found {
        output::note("error: no article's text was found on the page");
    }
    Ok(if found { End::Fine } else { End::Failed })
}

fn show(article: &Article, as_json: bool) -> anyhow::Result<()> {
    let absolute = |address: &String| article.base.as_ref().and_then(|b| b.join(address).ok());
    if as_json {
        let html = article.content_html.as_ref().zip(article.base.as_ref());
        return output::json_value(&json!({
            "title": article.title,
            "byline": article.byline,
            "published": article.published,
            "content_html": html.map(|(html, base)| safe_html(html, base)),
            "text": article.text,
            "image": article.image.as_ref().and_then(absolute),
            "language": article.language,
        }));
    }
    let heads = [&article.title, &article.byline, &article.published];
    for line in heads.into_iter().flatten() {
        output::line(line)?;
    }
    output::line(&format!("\n{}", article.text.as_deref().unwrap_or_default()))
}

fn failed(trouble: &Trouble) -> End {
    output::note(&format!("error: {trouble}"));
    End::Failed
}
