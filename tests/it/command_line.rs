//! The commands, as a person or a script runs them.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::support::daemon::{program, run};
use crate::support::origin::Origin;
use crate::support::{feed_toml, listing};

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {} {}", stdout(output), stderr(output)))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("joined")
}

/// A card in the shape of a news mirror: the excerpt repeats the title, the picture is a logo.
fn card(number: u32, title: &str, day: &str) -> String {
    format!(
        "<article class=\"clearfix\"><div class=\"article-thumb\"><a href=\"/newstream/17622{number:05}-{number}/x\"><img class=\"img-fluid\" src=\"/logo.png\" alt=\"{title}\"></a></div>\
         <div class=\"article-desc\"><h4><a href=\"/newstream/17622{number:05}-{number}/x\">{title}</a></h4><p class=\"articled-date\"> <span>{day}</span></p><p>{title}</p></div></article>"
    )
}

const CARD_RULES: &str = "[[feed]]\nid = \"wire\"\nurl = \"https://wire.example.org/newstream/\"\ntimezone = \"Asia/Pyongyang\"\n[feed.select]\nitem = \"article.clearfix\"\n\
    title = \"h4 a\"\nlink = \"h4 a\"\ndate = { css = \".articled-date span\", format = \"%B %d, %Y\" }\nsummary = \".article-desc > p:not(.articled-date)\"\n\
    id = { from = \"link\", regex = '/newstream/(\\d+-\\d+)' }\n";

#[test]
fn preview_reads_a_saved_page_by_the_rules_of_a_feed() {
    let folder = tempfile::tempdir().expect("a folder");
    let cards: String = (1..=20)
        .map(|i| card(i, &format!("New houses have been built in valley {i}"), "November 04, 2025"))
        .collect();
    std::fs::write(folder.path().join("feeds.toml"), CARD_RULES).expect("written");
    std::fs::write(
        folder.path().join("page.html"),
        format!("<title>Wire</title><div class=\"archive-list\">{cards}</div>"),
    )
    .expect("written");
    let output = run(&["preview", "page.html", "--feed", "wire", "--format", "json"], folder.path());
    let value = json(&output);
    let items = value["items"].as_array().expect("items");
    assert_eq!((items.len(), value["title"].as_str()), (20, Some("Wire")));
    for (i, item) in items.iter().enumerate() {
        assert_eq!(item["title"], format!("New houses have been built in valley {}", i + 1));
        assert_eq!(item["date"], "2025-11-04T00:00:00+09:00");
        assert_eq!(item["key"], format!("id:17622{:05}-{}", i + 1, i + 1));
        assert!(
            item["url"].as_str().is_some_and(|u| u.starts_with("https://wire.example.org/newstream/17622"))
        );
        assert_eq!(
            (&item["summary"], &item["date_source"], &item["image"]),
            (&Value::Null, &Value::from("page"), &Value::Null)
        );
    }
    assert_eq!(value["problems"].as_array().map(Vec::len), Some(0));
    for (format, begins) in [("rss", "<?xml"), ("atom", "<?xml"), ("jsonfeed", "{")] {
        let output = run(&["preview", "page.html", "--feed", "wire", "--format", format], folder.path());
        assert!(output.status.success() && stdout(&output).starts_with(begins), "{format}");
    }
    let table = run(&["preview", "page.html", "--feed", "wire"], folder.path());
    assert!(stdout(&table).contains("valley 20") && stdout(&table).contains("20 items"));
    assert!(!folder.path().join("data").exists(), "nothing was written");
}

#[test]
fn preview_of_a_changed_layout_fails_and_names_the_trouble() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("feeds.toml"), CARD_RULES).expect("written");
    std::fs::write(folder.path().join("page.html"), "<div class=\"grid\"><section>One</section></div>")
        .expect("written");
    let output = run(&["preview", "page.html", "--feed", "wire", "--format", "json"], folder.path());
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json(&output)["trouble"]["kind"], "container_missing");
    assert!(stderr(&output).contains("container_missing"), "{}", stderr(&output));
}

#[test]
fn preview_reads_standard_input_under_a_base() {
    use std::io::Write;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("feeds.toml"), CARD_RULES).expect("written");
    let mut child = program()
        .args([
            "preview",
            "-",
            "--feed",
            "wire",
            "--base",
            "https://other.example.org/x/",
            "--format",
            "json",
        ])
        .current_dir(folder.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(card(1, "One", "November 04, 2025").as_bytes())
        .expect("sent");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(json(&output)["items"][0]["url"], "https://other.example.org/newstream/1762200001-1/x");
}

