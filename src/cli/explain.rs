//! `explain`: says what a fetch of an address would do, without fetching it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use url::Url;

use super::arguments::{Explain, PlaceArgs};
use super::end::End;
use super::{output, target};
use crate::clock::WallClock;
use crate::config::{Config, address_error};
use crate::fetch::{Guard, Network, Robots, RobotsVerdict, product_token, site_of};
use crate::model::redacted;
use crate::shape::ExplanationShape;

/// Whether an address would be fetched.
struct Explanation {
    /// Why the address would not be dialled: the guard refuses it, or its name does not resolve.
    refusal: Option<String>,
    /// The verdict of robots.txt; `None` if robots.txt was not fetched because of the refusal.
    robots: Option<RobotsVerdict>,
}

pub(super) async fn explain(place: &PlaceArgs, options: Explain) -> anyhow::Result<End> {
    let url = Url::parse(&options.url).map_err(|e| {
        target::NotATarget(format!("`{}` is not a web address: {}", redacted(&options.url), address_error(e)))
    })?;
    let config = if place.config.is_some() || target::config_file(place).exists() {
        target::config(place, None)?
    } else {
        Config::parse("", std::path::Path::new("feeds.toml"))?
    };
    let agent = options.user_agent.clone().unwrap_or_else(|| config.server.user_agent.clone());
    let guard = Guard::new(options.allow_address.clone(), false);
    let given_robots = match &options.robots {
        Some(file) => Some(verdict_of_file(file, &url, &agent)?),
        None => None,
    };
    let refusal = match &given_robots {
        // With a given robots.txt the network is not used, so the name is not resolved either.
        Some(_) => guard.check_url(&url).err().map(|refusal| refusal.to_string()),
        None => find_refusal(&guard, &url).await,
    };
    let robots = match (given_robots, &refusal) {
        (None, None) => {
            let network = Network::new(config.limits.fetch.clone(), Arc::new(WallClock));
            Some(network.robots_verdict(&url, &agent, &guard).await.map_err(|f| f.trouble)?)
        }
        (given_robots, _) => given_robots,
    };
    show(&url, &Explanation { refusal, robots }, config.limits.fetch.pace, options.json)
}

/// The verdict of a robots.txt on disk.
fn verdict_of_file(file: &std::path::Path, url: &Url, agent: &str) -> anyhow::Result<RobotsVerdict> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(RobotsVerdict::of(&Robots::parse(&bytes, product_token(agent)), url))
}

/// Why an address would not be dialled: the guard refuses its form or all addresses that its name resolves
/// to, or the name does not resolve.
async fn find_refusal(guard: &Guard, url: &Url) -> Option<String> {
    if let Err(refusal) = guard.check_url(url) {
        return Some(refusal.to_string());
    }
    let port = url.port_or_known_default().unwrap_or(80);
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    match tokio::net::lookup_host((host, port)).await.map(Iterator::collect::<Vec<_>>) {
        Err(error) => Some(format!("cannot look up the host {host}: {error}")),
        Ok(addresses) => {
            let refusals: Vec<String> = addresses
                .iter()
                .filter_map(|address| guard.check_address(address.ip(), port).err())
                .map(|refusal| refusal.to_string())
                .collect();
            // One address that may be dialled is enough.
            let is_allowed = refusals.len() < addresses.len();
            if is_allowed { None } else { refusals.into_iter().next() }
        }
    }
}

fn show(url: &Url, explanation: &Explanation, pace: Duration, as_json: bool) -> anyhow::Result<End> {
    let verdict = explanation.robots.as_ref();
    let robots_allow = verdict.is_none_or(|v| v.allowed);
    let guard_allows = explanation.refusal.is_none();
    let crawl_delay = verdict.and_then(|v| v.crawl_delay);
    let pause = crawl_delay.unwrap_or_default().max(pace);
    let robots_reason = verdict.map_or("robots.txt was not fetched", |v| v.reason.as_str());
    let reason = explanation.refusal.as_deref().unwrap_or(robots_reason);
    let robots = if robots_allow { "allowed" } else { "disallowed" };
    let address = if guard_allows { "allowed" } else { "refused" };
    if as_json {
        output::json(&ExplanationShape {
            robots,
            crawl_delay_s: crawl_delay.map(|delay| delay.as_secs_f64()),
            address,
            reason: reason.to_owned(),
            site: site_of(url),
            pause_s: pause.as_secs_f64(),
        })?;
    } else {
        output::line(&format!("robots: {robots}\naddress: {address}\nreason: {reason}"))?;
        output::line(&format!("site: {}, {} s between two requests", site_of(url), pause.as_secs_f64()))?;
    }
    Ok(if robots_allow && guard_allows { End::Fine } else { End::Failed })
}
