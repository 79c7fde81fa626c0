//! The file of the configuration while the daemon runs: emptied, cut off, gone, written in steps.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::daemon::{Daemon, Reply, run};

/// Feeds of pages that nobody serves: here it only counts whether they are configured.
fn feeds(count: usize) -> String {
    (0..count)
        .map(|i| {
            format!(
                "[[feed]]\nid = \"pier{i}\"\nurl = \"http://127.0.0.1:9/pier{i}\"\n\
                 [feed.select]\nitem = \"li\"\n[feed.fetch]\nallow_addresses = [\"127.0.0.1\"]\n"
            )
        })
        .collect()
}

fn is_refused(reply: &Reply) -> bool {
    reply.text().contains("\nfeedbridge_config_ok 0\n")
}

fn is_in_use(reply: &Reply) -> bool {
    reply.text().contains("\nfeedbridge_config_ok 1\n")
}

/// A daemon with this many feeds.
fn started(count: usize) -> (tempfile::TempDir, Daemon) {
    let folder = tempfile::tempdir().expect("a folder");
    let daemon = Daemon::start(folder.path(), &feeds(count));
    (folder, daemon)
}

#[track_caller]
fn write(folder: &Path, text: &str) {
    std::fs::write(folder.join("feeds.toml"), text).expect("written");
}

#[track_caller]
fn has(daemon: &Daemon, id: &str) {
    assert_eq!(daemon.get(&format!("/feeds/{id}.rss"), "").status, 200, "{id}");
}

#[test]
fn a_file_without_feeds_is_refused_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    for text in ["", "\n", "# to be written\n", "[server]\ntitle = \"Piers\"\n"] {
        write(folder.path(), text);
        for arguments in [&["serve", "--listen", "127.0.0.1:0", "--data", "data"][..], &["check"]] {
            let output = run(arguments, folder.path());
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{text}: {said}");
            assert!(said.contains("feeds.toml has no feeds") && said.contains("`feed = []`"), "{said}");
        }
        let json = run(&["check", "--json"], folder.path());
        let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
        assert_eq!(json["ok"], false);
        assert_eq!(json["problems"][0]["line"], 1);
    }
    write(folder.path(), "feed = []\n");
    assert!(run(&["check"], folder.path()).status.success());
}

#[test]
fn a_file_that_lost_all_feeds_by_mistake_changes_nothing() {
    let (folder, mut daemon) = started(3);
    let file = folder.path().join("feeds.toml");
    let cut_off = "[server]\ntitle = \"Piers\"\n";
    let losses: [(&str, &dyn Fn()); 4] = [
        ("emptied", &|| write(folder.path(), "")),
        ("cut off", &|| write(folder.path(), cut_off)),
        ("gone", &|| std::fs::remove_file(&file).expect("removed")),
        ("replaced", &|| {
            let other = folder.path().join("other.toml");
            std::fs::write(&other, "# nothing\n").expect("written");
            std::fs::rename(&other, &file).expect("renamed");
        }),
    ];
    for (name, lose) in losses {
        lose();
        daemon.until("/metrics", is_refused);
        has(&daemon, "pier2");
        for path in ["/", "/feeds/pier0", "/feeds/none"] {
            let page = daemon.get(path, "Accept: text/html\r\n").text();
            assert!(
                page.contains("the old one stays in use") && page.contains("feeds.toml"),
                "{name}: {page}"
            );
            assert!(!page.contains(&folder.path().display().to_string()), "{name}: {page}");
        }
        write(folder.path(), &feeds(3));
        daemon.until("/metrics", is_in_use);
        assert!(!daemon.get("/", "").text().contains("the old one stays in use"), "{name}");
    }
    let log = daemon.log_after_end();
    assert_eq!(log.matches("the configuration is in order again").count(), 4, "{log}");
}

#[test]
fn a_mistake_is_shown_on_the_pages_with_its_line_and_without_secrets() {
    let (folder, daemon) = started(1);
    let header = "[feed.fetch.headers]\n\"X-Key: 5up3rs3cret\" = \"on\"\n";
    write(folder.path(), &feeds(1).replace("[feed.fetch]", &format!("{header}[feed.fetch]")));
    daemon.until("/metrics", is_refused);
    let page = daemon.get("/", "").text();
    assert!(page.contains("feeds.toml, line ") && !page.contains("5up3rs3cret"), "{page}");
    write(folder.path(), &format!("{}shedule = \"every 1h\"\n", feeds(1)));
    let page = daemon.until("/", |page| page.text().contains("shedule")).text();
    assert!(page.contains("feeds.toml, line 8: unknown key `shedule`"), "{page}");
}

#[test]
fn a_file_that_is_written_in_steps_is_read_whole() {
    let (folder, mut daemon) = started(2);
    let whole = feeds(4);
    write(folder.path(), "");
    std::thread::sleep(Duration::from_millis(40));
    // Each step is a file without mistakes, but with other feeds.
    for (end, _) in whole.match_indices("[[feed]]").skip(1) {
        write(folder.path(), &whole[..end]);
        std::thread::sleep(Duration::from_millis(40));
    }
    write(folder.path(), &whole);
    daemon.until("/feeds/pier3.rss", |reply| reply.status == 200);
    assert!(is_in_use(&daemon.get("/metrics", "")));
    let log = daemon.log_after_end();
    assert!(!log.contains("the old configuration stays in use"), "{log}");
    assert!(log.matches("the new configuration is in use").count() <= 1, "{log}");
}

