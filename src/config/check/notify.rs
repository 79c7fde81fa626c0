//! `[[notify]]` -> checked rules.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::checker::{Checker, FeedChecker};
use super::fetch::addresses;
use super::notify_service::WrittenRule;
use super::{filter, notify_service, notify_timing};
use crate::channel::{Channel, Derived};
use crate::config::checked::NotifyRule;
use crate::config::raw::RawConfig;
use crate::config::raw::notify::RawNotify;
use crate::fetch::Guard;
use crate::model::{EventKind, FeedId};
use crate::nearest::nearest;
use crate::notify::{MessageTemplate, Rule, Service, mistake_of_templates};
use crate::rules::{SettingStep, key};

const DEFAULT_SUMMARY_FROM: usize = 3;
const MAX_SUMMARY_FROM: usize = 1000;

/// The rules of the file; those with mistakes are left out, and noted.
pub(super) fn check(
    raw: &RawConfig,
    channels: &[Channel],
    base_url_given: bool,
    checker: &mut Checker<'_>,
) -> Vec<Arc<NotifyRule>> {
    let mut rules = Vec::new();
    // Without its secrets, no target is what it is.
    if !checker.reads_secrets {
        return rules;
    }
    let mut names = RuleNames::written_in(raw);
    for (index, notify) in raw.notify.iter().enumerate() {
        let written = WrittenRule { source: checker.source, index };
        let mut checker = FeedChecker::of("notify", checker, index);
        if let Some(rule) = rule(notify, written, channels, &mut names, &mut checker) {
            rules.push(Arc::new(rule));
        }
        if index == 0 && !base_url_given {
            let message = "messages have no links to the pages of feeds without `base_url`".to_owned();
            let hint =
                "add base_url = \"https://…\" to [server], the address at which people reach this server";
            checker.warn(&[], message, hint.to_owned());
        }
    }
    rules
}

fn rule(
    raw: &RawNotify,
    written: WrittenRule<'_>,
    channels: &[Channel],
    names: &mut RuleNames,
    checker: &mut FeedChecker<'_, '_>,
) -> Option<NotifyRule> {
    let when = when(raw, checker);
    let (feeds, sources) = feeds(raw, channels, checker);
    let timing = notify_timing::check(raw, checker);
    let filters = filter::check(raw.filter.as_deref().unwrap_or_default(), timing.zone, checker);
    if !filters.is_empty() && !when.contains(&EventKind::Item) {
        let message = "the filter has no effect: new items are not told".to_owned();
        checker.warn(&[key("filter")], message, "add \"item\" to `when`".to_owned());
    }
    let summary_from = number(raw.summary_from, "summary_from", MAX_SUMMARY_FROM, checker);
    let title = template(raw.title.as_deref(), "title", checker);
    let body = template(raw.body.as_deref(), "body", checker);
    let allowed = addresses(raw.allow_addresses.as_deref(), &[key("allow_addresses")], checker);
    let target = notify_service::check(raw, written, checker);
    let kind = target.as_ref().map(|target| target.kind);
    let name = name(raw, kind, names, checker)?;
    let target = target?;
    refuse_command(raw, &target.service, checker)?;
    let rule = Rule {
        name,
        when,
        feeds,
        sources,
        filters,
        summary_from: summary_from.unwrap_or(DEFAULT_SUMMARY_FROM),
        timing,
        title,
        body,
        service: target.service,
    };
    if let Some(mistake) = mistake_of_templates(&rule) {
        let setting = if rule.title.is_some() { "title" } else { "body" };
        let hint =
            "docs/notifications.md lists the values; `feedbridge notify --preview NAME` shows the result";
        checker.problem(
            &[setting],
            format!("a template cannot be filled in: {mistake}"),
            Some(hint.to_owned()),
        );
        return None;
    }
    let guard = Guard::new(allowed, raw.allow_private.unwrap_or(false));
    Some(NotifyRule { rule, guard, kind: target.kind, secrets: target.digest })
}

