//! Due notices -> messages: one for each, or one of several that were held together.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::plan::{self, MAX_ITEMS};
use crate::config::Config;
use crate::digest;
use crate::model::{EventKind, FeedId};
use crate::notify::{HoldReason, MessageContent, Part, Rule};
use crate::store::{NewMessage, Notice, Store, StoreError, ToldAlarm};

/// Notices that are looked at in one step.
const BATCH: u32 = 2000;
/// Most parts of one message; of the rest, the number is told.
const MAX_PARTS: usize = 200;
const HOUR: TimeDelta = TimeDelta::hours(1);

/// Makes messages of the notices that are due. Gives the number of notices.
///
/// # Errors
/// When the store fails.
pub(super) async fn form(store: &dyn Store, config: &Config) -> Result<usize, StoreError> {
    let mut due = store.due_notices(BATCH).await?;
    let count = due.len();
    if due.iter().any(waits_for_articles) {
        plan::judge(store, config, due.into_iter().filter(waits_for_articles).collect()).await?;
        due = store.due_notices(BATCH).await?;
        due.retain(|notice| !waits_for_articles(notice));
    }
    let mut by_rule: BTreeMap<String, Vec<Notice>> = BTreeMap::new();
    for notice in due {
        by_rule.entry(notice.notice.rule.clone()).or_default().push(notice);
    }
    for (name, notices) in by_rule {
        match config.notify_rule(&name) {
            Some(rule) => {
                let (gone, notices): (Vec<Notice>, Vec<Notice>) =
                    notices.into_iter().partition(|notice| is_unwatched(config, &rule.rule, notice));
                if !gone.is_empty() {
                    let feeds = gone.iter().map(|notice| notice.notice.feed.clone()).collect();
                    store.drop_unwatched(numbers(&gone), feeds).await?;
                }
                let notices = after_mutes(store, &rule.rule, notices).await?;
                form_for(store, &rule.rule, notices).await?;
            }
            // The rule is gone: nobody wants to be told.
            None => {
                store.form(numbers(&notices), Vec::new(), Vec::new()).await?;
            }
        }
    }
    Ok(count)
}

fn reason(notice: &Notice) -> HoldReason {
    HoldReason::from_name(&notice.notice.reason)
}

fn waits_for_articles(notice: &Notice) -> bool {
    reason(notice) == HoldReason::Article
}

/// Whether a notice tells the state of a feed that its rule no longer watches, other than that it does not.
fn is_unwatched(config: &Config, rule: &Rule, notice: &Notice) -> bool {
    let is_left_out = |feed: &FeedId| config.feed(feed).is_none() || !rule.sources.contains(feed);
    let is_gone = |part: &Part| part.is_alarm() && !part.is_unwatched && is_left_out(&part.source);
    parts(std::slice::from_ref(notice)).iter().any(is_gone)
}

/// The notices without those that a person let be due at a moment at which nothing is told: these wait for the end
/// of the quiet hours, and for the times of the rule.
async fn after_mutes(
    store: &dyn Store,
    rule: &Rule,
    notices: Vec<Notice>,
) -> Result<Vec<Notice>, StoreError> {
    let now = store.now().await?;
    let may_be_told_at = |notice: &Notice| {
        // A time of the day that was missed since the end of the mute is told now. Quiet hours of now count.
        let from = if rule.timing.digest.is_empty() { now } else { notice.notice.due };
        rule.timing.due(from).at
    };
    let (early, told): (Vec<Notice>, Vec<Notice>) = notices
        .into_iter()
        .partition(|notice| reason(notice) == HoldReason::MuteEnds && may_be_told_at(notice) > now);
    for notice in early {
        let due = may_be_told_at(&notice);
        store.hold(vec![notice.number], due, HoldReason::Muted.name()).await?;
    }
    Ok(told)
}

async fn form_for(store: &dyn Store, rule: &Rule, notices: Vec<Notice>) -> Result<(), StoreError> {
    let now = store.now().await?;
    let mut drafts = drafts(rule, notices, now);
    if let Some(most) = rule.timing.most_per_hour {
        let made = store.made(&rule.name, now - HOUR).await?;
        let room = most.saturating_sub(made.len());
        // The oldest message of the last hour leaves room when it is an hour old.
        let free_at = made.get(made.len().min(most).saturating_sub(1)).map_or(now, |oldest| *oldest) + HOUR;
        let free_at = rule.timing.due(free_at).at;
        bound(store, rule, &mut drafts, room, free_at).await?;
    }
    for draft in drafts {
        let messages = draft.message.into_iter().collect();
        store.form(draft.notices, messages, draft.told).await?;
    }
    Ok(())
}

