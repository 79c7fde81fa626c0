//! robots.txt (RFC 9309): parsing and matching. Pure.

use std::time::Duration;

use url::Url;

/// What is read of a file; section 2.5 asks for at least 500 KiB.
const MAX_BYTES: usize = 512 * 1024;
/// A pause longer than this is taken for this.
const MAX_DELAY: Duration = Duration::from_secs(3600);

/// What robots.txt says of one address.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Whether it may be fetched.
    pub allowed: bool,
    /// The pause that the site asks for.
    pub crawl_delay: Option<Duration>,
    /// The rule that decided, in words.
    pub reason: String,
}

impl Verdict {
    /// By a file that was read.
    #[must_use]
    pub fn of(robots: &Robots, url: &Url) -> Self {
        let reason = match robots.deciding(url) {
            Some(rule) => {
                format!("robots.txt: {}: {}", if rule.allow { "Allow" } else { "Disallow" }, rule.pattern)
            }
            None => "no rule of robots.txt speaks of it".to_owned(),
        };
        Self { allowed: robots.allowed(url), crawl_delay: robots.crawl_delay, reason }
    }
}

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
    /// Each with the number of agents that were named before it.
    delays: Vec<(usize, Duration)>,
}

impl Group {
    fn delay_of(&self, agent: &str) -> Option<Duration> {
        let own = |(named, _): &&(usize, Duration)| self.agents[..*named].iter().any(|a| a == agent);
        self.delays.iter().filter(own).map(|(_, delay)| *delay).max()
    }
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
    /// What lies beyond 512 KiB is ignored, with the line that is cut there: half a pattern would
    /// forbid more than the whole one.
    #[must_use]
    pub fn parse(bytes: &[u8], product_token: &str) -> Self {
        let text = text(bytes);
        let groups = groups(text.strip_prefix('\u{feff}').unwrap_or(&text));
        let naming = |name: &str| groups.iter().any(|g| g.agents.iter().any(|a| a == name));
        let own = token(product_token);
        let name = if !own.is_empty() && naming(&own) { own } else { "*".to_owned() };
        let mut robots = Self::default();
        for group in groups.into_iter().filter(|g| g.agents.contains(&name)) {
            robots.crawl_delay = robots.crawl_delay.max(group.delay_of(&name));
            robots.rules.extend(group.rules);
        }
        robots
    }

    /// Whether an address may be fetched: the longest pattern that matches decides, and of equally
    /// long ones the one that allows (section 2.2.2).
    #[must_use]
    pub fn allowed(&self, url: &Url) -> bool {
        self.deciding(url).is_none_or(|rule| rule.allow)
    }

    fn deciding(&self, url: &Url) -> Option<&Rule> {
        let mut path = url.path().to_owned();
        if let Some(query) = url.query() {
            path.push('?');
            path.push_str(query);
        }
        let path = normalised(&path);
        if path == "/robots.txt" {
            return None;
        }
        let matching = self.rules.iter().filter(|r| matches(&r.pattern, &path));
        matching.max_by_key(|r| (r.pattern.len(), r.allow))
    }

    /// Bytes that the rules take in memory, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.rules.iter().map(|r| r.pattern.len() + size_of::<Rule>()).sum()
    }

    /// The pause that the site asks for between two requests. Not in the RFC, but widely written.
    #[must_use]
    pub const fn crawl_delay(&self) -> Option<Duration> {
        self.crawl_delay
    }
}

