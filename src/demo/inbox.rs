//! The inbox: a page of the sample site that shows the notifications which arrived there. `serve` receives
//! and keeps them.

use chrono::{DateTime, Utc};
use url::Url;

use super::html::{Frame, document, escaped};

/// The path at which messages are sent and shown.
pub const INBOX_PATH: &str = "/inbox";

/// The key that signs the messages of the demo, in the form of the Standard Webhooks specification. It is
/// known to everybody, and protects nothing.
pub const INBOX_SECRET: &str = "whsec_ZmVlZGJyaWRnZSBkZW1vOiBub3QgYSBzZWNyZXQh";

const INTRODUCTION: &str = "<h1>Inbox</h1>\n<p>The notifications that feedbridge has sent here, the newest \
first. Load the page again to see newer ones.</p>\n";

const EMPTY: &str = "<p>Nothing has arrived yet. The first run of a feed tells nobody. News of the harbour \
come within the first minutes, and 40 seconds after the start the layout of the harbour notices \
breaks.</p>\n";

/// A message that has arrived. All texts are plain text, as the sender wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxMessage {
    /// When it arrived.
    pub received: DateTime<Utc>,
    /// The kind of the event, such as `trouble`.
    pub event: String,
    /// One line.
    pub title: String,
    /// Lines with `\n` between; perhaps empty.
    pub body: String,
    /// The page to open. Only an http(s) address becomes a link.
    pub link: Option<Url>,
    /// Whether its signature is valid.
    pub is_signed: bool,
}

/// The page with the messages, in the order in which they are given.
#[must_use]
pub fn inbox_page(messages: &[InboxMessage]) -> String {
    let list: String = messages.iter().map(article).collect();
    let shown = if messages.is_empty() { EMPTY } else { &list };
    let main = format!("{INTRODUCTION}{shown}");
    document(&Frame { title: "Inbox | Tidewater Wire", base: None, main: &main })
}

fn article(message: &InboxMessage) -> String {
    let signature = if message.is_signed { "signature valid" } else { "signature not valid" };
    format!(
        "<article class=\"message\" dir=\"auto\">\n<h2>{title}</h2>\n\
         <p><time datetime=\"{machine}\">{time}</time> · {event} · {signature}</p>\n\
         <p class=\"message-body\">{body}</p>\n</article>\n",
        title = linked(message),
        machine = message.received.format("%Y-%m-%dT%H:%M:%SZ"),
        time = message.received.format("%Y-%m-%d %H:%M:%S UTC"),
        event = escaped(&message.event),
        body = escaped(&message.body),
    )
}

/// The title, as a link if the message has an address of the web.
fn linked(message: &InboxMessage) -> String {
    let title = escaped(&message.title);
    match message.link.as_ref().filter(|link| matches!(link.scheme(), "http" | "https")) {
        Some(link) => {
            let href = escaped(link.as_str());
            format!("<a href=\"{href}\" rel=\"noreferrer noopener nofollow\">{title}</a>")
        }
        None => title,
    }
}