#[test]
fn wrong_arguments_end_with_two_and_a_remedy() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("feeds.toml"), CARD_RULES).expect("written");
    std::fs::write(folder.path().join("page.html"), "<p>x").expect("written");
    for (arguments, says) in [
        (&["preview", "page.html", "--kind", "json"][..], "--feed"),
        (&["preview", "no such thing"], "neither the id of a feed"),
        (&["preview", "nope"], "no feed `nope`"),
        (&["preview", "page.html", "--feed", "nope"], "it has wire"),
        (&["run", "nope"], "no feed `nope`"),
        (&["items", "nope"], "no feed `nope`"),
        (&["frobnicate"], "unrecognized subcommand"),
        (&["preview", "https://example.org/", "--allow-address", "localhost"], "not an IP address"),
        (&["serve", "--listen", "8080"], "no port"),
        (&["run", "wire", "--timeout", "abc"], "write a whole number of seconds, from 1 to 3600"),
        (&["items", "wire", "--limit", "x"], "write a whole number, from 0 to"),
        (&["add", "example.org", "--listing", "0"], "write the number of a listing, from 1 to"),
        (&["preview", "page.html", "--base", "foo"], "it must begin with https:// or http://"),
        (&["select", "page.html", "p", "--base", "ftp:x"], "neither http nor https"),
    ] {
        let output = run(arguments, folder.path());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(says), "{arguments:?}: {}", stderr(&output));
    }
}

async fn site() -> (Origin, String) {
    let origin = Origin::start().await;
    origin.page("/good", &listing(&["One", "Two"]));
    origin.page("/bad", "<p>nothing here");
    let toml = "[limits]\npace_s = 0\n".to_owned()
        + &feed_toml("good", &origin.url("/good"), &origin.address(), "")
        + &feed_toml("bad", &origin.url("/bad"), &origin.address(), "");
    (origin, toml)
}

fn in_folder(toml: &str, work: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
    work(folder.path());
}

#[tokio::test]
async fn run_feeds_and_items_tell_the_history() {
    let (_origin, toml) = site().await;
    blocking(move || {
        in_folder(&toml, |folder| {
            let output = run(&["run", "good"], folder);
            assert!(
                output.status.success() && stdout(&output).contains("2 found, 2 new"),
                "{}",
                stderr(&output)
            );
            let output = run(&["run", "good"], folder);
            assert!(stdout(&output).contains("unchanged"), "{}", stdout(&output));
            let output = run(&["run", "bad"], folder);
            assert!(output.status.code() == Some(1) && stderr(&output).contains("container_missing"));
            let feeds = json(&run(&["feeds", "--json"], folder));
            assert_eq!(
                (&feeds["feeds"][0]["items"], &feeds["feeds"][0]["trouble"]),
                (&Value::from(2), &Value::Null)
            );
            assert_eq!(feeds["feeds"][1]["trouble"]["kind"], "container_missing");
            assert!(stdout(&run(&["feeds"], folder)).contains("container_missing"));
            let items = json(&run(&["items", "good", "--json"], folder));
            assert_eq!(items["items"].as_array().map(Vec::len), Some(2));
            assert_eq!(items["items"][0]["date_source"], "first_seen");
            assert!(stdout(&run(&["items", "good"], folder)).contains("One"));
        });
    })
    .await;
}

#[tokio::test]
async fn build_writes_what_is_good_and_says_what_is_not() {
    let (origin, toml) = site().await;
    blocking(move || {
        in_folder(&toml, |folder| {
            let output = run(&["build", "--out", "public"], folder);
            assert_eq!(output.status.code(), Some(1));
            assert!(
                stderr(&output).contains("bad: container_missing")
                    && stdout(&output).contains("1 of 2 feeds read"),
                "{}",
                stdout(&output)
            );
            let public = folder.join("public");
            for file in [
                "feeds/good.rss",
                "feeds/good.atom",
                "feeds/good.json",
                "feeds/good/index.html",
                "feeds.opml",
                "index.html",
                "style.css",
            ] {
                assert!(public.join(file).is_file(), "{file}");
            }
            assert!(!public.join("feeds/bad.rss").exists(), "a feed that never succeeded has no document");
            for page in ["index.html", "feeds/bad/index.html"] {
                let html = std::fs::read_to_string(public.join(page)).expect("a page");
                assert!(!html.contains("bad.rss") && !html.contains("bad.atom"), "{page} links to nothing");
            }
            let before = std::fs::read(public.join("feeds/good.rss")).expect("readable");
            origin.page("/good", "<p>gone");
            assert_eq!(run(&["build", "--out", "public"], folder).status.code(), Some(1));
            assert_eq!(
                std::fs::read(public.join("feeds/good.rss")).expect("readable"),
                before,
                "the last good one stays"
            );
            let index = std::fs::read_to_string(public.join("index.html")).expect("readable");
            assert!(index.contains("feeds/good.rss") && !index.contains("href=\"/"), "links are relative");
        });
    })
    .await;
}

