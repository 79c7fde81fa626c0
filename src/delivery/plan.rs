//! Events -> notices: which rule tells an event, and when.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::known::passed;
use crate::channel::Channel;
use crate::config::{Config, NotifyRule};
use crate::model::{Event, EventKind, FeedId, Item};
use crate::notify::{Due, HoldReason, ItemName, LengthUnit, Part, Rule, Told, cut};
use crate::served::DerivedNews;
use crate::store::{NewNotice, Notice, OpenAlarm, RecentTroubles, Store, StoreError};

/// Events that are planned in one transaction.
const BATCH: u32 = 200;
/// A feed that was in trouble this often within [`FLAP_WINDOW`] is flapping.
const FLAPS: u32 = 3;
const FLAP_WINDOW: TimeDelta = TimeDelta::hours(12);
/// A flapping feed is told of again after this time.
const FLAP_PAUSE: TimeDelta = TimeDelta::hours(6);
/// Items wait for their own pages for this time at most. Within it, a page that fails is tried four times.
const ARTICLE_WAIT: TimeDelta = TimeDelta::minutes(30);
/// Alarms are told again after this time, to services that end them by themselves.
const REPEAT: TimeDelta = TimeDelta::days(1);
/// The same while their feed is muted: only just before the service ends them.
const REPEAT_MUTED: TimeDelta = TimeDelta::days(6);
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
    let mut planner = planner(store, config).await?;
    for event in &events {
        planner.event(event).await?;
    }
    let notices = planner.notices;
    store.plan(last, notices).await?;
    Ok(events.len())
}

/// Judges the new items that have waited for their own pages: what they have now decides. Each notice of them is
/// replaced by those of the items that are told, in one transaction.
///
/// # Errors
/// When the store fails.
pub(super) async fn judge(
    store: &dyn Store,
    config: &Config,
    waiting: Vec<Notice>,
) -> Result<(), StoreError> {
    let mut planner = planner(store, config).await?;
    for notice in waiting {
        planner.completed(&notice).await?;
        let told = std::mem::take(&mut planner.notices);
        store.replan(vec![notice.number], told).await?;
    }
    Ok(())
}

/// Ends the alarms of feeds that are no longer configured, or that their rule no longer names, and repeats those that
/// their service would end by itself.
///
/// # Errors
/// When the store fails.
pub(super) async fn tend_alarms(store: &dyn Store, config: &Config) -> Result<(), StoreError> {
    let open = store.open_alarms().await?;
    if open.is_empty() {
        return Ok(());
    }
    let now = store.now().await?;
    let muted: BTreeMap<FeedId, DateTime<Utc>> = store.muted().await?.into_iter().collect();
    for alarm in open {
        let Some(rule) = config.notify_rule(&alarm.alarm.rule) else { continue };
        let rule = &rule.rule;
        let part: Option<Part> = alarm.alarm.part.as_deref().and_then(|part| serde_json::from_str(part).ok());
        let is_configured = config.feed(&alarm.alarm.feed).is_some();
        // For a moment after a reload, the store does not know yet which feeds have come or gone.
        let is_retired = !is_configured && !alarm.is_watched;
        if is_retired || (is_configured && !rule.sources.contains(&alarm.alarm.feed)) {
            let told = part.filter(|_| rule.when.contains(&EventKind::Recovered));
            let notice = told.map(|part| notice_of(rule, 0, rule.timing.due(now), &part.unwatched(now)));
            store.end_unwatched(&alarm.alarm, is_retired, notice).await?;
        } else if is_to_repeat(rule, &alarm, muted.contains_key(&alarm.alarm.feed), now)
            && let Some(part) = part
        {
            store.repeat_alarm(&alarm, repeat_of(rule, &part.repeated(now), now)).await?;
        }
    }
    Ok(())
}

/// The notice that tells an alarm once more. It alarms nobody: no quiet hours and no times hold it back, and what is
/// held of its feed stays held.
fn repeat_of(rule: &Rule, part: &Part, now: DateTime<Utc>) -> NewNotice {
    let due = Due { at: now, reason: HoldReason::None };
    NewNotice { is_state: false, ..notice_of(rule, 0, due, part) }
}

