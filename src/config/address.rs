//! Why a text is not an address, in words.

use url::ParseError;

/// The reason why a text is not a web address, as the end of a sentence.
#[must_use]
pub fn address_error(error: ParseError) -> String {
    match error {
        ParseError::RelativeUrlWithoutBase => "it must begin with https:// or http://".to_owned(),
        other => other.to_string(),
    }
}
