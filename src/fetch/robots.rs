//! robots.txt (RFC 9309): parsing and matching. Pure.

use std::time::Duration;

use url::Url;

/// What is read of a file; section 2.5 asks for at least 500 KiB.
const MAX_BYTES: usize = 512 * 1024;
/// A pause longer than this is taken for this.
const MAX_DELAY: Duration = Duration::from_secs(3600);

/// What a site lets one agent do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Robots {
    rules: Vec<Rule>,
    crawl_delay: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    allow: bool,
    /// Path pattern, normalised, with `*` and a final `$` that mean what they mean there.
    pattern: String,
}

/// One group of a file: who it speaks to, and what it says.
#[derive(Default)]
struct Group {
    agents: Vec<String>,
    rules: Vec<Rule>,
    crawl_delay: Option<Duration>,
}

/// The part of a User-Agent by which robots.txt names it (section 2.2.1).
#[must_use]
pub fn product_token(user_agent: &str) -> &str {
    let end = user_agent.find(|c: char| !(c.is_ascii_alphabetic() || c == '-' || c == '_'));
    &user_agent[..end.unwrap_or(user_agent.len())]
}

impl Robots {
    /// A site without wishes.
    #[must_use]
    pub fn allow_all() -> Self {
        Self::default()
    }

    /// Reads a file, keeping what concerns the agent: the groups that name it, else those for `*`.
    #[must_use]
    pub fn parse(bytes: &[u8], product_token: &str) -> Self {
        let bytes = &bytes[..bytes.len().min(MAX_BYTES)];
        let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
        let groups = groups(&text);
        let naming = |name: &str| groups.iter().any(|g| g.agents.iter().any(|a| a == name));
        let own = product_token.to_ascii_lowercase();
        let name = if !own.is_empty() && naming(&own) { own } else { "*".to_owned() };
        let mut robots = Self::default();
        for group in groups.into_iter().filter(|g| g.agents.contains(&name)) {
            robots.rules.extend(group.rules);
            robots.crawl_delay = robots.crawl_delay.max(group.crawl_delay);
        }
        robots
    }

    /// Whether an address may be fetched: the longest pattern that matches decides, and of equally
    /// long ones the one that allows (section 2.2.2).
    #[must_use]
    pub fn allowed(&self, url: &Url) -> bool {
        let mut path = url.path().to_owned();
        if let Some(query) = url.query() {
            path.push('?');
            path.push_str(query);
        }
        let path = normalised(&path);
        if path == "/robots.txt" {
            return true;
        }
        let matching = self.rules.iter().filter(|r| matches(&r.pattern, &path));
        matching.max_by_key(|r| (r.pattern.len(), r.allow)).is_none_or(|r| r.allow)
    }

    /// The pause that the site asks for between two requests. Not in the RFC, but widely written.
    #[must_use]
    pub const fn crawl_delay(&self) -> Option<Duration> {
        self.crawl_delay
    }
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut names_agents = false;
    for line in text.split(['\n', '\r']) {
        let Some((key, value)) = key_value(line) else { continue };
        match key {
            Key::UserAgent => {
                // Lines that follow each other make one group.
                if !names_agents {
                    groups.push(Group::default());
                }
                names_agents = true;
                if let Some(group) = groups.last_mut() {
                    group.agents.push(agent(value));
                }
            }
            Key::Rule(allow) => {
                names_agents = false;
                // An empty pattern says nothing; rules before any agent speak to nobody.
                if let Some(group) = groups.last_mut().filter(|_| !value.is_empty()) {
                    group.rules.push(Rule { allow, pattern: pattern(value) });
                }
            }
            Key::CrawlDelay => {
                names_agents = false;
                if let Some(group) = groups.last_mut() {
                    group.crawl_delay = delay(value).or(group.crawl_delay);
                }
            }
        }
    }
    groups
}

enum Key {
    UserAgent,
    Rule(bool),
    CrawlDelay,
}

/// Reads a line. A missing colon and the usual misspellings are forgiven.
fn key_value(line: &str) -> Option<(Key, &str)> {
    let line = line.split('#').next().unwrap_or_default().trim();
    let (key, value) = line.split_once(':').or_else(|| line.split_once(char::is_whitespace))?;
    let key = match key.trim().to_ascii_lowercase().as_str() {
        "user-agent" | "useragent" | "user agent" => Key::UserAgent,
        "allow" => Key::Rule(true),
        "disallow" | "dissallow" | "dissalow" | "disalow" | "diasllow" | "disallaw" => Key::Rule(false),
        "crawl-delay" | "crawldelay" => Key::CrawlDelay,
        _ => return None,
    };
    Some((key, value.trim()))
}

/// `*` alone, or followed by a space, is everybody; a name ends where a product token ends.
fn agent(value: &str) -> String {
    if value == "*" || value.starts_with("* ") {
        return "*".to_owned();
    }
    product_token(value).to_ascii_lowercase()
}

fn delay(value: &str) -> Option<Duration> {
    let seconds: f64 = value.parse().ok()?;
    let fits = seconds.is_finite() && seconds >= 0.0;
    fits.then(|| Duration::from_secs_f64(seconds.min(MAX_DELAY.as_secs_f64())))
}

fn pattern(value: &str) -> String {
    normalised(value)
}

