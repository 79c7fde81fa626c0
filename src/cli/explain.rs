//! `explain`: what a fetch of an address would do, without fetching it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use serde_json::json;
use url::Url;

use super::arguments::{Explain, PlaceArgs};
use super::{End, output, target};
use crate::clock::WallClock;
use crate::config::Config;
use crate::fetch::{Guard, Network, Robots, RobotsVerdict, product_token, site_of};

/// What is said of an address.
struct Explanation {
    /// Why nothing would be dialled.
    refused: Option<String>,
    /// `None`: robots.txt was not asked, as nothing would be dialled.
    robots: Option<RobotsVerdict>,
}

pub(super) async fn explain(at: &PlaceArgs, options: Explain) -> anyhow::Result<End> {
    let url = Url::parse(&options.url)
        .map_err(|e| target::NotATarget(format!("`{}` is no address: {e}", options.url)))?;
    let config = if at.config.is_some() || target::config_file(at).exists() {
        target::config(at, None)?
    } else {
        Config::parse("", std::path::Path::new("feeds.toml"))?
    };
    let agent = options.user_agent.clone().unwrap_or_else(|| config.server.user_agent.clone());
    let guard = Guard::new(options.allow_address.clone(), false);
    let robots = match &options.robots {
        Some(file) => Some(from_file(file, &url, &agent)?),
        None => None,
    };
    let refused = match &robots {
        // A file was given: nothing is asked of the network.
        Some(_) => guard.check_url(&url).err().map(|r| r.to_string()),
        None => refusal(&guard, &url).await,
    };
    let robots = match (robots, &refused) {
        (None, None) => {
            let network = Network::new(config.limits.fetch.clone(), Arc::new(WallClock));
            Some(network.robots_verdict(&url, &agent, &guard).await.map_err(|f| f.trouble)?)
        }
        (robots, _) => robots,
    };
    show(&url, &Explanation { refused, robots }, config.limits.fetch.pace, options.json)
}

fn from_file(file: &std::path::Path, url: &Url, agent: &str) -> anyhow::Result<RobotsVerdict> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(RobotsVerdict::of(&Robots::parse(&bytes, product_token(agent)), url))
}

/// Why an address would not be dialled: by its own form, or by what its name resolves to.
async fn refusal(guard: &Guard, url: &Url) -> Option<String> {
    if let Err(refusal) = guard.check_url(url) {
        return Some(refusal.to_string());
    }
    let port = url.port_or_known_default().unwrap_or(80);
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    match tokio::net::lookup_host((host, port)).await.map(Iterator::collect::<Vec<_>>) {
        Err(error) => Some(format!("the name has no address: {error}")),
        Ok(addresses) => {
            let refused: Vec<String> = addresses
                .iter()
                .filter_map(|a| guard.check_address(a.ip(), port).err())
                .map(|r| r.to_string())
                .collect();
            // One address that may be dialled is enough.
            if refused.len() < addresses.len() { None } else { refused.into_iter().next() }
        }
    }
}

fn show(url: &Url, found: &Explanation, pace: Duration, as_json: bool) -> anyhow::Result<End> {
    let allowed = found.robots.as_ref().is_none_or(|r| r.allowed);
    let delay = found.robots.as_ref().and_then(|r| r.crawl_delay);
    let pause = delay.unwrap_or_default().max(pace);
    let why = found.robots.as_ref().map_or("robots.txt was not asked", |r| r.reason.as_str());
    let reason = found.refused.as_deref().unwrap_or(why);
    let robots = if allowed { "allowed" } else { "disallowed" };
    let address = if found.refused.is_none() { "allowed" } else { "refused" };
    if as_json {
        output::json_value(&json!({
            "robots": robots,
            "crawl_delay_s": delay.map(|d| d.as_secs_f64()),
            "address": address,
            "reason": reason,
            "site": site_of(url),
            "pause_s": pause.as_secs_f64(),
        }))?;
    } else {
        output::line(&format!("robots: {robots}\naddress: {address}\nreason: {reason}"))?;
        output::line(&format!("site: {}, {} s between two requests", site_of(url), pause.as_secs_f64()))?;
    }
    Ok(if allowed && found.refused.is_none() { End::Fine } else { End::Failed })
}
