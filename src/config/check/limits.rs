//! Limits, each with its default and the range in which it makes sense.

use std::time::Duration;

use super::checker::Checker;
use crate::config::raw::RawLimits;
use crate::extract::ExtractLimits;
use crate::fetch::FetchLimits;
use crate::normalise::TextLimits;

/// All limits; the manual has the table.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Limits of a fetch.
    pub fetch: FetchLimits,
    /// Limits of an extraction.
    pub extract: ExtractLimits,
    /// Limits of texts.
    pub text: TextLimits,
    /// Number of runs at the same time.
    pub fetches: usize,
    /// Number of items' own pages that are fetched at the same time.
    pub articles: usize,
    /// Number of threads for parsing and rendering.
    pub cpu_threads: usize,
    /// Time for a whole run.
    pub run: Duration,
    /// Time for which a node may hold a feed.
    pub claim: Duration,
    /// Limits of the server.
    pub listen: ListenLimits,
    /// Wait after the first failure.
    pub backoff_min: Duration,
    /// Longest wait after failures.
    pub backoff_max: Duration,
    /// Size of the rendered documents that are kept in memory, in bytes.
    pub document_cache_bytes: usize,
}

/// Limits of connections and of the stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenLimits {
    /// Longest wait for a request's head; for the first request, counted from the connection.
    pub header: Duration,
    /// Longest silence between two requests.
    pub keep_alive: Duration,
    /// Longest time in which a client reads nothing of an answer.
    pub write_stall: Duration,
    /// Connections at the same time.
    pub connections: usize,
    /// Connections from one address. Loopback and Unix sockets, where proxies connect from, are exempt.
    pub connections_per_address: usize,
    /// Longest time from the stop to the end.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        checked(&RawLimits::default(), &mut |_, _| {})
    }
}

impl Limits {
    /// The limits that take effect at the next start only, in a form that can be compared.
    #[must_use]
    pub fn at_start(&self) -> String {
        let sizes = (self.cpu_threads, self.document_cache_bytes);
        format!("{:?}{:?}{sizes:?}", self.fetch, self.listen)
    }
}

/// Limits as the file gives them, or their defaults.
pub(crate) fn check(raw: &RawLimits, checker: &mut Checker<'_>) -> Limits {
    checked(raw, &mut |name, (low, high)| {
        let path = Checker::path(&["limits", name]);
        checker.problem(&path, format!("`{name}` must be {low} to {high}"), None);
    })
}

/// Takes one limit: its name, what the file says, the default, and the range in which it makes sense.
type Take<'a> = dyn FnMut(&'static str, Option<u64>, u64, std::ops::RangeInclusive<u64>) -> u64 + 'a;

const DAY: u64 = 86_400;
const MIB: u64 = 1 << 20;

fn checked(raw: &RawLimits, complain: &mut dyn FnMut(&'static str, (u64, u64))) -> Limits {
    let mut take = |name, value: Option<u64>, default, range: std::ops::RangeInclusive<u64>| {
        let value = value.unwrap_or(default);
        if range.contains(&value) {
            return value;
        }
        complain(name, (*range.start(), *range.end()));
        default
    };
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let run_s = take("run_s", raw.run_s, 60, 1..=DAY);
    let backoff_min_s = take("backoff_min_s", raw.backoff_min_s, 60, 1..=DAY);
    let cache = raw.document_cache_bytes;
    Limits {
        fetch: fetch(raw, run_s, &mut take),
        extract: extract(raw, &mut take),
        text: text(raw, &mut take),
        fetches: size(take("fetches", raw.fetches, 16, 1..=4096)),
        articles: size(take("articles", raw.articles, 4, 1..=256)),
        cpu_threads: size(take("cpu_threads", raw.cpu_threads, (cores - 1).max(1), 1..=1024)),
        run: secs(run_s),
        claim: secs(take("claim_s", raw.claim_s, 2 * run_s.max(10), run_s + 10..=7 * DAY)),
        listen: listen(raw, &mut take),
        backoff_min: secs(backoff_min_s),
        backoff_max: secs(take("backoff_max_s", raw.backoff_max_s, DAY, backoff_min_s..=7 * DAY)),
        document_cache_bytes: size(take("document_cache_bytes", cache, 64 * MIB, MIB..=65_536 * MIB)),
    }
}

/// A fetch must fit into a run.
fn fetch(raw: &RawLimits, run_s: u64, take: &mut Take<'_>) -> FetchLimits {
    FetchLimits {
        connect: secs(take("connect_s", raw.connect_s, 5, 1..=120)),
        idle_read: secs(take("idle_read_s", raw.idle_read_s, 10, 1..=600)),
        total: secs(take("fetch_s", raw.fetch_s, run_s.min(30), 1..=run_s.min(3600))),
        wire_bytes: take("wire_bytes", raw.wire_bytes, 5 * MIB, 1024..=1024 * MIB),
        decoded_bytes: take("decoded_bytes", raw.decoded_bytes, 10 * MIB, 1024..=1024 * MIB),
        ratio: small(take("compression_ratio", raw.compression_ratio, 200, 2..=100_000)),
        redirects: small(take("redirects", raw.redirects, 5, 0..=20)),
        pace: secs(take("pace_s", raw.pace_s, 2, 0..=3600)),
    }
}

fn extract(raw: &RawLimits, take: &mut Take<'_>) -> ExtractLimits {
    ExtractLimits {
        depth: size(take("depth", raw.depth, 512, 16..=4096)),
        candidates: size(take("candidates", raw.candidates, 500, 1..=10_000)),
    }
}

fn text(raw: &RawLimits, take: &mut Take<'_>) -> TextLimits {
    TextLimits {
        title_bytes: size(take("title_bytes", raw.title_bytes, 1024, 16..=MIB)),
        summary_bytes: size(take("summary_bytes", raw.summary_bytes, 64 * 1024, 16..=16 * MIB)),
        content_bytes: size(take("content_bytes", raw.content_bytes, 512 * 1024, 16..=64 * MIB)),
    }
}

fn listen(raw: &RawLimits, take: &mut Take<'_>) -> ListenLimits {
    let per_address = raw.connections_per_address;
    ListenLimits {
        header: secs(take("header_s", raw.header_s, 10, 1..=600)),
        keep_alive: secs(take("keep_alive_s", raw.keep_alive_s, 60, 1..=3600)),
        write_stall: secs(take("write_stall_s", raw.write_stall_s, 30, 1..=3600)),
        connections: size(take("connections", raw.connections, 1024, 1..=1_000_000)),
        connections_per_address: size(take("connections_per_address", per_address, 64, 1..=1_000_000)),
        drain: secs(take("drain_s", raw.drain_s, 20, 0..=3600)),
    }
}

const fn secs(value: u64) -> Duration {
    Duration::from_secs(value)
}

/// Ranges are far below what 32 bits hold.
fn small(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Ranges are below what an address holds on every machine that can have so much memory.
fn size(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
