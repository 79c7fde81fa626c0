//! Content codings, and why a body cannot be unpacked.

use crate::model::Limit;

/// The content coding of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// The body is not compressed.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 1950, or bare RFC 1951 as some servers send it.
    Deflate,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

impl Coding {
    /// Parses the value of `Content-Encoding`. Several header lines are joined by commas.
    ///
    /// # Errors
    /// When the coding is unknown, or there is more than one.
    pub fn from_header(value: &str) -> Result<Self, DecodeError> {
        let names = value.split(',').map(str::trim).filter(|n| !n.is_empty());
        let mut real = names.filter(|n| !n.eq_ignore_ascii_case("identity"));
        let first = real.next();
        let second = real.next();
        match (first, second) {
            (None, _) => Ok(Self::Identity),
            (Some(_), Some(_)) => Err(DecodeError::Doubled(value.chars().take(80).collect())),
            (Some(name), None) => Self::from_name(name),
        }
    }

    fn from_name(name: &str) -> Result<Self, DecodeError> {
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            "deflate" => Ok(Self::Deflate),
            "br" => Ok(Self::Brotli),
            "zstd" => Ok(Self::Zstd),
            _ => Err(DecodeError::Unknown(name.chars().take(40).collect())),
        }
    }

    /// The coding's name in messages.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Identity => "text",
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "Brotli",
            Self::Zstd => "Zstandard",
        }
    }
}

/// Why a body cannot be unpacked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// More bytes were received or unpacked than allowed, or suspiciously many unpacked for those received.
    #[error("{0}")]
    Limit(Limit),
    /// The compressed data ends in the middle.
    #[error("the compressed page ends in the middle")]
    Truncated,
    /// The data is not valid in its coding.
    #[error("the page is not valid {0}")]
    Broken(&'static str),
    /// The coding is none of those that a request accepts.
    #[error("unknown content coding `{0}`")]
    Unknown(String),
    /// Several codings are applied on top of each other.
    #[error("packed more than once: `{0}`")]
    Doubled(String),
}
