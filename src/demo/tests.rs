//! The promises of the demo, tested through the responses of the sample site alone.

mod inbox;

use std::collections::HashSet;

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::html::escaped;
use super::newstream::{self, SampleArticle, publications, shown_date};
use super::prose::{EXCERPT_CHARS, next_placeholder};
use super::text::{NOTICES, OPENINGS, SENTENCES};
use super::{InboxMessage, LIVE_EVERY_S, SampleSite, configuration, inbox_page};

const ORIGIN: &str = "http://127.0.0.1:41234";
const AJAX: &str = "/wp-admin/admin-ajax.php";

/// A start that is divisible by none of the live rhythms.
fn start() -> DateTime<Utc> {
    "2026-03-04T05:06:07Z".parse().unwrap()
}

fn after(seconds: i64) -> DateTime<Utc> {
    start() + Duration::seconds(seconds)
}

fn site() -> SampleSite {
    SampleSite::new(start(), format!("{ORIGIN}/"))
}

fn body(path: &str, now: DateTime<Utc>) -> String {
    let answer = site().answer(path, None, now);
    assert_eq!(answer.status, 200, "{path}");
    answer.body
}

fn more(query: &str, now: DateTime<Utc>) -> String {
    site().answer(AJAX, Some(&format!("action=get_cat_by_source&die=true&{query}&sort=")), now).body
}

/// All texts between two marks.
fn all_between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split(open).skip(1).map(|rest| rest.split(close).next().unwrap()).collect()
}

fn links(listing: &str) -> Vec<&str> {
    all_between(listing, "<h4><a href=\"", "\"")
}

fn titles(listing: &str) -> Vec<&str> {
    all_between(listing, "<h4><a href=\"", "</a>").iter().map(|t| t.split_once("\">").unwrap().1).collect()
}

fn card_dates(listing: &str) -> Vec<NaiveDate> {
    let texts = all_between(listing, "<p class=\"articled-date\"> <span>", "</span>");
    texts.iter().map(|t| NaiveDate::parse_from_str(t, "%B %d, %Y").unwrap()).collect()
}

fn unix(url: &str) -> i64 {
    let key = url.strip_prefix(&format!("{ORIGIN}/newstream/")).unwrap();
    key.split('-').next().unwrap().parse().unwrap()
}

fn path(url: &str) -> &str {
    url.strip_prefix(ORIGIN).unwrap()
}

#[test]
fn the_start_shows_twenty_cards_of_the_archive() {
    let listing = body("/newstream/", start());
    let links = links(&listing);
    assert_eq!(links.len(), 20);
    assert_eq!(links.iter().collect::<HashSet<_>>().len(), 20);
    assert!(links.iter().all(|l| unix(l) < start().timestamp() && !l.ends_with('/')));
    let days: HashSet<_> = card_dates(&listing).into_iter().collect();
    assert!((4..=6).contains(&days.len()), "{days:?}");
}

#[test]
fn a_restart_shows_the_same_archive() {
    let first = body("/newstream/", start());
    let later = after(30);
    let again = SampleSite::new(later, ORIGIN.to_owned()).answer("/newstream/", None, later).body;
    assert_eq!(first, again);
}

#[test]
fn a_new_article_comes_within_six_seconds_and_is_listed() {
    for shift in 0..LIVE_EVERY_S {
        let started = after(shift);
        let site = SampleSite::new(started, ORIGIN.to_owned());
        let keys = |now| publications(started, now).len();
        let now = started + Duration::seconds(6);
        assert!(keys(now) > keys(started), "start shifted by {shift} s");
        assert_eq!(links(&site.answer("/newstream/", None, now).body).len(), 20);
    }
}

#[test]
fn cards_are_in_order_of_the_date_shown_also_with_backdated_ones() {
    let all = more("from=0&to=100&id=163", after(300));
    let dates = card_dates(&all);
    let links = links(&all);
    assert!(dates.is_sorted_by(|a, b| a >= b));
    let same_day = dates.windows(2).zip(links.windows(2)).filter(|(d, _)| d[0] == d[1]);
    assert!(same_day.map(|(_, l)| l).all(|l| unix(l[0]) > unix(l[1])));
    assert!(!links.is_sorted_by(|a, b| unix(a) > unix(b)), "nothing is dated back");
}

