//! Possible listings of a page: groups of records, with the slots of their fields and a score.

pub(super) mod anchors;
pub(super) mod build;

pub(super) mod date_headings;
pub(super) mod date_position;
pub(super) mod fields;
pub(super) mod groups;
pub(super) mod item_date;
pub(super) mod item_link;
pub(super) mod nesting;
pub(super) mod ranking;
pub(super) mod releases;
pub(super) mod score;
pub(super) mod slot_dates;
pub(super) mod slots;
pub(super) mod title;

use std::collections::HashSet;
use std::rc::Rc;

use super::page::links::LinkTarget;
use anchors::Anchor;
use groups::Cohesion;
use item_date::DateSlot;
use slots::{Record, Slot};

/// A possible listing. Its fields are indexes of `slots`.
pub(super) struct Listing {
    pub(super) records: Vec<Record>,
    pub(super) slots: Vec<Slot>,
    /// The link, then its fallbacks for records without it.
    pub(super) links: Vec<usize>,
    /// The places of the page that the items stand at, where they have no links.
    pub(super) anchor: Option<Anchor>,
    /// The target of each record's first link, with the index of the record.
    pub(super) targets: Vec<(usize, Rc<LinkTarget>)>,
    /// The title, then its fallbacks for records without it.
    pub(super) titles: Vec<usize>,
    pub(super) date: Option<DateSlot>,
    /// XPath from a record to the date in the heading over it, where records have no date of their own.
    pub(super) date_heading: Option<String>,
    pub(super) summary: Option<usize>,
    pub(super) image: Option<usize>,
    /// Pictures whose alternative texts are the titles, or links whose labels are, where there are no other
    /// titles.
    pub(super) captions: Option<usize>,
    pub(super) author: Option<usize>,
    /// Audio files.
    pub(super) media: Option<usize>,
    pub(super) cohesion: Cohesion,
    /// Whether its items are releases whose notes hold other links.
    pub(super) has_notes: bool,
    /// How good it is; compares listings of one page.
    pub(super) score: f64,
}

impl Listing {
    /// Whether most targets of the smaller listing are also targets of the other.
    pub(super) fn shares_targets_with(&self, other: &Self) -> bool {
        let ours = self.target_numbers();
        let theirs = other.target_numbers();
        ours.intersection(&theirs).count() * 2 > ours.len().min(theirs.len())
    }

    fn target_numbers(&self) -> HashSet<u32> {
        self.targets.iter().map(|(_, target)| target.number).collect()
    }
}
