//! Commands that must say no, or say more: an input that they cannot read, a folder that cannot be made, a secret
//! that is written down.

use std::process::Output;

use crate::support::daemon::{program, run};
use crate::support::origin::Origin;
use crate::support::{feed_toml, listing};

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("joined")
}

#[test]
fn data_are_no_article() {
    let folder = tempfile::tempdir().expect("a folder");
    let rss = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Quay</title><item><title>The ferry \
        left at nine</title></item></channel></rss>";
    let sitemap = "<urlset><url><loc>https://quay.example.org/1</loc></url></urlset>";
    for (name, text, says) in [
        ("one.json", "{\"title\": \"Quay\", \"body\": \"The ferry left at nine.\"}", "this is JSON"),
        ("list.json", "\u{feff} [{\"title\": \"The ferry left at nine\"}]", "this is JSON"),
        ("log.json", "{\"title\": \"Ferry\"}\n{\"title\": \"Lamps\"}\n", "this is JSON"),
        ("feed.xml", rss, "this is a feed"),
        ("map.xml", sitemap, "this is a sitemap"),
        ("tides.xml", "<?xml version=\"1.0\"?><tides><tide>9 m</tide></tides>", "this is XML"),
    ] {
        std::fs::write(folder.path().join(name), text).expect("written");
        let output = run(&["article", name], folder.path());
        assert_eq!(output.status.code(), Some(1), "{name}: {}", stderr(&output));
        assert!(output.stdout.is_empty() && stderr(&output).contains(says), "{name}: {}", stderr(&output));
    }
}

#[test]
fn a_page_with_braces_is_still_an_article() {
    let folder = tempfile::tempdir().expect("a folder");
    let sentence = "The ferry left the harbour at nine, and the lamps on the quay were lit an hour later. ";
    let page = format!("{{% head %}}<h1>Quay</h1><article><p>{}</p></article>", sentence.repeat(5));
    std::fs::write(folder.path().join("page.html"), page).expect("written");
    let output = run(&["article", "page.html"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_that_cannot_be_made_is_named_with_what_to_do() {
    let origin = Origin::start().await;
    origin.page("/", &listing(&["One"]));
    let toml = feed_toml("quay", &origin.url("/"), &origin.address(), "");
    blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
        std::fs::write(folder.path().join("taken"), "a file").expect("written");
        let serve = ["serve", "--listen", "127.0.0.1:0"];
        for arguments in [&["run", "quay"][..], &["build", "--out", "public"], &serve] {
            let mut command = program();
            command.args(arguments).current_dir(folder.path()).env("FEEDBRIDGE_DATA", "taken/data");
            let output = command.output().expect("the program starts");
            let said = stderr(&output);
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(said.contains("cannot make the data folder taken/data"), "{said}");
            assert!(said.contains("FEEDBRIDGE_DATA") && !said.contains("restore a backup"), "{said}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn add_warns_of_a_secret_that_it_writes_down() {
    let key = "8c1f9a7b2d3e4f5061728394";
    let origin = Origin::start().await;
    let titles: Vec<String> =
        (1..=9).map(|n| format!("Boat shed {n} gets a new roof before winter")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    origin.page(&format!("/notices?api_key={key}"), &listing(&titles));
    let url = format!("{}?api_key={key}", origin.url("/notices"));
    let address = origin.address();
    blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        let arguments = ["add", &url, "--yes", "--allow-address", &address, "--listing", "1"];
        let output = run(&arguments, folder.path());
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(said.contains("warning: `api_key` in `url` looks like a secret"), "{said}");
        assert!(said.contains("api_key = { env = \"NAME\" }") && !said.contains(key), "{said}");
    })
    .await;
}

#[test]
fn a_number_that_nobody_counted_is_no_date() {
    let folder = tempfile::tempdir().expect("a folder");
    for text in ["several days ago", "a few hours ago", "несколько дней назад", "几天前", "qualche giorno fa"]
    {
        let output = run(&["date", text], folder.path());
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(stderr(&output).contains("not understood"), "{text}: {}", stderr(&output));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_the_level_debug_tells_of_each_fetch() {
    let origin = Origin::start().await;
    origin.page("/", &listing(&["One"]));
    let toml = feed_toml("quay", &origin.url("/"), &origin.address(), "");
    blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
        let said = stderr(&run(&["run", "quay", "--log", "debug"], folder.path()));
        for part in ["DEBUG", "a run begins", "status=200", "fetched http://127.0.0.1"] {
            assert!(said.contains(part), "{part}: {said}");
        }
    })
    .await;
}