fn is_to_repeat(rule: &Rule, open: &OpenAlarm, is_muted: bool, now: DateTime<Utc>) -> bool {
    let pause = if is_muted { REPEAT_MUTED } else { REPEAT };
    let is_open = open.lasts && rule.sources.contains(&open.alarm.feed);
    rule.repeats_alarms() && is_open && !open.is_waiting && now - open.told >= pause
}

/// A planner without notices.
async fn planner<'a>(store: &'a dyn Store, config: &'a Config) -> Result<Planner<'a>, StoreError> {
    let now = store.now().await?;
    let muted: BTreeMap<FeedId, DateTime<Utc>> =
        if config.notify.is_empty() { BTreeMap::new() } else { store.muted().await?.into_iter().collect() };
    let has_incidents = config.notify.iter().any(|rule| rule.rule.service.has_incidents());
    let open = if muted.is_empty() || !has_incidents { Vec::new() } else { store.open_alarms().await? };
    let open = open.into_iter().map(|open| (open.alarm.rule, open.alarm.feed, open.alarm.is_silence));
    let is_derived = |channel: &&Channel| matches!(channel, Channel::Derived(_));
    Ok(Planner {
        store,
        config,
        now,
        muted,
        open: open.collect(),
        made_of_others: config.channels.iter().filter(is_derived).collect(),
        notices: Vec::new(),
        derived: HashMap::new(),
    })
}

struct Planner<'a> {
    store: &'a dyn Store,
    config: &'a Config,
    now: DateTime<Utc>,
    muted: BTreeMap<FeedId, DateTime<Utc>>,
    /// The alarms that were told, as far as that counts: rule, feed, and whether it is a silence.
    open: BTreeSet<(String, FeedId, bool)>,
    /// The feeds that are made of others.
    made_of_others: Vec<&'a Channel>,
    notices: Vec<NewNotice>,
    /// The latest items of derived feeds, as far as they were looked up.
    derived: HashMap<FeedId, DerivedNews>,
}

