//! Collects, before content is written, the addresses of its pictures and players outside of `<noscript>`,
//! the places that its links lead to, and whether there is anything to change.

use std::collections::HashSet;

use scraper::ElementRef;

use super::super::{embed, picture};

/// Facts about the content as a whole.
pub(super) struct Gathered<'d> {
    addresses: HashSet<String>,
    targets: HashSet<&'d str>,
    /// Whether anything in the content would be lost or wrong if it stayed as it is.
    pub(super) needs_change: bool,
    /// Whether an element is hidden.
    pub(super) has_hidden: bool,
}

impl<'d> Gathered<'d> {
    pub(super) fn of(body: ElementRef<'d>) -> Self {
        let mut gathered = Self {
            addresses: HashSet::new(),
            targets: HashSet::new(),
            needs_change: false,
            has_hidden: false,
        };
        for element in body.descendent_elements().skip(1) {
            gathered.targets.extend(element.attr("href").and_then(|href| href.trim().strip_prefix('#')));
            gathered.add(element);
        }
        gathered.needs_change |=
            !gathered.targets.is_empty() && places(body).any(|(_, id)| gathered.is_target(id));
        gathered
    }

    fn add(&mut self, element: ElementRef<'d>) {
        let name = element.value().name();
        if picture::is_picture(element) {
            let address = picture::address(element);
            let is_plain = match name {
                "img" => address.as_deref() == element.attr("src").map(str::trim) && address.is_some(),
                // The image in it tells.
                "picture" => element.child_elements().any(|e| e.value().name() == "img"),
                _ => false,
            };
            self.needs_change |= !is_plain;
            self.addresses.extend(address);
        } else if embed::is_embed(name) {
            let found = embed::of(element);
            // The sanitiser leaves the others out, but not their text.
            self.needs_change |= found.is_some() || element.has_children();
            self.addresses.extend(found.map(|found| found.address));
        } else {
            let has_base = element.value().attrs().any(|(name, _)| name == "xml:base");
            let has_background = !element.has_children() && picture::background(element).is_some();
            let is_hidden = is_hidden(element);
            self.has_hidden |= is_hidden;
            self.needs_change |= name == "noscript" || has_base || has_background || is_hidden;
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

/// The elements that links can lead to, with the names of their places.
pub(super) fn places(root: ElementRef<'_>) -> impl Iterator<Item = (ElementRef<'_>, &str)> {
    root.descendent_elements().flat_map(|element| {
        let own = element.value().attrs().filter(move |(name, _)| is_place(element, name));
        own.map(move |(_, place)| (element, place.trim()))
    })
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
