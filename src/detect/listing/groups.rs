//! Elements that repeat: what could be the items of a listing.

use std::hash::{Hash, Hasher as _};

use super::super::page::regions::Regions;
use super::super::page::signals::Signals;
use super::super::page::view::{Keyed, Spread, View, mixed};
use crate::html::{Name, Outline, Place};

/// Groups that are looked at closely.
const CLOSELY: usize = 10;
/// Parents whose children are taken together.
const MAX_PARENTS: usize = 2000;

/// Elements of one tag that repeat.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    /// In page order.
    pub(crate) records: Vec<Place>,
    /// How promising it looks from afar.
    pub(crate) promise: f64,
    /// How sure it is that the records are of one list.
    pub(crate) unity: Unity,
}

/// What records have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unity {
    /// Their parent.
    Siblings,
    /// Parents that look alike: tags and classes on the way from the body.
    Alike,
    /// The tags alone.
    Tags,
}

/// The groups that are worth a close look, the most promising first.
pub(crate) fn groups(view: &View<'_, '_>, signals: &Signals) -> Vec<Group> {
    let (outline, regions) = (view.outline, view.regions);
    let mut all = Vec::new();
    let mut unions: Keyed<Union> = Keyed::default();
    let paths = paths(view);
    for parent in 0..outline.len() {
        for (tag, records) in by_tag(outline, parent) {
            let path = &paths[parent as usize];
            for (key, unity) in [(path.tags, Unity::Tags), (path.classes, Unity::Alike)] {
                let fresh = Union { records: Vec::new(), parents: 0, unity };
                let union = unions.entry(mixed(key, u64::from(tag.number()))).or_insert(fresh);
                union.parents += 1;
                union.records.extend(&records);
            }
            if records.len() > 1 {
                all.push((records, Unity::Siblings));
            }
        }
    }
    let unions =
        unions.into_values().filter(|u| (2..=MAX_PARENTS).contains(&u.parents) && u.records.len() > 2);
    // One in each parent: then the parents are the records.
    let unions = unions.filter(|u| u.parents * 10 < u.records.len() * 9 || !repeat(outline, &u.records));
    all.extend(unions.map(|u| (u.records, u.unity)));
    let judged = all.into_iter().map(|(records, unity)| Group {
        promise: promise(outline, regions, signals, &records),
        records,
        unity,
    });
    let mut judged: Vec<Group> = judged.filter(|g| g.promise > 0.0).collect();
    judged.sort_by(|a, b| {
        b.promise
            .total_cmp(&a.promise)
            .then_with(|| (&a.records, a.unity as u8).cmp(&(&b.records, b.unity as u8)))
    });
    judged.dedup_by(|a, b| a.records == b.records);
    judged.truncate(CLOSELY);
    judged
}

struct Union {
    records: Vec<Place>,
    parents: usize,
    unity: Unity,
}

/// Hashes of the way from the body to an element.
struct PathHash {
    tags: u64,
    classes: u64,
}

fn paths(view: &View<'_, '_>) -> Vec<PathHash> {
    let outline = view.outline;
    let mut out: Vec<PathHash> = Vec::with_capacity(outline.len() as usize);
    for place in 0..outline.len() {
        let parent = outline.parent(place);
        let (tags, classes) = match out.get(parent as usize).filter(|_| parent != place) {
            Some(above) => (above.tags, above.classes),
            None => (0, 0),
        };
        let tag = outline.tag(place);
        out.push(PathHash {
            tags: mixed(tags, u64::from(tag.number())),
            classes: mixed(mixed(classes, view.shape(place)), id(outline, place).map_or(0, |id| hash(&id))),
        });
    }
    out
}

/// Whether the parents of elements stand beside each other.
fn repeat(outline: &Outline<'_>, records: &[Place]) -> bool {
    let parents = records.iter().map(|r| outline.parent(*r));
    let over: Vec<Place> = parents.map(|p| outline.parent(p)).collect();
    over.windows(2).filter(|w| w[0] == w[1]).count() * 10 >= (over.len() - 1) * 7
}

/// An id that does not tell single elements apart.
fn id<'d>(outline: &Outline<'d>, place: Place) -> Option<&'d str> {
    outline.attr(place, "id").filter(|id| !id.bytes().any(|b| b.is_ascii_digit()))
}

pub(crate) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = Spread::default();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The children that hold something, by tag.
fn by_tag(outline: &Outline<'_>, parent: Place) -> Vec<(Name, Vec<Place>)> {
    let mut out: Vec<(Name, Vec<Place>)> = Vec::new();
    let mut places: Keyed<usize> = Keyed::default();
    for child in outline.children(parent) {
        if outline.weight(child) == 0 && outline.links(child) == 0 {
            continue;
        }
        let tag = outline.tag(child);
        let next = out.len();
        let place = *places.entry(mixed(0, u64::from(tag.number()))).or_insert(next);
        if place == next {
            out.push((tag, Vec::new()));
        }
        out[place].1.push(child);
    }
    out
}

/// A first guess from sums alone.
fn promise(outline: &Outline<'_>, regions: &Regions, signals: &Signals, records: &[Place]) -> f64 {
    let n = count(records.len());
    let share = |test: &dyn Fn(Place) -> bool| count(records.iter().filter(|r| test(**r)).count()) / n;
    let linked = share(&|r| outline.links(r) > 0);
    let dated = share(&|r| signals.dates(outline, r) > 0);
    if linked < 0.3 && dated < 0.5 {
        return 0.0;
    }
    let headed = share(&|r| signals.headings(outline, r) > 0);
    let text: f64 = records.iter().map(|r| f64::from(outline.weight(*r).min(120))).sum::<f64>() / n / 120.0;
    let links: f64 = records.iter().map(|r| f64::from(outline.links(*r))).sum::<f64>() / n;
    // What holds very many links each is a list of lists.
    let crowded = if links > 12.0 { 12.0 / links } else { 1.0 };
    let region = records.first().map_or(1.0, |r| regions.weight(outline.parent(*r)));
    (1.0 + n).ln() * (0.1 + text + 0.5 * dated + 0.4 * headed) * (0.3 + linked) * region * crowded
}

/// A count as a number to reckon with.
pub(crate) fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}
