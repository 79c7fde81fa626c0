//! What detection finds on small pages, and the rules that it writes for them.

use feedbridge::config::Limits;
use feedbridge::date::DateRules;
use feedbridge::model::{Found, Page};
use feedbridge::rules::PagesSpec;
use feedbridge::run::{self, DetectedListing, DetectionContext};

/// The best listing of a page.
fn listing(url: &str, body: &str) -> Option<DetectedListing> {
    let dates = DateRules { format: None, zone: chrono_tz::Tz::UTC, order: None, language: None };
    let now = "2026-11-20T12:00:00Z".parse().expect("an instant");
    let context = DetectionContext { dates: &dates, now, limits: &Limits::default(), most: 1 };
    let text = format!("<!doctype html><html lang=\"en\"><body>{body}</body></html>");
    let page = Page { url: url.parse().expect("an address"), text, charset: "UTF-8", replacements: false };
    run::detected(&page, context).expect("a page within the limits").listings.into_iter().next()
}

/// Title, link and day of each item.
fn items(listing: &DetectedListing) -> Vec<(String, String, String)> {
    let link = |item: &Found| item.content.url.as_ref().map(ToString::to_string).unwrap_or_default();
    let day = |item: &Found| item.date.map(|d| d.at.format("%Y-%m-%d").to_string()).unwrap_or_default();
    let item = |item: &Found| (item.content.title.clone(), link(item), day(item));
    listing.reading.found.iter().map(item).collect()
}

fn found(url: &str, body: &str) -> Vec<(String, String, String)> {
    listing(url, body).as_ref().map(items).unwrap_or_default()
}

fn pages(url: &str, body: &str) -> Option<PagesSpec> {
    listing(url, body).expect("a listing").spec.pages
}

const TITLES: [&str; 6] = [
    "The weir is closed for repairs",
    "New benches along the towpath",
    "Herons return to the lower lock",
    "Minutes of the barge owners",
    "A lamp for the old footbridge",
    "Mowing of the banks begins",
];

#[test]
fn a_day_over_several_rows_is_the_date_of_each() {
    let day = |rows: usize, day: &str| format!("<td rowspan={rows}>{day}</td>");
    let row = |n: usize, before: &str| {
        format!("<tr>{before}<td>Lock {n}</td><td><a href=/d/{n}>{}</a></td></tr>", TITLES[n])
    };
    let body = format!(
        "<table><tr><th>Day<th>Place<th>Notice</tr>{}{}{}{}{}{}</table>",
        row(0, &day(2, "12 May 2026")),
        row(1, ""),
        row(2, &day(3, "9 May 2026")),
        row(3, ""),
        row(4, ""),
        row(5, &day(1, "2 May 2026")),
    );
    let items = found("https://canal.example.org/notices", &body);
    let days: Vec<&str> = items.iter().map(|(_, _, day)| day.as_str()).collect();
    assert_eq!(days, ["2026-05-12", "2026-05-12", "2026-05-09", "2026-05-09", "2026-05-09", "2026-05-02"]);
}

#[test]
fn a_cell_over_two_columns_moves_no_date() {
    let row = |n: usize| {
        let title = format!("<a href=/d/{n}>{}</a>", TITLES[n]);
        let cells = if n == 2 {
            format!("<td colspan=2>{title}</td>")
        } else {
            format!("<td>{title}</td><td>Lock {n}</td>")
        };
        format!("<tr>{cells}<td>{} May 2026</td></tr>", 20 - n)
    };
    let rows: Vec<String> = (0..6).map(row).collect();
    let items = found("https://canal.example.org/notices", &format!("<table>{}</table>", rows.concat()));
    let days: Vec<String> = items.iter().map(|(_, _, day)| day.clone()).collect();
    assert_eq!(days, (0..6).map(|n| format!("2026-05-{}", 20 - n)).collect::<Vec<_>>());
}

#[test]
fn rows_with_a_heading_or_a_number_are_no_items() {
    let row =
        |n: usize| format!("<tr><td>{} May 2026</td><td><a href=/d/{n}>{}</a></td></tr>", 20 - n, TITLES[n]);
    let rows: Vec<String> = (0..6).map(row).collect();
    let (first, second) = rows.split_at(3);
    let body = format!(
        "<table><tr><td colspan=2>Upper canal</td></tr>{}<tr><td></td><td>Lower canal</td></tr>{}<tr><td></td><td>6</td></tr></table>",
        first.concat(),
        second.concat()
    );
    let titles: Vec<String> =
        found("https://canal.example.org/notices", &body).into_iter().map(|i| i.0).collect();
    assert_eq!(titles, TITLES);
}

/// Six cards, each with something at its end.
fn cards(end: impl Fn(usize) -> String) -> String {
    let card = |n: usize| {
        let title = TITLES[n];
        let end = end(n + 1);
        format!(
            "<div class=card><h3><a href=/n/{}>{title}</a></h3><p>{} May 2026</p>{end}</div>",
            n + 1,
            20 - n
        )
    };
    format!("<main><div>{}</div>", (0..6).map(card).collect::<Vec<_>>().concat())
}

