//! Mail: one message with a text and the same as HTML (RFC 5322, RFC 2046 section 5.1.4).

use std::net::IpAddr;

use url::{Host, Url};

use super::markup::html;
use crate::model::Secret;
use crate::notify::cut::{LengthUnit, cut};
use crate::notify::message::{Message, MessageItem};
use crate::notify::outgoing::{MailEncryption, MailServer, OutgoingMail};
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings, both, print_name_only};

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "server",
        kind: SettingKind::Text,
        required: true,
        words: "The server for mail: its host, perhaps with a port.",
    },
    SettingSpec { name: "from", kind: SettingKind::Text, required: true, words: "Address of the sender." },
    SettingSpec {
        name: "to",
        kind: SettingKind::Texts,
        required: true,
        words: "Addresses of the receivers.",
    },
    SettingSpec { name: "user", kind: SettingKind::Text, required: false, words: "Name for the login." },
    SettingSpec {
        name: "password",
        kind: SettingKind::Secret,
        required: false,
        words: "Password for the login.",
    },
    SettingSpec {
        name: "encryption",
        kind: SettingKind::Text,
        required: false,
        words: "`starttls` (port 587), `tls` (port 465) or `none` (port 25). Default `starttls`; with port 465, `tls`.",
    },
];

/// The usual port of a server that is encrypted from the first byte, and of one with STARTTLS.
const TLS_PORT: u16 = 465;
const STARTTLS_PORT: u16 = 587;
/// Most characters of a subject.
const MAX_SUBJECT: usize = 200;
/// Stands in a `Message-ID` for a domain that has letters beyond ASCII.
const NO_DOMAIN: &str = "feedbridge.invalid";

/// Receivers of mail, and the server that takes it.
#[derive(Clone)]
pub struct MailTarget {
    server: MailServer,
    from: String,
    to: Vec<String>,
}

print_name_only!(MailTarget);

impl MailTarget {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let from = settings.needed("from").and_then(|from| mailbox("from", from));
        let ((server, from), to) = both(both(server_of(settings), from), receivers_of(settings))?;
        Ok(Self { server, from, to })
    }

    /// Advice about settings that are probably not as they are meant: ports tell how a server is spoken to
    /// (RFC 8314 section 3).
    #[must_use]
    pub fn doubt(&self) -> Option<SettingMistake> {
        let MailServer { port, encryption, .. } = self.server;
        let (meant, remedy) = match (port, encryption) {
            (TLS_PORT, MailEncryption::StartTls | MailEncryption::None) => {
                ("encryption from the first byte", "write encryption = \"tls\", or port 587 for \"starttls\"")
            }
            (STARTTLS_PORT, MailEncryption::Tls) => {
                ("STARTTLS", "write encryption = \"starttls\", or port 465 for \"tls\"")
            }
            _ => return None,
        };
        Some(SettingMistake::new("encryption", format!("port {port} is the usual one of {meant}"), remedy))
    }

    /// The mail of a message.
    #[must_use]
    pub fn mail(&self, message: &Message) -> OutgoingMail {
        OutgoingMail {
            server: self.server.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            subject: cut(&one_line(&message.title), MAX_SUBJECT, LengthUnit::Characters),
            text: text_of(message),
            html: html_of(message),
            message_id: format!("{}@{}", message.id, self.domain()),
            at: message.at.timestamp(),
        }
    }

    /// The domain of the sender: it makes the names of messages its own.
    fn domain(&self) -> &str {
        let domain = bare_address(&self.from).rsplit('@').next().unwrap_or_default();
        if domain.is_ascii() { domain } else { NO_DOMAIN }
    }
}

fn server_of(settings: &Settings) -> Result<MailServer, SettingMistake> {
    let texts = both(encryption_of(settings), login_of(settings));
    let ((host, port), (encryption, login)) = both(place_of(settings), texts)?;
    let (encryption, usual_port) = match encryption {
        None if port == Some(TLS_PORT) => (MailEncryption::Tls, TLS_PORT),
        None | Some(MailEncryption::StartTls) => (MailEncryption::StartTls, STARTTLS_PORT),
        Some(MailEncryption::Tls) => (MailEncryption::Tls, TLS_PORT),
        Some(MailEncryption::None) => (MailEncryption::None, 25),
    };
    if login.is_some() && encryption == MailEncryption::None && !is_this_machine(&host) {
        let hint = "write encryption = \"starttls\" or \"tls\", or remove `user` and `password`";
        let message = "a login without encryption would show the password to the network";
        return Err(SettingMistake::new("encryption", message, hint));
    }
    Ok(MailServer { host, port: port.unwrap_or(usual_port), encryption, login })
}

