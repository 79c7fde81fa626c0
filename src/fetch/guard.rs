//! Which addresses may be dialled: one chokepoint for literals, redirects and DNS answers.
//!
//! Only what is globally routable is allowed, unless a person allowed more for a feed. Ranges are
//! those of the IANA special-purpose registries (RFC 6890 and its updates).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use url::{Host, Url};

/// Why an address is not dialled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The address is not one of the public internet.
    #[error(
        "refused: {address} is not public ({class}); \
         allow it with --allow-address {address} or `allow_addresses` in [feed.fetch]"
    )]
    NotPublic {
        /// The address.
        address: IpAddr,
        /// What it is.
        class: &'static str,
    },
    /// The address can never be a page's.
    #[error("refused: {address} is not public ({class}) and can never be allowed")]
    Never {
        /// The address.
        address: IpAddr,
        /// What it is.
        class: &'static str,
    },
    /// Not http or https.
    #[error("refused: only http and https are fetched, not `{0}`")]
    Scheme(String),
    /// There is no host to connect to.
    #[error("refused: the address has no host")]
    NoHost,
    /// Nothing listens on port 0.
    #[error("refused: port 0 is not an address")]
    PortZero,
}

/// An exception that a person made: an address or a network, and maybe one port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AllowAddress {
    network: IpAddr,
    /// Leading bits that count.
    bits: u8,
    port: Option<u16>,
}

/// Why a text is not an [`AllowAddress`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AllowAddressError {
    /// A name: it could lead anywhere tomorrow.
    #[error("`{0}` is not an IP address; write ADDR, ADDR:PORT, [V6ADDR]:PORT or ADDR/BITS")]
    NotAnAddress(String),
    /// Bits or port out of range.
    #[error("`{0}` has a bad number of bits or a bad port")]
    BadNumber(String),
}

/// Decides which addresses may be dialled; by default public ones only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Guard {
    allowed: Vec<AllowAddress>,
    allow_private: bool,
}

impl Guard {
    /// A guard with exceptions. `allow_private` allows loopback and the networks of houses, firms
    /// and providers; what else is not public (link-local, where clouds keep their credentials, and
    /// ranges for documentation and protocols) must be allowed one by one.
    #[must_use]
    pub const fn new(allowed: Vec<AllowAddress>, allow_private: bool) -> Self {
        Self { allowed, allow_private }
    }

    /// This guard with more exceptions.
    #[must_use]
    pub fn allowing(mut self, more: &[AllowAddress]) -> Self {
        self.allowed.extend_from_slice(more);
        self
    }

    /// Judges what can be judged before a name is resolved: scheme, host, port, literal addresses.
    /// The URL parser has already turned decimal, octal, hexadecimal and short forms into one.
    ///
    /// # Errors
    /// Why the address is refused.
    pub fn check_url(&self, url: &Url) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme(url.scheme().to_owned()));
        }
        let port = url.port_or_known_default().unwrap_or(0);
        if port == 0 {
            return Err(Refusal::PortZero);
        }
        match url.host() {
            None => Err(Refusal::NoHost),
            Some(Host::Domain(name)) if name.trim_matches('.').is_empty() => Err(Refusal::NoHost),
            Some(Host::Domain(_)) => Ok(()),
            Some(Host::Ipv4(ip)) => self.check_address(ip.into(), port),
            Some(Host::Ipv6(ip)) => self.check_address(ip.into(), port),
        }
    }

    /// Judges an address that is about to be dialled.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn check_address(&self, address: IpAddr, port: u16) -> Result<(), Refusal> {
        let address = unmapped(address);
        match class(address) {
            Class::Public => Ok(()),
            Class::Never(class) => Err(Refusal::Never { address, class }),
            Class::Private(_) if self.allow_private => Ok(()),
            Class::Private(_) | Class::Special(_) if self.excepts(address, port) => Ok(()),
            Class::Private(class) | Class::Special(class) => Err(Refusal::NotPublic { address, class }),
        }
    }

    fn excepts(&self, address: IpAddr, port: u16) -> bool {
        self.allowed.iter().any(|a| a.covers(address, port))
    }
}

impl AllowAddress {
    fn covers(&self, address: IpAddr, port: u16) -> bool {
        self.port.is_none_or(|p| p == port) && same_network(self.network, address, self.bits)
    }
}

fn same_network(network: IpAddr, address: IpAddr, bits: u8) -> bool {
    match (network, address) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            same_bits(a.to_bits().into(), b.to_bits().into(), 32 - bits.min(32))
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => same_bits(a.to_bits(), b.to_bits(), 128 - bits.min(128)),
        _ => false,
    }
}

fn same_bits(a: u128, b: u128, ignored: u8) -> bool {
    ignored == 128 || a >> ignored == b >> ignored
}

impl FromStr for AllowAddress {
    type Err = AllowAddressError;

    fn from_str(text: &str) -> Result<Self, AllowAddressError> {
        let bad_number = || AllowAddressError::BadNumber(text.to_owned());
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::of(address, whole(address), None));
        }
        let (rest, port) = split_port(text);
        let port = port.map(|p| number(p).filter(|p| *p > 0).ok_or_else(bad_number)).transpose()?;
        let (address, bits) = match rest.split_once('/') {
            Some((address, bits)) => (address, Some(number(bits).ok_or_else(bad_number)?)),
            None => (rest, None),
        };
        let address = literal(address).ok_or_else(|| AllowAddressError::NotAnAddress(text.to_owned()))?;
        let bits = bits.map_or(Ok(whole(address)), u8::try_from).map_err(|_| bad_number())?;
        if bits > whole(address) {
            return Err(bad_number());
        }
        Ok(Self::of(address, bits, port))
    }
}

