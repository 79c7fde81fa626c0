//! Address prefixes: which addresses belong to a network.

use std::net::IpAddr;

/// Whether the first `bits` bits of both addresses are equal; never true of IPv4 and IPv6.
pub(super) fn same_network(network: IpAddr, address: IpAddr, bits: u8) -> bool {
    match (network, address) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            equal_above(a.to_bits().into(), b.to_bits().into(), 32 - bits.min(32))
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => equal_above(a.to_bits(), b.to_bits(), 128 - bits.min(128)),
        _ => false,
    }
}

/// Whether two numbers are equal without their lowest `ignored` bits.
pub(super) fn equal_above(a: u128, b: u128, ignored: u8) -> bool {
    ignored == 128 || a >> ignored == b >> ignored
}

/// The IPv4 address in `::ffff:a.b.c.d`, else the address itself: the system dials IPv4 for it.
pub(super) fn unmapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(ip) => ip.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}
