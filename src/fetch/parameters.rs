//! Parameters that a request adds to its addresses: they are sent, and stand in no address that is handed out.

use url::{Url, form_urlencoded};

use crate::model::Secret;

/// The address with the parameters. One that it has by the same name is replaced.
pub(super) fn with_parameters(parameters: &[(String, Secret)], url: &Url) -> Url {
    let mut asked = url.clone();
    if parameters.is_empty() {
        return asked;
    }
    keep(&mut asked, |name, _| !parameters.iter().any(|(own, _)| own == name));
    let added = parameters.iter().map(|(name, value)| (name.as_str(), value.expose()));
    asked.query_pairs_mut().extend_pairs(added);
    asked
}

/// The address without parameters that are the request's own, by name and value.
pub(super) fn without_parameters(parameters: &[(String, Secret)], mut url: Url) -> Url {
    if !parameters.is_empty() {
        keep(&mut url, |name, value| {
            !parameters.iter().any(|(own, secret)| own == name && secret.expose() == value)
        });
    }
    url
}

/// Leaves out the parameters that do not pass the test; the others stay as they are written.
fn keep(url: &mut Url, test: impl Fn(&str, &str) -> bool) {
    let Some(query) = url.query() else { return };
    let stays =
        |piece: &&str| form_urlencoded::parse(piece.as_bytes()).all(|(name, value)| test(&name, &value));
    let kept: Vec<&str> = query.split('&').filter(stays).collect();
    let kept = kept.join("&");
    if kept != query {
        url.set_query(Some(kept.as_str()).filter(|query| !query.is_empty()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_added_once_and_taken_out_again() {
        let own = [("api_key".to_owned(), Secret::new("pier & quay".to_owned()))];
        let asked = |text: &str| with_parameters(&own, &text.parse().expect("an address"));
        assert_eq!(asked("https://example.org/n").as_str(), "https://example.org/n?api_key=pier+%26+quay");
        let both = "https://example.org/n?q=a%20b&api_key=pier+%26+quay";
        assert_eq!(asked("https://example.org/n?api_key=old&q=a%20b").as_str(), both);
        assert_eq!(without_parameters(&own, asked(both)).as_str(), "https://example.org/n?q=a%20b");
        let other: Url = "https://example.org/n?api_key=other&".parse().expect("an address");
        assert_eq!(without_parameters(&own, other.clone()), other);
    }
}
