//! Items' own pages, fetched one by one after the listing: an item is served before its article is
//! there, and stays as it is if the article never comes.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::Instant;
use url::Url;

use super::reading::unparsable;
use super::request::request;
use super::{Tools, panicked};
use crate::article::{self, ArticleRules};
use crate::channel::Feed;
use crate::config::Config;
use crate::date::DateRules;
use crate::fetch::{Answer, FetchFailure, Request};
use crate::model::{Completion, Enclosure, PageDate, Trouble, TroubleKind};
use crate::normalise;
use crate::store::{ArticleClaim, ArticleOutcome, Memory, StoreError};

/// How often an article is tried.
const TRIES: u32 = 5;
/// Files of one item whose servers are asked.
const MAX_FILES: usize = 5;
/// The first pause after a failure; each one after it is four times as long.
const PAUSE: Duration = Duration::from_secs(60);

/// Fetches the article of a turn and writes what came of it; gives whether what is served has changed.
///
/// # Errors
/// When the store cannot be written.
pub async fn article(
    tools: &Tools,
    config: &Config,
    feed: Option<&Feed>,
    turn: &ArticleClaim,
) -> Result<bool, StoreError> {
    let end = match feed.filter(|f| f.recipe.follows_items()) {
        // It is wanted no longer.
        None => ArticleOutcome::Never,
        Some(feed) => {
            let read = one(tools, config, feed, turn).await;
            tools.metrics.article_ended(read.is_ok());
            match read {
                Ok((completion, date)) => ArticleOutcome::Found(Box::new(completion), date),
                Err(failure) => again(tools, turn, &failure),
            }
        }
    };
    tools.store.finish_article(turn, end).await
}

/// Fetches the articles of a feed that are wanted now, until there are none or the time is over.
/// Gives how many came.
///
/// # Errors
/// When the store fails.
pub async fn articles(
    tools: &Tools,
    config: &Config,
    feed: &Feed,
    until: Instant,
) -> Result<usize, StoreError> {
    let mut came = 0;
    while feed.recipe.follows_items() && Instant::now() < until {
        let turns = tools.store.take_articles(Some(&feed.id), &[], 1, config.limits.run).await?;
        let Some(turn) = turns.first() else { break };
        came += usize::from(article(tools, config, Some(feed), turn).await?);
    }
    Ok(came)
}

/// What an item's own page and the servers of its files say.
async fn one(tools: &Tools, config: &Config, feed: &Feed, turn: &ArticleClaim) -> Result<Said, FetchFailure> {
    let (mut completion, date) = match &feed.recipe.article {
        Some(rules) => page(tools, config, feed, turn, rules.clone()).await?,
        None => (Completion::default(), None),
    };
    if feed.recipe.measure {
        completion.enclosures = measured(tools, config, feed, &turn.content.enclosures).await;
    }
    Ok((completion, date))
}

type Said = (Completion, Option<PageDate>);

async fn page(
    tools: &Tools,
    config: &Config,
    feed: &Feed,
    turn: &ArticleClaim,
    rules: ArticleRules,
) -> Result<Said, FetchFailure> {
    let Some(url) = turn.content.url.clone() else {
        return Err(Trouble::new(TroubleKind::NoItems, "the item has no address").into());
    };
    let Answer::Fetched(fetched) = tools.fetcher.fetch(&asking(config, feed, url)).await? else {
        return Err(panicked().trouble.into());
    };
    let (recipe, limits, zone) = (Arc::clone(&feed.recipe), config.limits.clone(), feed.timezone);
    let (content, now) = (turn.content.clone(), tools.clock.now());
    let work = tools.cpu.run(move || {
        let page = fetched.into_page()?;
        let article = article::article(&page, &rules, limits.extract.depth).map_err(|e| unparsable(&e))?;
        let language = recipe.language.clone();
        let named = rules.title.is_some() && article.title.is_some();
        let context = normalise::CompletionContext {
            page: &page.url,
            title_by_rule: named,
            language: language.as_deref(),
            limits: &limits.text,
        };
        let completion = normalise::complete(&content, &article, &context);
        let dates = DateRules { format: None, zone, order: None, language };
        Ok((completion, normalise::published(&article, &dates, now)))
    });
    work.await.map_err(|p| Trouble::new(TroubleKind::Bug, p.to_string()))?.map_err(Trouble::into)
}

/// A request for something of an item: as for the listing, but what is secret stays with its site.
fn asking(config: &Config, feed: &Feed, url: Url) -> Request {
    let plain = request(config, feed, &Memory::default());
    let headers = if url.origin() == feed.url.origin() { plain.headers.clone() } else { Vec::new() };
    Request { url, post: None, headers, ..plain }
}

/// The files with type and length as their servers say them, where the page does not. A file that cannot
/// be asked for stays as it is.
async fn measured(tools: &Tools, config: &Config, feed: &Feed, files: &[Enclosure]) -> Vec<Enclosure> {
    let mut out = Vec::new();
    for file in files.iter().filter(|f| f.length.is_none() || f.media_type.is_none()).take(MAX_FILES) {
        let Ok(url) = Url::parse(&file.url) else { continue };
        let asked = Request { head_only: true, ..asking(config, feed, url) };
        let Ok(Answer::Fetched(head)) = tools.fetcher.fetch(&asked).await else { continue };
        let named = head.content_type.as_deref().and_then(|t| t.split(';').next()).map(str::trim);
        out.push(Enclosure {
            url: file.url.clone(),
            media_type: file.media_type.clone().or(named.filter(|t| t.contains('/')).map(str::to_owned)),
            length: file.length.or(Some(head.bytes).filter(|n| *n > 0)),
        });
    }
    out
}

/// When a failed article is tried again; what is gone, and what failed often, is not.
fn again(tools: &Tools, turn: &ArticleClaim, failure: &FetchFailure) -> ArticleOutcome {
    let trouble = &failure.trouble;
    let gone = matches!(trouble.status(), Some(401 | 403 | 404 | 410));
    let refused = matches!(
        trouble.kind,
        TroubleKind::Robots | TroubleKind::RefusedAddress | TroubleKind::WrongType | TroubleKind::NoItems
    );
    tracing::info!(
        feed.id = %turn.feed,
        run.trouble = trouble.kind.name(),
        tries = turn.tries,
        "an article could not be fetched, its item stays as it is: {trouble}"
    );
    if gone || refused || turn.tries >= TRIES {
        return ArticleOutcome::Never;
    }
    let pause = PAUSE * 4_u32.pow(turn.tries.saturating_sub(1).min(TRIES));
    let pause = pause.max(failure.retry_after.unwrap_or_default());
    let pause = TimeDelta::from_std(pause).unwrap_or(TimeDelta::days(1));
    ArticleOutcome::Later(tools.clock.now() + pause)
}
