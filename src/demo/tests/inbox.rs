//! The page of the inbox.

use super::*;

fn message(title: &str, link: Option<&str>, is_signed: bool) -> InboxMessage {
    InboxMessage {
        received: after(45),
        event: "trouble".to_owned(),
        title: title.to_owned(),
        body: "One line.\nAnother <b>line</b>.".to_owned(),
        link: link.map(|link| link.parse().unwrap()),
        is_signed,
    }
}

#[test]
fn the_inbox_shows_what_it_is_given_and_runs_nothing() {
    let messages = [
        message("<script>alert('ebb')</script>", Some("https://example.org/?a=1&b=\"2\""), true),
        message("Harbour notices", Some("javascript:alert(1)"), false),
    ];
    let page = inbox_page(&messages);
    assert_nested(&page, "the inbox");
    for part in [
        "<h2><a href=\"https://example.org/?a=1&amp;b=%222%22\" rel=\"noreferrer noopener nofollow\">",
        "&lt;script&gt;alert(",
        "<h2>Harbour notices</h2>",
        "<time datetime=\"2026-03-04T05:06:52Z\">2026-03-04 05:06:52 UTC</time>",
        "One line.\nAnother &lt;b&gt;line&lt;/b&gt;.",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert!(!page.contains("<script") && !page.contains("javascript:"), "{page}");
    assert_eq!(
        (page.matches("signature valid").count(), page.matches("signature not valid").count()),
        (1, 1)
    );
    assert!(page.find("&lt;script").unwrap() < page.find("Harbour notices</h2>").unwrap());
}

#[test]
fn an_empty_inbox_says_what_will_come() {
    let page = inbox_page(&[]);
    assert_nested(&page, "the empty inbox");
    assert!(page.contains("Nothing has arrived yet."), "{page}");
    assert!(body("/", start()).contains("<a href=\"/inbox\">Inbox</a>"));
}
