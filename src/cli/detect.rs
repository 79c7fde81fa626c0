//! `detect`: the listings of a page, with the rules that find them. Writes nothing.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::arguments::{Detect, FetchArgs, PlaceArgs};
use super::{End, output, page};
use crate::clock::{Clock, WallClock};
use crate::config::{Config, NewFeed};
use crate::date::DateRules;
use crate::detect::{self, FoundRules};
use crate::fetch::Fetched;
use crate::history::{self, KnownItems};
use crate::model::{FeedId, Found, Item, Trouble};
use crate::run::{self, Detected, DetectedListing, JudgedFeed};

/// Items of a listing that are shown.
const SHOWN: usize = 5;

/// A page that was looked at.
pub(super) struct Looked {
    /// Where it came from in the end.
    pub(super) url: Url,
    pub(super) detected: Detected,
    /// The feeds of the site.
    pub(super) feeds: Vec<JudgedFeed>,
    now: DateTime<Utc>,
}

pub(super) async fn detect(at: &PlaceArgs, options: Detect) -> anyhow::Result<End> {
    let config = page::configuration(at, &options.fetch)?;
    let now = options.now.unwrap_or_else(|| WallClock.now());
    let is_address = options.target.contains("://");
    let fetched = page::page(&config, &options.target, options.base.as_ref(), &options.fetch).await?;
    let looked = match fetched {
        Ok(fetched) => look(&config, fetched, is_address.then_some(&options.fetch), now).await,
        Err(trouble) => Err(trouble),
    };
    match looked {
        Ok(looked) if options.json => as_json(&looked),
        Ok(looked) => as_text(&looked),
        Err(trouble) => failed(Url::parse(&options.target).ok().as_ref(), &trouble, options.json),
    }
}

/// Finds the listings of a page; and, with arguments for fetching, the feeds of its site.
pub(super) async fn look(
    config: &Config,
    fetched: Fetched,
    fetch: Option<&FetchArgs>,
    now: DateTime<Utc>,
) -> Result<Looked, Trouble> {
    let dates = DateRules { format: None, zone: chrono_tz::Tz::UTC, order: None, language: None };
    let page = fetched.into_page()?;
    let url = page.url.clone();
    let limits = config.limits.clone();
    let detected = run::detected(&page, &dates, now, &limits, detect::MAX_CANDIDATES)?;
    let feeds = match fetch {
        Some(fetch) if !is_feed(&detected) => {
            let (network, like) = (page::network(config), page::bare_request(config, url.clone(), fetch));
            let listing = detected.listings.first();
            run::judged(&network, &like, &detected.feeds, listing, &dates, now, &limits).await
        }
        _ => Vec::new(),
    };
    Ok(Looked { url, detected, feeds, now })
}

/// Whether the address is that of a feed itself.
fn is_feed(detected: &Detected) -> bool {
    detected.listings.first().is_some_and(|l| l.rules.kind == "feed")
}

impl Looked {
    /// A listing as a feed of feeds.toml.
    pub(super) fn feed(&self, listing: &DetectedListing) -> NewFeed {
        NewFeed {
            id: FeedId::from_url(&self.url),
            title: self.detected.title.as_deref().and_then(title),
            url: self.url.clone(),
            rules: listing.rules.toml(),
            item: listing.rules.item.clone(),
            fetch: Vec::new(),
        }
    }

    /// The site's own feed as a feed of feeds.toml.
    pub(super) fn native(&self, judged: &JudgedFeed) -> NewFeed {
        let own = judged.feed.title.as_deref().and_then(title);
        NewFeed {
            id: FeedId::from_url(&self.url),
            title: own.or_else(|| self.detected.title.as_deref().and_then(title)),
            url: judged.feed.url.clone(),
            rules: FoundRules::of_kind("feed").toml(),
            item: String::new(),
            fetch: Vec::new(),
        }
    }

    /// Items as they would be served.
    pub(super) fn items(&self, found: &[Found]) -> Vec<Item> {
        let id = FeedId::from_url(&self.url);
        let merge = history::merge(&id, &KnownItems::new(), found.to_vec(), self.now, false);
        merge.added.into_iter().map(|(item, _)| item).collect()
    }

    /// The first items of a listing, and how its fields are filled, for people.
    pub(super) fn show(&self, number: usize, listing: &DetectedListing) -> anyhow::Result<()> {
        let by = if listing.rules.item.is_empty() { listing.rules.kind } else { &listing.rules.item };
        output::line(&format!("{number}. {} by `{by}`", counts(&listing.found)))?;
        self.first(&listing.found)
    }

