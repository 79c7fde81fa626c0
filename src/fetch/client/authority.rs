//! Authorities that a feed trusts beside those of the system: for a site with its own certificate authority.

use std::fmt;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// Certificates that are read from one file.
const MAX_CERTIFICATES: usize = 100;

/// Certificates of authorities that are trusted beside those of the system.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Authorities {
    /// Each in DER.
    certificates: Arc<[Vec<u8>]>,
}

/// Why a text is no list of certificates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// There is no certificate in the text.
    #[error("there is no certificate in it; PEM begins with -----BEGIN CERTIFICATE-----")]
    Empty,
    /// There are more certificates than are read.
    #[error("there are too many certificates in it; at most 100 are read")]
    TooMany,
    /// The text is broken, or the certificate with this number, from 1.
    #[error("certificate {number} cannot be read: {reason}")]
    Broken {
        /// The position in the text.
        number: usize,
        /// The complaint of the TLS library.
        reason: String,
    },
}

impl Authorities {
    /// Reads certificates in PEM (RFC 7468).
    ///
    /// # Errors
    /// When there is none, or one of them is broken.
    pub fn from_pem(pem: &[u8]) -> Result<Self, AuthorityError> {
        let mut checked = RootCertStore::empty();
        let mut certificates = Vec::new();
        for (i, section) in CertificateDer::pem_slice_iter(pem).enumerate() {
            if i >= MAX_CERTIFICATES {
                return Err(AuthorityError::TooMany);
            }
            let broken = |reason: String| AuthorityError::Broken { number: i + 1, reason };
            let certificate = section.map_err(|e| broken(e.to_string()))?;
            certificates.push(certificate.to_vec());
            checked.add(certificate).map_err(|e| broken(e.to_string()))?;
        }
        if certificates.is_empty() {
            return Err(AuthorityError::Empty);
        }
        Ok(Self { certificates: certificates.into() })
    }

    /// The certificates in the form of the HTTP client.
    pub(super) fn certificates(&self) -> impl Iterator<Item = reqwest::Certificate> {
        self.certificates.iter().filter_map(|der| reqwest::Certificate::from_der(der).ok())
    }
}

impl fmt::Debug for Authorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authorities({})", self.certificates.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_of_a_file_are_named() {
        assert_eq!(Authorities::from_pem(b"").unwrap_err(), AuthorityError::Empty);
        assert_eq!(Authorities::from_pem(b"no certificate").unwrap_err(), AuthorityError::Empty);
        let key = b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
        assert_eq!(Authorities::from_pem(key).unwrap_err(), AuthorityError::Empty);
        let not_der = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(Authorities::from_pem(not_der), Err(AuthorityError::Broken { number: 1, .. })));
        let cut = b"-----BEGIN CERTIFICATE-----\nAAAA\n";
        assert!(Authorities::from_pem(cut).is_err());
    }
}
