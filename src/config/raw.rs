//! `feeds.toml` as a person wrote it: a mirror for serde, nothing checked.
//!
//! Doc comments here become the descriptions in the JSON Schema that editors show.

pub(super) mod filter;
pub(super) mod shorthand;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rules::{BodySpec, PagesSpec, SelectSpec, SelectorSpec};
use filter::RawFilter;
use shorthand::{RawDuration, RawSecret};

/// The configuration of feedbridge.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawConfig {
    /// Where and how documents are served.
    pub(super) server: RawServer,
    /// Where the history is kept.
    pub(super) store: RawStore,
    /// Any key of a feed, for all feeds that do not set it themselves.
    pub(super) defaults: RawFeed,
    /// Limits, each with its unit in the name.
    pub(super) limits: RawLimits,
    /// The feeds.
    pub(super) feed: Vec<RawFeed>,
}

/// Where and how documents are served.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawServer {
    /// `ADDRESS:PORT`, or `unix:/path/to/socket`. Default `127.0.0.1:8080`.
    pub(super) listen: Option<String>,
    /// What self links say, such as `https://feeds.example.org`; never taken from a request.
    pub(super) base_url: Option<String>,
    /// The name of this server on its pages.
    pub(super) title: Option<String>,
    /// A page about you for the sites that are read: stands in the User-Agent. Default: `base_url`.
    pub(super) contact: Option<String>,
}

/// Where the history is kept.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawStore {
    /// `sqlite:PATH`; a relative path begins at the folder of this file.
    pub(super) url: Option<String>,
}

/// One feed.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawFeed {
    /// Its name in addresses: `/feeds/{id}.rss`. 1 to 64 of a-z, 0-9, `-`, `_`. Default: made from the URL.
    pub(super) id: Option<String>,
    /// Title for readers. Default: the id; without one, host and path of the URL.
    pub(super) title: Option<String>,
    /// A sentence about the feed.
    pub(super) description: Option<String>,
    /// The page that lists the articles.
    pub(super) url: Option<String>,
    /// Instead of `url`: the ids of the feeds that this one is made of, or `["*"]` for all.
    pub(super) from: Option<Vec<String>>,
    /// With `from`: items of the same title within this time, such as `2d`, are one.
    pub(super) same_title: Option<RawDuration>,
    /// Whether the feed is read at all. Default `true`.
    pub(super) enabled: Option<bool>,
    /// `every 30m`, a cron line of 5 or 6 fields, or `@hourly` and so on. Default `every 30m`.
    pub(super) schedule: Option<String>,
    /// Shifts a cron line by a stable offset of up to this long, such as `5m`.
    pub(super) spread: Option<String>,
    /// Zone of the dates on the page and of cron lines, such as `Europe/Berlin`. Default `UTC`.
    pub(super) timezone: Option<String>,
    /// BCP 47 language of the items, such as `en`.
    pub(super) language: Option<String>,
    /// What the page is: `html`, `json`, `feed`, `sitemap`, `structured`, `wordpress` or `auto`. Default
    /// `auto`: with `[feed.select]` a web page, without it the first run finds the listing and keeps to it.
    pub(super) kind: Option<String>,
    /// Where the items and their fields are.
    pub(super) select: Option<SelectSpec>,
    /// More of the listing than its first page.
    pub(super) pages: Option<PagesSpec>,
    /// Follow each new item once, and read its own page.
    pub(super) article: Option<RawArticle>,
    /// Which items stay, and how they are changed; one after the other.
    pub(super) filter: Option<Vec<RawFilter>>,
    /// How much is kept.
    pub(super) keep: Option<RawKeep>,
    /// How the page is fetched.
    pub(super) fetch: Option<RawFetch>,
}

/// How the items' own pages are read.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawArticle {
    /// The main text: `auto` (default), or a CSS selector or { xpath = "…" } of what holds it.
    pub(super) content: Option<SelectorSpec>,
    /// The headline. Default: it completes a title that the listing has cut.
    pub(super) title: Option<SelectorSpec>,
}

/// How much is kept.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawKeep {
    /// Newest items that are kept. Default 500.
    pub(super) items: Option<u32>,
    /// Days after which an item that left the page goes. Default: never.
    pub(super) days: Option<u32>,
}

/// How the page is fetched.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawFetch {
    /// Request headers; sent to the origin of `url` only.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) headers: BTreeMap<String, RawSecret>,
    /// `GET` (default) or `POST`.
    pub(super) method: Option<String>,
    /// What is posted: a text, or a table that is sent as JSON.
    pub(super) body: Option<BodySpec>,
    /// Whether the servers of media files are asked for type and length. Default `false`.
    pub(super) head_enclosures: Option<bool>,
    /// The User-Agent.
    pub(super) user_agent: Option<String>,
    /// For the whole fetch: seconds, or `30s`, `2m`.
    pub(super) timeout: Option<RawDuration>,
    /// Private addresses that may be reached: `10.0.0.7`, `127.0.0.1:8000`, `10.0.0.0/8`.
    pub(super) allow_addresses: Option<Vec<String>>,
    /// Whether all private addresses may be reached. Default `false`.
    pub(super) allow_private: Option<bool>,
    /// `obey` (default) or `ignore`.
    pub(super) robots: Option<String>,
}

/// Limits. Each has a default; see the manual's table.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawLimits {
    pub(super) connect_s: Option<u64>,
    pub(super) idle_read_s: Option<u64>,
    pub(super) fetch_s: Option<u64>,
    pub(super) wire_bytes: Option<u64>,
    pub(super) decoded_bytes: Option<u64>,
    pub(super) compression_ratio: Option<u64>,
    pub(super) redirects: Option<u64>,
    pub(super) depth: Option<u64>,
    pub(super) candidates: Option<u64>,
    pub(super) title_bytes: Option<u64>,
    pub(super) summary_bytes: Option<u64>,
    pub(super) content_bytes: Option<u64>,
    pub(super) pace_s: Option<u64>,
    pub(super) fetches: Option<u64>,
    pub(super) articles: Option<u64>,
    pub(super) cpu_threads: Option<u64>,
    pub(super) run_s: Option<u64>,
    pub(super) claim_s: Option<u64>,
    pub(super) header_s: Option<u64>,
    pub(super) keep_alive_s: Option<u64>,
    pub(super) write_stall_s: Option<u64>,
    pub(super) connections: Option<u64>,
    pub(super) connections_per_address: Option<u64>,
    pub(super) drain_s: Option<u64>,
    pub(super) backoff_min_s: Option<u64>,
    pub(super) backoff_max_s: Option<u64>,
    pub(super) document_cache_bytes: Option<u64>,
}
