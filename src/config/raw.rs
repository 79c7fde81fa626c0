//! `feeds.toml` as a person wrote it: a mirror for serde, nothing checked.
//!
//! Doc comments here become the descriptions in the JSON Schema that editors show.

pub(super) mod filter;
pub(super) mod notify;
pub(super) mod shorthand;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rules::{BodySpec, PagesSpec, SelectSpec, SelectorSpec};
use filter::RawFilter;
use notify::RawNotify;
use shorthand::{RawDuration, RawSecret};

/// The configuration of feedbridge.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Configuration")]
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
    /// Who is told of new items and of troubles.
    pub(super) notify: Vec<RawNotify>,
}

/// Where and how documents are served.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Server")]
pub(super) struct RawServer {
    /// `ADDRESS:PORT`, or `unix:/path/to/socket`. Default `127.0.0.1:8080`.
    #[schemars(example = &"127.0.0.1:8080")]
    pub(super) listen: Option<String>,
    /// Address of this server in self links, such as `https://feeds.example.org`; never taken from a request.
    #[schemars(example = &"https://feeds.example.org")]
    pub(super) base_url: Option<String>,
    /// The name of this server on its pages.
    #[schemars(example = &"My feeds")]
    pub(super) title: Option<String>,
    /// A page about you for the sites that are read: stands in the User-Agent. Default: `base_url`.
    #[schemars(example = &"https://example.org/about")]
    pub(super) contact: Option<String>,
}

/// Where the history is kept.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Store")]
pub(super) struct RawStore {
    /// `sqlite:PATH`; a relative path begins at the folder of this file.
    #[schemars(example = &"sqlite:data/feedbridge.db")]
    pub(super) url: Option<String>,
}

/// One feed.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Feed")]
pub(super) struct RawFeed {
    /// Its name in addresses: `/feeds/{id}.rss`. 1 to 64 of a-z, 0-9, `-`, `_`. Default: made from the URL.
    #[schemars(example = &"harbour")]
    pub(super) id: Option<String>,
    /// Title for readers. Default: the title of the page; until that is known, the id; without one, host and
    /// path of the URL.
    #[schemars(example = &"Harbour news")]
    pub(super) title: Option<String>,
    /// A sentence about the feed.
    #[schemars(example = &"News of the harbour")]
    pub(super) description: Option<String>,
    /// The page that lists the articles.
    #[schemars(example = &"https://example.org/news")]
    pub(super) url: Option<String>,
    /// The page that readers open: it stands in the documents instead of `url`. Default: `url` without values that
    /// look like secrets.
    #[schemars(example = &"https://example.org/news")]
    pub(super) home: Option<String>,
    /// Instead of `url`: the ids of the feeds that this one is made of, or `["*"]` for all.
    #[schemars(example = ["harbour", "ferries"])]
    pub(super) from: Option<Vec<String>>,
    /// With `from`: items of the same title within this time, such as `2d`, are one.
    #[schemars(example = &"2d")]
    pub(super) same_title: Option<RawDuration>,
    /// Words by which notifications and health checks name several feeds.
    #[schemars(example = ["shipping", "work"])]
    pub(super) tags: Option<Vec<String>>,
    /// Whether the feed is read at all. Default `true`.
    #[schemars(example = false)]
    pub(super) enabled: Option<bool>,
    /// `every 30m`, a cron line of 5 or 6 fields, or `@hourly` and so on. Default `every 30m`.
    #[schemars(example = &"every 30m")]
    pub(super) schedule: Option<String>,
    /// Shifts a cron line by a stable offset of up to this long, such as `5m`.
    #[schemars(example = &"5m")]
    pub(super) spread: Option<String>,
    /// Zone of the dates on the page and of cron lines, such as `Europe/Berlin`. Default `UTC`.
    #[schemars(example = &"Europe/Berlin")]
    pub(super) timezone: Option<String>,
    /// BCP 47 language of the items, such as `en`.
    #[schemars(example = &"en")]
    pub(super) language: Option<String>,
    /// Kind of the source: `html`, `json`, `xml`, `feed`, `sitemap`, `structured`, `wordpress` or `auto`.
    /// Default `auto`: with `[feed.select]` a web page, without it the first run finds the listing and keeps to
    /// it.
    #[schemars(example = &"html")]
    pub(super) kind: Option<String>,
    /// Where the items and their fields are.
    pub(super) select: Option<SelectSpec>,
    /// More of the listing than its first page.
    pub(super) pages: Option<PagesSpec>,
    /// Follow each new item once, and read its own page.
    pub(super) article: Option<RawArticle>,
    /// Which items stay, and how they are changed; one after the other.
    pub(super) filter: Option<Vec<RawFilter>>,
    /// How the feed usually is: a difference is told.
    pub(super) expect: Option<RawExpect>,
    /// How much is kept.
    pub(super) keep: Option<RawKeep>,
    /// How the page is fetched.
    pub(super) fetch: Option<RawFetch>,
}