#[test]
fn what_stands_in_an_item_is_no_further_page() {
    let url = "https://canal.example.org/n";
    for end in [
        |n: usize| format!("<button data-url=/applause/{n}>Clap</button>"),
        |n: usize| format!("<a class=share data-href=/n/{n} href=/share?n={n}>Share</a>"),
        |n: usize| format!("<a class=replies href=/n/{n}>{n}</a>"),
        |n: usize| format!("<button class=more data-url=/n/{n}>More</button>"),
    ] {
        assert_eq!(pages(url, &cards(end)), None, "{}", end(2));
    }
}

#[test]
fn only_a_button_that_loads_more_leads_to_further_pages() {
    let url = "https://canal.example.org/n";
    let below = |button: &str| pages(url, &format!("{}{button}</main>", cards(|_| String::new())));
    for none in [
        "<button data-url=/subscribe/2>Subscribe</button>",
        "<button class=share-more data-url='/n?page=2'>Load more</button>",
        "<button data-url=/water/2>More</button>",
        "<button class=load-more data-url='/a?p=2'>More of a</button><button class=load-more data-url='/b?p=2'>More of b</button>",
    ] {
        assert_eq!(below(none), None, "{none}");
    }
    for some in [
        "<button class=load-more data-url='/n?page=2'>Load more</button>",
        "<button data-next-url='/n?page=2'>+</button>",
        "<div data-ajax-url='/n?page=2'>Show more</div>",
        "<button data-url='/n?page=2'>2</button><button data-url='/n?page=3'>3</button>",
    ] {
        let address = below(some).and_then(|pages| pages.url);
        assert_eq!(address.as_deref(), Some("https://canal.example.org/n?page={page}"), "{some}");
    }
}

const BASE: &str = "https://tools.example.org/changes";

/// Releases as they should be found; the days are the fifth of each month, the last one first.
fn releases(titles: &[&str], id: impl Fn(usize) -> String) -> Vec<(String, String, String)> {
    let release = |(n, title): (usize, &&str)| ((*title).to_owned(), id(n), format!("2026-0{}-05", 9 - n));
    titles.iter().enumerate().map(release).collect()
}

const VERSIONS: [&str; 5] = ["v3.10.1", "v3.10.0", "v3.9.0", "v3.8.2", "v3.8.1"];

fn log(entry: impl Fn(usize, &str, &str) -> String) -> String {
    let entry = |(n, title): (usize, &&str)| entry(n, title, &format!("2026-0{}-05", 9 - n));
    format!("<h1>Changes</h1>{}", VERSIONS.iter().enumerate().map(entry).collect::<Vec<_>>().concat())
}

#[test]
fn releases_are_items_by_their_headings() {
    let flat =
        log(|n, title, day| format!("<h2 id=r{n}>{title}</h2><p>{day}</p><ul><li>Locks open faster.</ul>"));
    assert_eq!(found(BASE, &flat), releases(&VERSIONS, |n| format!("{BASE}#r{n}")));
    let sections = log(|n, title, day| {
        format!(
            "<article id=r{n}><header><h3>{title}</h3><time datetime={day}>then</time></header><p>Locks open.</article>"
        )
    });
    assert_eq!(found(BASE, &sections), releases(&VERSIONS, |n| format!("{BASE}#r{n}")));
    let without_ids = log(|_, title, day| format!("<div><h2>{title}</h2><em>{day}</em><p>Locks open.</div>"));
    assert_eq!(found(BASE, &without_ids), releases(&VERSIONS, |_| String::new()));
}

#[test]
fn a_permalink_mark_is_no_part_of_a_title() {
    for mark in ["#", "&para;", "&#8203;", "link"] {
        let marked = log(|n, title, day| {
            format!("<h2>{title} <a id=r{n} href=#r{n}>{mark}</a></h2><p>{day}</p><p>Locks open.</p>")
        });
        assert_eq!(found(BASE, &marked), releases(&VERSIONS, |n| format!("{BASE}#r{n}")), "{mark}");
    }
}

#[test]
fn the_date_may_stand_behind_the_version() {
    let dated = log(|n, title, day| format!("<h2 id=r{n}>[{title}] - {day}</h2><ul><li>Locks open.</ul>"));
    let days: Vec<String> = found(BASE, &dated).into_iter().map(|(_, _, day)| day).collect();
    assert_eq!(days, ["2026-09-05", "2026-08-05", "2026-07-05", "2026-06-05", "2026-05-05"]);
}

#[test]
fn numbered_chapters_are_no_releases() {
    let chapter =
        |n: usize| format!("<h2 id=c{n}>1.{n} Of locks</h2><p>How a lock is filled and emptied.</p>");
    let chapters: Vec<String> = (1..8).map(chapter).collect();
    assert!(found(BASE, &format!("<h1>Handbook</h1>{}", chapters.concat())).is_empty());
}

#[test]
fn another_base_makes_no_links_of_ids() {
    let flat = log(|n, title, day| format!("<h2 id=r{n}>{title}</h2><p>{day}</p><p>Locks open.</p>"));
    assert_eq!(found(BASE, &format!("<base href=/>{flat}")), releases(&VERSIONS, |_| String::new()));
}
