//! The form in which a message leaves: a request, a mail, a publication, a command. Pure values; `delivery` sends
//! them.

use std::fmt;

use http::Method;
use url::Url;

use super::cut::{LengthUnit, cut};
use crate::model::Secret;

/// A message as one service takes it.
#[derive(Debug, Clone)]
pub enum Outgoing {
    /// A request by HTTP.
    Http(HttpRequest),
    /// A mail.
    Mail(Box<OutgoingMail>),
    /// A publication by MQTT.
    Mqtt(Box<MqttPublication>),
    /// A program of this machine.
    Command(CommandCall),
}

/// A request by HTTP. Its address and headers may hold secrets, so that neither has a printed form.
#[derive(Clone)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The address.
    pub url: Url,
    /// Headers, the content type among them. Names in small letters.
    pub headers: Vec<(String, Secret)>,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.method, self.url.host_str().unwrap_or_default())
    }
}

impl HttpRequest {
    /// A POST of JSON.
    #[must_use]
    pub fn json(url: Url, body: &serde_json::Value) -> Self {
        let headers = vec![("content-type".to_owned(), Secret::new("application/json".to_owned()))];
        Self { method: Method::POST, url, headers, body: body.to_string().into_bytes() }
    }

    /// The request with one more header. `name` is in small letters.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: String) -> Self {
        self.headers.push((name.to_owned(), Secret::new(value)));
        self
    }
}

/// The answer to a request, as far as it is judged.
#[derive(Debug, Clone, Copy)]
pub struct HttpAnswer<'a> {
    /// The status.
    pub status: u16,
    /// The value of `Retry-After`, in seconds from now.
    pub retry_after_s: Option<u64>,
    /// The first 4 KiB of the body.
    pub body: &'a str,
}

/// The decision about a message after a try to send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendVerdict {
    /// It has arrived.
    Sent,
    /// Try again, not before this many seconds (0: by the usual back-off). With the reason in words.
    Retry(u64, String),
    /// No try will help. With the reason in words.
    Dead(String),
}

/// Most characters of an answer that are repeated in a reason.
const MAX_SAID: usize = 200;

/// The usual verdict on a status: any 2xx is a success. Of 4xx, 408, 425 and 429 are tried again, others are dead.
/// All else is tried again (RFC 9110 section 15).
#[must_use]
pub(super) fn usual_verdict(answer: HttpAnswer<'_>) -> SendVerdict {
    let wait_s = answer.retry_after_s.unwrap_or(0);
    let reason = match answer.status {
        status @ 300..=399 => format!(
            "the service answered {status}: write the address to which it leads, for redirects are not followed"
        ),
        status => format!("the service answered {status}"),
    };
    match answer.status {
        200..=299 => SendVerdict::Sent,
        408 | 425 | 429 => SendVerdict::Retry(wait_s, reason),
        400..=499 => SendVerdict::Dead(reason),
        _ => SendVerdict::Retry(wait_s, reason),
    }
}

/// The usual verdict, with the words of the answer in its reason.
#[must_use]
pub(super) fn verdict_in_words(answer: HttpAnswer<'_>) -> SendVerdict {
    let is_gap = |c: char| c.is_whitespace() || c.is_control();
    let words: Vec<&str> = answer.body.split(is_gap).filter(|word| !word.is_empty()).collect();
    let said = cut(&words.join(" "), MAX_SAID, LengthUnit::Characters);
    let with_words = |reason: String| if said.is_empty() { reason } else { format!("{reason}: {said}") };
    match usual_verdict(answer) {
        SendVerdict::Retry(wait_s, reason) if answer.status >= 400 => {
            SendVerdict::Retry(wait_s, with_words(reason))
        }
        SendVerdict::Dead(reason) => SendVerdict::Dead(with_words(reason)),
        other => other,
    }
}

/// A mail.
#[derive(Debug, Clone)]
pub struct OutgoingMail {
    /// The server, and how it is spoken to.
    pub server: MailServer,
    /// The address of the sender, perhaps with a name: `feedbridge <bridge@example.org>`.
    pub from: String,
    /// Addresses of the receivers; at least one.
    pub to: Vec<String>,
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// `Message-ID` without brackets: the same at each try.
    pub message_id: String,
    /// Date of the message: seconds since 1970.
    pub at: i64,
}

/// A server for mail.
#[derive(Debug, Clone)]
pub struct MailServer {
    /// Its host name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub encryption: MailEncryption,
    /// Name and password of the login.
    pub login: Option<(String, Secret)>,
}

/// How a connection to a server for mail is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailEncryption {
    /// From the first byte (port 465, RFC 8314).
    Tls,
    /// After STARTTLS, without which nothing is sent (port 587, RFC 3207).
    StartTls,
    /// Not at all.
    None,
}

/// A publication by MQTT 3.1.1 with quality of service 1.
#[derive(Debug, Clone)]
pub struct MqttPublication {
    /// Host name or address of the broker.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// Name and password.
    pub login: Option<(String, Secret)>,
    /// The topic.
    pub topic: String,
    /// Whether the broker keeps it for later subscribers.
    pub retain: bool,
    /// The payload.
    pub payload: Vec<u8>,
}

/// A program that is started without a shell, with the message as JSON on its standard input.
#[derive(Debug, Clone)]
pub struct CommandCall {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// Its standard input.
    pub input: Vec<u8>,
}