#[tokio::test]
async fn check_online_counts_fields_and_writes_nothing() {
    let (_origin, toml) = site().await;
    blocking(move || {
        in_folder(&toml, |folder| {
            assert!(run(&["check"], folder).status.success());
            let output = run(&["check", "--online", "--json"], folder);
            assert_eq!(output.status.code(), Some(1));
            let value = json(&output);
            assert_eq!(value["feeds"][0]["fields"]["items"], 2);
            assert_eq!(value["feeds"][0]["fields"]["title"], 2);
            assert_eq!(value["feeds"][1]["trouble"]["kind"], "container_missing");
            assert!(stdout(&run(&["check", "--online"], folder)).contains("container_missing"));
            assert!(!folder.join("data").exists());
        });
    })
    .await;
}

#[test]
fn check_says_in_json_that_a_file_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("latin.toml"), b"feed = []\n# Caf\xe9\n").expect("written");
    for (file, line, says) in
        [("no.toml", 1, "cannot read no.toml"), ("latin.toml", 2, "latin.toml is not UTF-8 text (line 2)")]
    {
        let output = run(&["check", "--json", "--config", file], folder.path());
        let value = json(&output);
        assert_eq!((output.status.code(), &value["ok"]), (Some(2), &Value::from(false)), "{value}");
        let problem = &value["problems"][0];
        assert_eq!((&problem["file"], &problem["line"]), (&Value::from(file), &Value::from(line)));
        assert!(problem["message"].as_str().is_some_and(|message| message.contains(says)), "{value}");
    }
}

#[test]
fn the_program_describes_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = json(&run(&["schema"], folder.path()));
    assert!(schema["properties"]["feed"].is_object(), "{schema}");
    for shell in ["bash", "zsh", "fish"] {
        let script = stdout(&run(&["completions", shell], folder.path()));
        assert!(script.contains("preview") && script.contains("base-url"), "{shell}: {script}");
        assert!(!script.contains("jq-worker") && !script.contains("jq__worker"), "{shell}");
    }
    assert!(stdout(&run(&["man"], folder.path())).contains(".TH feedbridge"));
    assert!(stdout(&run(&["--version"], folder.path())).starts_with("feedbridge 0.1.0"));
}

#[test]
fn the_demo_needs_nothing_and_keeps_its_identifiers() {
    use crate::support::daemon::Daemon;
    let folder = tempfile::tempdir().expect("a folder");
    let start = || Daemon::start_with(folder.path(), &["demo", "--listen", "127.0.0.1:0", "--data", "data"]);
    let guids = |daemon: &Daemon| {
        let reply = daemon
            .until("/feeds/tidewater.json", |r| r.json()["items"].as_array().is_some_and(|i| i.len() > 40));
        let items = reply.json()["items"].as_array().cloned().unwrap_or_default();
        items.into_iter().map(|i| (i["title"].to_string(), i["id"].to_string(), i)).collect::<Vec<_>>()
    };
    let first = guids(&start());
    for (_, _, item) in &first {
        assert!(item["date_published"].as_str().is_some_and(|d| d.ends_with("+09:00")), "{item}");
        assert!(item["image"].is_null() && item["summary"].is_null(), "{item}");
    }
    let daemon = start();
    let second = guids(&daemon);
    for (title, id, _) in &first {
        assert!(second.iter().any(|(t, i, _)| t == title && i == id), "{title} has another identifier");
    }
    let whole = |item: &Value| {
        let (html, title) = (item["content_html"].as_str().unwrap_or_default(), item["title"].as_str());
        html.contains("<p>") && title.is_some_and(|t| !t.ends_with('…'))
    };
    daemon.until("/feeds/tidewater-full.json", |r| {
        r.json()["items"]
            .as_array()
            .is_some_and(|i| i.len() >= 20 && i.iter().filter(|i| whole(i)).count() >= 15)
    });
    let watch = daemon.get("/feeds/harbour-watch.json", "").json();
    let links: Vec<&str> =
        watch["items"].as_array().expect("items").iter().filter_map(|i| i["url"].as_str()).collect();
    let different: std::collections::HashSet<&&str> = links.iter().collect();
    assert!(links.len() > 5 && links.len() == different.len(), "{links:?}");
    let rss = daemon.get("/feeds/tidewater.rss", "").text();
    assert!(rss.contains("+0900</pubDate>") && !rss.contains("media:thumbnail"), "{rss}");
}

