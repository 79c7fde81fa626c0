//! Hands a mail to its server by SMTP (RFC 5321), with TLS as its target demands.
//!
//! The caller has resolved the name and asked the guard: only its addresses are dialled. The certificate is
//! that of the name all the same.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use tokio::time::timeout;

use crate::notify::{MailEncryption, MailServer, OutgoingMail, SendVerdict};

/// The time for parting from a server.
const PARTING: Duration = Duration::from_secs(2);
/// Most characters of an error of the server in a reason.
const MAX_REASON: usize = 300;
/// The last second that the header `Date` can tell: the end of the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;
/// The code of a server that closes the connection.
const CLOSING: &str = "421";
/// From this try on, a mail goes to those receivers that the server takes, whoever else is refused for now.
const LAST_PATIENT_TRY: u32 = 9;
/// Permanent codes that are about the login, not about the mail.
const LOGIN_CODES: [&str; 4] = ["530", "534", "535", "538"];

/// Sends a mail, to the first of `addresses` that answers. All of it takes at most `limit`. `tries` counts the tries
/// of this mail, this one included.
pub(super) async fn send(
    mail: &OutgoingMail,
    addresses: &[SocketAddr],
    tries: u32,
    limit: Duration,
) -> SendVerdict {
    match timeout(limit, handed_over(mail, addresses, tries, limit)).await {
        Ok(Ok(())) => SendVerdict::Sent,
        Ok(Err(verdict)) => verdict,
        Err(_) => {
            SendVerdict::Retry(0, format!("the mail server did not answer within {} s", limit.as_secs()))
        }
    }
}

async fn handed_over(
    mail: &OutgoingMail,
    addresses: &[SocketAddr],
    tries: u32,
    limit: Duration,
) -> Result<(), SendVerdict> {
    let message = message_of(mail).map_err(SendVerdict::Dead)?;
    let bytes = message.formatted();
    let mut connection = connected(&mail.server, addresses, limit).await?;
    if let Some((user, password)) = &mail.server.login {
        let login = Credentials::new(user.clone(), password.expose().to_owned());
        let accepted = connection.auth(&[Mechanism::Plain, Mechanism::Login], &login).await;
        // A person may mend the password, so that the message stays.
        accepted
            .map_err(|error| retry("the mail server refused the login", &error, "`user` and `password`"))?;
    }
    let passed = passed_on(&mut connection, message.envelope(), &bytes, tries).await;
    // The server has the mail, or has refused it: a fault while parting changes neither, and must not send it twice.
    let _ = timeout(PARTING, connection.quit()).await;
    for refused in passed? {
        tracing::warn!(
            server = %mail.server.host,
            message = %mail.message_id,
            "a mail was sent to its other receivers only: {refused}; check `to`"
        );
    }
    Ok(())
}

/// Passes a mail on to all receivers that the server takes (RFC 5321 section 3.3). Gives why the others were left
/// out. They count as done: another try would send the mail twice to those who have it. Before the text of the mail
/// nobody has it: if the server refuses a receiver for now, all of them wait for a later try, up to a bound. If the
/// server takes nobody, the verdict is that of the receiver for whom a later try may help.
async fn passed_on(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    bytes: &[u8],
    tries: u32,
) -> Result<Vec<String>, SendVerdict> {
    let options = options(connection, envelope, bytes)?;
    let sender = Mail::new(envelope.from().cloned(), options);
    connection.command(sender).await.map_err(|error| refusal(&error))?;
    let mut left_out = Vec::new();
    let mut verdicts = Vec::new();
    for receiver in envelope.to() {
        let Err(error) = connection.command(Rcpt::new(receiver.clone(), Vec::new())).await else { continue };
        if ends_session(&error) {
            return Err(refusal(&error));
        }
        left_out.push(format!("the mail server refused `{receiver}`: {}", words(&error)));
        verdicts.push(refusal(&error));
    }
    let later = verdicts.iter().position(|verdict| matches!(verdict, SendVerdict::Retry(..)));
    let waits = later.is_some() && tries <= LAST_PATIENT_TRY;
    if waits || verdicts.len() == envelope.to().len() {
        return Err(verdicts.swap_remove(later.unwrap_or(0)));
    }
    connection.command(Data).await.map_err(|error| refusal(&error))?;
    connection.message(bytes).await.map_err(|error| refusal(&error))?;
    Ok(left_out)
}