fn place_of(settings: &Settings) -> Result<(String, Option<u16>), SettingMistake> {
    let server = settings.needed("server")?;
    host_and_port(&server).ok_or_else(|| {
        let hint = "write server = \"smtp.example.org\", or with a port \"smtp.example.org:587\"";
        SettingMistake::new("server", "`server` is no host of a server for mail", hint)
    })
}

/// The encryption, if it is written.
fn encryption_of(settings: &Settings) -> Result<Option<MailEncryption>, SettingMistake> {
    match settings.text("encryption") {
        None => Ok(None),
        Some("starttls") => Ok(Some(MailEncryption::StartTls)),
        Some("tls") => Ok(Some(MailEncryption::Tls)),
        Some("none") => Ok(Some(MailEncryption::None)),
        Some(_) => {
            let hint = "write \"starttls\", \"tls\" or \"none\"";
            Err(SettingMistake::new("encryption", "`encryption` has no known value", hint))
        }
    }
}

fn login_of(settings: &Settings) -> Result<Option<(String, Secret)>, SettingMistake> {
    settings.one_login()?;
    Ok(settings.text("user").map(str::to_owned).zip(settings.secret("password")))
}

/// The receivers, each once: the first of those with the same address.
fn receivers_of(settings: &Settings) -> Result<Vec<String>, SettingMistake> {
    let mut receivers: Vec<String> = Vec::new();
    for text in settings.texts("to") {
        let receiver = mailbox("to", text)?;
        if !receivers.iter().any(|other| is_same_address(other, &receiver)) {
            receivers.push(receiver);
        }
    }
    if receivers.is_empty() {
        return Err(SettingMistake::new("to", "`to` is missing", "write to = \"you@example.org\""));
    }
    Ok(receivers)
}

/// Whether two texts have the same address. Capital letters of the domain do not count (RFC 5321 section 2.3.5).
fn is_same_address(one: &str, other: &str) -> bool {
    match (bare_address(one).split_once('@'), bare_address(other).split_once('@')) {
        (Some((local, domain)), Some((other_local, other_domain))) => {
            local == other_local && domain.eq_ignore_ascii_case(other_domain)
        }
        _ => false,
    }
}

/// The text of a setting, if it is an address of mail.
fn mailbox(setting: &str, text: String) -> Result<String, SettingMistake> {
    if is_mailbox(&text) {
        return Ok(text);
    }
    let hint = "write you@example.org, or Name <you@example.org>";
    Err(SettingMistake::new(setting, format!("`{setting}` has no address of mail"), hint))
}

/// Host and port of a text such as `smtp.example.org:587`, `192.0.2.1` or `[2001:db8::1]:25`. An address of
/// IPv6 comes without brackets.
pub(super) fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    let is_plain = !text.contains(|c: char| c.is_whitespace() || c.is_control() || "/?#@\\".contains(c));
    let url = Url::parse(&format!("smtp://{text}")).ok().filter(|_| is_plain)?;
    let host = match url.host()? {
        Host::Domain(name) => name.to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    // A name with letters beyond ASCII comes out in percent encoding, which no resolver knows.
    let is_usable = !host.is_empty() && !host.contains('%') && url.port() != Some(0);
    is_usable.then(|| (host, url.port()))
}

fn is_this_machine(host: &str) -> bool {
    let name = host.to_ascii_lowercase();
    let is_address = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    is_address || name == "localhost" || name.ends_with(".localhost")
}

/// The address of `Name <address>`, or the text itself.
fn bare_address(text: &str) -> &str {
    let inner = text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<'));
    inner.map_or_else(|| text.trim(), |(_, address)| address.trim())
}

/// Whether a text is `address` or `Name <address>`. A name with an `@` would look like another address.
fn is_mailbox(text: &str) -> bool {
    if text.contains(char::is_control) || text.matches('@').count() != 1 {
        return false;
    }
    let is_odd = |c: char| c.is_whitespace() || "<>,;:\"()".contains(c);
    let is_part = |part: &str| !part.is_empty() && !part.contains(is_odd);
    bare_address(text).split_once('@').is_some_and(|(local, domain)| is_part(local) && is_part(domain))
}

