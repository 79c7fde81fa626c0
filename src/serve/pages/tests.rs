//! Whole pages: their texts, and the things that they must never contain.

mod charts;
mod index;
mod told;

use chrono::{DateTime, FixedOffset, TimeDelta, TimeZone, Utc};
use url::Url;

use super::*;
use crate::model::{
    Content, DateSource, Enclosure, Event, EventKind, FeedHead, FeedId, FeedState, Item, Outcome, Precision,
    RunRecord, Trouble, TroubleKind,
};
use crate::store::{KeptMessage, MessageState, NewMessage};

const HOSTILE: &str =
    r#""><script src="http://evil.example.org/x.js">alert('1')</script><img src=x onerror=y>"#;

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 8, 5, 12, 0, 0).unwrap()
}

fn head(id: &str, title: &str) -> FeedHead {
    FeedHead {
        id: FeedId::parse(id).unwrap(),
        path: format!("/feeds/{id}"),
        title: title.to_owned(),
        description: "What the harbour office announces".to_owned(),
        home: Some(Url::parse("https://www.harbour.example.org/news/").unwrap()),
        base_url: "https://feeds.example.org".to_owned(),
        language: Some("ko".to_owned()),
        ttl_minutes: 30,
        changed: noon(),
    }
}

fn fine() -> FeedState {
    FeedState {
        changed: Some(noon() - TimeDelta::hours(5)),
        last_success: Some(noon() - TimeDelta::minutes(4)),
        last_run: Some(noon() - TimeDelta::minutes(4)),
        next_due: Some(noon() + TimeDelta::minutes(3)),
        items: Some(1_234),
        ..FeedState::default()
    }
}

fn broken() -> FeedState {
    let detail = "container `main > ul` of https://user:hunter2@example.org/ is gone";
    FeedState {
        trouble: Some(Trouble::new(TroubleKind::ContainerMissing, detail)),
        failures: 6,
        last_success: Some(noon() - TimeDelta::hours(3)),
        ..fine()
    }
}

fn item(title: &str) -> Item {
    let seoul = FixedOffset::east_opt(9 * 3_600).unwrap();
    Item {
        key: "k".to_owned(),
        guid: "urn:x".to_owned(),
        content: Content {
            title: title.to_owned(),
            url: Some(Url::parse("https://harbour.example.org/news/1").unwrap()),
            ..Content::default()
        },
        date: seoul.with_ymd_and_hms(2026, 8, 5, 0, 0, 0).unwrap(),
        precision: Precision::Day,
        date_source: DateSource::Page,
        updated: None,
        first_seen: noon(),
        position: 0,
    }
}

fn run(outcome: Outcome) -> RunRecord {
    RunRecord {
        started: noon() - TimeDelta::minutes(4),
        duration_ms: 820,
        outcome,
        bytes: 34_120,
        found: 20,
        added: 2,
        changed: 1,
        problems: 0,
    }
}

fn index_of(heads: &[FeedHead], states: &[FeedState]) -> String {
    let views: Vec<FeedView<'_>> = heads.iter().zip(states).map(|(head, state)| view(head, state)).collect();
    index_with("Feeds of the harbour", &views)
}

