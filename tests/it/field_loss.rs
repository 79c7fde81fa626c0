//! Pages whose new layout hides one field of all items: nothing stored is lost, and the feed says so.

use chrono::{DateTime, TimeDelta, Utc};
use feedbridge::config::Config;
use feedbridge::model::{FeedState, Item, Outcome, Trouble, TroubleKind};
use feedbridge::run::{self, Trial};
use feedbridge::store::Store;

use crate::support::config;
use crate::support::daemon::run as run_program;
use crate::support::origin::Origin;
use crate::support::recorded::{Bench, Next};

const RULES: &str = "[[feed]]\nid = \"quay\"\nurl = \"https://quay.example.org/notices\"\nschedule = \"every 1h\"\n\
    [feed.select]\nitem = \"div.notice\"\ntitle = \".headline\"\nlink = \"a.more\"\nsummary = \".lead\"\nauthor = \".by\"\n";
const HEADLINES: [&str; 5] = [
    "Lock gate is painted green",
    "Tide tables for June are here",
    "Two berths are free again",
    "Winch of the slipway is sold",
    "Ice on the inner basin",
];

fn start() -> DateTime<Utc> {
    "2026-03-05T06:00:00Z".parse().expect("an instant")
}

fn page(notices: std::ops::Range<usize>) -> String {
    let notice = |n: usize| {
        let title = HEADLINES[n];
        format!(
            "<div class=\"notice\"><strong class=\"headline\">{title}</strong>\
             <span class=\"lead\">The quay says in its notice {n} what is to be known.</span>\
             <i class=\"by\">Clerk {n}</i><a class=\"more\" href=\"/notices/{n}\">More</a></div>"
        )
    };
    format!("<title>Quay</title><main>{}</main>", notices.map(notice).collect::<Vec<_>>().concat())
}

async fn bench(rules: &str, first: &str) -> Bench {
    let bench = Bench::new(config(rules), start()).await;
    assert_eq!(trouble_of_run(&bench, first).await, None);
    bench
}

/// Runs over a page an hour later; gives the trouble of a failed run.
async fn trouble_of_run(bench: &Bench, page: &str) -> Option<TroubleKind> {
    bench.clock.advance(TimeDelta::hours(1));
    bench.next(Next::Page(page.as_bytes().to_vec(), None));
    match bench.run().await.record.outcome {
        Outcome::Failed(trouble) => Some(trouble.kind),
        Outcome::Fresh | Outcome::Unchanged => None,
    }
}

async fn items(bench: &Bench) -> Vec<Item> {
    bench.tools.store.items(&bench.config.feeds[0].id, 100).await.expect("items")
}

async fn state(bench: &Bench) -> FeedState {
    let state = bench.tools.store.state(&bench.config.feeds[0].id).await;
    state.expect("the store answers").expect("a feed")
}

/// The detail of the feed's trouble, which must be that a field is gone.
async fn gone(bench: &Bench) -> Option<String> {
    let trouble = state(bench).await.trouble?;
    assert_eq!(trouble.kind, TroubleKind::FieldGone);
    Some(trouble.detail)
}

#[tokio::test]
async fn without_summaries_known_items_keep_theirs_until_they_return() {
    let bench = bench(RULES, &page(0..4)).await;
    let (before, due) = (items(&bench).await, state(&bench).await.next_due);
    let broken = page(0..5).replace("class=\"lead\"", "class=\"teaser\"");
    assert_eq!(trouble_of_run(&bench, &broken).await, None, "the run itself succeeds");
    let after = items(&bench).await;
    assert_eq!(after.len(), 5, "a new item is published");
    assert!(before.iter().all(|item| after.contains(item)), "nothing is edited");
    assert_eq!(after.iter().filter(|item| item.content.summary.is_none()).count(), 1);
    let (now, detail) = (state(&bench).await, gone(&bench).await.expect("a trouble"));
    assert!(detail.contains("`summary`") && !detail.contains("author"), "{detail}");
    assert_eq!(now.failures, 0);
    assert_eq!(now.next_due, due.map(|at| at + TimeDelta::hours(1)), "no back-off");
    assert_eq!(trouble_of_run(&bench, &broken).await, None);
    assert!(gone(&bench).await.is_some(), "an unchanged page is still without them");
    assert_eq!(trouble_of_run(&bench, &page(0..5)).await, None);
    assert_eq!(gone(&bench).await, None);
    assert!(items(&bench).await.iter().all(|item| item.content.summary.is_some()));
}

