//! `detect`: the listings of a page, with the rules that find them. Writes nothing.

use std::sync::Arc;

use serde_json::json;

use super::arguments::{Detect, PlaceArgs};
use super::target::{self, NotATarget, Target};
use super::{End, output, preview};
use crate::clock::{Clock, WallClock};
use crate::config::Config;
use crate::date::DateRules;
use crate::detect::{self, Detecting};
use crate::fetch::{Answer, Fetched, Fetcher, Network};
use crate::history::{self, KnownItems};
use crate::model::{FeedId, Item};
use crate::normalise::normalise;

pub(super) async fn detect(at: &PlaceArgs, options: Detect) -> anyhow::Result<End> {
    let config = Config::parse("", std::path::Path::new("feeds.toml"))?;
    let config = config.overridden(&target::overrides(at, Some(&options.fetch)));
    let fetched = fetched(&config, &options).await?;
    let url = fetched.url.clone();
    let page = fetched.into_page()?;
    let now = options.now.unwrap_or_else(|| WallClock.now());
    let dates = DateRules { format: None, zone: chrono_tz::Tz::UTC, order: None, language: None };
    let how = Detecting { dates: &dates, limits: &config.limits.extract, now, most: detect::MAX_CANDIDATES };
    let detection = detect::detect(&page, &how)?;
    let candidates = detection.candidates;
    let id = FeedId::from_url(&url);
    let mut shown = Vec::new();
    for candidate in candidates {
        let (found, _) = normalise(candidate.extraction, None, now, &config.limits.text);
        let merge = history::merge(&id, &KnownItems::new(), found, now, false);
        let items: Vec<Item> = merge.added.into_iter().map(|(item, _)| item).collect();
        shown.push((candidate.score, candidate.rules, items));
    }
    let items: Vec<_> = shown.first().map_or(&[][..], |s| &s.2).iter().map(output::item_json).collect();
    let all: Vec<_> = shown
        .iter()
        .map(|(score, rules, items)| {
            json!({ "score": score, "rules": rules.json(), "items": items.iter().map(output::item_json).collect::<Vec<_>>() })
        })
        .collect();
    let toml = shown.first().map(|s| s.1.toml());
    output::json_value(&json!({ "items": items, "candidates": all, "feeds": detection.feeds.iter().map(|f| f.url.as_str()).collect::<Vec<_>>(), "toml": toml, "reason": detection.verdict.name() }))?;
    Ok(End::Fine)
}

async fn fetched(config: &Config, options: &Detect) -> anyhow::Result<Fetched> {
    let url = match target::target(&options.target)? {
        Target::Bytes(body) => return Ok(preview::from_bytes(body, options.base.clone())),
        Target::Feed(id) => return Err(NotATarget(format!("`{id}` is neither an address nor a file")).into()),
        Target::Url(url) => url,
    };
    let network = Network::new(config.limits.fetch.clone(), Arc::new(WallClock));
    match network.fetch(&preview::bare_request(config, url, &options.fetch)).await {
        Ok(Answer::Fetched(fetched)) => Ok(fetched),
        Ok(Answer::Unchanged { .. }) => unreachable!("an unconditional request"),
        Err(failure) => Err(failure.trouble.into()),
    }
}
