//! Exceptions to the guard: addresses that a configuration allows.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use super::prefix::{same_network, unmapped};

/// An exception in the configuration: an address or a network, and optionally one port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AllowAddress {
    network: IpAddr,
    /// Prefix length: the number of leading bits that count.
    bits: u8,
    port: Option<u16>,
}

/// Why a text is not an [`AllowAddress`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AllowAddressError {
    /// Not an IP address. Names are not allowed here: they could resolve to anything tomorrow.
    #[error("`{0}` is not an IP address; write ADDR, ADDR:PORT, [V6ADDR]:PORT or ADDR/BITS")]
    NotAnAddress(String),
    /// The prefix length or the port is out of range.
    #[error(
        "`{0}` has a bad port or prefix length: \
         a port is 1 to 65535, BITS are at most 32 for IPv4 and 128 for IPv6"
    )]
    BadNumber(String),
}

impl FromStr for AllowAddress {
    type Err = AllowAddressError;

    fn from_str(text: &str) -> Result<Self, AllowAddressError> {
        let bad_number = || AllowAddressError::BadNumber(text.to_owned());
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::of(address, full_length(address), None));
        }
        let (rest, port) = split_port(text);
        let port = port.map(|digits| parse_port(digits).ok_or_else(bad_number)).transpose()?;
        let (address, bits) = match rest.split_once('/') {
            Some((address, bits)) => (address, Some(parse_digits(bits).ok_or_else(bad_number)?)),
            None => (rest, None),
        };
        let address =
            parse_address(address).ok_or_else(|| AllowAddressError::NotAnAddress(text.to_owned()))?;
        let bits = bits.map_or(Ok(full_length(address)), u8::try_from).map_err(|_| bad_number())?;
        if bits > full_length(address) {
            return Err(bad_number());
        }
        Ok(Self::of(address, bits, port))
    }
}

impl AllowAddress {
    /// Whether the exception allows this address and port.
    pub(super) fn covers(&self, address: IpAddr, port: u16) -> bool {
        self.port.is_none_or(|p| p == port) && same_network(self.network, address, self.bits)
    }

    /// A network of IPv4-mapped IPv6 addresses becomes the IPv4 network, as the guard checks IPv4 then.
    fn of(address: IpAddr, bits: u8, port: Option<u16>) -> Self {
        match (unmapped(address), address) {
            (network @ IpAddr::V4(_), IpAddr::V6(_)) if bits >= 96 => Self { network, bits: bits - 96, port },
            _ => Self { network: address, bits, port },
        }
    }
}

/// Reads an address; an IPv6 address may stand in brackets.
fn parse_address(text: &str) -> Option<IpAddr> {
    match text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => text.parse().ok(),
    }
}

/// Reads digits only: the standard library would accept `+80` too.
fn parse_digits(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Reads a port; nothing listens on port 0.
fn parse_port(text: &str) -> Option<u16> {
    parse_digits(text).filter(|port| *port > 0)
}

/// The number of bits of an address.
const fn full_length(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// Splits `:PORT` off. The colons inside an IPv6 address separate no port.
fn split_port(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((rest, port)) if !rest.contains(':') || rest.contains(']') => (rest, Some(port)),
        _ => (text, None),
    }
}

impl fmt::Display for AllowAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.network, self.port) {
            (IpAddr::V6(ip), Some(_)) => write!(f, "[{ip}]")?,
            (ip, _) => write!(f, "{ip}")?,
        }
        if self.bits != full_length(self.network) {
            write!(f, "/{}", self.bits)?;
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}
