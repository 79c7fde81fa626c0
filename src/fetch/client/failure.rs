//! Errors of the HTTP client as troubles: what happened, in words for people.
//!
//! A sentence names the host at most, never the whole address, which may carry a token.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use std::time::Duration;

use url::Url;

use super::open_files;
use super::resolver::LookupError;
use crate::fetch::guard::Refusal;
use crate::fetch::limits::FetchLimits;
use crate::model::{Limit, Trouble, TroubleKind};

/// Stands for the text of an error that has none.
const NO_REASON: &str = "no reason given";

/// The server that a request went to, and the deadlines that hold for it.
pub(super) struct Peer {
    /// The host, with the port if the address names one.
    host: String,
    connect: Duration,
    idle_read: Duration,
    /// The feed trusts authorities beside those of the system.
    has_own_authorities: bool,
}

impl Peer {
    pub(super) fn of(url: &Url, limits: &FetchLimits, has_own_authorities: bool) -> Self {
        let name = url.host_str().unwrap_or_default();
        let host = url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
        Self { host, connect: limits.connect, idle_read: limits.idle_read, has_own_authorities }
    }
}

/// The HTTP client could not be made; it reads the system's certificates for that.
pub(super) fn no_client(error: &reqwest::Error) -> Trouble {
    let reason = root_text(&causes(error));
    let detail = format!(
        "cannot set up encrypted connections: {reason}; check that the system's CA certificates are installed"
    );
    Trouble::new(TroubleKind::Tls, detail)
}

/// The site stopped sending before its answer was complete.
pub(in crate::fetch) fn silence(idle_read: Duration) -> Trouble {
    Limit::Silence(idle_read).into()
}

/// The site sent no head of an answer in time.
pub(super) fn no_answer(peer: &Peer) -> Trouble {
    Limit::Answer { host: peer.host.clone(), within: peer.idle_read }.into()
}

/// An error of a request or of its body.
pub(super) fn trouble(error: &reqwest::Error, peer: &Peer) -> Trouble {
    let causes = causes(error);
    if let Some(refusal) = causes.iter().find_map(|c| c.downcast_ref::<Refusal>()) {
        return refusal.clone().into();
    }
    if causes.iter().any(|&cause| open_files::is_shortage(cause)) {
        return open_files::trouble();
    }
    if let Some(lookup) = causes.iter().find_map(|c| c.downcast_ref::<LookupError>()) {
        if *lookup == LookupError::NoFiles {
            return open_files::trouble();
        }
        return Trouble::new(TroubleKind::Dns, lookup.to_string());
    }
    if error.is_timeout() {
        return timed_out(error, peer);
    }
    let root = root_text(&causes);
    if let Some(reason) = tls_failure(&root, peer.has_own_authorities) {
        return Trouble::new(TroubleKind::Tls, reason);
    }
    if error.is_connect() {
        let io_kind = causes.last().and_then(|c| c.downcast_ref::<io::Error>()).map(io::Error::kind);
        return Trouble::new(TroubleKind::Connect, connect_reason(io_kind, &root, &peer.host));
    }
    Trouble::new(TroubleKind::BrokenAnswer, broken_reason(&root))
}

fn timed_out(error: &reqwest::Error, peer: &Peer) -> Trouble {
    if error.is_body() || error.is_decode() {
        return silence(peer.idle_read);
    }
    let host = peer.host.clone();
    let limit = if error.is_connect() {
        Limit::Connect { host, within: peer.connect }
    } else {
        Limit::Answer { host, within: peer.idle_read }
    };
    limit.into()
}

/// Texts of the TLS library, and a sentence for each. The first text that is found counts. The HTTP client
/// wraps its errors in several ways, so they are recognised by their text.
const TLS_REASONS: &[(&[&str], &str)] = &[
    (
        &["UnknownIssuer"],
        "the site's certificate is signed by no trusted authority, or by itself; if the site has an authority of its \
         own, name its certificate with `ca_file` in [feed.fetch]",
    ),
    (&["CaUsedAsEndEntity"], "the site's certificate is one of an authority, as self-signed ones often are"),
    (&["not valid for name", "NotValidForName"], "the site's certificate is for another host name"),
    (
        &["certificate not valid yet", "NotValidYet"],
        "the site's certificate is not valid yet; check this machine's clock",
    ),
    (&["certificate expired", "certificate: Expired"], "the site's certificate has expired"),
    (&["certificate: Revoked"], "the site's certificate has been revoked"),
    (
        &["HandshakeFailure", "alert: ProtocolVersion", "peer is incompatible"],
        "the site and feedbridge have no TLS version or cipher in common",
    ),
    (&["received corrupt message"], "the site speaks no TLS at this port; try http:// or another port"),
    (
        &["tls handshake eof"],
        "the site ended the TLS handshake without an answer, as one does that speaks no TLS at this port; try http:// or \
         another port",
    ),
];

/// Errors of a certificate that an authority of the feed's own does not vouch for.
const UNTRUSTED: [&str; 2] = ["UnknownIssuer", "CaUsedAsEndEntity"];

/// The sentence for these, if the feed has authorities of its own.
const UNTRUSTED_IN_SPITE_OF_FILE: &str = "the site's certificate is not trusted, and `ca_file` in [feed.fetch] did not help: the file must hold \
     the certificate of the authority that has signed the site's own; one that has signed itself does not do";

