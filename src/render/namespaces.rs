//! XML namespaces of the extensions that documents use.

use std::collections::BTreeMap;

use super::clean::CleanItem;
use crate::model::Podcast;

/// Prefixes and their namespaces. Media RSS 1.5.1 is used for pictures, the namespace of podcasts (Apple's
/// specification) for episodes.
const NAMESPACES: [(&str, &str); 2] =
    [("media", "http://search.yahoo.com/mrss/"), ("itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd")];

/// The prefixes that a document declares: always that of pictures, others where its items use them.
pub(super) fn declared(items: &[CleanItem], has_podcasts: bool) -> BTreeMap<String, String> {
    let is_used = |prefix: &str| {
        let in_extras =
            |item: &CleanItem| item.extras.iter().any(|(names, _)| split_name(names.xml).0 == prefix);
        let in_podcasts = |item: &CleanItem| has_podcasts && item.podcast != Podcast::default();
        prefix == "media"
            || items.iter().any(|item| in_extras(item) || (prefix == "itunes" && in_podcasts(item)))
    };
    let used = NAMESPACES.iter().filter(|(prefix, _)| is_used(prefix));
    used.map(|(prefix, uri)| ((*prefix).to_owned(), (*uri).to_owned())).collect()
}

/// The prefix and the local name of a qualified name: `itunes` and `duration` of `itunes:duration`.
pub(super) fn split_name(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FieldName;

    #[test]
    fn every_extra_field_has_a_namespace() {
        for field in FieldName::extras() {
            let names = field.extra().expect("an extra field");
            assert!(NAMESPACES.iter().any(|(prefix, _)| *prefix == split_name(names.xml).0), "{}", names.xml);
            assert!(names.json.starts_with('_'), "{}", names.json);
        }
    }
}
