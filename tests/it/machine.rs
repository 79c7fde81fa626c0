//! The machine fails, and no site is to blame: a full disk, a damaged or lost database, too few open files.

use std::io::{Seek, SeekFrom, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use feedbridge::clock::ManualClock;
use feedbridge::fetch::FetchFailure;
use feedbridge::model::{Outcome, Trouble, TroubleKind};
use feedbridge::run::JqProgram;
use feedbridge::store::{SqliteStore, StoreError};

use crate::support::daemon::{Daemon, run};
use crate::support::origin::Origin;
use crate::support::recorded::{Bench, Next};
use crate::support::{config, feed_toml, listing};

fn start() -> DateTime<Utc> {
    "2026-03-05T06:00:00Z".parse().expect("an instant")
}

fn items(reply: &crate::support::daemon::Reply) -> usize {
    reply.json()["items"].as_array().map_or(0, Vec::len)
}

/// Titles of about 900 bytes each.
fn long_titles(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{number} {}", "harvest ".repeat(112))).collect()
}

fn long_listing(count: usize) -> String {
    let titles = long_titles(count);
    listing(&titles.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A database with the items of one run. Everything is in the main file.
async fn filled_database(folder: &Path) -> std::path::PathBuf {
    let bench = Bench::new(config(&feed_toml("t", "https://example.org/", "127.0.0.1", "")), start()).await;
    bench.page(&long_listing(200));
    bench.run().await;
    let copy = folder.join("feedbridge.db");
    let open = rusqlite::Connection::open(bench.database()).expect("a database");
    open.execute("VACUUM INTO ?1", [copy.to_str().expect("UTF-8")]).expect("copied");
    copy
}

/// Writes garbage over whole pages of a file.
fn damage(file: &Path, pages: std::ops::Range<u64>) {
    let mut open = std::fs::OpenOptions::new().write(true).open(file).expect("writable");
    open.seek(SeekFrom::Start(pages.start * 4096)).expect("it is that long");
    let length = usize::try_from((pages.end - pages.start) * 4096).expect("small");
    open.write_all(&vec![0xa5; length]).expect("written");
}

/// The number of the first page of a table.
fn root_page(file: &Path, table: &str) -> u64 {
    let open = rusqlite::Connection::open(file).expect("a database");
    let query = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
    let page: i64 = open.query_row(query, [table], |row| row.get(0)).expect("a table");
    u64::try_from(page).expect("positive")
}

#[tokio::test]
async fn a_damaged_database_is_found_at_the_start_and_left_alone() {
    for part in ["middle", "one page", "cut"] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = filled_database(folder.path()).await;
        let length = std::fs::metadata(&file).expect("it is there").len();
        assert!(length > 40 * 4096, "{length}");
        match part {
            "middle" => damage(&file, 20..30),
            "one page" => damage(&file, root_page(&file, "items") - 1..root_page(&file, "items")),
            _ => {
                let open = std::fs::OpenOptions::new().write(true).open(&file).expect("writable");
                open.set_len(length / 2 / 4096 * 4096).expect("cut");
            }
        }
        let before = std::fs::read(&file).expect("readable");
        let clock = Arc::new(ManualClock::new(start()));
        let error = SqliteStore::open(&file, clock).err().expect(part);
        assert!(matches!(error, StoreError::Damaged { .. }), "{part}: {error}");
        let said = error.to_string();
        assert!(said.contains("feedbridge.db") && said.contains("restore a backup"), "{said}");
        assert!(said.contains("history is lost"), "{said}");
        assert_eq!(std::fs::read(&file).expect("readable"), before, "{part}");
    }
}

#[tokio::test]
async fn the_daemon_does_not_start_on_a_damaged_database() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("data")).expect("a folder");
    let file = filled_database(&folder.path().join("data")).await;
    damage(&file, 25..26);
    std::fs::write(folder.path().join("feeds.toml"), "feed = []\n").expect("written");
    let output = run(&["serve", "--listen", "127.0.0.1:0", "--data", "data"], folder.path());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("is damaged") && said.contains("restore a backup"), "{said}");
}