fn index_with(title: &str, feeds: &[FeedView<'_>]) -> String {
    index(&IndexPage { title, feeds, has_operations: true, failing_targets: 0, now: noon() })
}

fn view<'a>(head: &'a FeedHead, state: &'a FeedState) -> FeedView<'a> {
    FeedView { head, state, schedule: "every 30 minutes", documents: true }
}

fn feed_of(head: &FeedHead, state: &FeedState, items: &[Item], runs: &[RunRecord]) -> String {
    let view = view(head, state);
    feed(&FeedPage { view, items, runs, events: &[], deliveries: &[], now: noon() })
}

fn told_of(head: &FeedHead, events: &[Event], deliveries: &[KeptMessage]) -> String {
    let state = fine();
    let view = view(head, &state);
    feed(&FeedPage { view, items: &[], runs: &[], events, deliveries, now: noon() })
}

fn event(kind: EventKind, trouble: Option<TroubleKind>) -> Event {
    Event {
        number: 1,
        at: noon() - TimeDelta::hours(1),
        feed: FeedId::parse("h").unwrap(),
        kind,
        trouble: trouble.map(|kind| Trouble::new(kind, "hunter2")),
        since: noon() - TimeDelta::hours(4),
        keys: Vec::new(),
    }
}

fn delivery(rule: &str, state: MessageState, tries: u32) -> KeptMessage {
    let message = NewMessage { rule: rule.to_owned(), lane: "h".to_owned(), content: "hunter2".to_owned() };
    KeptMessage {
        number: 1,
        message,
        created: noon() - TimeDelta::hours(2),
        state,
        changed: noon(),
        tries,
        reason: Some("https://ntfy.example.org/hunter2 answered 500".to_owned()),
    }
}

/// The page without its tags, so that words can be looked for across elements.
fn text(page: &str) -> String {
    let parts: Vec<&str> = page.split('<').map(|s| s.split_once('>').map_or(s, |p| p.1)).collect();
    parts.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every element that is opened is closed, in order (void elements apart), and ids are unique.
#[track_caller]
fn check_structure(page: &str) {
    let mut open = Vec::new();
    let mut ids = std::collections::HashSet::new();
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
    for part in page.split('<').skip(2) {
        let tag = part.split_once('>').expect("a tag ends").0;
        let name = tag.split_whitespace().next().unwrap();
        if let Some(closed) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "in {page}");
        } else if !["meta", "link", "br"].contains(&name) {
            open.push(name);
        }
        if let Some((_, rest)) = tag.split_once(" id=\"") {
            assert!(ids.insert(rest.split('"').next().unwrap()), "an id twice: {tag}");
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    for once in ["<main ", "<h1", "<title>", "<footer>", "href=\"#main\""] {
        assert_eq!(page.matches(once).count(), 1, "{once}");
    }
}

/// Nothing runs, and nothing is loaded from anywhere but our own style sheet.
#[track_caller]
fn check_inert(page: &str) {
    for element in ["<script", "<img", "<iframe", "<object", "<form", "<style", "<base"] {
        assert!(!page.contains(element), "{element} in {page}");
    }
    // A quote within an attribute's value is `&quot;`, so every second part lies outside values.
    for tag in page.split('<').filter_map(|part| part.split_once('>')).map(|(tag, _)| tag) {
        let names: String = tag.split('"').step_by(2).collect();
        for attribute in [" src", " style", " on", " action"] {
            assert!(!names.contains(attribute), "{attribute} in {tag}");
        }
    }
    assert_eq!(page.matches("rel=\"stylesheet\"").count(), 1);
    assert!(page.contains("<link rel=\"stylesheet\" href=\"/style.css\">"));
}

#[track_caller]
fn check_says(page: &str, expected: &str) {
    let text = text(page);
    assert!(text.contains(expected), "no {expected:?} in {text}");
}

#[test]
fn hostile_texts_stay_texts() {
    let hostile_head = FeedHead { description: HOSTILE.to_owned(), ..head("h", HOSTILE) };
    let hostile_head = FeedHead { language: Some(HOSTILE.to_owned()), ..hostile_head };
    let mut hostile = item(HOSTILE);
    hostile.content.summary = Some(HOSTILE.to_owned());
    hostile.content.tags = vec![HOSTILE.to_owned()];
    hostile.content.authors = vec![HOSTILE.to_owned()];
    hostile.content.enclosures = vec![Enclosure {
        url: "javascript:alert(1)".to_owned(),
        media_type: Some(HOSTILE.to_owned()),
        length: Some(1),
    }];
    let mut body = item("body");
    body.content.content_html = Some(format!("<p>safe</p>&lt;script>{HOSTILE}"));
    let of_feed = feed_of(&hostile_head, &fine(), &[hostile, body], &[run(Outcome::Fresh)]);
    let events = [event(EventKind::Trouble, Some(TroubleKind::Dns)), event(EventKind::Silent, None)];
    let told = told_of(&hostile_head, &events, &[delivery(HOSTILE, MessageState::Dead, 3)]);
    let of_index = index_of(&[hostile_head.clone(), hostile_head], &[fine(), broken()]);
    for page in [of_feed, told, of_index, not_found(HOSTILE), index_with(HOSTILE, &[])] {
        check_structure(&page);
        check_inert(&page);
        assert!(!page.contains("<script"));
        assert!(!page.contains("href=\"javascript"));
    }
}

#[test]
fn only_web_addresses_become_links() {
    let mut strange = item("strange");
    strange.content.url = Some(Url::parse("data:text/html,x").unwrap());
    let odd_base = FeedHead {
        base_url: "javascript:alert(1)//".to_owned(),
        home: Some(Url::parse("file:///etc/hosts").unwrap()),
        ..head("odd", "Odd")
    };
    let page = feed_of(&odd_base, &fine(), &[strange], &[]) + &index_of(&[odd_base], &[fine()]);
    for scheme in ["data:", "javascript:", "file:"] {
        assert!(!page.contains(&format!("href=\"{scheme}")), "{scheme}");
    }
}

#[test]
fn links_to_sites_give_nothing_away() {
    let page = feed_of(&head("h", "Harbour"), &fine(), &[item("Ferry")], &[]);
    let link = "href=\"https://harbour.example.org/news/1\" rel=\"noreferrer noopener nofollow\"";
    assert!(page.contains(link), "{page}");
    for tag in page.split('<').filter(|t| t.starts_with("a ") && t.contains("harbour.example")) {
        assert!(tag.contains("noreferrer"), "{tag}");
    }
}

#[test]
fn each_state_has_its_words() {
    #[track_caller]
    fn check(state: &FeedState, expected: &[&str]) {
        let head = head("h", "Harbour");
        let on_index = index_of(std::slice::from_ref(&head), std::slice::from_ref(state));
        let on_feed = feed_of(&head, state, &[], &[]);
        for page in [on_index, on_feed] {
            check_structure(&page);
            for words in expected {
                check_says(&page, words);
            }
            assert!(!page.contains("hunter2"), "a detail is shown");
        }
    }
    check(&fine(), &["fine", "4 minutes ago", "in 3 minutes"]);
    check(&FeedState::default(), &["waiting for its first run"]);
    check(&FeedState { running: true, ..fine() }, &["running now"]);
    check(
        &broken(),
        &[
            "in trouble no items: the listing is no longer where it was",
            "6 failed runs since the last success 3 hours ago",
        ],
    );
    for kind in TroubleKind::ALL {
        let trouble = Some(Trouble::new(*kind, "hunter2"));
        let words = maud::html! { (kind.words()) }.into_string();
        check(&FeedState { trouble, failures: 1, ..fine() }, &[&words, "1 failed run since"]);
    }
}

#[test]
fn a_feed_announces_its_three_documents() {
    let page = feed_of(&head("h", "Harbour"), &fine(), &[], &[]);
    check_structure(&page);
    assert_eq!(page.matches("rel=\"alternate\"").count(), 3);
    for ending in ["rss", "atom", "json"] {
        let address = format!("https://feeds.example.org/feeds/h.{ending}");
        assert!(page.contains(&format!("<code>{address}</code>")), "{address}");
    }
    check_says(&page, "every 30 minutes");
    check_says(&page, "Made from harbour.example.org/news");
}

#[test]
fn an_item_is_shown_as_the_page_gave_it() {
    #[track_caller]
    fn check(change: impl Fn(&mut Item), expected: &str) {
        let mut item = item("Ferry timetable");
        change(&mut item);
        let page = feed_of(&head("h", "Harbour"), &fine(), &[item], &[]);
        check_structure(&page);
        check_says(&page, expected);
    }
    check(|_| {}, "Ferry timetable 5 August 2026 Runs");
    check(|i| i.precision = Precision::Month, "August 2026 Runs");
    check(|i| i.precision = Precision::Minute, "5 August 2026, 00:00 +09:00");
    check(|i| i.date_source = DateSource::FirstSeen, "first seen 5 August 2026");
    check(|i| i.updated = Some(i.date), "· edited 5 August 2026, 00:00 +09:00");
    check(|i| i.content.authors = vec!["Ana".into(), "Bo".into()], "· Ana , Bo");
    check(|i| i.content.tags = vec!["ferries".into()], "ferries");
    check(|i| i.content.title.clear(), "Untitled");
    check(|i| i.content.summary = Some("Two more a day.".into()), "Two more a day.");
    check(|i| i.content.content_html = Some("<p>From <b>May</b></p>".into()), "From May");
}

#[test]
fn an_item_has_the_language_of_its_site() {
    let page = feed_of(&head("h", "Harbour"), &fine(), &[item("부두 소식")], &[]);
    assert!(page.contains("<span lang=\"ko\">부두 소식</span>"));
    assert!(page.contains("<time datetime=\"2026-08-05\">"));
}

#[test]
fn a_page_shows_the_newest_only() {
    let items: Vec<Item> = (0..60).map(|n| item(&format!("Item {n}"))).collect();
    let runs = vec![run(Outcome::Unchanged); 30];
    let page = feed_of(&head("h", "Harbour"), &fine(), &items, &runs);
    check_says(&page, "Items the newest 50 of 1,234");
    assert_eq!(page.matches("<article").count(), MAX_ITEMS);
    assert_eq!(page.matches("<th class=\"name\"").count(), MAX_RUNS);
}

#[test]
fn runs_tell_their_outcome_without_detail() {
    let failed = Outcome::Failed(Trouble::new(TroubleKind::Timeout, "hunter2 detail"));
    let with_problems = RunRecord { problems: 3, ..run(Outcome::Fresh) };
    let runs = [run(failed), run(Outcome::Unchanged), with_problems];
    let page = feed_of(&head("h", "Harbour"), &fine(), &[], &runs);
    check_structure(&page);
    check_says(&page, "4 minutes ago failed: the site did not answer in time – – – 820 ms 34.1 kB");
    check_says(&page, "unchanged since the last run – – – 820 ms");
    check_says(&page, "read, with 3 problems 20 2 1 820 ms");
    assert!(!page.contains("hunter2"));
}

#[test]
fn empty_lists_say_so() {
    let page = feed_of(&head("h", "Harbour"), &FeedState::default(), &[], &[]);
    check_says(&page, "None yet: the feed is waiting for its first run.");
    check_says(&page, "Runs None yet.");
    check_says(&page, "Last success never");
}

#[test]
fn a_missing_page_is_a_page() {
    let page = not_found("There is no feed of this name.");
    check_structure(&page);
    check_inert(&page);
    check_says(&page, "There is no feed of this name.");
}

#[test]
fn the_style_sheet_loads_nothing() {
    assert!(!STYLE.contains("url("));
    assert!(!STYLE.contains("@import"));
    assert!(CONTENT_SECURITY_POLICY.starts_with("default-src 'none'; style-src 'self'; "));
    assert!(!CONTENT_SECURITY_POLICY.contains("  "));
}

#[test]
fn every_page_says_that_the_configuration_is_broken() {
    let pages = [
        index_of(&[head("a", "A")], &[fine()]),
        feed_of(&head("a", "A"), &fine(), &[item("One")], &[]),
        not_found("There is nothing at this address."),
    ];
    for page in pages {
        assert_eq!(with_config_notice(&page, None), page);
        let noticed = with_config_notice(&page, Some("feeds.toml, line 7: unknown key `<b>`"));
        let words = text(&noticed);
        assert!(words.contains("the old one stays in use. feeds.toml, line 7: unknown key"), "{words}");
        assert_eq!(noticed.matches("class=\"notice\"").count(), 1);
        assert!(!noticed.contains("<b>"), "{noticed}");
    }
}

#[test]
fn a_mute_and_a_silence_can_be_seen() {
    let state = FeedState { silent: true, muted_until: Some(noon() + TimeDelta::hours(2)), ..fine() };
    let page = feed_of(&head("a", "Tides"), &state, &[], &[]);
    for words in ["no new item for longer than usual", "muted until 5 August 2026, 14:00"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let over = FeedState { muted_until: Some(noon() - TimeDelta::hours(2)), ..fine() };
    assert!(!feed_of(&head("a", "Tides"), &over, &[], &[]).contains("muted"));
}
