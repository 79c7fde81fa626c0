//! Asks a running daemon how it is, over the address that it listens on.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use crate::model::ListenAddress;

/// Time for the whole question. Those who ask wait for 3 s.
const LIMIT: Duration = Duration::from_millis(2500);

/// A longer answer is cut, in bytes. The daemon's own has a few hundred.
const MAX_ANSWER_BYTES: u64 = 8 * 1024;

/// The longest reason that is told, in characters.
const MAX_REASON_CHARS: usize = 200;

/// A question to a daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// Does it serve, and can it read its database?
    Ready,
    /// Does it answer at all?
    Live,
}

/// Why the answer is not a yes.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The port is chosen by the system.
    #[error("the daemon listens on any free port: name the one that it printed with --listen")]
    AnyPort,
    /// There is no connection, or it broke.
    #[error("no daemon answers at {at}: {error}")]
    Unreachable {
        /// The address.
        at: ListenAddress,
        /// The error of the system.
        error: io::Error,
    },
    /// There is no answer in time.
    #[error("the daemon at {0} does not answer in time")]
    Silent(ListenAddress),
    /// The daemon says no, with a reason.
    #[error("not ready: {0}")]
    No(String),
    /// The answer is not one of a daemon.
    #[error("what answers at {0} is not feedbridge")]
    Strange(ListenAddress),
}

impl Probe {
    /// Asks, and returns the daemon's word for yes. Takes at most 2.5 s.
    ///
    /// # Errors
    /// When there is no answer, or the answer is no.
    pub async fn ask(self, listens: &ListenAddress) -> Result<&'static str, ProbeError> {
        let at = listens.from_this_machine();
        if at.has_any_port() {
            return Err(ProbeError::AnyPort);
        }
        match tokio::time::timeout(LIMIT, answer(&at, self.path())).await {
            Ok(Ok(bytes)) => self.judge(&bytes, at),
            Ok(Err(error)) => Err(ProbeError::Unreachable { at, error }),
            Err(_) => Err(ProbeError::Silent(at)),
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Ready => "/health/ready",
            Self::Live => "/health/live",
        }
    }

    /// The body of the answer that means yes.
    const fn yes(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Live => "alive",
        }
    }

    /// Reads an answer of HTTP/1.1.
    fn judge(self, bytes: &[u8], at: ListenAddress) -> Result<&'static str, ProbeError> {
        let text = String::from_utf8_lossy(bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { return Err(ProbeError::Strange(at)) };
        let status = head.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1));
        match (status, reason(body)) {
            (Some("200"), word) if word == self.yes() => Ok(self.yes()),
            (Some("503"), reason) if !reason.is_empty() => Err(ProbeError::No(reason)),
            _ => Err(ProbeError::Strange(at)),
        }
    }
}

/// The first line of a body, without characters that could change a terminal.
fn reason(body: &str) -> String {
    let line = body.trim_start().lines().next().unwrap_or_default().trim_end();
    line.chars().filter(|c| !c.is_control()).take(MAX_REASON_CHARS).collect()
}

/// All bytes of the answer to a GET, up to a bound.
async fn answer(at: &ListenAddress, path: &str) -> io::Result<Vec<u8>> {
    match at {
        ListenAddress::Tcp(address) => exchange(TcpStream::connect(address.as_str()).await?, path).await,
        ListenAddress::Unix(file) => exchange(UnixStream::connect(file).await?, path).await,
    }
}

async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, path: &str) -> io::Result<Vec<u8>> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.take(MAX_ANSWER_BYTES).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(answer: &str) -> String {
        let at = "127.0.0.1:80".parse().expect("an address");
        match Probe::Ready.judge(answer.as_bytes(), at) {
            Ok(word) => word.to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn only_the_daemons_own_answer_is_a_yes() {
        assert_eq!(judged("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nready\n"), "ready");
        let no = "HTTP/1.1 503 Service Unavailable\r\n\r\nthe store cannot be read\u{1b}[31m\nmore";
        assert_eq!(judged(no), "not ready: the store cannot be read[31m");
        for strange in [
            "",
            "SSH-2.0-quay",
            "HTTP/1.1 200 OK\r\n\r\n<!doctype html>",
            "HTTP/1.1 404 Not Found\r\n\r\nready",
            "HTTP/1.1 503 Service Unavailable\r\n\r\n",
        ] {
            assert_eq!(judged(strange), "what answers at 127.0.0.1:80 is not feedbridge", "{strange}");
        }
    }
}