#[tokio::test]
async fn a_page_that_breaks_later_is_found_before_a_request_is_made() {
    let bench = Bench::new(config(&feed_toml("t", "https://example.org/", "127.0.0.1", "")), start()).await;
    let id = bench.config.feeds[0].id.clone();
    bench.page(&long_listing(300));
    bench.run().await;
    let store = bench.tools.store.clone();
    store.check().await.expect("whole");
    let open = rusqlite::Connection::open(bench.database()).expect("a database");
    open.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("all is in the main file");
    drop(open);
    let root = root_page(&bench.database(), "items");
    damage(&bench.database(), root - 1..root);
    // A writer's commit makes the reader forget the pages that it has in memory.
    bench.clock.advance(TimeDelta::hours(1));
    bench.next(Next::Panics);
    let report = bench.run().await;
    let Outcome::Failed(trouble) = &report.record.outcome else { panic!("{report:?}") };
    assert_eq!(trouble.kind, TroubleKind::Machine, "{trouble}");
    let error = store.check().await.expect_err("damaged");
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    let state = store.state(&id).await.expect("the table of feeds is whole").expect("registered");
    assert_eq!(state.failures, 1, "it is tried again after a pause");
    assert_eq!(state.trouble.map(|trouble| trouble.kind), Some(TroubleKind::Machine), "no site is to blame");
}

#[tokio::test]
async fn a_run_that_this_machine_could_not_do_is_put_off_and_not_counted() {
    let bench = Bench::new(config(&feed_toml("t", "https://example.org/", "127.0.0.1", "")), start()).await;
    let id = bench.config.feeds[0].id.clone();
    bench.page(&listing(&["One"]));
    bench.run().await;
    let before = bench.tools.store.state(&id).await.expect("a state");
    let trouble = Trouble::new(TroubleKind::Machine, "no open files");
    bench.next(Next::Fails(FetchFailure::from(trouble)));
    for _ in 0..3 {
        bench.clock.advance(TimeDelta::minutes(1));
        let report = bench.run().await;
        assert!(matches!(report.record.outcome, Outcome::Failed(_)));
    }
    let after = bench.tools.store.state(&id).await.expect("a state").expect("registered");
    let before = before.expect("registered");
    assert_eq!((after.failures, &after.trouble), (0, &None));
    assert_eq!((after.version, after.last_success), (before.version, before.last_success));
    assert_eq!(bench.tools.store.runs(&id, 10).await.expect("runs").len(), 1, "nothing is recorded");
    let due = bench.tools.store.next_due().await.expect("an answer").expect("a time");
    assert_eq!(due, start() + TimeDelta::minutes(3) + TimeDelta::seconds(30), "it is due again soon");
    bench.page(&listing(&["One", "Two"]));
    assert_eq!(bench.run().await.record.added, 1);
}

