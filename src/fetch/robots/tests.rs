use super::file::{MAX_BYTES, MAX_DELAY};
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
    let url = |path: &str| Url::parse("https://example.org").and_then(|u| u.join(path)).expect("an address");
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
    let url = |path: &str| Url::parse("https://example.org").and_then(|u| u.join(path)).expect("an address");
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
