//! A site on loopback that answers as it is told, byte by byte: it can lie, drip and break off.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One step of an answer.
#[derive(Clone)]
pub enum Step {
    /// Sends bytes.
    Send(Vec<u8>),
    /// Sends one byte again and again, with a pause before each, until the client goes.
    Drip(u8, Duration),
    /// Keeps the connection open and says nothing, until the client goes.
    Hang,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    pub path: String,
    pub head: String,
    pub body: String,
}

impl Seen {
    /// The value of a header, if it was sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

#[derive(Default)]
struct State {
    answers: HashMap<String, Vec<Step>>,
    conditional: Vec<Conditional>,
    seen: Vec<Seen>,
    connections: usize,
}

/// An answer to requests with a header that has a part.
struct Conditional {
    path: String,
    header: &'static str,
    part: String,
    steps: Vec<Step>,
}

impl Conditional {
    fn holds(&self, seen: &Seen) -> bool {
        self.path == seen.path && seen.header(self.header).is_some_and(|value| value.contains(&self.part))
    }
}

/// The site; it ends with the test.
pub struct Origin {
    pub port: u16,
    state: Arc<Mutex<State>>,
    accepting: JoinHandle<()>,
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Origin {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().expect("state").connections += 1;
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { port, state, accepting }
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// Sets the answer to a path, byte by byte.
    pub fn script(&self, path: &str, steps: Vec<Step>) {
        self.state.lock().expect("state").answers.insert(path.to_owned(), steps);
    }

    /// Sets the answer to requests of a path that have a header with this part; the first that fits counts.
    pub fn answer_if(&self, path: &str, (header, part): (&'static str, &str), answer: (&str, &str, &[u8])) {
        let steps = plain(answer);
        let (path, part) = (path.to_owned(), part.to_owned());
        self.state.lock().expect("state").conditional.push(Conditional { path, header, part, steps });
    }

    /// Sets a plain answer: status line, extra headers (each with CRLF), body.
    pub fn answer(&self, path: &str, status: &str, headers: &str, body: &[u8]) {
        self.script(path, plain((status, headers, body)));
    }

    pub fn page(&self, path: &str, html: &str) {
        self.answer(path, "200 OK", "Content-Type: text/html; charset=utf-8\r\n", html.as_bytes());
    }

    /// Requests so far, without those for robots.txt.
    pub fn seen(&self) -> Vec<Seen> {
        let state = self.state.lock().expect("state");
        state.seen.iter().filter(|s| s.path != "/robots.txt").cloned().collect()
    }

    /// All requests so far.
    pub fn all_seen(&self) -> Vec<Seen> {
        self.state.lock().expect("state").seen.clone()
    }

    /// Connections so far.
    pub fn connections(&self) -> usize {
        self.state.lock().expect("state").connections
    }
}

/// A status line, headers (each with CRLF) and a body as one step.
fn plain((status, headers, body): (&str, &str, &[u8])) -> Vec<Step> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n");
    vec![Step::Send([head.as_bytes(), body].concat())]
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let Some(seen) = request(&mut stream).await else { return };
    let steps = {
        let mut state = state.lock().expect("state");
        state.seen.push(seen.clone());
        // The posted body may decide about the answer.
        let posted = state.answers.get(&format!("{} {}", seen.path, seen.body)).cloned();
        let conditional = state.conditional.iter().find(|c| c.holds(&seen)).map(|c| c.steps.clone());
        posted.or(conditional).or_else(|| state.answers.get(&seen.path).cloned())
    };
    let none = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    for step in steps.unwrap_or_else(|| vec![Step::Send(none.to_vec())]) {
        if take(&mut stream, step).await.is_err() {
            return;
        }
    }
    let _ = stream.shutdown().await;
}

async fn request(stream: &mut TcpStream) -> Option<Seen> {
    let mut head = Vec::new();
    let mut byte = [0; 1];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).await.ok()? == 0 || head.len() > 65_536 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1)?.to_owned();
    let seen = Seen { path, head, body: String::new() };
    let length = seen.header("Content-Length").and_then(|l| l.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Seen { body: String::from_utf8_lossy(&body).into_owned(), ..seen })
}

async fn take(stream: &mut TcpStream, step: Step) -> std::io::Result<()> {
    match step {
        Step::Send(bytes) => stream.write_all(&bytes).await,
        Step::Drip(byte, pause) => loop {
            tokio::time::sleep(pause).await;
            stream.write_all(&[byte]).await?;
        },
        Step::Hang => {
            let mut rest = [0; 64];
            while stream.read(&mut rest).await? > 0 {}
            Ok(())
        }
    }
}
