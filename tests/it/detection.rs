//! Detection on pages that were written for it (`tests/detect`): how good it is, that rules last, and
//! that nothing is invented where there is no listing.
//!
//! `learn` is what detection is developed on; `held` is only looked at for its figures.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use ego_tree::{NodeId, NodeRef};
use feedbridge::channel::Feed;
use feedbridge::config::{Config, Limits};
use feedbridge::date::DateRules;
use feedbridge::model::{Found, Kind, Page};
use feedbridge::normalise::canonical_address;
use feedbridge::rules::{LearnedRules, Unbounded};
use feedbridge::run::{self, Detected, DetectedListing, DetectionContext, ReadSettings};
use scraper::{ElementRef, Html, Node};
use serde_json::Value;
use url::Url;

/// The moment that the pages speak of as now.
const NOW: &str = "2026-11-20T12:00:00Z";

struct Case {
    name: String,
    kind: String,
    page: Page,
    items: Vec<Wanted>,
    reason: Option<String>,
}

struct Wanted {
    url: Option<String>,
    title: String,
    date: Option<String>,
}

impl Wanted {
    fn key(&self) -> String {
        match &self.url {
            Some(url) => canonical_address(&url.parse().expect("an address")),
            None => format!("title:{}", self.title),
        }
    }
}

fn key(found: &Found) -> String {
    found.content.url.as_ref().map_or_else(|| format!("title:{}", found.content.title), canonical_address)
}

fn cases(set: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/detect").join(set);
    let all = fs::read_dir(folder).expect("a folder of pages");
    let mut folders: Vec<PathBuf> = all.map(|e| e.expect("readable").path()).filter(|p| p.is_dir()).collect();
    folders.sort();
    folders.iter().map(|f| case(f)).collect()
}

fn case(folder: &Path) -> Case {
    let text = |name: &str| fs::read_to_string(folder.join(name)).expect("readable");
    let expected: Value = serde_json::from_str(&text("expected.json")).expect("JSON");
    let own = |value: &Value| value.as_str().map(str::to_owned);
    let items = expected["items"].as_array().map_or(&[][..], Vec::as_slice).iter().map(|item| Wanted {
        url: own(&item["url"]),
        title: own(&item["title"]).unwrap_or_default(),
        date: own(&item["date"]),
    });
    Case {
        name: folder.file_name().expect("a name").to_string_lossy().into_owned(),
        kind: own(&expected["kind"]).unwrap_or_default(),
        page: Page {
            url: expected["url"].as_str().expect("url").parse().expect("an address"),
            text: text("page.html"),
            charset: "UTF-8",
            replacements: false,
        },
        items: items.collect(),
        reason: own(&expected["reason"]),
    }
}

fn now() -> DateTime<Utc> {
    NOW.parse().expect("an instant")
}

fn detected(page: &Page, most: usize) -> Detected {
    let dates = DateRules { format: None, zone: chrono_tz::Tz::UTC, order: None, language: None };
    let context = DetectionContext { dates: &dates, now: now(), limits: &Limits::default(), most };
    run::detected(page, context).expect("a page within the limits")
}

/// Words, or single characters of scripts without spaces.
fn words(text: &str) -> HashSet<String> {
    let lower = text.to_lowercase();
    if lower.chars().any(|c| ('\u{3040}'..='\u{9fff}').contains(&c)) {
        return lower.chars().filter(|c| c.is_alphanumeric()).map(String::from).collect();
    }
    lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// Nearly all words of the shorter one are in the other, which is not much longer.
fn same_title(wanted: &str, found: &str) -> bool {
    let (a, b) = (words(wanted), words(found));
    let both = a.intersection(&b).count();
    !b.is_empty() && both * 10 >= a.len().min(b.len()) * 8 && b.len() <= 4 * a.len() + 4
}

/// How one page was read.
struct Mark {
    kind: String,
    name: String,
    f1: f64,
    dates: (usize, usize),
    titles: (usize, usize),
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).expect("a small number"))
}

