//! The site of an address: what is paced. The only home of the public suffix list.

use url::{Host, Url};

/// The registrable domain in lower case (`news.example.co.uk` -> `example.co.uk`). Literals,
/// single-label hosts and names for loopback (RFC 6761 section 6.3) have none: there it is host and
/// port, as each port is a server of its own.
#[must_use]
pub fn site_of(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or(0);
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            match psl::domain_str(&name) {
                Some(domain) if !domain.ends_with(".localhost") => domain.to_owned(),
                _ => format!("{name}:{port}"),
            }
        }
        Some(host) => format!("{host}:{port}"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, site: &str) {
        assert_eq!(site_of(&Url::parse(url).expect("an address")), site);
    }

    #[test]
    fn sites_are_registrable_domains() {
        check("https://news.example.co.uk/a", "example.co.uk");
        check("https://WWW.Example.org:8443/", "example.org");
        check("https://example.org./", "example.org");
        check("https://someone.github.io/", "someone.github.io");
        check("http://127.0.0.1:8000/", "127.0.0.1:8000");
        check("http://[::1]/", "[::1]:80");
        check("http://localhost:81/", "localhost:81");
        check("http://one.localhost:81/", "one.localhost:81");
        check("http://intranet/", "intranet:80");
        check("https://b\u{fc}cher.example.org/", "example.org");
        check("https://a.b.c.kawasaki.jp/", "b.c.kawasaki.jp");
        check("https://city.kawasaki.jp/", "city.kawasaki.jp");
    }
}
