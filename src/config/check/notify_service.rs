//! The target of a `[[notify]]`: exactly one service, with its settings.

use std::collections::{BTreeMap, BTreeSet};

use super::checker::FeedChecker;
use super::secret::secret;
use crate::config::misplaced::{BELOW_HEADER, of_rule};
use crate::config::raw::notify::{RawNotify, RawService, RawSetting};
use crate::config::raw::shorthand::{RawKeptSecret, RawSecret};
use crate::config::read::SettingsTree;
use crate::digest::fingerprint;
use crate::model::Secret;
use crate::model::secret_like::unfilled_name;
use crate::nearest::nearest;
use crate::notify::{
    Service, ServiceKind, SettingKind, SettingMistake, SettingSpec, SettingValue, Settings, service_of,
};
use crate::rules::{SettingStep, key};

/// A target.
pub(super) struct CheckedTarget {
    pub(super) kind: &'static str,
    pub(super) service: Service,
    /// A digest of the texts of its settings, so that a changed secret is a changed setting.
    pub(super) digest: String,
}

/// A rule as the file has it, with the keys that were left out because of mistakes of form.
#[derive(Clone, Copy)]
pub(super) struct WrittenRule<'s> {
    pub(super) source: &'s SettingsTree<'s>,
    /// The position of the rule, from 0.
    pub(super) index: usize,
}

impl WrittenRule<'_> {
    fn has(self, steps: &[SettingStep]) -> bool {
        let path = [&[key("notify"), SettingStep::Index(self.index)], steps].concat();
        self.source.has(&path)
    }

    /// Whether the file has a target for this rule that cannot be used. Its mistake was told already: it is no
    /// table, or stands below the header of another table.
    fn has_target(self, filters: usize) -> bool {
        let mut names = ServiceKind::ALL.iter().map(|kind| kind.name).chain(["url"]);
        names.any(|name| self.has(&[key(name)]) || self.is_in_filter(name, filters))
    }

    /// Whether a key stands in a filter of this rule.
    fn is_in_filter(self, name: &str, filters: usize) -> bool {
        (0..filters).any(|i| {
            let filter = [key("filter"), SettingStep::Index(i)];
            let inner = ["keep", "drop", "set"].map(|table| [&filter[..], &[key(table), key(name)]].concat());
            self.has(&[&filter[..], &[key(name)]].concat()) || inner.iter().any(|path| self.has(path))
        })
    }
}

/// The only target of a rule; `None` if it has mistakes (all of them are noted).
pub(super) fn check(
    raw: &RawNotify,
    written: WrittenRule<'_>,
    checker: &mut FeedChecker<'_, '_>,
) -> Option<CheckedTarget> {
    let services = raw.services();
    match (services.as_slice(), &raw.url) {
        ([(name, service)], None) => of_table(name, service, written, checker),
        ([], Some(url)) => of_address(url, checker),
        ([], None) if written.has_target(raw.filter.as_ref().map_or(0, Vec::len)) => None,
        ([], None) => {
            let hint = "for example ntfy = { topic = \"…\" }, or url = \"ntfy://…\"".to_owned();
            checker.problem_at(&[], "the notification has no target".to_owned(), Some(hint));
            None
        }
        _ => {
            let hint = "write one [[notify]] for each target".to_owned();
            checker.problem_at(&[], "the notification has more than one target".to_owned(), Some(hint));
            None
        }
    }
}

fn of_address(raw: &RawSecret, checker: &mut FeedChecker<'_, '_>) -> Option<CheckedTarget> {
    let at = [key("url")];
    if let RawSecret::Plain(text) = raw
        && let Some(variable) = unfilled_name(text)
    {
        let hint = "let a variable hold the whole address: url = { env = \"NAME\" }".to_owned();
        checker.problem_at(&at, not_filled_in(variable), Some(hint));
        return None;
    }
    let url = secret(raw, "url", &at, checker)?;
    let made = service_of(url.expose()).and_then(|(name, settings)| {
        let kind =
            ServiceKind::named(name).ok_or_else(|| SettingMistake::new("url", "unknown service", ""))?;
        Ok((kind.name, kind.make(&settings)?))
    });
    match made {
        Ok((kind, service)) => {
            if let Some(doubt) = doubt(&service) {
                checker.warn(&at, doubt.message, doubt.hint);
            }
            Some(CheckedTarget { kind, service, digest: fingerprint(&[url.expose()]) })
        }
        Err(mistake) => {
            for mistake in mistake.into_all() {
                checker.problem_at(&at, mistake.message, Some(mistake.hint).filter(|hint| !hint.is_empty()));
            }
            None
        }
    }
}