#[test]
fn about_one_in_nine_is_dated_back_by_up_to_three_days() {
    let publications = publications(start(), after(3600));
    let back = |s: usize| {
        (super::timetable::local(publications[s].at).date_naive() - shown_date(&publications[s])).num_days()
    };
    let days: Vec<i64> = (0..publications.len()).map(back).filter(|d| *d != 0).collect();
    assert!(days.iter().all(|d| (1..=3).contains(d)));
    assert!((publications.len() / 14..publications.len() / 6).contains(&days.len()), "{}", days.len());
}

#[test]
fn lists_are_bounded() {
    let after_a_day = publications(start(), after(86_400)).len();
    assert!((1000..=720 + 61 * 5).contains(&after_a_day), "{after_a_day}");
}

#[test]
fn title_is_the_excerpt_and_the_beginning_of_the_body() {
    let listing = body("/newstream/", after(60));
    let excerpts = all_between(&listing, "</span></p><p>", "</p></div>");
    assert_eq!(titles(&listing), excerpts);
    for (title, link) in titles(&listing).into_iter().zip(links(&listing)) {
        let page = body(&format!("{}/", path(link)), after(60));
        let content = all_between(&page, "<div class=\"article-content\">", "</div>")[0];
        let text = content.replace("<strong>", "").replace("</strong>", "");
        assert!(text.replace("</p>\n<p>", " ").contains(title), "{title}");
        assert!((3..=5).contains(&content.matches("<p>").count()));
    }
}

#[test]
fn five_hundred_articles_in_a_row_have_distinct_short_titles() {
    for started in [start(), after(86_400 * 100)] {
        let now = started + Duration::seconds(500 * LIVE_EVERY_S);
        let publications = publications(started, now);
        let live: Vec<_> = publications.iter().filter(|s| s.at > started).collect();
        let archive: Vec<_> = publications.iter().filter(|s| s.at <= started).collect();
        assert!(live.len() >= 500 && archive.len() >= 300, "{} {}", live.len(), archive.len());
        for series in [live, archive] {
            let articles: Vec<_> = series.iter().map(|s| SampleArticle::of(s, ORIGIN)).collect();
            let titles: HashSet<_> = articles.iter().map(|a| &a.excerpt).collect();
            assert_eq!(titles.len(), articles.len());
            assert!(titles.iter().all(|t| (60..=EXCERPT_CHARS).contains(&t.chars().count())));
            assert!(titles.iter().filter(|t| t.starts_with("New moorings have been built")).count() > 9);
        }
    }
}

#[test]
fn names_leave_a_space_before_punctuation() {
    let all = more("from=0&to=100&id=163", after(600));
    assert!(titles(&all).iter().any(|t| t.contains(" , ")));
    assert!(!all.contains("  ,"));
}

#[test]
fn more_articles_continue_the_listing() {
    let now = after(42);
    let listed = body("/newstream/", now);
    let fragments = [more("from=0&to=10&id=163", now), more("from=10&to=10&id=163", now)];
    let both: Vec<&str> = fragments.iter().flat_map(|f| links(f)).collect();
    assert_eq!(links(&listed), both);
    let next = more("from=20&to=10&id=163", now);
    assert_eq!(links(&next).len(), 10);
    assert!(links(&next).iter().all(|l| !both.contains(l)));
    assert_eq!(more("from=100000&to=10&id=163", now), "");
    assert_eq!(more("from=0&to=10&id=7", now), "");
    assert_eq!(links(&more("from=x&to=-1&id=163", now)).len(), 10);
}

#[test]
fn an_unknown_action_is_refused_as_the_original_does() {
    for query in [None, Some(""), Some("action=nothing&id=163")] {
        let answer = site().answer(AJAX, query, start());
        assert_eq!((answer.status, answer.body.as_str()), (400, "0"), "{query:?}");
    }
}

#[test]
fn an_article_has_one_address_for_good() {
    let listing = body("/newstream/", after(20));
    let link = links(&listing)[0];
    let short = site().answer(path(link), None, after(20));
    assert_eq!((short.status, short.location), (301, Some(format!("{link}/"))));
    let key = path(link).rsplit_once('/').unwrap().0;
    let other = site().answer(&format!("{key}/other-words/"), None, after(20));
    assert_eq!(other.location, Some(format!("{link}/")));
    // A day and a restart later it has left the lists, and readers still follow the link.
    let later = SampleSite::new(after(86_400), ORIGIN.to_owned());
    let answer = later.answer(&format!("{}/", path(link)), None, after(86_400));
    assert_eq!(answer.status, 200);
    assert!(!links(&answer.body).contains(&link));
    assert_eq!(links(&answer.body).len(), 20);
}