#[tokio::test]
async fn a_process_for_jq_that_cannot_be_started_is_no_problem_of_fields() {
    let toml = "[[feed]]\nid = \"api\"\nurl = \"https://example.org/api\"\nkind = \"json\"\n\
        [feed.select]\nitem = \"$[*]\"\ntitle = \"name\"\nlink = \"href\"\nsummary = { jq = \".lead\" }\n";
    let mut bench = Bench::new(config(toml), start()).await;
    let id = bench.config.feeds[0].id.clone();
    bench.next(Next::Page(br#"[{"name":"Lock","href":"/1","lead":"It is painted."}]"#.to_vec(), None));
    let working = std::mem::replace(&mut bench.tools.jq, JqProgram::at(Path::new("/nonexistent/feedbridge")));
    let Outcome::Failed(trouble) = bench.run().await.record.outcome else { panic!("it ran without jq") };
    assert_eq!(trouble.kind, TroubleKind::Machine, "{trouble}");
    assert!(trouble.detail.contains("jq"), "{trouble}");
    let state = bench.tools.store.state(&id).await.expect("the store answers").expect("registered");
    assert_eq!(state.failures, 1, "it may last, so there is a back-off");
    bench.tools.jq = working;
    assert_eq!(bench.run().await.record.added, 1);
}

#[tokio::test]
async fn a_database_that_is_deleted_or_replaced_is_noticed_and_not_written() {
    let origin = Origin::start().await;
    origin.page("/", &listing(&["One", "Two"]));
    let toml = feed_toml("t", &origin.url("/"), &origin.address(), "");
    tokio::task::spawn_blocking(move || {
        for replaced in [false, true] {
            let folder = tempfile::tempdir().expect("a folder");
            let mut daemon = Daemon::start(folder.path(), &toml);
            daemon.until("/feeds/t.json", |r| r.status == 200 && items(r) == 2);
            assert_eq!(daemon.get("/health/ready", "").status, 200);
            let file = folder.path().join("data/feedbridge.db");
            std::fs::rename(&file, folder.path().join("away.db")).expect("moved");
            if replaced {
                std::fs::write(&file, "").expect("written");
            }
            for _ in 0..20 {
                let reply = daemon.get("/health/ready", "");
                assert_eq!(reply.status, 503);
                assert!(reply.text().contains("deleted or replaced"), "{}", reply.text());
                assert!(!reply.text().contains("feedbridge.db"), "paths are for the log");
            }
            assert_eq!(items(&daemon.get("/feeds/t.json", "")), 2, "what is known is still served");
            assert_eq!(daemon.get("/health/live", "").status, 200);
            if replaced {
                assert_eq!(std::fs::metadata(&file).expect("it is there").len(), 0, "nothing was written");
                std::fs::rename(folder.path().join("away.db"), &file).expect("moved back");
                daemon.until("/health/ready", |r| r.status == 200);
            }
            let log = daemon.log_after_end();
            assert_eq!(log.matches("was deleted or replaced").count(), 1, "{log}");
            assert!(log.contains("feedbridge.db") && log.contains("put it back"), "{log}");
        }
    })
    .await
    .expect("joined");
}

#[tokio::test]
async fn the_log_of_a_database_that_is_gone_is_left_alone() {
    let origin = Origin::start().await;
    origin.page("/", &listing(&["One", "Two"]));
    let toml = feed_toml("t", &origin.url("/"), &origin.address(), "");
    tokio::task::spawn_blocking(move || {
        for is_empty in [false, true] {
            let folder = tempfile::tempdir().expect("a folder");
            let daemon = Daemon::start(folder.path(), &toml);
            daemon.until("/feeds/t.json", |r| r.status == 200 && items(r) == 2);
            let file = folder.path().join("data/feedbridge.db");
            let log = folder.path().join("data/feedbridge.db-wal");
            let before = std::fs::read(&log).expect("a log");
            assert!(!before.is_empty());
            let away = folder.path().join("away.db");
            std::fs::rename(&file, &away).expect("moved");
            if is_empty {
                std::fs::write(&file, "").expect("written");
            }
            for arguments in
                [&["run", "t", "--data", "data"][..], &["build", "--out", "out", "--data", "data"]]
            {
                let output = run(arguments, folder.path());
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.code(), Some(1), "{said}");
                assert!(said.contains("its -wal is there") && said.contains("put the file back"), "{said}");
                assert_eq!(file.exists(), is_empty, "no new database is made");
                assert_eq!(std::fs::read(&log).expect("a log"), before);
            }
            std::fs::rename(&away, &file).expect("moved back");
            daemon.until("/health/ready", |r| r.status == 200);
            assert!(run(&["run", "t", "--data", "data"], folder.path()).status.success());
        }
    })
    .await
    .expect("joined");
}

#[tokio::test]
async fn an_empty_database_file_is_taken_as_new_with_a_warning() {
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("data")).expect("a folder");
        std::fs::write(folder.path().join("data/feedbridge.db"), "").expect("written");
        let mut daemon = Daemon::start(folder.path(), "feed = []\n");
        assert_eq!(daemon.get("/health/ready", "").status, 200);
        let log = daemon.log_after_end();
        assert_eq!(log.matches("is an empty file: it is taken as a new one").count(), 1, "{log}");
    })
    .await
    .expect("joined");
}