/// A text without line breaks and control characters: in a header, they would begin another one.
fn one_line(text: &str) -> String {
    let visible = text.replace(char::is_control, " ");
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn text_of(message: &Message) -> String {
    let mut parts = vec![if message.body.is_empty() { message.title.clone() } else { message.body.clone() }];
    if message.items.len() > 1 {
        parts = message.items.iter().map(item_text).collect();
    } else if let Some(link) = &message.link {
        parts.push(link.to_string());
    }
    if let Some(feed) = &message.feed {
        let page = feed.page.as_ref().map(|page| format!(": {page}")).unwrap_or_default();
        parts.push(format!("-- \n{}{page}", one_line(&feed.title)));
    }
    parts.join("\n\n")
}

fn item_text(item: &MessageItem) -> String {
    let title = one_line(&item.title);
    let link = item.link.as_ref().map(Url::to_string);
    let lines = [Some(title), item.summary.clone(), link];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn html_of(message: &Message) -> String {
    let main = if message.items.len() > 1 {
        let items: String = message.items.iter().map(item_html).collect();
        format!("<ul>{items}</ul>")
    } else {
        let title = linked(&one_line(&message.title), message.link.as_ref());
        let body = html(&message.body).replace('\n', "<br>");
        if body.is_empty() {
            format!("<p>{title}</p>")
        } else {
            format!("<p><b>{title}</b></p><p>{body}</p>")
        }
    };
    let feed = message.feed.as_ref().map(|feed| {
        let title = linked(&one_line(&feed.title), feed.page.as_ref());
        format!("<hr><p>{title}</p>")
    });
    let feed = feed.unwrap_or_default();
    format!("<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body>{main}{feed}</body></html>")
}

fn item_html(item: &MessageItem) -> String {
    let title = linked(&one_line(&item.title), item.link.as_ref());
    let summary = item.summary.as_ref().map(|text| format!("<br>{}", html(text))).unwrap_or_default();
    format!("<li>{title}{summary}</li>")
}

/// A text that is linked, if the address is one of the web: others could run a script.
fn linked(text: &str, link: Option<&Url>) -> String {
    match link.filter(|url| matches!(url.scheme(), "http" | "https")) {
        Some(url) => format!("<a href=\"{}\">{}</a>", html(url.as_str()), html(text)),
        None => html(text),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::EventKind;
    use crate::notify::service::examples::{self, incident, settings_of, texts};

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let usual = [("server", "smtp.example.org"), ("from", "Harbour <bridge@example.org>")];
        let mut settings = settings_of(&[&usual[..], pairs].concat());
        settings.set("to", texts(&["you@example.net"]));
        settings
    }

    fn target() -> MailTarget {
        MailTarget::of(&settings(&[])).expect("a target")
    }

    fn message(title: &str, body: &str) -> Message {
        Message {
            at: DateTime::from_timestamp(1_600_000_000, 0).expect("a time"),
            link: Url::parse("https://example.org/tide?a=1&b=2").ok(),
            image: Url::parse("https://example.org/tide.png").ok(),
            ..examples::message(EventKind::Item, title, body)
        }
    }

    fn item(title: &str, link: &str) -> MessageItem {
        MessageItem {
            title: title.to_owned(),
            link: Url::parse(link).ok(),
            summary: Some("At <noon>".to_owned()),
        }
    }

    fn body_of(mail: &OutgoingMail) -> &str {
        let html = mail.html.split_once("<body>").and_then(|(_, rest)| rest.split_once("</body>"));
        html.expect("a body").0
    }

    #[test]
    fn an_item_becomes_a_mail() {
        let mail = target().mail(&message("Low tide", "At noon\nand at night"));
        assert_eq!(mail.subject, "Low tide");
        assert_eq!(mail.from, "Harbour <bridge@example.org>");
        assert_eq!(mail.to, ["you@example.net"]);
        assert_eq!(mail.message_id, "msg_1@example.org");
        assert_eq!(mail.at, 1_600_000_000);
        assert_eq!(mail.text, "At noon\nand at night\n\nhttps://example.org/tide?a=1&b=2");
        assert_eq!(
            body_of(&mail),
            "<p><b><a href=\"https://example.org/tide?a=1&amp;b=2\">Low tide</a></b></p>\
             <p>At noon<br>and at night</p>"
        );
    }

    #[test]
    fn items_become_a_list() {
        let mut message = message("2 new items", "");
        message.items = vec![item("Low <tide>", "https://example.org/1"), item("Ebb", "javascript:alert(1)")];
        let mail = target().mail(&message);
        assert_eq!(
            mail.text,
            "Low <tide>\nAt <noon>\nhttps://example.org/1\n\nEbb\nAt <noon>\njavascript:alert(1)"
        );
        assert_eq!(
            body_of(&mail),
            "<ul><li><a href=\"https://example.org/1\">Low &lt;tide&gt;</a><br>At &lt;noon&gt;</li>\
             <li>Ebb<br>At &lt;noon&gt;</li></ul>"
        );
    }

    #[test]
    fn a_trouble_and_its_recovery_name_the_feed() {
        for event in [EventKind::Trouble, EventKind::Recovered] {
            let incident = incident(event, "no_items");
            let bare = message("Harbour News: no items", "the selector matched nothing");
            let message = Message { feed: incident.feed, incident: incident.incident, ..bare };
            let mail = target().mail(&message);
            assert_eq!(
                mail.text,
                "the selector matched nothing\n\nhttps://example.org/tide?a=1&b=2\n\n-- \nHarbour"
            );
            assert!(body_of(&mail).ends_with("<hr><p>Harbour</p>"));
        }
    }

    #[test]
    fn a_title_begins_no_other_header() {
        let mail = target().mail(&message("Tide\r\nBcc: all@example.net\u{0}\u{85}", ""));
        assert_eq!(mail.subject, "Tide Bcc: all@example.net");
        let mail = target().mail(&message(&"tide ".repeat(100), ""));
        assert!(mail.subject.chars().count() <= MAX_SUBJECT && mail.subject.ends_with('…'));
    }

    #[test]
    fn ports_follow_the_encryption() {
        let server = |pairs: &[(&str, &str)]| {
            let server = MailTarget::of(&settings(pairs)).expect("a target").server;
            (server.host, server.port, server.encryption)
        };
        let host = || "smtp.example.org".to_owned();
        assert_eq!(server(&[]), (host(), 587, MailEncryption::StartTls));
        assert_eq!(server(&[("encryption", "tls")]), (host(), 465, MailEncryption::Tls));
        assert_eq!(server(&[("encryption", "none")]), (host(), 25, MailEncryption::None));
        let tls_port = "smtp.example.org:465";
        assert_eq!(server(&[("server", tls_port)]), (host(), 465, MailEncryption::Tls));
        let with_port = [("server", "[::1]:2525"), ("encryption", "none"), ("user", "a"), ("password", "b")];
        assert_eq!(server(&with_port), ("::1".to_owned(), 2525, MailEncryption::None));
    }

    #[test]
    fn a_port_of_the_other_encryption_is_doubted() {
        let doubt = |server: &str, encryption: &str| {
            let target = MailTarget::of(&settings(&[("server", server), ("encryption", encryption)]));
            target.expect("a target").doubt().map(|doubt| doubt.message)
        };
        assert_eq!(doubt("h.example", "tls"), None);
        assert_eq!(doubt("h.example:2525", "tls"), None);
        let early = "port 465 is the usual one of encryption from the first byte";
        assert_eq!(doubt("h.example:465", "starttls").as_deref(), Some(early));
        assert_eq!(doubt("h.example:465", "none").as_deref(), Some(early));
        let late = "port 587 is the usual one of STARTTLS";
        assert_eq!(doubt("h.example:587", "tls").as_deref(), Some(late));
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let mut wrong = settings(&[("server", "a b"), ("from", "harbour")]);
        wrong.set("to", texts(&["you@example.net", "harbour"]));
        let all = MailTarget::of(&wrong).expect_err("mistakes").into_all();
        let messages: Vec<&str> = all.iter().map(|mistake| mistake.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`server` is no host of a server for mail",
                "`from` has no address of mail",
                "`to` has no address of mail",
            ]
        );
    }

    #[test]
    fn a_receiver_who_is_named_twice_gets_one_mail() {
        let mut doubled = settings(&[]);
        let named = ["You <you@example.net>", "you@EXAMPLE.net", "You@example.net", "ada@example.net"];
        doubled.set("to", texts(&named));
        let target = MailTarget::of(&doubled).expect("a target");
        // The server of the receivers decides whether capital letters before the `@` count.
        assert_eq!(target.to, ["You <you@example.net>", "You@example.net", "ada@example.net"]);
    }

    #[test]
    fn mistakes_are_told() {
        let target = |pairs: &[(&str, &str)]| MailTarget::of(&settings(pairs));
        let mistake = |pairs: &[(&str, &str)]| target(pairs).expect_err("a mistake").setting;
        for server in ["", "smtp://a.example", "a b", "a.example:x", "a.example:0", "häfen.example"] {
            assert_eq!(mistake(&[("server", server)]), "server", "{server}");
        }
        for from in ["", "harbour", "a@b@c.example", "a@b.example, c", "A\n<a@b.example>", "@b.example"] {
            assert_eq!(mistake(&[("from", from)]), "from", "{from}");
        }
        assert_eq!(mistake(&[("encryption", "ssl")]), "encryption");
        assert_eq!(mistake(&[("user", "a")]), "password");
        assert_eq!(mistake(&[("password", "a")]), "user");
        assert_eq!(mistake(&[("user", "a"), ("password", "b"), ("encryption", "none")]), "encryption");
        let mut without = settings(&[]);
        without.set("to", texts(&[]));
        assert_eq!(MailTarget::of(&without).expect_err("a mistake").setting, "to");
    }
}