fn of_table(
    name: &str,
    raw: &RawService,
    written: WrittenRule<'_>,
    checker: &mut FeedChecker<'_, '_>,
) -> Option<CheckedTarget> {
    let kind = ServiceKind::named(name)?;
    let mut reader = SettingReader { service: kind, texts: Vec::new(), checker, told: BTreeSet::new() };
    let mut settings = Settings::default();
    for (name, value) in &raw.0 {
        if let Some((spec, value)) = reader.setting(name, value) {
            settings.set(spec.name, value);
        }
    }
    reader.require(&raw.0, written);
    let SettingReader { texts, told, .. } = reader;
    let texts: Vec<&str> = texts.iter().map(Secret::expose).collect();
    match kind.make(&settings) {
        Ok(_) if !told.is_empty() => None,
        Ok(service) => {
            if let Some(doubt) = doubt(&service) {
                checker.warn(&[key(kind.name), key(&doubt.setting)], doubt.message, doubt.hint);
            }
            Some(CheckedTarget { kind: kind.name, service, digest: fingerprint(&texts) })
        }
        Err(mistake) => {
            note(kind, mistake, &told, checker);
            None
        }
    }
}

/// Notes the mistakes of a service's settings, each at its own. Those that speak of a setting whose mistake was told
/// already follow from that one.
fn note(
    kind: &ServiceKind,
    mistake: SettingMistake,
    told: &BTreeSet<String>,
    checker: &mut FeedChecker<'_, '_>,
) {
    for mistake in mistake.into_all() {
        let speaks_of = |name: &String| mistake.message.contains(&format!("`{name}`"));
        if told.contains(&mistake.setting) || told.iter().any(speaks_of) {
            continue;
        }
        let hint = Some(mistake.hint).filter(|hint| !hint.is_empty());
        checker.problem_at(&[key(kind.name), key(&mistake.setting)], mistake.message, hint);
    }
}

/// Advice about settings that are probably not as they are meant.
fn doubt(service: &Service) -> Option<SettingMistake> {
    match service {
        Service::Apprise(own) => own.doubt(),
        Service::Mail(own) => own.doubt(),
        Service::Mqtt(own) => own.doubt(),
        _ => None,
    }
}

/// The mistake of a `${NAME}` in a text.
fn not_filled_in(variable: &str) -> String {
    format!("`${{{variable}}}` is not filled in: feedbridge takes the text as it stands")
}

/// Reads the settings of a service; mistakes are noted.
struct SettingReader<'r, 'c, 's> {
    service: &'static ServiceKind,
    /// All texts, for a digest.
    texts: Vec<Secret>,
    checker: &'r mut FeedChecker<'c, 's>,
    /// The settings whose mistakes were noted.
    told: BTreeSet<String>,
}

