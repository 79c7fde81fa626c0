//! Collects, before content is written, the addresses of its pictures and players outside of `<noscript>`,
//! and the places that its links lead to.

use std::collections::HashSet;

use scraper::ElementRef;

use super::super::{embed, picture};

/// Facts about the content as a whole.
pub(super) struct Gathered<'d> {
    addresses: HashSet<String>,
    targets: HashSet<&'d str>,
    /// Whether an element is hidden.
    pub(super) has_hidden: bool,
}

impl<'d> Gathered<'d> {
    pub(super) fn of(body: ElementRef<'d>) -> Self {
        let mut gathered = Self { addresses: HashSet::new(), targets: HashSet::new(), has_hidden: false };
        for element in body.descendent_elements().skip(1) {
            gathered.targets.extend(element.attr("href").and_then(|href| href.trim().strip_prefix('#')));
            gathered.add(element);
        }
        gathered
    }

    fn add(&mut self, element: ElementRef<'d>) {
        if picture::is_picture(element) {
            self.addresses.extend(picture::address(element));
        } else if embed::is_embed(element.value().name()) {
            self.addresses.extend(embed::of(element).map(|found| found.address));
        } else {
            self.has_hidden |= is_hidden(element);
        }
    }

    /// Whether a picture or player with this address stands in the content.
    pub(super) fn has(&self, address: &str) -> bool {
        self.addresses.contains(address)
    }

    /// Whether a link of the content leads to the element with this identifier.
    pub(super) fn is_target(&self, id: &str) -> bool {
        self.targets.contains(id.trim())
    }
}

/// Whether an attribute names the place where its element stands.
pub(super) fn is_place(element: ElementRef<'_>, attribute: &str) -> bool {
    attribute == "id" || attribute == "name" && element.value().name() == "a"
}

/// Whether a reader is not to see an element, by its attributes.
pub(super) fn is_hidden(element: ElementRef<'_>) -> bool {
    let is_style = |style: &str| {
        let mut declarations = style.split(';').filter_map(|declaration| declaration.split_once(':'));
        declarations.any(|(property, value)| {
            let value = value.trim().to_ascii_lowercase();
            property.trim().eq_ignore_ascii_case("display")
                && value.trim_end_matches("!important").trim() == "none"
        })
    };
    element.attr("hidden").is_some_and(|value| !value.eq_ignore_ascii_case("until-found"))
        || element.attr("style").is_some_and(is_style)
}
