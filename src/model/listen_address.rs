//! The address that the server listens on, as a plain value.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
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

    /// The address under which this machine itself reaches a server that listens here: loopback in place of
    /// a wildcard.
    #[must_use]
    pub fn from_this_machine(&self) -> Self {
        let Self::Tcp(address) = self else { return self.clone() };
        let Some((host, port)) = address.rsplit_once(':') else { return self.clone() };
        let loopback = if is_wildcard_v4(host) {
            "127.0.0.1"
        } else if is_wildcard_v6(host) {
            "[::1]"
        } else {
            host
        };
        Self::Tcp(format!("{loopback}:{port}"))
    }

    /// Whether the system chooses the port, so that nobody can know it from this address.
    #[must_use]
    pub fn has_any_port(&self) -> bool {
        match self {
            Self::Tcp(address) => {
                address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>() == Ok(0))
            }
            Self::Unix(_) => false,
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

/// Whether a host is all IPv4 addresses, also in the form of an IPv6 address that stands for an IPv4 one.
fn is_wildcard_v4(host: &str) -> bool {
    let mapped = || in_brackets(host).and_then(|v6| v6.to_ipv4_mapped());
    host.parse::<Ipv4Addr>().ok().or_else(mapped).is_some_and(|v4| v4.is_unspecified())
}

fn is_wildcard_v6(host: &str) -> bool {
    in_brackets(host).is_some_and(|v6| v6.is_unspecified())
}

/// The IPv6 address that stands in brackets.
fn in_brackets(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[').and_then(|h| h.strip_suffix(']'))?.parse().ok()
}

fn is_host(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        Some(inside) => inside.parse::<Ipv6Addr>().is_ok(),
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

    #[track_caller]
    fn check_reached(listens: &str, at: &str) {
        let address = listens.parse::<ListenAddress>().expect("an address");
        assert_eq!(address.from_this_machine().to_string(), at, "{listens}");
    }

    #[test]
    fn wildcards_are_reached_on_loopback() {
        check_reached("0.0.0.0:8080", "127.0.0.1:8080");
        check_reached("[::]:8080", "[::1]:8080");
        check_reached("[0:0:0:0:0:0:0:0]:80", "[::1]:80");
        check_reached("[::ffff:0.0.0.0]:80", "127.0.0.1:80");
        check_reached("192.0.2.7:80", "192.0.2.7:80");
        check_reached("[2001:db8::7]:80", "[2001:db8::7]:80");
        check_reached("quay.example.org:80", "quay.example.org:80");
        check_reached("unix:/run/x.sock", "unix:/run/x.sock");
    }

    #[test]
    fn a_port_that_the_system_chooses_is_told_apart() {
        let is_any = |text: &str| text.parse::<ListenAddress>().expect("an address").has_any_port();
        assert!(is_any("127.0.0.1:0") && is_any("[::]:00"));
        assert!(!is_any("127.0.0.1:80") && !is_any("unix:/run/x:0"));
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