/// Section 2.2.2: octets outside ASCII are compared percent-encoded, digits in upper case, and
/// encoded characters that need no encoding as what they are.
fn normalised(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = String::with_capacity(path.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |i: usize| bytes.get(i).and_then(|b| char::from(*b).to_digit(16));
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                let octet = u8::try_from(high * 16 + low).unwrap_or(b'%');
                if octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~') {
                    out.push(char::from(octet));
                } else {
                    out.push_str(&format!("%{octet:02X}"));
                }
                at += 3;
            }
            (octet, ..) if octet.is_ascii() => {
                out.push(char::from(octet));
                at += 1;
            }
            (octet, ..) => {
                out.push_str(&format!("%{octet:02X}"));
                at += 1;
            }
        }
    }
    out
}

/// Whether a pattern matches the beginning of a path. Linear in both: each `*` is matched at the
/// earliest place, which is right because what follows may be anything up to the next one.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, whole) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return !whole || rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() && whole {
            return rest.ends_with(piece);
        }
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(robots: &str, path: &str, expected: bool) {
        let url = Url::parse("https://example.org").and_then(|u| u.join(path)).expect("an address");
        assert_eq!(Robots::parse(robots.as_bytes(), "feedbridge").allowed(&url), expected, "{path} under:\n{robots}");
    }

    #[test]
    fn groups_are_chosen_by_name() {
        check("", "/a", true);
        check("User-agent: *\nDisallow: /", "/a", false);
        check("User-agent: *\nDisallow: /\n\nUser-agent: FeedBridge\nAllow: /", "/a", true);
        check("User-agent: feedbridge/2.0 (x)\nDisallow: /", "/a", false);
        check("User-agent: feedbridges\nDisallow: /", "/a", true);
        check("User-agent: other\nDisallow: /", "/a", true);
        check("User-agent: other\nUser-agent: feedbridge\nDisallow: /a", "/a", false);
        check("User-agent: feedbridge\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: feedbridge\nDisallow: /b", "/b", false);
        check("User-agent: feedbridge\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: feedbridge\nDisallow: /b", "/c", true);
        check("Disallow: /\nUser-agent: x\nDisallow: /y", "/a", true);
        check("\u{feff}user-agent: *\r\ndisallow: /a # comment\r\n", "/a", false);
        check("User-agent *\nDisallow /a", "/a", false);
        check("user-agent: *\nSitemap: /s\nuser-agent: feedbridge\nDissallow: /", "/a", false);
        check("user-agent: * extra\nDisallow: /", "/a", false);
    }

    #[test]
    fn the_longest_pattern_decides() {
        let robots = "User-agent: *\nDisallow: /\nAllow: /news\nDisallow: /news/private\n";
        check(robots, "/news/a", true);
        check(robots, "/news/private/a", false);
        check(robots, "/other", false);
        check(robots, "/robots.txt", true);
        check("User-agent: *\nDisallow: /a\nAllow: /a", "/a", true);
        check("User-agent: *\nDisallow:", "/a", true);
        check("User-agent: *\nAllow: /a.\nDisallow: /*.html", "/a.html", false);
    }

    #[test]
    fn wildcards_and_ends_mean_what_they_mean() {
        check("User-agent: *\nDisallow: /*.php$", "/a/b.php", false);
        check("User-agent: *\nDisallow: /*.php$", "/a/b.php?x", true);
        check("User-agent: *\nDisallow: /*.php", "/a/b.php?x", false);
        check("User-agent: *\nDisallow: /a*b*c", "/a-b-b-c-d", false);
        check("User-agent: *\nDisallow: /a*b*c$", "/a-b-b-c-d", true);
        check("User-agent: *\nDisallow: *private", "/x/private", false);
        check("User-agent: *\nDisallow: /fish$", "/fish", false);
        check("User-agent: *\nDisallow: /fish$", "/fish/", true);
        check("User-agent: *\nDisallow: /a$b", "/a$b", false);
        check("User-agent: *\nDisallow: /?q=", "/?q=1", false);
        check("User-agent: *\nDisallow: /Fish", "/fish", true);
        check(&format!("User-agent: *\nDisallow: /{}b$", "a*".repeat(500)), &format!("/{}", "a".repeat(2000)), true);
    }

    #[test]
    fn encodings_are_compared_as_what_they_mean() {
        check("User-agent: *\nDisallow: /a%3cd.html", "/a%3Cd.html", false);
        check("User-agent: *\nDisallow: /%61b", "/ab", false);
        check("User-agent: *\nDisallow: /ツ", "/%E3%83%84", false);
        check("User-agent: *\nDisallow: /a%2Fb", "/a/b", true);
    }

    #[test]
    fn pauses_are_read() {
        let delay = |text: &str| Robots::parse(text.as_bytes(), "feedbridge").crawl_delay();
        assert_eq!(delay("User-agent: *\nCrawl-delay: 2.5"), Some(Duration::from_millis(2500)));
        assert_eq!(delay("User-agent: *\nCrawl-delay: 99999"), Some(MAX_DELAY));
        assert_eq!(delay("User-agent: *\nCrawl-delay: -1"), None);
        assert_eq!(delay("User-agent: *\nCrawl-delay: NaN"), None);
        assert_eq!(delay("User-agent: x\nCrawl-delay: 5"), None);
    }

    #[test]
    fn tokens_end_where_names_end() {
        assert_eq!(product_token("feedbridge/0.1 (+https://x)"), "feedbridge");
        assert_eq!(product_token("Foo_Bar-baz 1"), "Foo_Bar-baz");
        assert_eq!(product_token(""), "");
    }
}
