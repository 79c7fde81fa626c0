//! The page of all feeds.

use super::*;

#[test]
fn the_index_sums_up_and_shows_trouble_first() {
    let heads = [head("a", "Alpha"), head("b", "Beta"), head("c", "Gamma")];
    let page = index_of(&heads, &[fine(), FeedState::default(), broken()]);
    check_structure(&page);
    check_says(&page, "3 feeds 1 fine 1 waiting 1 in trouble");
    let place = |id: &str| page.find(&format!("<a href=\"/feeds/{id}\"")).unwrap();
    assert!(place("c") < place("a") && place("a") < place("b"));
    assert!(page.contains("href=\"/feeds.opml\""));
    assert!(page.contains("type=\"text/x-opml\""));
    assert_eq!(page.matches("scope=\"col\"").count(), 6);
    for format in ["rss", "atom", "json"] {
        assert!(page.contains(&format!("href=\"https://feeds.example.org/feeds/a.{format}\"")));
    }
}

#[test]
fn a_trouble_comes_first_with_its_remedy() {
    let heads = [head("a", "Alpha"), head("c", "Gamma")];
    let fine = fine();
    let broken = FeedState { trouble_since: Some(noon() - TimeDelta::hours(3)), ..broken() };
    let page = index_with("Feeds", &[view(&heads[0], &fine), view(&heads[1], &broken)]);
    check_structure(&page);
    check_inert(&page);
    let words = "In trouble 1 Gamma no items: the listing is no longer where it was";
    check_says(&page, words);
    check_says(&page, "Look at the page with feedbridge preview , and mend [feed.select];");
    check_says(&page, "In trouble since 5 August 2026, 09:00 UTC . 6 failed runs since the last success");
    assert!(page.contains("<code>feedbridge preview</code>"));
    assert!(page.find("no longer where it was").unwrap() < page.find("<table").unwrap());
    assert!(!page.contains("hunter2"), "a detail is shown");
    assert!(!index_with("Feeds", &[view(&heads[0], &fine)]).contains("id=\"troubles\""));
}

#[test]
fn every_trouble_has_its_remedy_on_both_pages() {
    for kind in TroubleKind::ALL {
        let trouble = Some(Trouble::new(*kind, "hunter2"));
        let state = FeedState { trouble, failures: 1, ..fine() };
        let head = head("h", "Harbour");
        let remedy = maud::html! { (kind.advice().replace('`', "")) }.into_string();
        let on_feed = feed_of(&head, &state, &[], &[]);
        for page in [index_of(&[head], &[state]), on_feed] {
            check_structure(&page);
            let without_code = page.replace("<code>", "").replace("</code>", "");
            assert!(without_code.contains(&remedy), "{remedy}");
        }
    }
}

#[test]
fn many_troubles_are_counted() {
    let heads: Vec<FeedHead> = (0..60).map(|n| head(&format!("f{n}"), "A feed")).collect();
    let page = index_of(&heads, &vec![broken(); heads.len()]);
    check_says(&page, "In trouble 60");
    check_says(&page, "10 more feeds in trouble: see the table.");
    assert_eq!(page.matches("<article").count(), 50);
}

#[test]
fn the_operations_feed_is_announced_where_it_is_served() {
    let link = "type=\"application/atom+xml\" href=\"/ops.atom\"";
    let page = index_with("Feeds", &[]);
    assert_eq!(page.matches(link).count(), 1);
    assert!(page.contains("<a href=\"/ops.atom\">"));
    assert!(rooted(&page, "/base").contains("<a href=\"/base/ops.atom\">"));
    let fixed = index(&IndexPage {
        title: "Feeds",
        feeds: &[],
        has_operations: false,
        failing_targets: 2,
        now: noon(),
    });
    assert!(!fixed.contains("ops.atom"));
}

#[test]
fn an_index_without_feeds_says_what_to_do() {
    let page = index_with("Feeds", &[]);
    check_structure(&page);
    check_inert(&page);
    check_says(&page, "0 feeds");
    check_says(&page, "[feed.select]");
}

#[test]
fn a_long_index_is_cut_and_counted() {
    let heads: Vec<FeedHead> = (0..1_100).map(|n| head(&format!("f{n}"), "A feed")).collect();
    let page = index_of(&heads, &vec![fine(); heads.len()]);
    check_says(&page, "Not shown: 100 more feeds. See all feeds as OPML , or run feedbridge feeds .");
    check_says(&page, "1,100 feeds");
    assert_eq!(page.matches("<th class=\"name\"").count(), MAX_INDEX_FEEDS);
    assert_eq!(page.matches("rel=\"alternate\"").count(), 52);
}
