//! A URL is enough: `add`, and feeds that have nothing but a `url`.

use std::io::Write as _;
use std::process::Stdio;

use feedbridge::config::Config;
use feedbridge::model::Outcome;
use serde_json::Value;

use crate::support::daemon::{Daemon, program, run};
use crate::support::origin::Origin;
use crate::support::recorded::{Bench, Next};

/// A listing of a club's notices; `class` is that of an item.
fn listing(class: &str, numbers: impl Iterator<Item = u32>) -> String {
    let rows: Vec<String> = numbers
        .map(|n| {
            format!(
                "<li class=\"{class}\"><h3><a href=\"/notices/boat-shed-{n}\">Boat shed {n} gets a new roof before winter</a></h3>\
                 <span class=\"day\">{} November 2026</span><p>The committee has looked at shed {n} and found the beams dry.</p></li>",
                n % 19 + 1
            )
        })
        .collect();
    let rows = rows.concat();
    format!(
        "<!doctype html><html lang=\"en\"><head><title>Rowing club: notices</title></head><body><nav><a href=\"/\">Home</a> \
         <a href=\"/boats\">Boats</a> <a href=\"/join\">Join us</a></nav><main><ul class=\"notices\">{rows}</ul></main>\
         <footer><a href=\"/imprint\">Imprint</a> <a href=\"/privacy\">Privacy</a></footer></body></html>"
    )
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("joined")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_becomes_a_feed_that_is_served() {
    let origin = Origin::start().await;
    origin.page("/notices", &listing("notice", 1..=9));
    let folder = tempfile::tempdir().expect("a folder");
    let before = "# my feeds\n[server]\nlisten = \"127.0.0.1:8091\" # mine\n\n[limits]\npace_s = 0\n";
    std::fs::write(folder.path().join("feeds.toml"), before).expect("written");
    let (path, url, address) = (folder.path().to_owned(), origin.url("/notices"), origin.address());
    let added =
        blocking(move || run(&["add", &url, "--id", "club", "--yes", "--allow-address", &address], &path))
            .await;
    let stdout = String::from_utf8_lossy(&added.stdout).into_owned();
    assert!(added.status.success(), "{stdout}{}", String::from_utf8_lossy(&added.stderr));
    assert!(stdout.contains("Boat shed 1 gets a new roof") && stdout.contains("9 dates"), "{stdout}");
    assert!(stdout.contains("http://127.0.0.1:8091/feeds/club.rss"), "{stdout}");
    let toml = std::fs::read_to_string(folder.path().join("feeds.toml")).expect("readable");
    assert!(toml.starts_with(before), "comments and order stay: {toml}");

    let (path, url, address) = (folder.path().to_owned(), origin.url("/notices"), origin.address());
    let again =
        blocking(move || run(&["add", &url, "--id", "club2", "--yes", "--allow-address", &address], &path))
            .await;
    let stderr = String::from_utf8_lossy(&again.stderr).into_owned();
    assert_eq!(again.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("`club` reads this address already"), "{stderr}");
    assert_eq!(std::fs::read_to_string(folder.path().join("feeds.toml")).expect("readable"), toml);

    let path = folder.path().to_owned();
    let daemon =
        blocking(move || Daemon::start_with(&path, &["serve", "--listen", "127.0.0.1:0", "--data", "data"]))
            .await;
    let feed: Value = blocking(move || {
        daemon.until("/feeds/club.json", |reply| reply.text().contains("Boat shed 1 gets")).json()
    })
    .await;
    assert_eq!(feed["items"].as_array().map(Vec::len), Some(9));
    assert!(feed["items"][0]["date_published"].as_str().is_some_and(|d| d.starts_with("2026-11-")));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_without_a_yes() {
    let origin = Origin::start().await;
    origin.page("/notices", &listing("notice", 1..=9));
    origin.page("/app", "<html><body><div id=\"root\"></div><script src=\"/app.js\"></script></body></html>");
    let folder = tempfile::tempdir().expect("a folder");
    let (path, url, address) = (folder.path().to_owned(), origin.url("/notices"), origin.address());
    let output = blocking(move || {
        let mut child = program()
            .args(["add", &url, "--allow-address", &address])
            .current_dir(path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        child.stdin.take().expect("piped").write_all(b"n\n").expect("written");
        child.wait_with_output().expect("it ends")
    })
    .await;
    assert_eq!(output.status.code(), Some(1), "a script can tell");
    assert!(String::from_utf8_lossy(&output.stdout).contains("item = \"li.notice\""));
    assert!(!folder.path().join("feeds.toml").exists());
    let (path, url, address) = (folder.path().to_owned(), origin.url("/app"), origin.address());
    let shell = blocking(move || run(&["add", &url, "--yes", "--allow-address", &address], &path)).await;
    assert_eq!(shell.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&shell.stderr).contains("needs_scripts"));
    assert!(!folder.path().join("feeds.toml").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_a_password_is_refused_before_it_is_fetched() {
    let origin = Origin::start().await;
    origin.page("/notices", &listing("notice", 1..=9));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_owned();
    let url = origin.url("/notices").replace("http://", "http://ann:pier55@");
    let address = origin.address();
    let output = blocking(move || run(&["add", &url, "--yes", "--allow-address", &address], &path)).await;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("user name or password") && !stderr.contains("pier55"), "{stderr}");
    assert_eq!(origin.connections(), 0);
    assert!(!folder.path().join("feeds.toml").exists());
}

const BARE: &str = "[[feed]]\nurl = \"https://club.example.org/notices\"\n";

async fn bench() -> Bench {
    let config = Config::parse(BARE, std::path::Path::new("feeds.toml")).expect("a url is enough");
    Bench::new(config, "2026-11-25T06:00:00Z".parse().expect("an instant")).await
}

/// Shows the page to a run; gives how many items are new, or the trouble.
async fn visit(bench: &Bench, page: &str) -> Result<u32, String> {
    bench.next(Next::Page(page.as_bytes().to_vec(), Some("text/html".to_owned())));
    let report = bench.run().await;
    match report.record.outcome {
        Outcome::Failed(trouble) => Err(trouble.kind.name().to_owned()),
        _ => Ok(report.record.added),
    }
}

#[tokio::test]
async fn a_bare_url_finds_its_listing_and_keeps_to_it() {
    let bench = bench().await;
    assert_eq!(visit(&bench, &listing("notice", 1..=9)).await, Ok(9));
    let memory = bench.tools.store.memory(&bench.config.feeds[0].id).await.expect("readable").expect("known");
    assert!(memory.learned.is_some_and(|rules| rules.spec.item() == "li.notice"));
    // Another list grows larger than the one that was found: the feed does not change over to it.
    let other: Vec<String> = (1..60)
        .map(|n| format!("<div class=\"result\"><h2><a href=\"/results/regatta-{n}\">Regatta {n} has its results and pictures</a></h2><time>2026-11-{:02}</time><p>All boats came home before the rain, and the eights were the fastest.</p></div>", n % 20 + 1))
        .collect();
    let other = other.concat();
    let page = listing("notice", 3..=11).replace("</main>", &format!("</main><section>{other}</section>"));
    assert_eq!(visit(&bench, &page).await, Ok(2));
}

#[tokio::test]
async fn a_new_layout_is_learned_if_it_shows_known_items() {
    let bench = bench().await;
    assert_eq!(visit(&bench, &listing("notice", 1..=9)).await, Ok(9));
    let moved = listing("entry", 2..=10).replace("ul class=\"notices\"", "ul class=\"board\"");
    assert_eq!(visit(&bench, &moved).await, Ok(1), "the items are the same, and one is new");
    assert_eq!(visit(&bench, &moved.replace("shed 10", "shed 12")).await, Ok(0), "the new rules are kept");
    // Another list in another layout is no news of this feed.
    let strange = listing("x", 50..=60)
        .replace("ul class=\"notices\"", "ol class=\"x-list\"")
        .replace("/notices/", "/shop/");
    assert_eq!(visit(&bench, &strange).await, Err("container_missing".to_owned()));
    assert_eq!(visit(&bench, &moved).await, Ok(0));
}

#[tokio::test]
async fn items_in_another_shape_heal_inside_their_container() {
    let bench = bench().await;
    let held = |class: &str, n: u32| {
        let page = listing(class, 1..=n).replace("<ul class=\"notices\">", "<ul>");
        page.replace("<main>", "<main id=\"content\">")
    };
    assert_eq!(visit(&bench, &held("notice", 9)).await, Ok(9));
    assert_eq!(visit(&bench, &held("entry", 10)).await, Ok(1), "the container is the same");
}

#[tokio::test]
async fn other_settings_are_no_reason_to_look_for_another_list() {
    let mut bench = bench().await;
    assert_eq!(visit(&bench, &listing("notice", 1..=9)).await, Ok(9));
    let config = format!("{BARE}language = \"en\"\n");
    let config = Config::parse(&config, std::path::Path::new("feeds.toml")).expect("a configuration");
    bench.config = config;
    let strange = listing("x", 50..=60).replace("ul class=\"notices\"", "ol class=\"x-list\"");
    assert_eq!(visit(&bench, &strange).await, Err("container_missing".to_owned()));
    assert_eq!(visit(&bench, &listing("notice", 1..=10)).await, Ok(1));
}

#[tokio::test]
async fn a_page_that_asks_for_something_says_so_later_too() {
    let bench = bench().await;
    assert_eq!(visit(&bench, &listing("notice", 1..=9)).await, Ok(9));
    let captcha = "<html><head><title>One moment</title></head><body><h1>Checking your browser</h1><p>Please verify you are human.</p><script src=\"/c.js\"></script></body></html>";
    assert_eq!(visit(&bench, captcha).await, Err("challenge".to_owned()));
    assert_eq!(visit(&bench, &listing("notice", 1..=9)).await, Ok(0));
}

#[tokio::test]
async fn a_listing_that_is_empty_for_a_day_is_not_given_up() {
    let bench = bench().await;
    assert_eq!(visit(&bench, &listing("notice", 1..=9)).await, Ok(9));
    let rows: Vec<String> = (1..9)
        .map(|n| {
            format!("<li><a href=\"/notices/boat-shed-{n}\">Boat shed {n} gets a new roof before winter</a> 3 November 2026</li>")
        })
        .collect();
    let other = format!("<ol class=\"news\">{}</ol>", rows.concat());
    let empty = listing("notice", std::iter::empty()).replace("</footer>", &format!("{other}</footer>"));
    assert_eq!(visit(&bench, &empty).await, Err("container_empty".to_owned()));
    assert_eq!(visit(&bench, &listing("notice", 1..=10)).await, Ok(1));
}

#[tokio::test]
async fn a_bare_url_may_be_a_feed_or_a_page_of_a_login() {
    let bench = bench().await;
    let login = "<html><body><main><h1>Members</h1><form action=\"/login\" method=\"post\"><input name=\"u\"><input type=\"password\" name=\"p\"><button>Log in</button></form></main></body></html>";
    assert_eq!(visit(&bench, login).await, Err("login".to_owned()));
    let feed = "<rss version=\"2.0\"><channel><title>Club</title><item><title>One</title><link>https://club.example.org/1</link></item></channel></rss>";
    assert_eq!(visit(&bench, feed).await, Ok(1));
}

/// The title of the bench's feed, as documents and pages have it, and the version of its documents.
async fn title(bench: &Bench) -> (String, u64) {
    let feed = &bench.config.feeds[0];
    let state = bench.tools.store.state(&feed.id).await.expect("readable").expect("known");
    (bench.config.head(feed, &state).title, state.version)
}

#[tokio::test]
async fn a_bare_url_is_titled_by_its_page() {
    let mut bench = bench().await;
    assert_eq!(title(&bench).await.0, "club.example.org/notices", "until the page was read");
    assert_eq!(visit(&bench, &listing("notice", 1..=9)).await, Ok(9));
    let (first, version) = title(&bench).await;
    assert_eq!(first, "Rowing club: notices");
    // A page that counts something in its title makes no new document by that alone.
    let counted = |n: u32| listing("notice", 1..=n).replace("Rowing club", "(2)\n Rowing  club");
    assert_eq!(visit(&bench, &counted(9)).await, Ok(0));
    assert_eq!(title(&bench).await, (first, version));
    assert_eq!(visit(&bench, &counted(10)).await, Ok(1));
    assert_eq!(title(&bench).await, ("(2) Rowing club: notices".to_owned(), version + 1));
    // The last title stays if the page has none.
    let untitled = listing("notice", 1..=11).replace("Rowing club: notices", " \u{200f} ");
    assert_eq!(visit(&bench, &untitled).await, Ok(1));
    assert_eq!(title(&bench).await.0, "(2) Rowing club: notices");
    let titled = format!("{BARE}title = \"Boats\"\n");
    bench.config = Config::parse(&titled, std::path::Path::new("feeds.toml")).expect("a configuration");
    assert_eq!(title(&bench).await.0, "Boats", "feeds.toml wins");
}

#[tokio::test]
async fn a_feed_without_items_gives_its_title_all_the_same() {
    let mut bench = bench().await;
    let before = title(&bench).await;
    let empty = "<rss version=\"2.0\"><channel><title>Tide &amp; times</title><link>https://club.example.org/</link></channel></rss>";
    let config = format!("{BARE}kind = \"feed\"\n");
    bench.config = Config::parse(&config, std::path::Path::new("feeds.toml")).expect("a configuration");
    assert_eq!(visit(&bench, empty).await, Ok(0));
    let (read, version) = title(&bench).await;
    assert_eq!(read, "Tide & times");
    assert!(version > before.1, "the empty document is rendered again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_needs_no_scheme() {
    let folder = tempfile::tempdir().expect("a folder");
    blocking(move || {
        // Nothing listens there: the answer shows which address was tried.
        for command in [&["add", "--yes"][..], &["detect"], &["article"], &["preview"]] {
            let target = ["feeds.example.invalid/notices"];
            let arguments = [command, &target, &["--timeout", "5"]].concat();
            let output = run(&arguments, folder.path());
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(1), "{command:?}: {stderr}");
        }
        let file = run(&["detect", "notices.html"], folder.path());
        assert_eq!(file.status.code(), Some(2), "{}", String::from_utf8_lossy(&file.stderr));
    })
    .await;
}
