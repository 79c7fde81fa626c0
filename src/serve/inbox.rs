//! The inbox of the demo: receives webhooks, checks their signatures by the Standard Webhooks specification
//! (version 1.0.0, "Verifying signatures"), and shows the newest ones. They are in memory only.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::Value;
use url::Url;

use super::plain;
use crate::clock::Clock;
use crate::demo::{INBOX_PATH, INBOX_SECRET, InboxMessage, inbox_page};
use crate::digest;
use crate::notify::{LengthUnit, cut};

/// Most bytes of a message.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// Messages that are kept.
const MAX_MESSAGES: usize = 100;
/// Most characters of a title.
const MAX_TITLE: usize = 300;
/// Most characters of the kind of an event.
const MAX_EVENT: usize = 30;
/// Most characters of a body.
const MAX_TEXT: usize = 4000;
/// Most bytes of an address.
const MAX_LINK_BYTES: usize = 2048;
/// The time in which a message must arrive whole.
const READ_LIMIT: Duration = Duration::from_secs(10);
/// By how many seconds the clock of the sender may differ. Others may have sent an older message again.
const CLOCK_TOLERANCE_S: u64 = 300;

/// Nothing runs and nothing loads on the page, whatever a message holds.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; \
    frame-ancestors 'none'; base-uri 'none'";

/// What has arrived.
struct Inbox {
    clock: Arc<dyn Clock>,
    /// The key of the signature.
    key: Vec<u8>,
    /// The newest comes first.
    received: Mutex<VecDeque<Received>>,
}

/// A message with the id that the sender gave it.
struct Received {
    id: String,
    message: InboxMessage,
}

/// A router with the inbox alone.
pub(super) fn inbox_router(clock: Arc<dyn Clock>) -> Router {
    let key = INBOX_SECRET.strip_prefix("whsec_").and_then(digest::from_base64).unwrap_or_default();
    let inbox = Arc::new(Inbox { clock, key, received: Mutex::default() });
    Router::new().route(INBOX_PATH, get(show).post(receive)).with_state(inbox)
}

async fn show(State(inbox): State<Arc<Inbox>>) -> Response {
    let messages: Vec<InboxMessage> = inbox.lock().iter().map(|kept| kept.message.clone()).collect();
    let page = plain::answer(StatusCode::OK, "text/html; charset=utf-8", inbox_page(&messages));
    plain::cache(plain::with(page, header::CONTENT_SECURITY_POLICY, POLICY), "no-store")
}

async fn receive(State(inbox): State<Arc<Inbox>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    // A page of another site cannot make a browser send this type without asking first.
    if !is_json(&head.headers) {
        return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send JSON, with content-type: application/json");
    }
    let bytes = match whole(body).await {
        Ok(bytes) => bytes,
        Err((status, line)) => return refused(status, line),
    };
    match serde_json::from_slice::<Value>(&bytes) {
        Ok(data) if data.is_object() => {
            inbox.keep(&head.headers, &bytes, &data);
            plain::text(StatusCode::OK, "received")
        }
        _ => plain::text(StatusCode::BAD_REQUEST, "the message is no JSON object"),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/json")
}

/// The whole body; else the status that says why not, and a sentence.
async fn whole(body: Body) -> Result<Bytes, (StatusCode, &'static str)> {
    match tokio::time::timeout(READ_LIMIT, to_bytes(body, MAX_BODY_BYTES)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err((StatusCode::PAYLOAD_TOO_LARGE, "a message has at most 64 KiB")),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "the message did not arrive within 10 s")),
    }
}