fn mark(case: &Case) -> Mark {
    let detected = detected(&case.page, 1);
    let found: HashMap<String, &Found> = detected
        .listings
        .first()
        .map(|l| l.reading.found.iter().map(|f| (key(f), f)).collect())
        .unwrap_or_default();
    let hits: Vec<(&Wanted, &Found)> =
        case.items.iter().filter_map(|w| Some((w, *found.get(&w.key())?))).collect();
    let wanted: HashSet<String> = case.items.iter().map(Wanted::key).collect();
    let right_ones = found.keys().filter(|k| wanted.contains(*k)).count();
    let both = count(found.len() + wanted.len());
    let dated = hits.iter().filter_map(|(w, f)| Some((w.date.as_deref()?, f.date)));
    let day = |f: &Found| f.date.map(|d| d.at.format("%Y-%m-%d").to_string());
    let right = hits.iter().filter(|(w, f)| w.date.is_some() && w.date == day(f)).count();
    Mark {
        kind: case.kind.clone(),
        name: case.name.clone(),
        f1: if both > 0.0 { 2.0 * count(right_ones) / both } else { 0.0 },
        dates: (right, dated.count()),
        titles: (hits.iter().filter(|(w, f)| same_title(&w.title, &f.content.title)).count(), hits.len()),
    }
}

/// Prints the figures of a set and gives mean F1, the share of right dates and that of right titles.
#[expect(clippy::print_stdout, reason = "the figures are what the test is for")]
fn report(set: &str, marks: &[Mark]) -> (f64, f64, f64) {
    let mean = |marks: &[&Mark]| marks.iter().map(|m| m.f1).sum::<f64>() / count(marks.len().max(1));
    let sum = |part: fn(&Mark) -> (usize, usize), marks: &[&Mark]| {
        let (right, all) = marks.iter().map(|m| part(m)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        count(right) / count(all.max(1))
    };
    let mut kinds: BTreeMap<&str, Vec<&Mark>> = BTreeMap::new();
    for one in marks {
        kinds.entry(&one.kind).or_default().push(one);
    }
    for (kind, marks) in &kinds {
        let (f1, dates, titles) = (mean(marks), sum(|m| m.dates, marks), sum(|m| m.titles, marks));
        println!("{set} {kind} ({}): F1 {f1:.3}, dates {dates:.3}, titles {titles:.3}", marks.len());
    }
    let all: Vec<&Mark> = marks.iter().collect();
    let (f1, dates, titles) = (mean(&all), sum(|m| m.dates, &all), sum(|m| m.titles, &all));
    println!(
        "{set}: mean F1 {f1:.3} over {} pages; dates {dates:.3}, titles {titles:.3} of the items found",
        all.len()
    );
    // Which pages of the set that is only looked at are wrong is nobody's business.
    for one in marks.iter().filter(|m| set == "learn" && m.f1 < 0.9) {
        println!("{set}: {} F1 {:.2}", one.name, one.f1);
    }
    (f1, dates, titles)
}

#[test]
fn listings_are_found() {
    let learn: Vec<Mark> = cases("learn").iter().map(mark).collect();
    let held: Vec<Mark> = cases("held").iter().map(mark).collect();
    assert!(learn.len() + held.len() >= 60, "{} pages", learn.len() + held.len());
    for (set, marks, least) in [("learn", learn, 0.94), ("held", held, 0.94)] {
        let (f1, dates, titles) = report(set, &marks);
        assert!(f1 >= least, "{set}: mean F1 {f1:.3}");
        assert!(dates >= 0.75 && titles >= 0.95, "{set}: dates {dates:.3}, titles {titles:.3}");
    }
}

/// The days that the best listing of a page of `tests/detect/learn` gives its items.
fn days(name: &str) -> Vec<Option<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/detect/learn").join(name);
    let detected = detected(&case(&folder).page, 1);
    let listing = detected.listings.first().expect("a listing");
    let day = |found: &Found| found.date.map(|date| date.at.format("%Y-%m-%d").to_string());
    listing.reading.found.iter().map(day).collect()
}

#[test]
fn the_date_of_a_page_is_no_date_of_its_items() {
    assert_eq!(days("vacancies_as_of_en"), vec![None; 5]);
}

#[test]
fn attributes_with_unix_times_are_dates() {
    let days: Vec<String> = days("talks_with_timestamps_en").into_iter().flatten().collect();
    assert_eq!(days, ["2026-11-20", "2026-11-17", "2026-11-12", "2026-11-09", "2026-11-03"]);
}

