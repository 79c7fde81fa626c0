//! Collects, before content is written, the addresses of its pictures and players outside of `<noscript>`, and
//! the places that its links lead to.

use std::collections::HashSet;

use scraper::ElementRef;

use super::super::{embed, picture};

/// Facts about the content as a whole.
pub(super) struct Gathered<'d> {
    addresses: HashSet<String>,
    targets: HashSet<&'d str>,
}

impl<'d> Gathered<'d> {
    pub(super) fn of(body: ElementRef<'d>) -> Self {
        let mut gathered = Self { addresses: HashSet::new(), targets: HashSet::new() };
        for element in body.descendent_elements() {
            gathered.targets.extend(element.attr("href").and_then(|href| href.trim().strip_prefix('#')));
            if picture::is_picture(element) {
                gathered.addresses.extend(picture::address(element));
            } else {
                gathered.addresses.extend(embed::of(element).map(|found| found.address));
            }
        }
        gathered
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
