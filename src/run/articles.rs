//! Items' own pages, fetched one by one after the listing. An item is served before its article is there,
//! and stays as it is if the article cannot be fetched.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument, Span};
use url::Url;

use super::listing_reader::{READ_WITHIN, no_result};
use super::reading::unparsable;
use super::request::request;
use super::spans::{fetched, note_failure, of_store, within};
use super::{PUT_OFF, Tools, panicked};
use crate::article::{self, Article, ArticleRules, NoText};
use crate::channel::Feed;
use crate::config::Config;
use crate::date::DateRules;
use crate::fetch::{Accept, Answer, FetchFailure, Request};
use crate::html::allowance;
use crate::model::{Cause, Completion, Enclosure, Limit, PageDate, Trouble, TroubleKind};
use crate::normalise;
use crate::store::{ArticleClaim, ArticleOutcome, Memory, StoreError};
use crate::telemetry;

/// Attempts to fetch an article.
const TRIES: u32 = 5;
/// Media files of one item whose servers are asked for type and length.
const MAX_FILES: usize = 5;
/// The first pause after a failure; each one after it is four times as long.
const PAUSE: Duration = Duration::from_secs(60);

/// Fetches the article of a claim and writes the outcome. Returns whether the served item has changed.
///
/// # Errors
/// When the store cannot be written.
pub async fn article(
    tools: &Tools,
    config: &Config,
    feed: Option<&Feed>,
    claim: &ArticleClaim,
) -> Result<bool, StoreError> {
    let span = tracing::info_span!(
        "article",
        feed.id = %claim.feed,
        article.outcome = Empty,
        otel.status_code = Empty,
    );
    let end = article_end(tools, config, feed, claim, &span).instrument(span.clone()).await;
    span.record("article.outcome", outcome_name(&end));
    let written = within(span.in_scope(of_store), tools.store.finish_article(claim, end)).await;
    if written.is_err() {
        note_failure(&span);
    }
    written
}

/// The name of an outcome in spans.
const fn outcome_name(end: &ArticleOutcome) -> &'static str {
    match end {
        ArticleOutcome::Found(..) => "found",
        ArticleOutcome::Later(_) => "later",
        ArticleOutcome::PutOff(_) => "put_off",
        ArticleOutcome::Never => "never",
    }
}

async fn article_end(
    tools: &Tools,
    config: &Config,
    feed: Option<&Feed>,
    claim: &ArticleClaim,
    span: &Span,
) -> ArticleOutcome {
    match feed.filter(|f| f.recipe.follows_items()) {
        // The configuration does not ask for articles any more.
        None => ArticleOutcome::Never,
        Some(feed) => {
            let read = read_article(tools, config, feed, claim).await;
            let is_good = read.as_ref().is_ok_and(|reading| reading.trouble.is_none());
            tools.metrics.article_ended(is_good);
            if !is_good {
                note_failure(span);
            }
            match read {
                Ok(reading) => outcome(claim, reading),
                Err(failure) => retry(tools, claim, &failure),
            }
        }
    }
}

/// Fetches the articles of a feed that are due, until there are none or the time is over. Returns how many
/// items have changed.
///
/// # Errors
/// When the store fails.
pub async fn articles(
    tools: &Tools,
    config: &Config,
    feed: &Feed,
    until: Instant,
) -> Result<usize, StoreError> {
    let mut changed = 0;
    while feed.recipe.follows_items() && Instant::now() < until {
        let claims = tools.store.take_articles(Some(&feed.id), &[], 1, config.limits.run).await?;
        let Some(claim) = claims.first() else { break };
        changed += usize::from(article(tools, config, Some(feed), claim).await?);
    }
    Ok(changed)
}

/// Reads an item's own page, and asks the servers of its files.
async fn read_article(
    tools: &Tools,
    config: &Config,
    feed: &Feed,
    claim: &ArticleClaim,
) -> Result<ArticleReading, FetchFailure> {
    let mut reading = match &feed.recipe.article {
        Some(rules) => page(tools, config, feed, claim, rules.clone()).await?,
        None => ArticleReading::default(),
    };
    if feed.recipe.measure {
        reading.completion.enclosures = measured(tools, config, feed, &claim.content.enclosures).await;
    }
    Ok(reading)
}

/// The parts that an item's own page adds to it.
#[derive(Debug, Default)]
struct ArticleReading {
    completion: Completion,
    /// The date that the page states.
    date: Option<PageDate>,
    /// Why the page has no text.
    trouble: Option<Trouble>,
}

/// The outcome of a page that was read. A page without text may still have a title or a date. If it has
/// nothing, it is not read again.
fn outcome(claim: &ArticleClaim, reading: ArticleReading) -> ArticleOutcome {
    let ArticleReading { completion, date, trouble } = reading;
    let Some(trouble) = trouble else { return ArticleOutcome::Found(Box::new(completion), date) };
    tracing::info!(
        feed.id = %claim.feed,
        run.trouble = trouble.kind.name(),
        "the page of an item has no text: {trouble}"
    );
    let is_empty = date.is_none() && completion == Completion::default();
    if is_empty { ArticleOutcome::Never } else { ArticleOutcome::Found(Box::new(completion), date) }
}

/// The trouble of a page without the text of an article, and without a picture that a rule has found.
fn no_text(article: &Article) -> Option<Trouble> {
    let is_empty = article.text.is_none() && article.content_html.is_none();
    is_empty.then(|| Trouble::new(TroubleKind::NoText, NoText::of(article).to_string()))
}

