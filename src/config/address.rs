//! Why a text is not an address, in words.

use url::ParseError;

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