/// The options that the letters of a mail demand (RFC 6152, RFC 6531).
fn options(
    connection: &AsyncSmtpConnection,
    envelope: &Envelope,
    bytes: &[u8],
) -> Result<Vec<MailParameter>, SendVerdict> {
    let is_ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
    let has_plain_addresses = envelope.from().into_iter().chain(envelope.to()).all(is_ascii);
    let demands = [
        (has_plain_addresses, Extension::SmtpUtfEight, MailParameter::SmtpUtfEight),
        (bytes.is_ascii(), Extension::EightBitMime, MailParameter::Body(MailBodyParameter::EightBitMime)),
    ];
    let mut options = Vec::new();
    for (is_plain, extension, option) in demands {
        if is_plain {
            continue;
        }
        if !connection.server_info().supports_feature(extension) {
            let reason = format!("the mail server takes no letters beyond ASCII: it lacks {extension}");
            return Err(SendVerdict::Dead(reason));
        }
        options.push(option);
    }
    Ok(options)
}

/// Whether an error is not about one receiver, but about all that is said: a lost connection, a server that closes it
/// (421), a login that is missing.
fn ends_session(error: &Error) -> bool {
    error.status().is_none_or(|code| {
        let code = code.to_string();
        code == CLOSING || LOGIN_CODES.contains(&code.as_str())
    })
}

/// The verdict on a fault while the mail was handed over. Later tries help against 4xx and lost
/// connections (RFC 5321 section 4.2.1), and where a login is missing (RFC 4954 section 6), as a person may
/// mend that.
fn refusal(error: &Error) -> SendVerdict {
    let wants_login = error.status().is_some_and(|code| LOGIN_CODES.contains(&code.to_string().as_str()));
    if !wants_login && (error.is_permanent() || error.is_client()) {
        return SendVerdict::Dead(format!("the mail server refused the mail: {}", words(error)));
    }
    SendVerdict::Retry(0, format!("the mail server did not take the mail: {}", words(error)))
}

fn retry(happened: &str, error: &Error, setting: &str) -> SendVerdict {
    SendVerdict::Retry(0, format!("{happened}: {}; check {setting}", words(error)))
}

/// An error in one line of bounded length: parts of it come from the server.
fn words(error: &Error) -> String {
    error.to_string().replace(char::is_control, " ").chars().take(MAX_REASON).collect()
}

/// A connection over which mail may be sent: to the first address that works. Each has its share of the time.
async fn connected(
    server: &MailServer,
    addresses: &[SocketAddr],
    limit: Duration,
) -> Result<AsyncSmtpConnection, SendVerdict> {
    let share = limit / u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
    let place = format!("{}:{}", server.host, server.port);
    let mut reason = format!("the mail server {place} has no address");
    for address in addresses {
        match timeout(share, connection(server, *address)).await {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(error)) => {
                let error = words(&error);
                reason = format!(
                    "cannot talk to the mail server {place}: {error}; check `server` and `encryption`"
                );
            }
            Err(_) => reason = format!("the mail server {place} does not answer"),
        }
    }
    Err(SendVerdict::Retry(0, reason))
}

async fn connection(server: &MailServer, address: SocketAddr) -> Result<AsyncSmtpConnection, Error> {
    let hello = ClientId::default();
    let tls = || TlsParameters::new(server.host.clone());
    match server.encryption {
        MailEncryption::Tls => {
            AsyncSmtpConnection::connect_tokio1(address, None, &hello, Some(tls()?), None).await
        }
        MailEncryption::StartTls => {
            let mut plain = AsyncSmtpConnection::connect_tokio1(address, None, &hello, None, None).await?;
            // It fails where the server does not offer it.
            plain.starttls(tls()?, &hello).await?;
            Ok(plain)
        }
        MailEncryption::None => AsyncSmtpConnection::connect_tokio1(address, None, &hello, None, None).await,
    }
}

