//! More than one page of a listing, and filters, as a person runs them: a real site, `run`, `items`.

use std::path::Path;

use serde_json::Value;

use crate::support::daemon::run;
use crate::support::feed_toml;
use crate::support::origin::{Origin, Step};

fn cards(numbers: impl Iterator<Item = u32>) -> String {
    numbers
        .map(|n| format!("<article><a href=\"/a/{n}\"><h2>Item {n}</h2></a></article>"))
        .collect::<Vec<_>>()
        .concat()
}

/// Serves a listing of the newest 20 of `newest` items, and the rest in pages of 20 as JSON with HTML.
fn serve(origin: &Origin, newest: u32) {
    let all: Vec<u32> = (1..=newest).rev().collect();
    let page = |from: usize| cards(all.iter().skip(from).take(20).copied());
    origin.page("/", &format!("<main>{}</main>", page(0)));
    for from in (20..=200).step_by(20) {
        let answer = serde_json::json!({ "ok": true, "html": format!("<main>{}</main>", page(from)) });
        let path = format!("/more?from={from}&to=20");
        origin.answer(&path, "200 OK", "Content-Type: application/json\r\n", answer.to_string().as_bytes());
    }
}

fn toml(origin: &Origin, more: &str) -> String {
    format!(
        "[limits]\npace_s = 0\n{}robots = \"ignore\"\n{more}",
        feed_toml("t", &origin.url("/"), &origin.address(), "")
    )
}

fn runs(folder: &Path) -> String {
    let output = run(&["run", "t"], folder);
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
    text
}

fn titles(folder: &Path) -> Vec<String> {
    let output = run(&["items", "t", "--json"], folder);
    let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let items = value["items"].as_array().expect("items").clone();
    items.iter().map(|i| i["title"].as_str().expect("a title").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_item_is_lost_when_many_appear_between_two_runs() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let pages = format!(
        "[feed.pages]\nurl = \"{}\"\ncount = 20\nmax = 4\n",
        origin.url("/more?from={offset}&to={count}")
    );
    std::fs::write(folder.path().join("feeds.toml"), toml(&origin, &pages)).expect("written");
    serve(&origin, 30);
    assert!(runs(folder.path()).contains("30 new"), "the first run reads what there is");
    serve(&origin, 75);
    assert!(runs(folder.path()).contains("45 new"));
    assert_eq!(titles(folder.path()).len(), 75);
    let before = origin.seen().len();
    serve(&origin, 76);
    assert!(runs(folder.path()).contains("1 new"));
    assert_eq!(origin.seen().len() - before, 1, "a known item on the first page is enough");
    serve(&origin, 176);
    let text = runs(folder.path());
    assert!(text.contains("80 new") && text.contains("may be missing"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_to_the_next_page_are_followed_and_a_failing_page_ends_it() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("feeds.toml"), toml(&origin, "[feed.pages]\nmax = 9\n"))
        .expect("written");
    origin.page("/", &format!("<main>{}</main><a rel=next href=/p2>older</a>", cards(5..8)));
    origin.page("/p2", &format!("<main>{}</main><a rel=next href=/p3>older</a>", cards(3..5)));
    origin.answer("/p3", "500 Internal Server Error", "", b"");
    let text = runs(folder.path());
    assert!(text.contains("5 new") && text.contains("page 3 (/p3) gave no items"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_decide_what_is_in_the_feed() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let filters = "[[feed.filter]]\ndrop = { title = \"[02468]$\" }\n\
                   [[feed.filter]]\nset = { title = [\"Item\", \"No.\"] }\n";
    std::fs::write(folder.path().join("feeds.toml"), toml(&origin, filters)).expect("written");
    origin.page("/", &format!("<main>{}</main>", cards(1..6)));
    let text = runs(folder.path());
    assert!(text.contains("3 new") && text.contains("filter 1 left out 2 of 5 items"), "{text}");
    assert_eq!(titles(folder.path()), ["No. 1", "No. 3", "No. 5"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_filters_make_stay_within_the_limits() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let grow = format!("[[feed.filter]]\nset = {{ title = [\"Item\", \"{}\"] }}\n", "tide ".repeat(300));
    std::fs::write(folder.path().join("feeds.toml"), toml(&origin, &grow)).expect("written");
    origin.page("/", &format!("<main>{}</main>", cards(1..3)));
    assert!(runs(folder.path()).contains("2 new"));
    for title in titles(folder.path()) {
        assert!(title.len() <= 1024 && title.ends_with('…'), "{} bytes", title.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_take_too_long_cost_only_themselves() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let text = toml(&origin, "[feed.pages]\nmax = 9\n").replace("pace_s = 0", "pace_s = 0\nrun_s = 3");
    std::fs::write(folder.path().join("feeds.toml"), text).expect("written");
    origin.page("/", &format!("<main>{}</main><a rel=next href=/p2>older</a>", cards(5..8)));
    origin.script("/p2", vec![Step::Hang]);
    let text = runs(folder.path());
    assert!(
        text.contains("3 new")
            && text.contains("page 2 (/p2) gave no items: timeout: the run had no time left"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_back_to_a_page_that_was_read_ends_it() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("feeds.toml"), toml(&origin, "[feed.pages]\nmax = 9\n"))
        .expect("written");
    origin.page("/", &format!("<main>{}</main><a rel=next href=/p2>older</a>", cards(5..8)));
    origin.page("/p2", &format!("<main>{}</main><a rel=next href=/>newer</a>", cards(3..5)));
    assert!(runs(folder.path()).contains("5 new"));
    assert_eq!(origin.seen().len(), 2);
}