#[test]
fn a_new_file_a_second_after_the_old_one_went_is_read() {
    let (folder, daemon) = started(1);
    std::fs::remove_file(folder.path().join("feeds.toml")).expect("removed");
    std::thread::sleep(Duration::from_secs(1));
    has(&daemon, "pier0");
    write(folder.path(), &feeds(2));
    daemon.until("/feeds/pier1.rss", |reply| reply.status == 200);
    daemon.until("/metrics", is_in_use);
}

#[test]
fn most_feeds_go_only_after_a_second_look() {
    let (folder, mut daemon) = started(10);
    let begin = Instant::now();
    write(folder.path(), &feeds(2));
    daemon.until("/feeds/pier9.rss", |reply| reply.status == 404);
    assert!(begin.elapsed() > Duration::from_secs(2), "{:?}", begin.elapsed());
    has(&daemon, "pier1");
    write(folder.path(), "feed = []\n");
    daemon.until("/feeds/pier1.rss", |reply| reply.status == 404);
    assert!(is_in_use(&daemon.get("/metrics", "")));
    let log = daemon.log_after_end();
    assert_eq!(log.matches("has lost most of its feeds").count(), 2, "{log}");
}

#[test]
fn a_signal_takes_an_empty_file_but_not_a_missing_one() {
    let (folder, daemon) = started(2);
    let file = folder.path().join("feeds.toml");
    std::fs::remove_file(&file).expect("removed");
    daemon.signal("HUP");
    daemon.until("/metrics", is_refused);
    has(&daemon, "pier1");
    write(folder.path(), "");
    daemon.signal("HUP");
    daemon.until("/feeds/pier1.rss", |reply| reply.status == 404);
    // The change of the file is noticed later than the signal, and must not be refused then.
    std::thread::sleep(Duration::from_secs(1));
    assert!(is_in_use(&daemon.get("/metrics", "")));
}

/// Makes a link, or lets it lead elsewhere in one step.
fn relink(target: &str, link: &Path) {
    let new = link.with_file_name("next-link");
    symlink(target, &new).expect("a link");
    std::fs::rename(&new, link).expect("renamed");
}

/// A daemon whose configuration is at a path in a folder with the folders `one`, `two` and `three`: each has a
/// feeds.toml with that many feeds.
fn started_at(path: &str, links: &[(&str, &str)]) -> (tempfile::TempDir, Daemon) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, count) in [("one", 1), ("two", 2), ("three", 3)] {
        std::fs::create_dir_all(folder.path().join(name)).expect("made");
        write(&folder.path().join(name), &feeds(count));
    }
    std::fs::create_dir(folder.path().join("etc")).expect("made");
    for (link, target) in links {
        relink(target, &folder.path().join(link));
    }
    let options = ["serve", "--listen", "127.0.0.1:0", "--data", "data", "--config", path];
    let daemon = Daemon::start_with(folder.path(), &options);
    (folder, daemon)
}

#[test]
fn a_link_on_the_way_to_the_file_may_lead_elsewhere() {
    let kubernetes: &[(&str, &str)] = &[("etc/..data", "../one"), ("etc/feeds.toml", "..data/feeds.toml")];
    let outside: &[(&str, &str)] = &[("current", "one"), ("etc/feeds.toml", "../current/feeds.toml")];
    // The path of the configuration, its links, the link that changes, and the way that its targets are written.
    for (path, links, changed, target) in [
        (
            "etc/feeds.toml",
            &[("etc/feeds.toml", "../one/feeds.toml")][..],
            "etc/feeds.toml",
            "../N/feeds.toml",
        ),
        ("etc/feeds.toml", kubernetes, "etc/..data", "../N"),
        ("etc/feeds.toml", outside, "current", "N"),
        ("current/feeds.toml", &[("current", "one")][..], "current", "N"),
    ] {
        let (folder, daemon) = started_at(path, links);
        assert_eq!(daemon.get("/feeds/pier1.rss", "").status, 404, "{changed}");
        let link = folder.path().join(changed);
        relink(&target.replace('N', "two"), &link);
        daemon.until("/feeds/pier1.rss", |reply| reply.status == 200);
        relink(&target.replace('N', "three"), &link);
        daemon.until("/feeds/pier2.rss", |reply| reply.status == 200);
        // The file itself may change where nothing was watched at the start.
        write(&folder.path().join("three"), &feeds(4));
        daemon.until("/feeds/pier3.rss", |reply| reply.status == 200);
    }
}

#[test]
fn a_link_that_leads_nowhere_for_a_while_changes_nothing() {
    let (folder, daemon) = started_at("etc/feeds.toml", &[("etc/feeds.toml", "../one/feeds.toml")]);
    let link = folder.path().join("etc/feeds.toml");
    relink("../none/feeds.toml", &link);
    daemon.until("/metrics", is_refused);
    has(&daemon, "pier0");
    relink("../two/feeds.toml", &link);
    daemon.until("/feeds/pier1.rss", |reply| reply.status == 200);
    daemon.until("/metrics", is_in_use);
}

#[test]
fn a_change_that_is_seen_twice_is_told_once() {
    let (folder, mut daemon) = started(1);
    write(folder.path(), &format!("[server]\ntitel = \"Piers\"\n{}", feeds(1)));
    // The path is followed once more in this time.
    std::thread::sleep(Duration::from_millis(2500));
    let log = daemon.log_after_end();
    assert_eq!(log.matches("the old configuration stays in use").count(), 1, "{log}");
}
