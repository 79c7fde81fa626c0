//! `article`: the full text of one page.

use super::arguments::{self, PlaceArgs};
use super::end::End;
use super::{output, page};
use crate::article::{self, Article, ArticleRules, NoText};
use crate::fetch::Fetched;
use crate::html::allowance;
use crate::model::Trouble;
use crate::shape::ArticleShape;

pub(super) async fn article(place: &PlaceArgs, options: arguments::ArticleOptions) -> anyhow::Result<End> {
    let config = page::configuration(place, &options.fetch)?;
    let fetched = page::page(&config, &options.target, options.base.as_ref(), &options.fetch).await?;
    let page = match fetched.and_then(Fetched::into_page) {
        Ok(page) => page,
        Err(trouble) => return Ok(failed(&trouble)),
    };
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