/// The mail as it is sent, or the reason why it cannot be.
fn message_of(mail: &OutgoingMail) -> Result<lettre::Message, String> {
    let mut builder = lettre::Message::builder()
        .from(mailbox(&mail.from)?)
        .subject(mail.subject.clone())
        .date(date_of(mail.at))
        .message_id(Some(format!("<{}>", mail.message_id)))
        .header(AutoSubmitted);
    for receiver in &mail.to {
        builder = builder.to(mailbox(receiver)?);
    }
    let parts = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
    builder.multipart(parts).map_err(|error| format!("the mail cannot be written: {error}"))
}

fn date_of(second: i64) -> SystemTime {
    let second = u64::try_from(second).unwrap_or(0).min(LAST_SECOND);
    UNIX_EPOCH + Duration::from_secs(second)
}

/// `address` or `Name <address>`.
fn mailbox(text: &str) -> Result<Mailbox, String> {
    let text = text.trim();
    let (name, address) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((name, address)) => (name.trim().trim_matches('"').trim(), address.trim()),
        None => ("", text),
    };
    let address =
        address.parse::<Address>().map_err(|_| format!("`{address}` is no address of mail; correct it"))?;
    Ok(Mailbox::new(Some(name.to_owned()).filter(|name| !name.is_empty()), address))
}