#[tokio::test]
async fn without_titles_or_links_nothing_is_published() {
    for (old, new, name) in [
        ("class=\"headline\"", "class=\"hl\"", "`title`"),
        ("class=\"more\"", "class=\"go\"", "`link`"),
        ("<strong class=\"headline\">", "<strong class=\"headline\">Notice</strong><strong>", "`title`"),
    ] {
        let bench = bench(RULES, &page(0..4)).await;
        let before = (items(&bench).await, state(&bench).await.version);
        let broken = page(0..5).replace(old, new);
        assert_eq!(trouble_of_run(&bench, &broken).await, Some(TroubleKind::FieldGone), "{name}");
        assert_eq!((items(&bench).await, state(&bench).await.version), before, "{name}");
        assert!(gone(&bench).await.expect("a trouble").contains(name), "{name}");
        assert_eq!(state(&bench).await.failures, 1);
        assert_eq!(trouble_of_run(&bench, &page(0..5)).await, None);
        assert_eq!((items(&bench).await.len(), gone(&bench).await), (5, None));
    }
}

#[tokio::test]
async fn titles_or_links_that_only_new_items_lack_are_lost() {
    for (old, new, name) in
        [("class=\"headline\"", "class=\"hl\"", "`title`"), ("class=\"more\"", "class=\"go\"", "`link`")]
    {
        let bench = bench(RULES, &page(0..2)).await;
        let before = items(&bench).await;
        let mixed = format!("{}{}", page(0..2), page(2..5).replace(old, new));
        assert_eq!(trouble_of_run(&bench, &mixed).await, Some(TroubleKind::FieldGone), "{name}");
        assert_eq!(items(&bench).await, before, "{name}");
        assert!(gone(&bench).await.expect("a trouble").contains(name), "{name}");
        assert_eq!(trouble_of_run(&bench, &page(0..5)).await, None);
        assert_eq!((items(&bench).await.len(), gone(&bench).await), (5, None));
    }
}

#[tokio::test]
async fn a_field_that_says_the_same_for_all_is_not_published() {
    let bench = bench(RULES, &page(0..4)).await;
    let broken = page(0..5).replace("class=\"by\">", "class=\"by\">The press office</i><i>");
    assert_eq!(trouble_of_run(&bench, &broken).await, None);
    assert!(gone(&bench).await.expect("a trouble").contains("`author`"));
    let authors: Vec<Vec<String>> =
        items(&bench).await.into_iter().map(|item| item.content.authors).collect();
    assert_eq!(authors.iter().filter(|names| names.is_empty()).count(), 1);
    assert!(authors.iter().flatten().all(|name| name.starts_with("Clerk")), "{authors:?}");
}

#[tokio::test]
async fn json_that_renames_a_key_is_told() {
    let rules = "[[feed]]\nid = \"api\"\nurl = \"https://quay.example.org/api\"\nkind = \"json\"\n\
        [feed.select]\nitem = \"$[*]\"\ntitle = \"headline\"\nlink = \"href\"\nsummary = \"lead\"\n";
    let item = |n: usize| {
        format!("{{\"headline\":\"{}\",\"href\":\"/n/{n}\",\"lead\":\"Notice {n} in short.\"}}", HEADLINES[n])
    };
    let json = format!("[{}]", (0..5).map(item).collect::<Vec<_>>().join(","));
    let bench = bench(rules, &json).await;
    let before = items(&bench).await;
    assert_eq!(trouble_of_run(&bench, &json.replace("\"lead\"", "\"intro\"")).await, None);
    assert!(gone(&bench).await.expect("a trouble").contains("`summary`"));
    let renamed = json.replace("\"headline\"", "\"name\"");
    assert_eq!(trouble_of_run(&bench, &renamed).await, Some(TroubleKind::FieldGone));
    assert_eq!(items(&bench).await, before);
}

/// A feed in RSS. `ids` is the word before the number in each guid, and `more` tells whether items have a
/// description and an author.
fn rss(ids: &str, more: bool) -> String {
    let item = |n: usize| {
        let both = format!("<description>Notice {n} in short.</description><author>Clerk {n}</author>");
        let more = if more { both } else { String::new() };
        format!(
            "<item><title>{}</title><link>https://quay.example.org/notices/{n}</link>\
             <guid isPermaLink=\"false\">{ids}-{n}</guid><pubDate>Mon, 0{} Mar 2026 06:00:00 GMT</pubDate>{more}</item>",
            HEADLINES[n],
            n + 1
        )
    };
    let items = (0..4).map(item).collect::<Vec<_>>().concat();
    format!("<rss version=\"2.0\"><channel><title>Quay</title>{items}</channel></rss>")
}