#[test]
fn nothing_is_invented_where_there_is_no_listing() {
    let cases = cases("none");
    assert!(cases.len() >= 15, "{} pages", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let detected = detected(&case.page, 5);
        let reason = detected.obstacle.name();
        if !detected.listings.is_empty() || Some(reason) != case.reason.as_deref() {
            let rules: Vec<String> = detected.listings.iter().map(|l| l.spec.toml()).collect();
            wrong.push(format!("{}: {reason}, not {:?}; {rules:?}", case.name, case.reason));
        }
        assert!(!detected.trouble().detail.is_empty());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The next day's page: the first three items are gone, three new ones of the same shape stand above.
/// Gives its text, the addresses that went, and those that came.
fn next_day(page: &Page, items: &[Wanted]) -> Option<(String, HashSet<String>, HashSet<String>)> {
    let html = Html::parse_document(&page.text);
    let base = html.root_element().descendent_elements().find(|e| e.value().name() == "base");
    let base = base.and_then(|b| page.url.join(b.attr("href")?).ok()).unwrap_or_else(|| page.url.clone());
    let wanted: HashSet<String> = items.iter().map(Wanted::key).collect();
    if wanted.len() == 1 {
        // All items are places of one page: their links do not tell them apart here.
        return None;
    }
    let of = |e: ElementRef<'_>| {
        let key = canonical_address(&base.join(e.attr("href")?).ok()?);
        wanted.contains(&key).then_some(key)
    };
    let first =
        |key: &str| html.root_element().descendent_elements().find(|e| of(*e).as_deref() == Some(key));
    // The elements around a link, as long as it has the links of no other item.
    let record = |key: &str| {
        let alone = |n: &NodeRef<'_, Node>| {
            let inner = n.descendants().filter_map(ElementRef::wrap).filter_map(of);
            inner.collect::<HashSet<_>>().len() == 1
        };
        let link = first(key)?;
        std::iter::once(*link).chain(link.ancestors()).take_while(alone).last().map(|n| n.id())
    };
    let records: Vec<NodeId> = items.iter().take(7).map(|w| record(&w.key())).collect::<Option<_>>()?;
    let parent = |id: &NodeId| html.tree.get(*id).and_then(|n| n.parent()).map(|p| p.id());
    if records.len() < 7 || records.iter().any(|id| parent(id) != parent(&records[0])) {
        // Items under several headings, or cards in rows: a day's change is no matter of three records.
        return None;
    }
    let span = |from: NodeId, to: NodeId| -> Vec<NodeId> {
        let node = html.tree.get(from).expect("a node");
        std::iter::once(node).chain(node.next_siblings()).map(|n| n.id()).take_while(|id| *id != to).collect()
    };
    let spans: Vec<Vec<NodeId>> = records.windows(2).map(|pair| span(pair[0], pair[1])).collect();
    let (gone, copied, below) = (spans[..3].concat(), spans[3..].concat(), records[3]);
    let went = items[..3].iter().map(Wanted::key).collect();
    let mut changed = html.clone();
    let mut came = HashSet::new();
    for id in copied {
        let copy = changed.tree.get_mut(id).expect("a node").clone_subtree().id();
        renew(&mut changed, copy, &base, &wanted, &mut came);
        changed.tree.get_mut(below).expect("a node").insert_id_before(copy);
    }
    for id in gone {
        changed.tree.get_mut(id).expect("a node").detach();
    }
    Some((changed.html(), went, came))
}

/// Makes other items of copies: addresses get another end, and titles another word.
fn renew(html: &mut Html, copy: NodeId, base: &Url, wanted: &HashSet<String>, came: &mut HashSet<String>) {
    let ids: Vec<NodeId> = html.tree.get(copy).expect("a node").descendants().map(|n| n.id()).collect();
    for id in ids {
        let mut node = html.tree.get_mut(id).expect("a node");
        match node.value() {
            Node::Element(element) => {
                for (name, value) in &mut element.attrs {
                    let target = base.join(value).ok().filter(|_| &*name.local == "href");
                    let Some(target) = target.filter(|t| wanted.contains(&canonical_address(t))) else {
                        continue;
                    };
                    let other = newer(target);
                    came.insert(canonical_address(&other));
                    *value = other.as_str().into();
                }
            }
            Node::Text(text) if text.chars().filter(|c| c.is_alphabetic()).count() > 14 => {
                let other = format!("{} {}", "Xylophon", &text[..]);
                *text = scraper::node::Text { text: other.as_str().into() };
            }
            _ => {}
        }
    }
}