#[tokio::test]
async fn a_database_that_cannot_grow_is_one_line_in_the_log_and_ready_says_why() {
    let origin = Origin::start().await;
    origin.page("/a", &listing(&["One", "Two"]));
    origin.page("/b", &long_listing(480));
    let feed = |id: &str| feed_toml(id, &origin.url(&format!("/{id}")), &origin.address(), "");
    let (a, b) = (feed("a"), feed("b"));
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        // Blocks of 512 bytes in some shells, of 1024 in others: enough for a new database, and not for /b.
        let mut daemon = Daemon::start_after(folder.path(), &a, "ulimit -f 800");
        daemon.until("/feeds/a.json", |r| r.status == 200 && items(r) == 2);
        assert_eq!(daemon.get("/health/ready", "").status, 200);
        std::fs::write(folder.path().join("feeds.toml"), format!("{a}{b}")).expect("written");
        daemon.signal("HUP");
        let reply = daemon.until("/health/ready", |r| r.status == 503);
        assert!(reply.text().contains("cannot be written"), "{}", reply.text());
        for _ in 0..20 {
            assert_eq!(daemon.get("/health/ready", "").status, 503);
        }
        assert_eq!(items(&daemon.get("/feeds/a.json", "")), 2, "what is known is still served");
        let log = daemon.log_after_end();
        assert_eq!(log.matches("cannot be written").count(), 1, "{log}");
        assert!(log.contains("free some space"), "{log}");
    })
    .await
    .expect("joined");
}

#[tokio::test]
async fn connections_leave_open_files_for_runs() {
    let origin = Origin::start().await;
    origin.page("/a", &listing(&["One"]));
    origin.page("/b", &listing(&["One", "Two"]));
    let feed = |id: &str| feed_toml(id, &origin.url(&format!("/{id}")), &origin.address(), "");
    let (a, b) = (feed("a"), feed("b"));
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        let mut daemon = Daemon::start_after(folder.path(), &a, "ulimit -n 64");
        daemon.until("/feeds/a.json", |r| r.status == 200 && items(r) == 1);
        let mut waiting = Vec::new();
        for _ in 0..150 {
            let mut stream = TcpStream::connect(daemon.authority()).expect("it listens");
            let _ = stream.write_all(b"GET / HTTP/1.1\r\n");
            waiting.push(stream);
        }
        std::fs::write(folder.path().join("feeds.toml"), format!("{a}{b}")).expect("written");
        daemon.signal("HUP");
        daemon.until("/feeds/b.json", |r| r.status == 200 && items(r) == 2);
        assert_eq!(daemon.get("/health/ready", "").status, 200);
        std::thread::sleep(Duration::from_millis(50));
        drop(waiting);
        let log = daemon.log_after_end();
        assert_eq!(log.matches("this process may open 64 files").count(), 1, "{log}");
        assert!(log.contains("at most 16 connections") && log.contains("LimitNOFILE"), "{log}");
        assert!(!log.contains("run failed"), "{log}");
    })
    .await
    .expect("joined");
}

#[tokio::test]
async fn a_soft_limit_of_open_files_is_raised() {
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        let toml = "feed = []\n[limits]\nconnections = 100\ncpu_threads = 2\n";
        let mut daemon = Daemon::start_after(folder.path(), toml, "ulimit -Sn 64 && ulimit -Hn 512");
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", daemon.pid()));
        if let Ok(limits) = limits {
            let line = limits.lines().find(|line| line.starts_with("Max open files")).expect("a line");
            let soft = line.split_whitespace().nth(3).and_then(|number| number.parse::<u32>().ok());
            assert_eq!(soft, Some(192), "connections, and what runs, jq and the store need: {line}");
        }
        assert!(!daemon.log_after_end().contains("this process may open"));
    })
    .await
    .expect("joined");
}
