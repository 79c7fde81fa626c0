//! Variables of the environment, health checks and backups: the daemon as containers run it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use feedbridge::config::Overrides;
use serde_json::Value;

use crate::support::daemon::{Daemon, program, run};
use crate::support::origin::Origin;
use crate::support::{feed_toml, listing};

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// Runs the program with variables of the environment.
fn run_with(variables: &[(&str, &str)], arguments: &[&str], folder: &Path) -> Output {
    let mut command = program();
    command.args(arguments).current_dir(folder).envs(variables.iter().copied());
    command.output().expect("the program starts")
}

fn start_with(variables: &[(&str, &str)], arguments: &[&str], folder: &Path) -> Daemon {
    let mut command = program();
    command.args(arguments).envs(variables.iter().copied());
    Daemon::start_as(folder, command)
}

fn folder_with(toml: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let stated = if toml.contains("feed") { toml.to_owned() } else { format!("feed = []\n{toml}") };
    std::fs::write(folder.path().join("feeds.toml"), stated).expect("written");
    folder
}

/// An address of loopback on which nothing listens.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("bound").to_string()
}

const SERVER: &str = "[server]\nlisten = \"127.0.0.1:1\"\nbase_url = \"https://file.example.org\"\n";

#[test]
fn variables_count_before_the_file_and_options_before_variables() {
    let folder = folder_with("");
    std::fs::write(folder.path().join("quay.toml"), format!("feed = []\n{SERVER}")).expect("written");
    let variables = [
        ("FEEDBRIDGE_CONFIG", "quay.toml"),
        ("FEEDBRIDGE_DATA", "kept"),
        ("FEEDBRIDGE_LISTEN", "127.0.0.1:0"),
        ("FEEDBRIDGE_BASE_URL", "https://variable.example.org/feeds/"),
    ];
    let mut daemon = start_with(&variables, &[], folder.path());
    assert_eq!(daemon.get("/health/ready", "").status, 200, "{} is listened on", daemon.base);
    assert!(folder.path().join("kept/feedbridge.db").exists());
    assert_eq!(daemon.said_after_end(), ["readers use https://variable.example.org/feeds"]);
    let options = ["serve", "--data", "other", "--base-url", "http://option.example.org"];
    let mut daemon = start_with(&variables, &options, folder.path());
    assert!(folder.path().join("other/feedbridge.db").exists());
    assert_eq!(daemon.said_after_end(), ["readers use http://option.example.org"]);
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let folder = folder_with("[server]\nlisten = \"127.0.0.1:0\"\n");
    let names = ["FEEDBRIDGE_CONFIG", "FEEDBRIDGE_DATA", "FEEDBRIDGE_LISTEN", "FEEDBRIDGE_BASE_URL"];
    let daemon = start_with(&names.map(|name| (name, "")), &["serve"], folder.path());
    assert_eq!(daemon.get("/health/ready", "").status, 200);
    assert!(folder.path().join("data/feedbridge.db").exists());
}

#[test]
fn a_base_address_with_a_password_is_refused_and_not_shown() {
    let folder = folder_with("");
    for address in ["https://ann:PASSW@h.example", "ann:PASSW@h.example", "ftp://ann:PASSW@h.example"] {
        let (code, out, stderr) =
            said(&run_with(&[("FEEDBRIDGE_BASE_URL", address)], &["check"], folder.path()));
        assert_eq!(code, Some(2), "{stderr}");
        assert!(stderr.contains("FEEDBRIDGE_BASE_URL") && !(out + &stderr).contains("PASSW"), "{stderr}");
        let (code, out, stderr) = said(&run_with(&[], &["check", "--base-url", address], folder.path()));
        assert_eq!(code, Some(2), "{stderr}");
        assert!(stderr.contains("--base-url") && !(out + &stderr).contains("PASSW"), "{stderr}");
    }
}

