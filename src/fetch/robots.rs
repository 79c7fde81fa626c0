//! robots.txt (RFC 9309): parsing and matching. Pure.

mod agent;
mod file;
mod pattern;

use std::time::Duration;

use url::Url;

use agent::{ANY_AGENT, agent_name};
use file::{RobotsRule, decode_text, parse_groups};

pub use agent::product_token;

/// The answer of robots.txt about one address.
#[derive(Debug, Clone, PartialEq)]
pub struct RobotsVerdict {
    /// Whether the address may be fetched.
    pub allowed: bool,
    /// The pause between two requests that the site asks for.
    pub crawl_delay: Option<Duration>,
    /// The rule that decided, in words.
    pub reason: String,
}

impl RobotsVerdict {
    /// The verdict of a file that could be read.
    #[must_use]
    pub fn of(robots: &Robots, url: &Url) -> Self {
        let reason = match robots.deciding_rule(url) {
            Some(rule) => {
                format!("robots.txt: {}: {}", if rule.allow { "Allow" } else { "Disallow" }, rule.pattern)
            }
            None => "no rule in robots.txt matches the address".to_owned(),
        };
        Self { allowed: robots.allowed(url), crawl_delay: robots.crawl_delay, reason }
    }
}

/// The part of a robots.txt that concerns one agent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Robots {
    rules: Vec<RobotsRule>,
    crawl_delay: Option<Duration>,
}

impl Robots {
    /// Allows everything: for a site without a robots.txt.
    #[must_use]
    pub fn allow_all() -> Self {
        Self::default()
    }

    /// Reads a file and keeps the groups that name the agent, or else those for `*`. Text beyond
    /// 512 KiB is ignored, with the line that is cut there: half a pattern would forbid more than the
    /// whole one.
    #[must_use]
    pub fn parse(bytes: &[u8], product_token: &str) -> Self {
        let text = decode_text(bytes);
        let groups = parse_groups(text.strip_prefix('\u{feff}').unwrap_or(&text));
        let own_name = agent_name(product_token);
        let is_named = groups.iter().any(|g| g.agents.contains(&own_name));
        let name = if !own_name.is_empty() && is_named { own_name } else { ANY_AGENT.to_owned() };
        let mut robots = Self::default();
        for group in groups.into_iter().filter(|g| g.agents.contains(&name)) {
            robots.crawl_delay = robots.crawl_delay.max(group.crawl_delay_of(&name));
            robots.rules.extend(group.rules);
        }
        robots
    }

    /// Whether an address may be fetched. The longest matching pattern decides; of equally long ones,
    /// the one that allows (section 2.2.2).
    #[must_use]
    pub fn allowed(&self, url: &Url) -> bool {
        self.deciding_rule(url).is_none_or(|rule| rule.allow)
    }

    fn deciding_rule(&self, url: &Url) -> Option<&RobotsRule> {
        let mut path_and_query = url.path().to_owned();
        if let Some(query) = url.query() {
            path_and_query.push('?');
            path_and_query.push_str(query);
        }
        let path = pattern::normalise_path(&path_and_query);
        if path == "/robots.txt" {
            return None;
        }
        let matching = self.rules.iter().filter(|r| pattern::matches(&r.pattern, &path));
        matching.max_by_key(|r| (r.pattern.len(), r.allow))
    }

    /// Bytes of memory that the rules take, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.rules.iter().map(|r| r.pattern.len() + size_of::<RobotsRule>()).sum()
    }

    /// The pause between two requests that the site asks for. It is not in the RFC, but in wide use.
    #[must_use]
    pub const fn crawl_delay(&self) -> Option<Duration> {
        self.crawl_delay
    }
}

#[cfg(test)]
mod tests;
