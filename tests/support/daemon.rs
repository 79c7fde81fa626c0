//! The program itself, as a process on a free port.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// The program under test.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_feedbridge"));
    for name in ["CONFIG", "DATA", "LISTEN", "BASE_URL", "LOG"] {
        command.env_remove(format!("FEEDBRIDGE_{name}"));
    }
    command.env("NO_COLOR", "1");
    command
}

/// Runs the program to its end.
pub fn run(arguments: &[&str], folder: &Path) -> Output {
    program().args(arguments).current_dir(folder).output().expect("the program starts")
}

/// A running daemon; killed with the test.
pub struct Daemon {
    child: Child,
    pub base: String,
    /// The lines on its standard output after that one.
    stdout: Option<std::thread::JoinHandle<Vec<String>>>,
    stderr: Option<std::thread::JoinHandle<String>>,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Daemon {
    /// Starts `serve` on a free port and waits until it says where it listens.
    pub fn start(folder: &Path, toml: &str) -> Self {
        std::fs::write(folder.join("feeds.toml"), toml).expect("the configuration is written");
        Self::start_with(folder, &["serve", "--listen", "127.0.0.1:0", "--data", "data"])
    }

    pub fn start_with(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = program();
        command.args(arguments);
        Self::start_as(folder, command)
    }

    /// As [`Self::start`], by a shell that runs `before` first, such as `ulimit -n 64`.
    pub fn start_after(folder: &Path, toml: &str, before: &str) -> Self {
        std::fs::write(folder.join("feeds.toml"), toml).expect("the configuration is written");
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{before} && exec \"$0\" serve --listen 127.0.0.1:0 --data data")]);
        command.arg(env!("CARGO_BIN_EXE_feedbridge"));
        command.env_remove("FEEDBRIDGE_CONFIG").env_remove("FEEDBRIDGE_LOG").env("NO_COLOR", "1");
        Self::start_as(folder, command)
    }

    /// Starts a command that runs a daemon, and waits until it says where it listens.
    pub fn start_as(folder: &Path, mut command: Command) -> Self {
        let mut child = command
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stderr = child.stderr.take().expect("piped");
        let stderr = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text);
            text
        });
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let said = lines.find_map(|l| l.ok()?.strip_prefix("listening on ").map(str::to_owned));
        let stdout = std::thread::spawn(move || lines.map_while(Result::ok).collect());
        let mut daemon = Self { child, base: String::new(), stdout: Some(stdout), stderr: Some(stderr) };
        match said {
            Some(base) => daemon.base = base,
            None => panic!("the daemon did not start:\n{}", daemon.log_after_end()),
        }
        daemon
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits for the end of the process.
    pub fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        while start.elapsed() < limit {
            if let Some(status) = self.child.try_wait().expect("waiting works") {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// The lines that it printed after its address, once it has ended.
    pub fn said_after_end(&mut self) -> Vec<String> {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.stdout.take().map(|t| t.join().expect("the reader ends")).unwrap_or_default()
    }

    /// Its log, once it has ended.
    pub fn log_after_end(&mut self) -> String {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.stderr.take().map(|t| t.join().expect("the reader ends")).unwrap_or_default()
    }

    /// `127.0.0.1:PORT`.
    pub fn authority(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// One GET over a connection of its own.
    pub fn get(&self, path: &str, headers: &str) -> Reply {
        self.request(&format!("GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n{headers}\r\n"))
    }

    pub fn request(&self, request: &str) -> Reply {
        use std::io::Write;
        let mut stream = std::net::TcpStream::connect(self.authority()).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        Reply::parse(&bytes)
    }

    /// Asks until the answer is right; panics with the last one after 20 s.
    pub fn until(&self, path: &str, right: impl Fn(&Reply) -> bool) -> Reply {
        let start = Instant::now();
        loop {
            let reply = self.get(path, "");
            if right(&reply) {
                return reply;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "{path} never became right: {reply:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    fn parse(bytes: &[u8]) -> Self {
        let split = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        let body = bytes.get(split + 4..).unwrap_or_default();
        let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        Self { status, body: if chunked { dechunk(body) } else { body.to_vec() }, head }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }
}

fn dechunk(mut rest: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(end) = rest.windows(2).position(|w| w == b"\r\n") {
        let size = usize::from_str_radix(&String::from_utf8_lossy(&rest[..end]), 16).unwrap_or(0);
        if size == 0 {
            break;
        }
        out.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
    out
}