impl SettingReader<'_, '_, '_> {
    fn problem(&mut self, setting: &str, message: String, hint: String) {
        self.told.insert(setting.to_owned());
        let hint = Some(hint).filter(|hint| !hint.is_empty());
        self.checker.problem_at(&[key(self.service.name), key(setting)], message, hint);
    }

    fn setting(&mut self, name: &str, raw: &RawSetting) -> Option<(&'static SettingSpec, SettingValue)> {
        let Some(spec) = self.service.settings.iter().find(|spec| spec.name == name) else {
            let known: Vec<&str> = self.service.settings.iter().map(|spec| spec.name).collect();
            let near = nearest(name, &known).map(|near| format!("did you mean `{near}`?"));
            // A server is often called so.
            let rule =
                of_rule(name).filter(|_| name != "url").map(|words| format!("{words}: {BELOW_HEADER}"));
            let list = || format!("its settings are {}", known.join(", "));
            let hint = rule.or(near).unwrap_or_else(list);
            self.problem(name, format!("`{}` has no setting `{name}`", self.service.name), hint);
            return None;
        };
        let value = match (spec.kind, raw) {
            (SettingKind::Flag, RawSetting::Flag(flag)) => Some(SettingValue::Flag(*flag)),
            (SettingKind::Number, RawSetting::Number(number)) => Some(SettingValue::Number(*number)),
            (SettingKind::Program, RawSetting::Text(text)) if text.trim().contains(char::is_whitespace) => {
                None
            }
            (SettingKind::Texts | SettingKind::Program, RawSetting::Text(text)) => {
                Some(SettingValue::Texts(vec![text.clone()]))
            }
            (SettingKind::Texts | SettingKind::Program, RawSetting::Texts(texts)) => {
                Some(SettingValue::Texts(texts.clone()))
            }
            (SettingKind::Table, RawSetting::Table(table)) => Some(self.table(name, table)),
            (SettingKind::Text, RawSetting::Number(number)) => {
                Some(SettingValue::Text(Secret::new(number.to_string())))
            }
            (SettingKind::Text | SettingKind::Secret | SettingKind::Address, _) => {
                return Some((spec, self.text(name, raw)?));
            }
            _ => None,
        };
        if value.is_none() {
            self.wrong_form(name, spec, raw);
        }
        value.map(|value| (spec, value))
    }

    /// Notes a value of another kind than its setting has.
    fn wrong_form(&mut self, name: &str, spec: &SettingSpec, raw: &RawSetting) {
        let form = match spec.kind {
            SettingKind::Flag => "true or false",
            SettingKind::Number => "a whole number",
            SettingKind::Texts | SettingKind::Program => "a list of texts",
            SettingKind::Table => "a table of names and texts",
            SettingKind::Text | SettingKind::Secret | SettingKind::Address => "a text",
        };
        let is_list = matches!(spec.kind, SettingKind::Texts | SettingKind::Program);
        let hint = match (spec.kind, raw) {
            (SettingKind::Program, RawSetting::Text(_)) => {
                format!("write {name} = [\"/usr/local/bin/tell\", \"harbour\"]: no shell takes a text apart")
            }
            (_, RawSetting::Table(_)) if is_list => {
                "write it out: lists are not read from variables or files".to_owned()
            }
            _ => spec.words.to_owned(),
        };
        self.problem(name, format!("`{name}` must be {form}"), hint);
    }

    /// A text that is written out, or kept elsewhere.
    fn text(&mut self, name: &str, raw: &RawSetting) -> Option<SettingValue> {
        if let RawSetting::Text(text) = raw
            && let Some(variable) = unfilled_name(text)
        {
            let hint = if text.trim() == format!("${{{variable}}}") {
                format!("write {name} = {{ env = \"{variable}\" }}")
            } else {
                format!("let a variable hold the whole text: {name} = {{ env = \"NAME\" }}")
            };
            self.problem(name, not_filled_in(variable), hint);
            return None;
        }
        let raw = match raw {
            RawSetting::Text(text) => RawSecret::Plain(text.clone()),
            RawSetting::Table(table) => RawSecret::Kept(kept(table)),
            _ => {
                let hint = "write a text, { env = \"NAME\" } or { file = \"path\" }".to_owned();
                self.problem(name, format!("`{name}` must be a text"), hint);
                return None;
            }
        };
        let found = secret(&raw, name, &[key(self.service.name), key(name)], self.checker);
        if found.is_none() {
            self.told.insert(name.to_owned());
        }
        self.texts.extend(found.clone());
        found.map(SettingValue::Text)
    }

    fn table(&mut self, name: &str, table: &BTreeMap<String, RawSecret>) -> SettingValue {
        let mut values = Vec::new();
        for (entry, raw) in table {
            let at: [SettingStep; 3] = [key(self.service.name), key(name), key(entry)];
            match secret(raw, entry, &at, self.checker) {
                Some(value) => {
                    self.texts.push(value.clone());
                    values.push((entry.clone(), value));
                }
                None => {
                    self.told.insert(name.to_owned());
                }
            }
        }
        SettingValue::Table(values)
    }

    /// Notes settings that the service cannot do without. Those that the file has in a wrong form were told already.
    fn require(&mut self, read: &BTreeMap<String, RawSetting>, written: WrittenRule<'_>) {
        for spec in self.service.settings.iter().filter(|spec| !read.contains_key(spec.name)) {
            let is_written = written.has(&[key(self.service.name), key(spec.name)]);
            if is_written || spec.required {
                self.told.insert(spec.name.to_owned());
            }
            if is_written || !spec.required {
                continue;
            }
            let message = format!("`{}` needs `{}`", self.service.name, spec.name);
            self.checker.problem_at(&[key(self.service.name)], message, Some(spec.words.to_owned()));
        }
    }
}

/// A table in place of a text says where the text is kept.
fn kept(table: &BTreeMap<String, RawSecret>) -> RawKeptSecret {
    let of = |name: &str| table.get(name).and_then(RawSecret::plain).map(str::to_owned);
    RawKeptSecret { env: of("env"), file: of("file") }
}