/// An address of the same shape that no item has.
fn newer(mut url: Url) -> Url {
    if let Some(query) = url.query() {
        let query = format!("{query}987");
        url.set_query(Some(&query));
        return url;
    }
    let path = url.path().to_owned();
    let (head, tail) = path.trim_end_matches('/').rsplit_once('/').unwrap_or(("", &path));
    let slash = if path.ends_with('/') { "/" } else { "" };
    let other = match tail.rsplit_once('.') {
        Some((stem, end)) => format!("{head}/{stem}987.{end}{slash}"),
        None => format!("{head}/{tail}-987{slash}"),
    };
    url.set_path(&other);
    url
}

fn read(feed: &Feed, page: &Page) -> HashSet<String> {
    let settings = ReadSettings { now: now(), limits: &Limits::default(), jq: &Unbounded };
    let reading = run::read(page, &feed.recipe, None, settings);
    let linked = |r: run::Reading| r.found.iter().filter(|f| f.content.url.is_some()).map(key).collect();
    reading.map(linked).unwrap_or_default()
}

fn learned(page: &Page, listing: &DetectedListing) -> LearnedRules {
    LearnedRules::new(page.url.clone(), now(), listing.from, listing.spec.clone())
}

#[test]
fn stored_rules_read_the_next_days_page() {
    let (mut tried, mut wrong) = (0, Vec::new());
    for case in cases("learn").iter().chain(&cases("held")) {
        let Some((text, went, came)) = next_day(&case.page, &case.items) else { continue };
        let detected = detected(&case.page, 1);
        let Some(best) = detected.listings.first().filter(|l| l.spec.kind == Kind::Html) else { continue };
        let toml = format!("[[feed]]\nurl = \"{}\"\n", case.page.url);
        let config = Config::parse(&toml, Path::new("feeds.toml")).expect("a configuration");
        let feed = config.feeds[0].with_learned(&learned(&case.page, best)).expect("rules that can be read");
        let before = read(&feed, &case.page);
        let expected: HashSet<String> = before.difference(&went).chain(&came).cloned().collect();
        let after = read(&feed, &Page { text, ..case.page.clone() });
        tried += 1;
        if after != expected {
            let missed: Vec<_> = expected.difference(&after).take(3).collect();
            let extra: Vec<_> = after.difference(&expected).take(3).collect();
            wrong.push(format!("{}: `{}` misses {missed:?}, has {extra:?}", case.name, best.spec.item()));
        }
    }
    println!("rules of the day before are right on {} of {tried} pages", tried - wrong.len());
    assert!(tried >= 40, "only {tried} pages");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_best_listing_is_the_best_however_many_are_wanted() {
    for case in cases("learn") {
        let first = |most| detected(&case.page, most).listings.first().map(|l| l.spec.toml());
        assert_eq!(first(1), first(5), "{}", case.name);
    }
}

#[test]
fn rules_are_configurations_whatever_the_page_says() {
    let hostile = r#"<html><head><title>a " b \ ' c</title></head><body><div id="x&quot;]&#10;y"><ul class='a"b {c} li,a'>"#;
    let rows: Vec<String> = (1..9)
        .map(|n| format!(r#"<li class="it'em &quot;{n} [x]" itemprop="a]b"><o:x><a class="&#127;z" href="/n?q={n}&amp;t={{id}}&amp;page=2">Title \ "number" {n} of the list</a></o:x> 2026-11-0{n}</li>"#))
        .collect();
    let text =
        format!("{hostile}{}</ul></div><a href=\"?tpl={{x}}&page=2\">2</a></body></html>", rows.concat());
    let url = "https://example.org/n?a\\b".parse().expect("an address");
    let page = Page { url, text, charset: "UTF-8", replacements: false };
    let detected = detected(&page, 5);
    assert!(!detected.listings.is_empty());
    let config = Config::parse("[[feed]]\nurl = 'https://example.org/n?a\\b'\n", Path::new("feeds.toml"));
    let feed = &config.expect("a configuration").feeds[0];
    for listing in &detected.listings {
        let lines = listing.spec.toml();
        let file = format!("[[feed]]\nurl = 'https://example.org/n?a\\b'\n{lines}");
        assert!(Config::parse(&file, Path::new("feeds.toml")).is_ok(), "{lines}");
        let stored = learned(&page, listing).to_stored();
        let learned = LearnedRules::from_stored(&stored).expect("the stored form");
        assert_eq!(learned.spec, listing.spec, "{stored}");
        assert!(feed.with_learned(&learned).is_some(), "{lines}");
    }
}

/// Pages that ask for more than they show: each is read within a moment, or it is not for this test.
#[test]
fn hostile_pages_cost_what_they_weigh() {
    let many = |part: &str, n: usize| part.repeat(n);
    let numbered = |n: usize, part: &dyn Fn(usize) -> String| (0..n).map(part).collect::<Vec<_>>().concat();
    let key = "k".repeat(20_000);
    let pages = [
        format!("<div>{}</div>", many("<p>x", 20_000)),
        numbered(3_000, &|n| format!("<p><a href=\"/notices?a{n}\">more</a></p>")),
        numbered(3_000, &|n| format!("<a href=\"?x={n}&page=2\">2</a>")),
        many(&format!("{}text{}", many("<div><h2>", 20), many("</h2></div>", 20)), 100),
        numbered(10_000, &|n| format!("<a href=\"/{n}/feed\">f</a>")),
        numbered(4_000, &|n| format!("<x-{n}>a</x-{n}>")),
        format!(
            "<script type=\"application/json\">{{\"{key}\":{{{}\"z\":1}}}}</script>",
            numbered(20_000, &|n| format!("\"a{n}\":{{}},"))
        ),
        numbered(2_000, &|n| {
            format!(
                "<article><h2><a href=\"/a/{n}\">A title of number {n}</a></h2><p>{n} May 2026</p></article>"
            )
        }),
    ];
    for (n, body) in pages.into_iter().enumerate() {
        let url = "https://example.org/notices".parse().expect("an address");
        let text = format!("<html><body>{body}</body></html>");
        let page = Page { url, text, charset: "UTF-8", replacements: false };
        let (done, result) = std::sync::mpsc::channel();
        std::thread::spawn(move || done.send(detected(&page, 1).listings.len()));
        // Minutes would be wrong on any machine; what it takes is a matter of the benchmark.
        let found = result.recv_timeout(std::time::Duration::from_secs(60));
        assert!(found.is_ok(), "page {n}");
    }
}

#[test]
fn rules_that_have_still_to_be_found_are_none() {
    let config = Config::parse("[[feed]]\nurl = 'https://example.org/n'\n", Path::new("feeds.toml"));
    let feed = &config.expect("a configuration").feeds[0];
    for stored in [
        r#"{"form":1,"page":"https://example.org/n","spec":{"kind":"auto"}}"#,
        "# https://example.org/n\nkind = \"auto\"\n",
    ] {
        let learned = LearnedRules::from_stored(stored).expect("the stored form");
        assert!(feed.with_learned(&learned).is_none(), "{stored}");
    }
}

#[test]
fn what_detection_offers_can_be_read_later() {
    let rows: Vec<String> = (1..9)
        .map(|n| {
            format!(
                r#"{{"title":"Notice number {n} of the harbour","url":"/n/notice-{n}","date":"2026-11-0{n}"}}"#
            )
        })
        .collect();
    let page = |before: &str| Page {
        url: "https://example.org/n".parse().expect("an address"),
        text: format!(
            "{before}<!doctype html><html><body><div id=\"app\"></div><script type=\"application/json\">{{\"items\":[{}]}}</script><script src=\"/app.js\"></script></body></html>",
            rows.join(",")
        ),
        charset: "UTF-8",
        replacements: false,
    };
    let config = Config::parse("[[feed]]\nurl = 'https://example.org/n'\n", Path::new("feeds.toml"));
    let feed = &config.expect("a configuration").feeds[0];
    for before in ["", "\n ", "Notice: Undefined variable: x in index.php on line 7\n"] {
        let page = page(before);
        for listing in &detected(&page, 5).listings {
            let later = feed.with_learned(&learned(&page, listing)).expect("rules that can be read");
            assert_eq!(read(&later, &page).len(), 8, "{before:?}: {}", listing.spec.toml());
        }
    }
    assert_eq!(detected(&page(""), 5).listings.len(), 1, "a list in a script is found");
}