    /// The first items, for people.
    pub(super) fn first(&self, found: &[Found]) -> anyhow::Result<()> {
        let items = self.items(found);
        output::line(&output::items_overview(&items[..items.len().min(SHOWN)]).to_string())?;
        let more = items.len().saturating_sub(SHOWN);
        output::line(&if more > 0 { format!("   … and {more} more\n") } else { String::new() })
    }
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

/// A page's title on one line, not too long, without marks that turn text around.
fn title(text: &str) -> Option<String> {
    let turns =
        |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control() && !turns(c)).take(100).collect();
    Some(line).filter(|t| !t.is_empty())
}

fn as_text(looked: &Looked) -> anyhow::Result<End> {
    for (i, listing) in looked.detected.listings.iter().enumerate() {
        looked.show(i + 1, listing)?;
    }
    feeds(looked)?;
    match looked.detected.listings.first() {
        Some(best) => {
            output::line(&format!("\n{}", looked.feed(best).toml()))?;
            if looked.detected.listings.len() > 1 {
                output::note("`feedbridge add URL --listing 2` takes the second listing");
            }
            Ok(End::Fine)
        }
        None => {
            output::note(&format!("error: {}", looked.detected.trouble()));
            Ok(End::Failed)
        }
    }
}

/// The feeds of the site, for people.
pub(super) fn feeds(looked: &Looked) -> anyhow::Result<()> {
    for judged in &looked.feeds {
        output::line(&format!("The site has a feed: {} ({})", judged.feed.url, judged.words()))?;
    }
    let judged = |url: &Url| looked.feeds.iter().any(|j| j.feed.url == *url);
    for feed in looked.detected.feeds.iter().filter(|f| !judged(&f.url)) {
        let what =
            if feed.kind == "feed" { "announces a feed" } else { "is of WordPress (kind = \"wordpress\")" };
        output::line(&format!("The page {what}: {}", feed.url))?;
    }
    Ok(())
}

fn as_json(looked: &Looked) -> anyhow::Result<End> {
    let items =
        |l: &DetectedListing| looked.items(&l.found).iter().map(output::item_json).collect::<Vec<_>>();
    let best = looked.detected.listings.first();
    let candidates = looked.detected.listings.iter().map(|l| {
        json!({ "score": l.score, "rules": l.rules.json(), "items": items(l), "toml": looked.feed(l).toml() })
    });
    let announced = looked.detected.feeds.iter().filter(|f| f.kind == "feed").map(|f| &f.url);
    let mut feeds: Vec<&Url> = announced.chain(looked.feeds.iter().map(|j| &j.feed.url)).collect();
    let mut seen = std::collections::HashSet::new();
    feeds.retain(|url| seen.insert(*url));
    let reason = best.is_none().then(|| {
        let verdict = looked.detected.verdict;
        json!({ "kind": verdict.name(), "message": looked.detected.trouble().detail })
    });
    output::json_value(&json!({
        "url": looked.url,
        "title": looked.detected.title,
        "items": best.map(&items).unwrap_or_default(),
        "candidates": candidates.collect::<Vec<_>>(),
        "feeds": feeds,
        "judged": looked.feeds.iter().map(judged_json).collect::<Vec<_>>(),
        "reason": reason,
        "toml": best.map(|l| looked.feed(l).toml()),
    }))?;
    // What a page is not is an answer, too.
    Ok(if best.is_some() { End::Fine } else { End::Failed })
}

fn judged_json(judged: &JudgedFeed) -> Value {
    json!({
        "url": judged.feed.url,
        "title": judged.feed.title,
        "items": judged.found.len(),
        "newest": judged.newest.map(|n| n.to_rfc3339()),
        "shared": judged.shared.0,
        "fit": judged.fit(),
        "against": judged.against,
    })
}

fn failed(url: Option<&Url>, trouble: &Trouble, as_json: bool) -> anyhow::Result<End> {
    if as_json {
        let reason = json!({ "kind": trouble.kind.name(), "message": trouble.detail });
        output::json_value(&json!({
            "url": url, "title": null, "items": [], "candidates": [], "feeds": [], "judged": [],
            "reason": reason, "toml": null,
        }))?;
    }
    output::note(&format!("error: {trouble}"));
    Ok(End::Failed)
}
