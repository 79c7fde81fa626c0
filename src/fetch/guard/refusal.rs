//! Why an address is not dialled, in words for people.

use std::net::IpAddr;

use crate::model::{Trouble, TroubleKind};

/// Why an address is not dialled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The address is not one of the public internet.
    #[error(
        "{address} is {class}; \
         allow it with --allow-address {address} or `allow_addresses` in [feed.fetch]"
    )]
    NotPublic {
        /// The address.
        address: IpAddr,
        /// The kind of address, with its article: `a loopback address`.
        class: &'static str,
    },
    /// The address can never be a page's.
    #[error("{address} is {class}, which can never be allowed")]
    Never {
        /// The address.
        address: IpAddr,
        /// The kind of address, with its article.
        class: &'static str,
    },
    /// The IPv6 address leads to an IPv4 address that is not public.
    #[error("{address} leads to {class}, which can never be allowed in this form")]
    Embedded {
        /// The IPv6 address.
        address: IpAddr,
        /// The kind of the IPv4 address, with its article.
        class: &'static str,
    },
    /// The scheme is not http or https.
    #[error("only http and https addresses are fetched, not `{0}:`")]
    Scheme(String),
    /// There is no host to connect to.
    #[error("the address has no host name")]
    NoHost,
    /// Nothing listens on port 0.
    #[error("nothing can be fetched from port 0; use the site's port")]
    PortZero,
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::new(TroubleKind::RefusedAddress, refusal.to_string())
    }
}