#[tokio::test]
async fn items_that_get_other_ids_keep_the_values_of_lost_fields() {
    let feed = "[[feed]]\nid = \"quay\"\nurl = \"https://quay.example.org/rss\"\nkind = \"feed\"\n";
    let bench = bench(feed, &rss("old", true)).await;
    let before = items(&bench).await;
    assert_eq!(before.iter().filter(|item| item.content.summary.is_some()).count(), 4);
    assert_eq!(trouble_of_run(&bench, &rss("new", false)).await, None);
    assert!(gone(&bench).await.expect("a trouble").contains("`summary`"));
    assert_eq!(items(&bench).await, before, "nothing is erased, and nothing is edited");
}

#[tokio::test]
async fn other_rules_are_no_loss() {
    let mut bench = bench(RULES, &page(0..4)).await;
    let broken = page(0..4).replace("class=\"lead\"", "class=\"teaser\"");
    assert_eq!(trouble_of_run(&bench, &broken).await, None);
    assert!(gone(&bench).await.is_some());
    bench.config = config(&RULES.replace("summary = \".lead\"\n", ""));
    assert_eq!(trouble_of_run(&bench, &broken).await, None);
    assert_eq!(gone(&bench).await, None);
    let stored = items(&bench).await;
    assert!(stored.iter().all(|item| item.content.summary.is_none() && item.updated.is_none()));
}

#[tokio::test]
async fn a_filter_does_not_hide_that_titles_are_lost() {
    let rules = format!("{RULES}[[feed.filter]]\nkeep = {{ title = \"(?i)gate|tide|berths|winch\" }}\n");
    let bench = bench(&rules, &page(0..5)).await;
    let before = items(&bench).await;
    assert_eq!(before.len(), 4);
    let broken = page(0..5).replace("class=\"headline\"", "class=\"hl\"");
    assert_eq!(trouble_of_run(&bench, &broken).await, Some(TroubleKind::FieldGone));
    assert_eq!(items(&bench).await, before);
}

#[tokio::test]
async fn a_few_edits_are_no_loss() {
    let bench = bench(RULES, &page(0..5)).await;
    let edited = page(0..5).replacen("class=\"lead\"", "class=\"x\"", 1).replace("notice 3", "notice three");
    assert_eq!(trouble_of_run(&bench, &edited).await, None);
    assert_eq!(gone(&bench).await, None);
    assert_eq!(items(&bench).await.iter().filter(|item| item.updated.is_some()).count(), 2);
}

#[tokio::test]
async fn titles_that_were_found_without_rules_are_looked_for_anew() {
    let toml = "[[feed]]\nurl = \"https://quay.example.org/notices\"\n";
    let notice = |n: u32| {
        format!(
            "<li class=\"notice\"><h3 class=\"t\"><a href=\"/notices/berth-{n}\">Berth number {n} is free for boats of members</a></h3>\
             <time datetime=\"2026-02-{n:02}\">{n} February 2026</time><p>Who wants the berth asks the office, and pays for the summer of {n} boats.</p></li>"
        )
    };
    let list = (1..10).map(notice).collect::<Vec<_>>().concat();
    let page =
        format!("<html><body><main><h1>Notices</h1><ul class=\"notices\">{list}</ul></main></body></html>");
    let config = Config::parse(toml, std::path::Path::new("feeds.toml")).expect("a url is enough");
    let bench = Bench::new(config, start()).await;
    assert_eq!(trouble_of_run(&bench, &page).await, None);
    let titles = |items: Vec<Item>| items.into_iter().map(|item| item.content.title).collect::<Vec<_>>();
    let before = titles(items(&bench).await);
    let moved = page.replace("<h3 class=\"t\">", "<h4 class=\"headline\">").replace("</h3>", "</h4>");
    assert_eq!(trouble_of_run(&bench, &moved).await, None);
    assert_eq!(gone(&bench).await, None);
    assert_eq!(titles(items(&bench).await), before);
}

/// Tries the feed over a page, as `check --online` does.
async fn trial(bench: &Bench, page: &str, store: Option<&dyn Store>) -> Result<Trial, Trouble> {
    bench.next(Next::Page(page.as_bytes().to_vec(), None));
    Box::pin(run::trial(bench.tools.listing_reader(&bench.config), &bench.config.feeds[0], store)).await
}

