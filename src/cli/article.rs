//! `article`: the full text of one page.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::arguments::{self, PlaceArgs};
use super::target::{self, NotATarget, Target};
use super::{End, output, preview};
use crate::clock::WallClock;
use crate::config::Config;
use crate::extract::{self, Article};
use crate::fetch::{Answer, Fetched, Fetcher, Network};
use crate::model::Trouble;
use crate::normalise::safe_html;

pub(super) async fn article(at: &PlaceArgs, options: arguments::Article) -> anyhow::Result<End> {
    let config = if at.config.is_some() || target::config_file(at).exists() {
        target::config(at, Some(&options.fetch))?
    } else {
        Config::parse("", Path::new("feeds.toml"))?.overridden(&target::overrides(at, Some(&options.fetch)))
    };
    let fetched = match target::target(&options.target)? {
        Target::Bytes(body) => preview::from_bytes(body, options.base.clone()),
        Target::Url(url) => match page(&config, url, &options).await {
            Ok(fetched) => fetched,
            Err(trouble) => return Ok(failed(&trouble)),
        },
        Target::Feed(id) => return Err(NotATarget(format!("`{id}` is neither an address nor a file")).into()),
    };
    let page = match fetched.into_page() {
        Ok(page) => page,
        Err(trouble) => return Ok(failed(&trouble)),
    };
    let article = extract::article(&page, &config.limits.extract)?;
    let found = article.content_html.is_some();
    show(&article, options.json)?;
    if !found {
        output::note("error: no article's text was found on the page");
    }
    Ok(if found { End::Fine } else { End::Failed })
}

async fn page(config: &Config, url: url::Url, options: &arguments::Article) -> Result<Fetched, Trouble> {
    let network = Network::new(config.limits.fetch.clone(), Arc::new(WallClock));
    let request = preview::bare_request(config, url, &options.fetch);
    match network.fetch(&request).await {
        Ok(Answer::Fetched(fetched)) => Ok(fetched),
        Ok(Answer::Unchanged { .. }) => unreachable!("an unconditional request"),
        Err(failure) => Err(failure.trouble),
    }
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