#[tokio::test(flavor = "multi_thread")]
async fn preview_of_another_site_sends_no_secret_there() {
    let (own, other) = (Origin::start().await, Origin::start().await);
    for origin in [&own, &other] {
        origin.page("/", "<main><article><a href=/a><h2>One</h2></a></article></main>");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let toml = feed_toml("t", &own.url("/"), &own.address(), "")
        + "headers = { Authorization = \"Bearer hunter2\" }\nrobots = \"ignore\"\n";
    std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
    let allow = other.address();
    for target in [own.url("/"), other.url("/")] {
        let output = run(&["preview", &target, "--feed", "t", "--allow-address", &allow], folder.path());
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let sent = |origin: &Origin| origin.seen().iter().any(|s| s.header("authorization").is_some());
    assert!(sent(&own) && !sent(&other));
}

#[tokio::test(flavor = "multi_thread")]
async fn explain_says_what_a_fetch_would_do_and_fetches_no_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = "User-agent: feedbridge\nCrawl-delay: 7\nDisallow: /private\n";
    std::fs::write(folder.path().join("robots.txt"), rules).expect("written");
    for (path, code, robots) in [("/news", 0, "allowed"), ("/private/x", 1, "disallowed")] {
        let url = format!("https://example.org{path}");
        let output = run(&["explain", &url, "--robots", "robots.txt", "--json"], folder.path());
        let value = json(&output);
        assert_eq!((output.status.code(), value["robots"].as_str()), (Some(code), Some(robots)), "{path}");
        assert_eq!(
            (value["crawl_delay_s"].as_f64(), value["address"].as_str()),
            (Some(7.0), Some("allowed"))
        );
    }
    let origin = Origin::start().await;
    origin.answer("/robots.txt", "200 OK", "Content-Type: text/plain\r\n", rules.as_bytes());
    let refused = run(&["explain", &origin.url("/news"), "--json"], folder.path());
    assert_eq!(json(&refused)["address"], "refused");
    assert_eq!(origin.connections(), 0, "nothing refused is dialled");
    let allow = origin.address();
    let output =
        run(&["explain", &origin.url("/private"), "--allow-address", &allow, "--json"], folder.path());
    assert_eq!(json(&output)["robots"], "disallowed");
    assert!(origin.seen().is_empty(), "the page is not asked for");
}

const HARBOUR_PAGE: &str = "<ul><li class=\"tide\"><h2><a href=\"/n/1\">Ferry <b>moored</b></a></h2></li>\
    <li class=\"tide\"><h2><a>Lamps lit</a></h2></li></ul>\
    <script type=\"application/json\">{\"tides\": [{\"high\": \"9.5 m\"}, {\"high\": \"8.7 m\"}]}</script>";

#[test]
fn select_shows_what_a_selector_finds() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("page.html"), HARBOUR_PAGE).expect("written");
    std::fs::write(folder.path().join("tides.json"), "{\"tides\": [{\"high\": 9}, {\"high\": null}]}")
        .expect("written");
    let xml = "<?xml version=\"1.0\"?><Tides xmlns:t=\"urn:t\"><Tide><t:High>9 m</t:High><link><![CDATA[/9]]></link></Tide></Tides>";
    std::fs::write(folder.path().join("tides.xml"), xml).expect("written");
    for (target, selector, says) in [
        ("tides.xml", "Tide link", "1 element matches `Tide link`\n1. /9\n"),
        ("tides.xml", "//Tide/t:High", "1 element matches `//Tide/t:High`\n1. 9 m\n"),
        ("page.html", "li.tide a", "2 elements match `li.tide a`\n1. Ferry moored\n2. Lamps lit\n"),
        ("page.html", "a[href]", "1 element matches `a[href]`\n1. Ferry moored\n"),
        ("page.html", "//h2/a/@href", "1 element matches `//h2/a/@href`\n1. /n/1\n"),
        ("page.html", "{ xpath = \"count(//li)\" }", "1 value matches `count(//li)`\n1. 2\n"),
        ("page.html", "json:$.tides[*].high", "2 values match `$.tides[*].high`\n1. 9.5 m\n2. 8.7 m\n"),
        ("page.html", "jq:.tides[0].high", "1 value matches `.tides[0].high`\n1. 9.5 m\n"),
        ("tides.json", "tides[*]", "2 values match `tides[*]`\n1. {\"high\":9}\n2. {\"high\":null}\n"),
    ] {
        let output = run(&["select", target, selector], folder.path());
        assert_eq!(output.status.code(), Some(0), "{selector}: {}", stderr(&output));
        assert_eq!(stdout(&output), says, "{selector}");
    }
}