/// The lines as text. Octets that are no UTF-8 become percent-encoded, which is what patterns and
/// paths are compared as.
fn text(bytes: &[u8]) -> String {
    let mut bytes = bytes;
    if bytes.len() > MAX_BYTES {
        let end = bytes[..=MAX_BYTES].iter().rposition(|b| matches!(b, b'\r' | b'\n'));
        bytes = &bytes[..end.unwrap_or(0)];
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|octet| push_encoded(&mut text, *octet));
    }
    text
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut names_agents = false;
    for line in text.split(['\n', '\r']) {
        let Some((key, value)) = key_value(line) else {
            continue;
        };
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
                // Lines outside the standard must not end a group (section 2.2.4), so agents named
                // after this one share its rules; the delay is that of the agents before it.
                if let (Some(group), Some(delay)) = (groups.last_mut(), delay(value)) {
                    group.delays.push((group.agents.len(), delay));
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
    match value.strip_prefix('*') {
        Some(rest) if rest.is_empty() || rest.starts_with(char::is_whitespace) => "*".to_owned(),
        _ => token(value),
    }
}

fn token(name: &str) -> String {
    product_token(name).to_ascii_lowercase()
}

fn delay(value: &str) -> Option<Duration> {
    let seconds: f64 = value.parse().ok()?;
    let fits = seconds.is_finite() && seconds >= 0.0;
    fits.then(|| Duration::from_secs_f64(seconds.min(MAX_DELAY.as_secs_f64())))
}

/// Normalises what stands between the wildcards. A `$` elsewhere than at the end is itself.
fn pattern(value: &str) -> String {
    let (open, end) = match value.strip_suffix('$') {
        Some(open) => (open, "$"),
        None => (value, ""),
    };
    let pieces: Vec<String> = open.split('*').map(normalised).collect();
    pieces.join("*") + end
}

/// Section 2.2.2: encoded characters that need no encoding as what they are, all that a path cannot
/// hold (RFC 3986 section 2) percent-encoded, digits in upper case. `*` and `$` are encoded too, as
/// section 2.2.3 asks for where they do not stand for others.
fn normalised(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = String::with_capacity(path.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = encoded_octet(&bytes[at..]);
        let octet = escaped.unwrap_or(bytes[at]);
        let kept = escaped.is_none() && b"%:/?#[]@!&'()+,;=".contains(&octet);
        if kept || is_unreserved(octet) {
            out.push(char::from(octet));
        } else {
            push_encoded(&mut out, octet);
        }
        at += if escaped.is_some() { 3 } else { 1 };
    }
    out
}

/// The octet that `%` and two digits at the beginning stand for.
fn encoded_octet(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else {
        return None;
    };
    let digit = |b: u8| char::from(b).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

/// RFC 3986 section 2.3.
const fn is_unreserved(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~')
}

fn push_encoded(out: &mut String, octet: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(DIGITS[usize::from(octet >> 4)]));
    out.push(char::from(DIGITS[usize::from(octet & 15)]));
}

/// Whether a pattern matches the beginning of a path. Linear in both: each `*` is matched at the
/// earliest place, which is right because what follows may be anything up to the next one.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, whole) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or_default()) else {
        return false;
    };
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
        assert_eq!(
            Robots::parse(robots.as_bytes(), "feedbridge").allowed(&url),
            expected,
            "{path} under:\n{robots}"
        );
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
        check(
            "User-agent: feedbridge\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: feedbridge\nDisallow: /b",
            "/b",
            false,
        );
        check(
            "User-agent: feedbridge\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: feedbridge\nDisallow: /b",
            "/c",
            true,
        );
        check("Disallow: /\nUser-agent: x\nDisallow: /y", "/a", true);
        check("\u{feff}user-agent: *\r\ndisallow: /a # comment\r\n", "/a", false);
        check("User-agent *\nDisallow /a", "/a", false);
        check("user-agent: *\nSitemap: /s\nuser-agent: feedbridge\nDissallow: /", "/a", false);
        check("user-agent: * extra\nDisallow: /", "/a", false);
        check("user-agent: *\textra\nDisallow: /", "/a", false);
        check("user-agent: *x\nDisallow: /", "/a", true);
        check("User-agent: feedbridge\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/b", true);
        check("User-agent: feedbridge\n\n\nDisallow: /a", "/a", false);
        check("user-agent: x\nCrawl-delay: 1\nuser-agent: *\nDisallow: /a", "/a", false);
        check("user-agent: *\rdisallow: /a\r\rallow: /a/b\r", "/a/c", false);
        check("<html><body>User-agent: *<br>Disallow: /</body></html>", "/a", true);
        check("USER-AGENT : * \n  DISALLOW :  /a  ", "/a", false);
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
        check("User-agent: *\nDisallow: /\nAllow: /$", "/", true);
        check("User-agent: *\nDisallow: /\nAllow: /$", "/a", false);
        check("User-agent: *\nDisallow: news", "/news", true);
        check("User-agent: *\nDisallow: # /a", "/a", true);
        check("User-agent: *\nDisallow: /robots.txt", "/robots.txt", true);
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
        check(
            &format!("User-agent: *\nDisallow: /{}b$", "a*".repeat(500)),
            &format!("/{}", "a".repeat(2000)),
            true,
        );
    }

    #[test]
    fn encodings_are_compared_as_what_they_mean() {
        check("User-agent: *\nDisallow: /a%3cd.html", "/a%3Cd.html", false);
        check("User-agent: *\nDisallow: /%61b", "/ab", false);
        check("User-agent: *\nDisallow: /ツ", "/%E3%83%84", false);
        check("User-agent: *\nDisallow: /a%2Fb", "/a/b", true);
        check("User-agent: *\nDisallow: /a%2fb", "/a%2Fb", false);
        check("User-agent: *\nDisallow: /a%2Ab", "/a*b", false);
        check("User-agent: *\nDisallow: /a%2Ab", "/axb", true);
        check("User-agent: *\nDisallow: /a%24", "/a$", false);
        check("User-agent: *\nDisallow: /a b", "/a%20b", false);
        check("User-agent: *\nDisallow: /{id}|x", "/%7Bid%7D|x", false);
        check("User-agent: *\nDisallow: /a%zz", "/a%zz", false);
        check("User-agent: *\nDisallow: /?q=ü", "/?q=%C3%BC", false);
    }

    #[test]
    fn octets_that_are_no_utf8_are_octets_all_the_same() {
        let robots = Robots::parse(b"User-agent: *\nDisallow: /caf\xe9", "feedbridge");
        let url = Url::parse("https://example.org/caf%E9").expect("an address");
        assert!(!robots.allowed(&url));
    }

    #[test]
    fn what_is_cut_off_forbids_nothing() {
        let url =
            |path: &str| Url::parse("https://example.org").and_then(|u| u.join(path)).expect("an address");
        let mut file = "User-agent: *\nDisallow: /a\n".to_owned();
        file.push_str(&"#".repeat(MAX_BYTES - file.len() - "\nDisallow: /".len()));
        file.push_str("\nDisallow: /private\n");
        let robots = Robots::parse(file.as_bytes(), "feedbridge");
        assert!(robots.allowed(&url("/news")));
        assert!(robots.allowed(&url("/private")));
        assert!(!robots.allowed(&url("/a")));
        assert!(Robots::parse(&vec![b'x'; MAX_BYTES * 2], "feedbridge").allowed(&url("/a")));
    }

    #[test]
    fn everything_can_be_allowed() {
        let url =
            |path: &str| Url::parse("https://example.org").and_then(|u| u.join(path)).expect("an address");
        assert!(Robots::allow_all().allowed(&url("/a")));
    }

    #[test]
    fn pauses_are_read() {
        let delay = |text: &str| Robots::parse(text.as_bytes(), "feedbridge").crawl_delay();
        assert_eq!(delay("User-agent: *\nCrawl-delay: 2.5"), Some(Duration::from_millis(2500)));
        assert_eq!(delay("User-agent: *\nCrawl-delay: 99999"), Some(MAX_DELAY));
        assert_eq!(delay("User-agent: *\nCrawl-delay: -1"), None);
        assert_eq!(delay("User-agent: *\nCrawl-delay: NaN"), None);
        assert_eq!(delay("User-agent: x\nCrawl-delay: 5"), None);
        assert_eq!(delay("Crawl-delay: 5\nUser-agent: *\nDisallow:"), None);
        assert_eq!(delay("User-agent: x\nCrawl-delay: 5\nUser-agent: *\nDisallow:"), None);
        assert_eq!(delay("User-agent: x\nUser-agent: *\nCrawl-delay: 5"), Some(Duration::from_secs(5)));
        assert_eq!(delay("User-agent: *\nCrawl-delay: 5\nCrawl-delay: 2"), Some(Duration::from_secs(5)));
    }

    #[test]
    fn tokens_end_where_names_end() {
        assert_eq!(product_token("feedbridge/0.1 (+https://x)"), "feedbridge");
        assert_eq!(product_token("Foo_Bar-baz 1"), "Foo_Bar-baz");
        assert_eq!(product_token(""), "");
    }
}
