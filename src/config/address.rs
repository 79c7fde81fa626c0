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

/// Reads the base of the addresses in documents: http or https, without user, password, query and fragment. The
/// result has no slash at its end.
///
/// # Errors
/// When it is no such address: what it must be, as the end of a sentence. The sentence does not show the address.
pub fn base_address(text: &str) -> Result<String, String> {
    let is_base =
        |u: &Url| matches!(u.scheme(), "http" | "https") && u.query().is_none() && u.fragment().is_none();
    match Url::parse(text) {
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Err("it must have no user name and no password, because everybody would see them".to_owned())
        }
        Ok(url) if is_base(&url) => Ok(url.as_str().trim_end_matches('/').to_owned()),
        _ => Err("it must begin with https:// or http://, and have no `?` and no `#`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_has_no_user_and_no_password() {
        for text in ["https://ann:PASSW@h.example", "https://PASSW@h.example", "https://:PASSW@h.example/f"] {
            let error = base_address(text).expect_err(text);
            assert!(error.contains("no password") && !error.contains("PASSW"), "{error}");
        }
        assert_eq!(base_address("https://h.example/f/").as_deref(), Ok("https://h.example/f"));
    }
}