#[tokio::test]
async fn a_trial_says_the_trouble_that_a_run_would_say() {
    for (old, new, name, is_vital) in [
        ("class=\"lead\"", "class=\"teaser\"", "`summary`", false),
        ("class=\"by\">", "class=\"by\">The press office</i><i>", "`author`", false),
        ("class=\"headline\"", "class=\"hl\"", "`title`", true),
        ("class=\"more\"", "class=\"go\"", "`link`", true),
    ] {
        let bench = bench(RULES, &page(0..4)).await;
        let before = (items(&bench).await, state(&bench).await.version);
        let broken = page(0..5).replace(old, new);
        let tried = trial(&bench, &broken, Some(bench.tools.store.as_ref())).await;
        assert_eq!(tried.is_err(), is_vital, "{name}: {tried:?}");
        let trouble = tried.map_or_else(Some, |tried| tried.lasting).expect("a trouble");
        assert_eq!(trouble.kind, TroubleKind::FieldGone);
        assert!(trouble.detail.contains(name), "{}", trouble.detail);
        assert!(trouble.detail.contains("`feedbridge preview quay`"), "{}", trouble.detail);
        assert_eq!((items(&bench).await, state(&bench).await.version), before, "nothing is written");
        trouble_of_run(&bench, &broken).await;
        assert_eq!(gone(&bench).await, Some(trouble.detail), "{name}");
    }
}

#[tokio::test]
async fn a_trial_shows_what_the_page_has_now() {
    let bench = bench(RULES, &page(0..4)).await;
    let broken = page(0..4).replace("class=\"lead\"", "class=\"teaser\"");
    let tried = trial(&bench, &broken, Some(bench.tools.store.as_ref())).await.expect("items");
    assert!(tried.reading.found.iter().all(|found| found.content.summary.is_none()));
    assert_eq!(items(&bench).await.iter().filter(|item| item.content.summary.is_some()).count(), 4);
}

#[tokio::test]
async fn a_trial_finds_no_loss_where_there_is_none() {
    let mut bench = bench(RULES, &page(0..4)).await;
    let store = std::sync::Arc::clone(&bench.tools.store);
    let broken = page(0..5).replace("class=\"lead\"", "class=\"teaser\"");
    let lasting = |tried: Result<Trial, Trouble>| tried.expect("items").lasting;
    assert_eq!(lasting(trial(&bench, &page(0..5), Some(store.as_ref())).await), None, "a new item");
    assert_eq!(lasting(trial(&bench, &broken, None).await), None, "nothing to compare with");
    bench.config = config(&RULES.replace("summary = \".lead\"\n", ""));
    assert_eq!(lasting(trial(&bench, &broken, Some(store.as_ref())).await), None, "other rules");
}

#[tokio::test]
async fn check_online_tells_a_field_that_is_gone() {
    let origin = Origin::start().await;
    let rules = RULES.replace("https://quay.example.org/notices", &origin.url("/notices"));
    let toml =
        format!("[limits]\npace_s = 0\n{rules}[feed.fetch]\nallow_addresses = [\"{}\"]\n", origin.address());
    let work = move || {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
        let check = |more: &[&str]| {
            let output = run_program(&[&["check", "--online"], more].concat(), folder.path());
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            (output.status.code(), text(&output.stdout), text(&output.stderr))
        };
        origin.page("/notices", &page(0..4));
        let (code, _, stderr) = check(&[]);
        assert!(code == Some(0) && stderr.contains("there is no database"), "{stderr}");
        assert!(run_program(&["run", "quay"], folder.path()).status.success());
        let (code, stdout, stderr) = check(&[]);
        assert!(code == Some(0) && stdout.contains("fine"), "{stdout}{stderr}");
        assert!(!stderr.contains("database"), "{stderr}");
        for (old, new) in [("class=\"lead\"", "class=\"x\""), ("class=\"headline\"", "class=\"x\"")] {
            origin.page("/notices", &page(0..4).replace(old, new));
            let (code, stdout, _) = check(&[]);
            assert!(code == Some(1) && !stdout.contains("fine"), "{stdout}");
            assert!(
                stdout.contains("quay: field_gone: ") && stdout.contains("`feedbridge preview quay`"),
                "{stdout}"
            );
            let (code, stdout, _) = check(&["--json"]);
            let json: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
            assert_eq!((code, &json["ok"]), (Some(1), &false.into()));
            assert_eq!(json["feeds"][0]["trouble"]["kind"], "field_gone");
        }
        // A database that cannot be read is told, and the page is checked all the same.
        std::fs::write(folder.path().join("data/feedbridge.db"), "no database").expect("written");
        let (code, _, stderr) = check(&[]);
        assert!(code == Some(0) && stderr.contains("cannot be read"), "{code:?} {stderr}");
    };
    tokio::task::spawn_blocking(work).await.expect("joined");
}
