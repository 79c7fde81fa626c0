//! Why a text is not an address, in words; the base of the addresses in documents.

use url::{ParseError, Url};

/// The reason why a text is not a web address, as the end of a sentence.
#[must_use]
pub fn address_error(error: ParseError) -> String {
    let words = match error {
        ParseError::RelativeUrlWithoutBase => "it must begin with https:// or http://",
        ParseError::EmptyHost => "it names no host",
        ParseError::IdnaError | ParseError::InvalidDomainCharacter => {
            "the name of its host has a character that no such name has"
        }
        ParseError::InvalidPort => "its port is no number from 0 to 65535",
        ParseError::InvalidIpv4Address | ParseError::InvalidIpv6Address => "its IP address is wrong",
        _ => "it cannot be understood",
    };
    words.to_owned()
}

/// Reads the base of the addresses in documents: http or https, without query and fragment. The result has
/// no slash at its end.
///
/// # Errors
/// When it is no such address: what it must be, as the end of a sentence.
pub fn base_address(text: &str) -> Result<String, String> {
    let is_base =
        |u: &Url| matches!(u.scheme(), "http" | "https") && u.query().is_none() && u.fragment().is_none();
    match Url::parse(text) {
        Ok(url) if is_base(&url) => Ok(url.as_str().trim_end_matches('/').to_owned()),
        _ => Err("it must begin with https:// or http://, and have no `?` and no `#`".to_owned()),
    }
}
