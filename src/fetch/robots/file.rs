//! The lines of a robots.txt and their groups (RFC 9309 section 2.2).

use std::time::Duration;

use super::agent::agent_of_line;
use super::pattern::{normalise_pattern, push_encoded};

/// Bytes of a file that are read; section 2.5 asks for at least 500 KiB.
pub(super) const MAX_BYTES: usize = 512 * 1024;

/// Cap on the Crawl-delay; a longer one is taken for this.
pub(super) const MAX_DELAY: Duration = Duration::from_secs(3600);

/// One `Allow` or `Disallow` line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RobotsRule {
    pub(super) allow: bool,
    /// The normalised path pattern, with `*` and a final `$` as wildcards.
    pub(super) pattern: String,
}

/// One group of a file: the agents that it names, and its rules for them.
#[derive(Default)]
pub(super) struct RobotsGroup {
    /// Names in lower case; `*` is every agent.
    pub(super) agents: Vec<String>,
    pub(super) rules: Vec<RobotsRule>,
    crawl_delays: Vec<CrawlDelay>,
}

/// One `Crawl-delay` line.
struct CrawlDelay {
    /// The number of agents that the group had named before the line. It holds for those only.
    agents_before: usize,
    delay: Duration,
}

impl RobotsGroup {
    /// The longest Crawl-delay for an agent of the group.
    pub(super) fn crawl_delay_of(&self, agent: &str) -> Option<Duration> {
        let holds = |line: &&CrawlDelay| self.agents[..line.agents_before].iter().any(|a| a == agent);
        self.crawl_delays.iter().filter(holds).map(|line| line.delay).max()
    }
}

/// The file as text. Octets that are not UTF-8 become percent-encoded, as patterns and paths are
/// compared in that form.
pub(super) fn decode_text(bytes: &[u8]) -> String {
    let whole_lines = cut_to_limit(bytes);
    let mut text = String::with_capacity(whole_lines.len());
    for chunk in whole_lines.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|octet| push_encoded(&mut text, *octet));
    }
    text
}

/// The whole lines within the first [`MAX_BYTES`].
fn cut_to_limit(bytes: &[u8]) -> &[u8] {
    if bytes.len() <= MAX_BYTES {
        return bytes;
    }
    let end = bytes[..=MAX_BYTES].iter().rposition(|b| matches!(b, b'\r' | b'\n'));
    &bytes[..end.unwrap_or(0)]
}

/// Reads the groups of a file. Lines that are not understood are skipped.
pub(super) fn parse_groups(text: &str) -> Vec<RobotsGroup> {
    let mut groups: Vec<RobotsGroup> = Vec::new();
    let mut follows_agent_line = false;
    for (directive, value) in text.split(['\n', '\r']).filter_map(parse_line) {
        match directive {
            Directive::UserAgent => {
                // User-agent lines that follow each other begin one group.
                if !follows_agent_line {
                    groups.push(RobotsGroup::default());
                }
                follows_agent_line = true;
                if let Some(group) = groups.last_mut() {
                    group.agents.push(agent_of_line(value));
                }
            }
            Directive::Rule { allow } => {
                follows_agent_line = false;
                // An empty pattern has no effect. A rule before any agent belongs to no group.
                if let Some(group) = groups.last_mut().filter(|_| !value.is_empty()) {
                    group.rules.push(RobotsRule { allow, pattern: normalise_pattern(value) });
                }
            }
            Directive::CrawlDelay => {
                // Lines outside the standard must not end a group (section 2.2.4), so agents named
                // after this one share its rules; the delay is that of the agents before it.
                if let (Some(group), Some(delay)) = (groups.last_mut(), parse_delay(value)) {
                    group.crawl_delays.push(CrawlDelay { agents_before: group.agents.len(), delay });
                }
            }
        }
    }
    groups
}

/// The name of a line.
enum Directive {
    UserAgent,
    Rule { allow: bool },
    CrawlDelay,
}

/// Reads a line. A missing colon and the usual misspellings are accepted.
fn parse_line(line: &str) -> Option<(Directive, &str)> {
    let content = line.split('#').next().unwrap_or_default().trim();
    let (name, value) = content.split_once(':').or_else(|| content.split_once(char::is_whitespace))?;
    let directive = match name.trim().to_ascii_lowercase().as_str() {
        "user-agent" | "useragent" | "user agent" => Directive::UserAgent,
        "allow" => Directive::Rule { allow: true },
        "disallow" | "dissallow" | "dissalow" | "disalow" | "diasllow" | "disallaw" => {
            Directive::Rule { allow: false }
        }
        "crawl-delay" | "crawldelay" => Directive::CrawlDelay,
        _ => return None,
    };
    Some((directive, value.trim()))
}

/// Reads a Crawl-delay in seconds.
fn parse_delay(value: &str) -> Option<Duration> {
    let seconds: f64 = value.parse().ok()?;
    let is_valid = seconds.is_finite() && seconds >= 0.0;
    is_valid.then(|| Duration::from_secs_f64(seconds.min(MAX_DELAY.as_secs_f64())))
}