async fn page(
    tools: &Tools,
    config: &Config,
    feed: &Feed,
    claim: &ArticleClaim,
    rules: ArticleRules,
) -> Result<ArticleReading, FetchFailure> {
    let Some(url) = claim.content.url.clone() else {
        return Err(Trouble::new(TroubleKind::NoItems, "the item has no link to an article").into());
    };
    let readers = url.clone();
    let request = item_request(config, feed, url);
    let Answer::Fetched(answer) = fetched(tools.fetcher.as_ref(), &request).await? else {
        return Err(panicked().trouble.into());
    };
    let recipe = Arc::clone(&feed.recipe);
    let limits = config.limits.clone();
    let zone = feed.timezone;
    let content = claim.content.clone();
    let now = tools.clock.now();
    let work = tools.cpu.run_within(READ_WITHIN, move || {
        let _hold = answer.hold.clone();
        // Readers have the address of the item as the site gives it.
        let page = answer.into_page_for(&readers)?;
        allowance::of_page(|| {
            let article =
                article::article(&page, &rules, limits.extract.depth).map_err(|e| unparsable(&e))?;
            let language = recipe.language.clone();
            let has_title_by_rule = rules.title.is_some() && article.title.is_some();
            let context = normalise::CompletionContext {
                page: &page.url,
                title_by_rule: has_title_by_rule,
                language: language.as_deref(),
                limits: &limits.text,
            };
            let completion = normalise::complete(&content, &article, &context);
            let dates = DateRules { format: None, zone, order: None, language };
            let date = normalise::published(&article, &dates, now);
            Ok(ArticleReading { completion, date, trouble: no_text(&article) })
        })
    });
    let read = async { work.await.unwrap_or_else(|reason| Err(no_result(&reason).trouble)) };
    let span = tracing::info_span!("read", otel.status_code = Empty);
    within(span, read).await.map_err(Trouble::into)
}

/// A request for a page or file of an item: as for the listing, but headers are sent to the origin of the
/// listing only, because they may hold secrets. The parameters of the listing are not for other pages.
fn item_request(config: &Config, feed: &Feed, url: Url) -> Request {
    let plain = request(config, feed, &Memory::default());
    let headers = if url.origin() == feed.url.origin() { plain.headers.clone() } else { Vec::new() };
    Request { url, post: None, headers, query: Vec::new(), accept: Accept::Page, ..plain }
}

/// The files with the type and length that their servers state, where the page does not. A file whose
/// server does not answer stays as it is.
async fn measured(tools: &Tools, config: &Config, feed: &Feed, files: &[Enclosure]) -> Vec<Enclosure> {
    let mut out = Vec::new();
    for file in files.iter().filter(|f| f.length.is_none() || f.media_type.is_none()).take(MAX_FILES) {
        let Ok(url) = Url::parse(&file.url) else { continue };
        let asked = Request { head_only: true, ..item_request(config, feed, url) };
        let Ok(Answer::Fetched(head)) = fetched(tools.fetcher.as_ref(), &asked).await else { continue };
        let named = head.content_type.as_deref().and_then(|t| t.split(';').next()).map(str::trim);
        out.push(Enclosure {
            url: file.url.clone(),
            media_type: file.media_type.clone().or(named.filter(|t| t.contains('/')).map(str::to_owned)),
            length: file.length.or(Some(head.bytes).filter(|n| *n > 0)),
        });
    }
    out
}

/// Whether another try at an article would end as this one did. A page that takes too long to read is never
/// read again, as its work cannot be stopped.
fn is_final(trouble: &Trouble) -> bool {
    let gone = matches!(trouble.status(), Some(401 | 403 | 404 | 410));
    let refused = matches!(
        trouble.kind,
        TroubleKind::Robots | TroubleKind::RefusedAddress | TroubleKind::WrongType | TroubleKind::NoItems
    );
    let overdue = matches!(trouble.cause, Cause::Limit(Limit::Reading(_)));
    gone || refused || overdue
}

/// The time at which a failed article is tried again. One that is gone or refused, or failed often, is not.
fn retry(tools: &Tools, claim: &ArticleClaim, failure: &FetchFailure) -> ArticleOutcome {
    let trouble = &failure.trouble;
    if trouble.kind == TroubleKind::Machine {
        if let Some(left_out) = telemetry::may_log("article_put_off") {
            tracing::warn!(feed.id = %claim.feed, "an article is put off: {}{left_out}", trouble.detail);
        }
        return ArticleOutcome::PutOff(tools.clock.now() + PUT_OFF);
    }
    tracing::info!(
        feed.id = %claim.feed,
        run.trouble = trouble.kind.name(),
        tries = claim.tries,
        "an article could not be fetched, its item stays as it is: {trouble}"
    );
    if is_final(trouble) || claim.tries >= TRIES {
        return ArticleOutcome::Never;
    }
    let own_pause = PAUSE * 4_u32.pow(claim.tries.saturating_sub(1).min(TRIES));
    let pause = own_pause.max(failure.retry_after.unwrap_or_default());
    let wait = TimeDelta::from_std(pause).unwrap_or(TimeDelta::days(1));
    ArticleOutcome::Later(tools.clock.now() + wait)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::NoResult;

    #[test]
    fn an_article_that_takes_too_long_to_read_is_not_tried_again() {
        assert!(is_final(&no_result(&NoResult::Overdue(READ_WITHIN)).trouble));
        assert!(!is_final(&no_result(&NoResult::Panicked("low tide".to_owned())).trouble));
        assert!(!is_final(&Trouble::from(Limit::Fetch(READ_WITHIN))));
    }
}