/// The names of rules.
struct RuleNames {
    /// Those of the rules so far.
    used: BTreeSet<String>,
    /// Those that are written in the file, and those that a hint has offered.
    taken: BTreeSet<String>,
}

impl RuleNames {
    fn written_in(raw: &RawConfig) -> Self {
        let taken = raw.notify.iter().filter_map(|notify| notify.name.clone()).collect();
        Self { used: BTreeSet::new(), taken }
    }

    /// A name that no other rule has, and no other hint offers: the given one with a number.
    fn free(&mut self, name: &str) -> String {
        let is_free = |name: &String| !self.taken.contains(name) && !self.used.contains(name);
        // One more number than there are names: one of them is free.
        let last = self.taken.len() + self.used.len() + 2;
        let free = (2..=last).map(|number| format!("{name}-{number}")).find(is_free).unwrap_or_default();
        self.taken.insert(free.clone());
        free
    }
}

/// The name of a rule: as it is written, else that of its service. What waits is stored under the name, so that a
/// number would not do for a second rule of a service: without the first, it would take over what waits for that.
fn name(
    raw: &RawNotify,
    kind: Option<&str>,
    names: &mut RuleNames,
    checker: &mut FeedChecker<'_, '_>,
) -> Option<String> {
    let name = match &raw.name {
        Some(name) => name.clone(),
        None => kind?.replace('_', "-"),
    };
    if FeedId::parse(&name).is_err() {
        let hint = "1 to 64 of a-z, 0-9, `-` and `_`, beginning with a letter or digit".to_owned();
        checker.problem(&["name"], format!("`{name}` cannot be the name of a notification"), Some(hint));
        return None;
    }
    if names.used.insert(name.clone()) {
        return Some(name);
    }
    if raw.name.is_some() {
        let hint = "give this one another `name`".to_owned();
        checker.problem(&["name"], format!("two notifications are called `{name}`"), Some(hint));
    } else {
        let message =
            format!("this notification needs a `name`: it would be called `{name}`, as another one is");
        checker.problem_at(&[], message, Some(format!("for example name = \"{}\"", names.free(&name))));
    }
    None
}

fn when(raw: &RawNotify, checker: &mut FeedChecker<'_, '_>) -> BTreeSet<EventKind> {
    let Some(names) = &raw.when else {
        return EventKind::ALL.into_iter().filter(|kind| *kind != EventKind::Item).collect();
    };
    let known = EventKind::ALL.map(EventKind::name);
    if names.is_empty() {
        let hint = format!("for example when = [\"{}\"]", known.join("\", \""));
        checker.problem(&["when"], "`when` is empty: nothing would be told".to_owned(), Some(hint));
    }
    let mut kinds = BTreeSet::new();
    for (i, name) in names.iter().enumerate() {
        match EventKind::from_name(name) {
            Some(kind) => {
                kinds.insert(kind);
            }
            None => {
                let near = nearest(name, &known).map(|near| format!("did you mean `{near}`?"));
                let hint = near.unwrap_or_else(|| format!("the events are {}", known.join(", ")));
                let steps = [key("when"), SettingStep::Index(i)];
                checker.problem_at(&steps, format!("there is no event `{name}`"), Some(hint));
            }
        }
    }
    kinds
}

/// The feeds whose items are told, and those whose troubles are.
fn feeds(
    raw: &RawNotify,
    channels: &[Channel],
    checker: &mut FeedChecker<'_, '_>,
) -> (BTreeSet<FeedId>, BTreeSet<FeedId>) {
    let all = [String::from("*")];
    let names: &[String] = raw.feeds.as_deref().unwrap_or(&all);
    if names.is_empty() {
        let hint = "name feeds or tags, or write [\"*\"] for all".to_owned();
        checker.problem(&["feeds"], "`feeds` is empty".to_owned(), Some(hint));
    }
    let mut feeds = BTreeSet::new();
    let mut sources = BTreeSet::new();
    for (i, name) in names.iter().enumerate() {
        let named: Vec<&Channel> = channels.iter().filter(|channel| is_named(channel, name)).collect();
        if named.is_empty() && name != "*" {
            let steps = [key("feeds"), SettingStep::Index(i)];
            checker.problem_at(&steps, format!("there is no feed or tag `{name}`"), hint_for(name, channels));
        }
        for channel in named {
            feeds.insert(channel.id().clone());
            match channel {
                Channel::Scraped(feed) => sources.extend([feed.id.clone()]),
                Channel::Derived(derived) => sources.extend(made_of(derived, channels)),
            }
        }
    }
    (feeds, sources)
}