/// Leaves as many messages as there is room for. The rest waits until there is room, and is one message then.
async fn bound(
    store: &dyn Store,
    rule: &Rule,
    drafts: &mut Vec<Draft>,
    room: usize,
    free_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let told = drafts.iter().filter(|draft| draft.takes_room).count();
    if told <= room {
        return Ok(());
    }
    let mut left = room;
    let mut held = Vec::new();
    drafts.retain(|draft| {
        let fits = !draft.takes_room || left > 0;
        if fits {
            left = left.saturating_sub(usize::from(draft.takes_room));
        } else {
            held.extend(draft.notices.iter().copied());
        }
        fits
    });
    tracing::debug!(rule = %rule.name, held = held.len(), "enough messages within an hour: the rest is told together");
    store.hold(held, free_at, HoldReason::Overflow.name()).await
}

/// A message that is about to be made. Without a message, its notices are dropped: there is nothing to tell.
struct Draft {
    notices: Vec<i64>,
    message: Option<NewMessage>,
    /// It is one of the messages within an hour. What only tells an alarm once more is none.
    takes_room: bool,
    /// The states of feeds that the message tells.
    told: Vec<ToldAlarm>,
}

fn drafts(rule: &Rule, notices: Vec<Notice>, now: DateTime<Utc>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut gathered: BTreeMap<HoldReason, Vec<Notice>> = BTreeMap::new();
    let mut by_incident: BTreeMap<(FeedId, bool), Vec<Notice>> = BTreeMap::new();
    for notice in notices.iter().filter(|notice| is_held(notice, rule)) {
        by_incident.entry(incident(notice)).or_default();
    }
    for notice in notices {
        let reason = reason(&notice);
        if let Some(held) = by_incident.get_mut(&incident(&notice)).filter(|_| is_alarm(&notice)) {
            held.push(notice);
        } else if matches!(reason, HoldReason::Digest | HoldReason::Quiet | HoldReason::Overflow) {
            gathered.entry(reason).or_default().push(notice);
        } else {
            drafts.push(single(rule, notice, now));
        }
    }
    drafts.extend(by_incident.into_iter().map(|((feed, _), held)| of_one_feed(rule, &feed, &held, now)));
    drafts.extend(gathered.into_iter().map(|(reason, held)| of_many(rule, reason, &held, now)));
    // In the order of what they tell last.
    drafts.sort_by_key(|draft| draft.notices.iter().copied().max());
    drafts
}

/// Whether what is held of a feed becomes a message of its own. For services with incidents that is all: an
/// incident is closed by the message of one feed only.
fn is_held(notice: &Notice, rule: &Rule) -> bool {
    match reason(notice) {
        HoldReason::Muted | HoldReason::MuteEnds | HoldReason::Flapping => true,
        HoldReason::None | HoldReason::Article => false,
        HoldReason::Digest | HoldReason::Quiet | HoldReason::Overflow => {
            rule.service.has_incidents() && is_alarm(notice)
        }
    }
}

/// The incident that a notice belongs to: a feed has one for its trouble (false), and one for its silence (true).
fn incident(notice: &Notice) -> (FeedId, bool) {
    let is_silence = parts(std::slice::from_ref(notice)).iter().any(Part::is_silence);
    (notice.notice.feed.clone(), is_silence)
}

/// Whether a notice is about the state of a feed.
fn is_alarm(notice: &Notice) -> bool {
    parts(std::slice::from_ref(notice)).iter().any(Part::is_alarm)
}

fn single(rule: &Rule, notice: Notice, now: DateTime<Utc>) -> Draft {
    let lane = notice.notice.feed.to_string();
    let notices = vec![notice];
    let mut parts = parts(&notices);
    let omitted = cut_items(&mut parts);
    draft(rule, lane, &notices, Contents { parts, gathered: "", omitted }, now)
}

