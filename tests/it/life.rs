//! The life of the daemon: reload, drain, second signal, kill, handed-over sockets.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::daemon::{Daemon, program};
use crate::support::origin::{Origin, Step};
use crate::support::{feed_toml, listing};

fn items(reply: &crate::support::daemon::Reply) -> usize {
    reply.json()["items"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_changed_file_is_read_and_a_bad_one_changes_nothing() {
    let origin = Origin::start().await;
    origin.page("/a", &listing(&["One"]));
    origin.page("/b", &listing(&["One", "Two"]));
    let feed = |id: &str| feed_toml(id, &origin.url(&format!("/{id}")), &origin.address(), "");
    let (a, b) = (feed("a"), feed("b"));
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("feeds.toml");
        let mut daemon = Daemon::start(folder.path(), &a);
        daemon.until("/feeds/a.json", |r| r.status == 200 && items(r) == 1);
        assert_eq!(daemon.get("/feeds/b.json", "").status, 404);
        let new = folder.path().join("new.toml");
        std::fs::write(&new, format!("{a}{b}")).expect("written");
        std::fs::rename(&new, &file).expect("renamed");
        daemon.until("/feeds/b.json", |r| r.status == 200 && items(r) == 2);
        std::fs::write(&file, format!("{a}\n[[feed]]\nidd = \"x\"\n")).expect("written");
        daemon.signal("HUP");
        daemon.until("/metrics", |r| r.text().contains("feedbridge_config_ok 0"));
        assert_eq!(items(&daemon.get("/feeds/a.json", "")), 1);
        assert_eq!(items(&daemon.get("/feeds/b.json", "")), 2);
        std::fs::write(&file, &a).expect("written");
        daemon.until("/metrics", |r| r.text().contains("feedbridge_config_ok 1"));
        daemon.until("/feeds/b.json", |r| r.status == 404);
        let log = daemon.log_after_end();
        assert!(
            log.contains("unknown key `idd`") && log.contains("the old configuration stays in use"),
            "{log}"
        );
    })
    .await
    .expect("joined");
}

#[tokio::test]
async fn the_stop_drains_within_its_deadline() {
    let origin = Origin::start().await;
    origin.script("/", vec![Step::Hang]);
    let toml =
        "[limits]\ndrain_s = 1\n".to_owned() + &feed_toml("t", &origin.url("/"), &origin.address(), "");
    tokio::task::spawn_blocking(move || {
        for name in ["TERM", "INT"] {
            let folder = tempfile::tempdir().expect("a folder");
            let mut daemon = Daemon::start(folder.path(), &toml);
            let mut half = TcpStream::connect(daemon.authority()).expect("it listens");
            half.write_all(b"GET / HT").expect("sent");
            while origin.all_seen().is_empty() {
                std::thread::sleep(Duration::from_millis(20));
            }
            let begin = Instant::now();
            daemon.signal(name);
            let status = daemon.wait(Duration::from_secs(5)).expect("it ends");
            assert!(status.success(), "{name}: {status}");
            assert!(begin.elapsed() < Duration::from_millis(2500), "{:?}", begin.elapsed());
            let log = daemon.log_after_end();
            assert!(log.contains("stopped"), "{log}");
        }
    })
    .await
    .expect("joined");
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let origin = Origin::start().await;
    origin.script("/", vec![Step::Hang]);
    let toml = feed_toml("t", &origin.url("/"), &origin.address(), "");
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        let mut daemon = Daemon::start(folder.path(), &toml);
        while origin.all_seen().is_empty() {
            std::thread::sleep(Duration::from_millis(20));
        }
        daemon.signal("TERM");
        std::thread::sleep(Duration::from_millis(300));
        let begin = Instant::now();
        daemon.signal("TERM");
        let status = daemon.wait(Duration::from_secs(5)).expect("it ends");
        assert_eq!(status.code(), Some(130));
        assert!(begin.elapsed() < Duration::from_secs(1));
    })
    .await
    .expect("joined");
}

#[tokio::test]
async fn identity_and_dates_survive_kills_and_restarts() {
    let origin = Origin::start().await;
    origin.page("/", &listing(&["One", "Two", "Three"]));
    let toml = feed_toml("t", &origin.url("/"), &origin.address(), "");
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        let mut daemon = Daemon::start(folder.path(), &toml);
        let first = daemon.until("/feeds/t.json", |r| items(r) == 3);
        let rss = daemon.get("/feeds/t.rss", "");
        daemon.signal("KILL");
        daemon.wait(Duration::from_secs(5)).expect("it ends");
        let port = daemon.authority().to_owned();
        let daemon = Daemon::start_with(folder.path(), &["serve", "--listen", &port, "--data", "data"]);
        assert_eq!(daemon.get("/feeds/t.json", "").body, first.body, "served at once, from memory");
        let again =
            daemon.get("/feeds/t.rss", &format!("If-None-Match: {}\r\n", rss.header("etag").expect("a tag")));
        assert_eq!(again.status, 304, "readers do not fetch it again");
    })
    .await
    .expect("joined");
    assert_eq!(origin.seen().len(), 1, "and it is not due again");
}

#[tokio::test]
async fn systemd_hands_over_a_socket_and_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("feeds.toml"), "feed = []\n").expect("written");
    let path = folder.path().join("notify.sock");
    let notified = std::os::unix::net::UnixDatagram::bind(&path).expect("a socket");
    notified.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    // A shell passes descriptor 3 on and knows its own process id, which the protocol asks for.
    let script =
        format!("LISTEN_PID=$$ LISTEN_FDS=1 NOTIFY_SOCKET={} exec \"$0\" serve --data data", path.display());
    let mut child = std::process::Command::new("sh")
        .args(["-c", &format!("exec 3<&0 </dev/null; {script}"), env!("CARGO_BIN_EXE_feedbridge")])
        .current_dir(folder.path())
        .stdin(std::process::Stdio::from(std::os::fd::OwnedFd::from(listener)))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("sh starts");
    let mut told = [0; 256];
    let n = notified.recv(&mut told).expect("it says that it is ready");
    assert!(String::from_utf8_lossy(&told[..n]).contains("READY=1"));
    let mut stream = TcpStream::connect(address).expect("the socket is open");
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.ends_with("alive\n"), "{answer}");
    let killed = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    let n = notified.recv(&mut told).expect("it says that it stops");
    assert!(String::from_utf8_lossy(&told[..n]).contains("STOPPING=1"));
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn a_start_that_cannot_be_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("bound").to_string();
    std::fs::write(folder.path().join("feeds.toml"), "feed = []\n").expect("written");
    let run =
        |arguments: &[&str]| program().args(arguments).current_dir(folder.path()).output().expect("it runs");
    let output = run(&["serve", "--listen", &address]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("cannot listen on"), "{said}");
    let daemon = Daemon::start(folder.path(), "feed = []\n");
    let output = run(&["serve", "--listen", "127.0.0.1:0", "--data", "data"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("another feedbridge serves from"), "{said}");
    drop(daemon);
    let output = run(&["serve", "--config", "none.toml"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && said.contains("cannot read none.toml"), "{said}");
}
