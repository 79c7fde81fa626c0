//! Examples of what rules tell, by which templates are tried before there is anything to tell.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use url::Url;

use super::compose::{Composer, FeedWords, KnownPart, PartItem};
use super::message::MessageItem;
use super::part::{MessageContent, Part};
use super::rule::Rule;
use super::template::TemplateError;
use crate::model::{Event, EventKind, FeedId, Trouble, TroubleKind};

/// The mistake that the templates of a rule make with one of the messages that the rule may send; with one item,
/// with two, with a trouble and so on. `None`: they fit all.
#[must_use]
pub fn mistake_of_templates(rule: &Rule) -> Option<TemplateError> {
    let feed = rule.feeds.iter().chain(&rule.sources).next()?;
    let tried = rule.when.iter().flat_map(|kind| {
        let one = example(*kind, feed);
        let two = KnownPart { items: vec![item("One"), item("Two")], ..one.clone() };
        if *kind == EventKind::Item {
            vec![vec![one.clone()], vec![two.clone()], vec![one, two]]
        } else {
            vec![vec![one]]
        }
    });
    tried.into_iter().find_map(|parts| {
        let stored = parts.iter().map(|known| known.part.clone()).collect();
        let content = MessageContent {
            id: "msg_example".to_owned(),
            parts: stored,
            gathered: String::new(),
            omitted: 0,
        };
        Composer { rule }.message(&content, &parts).1
    })
}

fn example(kind: EventKind, feed: &FeedId) -> KnownPart {
    let at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
    let has_trouble = matches!(kind, EventKind::Trouble | EventKind::Recovered);
    let event = Event {
        number: 0,
        at,
        feed: feed.clone(),
        kind,
        trouble: has_trouble.then(|| Trouble::new(TroubleKind::NoItems, "the selector matches nothing")),
        since: at - TimeDelta::hours(3),
        keys: Vec::new(),
    };
    let words = FeedWords { title: "Example".to_owned(), home: None, page: None, tags: Vec::new() };
    let items = if kind == EventKind::Item { vec![item("One")] } else { Vec::new() };
    KnownPart { part: Part::of(&event, feed), feed: words, items }
}

fn item(title: &str) -> PartItem {
    let link = Url::parse("https://example.org/").ok();
    PartItem {
        words: MessageItem { title: title.to_owned(), link, summary: None },
        image: None,
        json: item_json(title),
    }
}

/// An item in the form that commands print, with every key that each item has.
fn item_json(title: &str) -> Value {
    json!({
        "id": "urn:uuid:0", "key": "url:example.org/", "url": "https://example.org/", "title": title,
        "date": "2024-10-04T00:00:00+00:00", "date_source": "page", "date_precision": "second", "updated": null,
        "summary": null, "content_html": null, "authors": [], "tags": [], "image": null, "enclosures": [],
        "comments": null, "podcast": {},
    })
}