/// Texts of the TLS library that are followed by the name of an error, and a sentence for each.
const NAMED_TLS_REASONS: [(&str, &str); 2] = [
    ("invalid peer certificate: ", "the site's certificate is not valid"),
    ("received fatal alert: ", "the site ended the TLS handshake"),
];

/// The sentence for a failure of TLS; `None` if it is no such failure.
fn tls_failure(root: &str, has_own_authorities: bool) -> Option<String> {
    if has_own_authorities && UNTRUSTED.iter().any(|name| root.contains(name)) {
        return Some(UNTRUSTED_IN_SPITE_OF_FILE.to_owned());
    }
    let is_tls = ["certificate", "TLS", "HandshakeFailure"].iter().any(|word| root.contains(word));
    tls_reason(root).or_else(|| is_tls.then(|| format!("TLS failed: {root}")))
}

/// The sentence for an error of the TLS library; `None` if the text is not a known one.
fn tls_reason(root: &str) -> Option<String> {
    let known = TLS_REASONS.iter().find(|(texts, _)| texts.iter().any(|text| root.contains(text)));
    if let Some((_, sentence)) = known {
        return Some((*sentence).to_owned());
    }
    NAMED_TLS_REASONS.iter().find_map(|(text, sentence)| {
        let (_, name) = root.split_once(text)?;
        Some(format!("{sentence}{}", in_words(name)))
    })
}

/// The name of an error in words and in brackets: `BadSignature` -> ` (bad signature)`. Empty if the
/// text is more than a name.
fn in_words(name: &str) -> String {
    if !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return String::new();
    }
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    format!(" ({words})")
}

fn connect_reason(io_kind: Option<ErrorKind>, root: &str, host: &str) -> String {
    match io_kind {
        Some(ErrorKind::ConnectionRefused) => format!("{host} refuses connections"),
        Some(ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::UnexpectedEof) => {
            format!("{host} closed the connection at once")
        }
        Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => {
            format!("no route to {host}; check this machine's network")
        }
        _ => format!("no connection to {host}: {root}"),
    }
}

fn broken_reason(root: &str) -> String {
    let lower = root.to_ascii_lowercase();
    if lower.contains("closed before message completed") {
        "the site closed the connection before it had answered".to_owned()
    } else if ["end of file", "unexpected eof"].iter().any(|end| lower.contains(end)) {
        "the answer broke off in the middle".to_owned()
    } else if lower.contains("invalid") || lower.contains("too large") {
        format!("the answer is not valid HTTP: {}", root.trim_end_matches(" parsed"))
    } else {
        format!("the answer could not be read: {root}")
    }
}

/// The causes of an error, outermost first, without the error itself, which names the address.
fn causes(error: &reqwest::Error) -> Vec<&(dyn StdError + 'static)> {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause);
        next = cause.source();
    }
    causes
}

/// The text of the innermost cause, without the number that the operating system gives it.
fn root_text(causes: &[&(dyn StdError + 'static)]) -> String {
    let text = causes.last().map(ToString::to_string).unwrap_or_default();
    let reason = text.split(" (os error").next().unwrap_or_default();
    if reason.is_empty() { NO_REASON.to_owned() } else { reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_authorities_that_did_not_help_is_named() {
        for name in ["UnknownIssuer", "Other(OtherError(CaUsedAsEndEntity))"] {
            let root = format!("invalid peer certificate: {name}");
            assert!(tls_failure(&root, true).is_some_and(|said| said.contains("did not help")), "{name}");
            assert!(tls_failure(&root, false).is_some_and(|said| !said.contains("did not help")), "{name}");
        }
        assert_eq!(tls_failure("connection reset", true), None);
    }

    #[test]
    fn reasons_are_sentences_and_no_names_of_types() {
        let tls = |text: &str| tls_reason(text).unwrap_or_default();
        assert_eq!(
            tls("invalid peer certificate: UnknownIssuer"),
            "the site's certificate is signed by no trusted authority, or by itself; if the site has an authority of its \
             own, name its certificate with `ca_file` in [feed.fetch]"
        );
        assert_eq!(
            tls(
                "invalid peer certificate: certificate expired: verification time 2 (UNIX), but certificate is not valid after 1 (1 seconds ago)"
            ),
            "the site's certificate has expired"
        );
        assert_eq!(
            tls("invalid peer certificate: BadSignature"),
            "the site's certificate is not valid (bad signature)"
        );
        assert_eq!(
            tls("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))"),
            "the site's certificate is one of an authority, as self-signed ones often are"
        );
        assert_eq!(
            tls("received fatal alert: HandshakeFailure"),
            "the site and feedbridge have no TLS version or cipher in common"
        );
        assert_eq!(
            tls("received fatal alert: InternalError"),
            "the site ended the TLS handshake (internal error)"
        );
        assert_eq!(tls("connection reset"), "");
        for text in ["received corrupt message of type InvalidContentType", "tls handshake eof"] {
            assert!(tls(text).contains("speaks no TLS"), "{text}");
        }
        assert_eq!(
            broken_reason("unexpected EOF during chunk size line"),
            "the answer broke off in the middle"
        );
        assert_eq!(
            broken_reason("invalid HTTP version parsed"),
            "the answer is not valid HTTP: invalid HTTP version"
        );
    }
}
