//! Events -> notices: which rule tells an event, and when.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::known::passed;
use crate::channel::Channel;
use crate::config::{Config, NotifyRule};
use crate::model::{Event, EventKind, FeedId, Item};
use crate::notify::{Due, HoldReason, ItemName, LengthUnit, Part, Rule, Told, cut};
use crate::served;
use crate::store::{NewNotice, Store, StoreError};

/// Events that are planned in one transaction.
const BATCH: u32 = 200;
/// A feed that was in trouble this often within [`FLAP_WINDOW`] is flapping.
const FLAPS: usize = 3;
const FLAP_WINDOW: TimeDelta = TimeDelta::hours(12);
/// A flapping feed is told of again after this time.
const FLAP_PAUSE: TimeDelta = TimeDelta::hours(6);
/// Events of a feed that are looked at to tell whether it is flapping.
const FLAP_EVENTS: u32 = 100;
/// Most items that a message tells by their names.
pub(super) const MAX_ITEMS: usize = 100;
/// Longer addresses are not kept with a notice, in bytes.
const MAX_LINK: usize = 1000;
/// Most characters of a title that is kept with a notice.
const MAX_TITLE: usize = 200;

/// Plans the events that no one has planned yet. Gives their number.
///
/// # Errors
/// When the store fails; nothing was planned then.
pub(super) async fn plan(store: &dyn Store, config: &Config) -> Result<usize, StoreError> {
    let events = store.unplanned(BATCH).await?;
    let Some(last) = events.last().map(|event| event.number) else { return Ok(0) };
    let now = store.now().await?;
    let muted =
        if config.notify.is_empty() { BTreeMap::new() } else { store.muted().await?.into_iter().collect() };
    let is_derived = |channel: &&Channel| matches!(channel, Channel::Derived(_));
    let made_of_others = config.channels.iter().filter(is_derived).collect();
    let mut planner =
        Planner { store, config, now, muted, made_of_others, notices: Vec::new(), derived: HashMap::new() };
    for event in &events {
        planner.event(event).await?;
    }
    let notices = planner.notices;
    store.plan(last, notices).await?;
    Ok(events.len())
}

struct Planner<'a> {
    store: &'a dyn Store,
    config: &'a Config,
    now: DateTime<Utc>,
    muted: BTreeMap<FeedId, DateTime<Utc>>,
    /// The feeds that are made of others.
    made_of_others: Vec<&'a Channel>,
    notices: Vec<NewNotice>,
    /// The items of derived feeds, by their feeds, as far as they were looked up.
    derived: HashMap<FeedId, Vec<Item>>,
}