/// How the items' own pages are read.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Article")]
pub(super) struct RawArticle {
    /// The main text: `auto` (default), or a CSS selector or { xpath = "…" } of the element that holds it.
    #[schemars(example = &"auto")]
    pub(super) content: Option<SelectorSpec>,
    /// The headline. Default: it completes a title that the listing has cut.
    #[schemars(example = &"h1")]
    pub(super) title: Option<SelectorSpec>,
}

/// How the feed usually is.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Expect")]
pub(super) struct RawExpect {
    /// The feed is silent after this time without a new item, such as `3d`. Default: by its habit.
    #[schemars(example = &"3d")]
    pub(super) max_silence: Option<RawDuration>,
}

/// How much is kept.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Keep")]
pub(super) struct RawKeep {
    /// Newest items that are kept. Default 500; 1 to 100000.
    #[schemars(example = 500)]
    pub(super) items: Option<u32>,
    /// Days after which an item that left the page goes. At least 1. Default: never.
    #[schemars(example = 90)]
    pub(super) days: Option<u32>,
}

/// How the page is fetched.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Fetch")]
pub(super) struct RawFetch {
    /// Request headers; sent to the origin of `url` only.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) headers: BTreeMap<String, RawSecret>,
    /// Parameters that are added to the address when it is asked, such as the key of an API. They are sent to
    /// the origin of `url` only, and stand in no document.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) query: BTreeMap<String, RawSecret>,
    /// Cookies; sent to the origin of `url` only.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) cookies: BTreeMap<String, RawSecret>,
    /// `GET` (default) or `POST`.
    #[schemars(example = &"POST")]
    pub(super) method: Option<String>,
    /// Body of the POST: a text, or a table that is sent as JSON. `{ env = "NAME" }` or `{ file = "path" }` in
    /// place of a value of the table, or of the body, is a secret.
    #[schemars(example = &"page=1")]
    pub(super) body: Option<BodySpec>,
    /// Whether the servers of media files are asked for type and length. Default `false`.
    #[schemars(example = true)]
    pub(super) head_enclosures: Option<bool>,
    /// The User-Agent.
    #[schemars(example = &"my-reader/1.0 (+https://example.org/about)")]
    pub(super) user_agent: Option<String>,
    /// For the whole fetch: seconds, or `30s`, `2m`. 1 second to 1 hour.
    #[schemars(example = &"30s")]
    pub(super) timeout: Option<RawDuration>,
    /// Private addresses that may be reached: `10.0.0.7`, `127.0.0.1:8000`, `10.0.0.0/8`.
    #[schemars(example = ["127.0.0.1:8000"])]
    pub(super) allow_addresses: Option<Vec<String>>,
    /// Whether all private addresses may be reached. Default `false`.
    #[schemars(example = true)]
    pub(super) allow_private: Option<bool>,
    /// File of certificates in PEM: authorities that are trusted beside those of the system.
    #[schemars(example = &"ca.pem")]
    pub(super) ca_file: Option<String>,
    /// `obey` (default) or `ignore`.
    #[schemars(example = &"obey")]
    pub(super) robots: Option<String>,
}

