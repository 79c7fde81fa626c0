//! `detect`: the listings of a page, with the rules that find them. Writes nothing.

use url::Url;

use super::arguments::{Detect, FetchArgs, PlaceArgs};
use super::end::End;
use super::{output, page};
use crate::clock::{Clock, WallClock};
use crate::config::Config;
use crate::cpu::CpuPool;
use crate::fetch::Fetched;
use crate::model::{Found, Kind, Trouble};
use crate::run::{DetectedListing, JqProgram, ListingReader};
use crate::shape::{DetectionShape, FailedDetectionShape};
use crate::survey::{self, Survey};

/// Items of a listing that are shown.
const SHOWN: usize = 5;

pub(super) async fn detect(place: &PlaceArgs, options: Detect) -> anyhow::Result<End> {
    let config = page::configuration(place, &options.fetch)?;
    let now = options.now.unwrap_or_else(|| WallClock.now());
    let is_address = options.target.contains("://");
    let fetched = page::page(&config, &options.target, options.base.as_ref(), &options.fetch).await?;
    let surveyed = match fetched {
        Ok(fetched) => survey(&config, fetched, is_address.then_some(&options.fetch), now).await,
        Err(trouble) => Err(trouble),
    };
    match surveyed {
        Ok(survey) if options.json => as_json(&survey),
        Ok(survey) => as_text(&survey),
        Err(trouble) => failed(Url::parse(&options.target).ok().as_ref(), &trouble, options.json),
    }
}

/// Finds the listings of a page; and, with arguments for fetching, the feeds of its site.
pub(super) async fn survey(
    config: &Config,
    fetched: Fetched,
    fetch: Option<&FetchArgs>,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Survey, Trouble> {
    let network = page::network(config);
    let jq = JqProgram::own();
    let cpu = CpuPool::new(config.limits.cpu_threads);
    let reader =
        ListingReader { fetcher: &network, cpu: &cpu, jq: &jq, clock: &WallClock, metrics: None, config };
    let like = fetch.map(|fetch| page::bare_request(config, fetched.url.clone(), fetch));
    survey::survey(reader, fetched, like.as_ref(), now).await
}

/// Shows how the fields of a listing are filled, and its first items.
pub(super) fn show(survey: &Survey, number: usize, listing: &DetectedListing) -> anyhow::Result<()> {
    let item = listing.spec.item();
    let by = if item.is_empty() { listing.spec.kind.name() } else { item };
    let found = &listing.reading.found;
    output::line(&format!("{number}. {} by `{by}`", counts(found)))?;
    show_first(survey, found)
}

/// Shows the first items.
pub(super) fn show_first(survey: &Survey, found: &[Found]) -> anyhow::Result<()> {
    let items = survey.items(found);
    output::line(&output::items_overview(&items[..items.len().min(SHOWN)]).to_string())?;
    let more = items.len().saturating_sub(SHOWN);
    output::line(&if more > 0 { format!("   … and {more} more\n") } else { String::new() })
}

/// How many items there are, and how many have which field.
fn counts(found: &[Found]) -> String {
    let having = |has: fn(&Found) -> bool| found.iter().filter(|f| has(f)).count();
    let fields = [
        ("dates", having(|f| f.date.is_some())),
        ("summaries", having(|f| f.content.summary.is_some())),
        ("pictures", having(|f| f.content.image.is_some())),
    ];
    let fields: Vec<String> = fields.iter().map(|(name, n)| format!("{n} {name}")).collect();
    format!("{} ({})", output::counted(found.len(), "item", "items"), fields.join(", "))
}

fn as_text(survey: &Survey) -> anyhow::Result<End> {
    for (i, listing) in survey.detected.listings.iter().enumerate() {
        show(survey, i + 1, listing)?;
    }
    feeds(survey)?;
    match survey.detected.listings.first() {
        Some(best) => {
            output::line(&format!("\n{}", survey.feed(best).toml()))?;
            if survey.detected.listings.len() > 1 {
                output::note("`feedbridge add URL --listing 2` takes the second listing");
            }
            Ok(End::Fine)
        }
        None => {
            output::note(&format!("error: {}", survey.detected.trouble()));
            Ok(End::Failed)
        }
    }
}

/// The feeds of the site, for people.
pub(super) fn feeds(survey: &Survey) -> anyhow::Result<()> {
    for judged in &survey.feeds {
        output::line(&format!("The site has a feed: {} ({})", judged.feed.url, judged.words()))?;
    }
    let judged = |url: &Url| survey.feeds.iter().any(|j| j.feed.url == *url);
    for feed in survey.detected.feeds.iter().filter(|f| !judged(&f.url)) {
        let what = if feed.kind == Kind::Feed {
            "announces a feed"
        } else {
            "belongs to a WordPress site (kind = \"wordpress\")"
        };
        output::line(&format!("The page {what}: {}", feed.url))?;
    }
    Ok(())
}

fn as_json(survey: &Survey) -> anyhow::Result<End> {
    output::json(&DetectionShape::from(survey))?;
    // A page without a listing is an answer, too.
    Ok(if survey.detected.listings.is_empty() { End::Failed } else { End::Fine })
}

fn failed(url: Option<&Url>, trouble: &Trouble, as_json: bool) -> anyhow::Result<End> {
    if as_json {
        output::json(&FailedDetectionShape::of(url, trouble))?;
    }
    output::note(&format!("error: {trouble}"));
    Ok(End::Failed)
}