/// An answer to a request whose body was not read to its end.
fn refused(status: StatusCode, line: &str) -> Response {
    plain::closing(plain::text(status, line))
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a message. One that has arrived already, with a valid signature, is not kept again: a sender
    /// that got no answer sends it once more, with the same id.
    fn keep(&self, headers: &HeaderMap, body: &[u8], data: &Value) {
        let is_signed = self.is_signed(headers, body);
        let id = text(headers, "webhook-id").unwrap_or_default().to_owned();
        let message = self.message(data, is_signed);
        let mut received = self.lock();
        if is_signed && received.iter().any(|kept| kept.message.is_signed && kept.id == id) {
            return;
        }
        received.push_front(Received { id, message });
        received.truncate(MAX_MESSAGES);
    }

    fn message(&self, data: &Value, is_signed: bool) -> InboxMessage {
        let field = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
        let short = |name, most| cut(field(name), most, LengthUnit::Characters);
        let link = Some(field("link")).filter(|link| link.len() <= MAX_LINK_BYTES);
        InboxMessage {
            received: self.clock.now(),
            event: short("event", MAX_EVENT),
            title: short("title", MAX_TITLE),
            body: short("body", MAX_TEXT),
            link: link.and_then(|link| Url::parse(link).ok()),
            is_signed,
        }
    }

    /// Whether one of the signatures is that of the key, and the time of the message is about now.
    fn is_signed(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        let value = |name| text(headers, name);
        let values = value("webhook-id").zip(value("webhook-timestamp")).zip(value("webhook-signature"));
        let Some(((id, sent), signatures)) = values else { return false };
        let now = self.clock.now().timestamp();
        let is_fresh = sent.parse::<i64>().is_ok_and(|sent| now.abs_diff(sent) <= CLOCK_TOLERANCE_S);
        let mut signed = format!("{id}.{sent}.").into_bytes();
        signed.extend_from_slice(body);
        let expected = digest::hmac_sha256(&self.key, &signed);
        // The key is public: how long the comparison takes tells nobody anything.
        let mut given = signatures.split(' ').filter_map(|one| one.strip_prefix("v1,"));
        is_fresh && given.any(|one| digest::from_base64(one).is_some_and(|bytes| bytes == expected))
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use tower_service::Service as _;

    use super::*;
    use crate::clock::ManualClock;

    const NOW_S: i64 = 1_772_600_000;
    const JSON: &str = "application/json; charset=utf-8";

    fn router() -> Router {
        let now = DateTime::from_timestamp(NOW_S, 0).expect("a moment");
        inbox_router(Arc::new(ManualClock::new(now)))
    }

    async fn answer(router: &Router, request: Request) -> (StatusCode, String) {
        let response = router.clone().call(request).await.expect("an answer");
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 24).await.expect("a body");
        (status, String::from_utf8(body.to_vec()).expect("UTF-8"))
    }

    async fn page(router: &Router) -> String {
        let request = http::Request::get(INBOX_PATH).body(Body::empty()).expect("a request");
        let (status, page) = answer(router, request).await;
        assert_eq!(status, StatusCode::OK);
        page
    }

    async fn post(router: &Router, headers: &[(&str, &str)], body: &str) -> StatusCode {
        let mut request = http::Request::post(INBOX_PATH);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(router, request.body(Body::from(body.to_owned())).expect("a request")).await.0
    }

    fn signature(id: &str, sent: &str, body: &str) -> String {
        let key = digest::from_base64(&INBOX_SECRET["whsec_".len()..]).expect("a key");
        let signed = format!("{id}.{sent}.{body}");
        format!("v1,{}", digest::to_base64(&digest::hmac_sha256(&key, signed.as_bytes())))
    }

    /// Sends a message that is signed as of a time.
    async fn send(router: &Router, id: &str, sent_s: i64, body: &str) -> StatusCode {
        let sent = sent_s.to_string();
        let signatures = format!("v1,AAAA v1a,BBBB {}", signature(id, &sent, body));
        let headers = [
            ("content-type", JSON),
            ("webhook-id", id),
            ("webhook-timestamp", &sent),
            ("webhook-signature", &signatures),
        ];
        post(router, &headers, body).await
    }

    fn count(page: &str, part: &str) -> usize {
        page.matches(part).count()
    }

    #[tokio::test]
    async fn messages_are_shown_newest_first() {
        let router = router();
        let body = r#"{"event":"trouble","title":"A <b>","body":"It broke.","link":"https://example.org/a"}"#;
        assert_eq!(send(&router, "msg_1", NOW_S, body).await, StatusCode::OK);
        assert_eq!(send(&router, "msg_2", NOW_S - 300, r#"{"title":"B","body":7}"#).await, StatusCode::OK);
        let page = page(&router).await;
        assert_eq!(count(&page, "signature valid"), 2);
        assert!(page.find("<h2>B</h2>").expect("B") < page.find("A &lt;b&gt;").expect("A"), "{page}");
        assert!(page.contains("· trouble ·") && page.contains("It broke.") && page.contains("example.org/a"));
    }

    #[tokio::test]
    async fn a_message_that_is_sent_again_is_shown_once() {
        let router = router();
        for id in ["msg_1", "msg_1", "msg_2"] {
            assert_eq!(send(&router, id, NOW_S, r#"{"title":"Ebb"}"#).await, StatusCode::OK);
        }
        assert_eq!(count(&page(&router).await, "<h2>Ebb</h2>"), 2);
    }

    #[tokio::test]
    async fn other_signatures_are_not_valid() {
        let router = router();
        let body = r#"{"title":"Ebb"}"#;
        let sent = NOW_S.to_string();
        let right = signature("msg_1", &sent, body);
        let other = signature("msg_2", &sent, body);
        for given in [other.as_str(), "v1,", "v1", "", &right["v1,".len()..], "v1,%%%"] {
            let headers = [
                ("content-type", JSON),
                ("webhook-id", "msg_1"),
                ("webhook-timestamp", &sent),
                ("webhook-signature", given),
            ];
            assert_eq!(post(&router, &headers, body).await, StatusCode::OK, "{given}");
        }
        assert_eq!(post(&router, &[("content-type", JSON)], body).await, StatusCode::OK);
        for away in [-301, 301, i64::MAX - NOW_S] {
            assert_eq!(send(&router, "msg_1", NOW_S + away, body).await, StatusCode::OK);
        }
        let page = page(&router).await;
        assert_eq!((count(&page, "signature not valid"), count(&page, "signature valid")), (10, 0));
    }

    #[tokio::test]
    async fn other_requests_are_refused() {
        let router = router();
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
            let status = post(&router, &[("content-type", kind)], "{}").await;
            assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
        }
        assert_eq!(post(&router, &[], "{}").await, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        for body in ["", "[]", "\"x\"", "{", &"[".repeat(60_000)] {
            let status = post(&router, &[("content-type", JSON)], body).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{}", body.len());
        }
        let sized = |bytes: usize| format!("{{\"title\":\"{}\"}}", "x".repeat(bytes - 12));
        let status = post(&router, &[("content-type", JSON)], &sized(MAX_BODY_BYTES)).await;
        assert_eq!(status, StatusCode::OK);
        let status = post(&router, &[("content-type", JSON)], &sized(MAX_BODY_BYTES + 1)).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        let request = http::Request::delete(INBOX_PATH).body(Body::empty()).expect("a request");
        assert_eq!(answer(&router, request).await.0, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(count(&page(&router).await, "<article"), 1);
    }

    #[tokio::test]
    async fn the_oldest_messages_make_room() {
        let router = router();
        for number in 0..MAX_MESSAGES + 5 {
            let body = format!(r#"{{"title":"Tide {number}.","link":"javascript:alert(1)"}}"#);
            assert_eq!(send(&router, &format!("msg_{number}"), NOW_S, &body).await, StatusCode::OK);
        }
        let page = page(&router).await;
        assert_eq!(count(&page, "<article"), MAX_MESSAGES);
        assert!(page.contains("<h2>Tide 104.</h2>") && page.contains("<h2>Tide 5.</h2>"), "{page}");
        assert!(!page.contains("<h2>Tide 4.</h2>") && !page.contains("javascript:"), "{page}");
    }
}