/// Limits. Each has a default.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Limits")]
pub(super) struct RawLimits {
    /// Name resolution, connection, handshake. In seconds. Default 5; 1 to 120.
    #[schemars(example = 5)]
    pub(super) connect_s: Option<u64>,
    /// Silence while a page comes. In seconds. Default 10; 1 to 600.
    #[schemars(example = 10)]
    pub(super) idle_read_s: Option<u64>,
    /// One fetch, redirects and robots.txt included. In seconds. Default 30; 1 to 3600, at most `run_s`.
    #[schemars(example = 30)]
    pub(super) fetch_s: Option<u64>,
    /// A page as it comes from the network. In bytes. Default 5242880 (5 MiB); 1024 to 1 GiB.
    #[schemars(example = 5_242_880)]
    pub(super) wire_bytes: Option<u64>,
    /// A page once unpacked. In bytes. Default 10485760 (10 MiB); 1024 to 1 GiB.
    #[schemars(example = 10_485_760)]
    pub(super) decoded_bytes: Option<u64>,
    /// Unpacked bytes for each received one, from 1 MiB on. Default 200; 2 to 100000.
    #[schemars(example = 200)]
    pub(super) compression_ratio: Option<u64>,
    /// Redirects that are followed. Default 5; 0 to 20.
    #[schemars(example = 5)]
    pub(super) redirects: Option<u64>,
    /// Nesting of elements. Default 512; 16 to 4096.
    #[schemars(example = 512)]
    pub(super) depth: Option<u64>,
    /// Items that are taken from one page. Default 500; 1 to 10000.
    #[schemars(example = 500)]
    pub(super) candidates: Option<u64>,
    /// A title; longer ones are cut with `…`. In bytes. Default 1024; 16 to 1 MiB.
    #[schemars(example = 1024)]
    pub(super) title_bytes: Option<u64>,
    /// A summary; longer ones are cut with `…`. In bytes. Default 65536; 16 to 16 MiB.
    #[schemars(example = 65_536)]
    pub(super) summary_bytes: Option<u64>,
    /// A body; a longer one is left out. In bytes. Default 524288; 16 to 64 MiB.
    #[schemars(example = 524_288)]
    pub(super) content_bytes: Option<u64>,
    /// Pause between two requests to one site. In seconds. Default 2; 0 to 3600.
    #[schemars(example = 2)]
    pub(super) pace_s: Option<u64>,
    /// Runs at the same time. Default 16; 1 to 4096.
    #[schemars(example = 16)]
    pub(super) fetches: Option<u64>,
    /// Items' own pages fetched at the same time. Default 4; 1 to 256.
    #[schemars(example = 4)]
    pub(super) articles: Option<u64>,
    /// Pages and documents in work at the same time. Default cores - 1, at least 1; 1 to 1024.
    #[schemars(example = 2)]
    pub(super) cpu_threads: Option<u64>,
    /// A whole run. In seconds. Default 60; 1 to 86400.
    #[schemars(example = 60)]
    pub(super) run_s: Option<u64>,
    /// How long a run holds its feed. In seconds. Default 2 times `run_s`, at least 20; `run_s` + 10 to 7
    /// days.
    #[schemars(example = 120)]
    pub(super) claim_s: Option<u64>,
    /// A request's head. In seconds. Default 10; 1 to 600.
    #[schemars(example = 10)]
    pub(super) header_s: Option<u64>,
    /// Silence between two requests of a connection. In seconds. Default 60; 1 to 3600.
    #[schemars(example = 60)]
    pub(super) keep_alive_s: Option<u64>,
    /// A client that does not read. In seconds. Default 30; 1 to 3600.
    #[schemars(example = 30)]
    pub(super) write_stall_s: Option<u64>,
    /// Connections at the same time. Default 1024; 1 to 1000000.
    #[schemars(example = 1024)]
    pub(super) connections: Option<u64>,
    /// Connections from one address; loopback and Unix sockets do not count. Default 64; 1 to 1000000.
    #[schemars(example = 64)]
    pub(super) connections_per_address: Option<u64>,
    /// From the stop signal to the end. In seconds. Default 20; 0 to 3600.
    #[schemars(example = 20)]
    pub(super) drain_s: Option<u64>,
    /// Wait after the first failure. In seconds. Default 60; 1 to 86400.
    #[schemars(example = 60)]
    pub(super) backoff_min_s: Option<u64>,
    /// Longest wait after failures; a longer Retry-After is obeyed. In seconds. Default 86400;
    /// `backoff_min_s` to 7 days.
    #[schemars(example = 86_400)]
    pub(super) backoff_max_s: Option<u64>,
    /// Rendered documents in memory. In bytes. Default 67108864 (64 MiB); 1 MiB to 64 GiB.
    #[schemars(example = 67_108_864)]
    pub(super) document_cache_bytes: Option<u64>,
}
