//! What detection finds on small pages, and the rules that it writes for them.

use feedbridge::config::Limits;
use feedbridge::date::DateRules;
use feedbridge::model::{Found, Page};
use feedbridge::rules::{PagesSpec, SelectorSpec, SelectorTable};
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
    let release =
        |(n, title): (usize, &&str)| ((*title).to_owned(), id(9 - n), format!("2026-0{}-05", 9 - n));
    titles.iter().enumerate().map(release).collect()
}

const VERSIONS: [&str; 5] = ["v3.10.1", "v3.10.0", "v3.9.0", "v3.8.2", "v3.8.1"];

fn log(entry: impl Fn(usize, &str, &str) -> String) -> String {
    let entry = |(n, title): (usize, &&str)| entry(9 - n, title, &format!("2026-0{}-05", 9 - n));
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

/// The heading of a page, and entries in one row of elements.
fn flat(entry: impl Fn(usize) -> String) -> String {
    format!("<main><h1>News of the canal</h1>{}</main>", (0..6).map(entry).collect::<Vec<_>>().concat())
}

fn days(items: &[(String, String, String)]) -> Vec<&str> {
    items.iter().map(|(_, _, day)| day.as_str()).collect()
}

const DAYS: [&str; 6] = ["2026-05-20", "2026-05-19", "2026-05-18", "2026-05-17", "2026-05-16", "2026-05-15"];

#[test]
fn a_date_before_each_heading_is_that_of_the_heading_below() {
    for text in ["<p>More about it below the lock.</p>", "<ul><li>More about it.</ul><p>And more of it.</p>"]
    {
        for class in ["class=day", "class='meta day'", ""] {
            let body = flat(|n| {
                let (day, title) = (20 - n, TITLES[n]);
                format!("<p {class}>{day} May 2026</p><h2><a href=/n/{n}>{title}</a></h2>{text}")
            });
            assert_eq!(days(&found("https://canal.example.org/n", &body)), DAYS, "{class} {text}");
        }
    }
}

#[test]
fn a_date_after_each_heading_stays_that_of_the_heading_above() {
    let body = flat(|n| {
        let (day, title) = (20 - n, TITLES[n]);
        format!("<h2><a href=/n/{n}>{title}</a></h2><p>More about it.</p><p class=day>{day} May 2026</p>")
    });
    assert_eq!(days(&found("https://canal.example.org/n", &body)), DAYS);
}

#[test]
fn no_item_gets_the_date_of_the_next() {
    let body = flat(|n| {
        let day = if n == 0 { String::new() } else { format!("<em>{} May 2026</em>", 20 - n) };
        format!("{day}<h2><a href=/n/{n}>{}</a></h2><p>More about it.</p>", TITLES[n])
    });
    for (title, _, date) in found("https://canal.example.org/n", &body) {
        let n = TITLES.iter().position(|other| *other == title).expect("a title of the page");
        assert!(date.is_empty() || date == format!("2026-05-{}", 20 - n), "{title}: {date}");
    }
}

#[test]
fn the_link_to_the_next_page_is_not_that_to_the_page_before() {
    let with = |links: &str| {
        let body = format!("{}<nav class=pagination>{links}</nav></main>", cards(|_| String::new()));
        pages("https://canal.example.org/n?page=2", &body).and_then(|pages| pages.next)
    };
    for links in [
        "<a rel=prev href='/n?page=1'>Newer</a> <a href='/n?page=3'>Older posts</a>",
        "<a href='/n?page=3'>Older posts</a>",
        "<a class=btn href='/n?page=1'>Newer posts</a> <a class=btn href='/n?page=3'>Older  posts</a>",
    ] {
        let xpath = Some("//a[normalize-space()='Older posts']".to_owned());
        let wanted = SelectorSpec::Table(SelectorTable { xpath, ..SelectorTable::default() });
        assert_eq!(with(links), Some(wanted), "{links}");
    }
    let named = "<a class=go-newer href='/n?page=1'>Newer</a> <a class=go-next href='/n?page=3'>Older</a>";
    assert_eq!(with(named), Some(SelectorSpec::Text("a.go-next".to_owned())));
}

#[test]
fn links_in_the_notes_are_not_those_of_releases() {
    let issue = |n: usize| format!("<li>Locks <a href=https://bugs.example/{n}>#{n}</a> open faster</li>");
    let sections = log(|n, title, day| {
        format!("<section id=v{n}><h2>{title}</h2><p>{day}</p><ul>{}</ul></section>", issue(n))
    });
    assert_eq!(found(BASE, &sections), releases(&VERSIONS, |n| format!("{BASE}#v{n}")));
    let headings = log(|n, title, day| format!("<h2 id=v{n}>{title}</h2><p>{day}</p><ul>{}</ul>", issue(n)));
    assert_eq!(found(BASE, &headings), releases(&VERSIONS, |n| format!("{BASE}#v{n}")));
    let tagged = log(|n, title, day| {
        let tag = format!("<p>Get it: <a href=/sluice/releases/tag/{title}>archive</a></p>");
        format!("<article><h2>{title}</h2><p>{day}</p><ul>{}</ul>{tag}</article>", issue(n))
    });
    let tag = |n: usize| format!("https://tools.example.org/sluice/releases/tag/{}", VERSIONS[9 - n]);
    assert_eq!(found(BASE, &tagged), releases(&VERSIONS, tag));
}

#[test]
fn cards_lead_to_the_address_that_their_script_opens() {
    let body = flat(|n| {
        let (day, title) = (20 - n, TITLES[n]);
        let share = format!("https://social.example/share?u=https%3A%2F%2Fcanal.example.org%2Fn%2F{n}");
        format!(
            "<div class=card data-href=/n/{n}><h3>{title}</h3><p>{day} May 2026</p>\
             <a href='/like?id={n}'>Like</a> <a href='{share}'>Share</a></div>"
        )
    });
    let items = found("https://canal.example.org/news", &body);
    let links: Vec<&str> = items.iter().map(|(_, link, _)| link.as_str()).collect();
    assert_eq!(links, (0..6).map(|n| format!("https://canal.example.org/n/{n}")).collect::<Vec<_>>());
    assert_eq!(days(&items), DAYS);
}

#[test]
fn numbers_of_positions_are_no_links() {
    for start in [0, 1] {
        let body = flat(|n| {
            let (day, title, id) = (20 - n, TITLES[n], n + start);
            format!(
                "<div class=card><h3><a href=#fold{id}>{title}</a></h3>\
                 <div id=fold{id}><p>{day} May 2026</p></div></div>"
            )
        });
        let items = found("https://canal.example.org/n", &body);
        assert_eq!(days(&items), DAYS);
        assert!(items.iter().all(|(_, link, _)| link.is_empty()), "{items:?}");
    }
}

#[test]
fn a_link_in_a_cell_over_two_rows_makes_one_item() {
    let row = |n: usize| {
        let (day, title) = (20 - n, TITLES[n]);
        format!(
            "<tr><td rowspan=2>{day} May 2026</td><td><a href=/n/{n}>{title}</a></td>\
             <td rowspan=2><a href=/f/{n}.pdf>PDF</a></td></tr><tr><td>More about it in few words.</td></tr>"
        )
    };
    let rows = (0..6).map(row).collect::<Vec<_>>().concat();
    let items =
        found("https://canal.example.org/n", &format!("<main><table><tbody>{rows}</tbody></table></main>"));
    let titles: Vec<&str> = items.iter().map(|(title, _, _)| title.as_str()).collect();
    assert_eq!(titles, TITLES);
    assert_eq!(days(&items), DAYS);
}

#[test]
fn what_is_not_released_yet_is_no_item() {
    for heading in ["Unreleased", "[unreleased]", "UNRELEASED:"] {
        let body = log(|n, title, day| {
            let first =
                if n == 9 { format!("<h2>{heading}</h2><ul><li>Wider locks.</ul>") } else { String::new() };
            let issue = format!("<a href=https://bugs.example/{n}>#{n}</a>");
            format!("{first}<h2 id=v{n}>{title} ({day})</h2><ul><li>Locks {issue} open faster</ul>")
        });
        let items = found(BASE, &format!("<main>{body}</main>"));
        let titles: Vec<&str> = items.iter().map(|(title, _, _)| title.as_str()).collect();
        assert_eq!(titles.len(), VERSIONS.len(), "{heading}: {titles:?}");
        assert!(titles.iter().zip(VERSIONS).all(|(title, version)| title.starts_with(version)), "{titles:?}");
        assert_eq!(items[0].1, format!("{BASE}#v9"));
    }
}

#[test]
fn html_in_json_is_decoded() {
    let rows =
        (0..6).map(|n| format!("<li><a href=\"/n/{n}\">{}</a> <i>{} May 2026</i></li>", TITLES[n], 20 - n));
    let html = format!("<ul>{}</ul>", rows.collect::<Vec<_>>().concat());
    for text in [serde_json::json!(html), serde_json::json!({ "html": html })] {
        let page = Page {
            url: "https://canal.example.org/more".parse().expect("an address"),
            text: text.to_string(),
            charset: "UTF-8",
            replacements: false,
        };
        let dates = DateRules { format: None, zone: chrono_tz::Tz::UTC, order: None, language: None };
        let now = "2026-11-20T12:00:00Z".parse().expect("an instant");
        let context = DetectionContext { dates: &dates, now, limits: &Limits::default(), most: 1 };
        let listings = run::detected(&page, context).expect("a page within the limits").listings;
        assert_eq!(listings.first().map(|listing| days(&items(listing)).len()), Some(6));
    }
}