#[test]
fn the_article_page_has_a_head_line_in_another_date_format() {
    let listing = body("/newstream/", start());
    let page = body(&format!("{}/", path(links(&listing)[0])), start());
    let date = card_dates(&listing)[0].format("%d/%m/%Y").to_string();
    assert!(page.contains(&format!("Date: {date} | Source: {} | <a ", newstream::SOURCE)));
    assert!(page.contains(">Read original version at source</a>"));
    assert!(page.contains("More From Tidewater Wire (En)"));
    assert!(page.contains("<a id=\"more_articles\" class=\"load-more\" data-from=\"20\">More Articles</a>"));
}

#[test]
fn what_is_not_there_is_not_found() {
    let tomorrow = start().timestamp() + 86_400;
    let future = SampleArticle::of(&publications(after(86_400), after(86_405))[0], ORIGIN);
    let paths = [
        "/nothing".to_owned(),
        format!("/newstream/{tomorrow}-1/x/"),
        path(&future.url).to_owned() + "/",
        "/newstream/99999999999999999999-1/x/".to_owned(),
        "/newstream/8210266876799-1/x/".to_owned(),
        "/newstream/8210266876798-1/x/".to_owned(),
        "/newstream/-5-1/".to_owned(),
        "/newstream/x".to_owned(),
        "/shop/goods/".to_owned(),
        "/shop/goods/0-none".to_owned(),
        "/shop/pictures/none.svg".to_owned(),
        "/newstream/é".to_owned(),
    ];
    for path in paths {
        assert_eq!(site().answer(&path, None, start()).status, 404, "{path}");
    }
}

#[test]
fn listings_without_their_slash_lead_to_it() {
    for path in ["/newstream", "/notices", "/shop"] {
        let answer = site().answer(path, None, start());
        assert_eq!((answer.status, answer.location), (301, Some(format!("{ORIGIN}{path}/"))));
    }
}

#[test]
fn the_layout_of_the_notices_breaks_and_heals() {
    let windows = [(0, false), (39, false), (40, true), (79, true), (80, false), (339, false)];
    for (seconds, broken) in windows.into_iter().chain([(340, true), (380, false), (-280, false)]) {
        let page = body("/notices/", after(seconds));
        assert_eq!(page.contains("<table class=\"notices\">"), !broken, "{seconds} s");
        assert_eq!(page.contains("<div class=\"grid-v2\"></div>"), broken, "{seconds} s");
    }
}

fn notice_titles(page: &str) -> Vec<&str> {
    all_between(page, "</td><td>", "</td></tr>")
}

#[test]
fn notices_have_twelve_rows_and_a_new_one_each_minute() {
    let first = body("/notices/", start());
    // After a minute the layout is broken; at this moment, too, there is one notice more.
    let next = body("/notices/", after(90));
    assert_eq!(notice_titles(&first).len(), 12);
    assert_eq!(notice_titles(&first)[..11], notice_titles(&next)[1..]);
    assert!(!first.contains("<td><a"));
    let mut seen = HashSet::new();
    for minute in (0..1440).step_by(10).filter(|m| !super::notices::broken(start(), after(m * 60))) {
        seen.extend(notice_titles(&body("/notices/", after(minute * 60))).iter().map(|t| (*t).to_owned()));
    }
    let plain: HashSet<_> = seen.iter().map(|t| t.split(" [ ").next().unwrap()).collect();
    assert_eq!(plain.len(), seen.len());
    assert!(seen.len() > 1000, "{}", seen.len());
}

#[test]
fn the_shop_has_eight_relative_cards_that_lead_somewhere() {
    let page = body("/shop/", after(100));
    let next = body("/shop/", after(130));
    assert_ne!(page, next);
    assert!(page.contains("<base href=\"/shop/goods/\">"));
    let hrefs = all_between(&page, "<h3 class=\"product-name\"><a href=\"", "\"");
    assert_eq!(hrefs.iter().collect::<HashSet<_>>().len(), 8);
    for href in hrefs {
        assert!(body(&format!("/shop/goods/{href}"), after(100)).contains("product-name"));
    }
    for picture in all_between(&page, "<img src=\"../", "\"") {
        let answer = site().answer(&format!("/shop/{picture}"), None, start());
        assert_eq!((answer.status, answer.content_type), (200, "image/svg+xml"));
    }
    for time in all_between(&page, "<time datetime=\"", "\"") {
        assert!(DateTime::parse_from_rfc3339(time).unwrap() <= after(100));
        assert!(time.ends_with("+09:00"));
    }
}

