//! Name resolution behind the guard.

use std::io;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::open_files;
use crate::fetch::guard::Guard;

/// The standard library puts this before the resolver's own message.
const LOOKUP_PREFIX: &str = "failed to lookup address information: ";

/// Messages of resolvers for a name that does not exist (`EAI_NONAME` of glibc, musl, macOS and
/// the BSDs).
const NO_SUCH_HOST: [&str; 4] = [
    "Name or service not known",
    "Name does not resolve",
    "nodename nor servname provided, or not known",
    "No such host is known",
];

/// Messages of resolvers for a name that exists and has no address (`EAI_NODATA`).
const NO_ADDRESS: [&str; 2] = ["No address associated with hostname", "Name has no usable address"];

/// The port that is assumed where the guard does not depend on it.
const ANY_PORT: u16 = 443;

/// Resolves names with the system's resolver and lets through only the addresses that the guard allows.
pub(super) struct GuardedResolver {
    pub(super) guard: Guard,
    /// The port that will be dialled; 0 if the guard does not depend on it.
    pub(super) port: u16,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.guard.clone();
        let port = self.port;
        Box::pin(async move {
            // The system's resolver opens files, and has no word of its own for their shortage.
            if open_files::have_run_out() {
                return Err(LookupError::NoFiles.into());
            }
            let lookup = tokio::net::lookup_host((name.as_str(), port)).await;
            let failed = |error: io::Error| {
                let is_shortage = open_files::is_shortage(&error) || open_files::have_run_out();
                if is_shortage { LookupError::NoFiles } else { LookupError::of(name.as_str(), &error) }
            };
            let found: Vec<SocketAddr> = lookup.map_err(failed)?.collect();
            let checked_port = if port == 0 { ANY_PORT } else { port };
            // One refused answer refuses the name: a mix of public and private ones is an attack
            // or a mistake, and picking the public ones would hide it.
            for address in &found {
                guard.check_address(address.ip(), checked_port)?;
            }
            // Port 0 tells the client to use the port of the URL.
            let any_port = found.into_iter().map(|a| SocketAddr::new(a.ip(), 0));
            Ok(Box::new(any_port.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

/// Why a name has no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum LookupError {
    /// The resolver says that the name does not exist.
    #[error("no such host: {0}")]
    NoSuchHost(String),
    /// The resolver says that the name exists and has no address.
    #[error("the host {0} has no IP address")]
    NoAddress(String),
    /// This process has no file left for the lookup.
    #[error("no open files are left for the lookup of a name")]
    NoFiles,
    /// The resolver could not tell.
    #[error("cannot look up the host {host}: {reason}; check this machine's network and DNS settings")]
    Failed { host: String, reason: String },
}

impl LookupError {
    fn of(host: &str, error: &io::Error) -> Self {
        let text = error.to_string();
        let reason = text.strip_prefix(LOOKUP_PREFIX).unwrap_or(&text);
        if NO_SUCH_HOST.iter().any(|message| reason.contains(message)) {
            Self::NoSuchHost(host.to_owned())
        } else if NO_ADDRESS.iter().any(|message| reason.contains(message)) {
            Self::NoAddress(host.to_owned())
        } else {
            Self::Failed { host: host.to_owned(), reason: reason.to_owned() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_resolver_says_that_there_is_no_such_host() {
        let text = |message: &str| {
            let error = io::Error::other(format!("{LOOKUP_PREFIX}{message}"));
            LookupError::of("example.invalid", &error).to_string()
        };
        assert_eq!(text("Name or service not known"), "no such host: example.invalid");
        assert_eq!(text("No address associated with hostname"), "the host example.invalid has no IP address");
        assert_eq!(
            text("Temporary failure in name resolution"),
            "cannot look up the host example.invalid: Temporary failure in name resolution; \
             check this machine's network and DNS settings"
        );
    }
}