/// Keeps notes of absence from answering (RFC 3834 section 5).
#[derive(Debug, Clone, Copy)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;

    use super::*;
    use crate::model::Secret;

    fn mail(login: bool) -> OutgoingMail {
        let secret = Secret::new("hush".to_owned());
        OutgoingMail {
            server: MailServer {
                host: "localhost".to_owned(),
                port: 25,
                encryption: MailEncryption::None,
                login: login.then(|| ("ada".to_owned(), secret)),
            },
            from: "Harbour, North <bridge@example.org>".to_owned(),
            to: vec!["you@example.net".to_owned(), "Ada <ada@example.net>".to_owned()],
            subject: "Low tide".to_owned(),
            text: "At noon\n.\nand at night".to_owned(),
            html: "<p>At noon</p>".to_owned(),
            message_id: "msg_1@example.org".to_owned(),
            at: 1_600_000_000,
        }
    }

    /// Sends the mail to a server that gives `answer` to commands that begin with `odd`; with all lines that it
    /// got.
    async fn sent(
        mail: &OutgoingMail,
        odd: &'static str,
        answer: &'static str,
    ) -> (SendVerdict, Vec<String>) {
        sent_at(1, mail, odd, answer).await
    }

    /// The same at a later try.
    async fn sent_at(
        tries: u32,
        mail: &OutgoingMail,
        odd: &'static str,
        answer: &'static str,
    ) -> (SendVerdict, Vec<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let (read, mut write) = stream.split();
            let mut lines = BufReader::new(read).lines();
            write.write_all(b"220 harbour\r\n").await.expect("written");
            let (mut got, mut in_data) = (Vec::new(), false);
            while let Ok(Some(line)) = lines.next_line().await {
                let command = line.split([' ', ':']).next().unwrap_or_default().to_owned();
                got.push(line.clone());
                let reply = match command.as_str() {
                    "." => "250 taken",
                    _ if in_data => continue,
                    _ if !odd.is_empty() && line.starts_with(odd) => answer,
                    "EHLO" => "250-harbour\r\n250 AUTH PLAIN LOGIN",
                    "AUTH" => "235 welcome",
                    "DATA" => "354 go on",
                    "QUIT" => "221 bye",
                    _ => "250 ok",
                };
                in_data = reply.starts_with("354");
                if write.write_all(format!("{reply}\r\n").as_bytes()).await.is_err() || command == "QUIT" {
                    break;
                }
            }
            got
        });
        let verdict = send(mail, &[address], tries, Duration::from_secs(60)).await;
        (verdict, server.await.expect("a server"))
    }

    #[tokio::test]
    async fn a_mail_is_handed_over() {
        let (verdict, lines) = sent(&mail(true), "", "").await;
        assert_eq!(verdict, SendVerdict::Sent);
        for line in [
            "MAIL FROM:<bridge@example.org>",
            "RCPT TO:<you@example.net>",
            "RCPT TO:<ada@example.net>",
            "Subject: Low tide",
            "Message-ID: <msg_1@example.org>",
            "Auto-Submitted: auto-generated",
            // A lone full stop would end the mail.
            "..",
        ] {
            assert!(lines.iter().any(|got| got == line), "{line} in {lines:#?}");
        }
        assert!(lines.iter().any(|got| got.starts_with("AUTH PLAIN ")));
        assert!(lines.iter().any(|got| got.starts_with("Date: Sun, 13 Sep 2020 12:26:40")));
    }

    #[tokio::test]
    async fn refusals_are_judged() {
        let (verdict, _) = sent(&mail(false), "RCPT", "550 nobody here").await;
        assert!(matches!(&verdict, SendVerdict::Dead(reason) if reason.contains("550")), "{verdict:?}");
        let (verdict, _) = sent(&mail(false), "RCPT", "450 later").await;
        assert!(matches!(verdict, SendVerdict::Retry(0, _)));
        let (verdict, lines) = sent(&mail(true), "AUTH", "535 wrong").await;
        assert!(matches!(verdict, SendVerdict::Retry(0, _)));
        assert!(!lines.iter().any(|line| line.starts_with("MAIL")));
        let (verdict, _) = sent(&mail(false), "QUIT", "421 too late").await;
        assert_eq!(verdict, SendVerdict::Sent);
    }

    #[tokio::test]
    async fn a_refused_receiver_does_not_keep_the_mail_from_the_others() {
        for (tries, answer) in [(1, "550 nobody here"), (10, "452 full")] {
            let (verdict, lines) = sent_at(tries, &mail(false), "RCPT TO:<you@", answer).await;
            assert_eq!(verdict, SendVerdict::Sent, "{answer}");
            let begun = lines.iter().filter(|line| *line == "DATA").count();
            assert_eq!(begun, 1, "{lines:#?}");
            assert!(lines.iter().any(|line| line == "RCPT TO:<ada@example.net>"), "{lines:#?}");
        }
        // Nobody has the mail yet, and a later try may reach both.
        for tries in [1, 9] {
            let (verdict, lines) = sent_at(tries, &mail(false), "RCPT TO:<you@", "452 full").await;
            assert!(
                matches!(&verdict, SendVerdict::Retry(0, reason) if reason.contains("452")),
                "{verdict:?}"
            );
            assert!(!lines.iter().any(|line| line == "DATA"), "{lines:#?}");
        }
        // The server says this of the session.
        let (verdict, lines) = sent(&mail(false), "RCPT TO:<ada@", "421 closing").await;
        assert!(matches!(verdict, SendVerdict::Retry(0, _)), "{verdict:?}");
        assert!(!lines.iter().any(|line| line == "DATA"), "{lines:#?}");
    }

    #[tokio::test]
    async fn letters_beyond_ascii_need_a_server_that_takes_them() {
        let mut foreign = mail(false);
        foreign.to = vec!["häfen@example.net".to_owned()];
        let (verdict, lines) = sent(&foreign, "", "").await;
        let reason = "the mail server takes no letters beyond ASCII: it lacks SMTPUTF8".to_owned();
        assert_eq!(verdict, SendVerdict::Dead(reason));
        assert!(!lines.iter().any(|line| line.starts_with("MAIL")), "{lines:#?}");
    }

    #[tokio::test]
    async fn nothing_is_sent_without_the_encryption_that_is_demanded() {
        let mut mail = mail(true);
        mail.server.encryption = MailEncryption::StartTls;
        let (verdict, lines) = sent(&mail, "", "").await;
        assert!(matches!(verdict, SendVerdict::Retry(0, _)));
        assert!(!lines.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")));
    }

    #[tokio::test]
    async fn a_server_without_an_address_is_tried_again() {
        let verdict = send(&mail(false), &[], 1, Duration::from_secs(60)).await;
        let reason = "the mail server localhost:25 has no address".to_owned();
        assert_eq!(verdict, SendVerdict::Retry(0, reason));
    }
}
