//! Secrets of a feed: they are sent to its site, and stand in nothing that is served, stored or printed.

use std::path::Path;

use feedbridge::config::Config;
use feedbridge::fetch::Fetcher;
use feedbridge::model::Secret;
use serde_json::{Value, json};

use crate::addresses::{network, request};
use crate::support::config;
use crate::support::daemon::run;
use crate::support::origin::Origin;

const JSON: &str = "Content-Type: application/json\r\n";

/// The secrets of these tests; each is in a file.
const SECRETS: [&str; 3] = ["QUAY77kZ", "ebb4flow", "s3aw4ll"];

fn answer(origin: &Origin, path: &str, value: &Value) {
    origin.answer(path, "200 OK", JSON, value.to_string().as_bytes());
}

/// Writes a configuration of one feed `t`, and the files of its secrets.
fn configured(folder: &Path, address: &str, allow: &str, fetch: &str) {
    for (i, secret) in SECRETS.iter().enumerate() {
        std::fs::write(folder.join(format!("secret{i}")), format!("{secret}\n")).expect("written");
    }
    let text = format!(
        "[limits]\npace_s = 0\n[[feed]]\nid = \"t\"\nurl = \"{address}\"\nkind = \"json\"\n\
         [feed.select]\nitem = \"$.items[*]\"\ntitle = \"title\"\nlink = \"url\"\n\
         [feed.fetch]\nallow_addresses = [\"{allow}\"]\nrobots = \"ignore\"\n{fetch}\n"
    );
    std::fs::write(folder.join("feeds.toml"), text).expect("written");
}