/// One message for all held notices about one feed: it tells only the last state. There is no message if the feed
/// is in the state that people last heard of.
fn of_one_feed(rule: &Rule, feed: &FeedId, held: &[Notice], now: DateTime<Utc>) -> Draft {
    let parts = parts(held);
    // A trouble that only changed its name had been told before.
    let begins = |part: &Part| part.kind() == EventKind::Silent || part.since == part.at;
    let began_well = parts.first().is_some_and(|part| part.kind() != EventKind::Recovered && begins(part));
    let muted = held.iter().any(|notice| matches!(reason(notice), HoldReason::Muted | HoldReason::MuteEnds));
    let last = parts.last().cloned();
    let is_told =
        last.as_ref().is_some_and(|last| !(muted && began_well && last.kind() == EventKind::Recovered));
    let parts: Vec<Part> = last.into_iter().filter(|_| is_told).collect();
    draft(rule, feed.to_string(), held, Contents { parts, gathered: "", omitted: 0 }, now)
}

/// All that was held, as one message. Of each feed's troubles, the last is told. If there are too many parts, troubles
/// come first; those that are told by their number count as told, too, so that their ends are told.
fn of_many(rule: &Rule, reason: HoldReason, held: &[Notice], now: DateTime<Utc>) -> Draft {
    let mut parts = last_alarms(parts(held));
    let mut omitted = cut_items(&mut parts);
    let alarms = told_alarms(rule, &parts);
    if parts.len() > MAX_PARTS {
        parts.sort_by_key(|part| !part.is_alarm());
        let more = parts.split_off(MAX_PARTS);
        omitted +=
            more.iter().map(|part| u32::try_from(part.items.len().max(1)).unwrap_or(u32::MAX)).sum::<u32>();
    }
    let contents = Contents { parts, gathered: reason.name(), omitted };
    Draft { told: alarms, ..draft(rule, String::new(), held, contents, now) }
}

fn parts(notices: &[Notice]) -> Vec<Part> {
    notices.iter().filter_map(|notice| serde_json::from_str(&notice.notice.part).ok()).collect()
}

/// The parts, of those about one feed's state only the last.
fn last_alarms(parts: Vec<Part>) -> Vec<Part> {
    let mut kept: Vec<Part> = Vec::new();
    for part in parts {
        if part.is_alarm() {
            let is_same =
                |other: &Part| other.source == part.source && other.is_silence() == part.is_silence();
            kept.retain(|other| !(other.is_alarm() && is_same(other)));
        }
        kept.push(part);
    }
    kept
}

/// Keeps the first items by name, and gives the number of the others.
fn cut_items(parts: &mut [Part]) -> u32 {
    let mut room = MAX_ITEMS;
    let mut omitted = 0;
    for part in parts {
        let kept = part.items.len().min(room);
        omitted += part.more + u32::try_from(part.items.len() - kept).unwrap_or(u32::MAX);
        part.items.truncate(kept);
        room -= kept;
    }
    omitted
}

/// The content of a message before it is stored.
struct Contents {
    parts: Vec<Part>,
    gathered: &'static str,
    omitted: u32,
}

fn draft(rule: &Rule, lane: String, notices: &[Notice], told: Contents, now: DateTime<Utc>) -> Draft {
    let notices = numbers(notices);
    if told.parts.is_empty() {
        return Draft { notices, message: None, takes_room: false, told: Vec::new() };
    }
    let takes_room = !told.parts.iter().all(|part| part.is_repeated);
    let alarms = told_alarms(rule, &told.parts);
    // Numbers of notices are never used twice, and the time tells apart databases that were begun anew.
    let seed = format!("{}\0{notices:?}\0{}", rule.name, now.timestamp_millis());
    let content = MessageContent {
        id: format!("msg_{}", digest::hex(seed.as_bytes(), 24)),
        parts: told.parts,
        gathered: told.gathered.to_owned(),
        omitted: told.omitted,
    };
    let content = serde_json::to_string(&content).unwrap_or_default();
    let message = NewMessage { rule: rule.name.clone(), lane, content };
    Draft { notices, message: Some(message), takes_room, told: alarms }
}

fn told_alarms(rule: &Rule, parts: &[Part]) -> Vec<ToldAlarm> {
    parts.iter().filter(|part| part.is_alarm()).map(|part| told_alarm(rule, part)).collect()
}

fn told_alarm(rule: &Rule, part: &Part) -> ToldAlarm {
    let lasts = part.kind() != EventKind::Recovered;
    ToldAlarm {
        rule: rule.name.clone(),
        feed: part.source.clone(),
        is_silence: part.is_silence(),
        part: lasts.then(|| serde_json::to_string(part).unwrap_or_default()),
    }
}

fn numbers(notices: &[Notice]) -> Vec<i64> {
    notices.iter().map(|notice| notice.number).collect()
}
