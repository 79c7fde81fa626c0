use super::*;
use crate::model::Identity;

const NONE: [FieldName; 0] = [];
const TITLES: [&str; 4] = ["Lock gate is painted", "Tide tables for June", "Two berths free", "Winch sold"];

fn content(n: usize) -> Content {
    Content {
        title: TITLES[n].to_owned(),
        url: format!("https://quay.example.org/{n}").parse().ok(),
        summary: Some(format!("Number {n} of the notices of the quay.")),
        authors: vec!["Ida Brandt".to_owned()],
        ..Content::default()
    }
}

fn stored() -> Vec<ListedItem> {
    let at = |n: usize| format!("2026-03-0{}T00:00:00Z", n + 1).parse().ok();
    (0..4).map(|n| ListedItem { key: format!("k{n}"), content: content(n), date: at(n) }).collect()
}

fn found(change: impl Fn(usize, &mut Found)) -> Vec<Found> {
    let item = |n: usize| Found {
        key: format!("k{n}"),
        position: 0,
        content: content(n),
        has_own_title: true,
        date: None,
        updated: None,
        identity: Identity::default(),
    };
    let mut items: Vec<Found> = (0..4).map(item).collect();
    items.iter_mut().enumerate().for_each(|(n, item)| change(n, item));
    items
}

/// Without the date, which the items of these tests never have.
fn lost(found: &[Found], earlier: &[ListedItem], gone: &[FieldName]) -> Vec<FieldName> {
    let lost = lost_fields(found, earlier, gone).into_iter();
    lost.filter(|field| *field != FieldName::Date).collect()
}

/// The title is gone, and the summary stands in for it.
fn untitled(_: usize, item: &mut Found) {
    item.content.title = item.content.summary.take().unwrap_or_default();
    item.has_own_title = false;
}

#[test]
fn a_field_of_all_items_that_none_has_is_lost() {
    let without = found(|_, item| item.content.summary = None);
    assert_eq!(lost(&without, &stored(), &[]), [FieldName::Summary]);
    assert_eq!(lost_fields(&without, &stored(), &[]), [FieldName::Date, FieldName::Summary]);
    assert_eq!(lost(&found(untitled), &stored(), &[])[0], FieldName::Title);
    let one_less = found(|n, item| item.content.summary = item.content.summary.take().filter(|_| n > 0));
    assert_eq!(lost(&one_less, &stored(), &[]), NONE);
    let edited = found(|n, item| item.content.summary = Some(format!("Another text, {n}.")));
    assert_eq!(lost(&edited, &stored(), &[]), NONE);
}

#[test]
fn a_field_that_says_the_same_for_all_is_lost() {
    let read_more = found(|_, item| item.content.title = "Read more".to_owned());
    assert_eq!(lost(&read_more, &stored(), &[]), [FieldName::Title]);
    let first = found(|_, item| item.content.summary = content(0).summary);
    assert_eq!(lost(&first, &stored(), &[]), [FieldName::Summary]);
    let renamed = found(|_, item| item.content.authors = vec!["I. Brandt".to_owned()]);
    assert_eq!(lost(&renamed, &stored(), &[]), NONE, "the author was the same before");
}

#[test]
fn titles_made_of_summaries_are_not_lost() {
    let notes: Vec<ListedItem> = stored()
        .into_iter()
        .map(|item| {
            let title = item.content.summary.clone().unwrap_or_default();
            ListedItem { content: Content { title, summary: None, ..item.content }, ..item }
        })
        .collect();
    assert!(!lost(&found(untitled), &notes, &[]).contains(&FieldName::Title));
    let others = found(|n, item| {
        untitled(n, item);
        item.key = format!("new{n}");
        item.content.title = format!("A note of today, {n}");
    });
    assert!(!lost(&others, &notes, &[]).contains(&FieldName::Title));
}

#[test]
fn no_other_item_gets_the_values_of_the_one_that_had_its_key() {
    let mut now = found(|n, item| item.key = format!("new{n}"));
    now[3].key = "k0".to_owned();
    let matched = [Some("k0"), Some("k1"), Some("k2"), None];
    let listed = as_found(stored(), &now, &matched);
    assert_eq!(listed.iter().map(|item| item.key.as_str()).collect::<Vec<_>>(), ["new0", "new1", "new2", ""]);
    for item in &mut now {
        item.content.summary = None;
    }
    keep_lost(&mut now, &listed, &[FieldName::Summary]);
    assert_eq!(now[0].content.summary, content(0).summary);
    assert_eq!(now[3].content.summary, None);
}

#[test]
fn items_that_lost_their_links_are_compared_with_the_newest() {
    let unlinked = found(|n, item| {
        item.key = format!("row:{n}");
        item.content.url = None;
    });
    assert_eq!(lost(&unlinked, &stored(), &[]), [FieldName::Link]);
    assert_eq!(lost(&unlinked[..2], &stored(), &[]), NONE, "two items are too few");
}

