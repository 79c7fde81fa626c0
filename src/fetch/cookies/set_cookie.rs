//! One `Set-Cookie` header (RFC 6265 section 5.2), and the addresses that its cookie belongs to.

use chrono::{DateTime, Utc};
use url::{Host, Url};

use crate::fetch::site::is_public_suffix;
use crate::model::http_date;

/// Bytes of a cookie's name and value together; RFC 6265 section 6.1 asks for at least 4096.
const MAX_COOKIE_BYTES: usize = 4096;

/// Attributes of a cookie that are read.
const MAX_ATTRIBUTES: usize = 20;

/// A cookie, and where it may be sent.
pub(super) struct Cookie {
    pub(super) name: String,
    pub(super) value: String,
    /// The host that set it, or the domain that it is for; in lower case.
    domain: String,
    /// Whether it is for the host alone, and not for the hosts below it.
    host_only: bool,
    /// The port that it is for, of a host on which different owners may have different ports.
    port: Option<u16>,
    pub(super) path: String,
    /// Whether it goes over https only.
    secure: bool,
}

/// A cookie as an answer sets it.
pub(super) struct SetCookie {
    pub(super) cookie: Cookie,
    /// The cookie is to be forgotten.
    pub(super) has_expired: bool,
}

impl SetCookie {
    /// Reads the value of a header; `None` if it sets no cookie that the address may set.
    pub(super) fn parse(line: &str, from: &Url, now: DateTime<Utc>) -> Option<Self> {
        let mut parts = line.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        let is_sendable = |text: &str| text.bytes().all(|b| matches!(b, b' '..=b'~'));
        if name.is_empty() || name.len() + value.len() > MAX_COOKIE_BYTES || !is_sendable(line) {
            return None;
        }
        let mut cookie = Cookie {
            name: name.to_owned(),
            value: value.to_owned(),
            domain: from.host_str()?.to_ascii_lowercase(),
            host_only: true,
            port: own_port(from),
            path: default_path(from),
            secure: false,
        };
        let mut lifetime = Lifetime::default();
        for part in parts.take(MAX_ATTRIBUTES) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "domain" => cookie.widen(value, from)?,
                "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
                "secure" => cookie.secure = true,
                "max-age" => lifetime.max_age_is_over = max_age_is_over(value).or(lifetime.max_age_is_over),
                "expires" => lifetime.expires = cookie_date(value).or(lifetime.expires),
                _ => {}
            }
        }
        Some(Self { cookie, has_expired: lifetime.is_over(now) })
    }
}

impl Cookie {
    /// Makes it a cookie of a domain. `None` if the address does not belong to the domain, or if the domain
    /// is one under which strangers register theirs.
    fn widen(&mut self, domain: &str, from: &Url) -> Option<()> {
        let domain = domain.strip_prefix('.').unwrap_or(domain).to_ascii_lowercase();
        if domain.is_empty() || domain == self.domain {
            self.host_only = domain.is_empty() || is_public_suffix(&domain);
            return Some(());
        }
        let is_name = matches!(from.host(), Some(Host::Domain(_)));
        if !is_name || !is_below(&self.domain, &domain) || is_public_suffix(&domain) {
            return None;
        }
        self.domain = domain;
        self.host_only = false;
        Some(())
    }

    /// Whether both have one name, domain, port and path, so that the later one replaces the earlier.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let of_both = (&self.name, &self.domain, self.port, &self.path);
        of_both == (&other.name, &other.domain, other.port, &other.path)
    }

    /// Whether a request to this address has the cookie (RFC 6265 section 5.4).
    pub(super) fn belongs_to(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let is_at_home = host == self.domain || !self.host_only && is_below(&host, &self.domain);
        let is_safe = !self.secure || url.scheme() == "https";
        let is_port = self.port.is_none() || self.port == url.port_or_known_default();
        is_at_home && is_port && is_safe && is_path_below(url.path(), &self.path)
    }
}

/// The end of a cookie's life, as its attributes say it.
#[derive(Default)]
struct Lifetime {
    max_age_is_over: Option<bool>,
    expires: Option<DateTime<Utc>>,
}

impl Lifetime {
    /// `Max-Age` counts before `Expires`. Without either, the cookie lives as long as the fetch.
    fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.max_age_is_over.unwrap_or_else(|| self.expires.is_some_and(|at| at <= now))
    }
}

/// Whether a `Max-Age` is zero or negative; `None` if it is no number.
fn max_age_is_over(value: &str) -> Option<bool> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(digits.len() < value.len() || digits.bytes().all(|b| b == b'0'))
}

/// The date of `Expires`. Many sites write `-` between day, month and year.
fn cookie_date(value: &str) -> Option<DateTime<Utc>> {
    http_date::parse(value).or_else(|| http_date::parse(&value.replace('-', " ")))
}

/// The port that the cookies of a host are for: `None` for all of them, as RFC 6265 section 8.5 has it. On a
/// literal address or a name of one label, such as `localhost`, another port is often another application.
fn own_port(from: &Url) -> Option<u16> {
    let is_shared = match from.host()? {
        Host::Domain(name) => !name.trim_end_matches('.').contains('.'),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    from.port_or_known_default().filter(|_| is_shared)
}

/// The path of a cookie that names none (RFC 6265 section 5.1.4): the folder of the address.
fn default_path(url: &Url) -> String {
    match url.path().rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(end) => url.path()[..end].to_owned(),
    }
}

/// Whether a host is below a domain.
fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// Whether a path is the path of a cookie or below it (RFC 6265 section 5.1.4).
fn is_path_below(path: &str, of_cookie: &str) -> bool {
    let Some(rest) = path.strip_prefix(of_cookie) else { return false };
    rest.is_empty() || of_cookie.ends_with('/') || rest.starts_with('/')
}
