use std::time::Duration;

use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::*;

struct Running {
    address: String,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<usize>,
}

fn quick() -> ListenLimits {
    let ms = Duration::from_millis;
    ListenLimits {
        header: ms(300),
        keep_alive: ms(800),
        write_stall: ms(300),
        connections: 50,
        connections_per_address: 4,
        drain: ms(600),
    }
}

fn router() -> Router {
    Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/large", get(|| async { vec![b'x'; 32 << 20] }))
        .route(
            "/slow",
            get(|| async {
                sleep(Duration::from_millis(300)).await;
                "late"
            }),
        )
        .route("/never", get(|| async { std::future::pending::<&str>().await }))
        .route(
            "/panic",
            get(|| async {
                panic!("a panic that a test asked for");
                #[expect(unreachable_code, reason = "it has a type")]
                ""
            }),
        )
        .layer(axum::middleware::from_fn(crate::serve::router::refuse))
}

async fn start(limits: ListenLimits) -> Running {
    let listener = Listener::bind(&"127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.address().trim_start_matches("http://").to_owned();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, router(), limits, async move {
        let _ = stopped.await;
    }));
    Running { address, stop: Some(stop), server }
}

impl Running {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).await.unwrap()
    }

    async fn ask(&self, request: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        rest(&mut stream).await
    }

    fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }
}

/// Everything until the server closes, within 10 s.
async fn rest(stream: &mut TcpStream) -> String {
    let mut out = Vec::new();
    let _ = timeout(Duration::from_secs(10), stream.read_to_end(&mut out)).await.expect("closed in time");
    String::from_utf8_lossy(&out).into_owned()
}

const GET: &str = "GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn silence_and_half_a_head_are_closed() {
    let running = start(quick()).await;
    for sent in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: t\r\n"] {
        let begin = Instant::now();
        let mut stream = running.connect().await;
        stream.write_all(sent.as_bytes()).await.unwrap();
        rest(&mut stream).await;
        let took = begin.elapsed();
        assert!(took >= Duration::from_millis(250) && took < Duration::from_secs(3), "{sent:?}: {took:?}");
    }
}

#[tokio::test]
async fn a_drip_buys_no_time() {
    let running = start(quick()).await;
    let begin = Instant::now();
    let mut stream = running.connect().await;
    while stream.write_all(b"G").await.is_ok() && begin.elapsed() < Duration::from_secs(5) {
        sleep(Duration::from_millis(50)).await;
    }
    assert!(begin.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_connection_rests_between_requests_but_not_for_ever() {
    let running = start(quick()).await;
    let mut stream = running.connect().await;
    let mut buf = [0; 1024];
    for _ in 0..2 {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: t\r\n\r\n").await.unwrap();
        assert!(stream.read(&mut buf).await.unwrap() > 0);
        // Longer than a head may take, shorter than silence may last.
        sleep(Duration::from_millis(450)).await;
    }
    let begin = Instant::now();
    rest(&mut stream).await;
    assert!(begin.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_let_go() {
    let mut running = start(quick()).await;
    let mut stream = running.connect().await;
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: t\r\n\r\n").await.unwrap();
    sleep(Duration::from_millis(1500)).await;
    running.stop();
    let begin = Instant::now();
    assert_eq!(running.server.await.unwrap(), 0, "it was gone before the stop");
    assert!(begin.elapsed() < Duration::from_millis(500));
    drop(stream);
}

#[tokio::test]
async fn slow_clients_do_not_keep_others_out() {
    let running = start(ListenLimits { header: Duration::from_secs(20), ..quick() }).await;
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = running.connect().await;
        let _ = stream.write_all(b"GET / HTTP/1.1\r\n").await;
        slow.push(stream);
    }
    let begin = Instant::now();
    assert!(running.ask(GET).await.ends_with("hello"));
    assert!(begin.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn what_is_not_served_is_refused_without_reading_it() {
    let running = start(quick()).await;
    let post = running.ask("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\nx").await;
    assert!(post.starts_with("HTTP/1.1 405") && post.contains("allow: GET, HEAD"), "{post}");
    let long = format!("GET /{} HTTP/1.1\r\nHost: t\r\n\r\n", "x".repeat(3000));
    assert!(running.ask(&long).await.starts_with("HTTP/1.1 414"));
    let large = format!("GET / HTTP/1.1\r\nHost: t\r\nX: {}\r\n\r\n", "x".repeat(60_000));
    assert!(running.ask(&large).await.starts_with("HTTP/1.1 431"));
    assert!(running.ask("nonsense\r\n\r\n").await.starts_with("HTTP/1.1 400"));
}

#[tokio::test]
async fn a_panic_is_an_answer_and_no_more() {
    let running = start(quick()).await;
    let answer = running.ask("GET /panic HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(running.ask(GET).await.ends_with("hello"));
}

#[tokio::test]
async fn the_stop_finishes_what_runs_and_cuts_off_what_does_not_end() {
    let mut running = start(quick()).await;
    let mut late = running.connect().await;
    late.write_all(b"GET /slow HTTP/1.1\r\nHost: t\r\n\r\n").await.unwrap();
    let mut never = running.connect().await;
    never.write_all(b"GET /never HTTP/1.1\r\nHost: t\r\n\r\n").await.unwrap();
    let mut half = running.connect().await;
    half.write_all(b"GET / HT").await.unwrap();
    sleep(Duration::from_millis(100)).await;
    running.stop();
    assert!(rest(&mut late).await.ends_with("late"));
    let begin = Instant::now();
    assert_eq!(running.server.await.unwrap(), 1);
    assert!(begin.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_unix_socket_works_and_a_stale_one_is_replaced() {
    let folder = std::env::temp_dir().join(format!("feedbridge-socket-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("http.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let address = format!("unix:{}", path.display()).parse().unwrap();
    let listener = Listener::bind(&address).await.unwrap();
    assert!(Listener::bind(&address).await.is_err(), "somebody answers on it");
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, router(), quick(), async move {
        let _ = stopped.await;
    }));
    let mut stream = tokio::net::UnixStream::connect(&path).await.unwrap();
    stream.write_all(GET.as_bytes()).await.unwrap();
    let mut out = String::new();
    stream.read_to_string(&mut out).await.unwrap();
    assert!(out.ends_with("hello"));
    stop.send(()).unwrap();
    server.await.unwrap();
    assert!(!path.exists());
    std::fs::remove_dir_all(folder).unwrap();
}
