//! The address that the server listens on, as a plain value.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// An address to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListenAddress {
    /// `HOST:PORT`; the host may be a name, an IPv4 literal or an IPv6 literal in brackets.
    Tcp(String),
    /// A Unix socket.
    Unix(PathBuf),
}

/// Why a text is not a [`ListenAddress`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListenAddressError {
    /// The text has no port.
    #[error("it has no port: write HOST:PORT, such as 127.0.0.1:8080")]
    NoPort,
    /// The port is not a number from 0 to 65535.
    #[error("`{0}` is not a port: write a number from 0 (any free one) to 65535")]
    BadPort(String),
    /// The host is empty or has a character that no host has.
    #[error("`{0}` is not a host: write an IPv4 address, an IPv6 address in brackets, or a name")]
    BadHost(String),
    /// `unix:` without a path.
    #[error("the socket has no path: write unix:/path/to/socket")]
    NoPath,
}

impl ListenAddress {
    /// The base URL of self links if the configuration gives none.
    #[must_use]
    pub fn default_base_url(&self) -> String {
        match self {
            Self::Tcp(address) => format!("http://{address}"),
            Self::Unix(_) => "http://localhost".to_owned(),
        }
    }
}

impl FromStr for ListenAddress {
    type Err = ListenAddressError;

    fn from_str(text: &str) -> Result<Self, ListenAddressError> {
        if let Some(path) = text.strip_prefix("unix:") {
            return if path.is_empty() {
                Err(ListenAddressError::NoPath)
            } else {
                Ok(Self::Unix(path.into()))
            };
        }
        let (host, port) = text.rsplit_once(':').ok_or(ListenAddressError::NoPort)?;
        port.parse::<u16>().map_err(|_| ListenAddressError::BadPort(port.to_owned()))?;
        if is_host(host) {
            Ok(Self::Tcp(text.to_owned()))
        } else {
            Err(ListenAddressError::BadHost(host.to_owned()))
        }
    }
}

fn is_host(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        Some(inside) => inside.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
        }
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => f.write_str(address),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, is_valid: bool) {
        assert_eq!(text.parse::<ListenAddress>().is_ok(), is_valid, "{text}");
    }

    #[test]
    fn addresses_are_read() {
        check("127.0.0.1:8080", true);
        check("localhost:0", true);
        check("[::1]:80", true);
        check("unix:/run/x.sock", true);
        check("unix:", false);
        check("127.0.0.1", false);
        check("127.0.0.1:99999", false);
        check(":8080", false);
        check("http://x:80", false);
        check("[::g]:80", false);
    }
}