#[test]
fn select_counts_all_and_shows_attributes() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("page.html"), HARBOUR_PAGE).expect("written");
    let output = run(&["select", "page.html", "h2 a", "--attr", "href", "--limit", "1"], folder.path());
    assert_eq!(stdout(&output), "2 elements match `h2 a`\n1. Ferry moored\n   href: /n/1\n… and 1 more\n");
    let output = run(&["select", "page.html", "h2 a", "--attr", "href", "--json"], folder.path());
    let value = json(&output);
    assert_eq!((&value["count"], &value["selector"]), (&Value::from(2), &Value::from("h2 a")));
    assert_eq!(value["matches"][0]["attribute"], "/n/1");
    assert_eq!(value["matches"][1]["attribute"], Value::Null);
    assert_eq!(value["matches"][1]["name"], "a");
}

#[test]
fn select_ends_with_one_for_nothing_and_two_for_a_wrong_selector() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("page.html"), HARBOUR_PAGE).expect("written");
    for (selector, code, says) in [
        ("h3", 1, ""),
        ("//h3", 1, ""),
        ("jq:.ebbs", 1, ""),
        ("li..tide", 2, "the name of a class is missing"),
        ("ul >", 2, "something is missing after `>`"),
        ("xpath://li[", 2, "something is missing after `[`"),
        ("json:$.tides[", 2, "`[` has no `]`"),
        ("count(//li)", 2, "for an XPath write xpath:count(//li)"),
        ("{ xpath = '//li', css = 'li' }", 2, "write one of css, xpath, json and jq"),
    ] {
        let output = run(&["select", "page.html", selector], folder.path());
        assert_eq!(output.status.code(), Some(code), "{selector}: {}", stderr(&output));
        assert!(stderr(&output).contains(says), "{selector}: {}", stderr(&output));
    }
}

#[test]
fn preview_names_rules_that_find_nothing_and_counts_fields() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = "[[feed]]\nid = \"quay\"\nurl = \"https://quay.example.org/\"\n[feed.select]\nitem = \"li.tide\"\ntitle = \"h2\"\n\
        author = \".by\"\ntags = { css = \".topics a\" }\nenclosure = [\"audio\", \"video\"]\ncomments = \"a.talk\"\n";
    std::fs::write(folder.path().join("feeds.toml"), rules).expect("written");
    std::fs::write(folder.path().join("page.html"), HARBOUR_PAGE).expect("written");
    let value = json(&run(&["preview", "page.html", "--feed", "quay", "--format", "json"], folder.path()));
    assert_eq!((&value["fields"]["items"], &value["fields"]["link"]), (&Value::from(2), &Value::from(1)));
    for (field, message) in [
        ("author", "nothing found by `.by` in any item"),
        ("tags", "nothing found by `.topics a` in any item"),
        ("enclosure", "nothing found by `audio`, nor by `video` in any item"),
        ("comments", "nothing found by `a.talk` in any item"),
    ] {
        let problems = value["problems"].as_array().expect("problems");
        let own: Vec<&Value> = problems.iter().filter(|problem| problem["field"] == field).collect();
        assert_eq!(own.len(), 1, "{field}: {problems:?}");
        assert_eq!(own[0]["message"], message);
    }
    // One item that has an author is enough.
    let signed = HARBOUR_PAGE.replacen("</h2>", "</h2><p class=\"by\">Ada</p>", 1);
    std::fs::write(folder.path().join("page.html"), signed).expect("written");
    let table = run(&["preview", "page.html", "--feed", "quay"], folder.path());
    let text = stdout(&table);
    assert!(text.contains("Ada") && text.contains("2 items: title 2, link 1, date 0"), "{text}");
    assert!(!text.contains("author: nothing") && text.contains("tags: nothing"), "{text}");
}