/// Panics unless all tags of our own generator nest.
fn assert_nested(page: &str, name: &str) {
    let mut open: Vec<&str> = Vec::new();
    for part in page.split('<').skip(1) {
        let (tag, _) = part.split_once('>').unwrap_or_else(|| panic!("{name}: open `<{part}`"));
        let word = tag.split([' ', '\n']).next().unwrap();
        match word.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop(), Some(closed), "{name}"),
            None if tag.ends_with('/') || tag.starts_with('!') => {}
            None if ["meta", "base", "img"].contains(&word) => {}
            None => open.push(word),
        }
    }
    assert!(open.is_empty(), "{name}: {open:?} stay open");
}

#[test]
fn every_page_nests_and_escapes() {
    let listing = body("/newstream/", start());
    let articles: Vec<String> = links(&listing).iter().map(|l| format!("{}/", path(l))).collect();
    let fixed = ["/", "/newstream/", "/notices/", "/shop/", newstream::LOGO, "/shop/pictures/kettle.svg"];
    for path in fixed.into_iter().chain(articles.iter().map(String::as_str)) {
        for seconds in [0, 60, 2000] {
            let page = body(path, after(seconds));
            assert_nested(&page, path);
            assert!(!page.contains(" & ") && !page.contains(" < ") && !page.contains('\u{2019}'), "{path}");
            assert!(!page.contains("{place") && !page.contains("{berth"), "{path}");
        }
    }
    assert_nested(&site().answer("/none", None, start()).body, "not found");
    assert_nested(&more("from=0&to=100&id=163", after(900)), "fragment");
    assert_eq!(escaped("a<b> & \"c\" 'd’"), "a&lt;b&gt; &amp; &quot;c&quot; &#039;d&#8217;");
}

#[test]
fn sentences_use_known_placeholders_only() {
    let known = ["place", "count", "person", "other", "boats", "goods", "part", "berth"];
    for text in OPENINGS.iter().chain(&SENTENCES).chain(&NOTICES) {
        let mut rest = *text;
        while let Some((_, placeholder, after)) = next_placeholder(rest) {
            assert!(known.contains(&placeholder), "{text}");
            rest = after;
        }
    }
    assert!(OPENINGS.iter().all(|o| o.contains("{place}") && o.contains("{count}")));
    assert!(NOTICES.iter().all(|n| n.contains("{place}") && n.contains("{berth}")));
    assert!((2..SENTENCES.len()).all(|d| !SENTENCES.len().is_multiple_of(d)));
}

#[test]
fn the_configuration_holds_its_values_escaped() {
    let listen = "unix:/a\"b";
    let store = "sqlite:C:\\{base}";
    let text = configuration("http://127.0.0.1:41234/", "http://[::1]:8080/", listen, store, "/tmp/a\\b");
    for line in [
        "url      = \"http://127.0.0.1:41234/newstream/\"",
        "allow_addresses = [\"127.0.0.1:41234\"]",
        "base_url = \"http://[::1]:8080\"",
        "listen   = \"unix:/a\\\"b\"",
        "url = \"sqlite:C:\\\\{base}\"",
        "url    = \"http://127.0.0.1:41234/inbox\"",
        "secret = { file = \"/tmp/a\\\\b\" }",
        "date      = { css = \".articled-date span\", format = \"%B %d, %Y\" }",
    ] {
        assert!(text.lines().any(|l| l.starts_with(line)), "{line}\n{text}");
    }
    for left in ["{site}", "{address}", "{listen}", "{store}", "{key}"] {
        assert!(!text.contains(left), "{left}");
    }
}

#[test]
fn robots_may_read_the_listings() {
    let answer = site().answer("/robots.txt", None, start());
    assert_eq!(answer.content_type, "text/plain; charset=UTF-8");
    assert!(answer.body.contains("Disallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n"));
}
