//! Which addresses are public: the ranges of the IANA special-purpose registries (RFC 6890 and its
//! updates).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::prefix::equal_above;

/// The kind of an address; the text names it with its article.
#[derive(Clone, Copy)]
pub(super) enum AddressClass {
    /// Globally routable.
    Public,
    /// Loopback, or an inner network. `allow_private` allows these.
    Private(&'static str),
    /// Neither public nor an inner network.
    Special(&'static str),
    /// An IPv6 address that leads to an IPv4 address of this kind.
    Embedded(&'static str),
    /// Can never be the address of a page.
    Never(&'static str),
}

/// The class of an address. IPv4-mapped IPv6 addresses must be unmapped before.
pub(super) fn class_of(address: IpAddr) -> AddressClass {
    match address {
        IpAddr::V4(ip) => class_of_v4(ip),
        IpAddr::V6(ip) => class_of_v6(ip),
    }
}

/// Ranges of IPv4 that are not public: network, prefix length, class.
const V4_SPECIAL: &[([u8; 4], u8, AddressClass)] = &[
    ([10, 0, 0, 0], 8, AddressClass::Private("a private address")),
    ([100, 64, 0, 0], 10, AddressClass::Private("a carrier-grade NAT address")),
    ([127, 0, 0, 0], 8, AddressClass::Private("a loopback address")),
    ([169, 254, 0, 0], 16, AddressClass::Special("a link-local address")),
    ([172, 16, 0, 0], 12, AddressClass::Private("a private address")),
    ([192, 0, 0, 0], 24, AddressClass::Special("an address for protocol assignments")),
    ([192, 0, 2, 0], 24, AddressClass::Special("an address for documentation")),
    ([192, 88, 99, 0], 24, AddressClass::Special("a 6to4 relay address")),
    ([192, 168, 0, 0], 16, AddressClass::Private("a private address")),
    ([198, 18, 0, 0], 15, AddressClass::Special("an address for benchmarks")),
    ([198, 51, 100, 0], 24, AddressClass::Special("an address for documentation")),
    ([203, 0, 113, 0], 24, AddressClass::Special("an address for documentation")),
];

fn class_of_v4(ip: Ipv4Addr) -> AddressClass {
    match ip.octets()[0] {
        0 => return AddressClass::Never("an unspecified address"),
        224..=239 => return AddressClass::Never("a multicast address"),
        240..=255 => return AddressClass::Never("a reserved or broadcast address"),
        _ => {}
    }
    let inside = |(network, bits, _): &&([u8; 4], u8, AddressClass)| {
        equal_above(u32::from_be_bytes(*network).into(), ip.to_bits().into(), 32 - bits)
    };
    V4_SPECIAL.iter().find(inside).map_or(AddressClass::Public, |(_, _, class)| *class)
}

/// Ranges of IPv6 that are not public: network, prefix length, class.
const V6_SPECIAL: &[([u16; 8], u8, AddressClass)] = &[
    ([0x2001, 0x0db8, 0, 0, 0, 0, 0, 0], 32, AddressClass::Special("an address for documentation")),
    (
        [0x2001, 0, 0, 0, 0, 0, 0, 0],
        23,
        AddressClass::Special("an address for protocol assignments, such as Teredo"),
    ),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, AddressClass::Special("an address for documentation")),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, AddressClass::Private("a private address")),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, AddressClass::Special("a link-local address")),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, AddressClass::Private("a site-local address")),
    (
        [0x0064, 0xff9b, 0x0001, 0, 0, 0, 0, 0],
        48,
        AddressClass::Never("an address of a local translation to IPv4"),
    ),
    ([0x0100, 0, 0, 0, 0, 0, 0, 0], 64, AddressClass::Special("a discard-only address")),
    ([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16, AddressClass::Special("an address for segment routing")),
];

fn class_of_v6(ip: Ipv6Addr) -> AddressClass {
    if ip.is_unspecified() {
        return AddressClass::Never("the unspecified address");
    }
    if ip.is_loopback() {
        return AddressClass::Private("a loopback address");
    }
    if ip.segments()[0] >> 8 == 0xff {
        return AddressClass::Never("a multicast address");
    }
    if let Some(inner) = embedded_v4(ip) {
        return class_of_embedded(inner);
    }
    let inside = |(network, bits, _): &&([u16; 8], u8, AddressClass)| {
        equal_above(Ipv6Addr::from(*network).to_bits(), ip.to_bits(), 128 - bits)
    };
    match V6_SPECIAL.iter().find(inside) {
        Some((_, _, class)) => *class,
        // RFC 4291 section 2.4: 2000::/3, the global unicast addresses assigned so far.
        None if ip.segments()[0] >> 13 == 1 => isatap_v4(ip).map_or(AddressClass::Public, class_of_embedded),
        None => AddressClass::Special("an unassigned address"),
    }
}

/// The class of an IPv6 address by the IPv4 address that it leads to. Nobody needs to reach a private
/// IPv4 address in this form, so it cannot be allowed.
fn class_of_embedded(inner: Ipv4Addr) -> AddressClass {
    match class_of_v4(inner) {
        AddressClass::Public => AddressClass::Public,
        AddressClass::Private(class)
        | AddressClass::Special(class)
        | AddressClass::Embedded(class)
        | AddressClass::Never(class) => AddressClass::Embedded(class),
    }
}

/// The IPv4 address in an IPv6 address for translation or tunnelling: NAT64 (RFC 6052),
/// 6to4 (RFC 3056), and the old "compatible" form (RFC 4291 section 2.5.5.1).
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    match ip.segments() {
        [0x0064, 0xff9b, 0, 0, 0, 0, high, low] | [0, 0, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            Some(v4_of(high, low))
        }
        _ => None,
    }
}

/// The IPv4 address in the interface part of an ISATAP address (RFC 5214 section 6.1), below any
/// prefix.
fn isatap_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    match ip.segments() {
        [_, _, _, _, 0 | 0x0200, 0x5efe, high, low] => Some(v4_of(high, low)),
        _ => None,
    }
}

fn v4_of(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}