fn is_named(channel: &Channel, name: &str) -> bool {
    match channel {
        Channel::Scraped(feed) => {
            name == "*" || feed.id.as_str() == name || feed.tags.iter().any(|tag| tag == name)
        }
        Channel::Derived(derived) => {
            derived.id.as_str() == name || derived.tags.iter().any(|tag| tag == name)
        }
    }
}

/// The feeds that a derived one is made of.
fn made_of(derived: &Derived, channels: &[Channel]) -> Vec<FeedId> {
    let scraped = channels.iter().filter_map(|channel| match channel {
        Channel::Scraped(feed) => Some(feed.id.clone()),
        Channel::Derived(_) => None,
    });
    match &derived.from {
        None => scraped.collect(),
        Some(ids) => scraped.filter(|id| ids.contains(id)).collect(),
    }
}

fn hint_for(name: &str, channels: &[Channel]) -> Option<String> {
    let ids = channels.iter().map(|channel| channel.id().to_string());
    let tags = channels.iter().flat_map(|channel| channel.tags().iter().cloned());
    let known: Vec<String> = ids.chain(tags).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    nearest(name, &known).map(|near| format!("did you mean `{near}`?"))
}

fn number(
    written: Option<usize>,
    name: &str,
    most: usize,
    checker: &mut FeedChecker<'_, '_>,
) -> Option<usize> {
    let number = written?;
    if !(1..=most).contains(&number) {
        checker.problem(&[name], format!("`{name}` must be a whole number from 1 to {most}"), None);
        return None;
    }
    Some(number)
}

fn template(text: Option<&str>, name: &str, checker: &mut FeedChecker<'_, '_>) -> Option<MessageTemplate> {
    match MessageTemplate::compile(text?) {
        Ok(template) => Some(template),
        Err(error) => {
            let hint =
                "`feedbridge notify --preview NAME` shows what a template makes of real items".to_owned();
            checker.problem(&[name], format!("the template cannot be read: {error}"), Some(hint));
            None
        }
    }
}

/// Notes a program that nobody has allowed.
fn refuse_command(raw: &RawNotify, service: &Service, checker: &mut FeedChecker<'_, '_>) -> Option<()> {
    if matches!(service, Service::Command(_)) && raw.allow_commands != Some(true) {
        let hint = "add allow_commands = true, if you want this program to be started".to_owned();
        checker.problem(&["command"], "programs are not allowed here".to_owned(), Some(hint));
        return None;
    }
    Some(())
}

/// The feeds whose new items somebody is told of: by themselves, or as a part of a derived feed.
pub(super) fn told_items(rules: &[Arc<NotifyRule>], channels: &[Channel]) -> BTreeSet<FeedId> {
    let by_id: BTreeMap<&FeedId, &Channel> = channels.iter().map(|channel| (channel.id(), channel)).collect();
    let telling = rules.iter().filter(|rule| rule.rule.when.contains(&EventKind::Item));
    let mut told = BTreeSet::new();
    for id in telling.flat_map(|rule| &rule.rule.feeds) {
        match by_id.get(id) {
            Some(Channel::Derived(derived)) => told.extend(made_of(derived, channels)),
            Some(Channel::Scraped(_)) => told.extend([id.clone()]),
            None => {}
        }
    }
    told
}