#[test]
fn a_lost_field_stays_lost_until_it_returns() {
    let gone = [FieldName::Summary];
    let new_ones: Vec<ListedItem> = stored()
        .into_iter()
        .map(|item| ListedItem { content: Content { summary: None, ..item.content }, ..item })
        .collect();
    let without = found(|_, item| item.content.summary = None);
    assert_eq!(lost(&without, &new_ones, &gone), gone);
    assert_eq!(lost(&found(|_, _| {}), &new_ones, &gone), NONE);
}

#[test]
fn known_items_keep_what_is_lost_and_new_ones_are_without() {
    let mut items = found(|n, item| {
        item.content.summary = Some("Share this".to_owned());
        if n == 3 {
            item.key = "new".to_owned();
        }
    });
    keep_lost(&mut items, &stored(), &[FieldName::Summary]);
    let summaries: Vec<Option<String>> = items.into_iter().map(|item| item.content.summary).collect();
    let kept = |n: usize| content(n).summary;
    assert_eq!(summaries, [kept(0), kept(1), kept(2), None]);
}

/// New items besides the ones that are known.
fn with_new(mut known: Vec<Found>, new: usize, change: impl Fn(usize, &mut Found)) -> Vec<Found> {
    for n in 0..new {
        let mut item = found(&change).swap_remove(n % 4);
        item.key = format!("new{n}");
        known.push(item);
    }
    known
}

#[test]
fn titles_that_no_new_item_has_are_lost() {
    let titles = [FieldName::Title];
    let two = stored().into_iter().take(2).collect::<Vec<_>>();
    let three = stored().into_iter().take(3).collect::<Vec<_>>();
    let known = |count: usize| found(|_, _| {}).into_iter().take(count).collect::<Vec<_>>();
    assert_eq!(lost_by_new_items(&with_new(known(2), 6, untitled), &two), titles);
    assert_eq!(lost_by_new_items(&with_new(vec![], 5, untitled), &three), titles);
    assert_eq!(lost_by_new_items(&with_new(known(3), 4, untitled), &three), titles);
    let unlinked = |_: usize, item: &mut Found| item.content.url = None;
    assert_eq!(lost_by_new_items(&with_new(known(3), 3, unlinked), &three), [FieldName::Link]);

    assert_eq!(lost_by_new_items(&with_new(known(3), 2, untitled), &three), NONE, "two new ones");
    assert_eq!(lost_by_new_items(&with_new(vec![], 5, untitled), &two[..1]), NONE, "one stored one");
    let one_titled = |n: usize, item: &mut Found| {
        if n > 0 {
            untitled(n, item);
        }
    };
    assert_eq!(lost_by_new_items(&with_new(known(3), 4, one_titled), &three), NONE);
    let mut mixed = three;
    mixed[1].content.title = mixed[1].content.summary.take().unwrap_or_default();
    assert_eq!(lost_by_new_items(&with_new(vec![], 4, untitled), &mixed), NONE, "not all had titles");
}

#[test]
fn an_item_without_its_title_keeps_the_stored_one() {
    let mut items = found(|n, item| {
        if n == 1 {
            untitled(n, item);
        }
    });
    keep_lost(&mut items, &stored(), &[]);
    assert_eq!(items[1].content, content(1), "with its summary");
    assert_eq!(items[1].identity.title, TITLES[1]);
    let mut bare = found(|_, item| item.content.summary = None);
    bare[2].content.title.clear();
    bare[2].has_own_title = false;
    let plain: Vec<ListedItem> = stored()
        .into_iter()
        .map(|item| ListedItem { content: Content { summary: None, ..item.content }, ..item })
        .collect();
    keep_lost(&mut bare, &plain, &[]);
    assert_eq!(bare[2].content, plain[2].content);
    let mut edited = found(|n, item| {
        if n == 0 {
            untitled(n, item);
        }
    });
    edited[0].content.title = "The gate is green now.".to_owned();
    keep_lost(&mut edited, &stored(), &[]);
    assert_eq!(edited[0].content.title, TITLES[0]);
    assert_eq!(edited[0].content.summary.as_deref(), Some("The gate is green now."));
}

#[test]
fn a_title_that_was_made_of_the_summary_goes_on_with_it() {
    let note = |text: &str| Content { title: text.to_owned(), summary: None, ..content(0) };
    let stored = [ListedItem { key: "k0".to_owned(), content: note("Low tide at six."), date: None }];
    let mut items = found(untitled);
    items[0].content = note("High tide at noon.");
    keep_lost(&mut items, &stored, &[]);
    assert_eq!(items[0].content.title, "High tide at noon.");
}