impl Planner<'_> {
    async fn event(&mut self, event: &Event) -> Result<(), StoreError> {
        let rules = self.config.notify.clone();
        if event.kind == EventKind::Item {
            let wants = |rule: &NotifyRule| rule.rule.when.contains(&EventKind::Item);
            if !rules.iter().any(|rule| wants(rule)) {
                return Ok(());
            }
            let items = self.store.items_with_keys(&event.feed, event.keys.clone()).await?;
            for rule in rules.iter().filter(|rule| wants(rule)) {
                self.items(&rule.rule, event, &items).await?;
            }
            return Ok(());
        }
        let mut flaps = None;
        for rule in rules.iter().filter(|rule| rule.rule.told(event.kind, &event.feed) == Told::Alarms) {
            if flaps.is_none() {
                flaps = Some(self.flaps(event).await?);
            }
            self.alarm(&rule.rule, event, flaps.unwrap_or_default());
        }
        Ok(())
    }

    /// Notices of the new items of a feed: for the feed itself, and for feeds that are made of it.
    async fn items(&mut self, rule: &Rule, event: &Event, items: &[Item]) -> Result<(), StoreError> {
        let mut told: HashSet<String> = HashSet::new();
        if rule.feeds.contains(&event.feed) {
            told.extend(items.iter().map(|item| item.guid.clone()));
            self.tell_items(rule, event, &event.feed, items.to_vec());
        }
        let derived: Vec<&Channel> =
            self.made_of_others.iter().copied().filter(|channel| rule.feeds.contains(channel.id())).collect();
        for channel in derived {
            let Channel::Derived(derived) = channel else { continue };
            if !derived.from.as_ref().is_none_or(|ids| ids.contains(&event.feed)) {
                continue;
            }
            let own = self.among_derived(channel, items).await?;
            // A rule may name a feed, and one that is made of it.
            let own: Vec<Item> = own.into_iter().filter(|item| told.insert(item.guid.clone())).collect();
            self.tell_items(rule, event, channel.id(), own);
        }
        Ok(())
    }

    /// The new items that a derived feed has: they have passed its filters, and are no duplicates.
    async fn among_derived(&mut self, channel: &Channel, items: &[Item]) -> Result<Vec<Item>, StoreError> {
        if !self.derived.contains_key(channel.id()) {
            let served = served::items(self.store, self.config, channel, self.now, u32::MAX).await?;
            self.derived.insert(channel.id().clone(), served);
        }
        let served = &self.derived[channel.id()];
        let guids: Vec<&str> = items.iter().map(|item| item.guid.as_str()).collect();
        Ok(served.iter().filter(|item| guids.contains(&item.guid.as_str())).cloned().collect())
    }

    fn tell_items(&mut self, rule: &Rule, event: &Event, feed: &FeedId, items: Vec<Item>) {
        let passed = passed(items, &rule.filters, self.now);
        let due = rule.timing.due(self.now);
        let mut names: Vec<ItemName> = passed.iter().map(item_name).collect();
        if names.is_empty() {
            return;
        }
        // The oldest comes first, so that messages arrive in the order in which the items were published.
        names.reverse();
        let together = names.len() >= rule.summary_from || due.reason != HoldReason::None;
        let groups: Vec<Vec<ItemName>> = if together {
            vec![names.into_iter().rev().collect()]
        } else {
            names.into_iter().map(|name| vec![name]).collect()
        };
        for mut items in groups {
            let more = u32::try_from(items.len().saturating_sub(MAX_ITEMS)).unwrap_or(u32::MAX);
            items.truncate(MAX_ITEMS);
            let part = Part { items, more, ..Part::of(event, feed) };
            self.notice(rule, event.number, due, &part);
        }
    }

    /// How often the feed of an event was in trouble of late.
    async fn flaps(&self, event: &Event) -> Result<Flaps, StoreError> {
        if event.trouble.is_none() {
            return Ok(Flaps::default());
        }
        let kinds = [EventKind::Trouble, EventKind::Recovered];
        let recent = self.store.events(Some(&event.feed), &kinds, FLAP_EVENTS).await?;
        let in_window = |other: &&Event| other.number <= event.number && other.at > event.at - FLAP_WINDOW;
        let is_trouble = |other: &&Event| other.kind == EventKind::Trouble;
        let troubles: Vec<&Event> = recent.iter().filter(in_window).filter(is_trouble).collect();
        // A trouble that changes its name has begun only once, but it is told each time.
        let begun: Vec<&&Event> = troubles.iter().filter(|other| other.since == other.at).collect();
        Ok(Flaps { told: troubles.len(), times: begun.len(), first: begun.last().map(|first| first.at) })
    }

    fn alarm(&mut self, rule: &Rule, event: &Event, flaps: Flaps) {
        let due = rule.timing.due(self.now);
        let muted = self.muted.get(&event.feed).copied().filter(|until| *until > due.at);
        let due = match muted {
            Some(until) => Due { at: rule.timing.due(until).at, reason: HoldReason::Muted },
            // The trouble that makes it so many is told still, with the word that later ones are not.
            None if flaps.told >= FLAPS
                && !(flaps.told == FLAPS && event.kind == EventKind::Trouble)
                && due.reason == HoldReason::None =>
            {
                Due { at: rule.timing.due(next_flap_report(self.now)).at, reason: HoldReason::Flapping }
            }
            None => due,
        };
        let mut part = Part::of(event, &event.feed);
        part.is_flapping = flaps.told == FLAPS && event.kind == EventKind::Trouble;
        if flaps.times > 1 {
            part.times = u32::try_from(flaps.times).unwrap_or(u32::MAX);
            part.first = flaps.first;
        }
        self.notice(rule, event.number, due, &part);
    }

    /// Adds a notice of a part; its feed is that of the part.
    fn notice(&mut self, rule: &Rule, event: i64, due: Due, part: &Part) {
        self.notices.push(NewNotice {
            rule: rule.name.clone(),
            feed: part.feed.clone(),
            event,
            due: due.at,
            reason: due.reason.name().to_owned(),
            part: serde_json::to_string(part).unwrap_or_default(),
            is_state: part.is_alarm(),
        });
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Flaps {
    /// Troubles, and changes of their names.
    told: usize,
    /// Troubles.
    times: usize,
    first: Option<DateTime<Utc>>,
}

/// Flapping feeds are told of at fixed moments, so that all that has happened until then is one message.
fn next_flap_report(now: DateTime<Utc>) -> DateTime<Utc> {
    let pause = FLAP_PAUSE.num_milliseconds();
    let next = (now.timestamp_millis().div_euclid(pause) + 1) * pause;
    DateTime::from_timestamp_millis(next).unwrap_or(now)
}

fn item_name(item: &Item) -> ItemName {
    ItemName {
        key: item.key.clone(),
        title: cut(&item.content.title, MAX_TITLE, LengthUnit::Characters),
        link: item.content.url.as_ref().map(ToString::to_string).filter(|link| link.len() <= MAX_LINK),
    }
}