#[test]
fn a_wrong_variable_is_named_with_its_value() {
    let folder = folder_with("");
    for (name, value, why) in [
        ("FEEDBRIDGE_LISTEN", "8080", "it has no port"),
        ("FEEDBRIDGE_LISTEN", "unix:", "the socket has no path"),
        ("FEEDBRIDGE_BASE_URL", "feeds.example.org", "it must begin with https://"),
        ("FEEDBRIDGE_BASE_URL", "https://example.org/?a", "no `?`"),
    ] {
        let (code, _, stderr) = said(&run_with(&[(name, value)], &["serve"], folder.path()));
        assert_eq!(code, Some(2), "{stderr}");
        assert!(stderr.contains(&format!("{name} is `{value}`: ")) && stderr.contains(why), "{stderr}");
    }
    // It does not count where an option replaces it, nor where nothing needs it.
    let variables = [("FEEDBRIDGE_LISTEN", "8080"), ("FEEDBRIDGE_BASE_URL", "no")];
    let options = ["--listen", "127.0.0.1:0", "--base-url", "https://a.example.org"];
    let mut daemon = start_with(&variables, &[&["serve"][..], &options[..]].concat(), folder.path());
    assert!(run_with(&variables, &["schema"], folder.path()).status.success());
    let backup = run_with(&variables, &["backup", "copy.db"], folder.path());
    assert!(backup.status.success(), "{}", said(&backup).2);
    assert_eq!(daemon.said_after_end(), ["readers use https://a.example.org"]);
}

#[test]
fn the_level_of_the_log_is_that_of_the_option_else_of_the_variable() {
    let folder = folder_with("");
    let date = ["date", "2026-01-31"];
    for wrong in ["loud", "feedbridge=loud"] {
        let (code, _, stderr) = said(&run_with(&[("FEEDBRIDGE_LOG", wrong)], &date, folder.path()));
        assert!(code == Some(2) && stderr.contains(&format!("FEEDBRIDGE_LOG is `{wrong}`: ")), "{stderr}");
        let (code, _, stderr) = said(&run(&[&["--log", wrong][..], &date[..]].concat(), folder.path()));
        assert!(code == Some(2) && stderr.contains("write error, warn, info or debug"), "{stderr}");
    }
    let with_option = [&["--log", "error"][..], &date[..]].concat();
    assert_eq!(said(&run_with(&[("FEEDBRIDGE_LOG", "loud")], &with_option, folder.path())).0, Some(0));
    assert_eq!(said(&run_with(&[("FEEDBRIDGE_LOG", "")], &date, folder.path())).0, Some(0));
}

#[test]
fn the_demo_leaves_the_real_database_alone() {
    let folder = folder_with("");
    let variables = [("FEEDBRIDGE_DATA", "real"), ("FEEDBRIDGE_LISTEN", "127.0.0.1:0")];
    let daemon = start_with(&variables, &["demo"], folder.path());
    assert_eq!(daemon.get("/health/live", "").status, 200);
    assert!(!folder.path().join("real").exists());
}

#[test]
fn a_contact_follows_the_base_address_of_a_variable() {
    let rules = "[[feed]]\nid = \"q\"\nurl = \"https://example.org/\"\n[feed.select]\nitem = \"p\"\n";
    let agent = |server: &str, base: &str| {
        let config = crate::support::config(&format!("{server}{rules}"));
        let overrides = Overrides { base_url: Some(base.to_owned()), ..Overrides::default() };
        config.overridden(&overrides).server.user_agent
    };
    assert!(agent(SERVER, "https://b.example.org").ends_with("(+https://b.example.org)"));
    let with_contact = format!("{SERVER}contact = \"me@example.org\"\n");
    assert!(agent(&with_contact, "https://b.example.org").ends_with("(+me@example.org)"));
}

#[test]
fn health_finds_the_daemon_by_option_variable_and_file() {
    let folder = folder_with("");
    let daemon = start_with(&[], &["serve", "--listen", "127.0.0.1:0"], folder.path());
    let address = daemon.authority().to_owned();
    let port = address.rsplit(':').next().expect("a port");
    let wildcard = format!("0.0.0.0:{port}");
    let name = format!("localhost:{port}");
    let ready = (Some(0), "ready".to_owned(), String::new());
    for listen in [&address, &wildcard, &name] {
        assert_eq!(said(&run(&["health", "--listen", listen], folder.path())), ready, "{listen}");
        let variables = [("FEEDBRIDGE_LISTEN", listen.as_str())];
        assert_eq!(said(&run_with(&variables, &["health"], folder.path())), ready, "{listen}");
    }
    // A mistake in the file is none of the daemon that runs: it keeps what it had.
    let toml = format!("[server]\nlisten = \"{address}\"\n[[feed]]\nurll = \"x\"\n");
    std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
    assert_eq!(said(&run(&["health"], folder.path())), ready);
    assert_eq!(said(&run(&["health", "--live"], folder.path())).1, "alive");
}