impl<'a> Planner<'a> {
    async fn event(&mut self, event: &Event) -> Result<(), StoreError> {
        let rules = self.config.notify.clone();
        if event.kind == EventKind::Item {
            let wants = |rule: &NotifyRule| rule.rule.when.contains(&EventKind::Item);
            if !rules.iter().any(|rule| wants(rule)) {
                return Ok(());
            }
            let items = self.store.items_with_keys(&event.feed, event.keys.clone()).await?;
            for rule in rules.iter().filter(|rule| wants(rule)) {
                if self.waits(&rule.rule, &event.feed) {
                    self.wait_for_articles(&rule.rule, event);
                } else {
                    self.items(&rule.rule, event, &items).await?;
                }
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
        for channel in self.derived_of(rule, &event.feed) {
            let own = self.among_derived(channel, items).await?;
            // A rule may name a feed, and one that is made of it.
            let own: Vec<Item> = own.into_iter().filter(|item| told.insert(item.guid.clone())).collect();
            self.tell_items(rule, event, channel.id(), own);
        }
        Ok(())
    }

    /// The feeds that are made of a feed, and that a rule names.
    fn derived_of(&self, rule: &Rule, source: &FeedId) -> Vec<&'a Channel> {
        let is_made_of_it = |channel: &&Channel| match channel {
            Channel::Derived(derived) => derived.from.as_ref().is_none_or(|ids| ids.contains(source)),
            Channel::Scraped(_) => false,
        };
        let named = self.made_of_others.iter().copied().filter(|channel| rule.feeds.contains(channel.id()));
        named.filter(is_made_of_it).collect()
    }

    /// Whether the new items of a feed are judged by what their own pages add.
    fn waits(&self, rule: &Rule, feed: &FeedId) -> bool {
        if self.config.feed(feed).is_none_or(|feed| feed.recipe.article.is_none()) {
            return false;
        }
        if rule.feeds.contains(feed) {
            return Rule::asks_for_articles(&rule.filters);
        }
        let asks = |channel: &&Channel| match channel {
            Channel::Derived(derived) => Rule::asks_for_articles(&derived.filters),
            Channel::Scraped(_) => false,
        };
        let derived = self.derived_of(rule, feed);
        !derived.is_empty() && (Rule::asks_for_articles(&rule.filters) || derived.iter().any(asks))
    }

    /// Keeps the keys of new items until their own pages were read, or for a bounded time.
    fn wait_for_articles(&mut self, rule: &Rule, event: &Event) {
        let named = |key: &String| ItemName { key: key.clone(), title: String::new(), link: None };
        let items = event.keys.iter().map(named).collect();
        let due = Due { at: self.now + ARTICLE_WAIT, reason: HoldReason::Article };
        self.notice(rule, event.number, due, &Part { items, ..Part::of(event, &event.feed) });
    }

    /// Notices of the items whose pages a notice has waited for.
    async fn completed(&mut self, waiting: &Notice) -> Result<(), StoreError> {
        let rule = self.config.notify_rule(&waiting.notice.rule);
        let part: Option<Part> = serde_json::from_str(&waiting.notice.part).ok();
        let (Some(rule), Some(part)) = (rule, part) else { return Ok(()) };
        let keys: Vec<String> = part.items.into_iter().map(|item| item.key).collect();
        let items = self.store.items_with_keys(&part.source, keys.clone()).await?;
        let gone = keys.len().saturating_sub(items.len());
        if gone > 0 {
            tracing::warn!(
                rule = %rule.rule.name,
                feed.id = %part.source,
                gone,
                "new items were dropped before their pages were read"
            );
        }
        let event = Event {
            number: waiting.notice.event,
            at: part.at,
            feed: part.source,
            kind: EventKind::Item,
            trouble: None,
            since: part.since,
            keys,
        };
        self.items(&rule.rule, &event, &items).await
    }

    /// The new items that a derived feed has: they have passed its filters, and are no duplicates.
    async fn among_derived(&mut self, channel: &Channel, items: &[Item]) -> Result<Vec<Item>, StoreError> {
        let Channel::Derived(derived) = channel else { return Ok(Vec::new()) };
        let now = self.now;
        let news = self.derived.entry(channel.id().clone()).or_insert_with(|| DerivedNews::at(now));
        news.among(self.store, self.config, derived, items).await
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
    async fn flaps(&self, event: &Event) -> Result<RecentTroubles, StoreError> {
        if event.trouble.is_none() {
            return Ok(RecentTroubles::default());
        }
        self.store.recent_troubles(&event.feed, event.at - FLAP_WINDOW, event.number).await
    }

    /// Whether an event closes an incident that was opened. That alarms nobody, so that no mute holds it back.
    fn resolves(&mut self, rule: &Rule, event: &Event) -> bool {
        if event.kind != EventKind::Recovered || !rule.service.has_incidents() {
            return false;
        }
        self.open.remove(&(rule.name.clone(), event.feed.clone(), event.trouble.is_none()))
    }

    fn alarm(&mut self, rule: &Rule, event: &Event, flaps: RecentTroubles) {
        let due = rule.timing.due(self.now);
        let resolves = self.resolves(rule, event);
        let muted = self.muted.get(&event.feed).copied().filter(|until| *until > due.at && !resolves);
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
        if flaps.begun > 1 {
            part.times = flaps.begun;
            part.first = flaps.first;
        }
        self.notice(rule, event.number, due, &part);
    }

    fn notice(&mut self, rule: &Rule, event: i64, due: Due, part: &Part) {
        self.notices.push(notice_of(rule, event, due, part));
    }
}

/// The notice of a part; its feed is that of the part.
fn notice_of(rule: &Rule, event: i64, due: Due, part: &Part) -> NewNotice {
    NewNotice {
        rule: rule.name.clone(),
        feed: part.feed.clone(),
        event,
        due: due.at,
        reason: due.reason.name().to_owned(),
        part: serde_json::to_string(part).unwrap_or_default(),
        is_state: part.is_alarm(),
    }
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