impl AllowAddress {
    /// A network of mapped addresses is that of the IPv4 addresses in them, as they are judged so.
    fn of(address: IpAddr, bits: u8, port: Option<u16>) -> Self {
        match (unmapped(address), address) {
            (network @ IpAddr::V4(_), IpAddr::V6(_)) if bits >= 96 => Self { network, bits: bits - 96, port },
            _ => Self { network: address, bits, port },
        }
    }
}

/// An address; an IPv6 one may stand in brackets.
fn literal(text: &str) -> Option<IpAddr> {
    match text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => text.parse().ok(),
    }
}

/// Digits only: the standard library would take `+80` too.
fn number(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The bits of a whole address.
const fn whole(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// Splits `:PORT` off; the colons inside an IPv6 address are none.
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
        if self.bits != whole(self.network) {
            write!(f, "/{}", self.bits)?;
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[derive(Clone, Copy)]
enum Class {
    Public,
    /// Loopback and inner networks: what `allow_private` is for.
    Private(&'static str),
    /// Not public, and nobody's inner network.
    Special(&'static str),
    Never(&'static str),
}

/// `::ffff:a.b.c.d` is an IPv4 address in other clothes: the system dials IPv4.
fn unmapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(ip) => ip.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

fn class(address: IpAddr) -> Class {
    match address {
        IpAddr::V4(ip) => class_v4(ip),
        IpAddr::V6(ip) => class_v6(ip),
    }
}

const V4_SPECIAL: &[([u8; 4], u8, Class)] = &[
    ([10, 0, 0, 0], 8, Class::Private("private")),
    ([100, 64, 0, 0], 10, Class::Private("shared by a provider's customers")),
    ([127, 0, 0, 0], 8, Class::Private("loopback")),
    ([169, 254, 0, 0], 16, Class::Special("link-local")),
    ([172, 16, 0, 0], 12, Class::Private("private")),
    ([192, 0, 0, 0], 24, Class::Special("for protocols")),
    ([192, 0, 2, 0], 24, Class::Special("for documentation")),
    ([192, 88, 99, 0], 24, Class::Special("6to4 relay")),
    ([192, 168, 0, 0], 16, Class::Private("private")),
    ([198, 18, 0, 0], 15, Class::Special("for benchmarks")),
    ([198, 51, 100, 0], 24, Class::Special("for documentation")),
    ([203, 0, 113, 0], 24, Class::Special("for documentation")),
];

fn class_v4(ip: Ipv4Addr) -> Class {
    match ip.octets()[0] {
        0 => return Class::Never("this network"),
        224..=239 => return Class::Never("multicast"),
        240..=255 => return Class::Never("reserved or broadcast"),
        _ => {}
    }
    let inside = |(network, bits, _): &&([u8; 4], u8, Class)| {
        same_bits(u32::from_be_bytes(*network).into(), ip.to_bits().into(), 32 - bits)
    };
    V4_SPECIAL.iter().find(inside).map_or(Class::Public, |(_, _, class)| *class)
}

const V6_SPECIAL: &[([u16; 8], u8, Class)] = &[
    ([0x2001, 0x0db8, 0, 0, 0, 0, 0, 0], 32, Class::Special("for documentation")),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, Class::Special("for protocols, Teredo among them")),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, Class::Special("for documentation")),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, Class::Private("private")),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, Class::Special("link-local")),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, Class::Private("site-local")),
    ([0x0064, 0xff9b, 0x0001, 0, 0, 0, 0, 0], 48, Class::Never("a local translation to IPv4")),
    ([0x0100, 0, 0, 0, 0, 0, 0, 0], 64, Class::Special("discarded")),
    ([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16, Class::Special("segment routing")),
];

fn class_v6(ip: Ipv6Addr) -> Class {
    if ip.is_unspecified() {
        return Class::Never("this network");
    }
    if ip.is_loopback() {
        return Class::Private("loopback");
    }
    if ip.segments()[0] >> 8 == 0xff {
        return Class::Never("multicast");
    }
    if let Some(inner) = embedded_v4(ip) {
        return class_inside(inner);
    }
    let inside = |(network, bits, _): &&([u16; 8], u8, Class)| {
        same_bits(Ipv6Addr::from(*network).to_bits(), ip.to_bits(), 128 - bits)
    };
    match V6_SPECIAL.iter().find(inside) {
        Some((_, _, class)) => *class,
        // RFC 4291 section 2.4: global unicast as handed out so far.
        None if ip.segments()[0] >> 13 == 1 => isatap_v4(ip).map_or(Class::Public, class_inside),
        None => Class::Special("not handed out"),
    }
}

/// Of an IPv6 address by the IPv4 address that it leads to. Nobody needs a private one in disguise.
fn class_inside(inner: Ipv4Addr) -> Class {
    match class_v4(inner) {
        Class::Public => Class::Public,
        Class::Private(class) | Class::Special(class) | Class::Never(class) => Class::Never(class),
    }
}

/// The IPv4 address that a translating or tunnelling IPv6 address leads to: NAT64 (RFC 6052),
/// 6to4 (RFC 3056), and the old "compatible" form (RFC 4291 section 2.5.5.1).
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    match ip.segments() {
        [0x0064, 0xff9b, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            Some(v4(high, low))
        }
        _ => None,
    }
}

/// The IPv4 address in the interface part of an ISATAP address (RFC 5214 section 6.1), below any
/// prefix.
fn isatap_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    match ip.segments() {
        [_, _, _, _, 0 | 0x0200, 0x5efe, high, low] => Some(v4(high, low)),
        _ => None,
    }
}

fn v4(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests;
