//! Which addresses may be dialled: the one check for literal addresses, redirects and DNS answers.
//!
//! Only globally routable addresses are allowed, unless the configuration of a feed allows more.

mod allow_address;
mod prefix;
mod ranges;
mod refusal;

use std::net::IpAddr;

use url::{Host, Url};

use prefix::unmapped;
use ranges::{AddressClass, class_of};

pub use allow_address::AllowAddress;
pub use refusal::Refusal;

/// Decides which addresses may be dialled. By default only public ones may.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Guard {
    exceptions: Vec<AllowAddress>,
    allow_private: bool,
}

impl Guard {
    /// A guard with exceptions. `allow_private` allows loopback and the inner networks of homes,
    /// companies and providers. All else that is not public must be allowed one by one: link-local
    /// addresses, where clouds serve their credentials, and ranges for documentation and protocols.
    #[must_use]
    pub const fn new(exceptions: Vec<AllowAddress>, allow_private: bool) -> Self {
        Self { exceptions, allow_private }
    }

    /// This guard with more exceptions.
    #[must_use]
    pub fn allowing(mut self, more: &[AllowAddress]) -> Self {
        self.exceptions.extend_from_slice(more);
        self
    }

    /// Checks all that can be checked before a name is resolved: scheme, host, port and literal
    /// addresses. The URL parser has already turned decimal, octal, hexadecimal and short forms of
    /// IPv4 addresses into the usual one.
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

    /// Checks an address that is about to be dialled.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn check_address(&self, address: IpAddr, port: u16) -> Result<(), Refusal> {
        let address = unmapped(address);
        match class_of(address) {
            AddressClass::Public => Ok(()),
            AddressClass::Never(class) => Err(Refusal::Never { address, class }),
            AddressClass::Embedded(class) => Err(Refusal::Embedded { address, class }),
            AddressClass::Private(_) if self.allow_private => Ok(()),
            AddressClass::Private(_) | AddressClass::Special(_) if self.is_excepted(address, port) => Ok(()),
            AddressClass::Private(class) | AddressClass::Special(class) => {
                Err(Refusal::NotPublic { address, class })
            }
        }
    }

    fn is_excepted(&self, address: IpAddr, port: u16) -> bool {
        self.exceptions.iter().any(|a| a.covers(address, port))
    }
}

#[cfg(test)]
mod tests;