#[test]
fn health_does_not_guess_an_address_that_the_file_names() {
    let folder = folder_with("");
    for (toml, line) in [
        ("[server\nlisten = \"127.0.0.1:8099\"\n", 2),
        ("feed = []\n[server]\nlisten = 3\n", 3),
        ("[server]\ntitle = \"Quay\"\nlisten\n", 3),
    ] {
        std::fs::write(folder.path().join("feeds.toml"), toml).expect("written");
        let (code, _, stderr) = said(&run(&["health"], folder.path()));
        let says = format!("cannot be read from feeds.toml (line {line}): name it with --listen");
        assert!(code == Some(1) && stderr.contains(&says), "{stderr}");
    }
}

#[test]
fn health_says_that_it_asked_the_default_address() {
    // Another program of this machine may listen there.
    if TcpListener::bind("127.0.0.1:8080").is_err() {
        return;
    }
    for text in [None, Some(" \n")] {
        let folder = tempfile::tempdir().expect("a folder");
        if let Some(text) = text {
            std::fs::write(folder.path().join("feeds.toml"), text).expect("written");
        }
        let output = run(&["health"], folder.path());
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert_eq!(stderr.trim_end().lines().count(), 1, "{stderr}");
        assert!(stderr.contains("the default address was asked"), "{stderr}");
        assert!(stderr.contains("feeds.toml") && stderr.contains("FEEDBRIDGE_LISTEN"), "{stderr}");
    }
    // A file that was named and is gone is as good as none.
    let folder = tempfile::tempdir().expect("a folder");
    let (code, _, stderr) = said(&run(&["health", "--config", "gone.toml"], folder.path()));
    let says = "gone.toml does not exist, so the default address was asked";
    assert!(code == Some(1) && stderr.contains(says), "{stderr}");
}

#[test]
fn health_reaches_a_unix_socket() {
    let folder = folder_with("");
    let listen = format!("unix:{}", folder.path().join("quay.sock").display());
    let mut daemon = start_with(&[("FEEDBRIDGE_LISTEN", &listen)], &["serve"], folder.path());
    assert_eq!(daemon.base, listen);
    let output = run_with(&[("FEEDBRIDGE_LISTEN", &listen)], &["health"], folder.path());
    assert_eq!(said(&output), (Some(0), "ready".to_owned(), String::new()));
    assert_eq!(daemon.said_after_end(), [""; 0], "nobody named an address for readers");
    let (code, _, stderr) = said(&run(&["health", "--listen", &listen], folder.path()));
    assert_eq!((code, stderr.lines().count()), (Some(1), 1), "{stderr}");
}

