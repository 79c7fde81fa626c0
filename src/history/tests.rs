//! Runs, one after the other, as the history sees them.

use url::Url;

use super::*;
use crate::digest::fingerprint as hash;
use crate::model::Identity;

fn feed() -> FeedId {
    FeedId::parse("t").expect("an id")
}

fn found(key: &str, title: &str) -> Found {
    let content = Content { title: title.to_owned(), ..Content::default() };
    let identity = Identity { title: title.to_owned(), ..Identity::default() };
    Found {
        key: key.to_owned(),
        position: 0,
        content,
        has_own_title: true,
        date: None,
        updated: None,
        identity,
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn known_of(merge: &Merge) -> KnownItems {
    let known = |fingerprint: &String| Known { fingerprint: fingerprint.clone(), ..Known::default() };
    merge.added.iter().map(|(item, fingerprint)| (item.key.clone(), known(fingerprint))).collect()
}

#[test]
fn an_item_without_a_date_gets_the_moment_it_was_first_seen() {
    let now = at("2026-03-05T06:00:00Z");
    let merge = merge(&feed(), &KnownItems::new(), vec![found("a", "A")], now, false);
    let (item, _) = &merge.added[0];
    assert_eq!((item.date, item.date_source), (now.fixed_offset(), DateSource::FirstSeen));
}

#[test]
fn an_edit_by_the_site_differs_from_a_change_of_rules() {
    let first = merge(&feed(), &KnownItems::new(), vec![found("a", "A")], at("2026-03-05T06:00:00Z"), false);
    let known = known_of(&first);
    let now = at("2026-03-06T06:00:00Z");
    let same = merge(&feed(), &known, vec![found("a", "A")], now, false);
    assert!(!same.changes_documents());
    let edited = merge(&feed(), &known, vec![found("a", "B")], now, false);
    assert_eq!(edited.changed[0].updated, Some(now.fixed_offset()));
    let by_rules = merge(&feed(), &known, vec![found("a", "B")], now, true);
    assert_eq!((by_rules.changed[0].updated, by_rules.edited()), (None, 0));
}

#[test]
fn a_pruned_item_does_not_return() {
    let known = KnownItems::from([("a".to_owned(), Known { pruned: true, ..Known::default() })]);
    let merge = merge(&feed(), &known, vec![found("a", "A")], at("2026-03-05T06:00:00Z"), false);
    assert!(!merge.changes_documents());
    assert_eq!(merge.seen[0].key, "a");
}

#[test]
fn identifiers_depend_only_on_feed_and_key() {
    let guid = guid(&feed(), "url:example.org/a");
    assert_eq!(guid.len(), "urn:uuid:".len() + 36);
    assert_eq!(&guid[23..24], "8");
    assert_ne!(guid, super::guid(&feed(), "url:example.org/b"));
}

/// A history over several runs.
#[derive(Default)]
struct Runs(KnownItems);

impl Runs {
    /// Runs once, and gives how many items are new and how many edited.
    #[expect(clippy::needless_pass_by_value, reason = "a call shows the items of its visit")]
    fn run(&mut self, found: Vec<Found>) -> (usize, usize) {
        let merge = merge(&feed(), &self.0, found.clone(), at("2026-03-05T06:00:00Z"), false);
        for (item, fingerprint) in &merge.added {
            self.0.insert(item.key.clone(), Known { fingerprint: fingerprint.clone(), ..Known::default() });
        }
        for edit in &merge.changed {
            self.0.entry(edit.key.clone()).or_default().fingerprint.clone_from(&edit.fingerprint);
        }
        for known in self.0.values_mut() {
            known.listed = false;
        }
        for seen in &merge.seen {
            let known = self.0.entry(seen.key.clone()).or_default();
            known.listed = true;
            known.title = Some(seen.identity.title.clone());
            known.link = seen.identity.link.as_ref().map(Url::to_string);
            known.source_id = seen.source_id.clone().or(known.source_id.take());
        }
        (merge.added.len(), merge.changed.len())
    }
}

/// An item with a link. `key` is that of its link, as long as no other item of the page has the link.
fn linked(link: &str, title: &str, shared: bool) -> Found {
    let url = Url::parse(link).expect("an address");
    let base = format!("url:{}", crate::normalise::canonical_address(&url));
    let titled_key = format!("{base}#{}", hash(&[title]));
    let mut item = found(if shared { &titled_key } else { &base }, title);
    item.identity.titled_key = Some(titled_key);
    item.identity.link = Some(url);
    item
}

/// An item of a page whose fragments count.
fn anchored(link: &str, title: &str, shared: bool) -> Found {
    let mut item = linked(link, title, shared);
    item.identity.fragment = link.split_once('#').map(|(_, fragment)| fragment.to_owned());
    item
}

/// An item with an id that is its link.
fn with_link_id(link: &str, id: &str, title: &str) -> Found {
    let mut item = linked(link, title, false);
    item.key = format!("id:{id}");
    item.identity.titled_key = None;
    item.identity.id_is_link = true;
    item
}

const APPLY: &str = "https://example.org/apply";

#[test]
fn items_with_one_link_keep_their_identities_as_they_come_and_go() {
    let mut runs = Runs::default();
    assert_eq!(runs.run(vec![linked(APPLY, "Cook", false)]), (1, 0));
    assert_eq!(runs.run(vec![linked(APPLY, "Mate", true), linked(APPLY, "Cook", true)]), (1, 0));
    assert_eq!(runs.run(vec![linked(APPLY, "Mate", false)]), (0, 0));
    assert_eq!(
        runs.run(vec![linked(APPLY, "Purser", false)]),
        (1, 0),
        "it is not the mate with another name"
    );
    assert_eq!(runs.run(vec![linked(APPLY, "Cook", false)]), (0, 0));
    let all = ["Purser", "Cook", "Mate"].map(|title| linked(APPLY, title, true));
    assert_eq!(runs.run(all.to_vec()), (0, 0));
    assert_eq!(runs.0.len(), 3);
}

#[test]
fn a_whole_page_of_one_link_can_be_replaced() {
    let mut runs = Runs::default();
    assert_eq!(runs.run(vec![linked(APPLY, "Cook", true), linked(APPLY, "Mate", true)]), (2, 0));
    assert_eq!(runs.run(vec![linked(APPLY, "Purser", true), linked(APPLY, "Diver", true)]), (2, 0));
    assert_eq!(runs.run(vec![linked(APPLY, "Stoker", false)]), (1, 0));
    assert_eq!(runs.run(vec![linked(APPLY, "Diver", false)]), (0, 0));
}

#[test]
fn another_title_of_a_link_that_one_item_has_is_an_edit() {
    for link in ["https://example.org/n/4", "https://example.org/n?id=4", "https://example.org/n#/4"] {
        let mut runs = Runs::default();
        assert_eq!(runs.run(vec![linked(link, "Pier opens", false)]), (1, 0));
        assert_eq!(runs.run(vec![linked(link, "Pier opens late", false)]), (0, 1));
        assert_eq!(runs.run(vec![linked(link, "Pier opens", false)]), (0, 1));
    }
}

#[test]
fn links_that_earlier_versions_kept_with_a_secret_are_known_without_it() {
    let old =
        |title, shared| anchored(&format!("https://example.org/c?lang=en&token=x9#{title}"), title, shared);
    let new = |title, shared| anchored(&format!("https://example.org/c?lang=en#{title}"), title, shared);
    let mut runs = Runs::default();
    assert_eq!(runs.run(vec![old("v2", true), old("v1", true)]), (2, 0));
    assert_eq!(runs.run(vec![new("v3", true), new("v2", true), new("v1", true)]), (1, 0));
    assert_eq!(runs.run(vec![new("v3", true), new("v1", true)]), (0, 0));
    let mut runs = Runs::default();
    assert_eq!(runs.run(vec![linked("https://example.org/c?token=x9", "Pier opens", false)]), (1, 0));
    assert_eq!(runs.run(vec![linked("https://example.org/c", "Pier opens", false)]), (0, 0));
}

#[test]
fn another_spelling_of_an_address_is_the_same_address() {
    let spellings = [
        ("https://example.org/v?a=1&b=2", "https://example.org/v?b=2&a=1"),
        ("https://example.org/%7Elee", "https://example.org/~lee"),
        ("https://example.org/v?q=%61%2D", "https://example.org/v?q=a-"),
        ("https://example.org/v?print", "https://example.org/v?print="),
        ("https://example.org/v?to=%2Fdock", "https://example.org/v?to=/dock"),
        ("https://example.org/v?q=low+tide", "https://example.org/v?q=low%20tide"),
        ("https://example.org/v?tag=x&tag=y", "https://example.org/v?tag=y&tag=x"),
    ];
    for (one, other) in spellings {
        let mut runs = Runs::default();
        assert_eq!(runs.run(vec![linked(one, "Fog", false)]), (1, 0));
        assert_eq!(runs.run(vec![linked(other, "Fog", false)]), (0, 0), "{other}");
        assert_eq!(runs.run(vec![linked(one, "Fog lifts", false)]), (0, 1), "{one}");
        assert_eq!(
            runs.run(vec![linked(other, "Fog lifts", false), linked(one, "Fog lifts", false)]),
            (0, 0)
        );
    }
    let mut runs = Runs::default();
    let both = spellings[0];
    assert_eq!(runs.run(vec![linked(both.0, "Fog", false), linked(both.1, "Fog", false)]), (1, 0));
}

#[test]
fn fragments_that_count_go_on_to_count() {
    let page = |number: u32| format!("https://example.org/log#u{number}");
    let mut runs = Runs::default();
    assert_eq!(runs.run(vec![anchored(&page(1), "First", false)]), (1, 0));
    assert_eq!(runs.run(vec![anchored(&page(2), "Second", true), anchored(&page(1), "First", true)]), (1, 0));
    assert_eq!(
        runs.run(vec![anchored(&page(2), "Second, mended", true), anchored(&page(1), "First", true)]),
        (0, 1)
    );
    assert_eq!(runs.run(vec![anchored(&page(2), "Second", false)]), (0, 1));
    assert_eq!(runs.run(vec![anchored(&page(3), "Third", false)]), (1, 0));
    assert_eq!(runs.run(vec![linked(&page(1), "First again", false)]), (0, 1));
}

#[test]
fn fragments_that_only_count_the_rows_take_no_item_over() {
    let row =
        |number: u32, title: &str| anchored(&format!("https://example.org/log#row{number}"), title, true);
    let mut runs = Runs::default();
    assert_eq!(runs.run(vec![row(1, "B"), row(2, "A")]), (2, 0));
    assert_eq!(runs.run(vec![row(1, "C"), row(2, "B"), row(3, "A")]), (1, 0));
    assert_eq!(runs.run(vec![row(1, "D"), row(2, "C"), row(3, "B")]), (1, 0));
}

#[test]
fn an_id_that_is_the_link_with_another_fragment_is_the_link() {
    let story = "https://example.org/story";
    let revision = |number: u32, title: &str| with_link_id(story, &format!("{story}#{number}"), title);
    let mut runs = Runs::default();
    assert_eq!(runs.run(vec![revision(0, "Tug sinks")]), (1, 0));
    assert_eq!(runs.run(vec![revision(3, "Tug sinks")]), (0, 0));
    assert_eq!(runs.run(vec![revision(4, "Tug is raised")]), (0, 1));
    assert_eq!(runs.run(vec![revision(4, "Tug raised")]), (0, 1));
    assert_eq!(runs.0.len(), 1);
}

#[test]
fn entries_of_one_page_with_ids_stay_apart() {
    let page = "https://example.org/log";
    let entry = |number: u32, title: &str| with_link_id(page, &format!("{page}#v{number}"), title);
    let mut runs = Runs::default();
    assert_eq!(runs.run(vec![entry(2, "Release"), entry(1, "Release")]), (2, 0));
    assert_eq!(runs.run(vec![entry(3, "Release"), entry(2, "Release")]), (1, 0));
    assert_eq!(runs.run(vec![entry(4, "Other"), entry(3, "Release")]), (1, 0));
}

#[test]
fn entries_whose_links_have_fragments_stay_apart_as_they_replace_each_other() {
    let entry = |number: u32| {
        let link = format!("https://example.org/log#v{number}");
        with_link_id(&link, &link, &format!("Version {number}"))
    };
    let mut runs = Runs::default();
    assert_eq!(runs.run(vec![entry(1)]), (1, 0));
    assert_eq!(runs.run(vec![entry(2)]), (1, 0));
    assert_eq!(runs.run(vec![entry(3), entry(2)]), (1, 0));
}

#[test]
fn other_ids_with_one_link_and_title_are_several_items() {
    let report =
        |id: &str| Found { key: format!("id:{id}"), ..linked("https://example.org/sea", "Sea", false) };
    let mut runs = Runs::default();
    assert_eq!(runs.run(vec![report("monday")]), (1, 0));
    assert_eq!(runs.run(vec![report("tuesday"), report("monday")]), (1, 0));
    assert_eq!(runs.run(vec![report("wednesday"), report("tuesday")]), (1, 0));
}

#[test]
fn ids_that_each_visit_makes_anew_are_no_new_items() {
    let visit = |number: u32| -> Vec<Found> {
        let item = |name: &str| Found {
            key: format!("id:{name}-{number}"),
            ..linked(&format!("https://example.org/{name}"), name, false)
        };
        ["Ferry", "Buoy", "Pilot"].map(item).to_vec()
    };
    let mut runs = Runs::default();
    assert_eq!(runs.run(visit(0)), (3, 0));
    for number in 1..5 {
        assert_eq!(runs.run(visit(number)), (0, 0), "visit {number}");
    }
    assert_eq!(runs.run(vec![]), (0, 0));
    assert_eq!(runs.run(visit(6)), (3, 0), "they have left the page: others may have come");
    let dated = |mut found: Vec<Found>, day: u32| {
        let at = at(&format!("2026-03-0{day}T00:00:00Z")).fixed_offset();
        let date = PageDate { at, precision: Precision::Day, source: DateSource::Page, relative: false };
        for item in &mut found {
            item.date = Some(date);
        }
        found
    };
    assert_eq!(runs.run(dated(visit(7), 2)), (3, 0), "a date makes another item");
}

#[test]
fn entries_that_replace_each_other_have_other_fragments_and_titles() {
    let log = "https://example.org/changes";
    let by_id = |name: &str| with_link_id(log, &format!("{log}#{name}"), name);
    let by_link = |name: &str| linked(&format!("{log}#{name}"), name, false);
    let route = |name: &str| linked(&format!("https://example.org/app#news/{name}"), name, false);
    let kinds: [&dyn Fn(&str) -> Found; 3] = [&by_id, &by_link, &route];
    for (kind, entry) in kinds.into_iter().enumerate() {
        let mut runs = Runs::default();
        for version in ["v1.0", "v1.1", "v2.0"] {
            assert_eq!(runs.run(vec![entry(version)]), (1, 0), "{version} of {kind}");
            assert_eq!(runs.run(vec![entry(version)]), (0, 0), "{version} of {kind}");
        }
    }
    let mut runs = Runs::default();
    assert_eq!(runs.run(vec![linked(&format!("{log}#top"), "Fog", false)]), (1, 0));
    assert_eq!(runs.run(vec![linked(&format!("{log}#top"), "Fog lifts", false)]), (0, 1));
    assert_eq!(runs.run(vec![linked(&format!("{log}#main"), "Fog lifts", false)]), (0, 0));
    assert_eq!(runs.run(vec![linked(log, "Fog is gone", false)]), (0, 1));
}

#[test]
fn an_id_that_is_an_address_is_the_same_with_http_and_https() {
    let post = |scheme: &str, title: &str| {
        let link = format!("{scheme}://example.org/2026/{}", title.len());
        Found { key: format!("id:{scheme}://example.org/?p=11"), ..linked(&link, title, false) }
    };
    let mut runs = Runs::default();
    assert_eq!(runs.run(vec![post("http", "Slip")]), (1, 0));
    assert_eq!(runs.run(vec![post("https", "Slipway open")]), (0, 1));
    assert_eq!(runs.run(vec![post("https", "Slipway open")]), (0, 0));
    assert_eq!(runs.run(vec![post("http", "Slipway shut")]), (0, 1));
    assert_eq!(runs.run(vec![post("http", "Slipway shut"), post("https", "Other")]), (1, 0), "both at once");
}

#[test]
fn items_that_an_earlier_version_dropped_stay_dropped() {
    let dropped = |key: String| (key, Known { pruned: true, ..Known::default() });
    let titled = linked(APPLY, "Cook", true).key;
    let mut runs = Runs(KnownItems::from([
        dropped(titled),
        dropped("url:example.org/v?a=1&b=2".to_owned()),
        dropped("id:https://example.org/story#0".to_owned()),
    ]));
    assert_eq!(runs.run(vec![linked(APPLY, "Cook", false)]), (0, 0));
    assert_eq!(runs.run(vec![linked("https://example.org/v?b=2&a=1", "Fog", false)]), (0, 0));
    let story = "https://example.org/story";
    assert_eq!(runs.run(vec![with_link_id(story, "https://example.org/story#2", "Tug")]), (0, 0));
}