/// Runs the program, and returns all that it prints.
fn printed(arguments: &[&str], folder: &Path) -> String {
    let output = run(arguments, folder);
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The content of every file below a folder but for the configuration and the secrets.
fn written(folder: &Path, out: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            written(&entry.path(), out);
        } else if name != "feeds.toml" && !name.starts_with("secret") {
            out.extend(std::fs::read(entry.path()).expect("a file"));
        }
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn warnings(url: &str, more: &str) -> Vec<String> {
    let text = format!("[[feed]]\nid = \"a\"\nurl = \"{url}\"\nkind = \"feed\"\n{more}\n");
    let warnings = config(&text).warnings;
    let line = |problem| warnings.position(problem).line;
    warnings.problems().iter().map(|problem| format!("{}: {}", line(problem), problem.message)).collect()
}

fn refused(url: &str, more: &str) -> String {
    let text = format!("[[feed]]\nid = \"a\"\nurl = {url}\nkind = \"feed\"\n{more}\n");
    let problems = Config::parse(&text, Path::new("feeds.toml")).expect_err("a mistake");
    problems.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_sent_and_shown_nowhere() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let items = json!({ "items": [{ "title": "The pier opens", "url": "/n/1" }] });
    answer(&origin, "/news?lang=en&api_key=QUAY77kZ", &items);
    let fetch = "query = { api_key = { file = \"secret0\" } }\ncookies = { visit = { file = \"secret1\" } }\n\
                 headers = { X-Auth = { file = \"secret2\" } }";
    configured(folder.path(), &origin.url("/news?lang=en"), &origin.address(), fetch);
    let mut all = String::new();
    for arguments in [
        &["check", "--json"][..],
        &["run", "t"],
        &["run", "t"],
        &["preview", "t", "--format", "json"],
        &["items", "t", "--json"],
        &["feeds", "--json"],
        &["build", "--out", "out"],
    ] {
        all.push_str(&printed(arguments, folder.path()));
    }
    assert!(all.contains("1 new"), "{all}");
    let seen = &origin.seen()[0];
    assert_eq!(seen.path, "/news?lang=en&api_key=QUAY77kZ");
    assert_eq!((seen.header("cookie"), seen.header("x-auth")), (Some("visit=ebb4flow"), Some("s3aw4ll")));
    let mut files = all.into_bytes();
    written(folder.path(), &mut files);
    assert!(holds(&files, "/news?lang=en"), "the address for readers");
    for secret in SECRETS {
        assert!(!holds(&files, secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_repeats_a_parameter_does_not_publish_it() {
    let html = "<html><body><ul>\
        <li><a href=\"/s/2?api_key=QUAY77kZ&amp;lang=en\">The pier opens</a>\
        <img src=\"/p/2.png?w=9&amp;api_key=QUAY77kZ\"><p>See <a href='/m?api_key=QUAY77kZ#top'>more</a></p></li>\
        <li><a href=\"/s/1?api_key=QUAY77kZ\">The quay closes</a><p>It is <b>late</b>.</p></li></ul>\
        <a rel=\"next\" href=\"/news?api_key=QUAY77kZ&amp;page=2\">older</a></body></html>";
    let feed = "<rss version=\"2.0\"><channel><title>Pier</title><item><title>The pier opens</title>\
        <link>/s/2?lang=en&amp;api_key=QUAY77kZ</link><guid>https://example.org/s/2?api_key=QUAY77kZ</guid>\
        <comments>/c/2?api_key=QUAY77kZ</comments><enclosure url=\"/a/2.mp3?api_key=QUAY77kZ\" type=\"audio/mpeg\"/>\
        <description>&lt;a href=\"/m?api_key=QUAY77kZ&amp;amp;lang=en\"&gt;more&lt;/a&gt;</description>\
        </item></channel></rss>";
    let json = json!({ "items": [{
        "title": "The pier opens", "url": "/s/2?api_key=QUAY77kZ&lang=en", "html": "<a href='/m?api_key=QUAY77kZ'>more</a>"
    }] });
    let json = json.to_string().replace('&', "\\u0026");
    let select = "[feed.select]\nitem = \"li\"\ntitle = \"a\"\nlink = \"a\"\nimage = \"img\"\n\
                  content = \"p\"\n[feed.pages]\nnext = \"a[rel=next]\"\nmax = 2";
    let paths = "[feed.select]\nitem = \"$.items[*]\"\ntitle = \"title\"\nlink = \"url\"\ncontent = \"html\"";
    for (kind, body, more, expected) in [
        ("html", html, select, "/s/2?lang=en"),
        ("feed", feed, "", "/s/2?lang=en"),
        ("json", json.as_str(), paths, "/s/2?lang=en"),
    ] {
        let origin = Origin::start().await;
        let folder = tempfile::tempdir().expect("a folder");
        let kind_of_body =
            format!("Content-Type: {}\r\n", if kind == "json" { "application/json" } else { "text/html" });
        origin.answer("/news?api_key=QUAY77kZ", "200 OK", &kind_of_body, body.as_bytes());
        std::fs::write(folder.path().join("secret0"), "QUAY77kZ\n").expect("written");
        let text = format!(
            "[limits]\npace_s = 0\n[[feed]]\nid = \"t\"\nurl = \"{}\"\nkind = \"{kind}\"\n{more}\n[feed.fetch]\n\
             allow_addresses = [\"{}\"]\nrobots = \"ignore\"\nquery = {{ api_key = {{ file = \"secret0\" }} }}\n",
            origin.url("/news"),
            origin.address()
        );
        std::fs::write(folder.path().join("feeds.toml"), text).expect("written");
        let mut all = printed(&["run", "t"], folder.path());
        all.push_str(&printed(&["preview", "t", "--format", "json"], folder.path()));
        all.push_str(&printed(&["items", "t", "--json"], folder.path()));
        printed(&["build", "--out", "out"], folder.path());
        let mut files = all.clone().into_bytes();
        written(folder.path(), &mut files);
        assert!(holds(&files, expected), "{kind}: {all}");
        assert!(!holds(&files, "QUAY77kZ"), "{kind}: {all}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_of_a_page_to_itself_do_not_repeat_its_token() {
    let notices = "<html><title>Weir</title><main>\
        <article><h2 id=w2>Weir two opens</h2><a href='#w2'>here</a><p>See <a href='#n1'>note</a>, \
        <a href=''>all</a> and <a href='gate/2'>the gate</a>.</p></article>\
        <article><h2 id=w1>Weir one opens</h2><a href='#w1'>here</a><p>It is late.</p></article></main></html>";
    let feed = "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel>\
        <title>Weir</title><item><title>Weir two opens</title><link>gate/2</link><content:encoded>&lt;p&gt;It is \
        late&lt;a href=\"#fn1\"&gt;1&lt;/a&gt;.&lt;/p&gt;</content:encoded></item></channel></rss>";
    let select = "[feed.select]\nitem = \"article\"\ntitle = \"h2\"\nlink = \"a\"\ncontent = \"p\"";
    let home = "home = \"https://example.org/weir\"";
    for (kind, body, more, count) in [
        ("html", notices, select.to_owned(), 2),
        ("html", notices, format!("{home}\n{select}"), 2),
        ("feed", feed, String::new(), 1),
    ] {
        let origin = Origin::start().await;
        let folder = tempfile::tempdir().expect("a folder");
        let mut all = String::new();
        for (token, times) in [("QUAY77kZ", 1), ("ebb4flow", 2)] {
            let path = format!("/on/list?lang=en&token={token}");
            let body = format!("{body}<!-- {times} -->");
            origin.answer(&path, "200 OK", "Content-Type: text/html\r\n", body.as_bytes());
            let text = format!(
                "[limits]\npace_s = 0\n[[feed]]\nid = \"t\"\nurl = \"{}\"\nkind = \"{kind}\"\n{more}\n[feed.fetch]\n\
                 allow_addresses = [\"{}\"]\nrobots = \"ignore\"\n",
                origin.url(&path),
                origin.address()
            );
            std::fs::write(folder.path().join("feeds.toml"), text).expect("written");
            printed(&["run", "t"], folder.path());
            all.push_str(&printed(&["preview", "t", "--format", "json"], folder.path()));
        }
        let items = run(&["items", "t", "--json"], folder.path()).stdout;
        printed(&["build", "--out", "out"], folder.path());
        let mut files = Vec::new();
        written(&folder.path().join("out"), &mut files);
        all.push_str(&String::from_utf8_lossy(&items));
        all.push_str(&String::from_utf8_lossy(&files));
        assert!(all.contains("/on/gate/2"), "relative addresses stay: {all}");
        assert!(!all.contains("QUAY77kZ") && !all.contains("ebb4flow"), "{kind}: {all}");
        if kind == "html" {
            assert!(all.contains("/on/list?lang=en#w1") && all.contains("/on/list?lang=en#n1"), "{all}");
        }
        let items: Value = serde_json::from_slice(&items).expect("JSON");
        assert_eq!(
            items["items"].as_array().map(Vec::len),
            Some(count),
            "another token makes no new item: {items}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_a_selection_has_no_key() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let items = json!({ "items": [{ "title": "The pier opens", "url": "/n/1" }] });
    answer(&origin, "/news?lang=en&access_token=pier55", &items);
    configured(folder.path(), &origin.url("/news?lang=en&access_token=pier55"), &origin.address(), "");
    let selection = printed(&["select", "t", "$.items[*].title", "--json"], folder.path());
    assert!(selection.contains("The pier opens") && selection.contains("/news?lang=en"), "{selection}");
    assert!(!selection.contains("pier55"), "{selection}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_literal_key_is_not_published() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    answer(
        &origin,
        "/news?lang=en&access_token=pier55",
        &json!({ "items": [{ "title": "The pier opens", "url": "/n/1" }] }),
    );
    configured(folder.path(), &origin.url("/news?lang=en&access_token=pier55"), &origin.address(), "");
    let check = printed(&["check"], folder.path());
    assert!(check.contains("feeds.toml:5:") && check.contains("`access_token`"), "{check}");
    assert!(!check.contains("pier55"), "{check}");
    printed(&["build", "--out", "out"], folder.path());
    let mut files = Vec::new();
    written(&folder.path().join("out"), &mut files);
    assert!(holds(&files, "The pier opens") && holds(&files, "/news?lang=en"));
    assert!(!holds(&files, "pier55"));
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_stand_in_bodies() {
    let origin = Origin::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    answer(&origin, "/q", &json!({ "items": [{ "title": "The pier opens", "url": "/n/1" }] }));
    let fetch = "body = { auth = { token = { file = \"secret0\" } }, keys = [{ file = \"secret1\" }], env = \"x\", n = 1 }";
    configured(folder.path(), &origin.url("/q"), &origin.address(), fetch);
    let text = printed(&["run", "t"], folder.path());
    assert!(text.contains("1 new"), "{text}");
    let sent: Value = serde_json::from_str(&origin.seen()[0].body).expect("JSON");
    let expected = json!({ "auth": { "token": "QUAY77kZ" }, "keys": ["ebb4flow"], "env": "x", "n": 1 });
    assert_eq!(sent, expected);
    configured(folder.path(), &origin.url("/q"), &origin.address(), "body = { file = \"secret2\" }");
    printed(&["run", "t"], folder.path());
    assert_eq!(origin.seen()[1].body, "s3aw4ll");
}

#[tokio::test]
async fn parameters_stay_with_their_origin() {
    let (origin, other) = (Origin::start().await, Origin::start().await);
    // Both sites repeat what they were sent.
    origin.answer("/go?key=QUAY77kZ", "302 Found", "Location: /on?key=QUAY77kZ&a=1\r\n", b"");
    let away = format!("Location: {}\r\n", other.url("/x?a=1&key=QUAY77kZ"));
    origin.answer("/on?a=1&key=QUAY77kZ", "302 Found", &away, b"");
    other.page("/x?a=1", "<p>fine</p>");
    let mut request = request(&origin.url("/go"), &["127.0.0.1"]);
    request.query = vec![("key".to_owned(), Secret::new("QUAY77kZ".to_owned()))];
    let answer = network().fetch(&request).await.expect("a page");
    assert_eq!(other.seen()[0].path, "/x?a=1");
    assert!(!format!("{request:?} {answer:?}").contains("QUAY77kZ"));
}

#[test]
fn texts_that_look_like_secrets_are_warned_of() {
    let plain =
        "https://example.org/feed?category=harbour&lang=en&id=12345&page=2&q=harbour+news&utm_source=x";
    let headers = "[feed.fetch]\nheaders = { Cookie = \"consent=yes; lang=en\", Accept-Language = \"en\" }";
    assert_eq!(warnings(plain, headers), Vec::<String>::new());
    for (url, more, line, name) in [
        ("https://example.org/feed?token=9f3b2c", "", 3, "`token`"),
        ("https://example.org/feed?feed_token=abcdefghijklmnop", "", 3, "`feed_token`"),
        ("https://example.org/feed?pw=letmein", "", 3, "`pw`"),
        ("https://example.org/feed?id=9e107d9d372bb6826bd81d3542a419d6", "", 3, "`id`"),
        (
            "https://example.org/feed",
            "[feed.fetch]\nheaders = { Authorization = \"Bearer 9f3b2c\" }",
            6,
            "`Auth",
        ),
        (
            "https://example.org/feed",
            "[feed.fetch]\nheaders = { Cookie = \"session=9f3b2c\" }",
            6,
            "`Cookie`",
        ),
        (
            "https://example.org/feed",
            "[feed.fetch]\nquery = { k = \"a\", api_key = \"pier\" }",
            6,
            "`api_key`",
        ),
        ("https://example.org/feed", "[feed.fetch]\nbody = { password = \"summer\" }", 6, "`password`"),
        ("https://example.org/feed", "home = \"https://example.org/?sig=9f3b2c\"", 5, "`sig`"),
    ] {
        let found = warnings(url, more);
        assert_eq!(found.len(), 1, "{url} {more}: {found:?}");
        assert!(found[0].starts_with(&format!("{line}: ")) && found[0].contains(name), "{found:?}");
        assert!(!found[0].contains("9f3b2c"), "{found:?}");
    }
}

#[test]
fn secrets_in_wrong_places_are_refused_in_plain_words() {
    let unfilled = refused("\"https://example.org/feed?lang=en&key=${PIER_KEY}\"", "");
    assert!(
        unfilled.contains("feeds.toml:3:") && unfilled.contains("key = { env = \"PIER_KEY\" }"),
        "{unfilled}"
    );
    let path = refused("\"https://example.org/${PIER}?a=${QUAY}\"", "");
    assert!(!path.contains("a = { env"), "{path}");
    let nameless = refused("\"https://example.org/\"", "[feed.fetch]\nheaders = { B = { env = '' } }");
    assert!(nameless.contains("must be the name of an environment variable"), "{nameless}");
    let store = Config::parse("[store]\nurl = \"postgres://ann:S3CRET@h/db\"\n", Path::new("feeds.toml"));
    let store = store.expect_err("a mistake");
    assert!(!format!("{store} {}", store.report(false)).contains("S3CRET"), "{store}");
    let table = refused("{ env = \"PIER_URL\" }", "");
    assert!(table.contains("feeds.toml:3:") && table.contains("query = { api_key"), "{table}");
    let home = refused("\"https://example.org/\"", "home = \"https://ann:pier@example.org/\"");
    assert!(home.contains("feeds.toml:5:") && !home.contains("pier@"), "{home}");
    let body = refused("\"https://example.org/\"", "[feed.fetch]\nbody = { k = { env = \"PIER_NOT_SET\" } }");
    assert!(body.contains("feeds.toml:6:") && body.contains("PIER_NOT_SET"), "{body}");
    let both =
        refused("\"https://example.org/\"", "[feed.fetch]\nquery = { k = { env = \"A\", file = \"b\" } }");
    assert!(both.contains("exactly one"), "{both}");
}

#[test]
fn a_home_is_what_readers_see() {
    let text = "[[feed]]\nid = \"a\"\nurl = \"https://api.example.org/f/9f3b2c\"\nkind = \"feed\"\n\
                home = \"https://example.org/news\"\n[[feed]]\nid = \"all\"\nfrom = [\"*\"]\nhome = \"https://example.org/\"\n";
    let config = config(text);
    let home = |position: usize| {
        let head = config.channel_head(&config.channels[position], &feedbridge::model::FeedState::default());
        (head.home.map(String::from), head.description)
    };
    let (own, description) = home(0);
    assert_eq!(own.as_deref(), Some("https://example.org/news"));
    assert!(!description.contains("9f3b2c"), "{description}");
    assert_eq!(home(1).0.as_deref(), Some("https://example.org/"));
}

#[test]
fn a_changed_secret_of_any_kind_is_a_changed_setting() {
    let folder = tempfile::tempdir().expect("a folder");
    let hashes = |fetch: &str, secret: &str| {
        std::fs::write(folder.path().join("k"), secret).expect("written");
        let text = format!(
            "[[feed]]\nid = \"a\"\nurl = \"https://example.org/\"\nkind = \"feed\"\n[feed.fetch]\n{fetch}\n"
        );
        let config =
            Config::parse(&text, &folder.path().join("feeds.toml")).unwrap_or_else(|e| panic!("{e}"));
        assert!(!format!("{config:?}").contains(secret), "a secret has no Debug form");
        (config.feeds[0].settings_hash.clone(), config.feeds[0].rules_hash.clone())
    };
    for fetch in [
        "query = { k = { file = \"k\" } }",
        "cookies = { k = { file = \"k\" } }",
        "body = { k = { file = \"k\" } }",
    ] {
        let (before, after) = (hashes(fetch, "first-secret"), hashes(fetch, "second-secret"));
        assert_ne!(before.0, after.0, "{fetch}");
        assert_eq!(before.1, after.1, "the items are the same: {fetch}");
    }
}

#[test]
fn a_shell_without_the_secrets_can_look_at_feeds_and_mute_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let toml = "[[feed]]\nid = \"tides\"\nurl = \"https://example.org/\"\n[feed.select]\nitem = \"li\"\n\
                [feed.fetch]\nheaders = { Authorization = { env = \"FEEDBRIDGE_NOT_SET\" } }\n\
                cookies = { session = { file = \"gone\" } }\n[[notify]]\nntfy = { topic = { env = \"FEEDBRIDGE_NOT_SET\" } }\n";
    std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
    let ends = |arguments: &[&str]| {
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_feedbridge"))
            .current_dir(folder.path())
            .args(arguments)
            .output()
            .expect("ended");
        (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    assert_eq!(ends(&["feeds"]), (Some(0), String::new()));
    assert_eq!(ends(&["items", "tides"]).0, Some(0));
    let (code, said) = ends(&["mute", "tides"]);
    assert!(code == Some(1) && said.contains("not registered yet"), "{said}");
    assert_eq!(ends(&["run", "tides"]).0, Some(2));
    assert_eq!(ends(&["notify"]).0, Some(2));
}
