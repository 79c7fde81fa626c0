//! Web addresses as people type them: the scheme may be missing.

use url::Url;

use crate::config::address_error;

/// Endings of files that are no top-level domains: `page.html` is a file, even one that does not exist.
const FILE_ENDINGS: [&str; 12] =
    ["atom", "css", "csv", "gz", "htm", "html", "json", "opml", "rss", "toml", "txt", "xml"];

/// Parses an http or https address. A missing scheme is https.
pub(super) fn web_address(text: &str) -> Result<Url, String> {
    if let Some(url) = completed(text) {
        return Ok(url);
    }
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        Ok(url) => Err(format!("`{}` is neither http nor https", url.scheme())),
        Err(error) => Err(address_error(error)),
    }
}

/// The https address that a text without a scheme stands for, if it begins with the name or the address of a
/// host, such as `example.org/news`.
pub(super) fn completed(text: &str) -> Option<Url> {
    let text = text.trim();
    let rest = text.strip_prefix("//").unwrap_or(text);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host_and_port, tail) = rest.split_at(end);
    let (host, port) = match host_and_port.rsplit_once(':') {
        // The colons of an IPv6 address are in brackets.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (host_and_port, None),
    };
    let is_port = port.is_none_or(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    let is_known = host.eq_ignore_ascii_case("localhost") || is_name(host, tail) || is_ip_address(host);
    (is_port && is_known).then(|| Url::parse(&format!("https://{rest}")).ok()).flatten()
}

/// Whether a text has the form of a host's full name: labels, the last one of letters only. `tail` is the text
/// after it.
fn is_name(host: &str, tail: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let Some((_, last)) = host.rsplit_once('.') else { return false };
    let is_file = tail.is_empty() && FILE_ENDINGS.iter().any(|ending| last.eq_ignore_ascii_case(ending));
    !is_file && host.split('.').all(is_label) && is_top_level(last)
}

fn is_label(label: &str) -> bool {
    let is_inner = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    label.chars().all(is_inner) && label.starts_with(char::is_alphanumeric) && !label.ends_with('-')
}

/// Whether a label may be the last one of a name: it has two letters or more, and no digits unless it is
/// written in ASCII for another script.
fn is_top_level(label: &str) -> bool {
    let is_encoded = label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
    is_encoded || (label.chars().all(char::is_alphabetic) && label.chars().nth(1).is_some())
}

fn is_ip_address(host: &str) -> bool {
    let literal = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    literal.map_or_else(
        || host.parse::<std::net::Ipv4Addr>().is_ok(),
        |inner| inner.parse::<std::net::Ipv6Addr>().is_ok(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(completed(text).as_ref().map(Url::as_str), expected, "{text}");
    }

    #[test]
    fn a_host_name_gets_a_scheme() {
        check("example.org/news", Some("https://example.org/news"));
        check("Harbour.Example.ORG", Some("https://harbour.example.org/"));
        check("//example.org/news", Some("https://example.org/news"));
        check("example.org:8443/news?page=1#top", Some("https://example.org:8443/news?page=1#top"));
        check("example.org?q=a:b", Some("https://example.org/?q=a:b"));
        check("example.org/index.html", Some("https://example.org/index.html"));
        check("localhost:8080/feed", Some("https://localhost:8080/feed"));
        check("192.0.2.7/news", Some("https://192.0.2.7/news"));
        check("[2001:db8::1]:8080/", Some("https://[2001:db8::1]:8080/"));
        check("hafen.example.xn--p1ai/a", Some("https://hafen.example.xn--p1ai/a"));
        check("müller.example/neues", Some("https://xn--mller-kva.example/neues"));
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in [
            "",
            "-",
            "harbour",
            "harbour-news_2",
            "page.html",
            "saved.JSON",
            "pages/news.html",
            "./example.org",
            "../example.org/x",
            "/srv/example.org",
            "release-1.2",
            "dir.v2/page",
            "https://example.org/news",
            "ftp://example.org/",
            "mailto:harbour@example.org",
            "javascript:alert(1)",
            "example.org:port/x",
            "example.org:99999/x",
            "exam ple.org/news",
            "C:\\pages\\news",
            "a..org/x",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn an_address_is_http_or_https() {
        let checked = |text: &str| web_address(text).map(String::from);
        assert_eq!(checked("http://example.org/"), Ok("http://example.org/".to_owned()));
        assert_eq!(checked("news.example.org/latest"), Ok("https://news.example.org/latest".to_owned()));
        assert!(checked("ftp://example.org/").is_err_and(|e| e.contains("neither http nor https")));
        assert!(checked("harbour").is_err_and(|e| e.contains("https://")));
    }
}