/// Answers one connection with fixed bytes, then keeps it open or closes it.
fn answers_with(answer: &'static str, holds: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound").to_string();
    std::thread::spawn(move || {
        let Ok((mut stream, _)) = listener.accept() else { return };
        // A connection that is closed with unread bytes would be reset.
        assert!(stream.read(&mut [0; 1024]).is_ok_and(|bytes| bytes > 0));
        let _ = stream.write_all(answer.as_bytes());
        if holds {
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    address
}

#[test]
fn health_ends_with_one_and_a_line_whatever_is_wrong() {
    let folder = folder_with("");
    let stopping = answers_with("HTTP/1.1 503 Service Unavailable\r\n\r\nstopping\n", false);
    let other = answers_with("HTTP/1.1 200 OK\r\n\r\n<!doctype html>\n<p>ready", false);
    let silent = answers_with("", true);
    let nobody = free_address();
    for (listen, says) in [
        (stopping.as_str(), "not ready: stopping"),
        (other.as_str(), "is not feedbridge"),
        (silent.as_str(), "does not answer in time"),
        (nobody.as_str(), "no daemon answers at"),
        ("127.0.0.1:0", "any free port"),
        ("8080", "FEEDBRIDGE_LISTEN"),
    ] {
        let start = Instant::now();
        let output = run_with(&[("FEEDBRIDGE_LISTEN", listen)], &["health"], folder.path());
        let (code, stdout, stderr) = said(&output);
        assert_eq!((code, stdout.as_str(), stderr.lines().count()), (Some(1), "", 1), "{listen}: {stderr}");
        assert!(stderr.contains(says), "{listen}: {stderr}");
        assert!(start.elapsed() < Duration::from_secs(5), "{listen}");
    }
}

#[test]
fn health_does_not_wait_for_a_pipe_that_nobody_writes_to() {
    let folder = folder_with("");
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe.toml")).status();
    assert!(made.expect("mkfifo runs").success());
    let start = Instant::now();
    let (code, _, stderr) = said(&run(&["health", "--config", "pipe.toml"], folder.path()));
    assert!(start.elapsed() < Duration::from_secs(5), "{stderr}");
    assert_eq!((code, stderr.lines().count()), (Some(1), 1), "{stderr}");
    assert!(stderr.contains("pipe.toml cannot be read in time") && stderr.contains("--listen"), "{stderr}");
}

fn item_count(data: &str, folder: &Path) -> usize {
    let output = run(&["items", "t", "--json", "--data", data], folder);
    let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    value["items"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_backup_of_a_running_daemon_has_all_items() {
    let origin = Origin::start().await;
    origin.page("/", &listing(&["Ferry moored", "Lamps lit", "Quay swept"]));
    let toml = feed_toml("t", &origin.url("/"), &origin.address(), "");
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        let daemon = Daemon::start(path, &toml);
        daemon.until("/feeds/t.json", |r| r.text().contains("Quay swept"));
        std::fs::create_dir(path.join("copy")).expect("made");
        let backup = ["backup", "copy/feedbridge.db", "--data", "data"];
        let done = said(&run(&backup, path));
        assert_eq!(done, (Some(0), "copy/feedbridge.db: 3 items".to_owned(), String::new()));
        let copy = path.join("copy/feedbridge.db");
        let mode = std::fs::metadata(&copy).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let files = std::fs::read_dir(path.join("copy")).expect("a folder").count();
        assert_eq!(files, 1, "nothing else is left");
        assert_eq!(item_count("copy", path), 3);
        let (code, _, stderr) = said(&run(&backup, path));
        assert!(code == Some(2) && stderr.contains("--force"), "{stderr}");
        // It needs no configuration where the data folder is given.
        std::fs::write(path.join("feeds.toml"), "[[feed").expect("written");
        let forced = run(&[&backup[..], &["--force"][..]].concat(), path);
        assert!(forced.status.success(), "{}", said(&forced).2);
        std::fs::write(path.join("feeds.toml"), &toml).expect("written");
        drop(daemon);
        let again = Daemon::start_with(path, &["serve", "--listen", "127.0.0.1:0", "--data", "copy"]);
        assert!(again.get("/feeds/t.json", "").text().contains("Ferry moored"));
    })
    .await
    .expect("joined");
}

#[test]
fn a_backup_never_replaces_what_it_must_not() {
    let folder = folder_with("");
    let path = folder.path();
    let (code, _, stderr) = said(&run(&["backup", "b.db"], path));
    assert!(code == Some(1) && stderr.contains("no database"), "{stderr}");
    drop(start_with(&[], &["serve", "--listen", "127.0.0.1:0"], path));
    std::fs::create_dir(path.join("folder")).expect("made");
    std::os::unix::fs::symlink("data/feedbridge.db", path.join("link.db")).expect("made");
    std::fs::write(path.join("used.db-wal"), "changes").expect("written");
    std::fs::write(path.join("diary.txt"), "what nobody wants to lose").expect("written");
    for (file, says) in [
        ("data/feedbridge.db", "the database itself"),
        ("data/../data/feedbridge.db-wal", "the database itself"),
        ("data/feedbridge.lock", "the database itself"),
        ("folder", "not a regular file"),
        ("link.db", "not a regular file"),
        ("..", "does not name a file"),
        ("nowhere/", "does not name a file"),
        ("used.db", "used.db-wal has changes of another database"),
        ("diary.txt", "diary.txt is no SQLite database"),
        ("-", "cannot go to standard output: name a file"),
    ] {
        let (code, _, stderr) = said(&run(&["backup", file, "--force"], path));
        assert!(code == Some(2) && stderr.contains(says), "{file}: {stderr}");
    }
    let (code, _, stderr) = said(&run(&["backup", "nowhere/b.db"], path));
    assert!(code == Some(1) && stderr.contains("nowhere"), "{stderr}");
    std::fs::write(path.join("data/feedbridge.db"), "no database at all, but long enough for a header")
        .expect("written");
    let earlier = "SQLite format 3\0 of an earlier backup";
    std::fs::write(path.join("b.db"), earlier).expect("written");
    let _ = std::fs::remove_file(path.join("data/feedbridge.db-wal"));
    let (code, _, stderr) = said(&run(&["backup", "b.db", "--force"], path));
    assert!(code == Some(1) && stderr.contains("cannot copy"), "{stderr}");
    assert_eq!(std::fs::read_to_string(path.join("b.db")).expect("kept"), earlier);
    let unfinished = std::fs::read_dir(path)
        .expect("a folder")
        .filter(|entry| entry.as_ref().is_ok_and(|e| e.file_name().to_string_lossy().contains("unfinished")));
    assert_eq!(unfinished.count(), 0);
}
