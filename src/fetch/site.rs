//! The site of an address: the unit that requests are paced by. Only this file uses the public suffix
//! list.

use url::{Host, Url};

/// The site of an address: its registrable domain in lower case (`news.example.co.uk` ->
/// `example.co.uk`). Literal addresses, hosts of one label and names of loopback (RFC 6761 section 6.3)
/// have no registrable domain. There the site is host and port, as each port is a server of its own.
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

/// Whether a name in lower case is one under which strangers register their domains, such as `co.uk`, or a
/// single label.
pub(super) fn is_public_suffix(name: &str) -> bool {
    psl::domain_str(name.trim_end_matches('.')).is_none()
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
