//! The target of a `[[notify]]`: exactly one service, with its settings.

use std::collections::BTreeMap;

use super::checker::FeedChecker;
use super::secret::secret;
use crate::config::raw::notify::{RawNotify, RawService, RawSetting};
use crate::config::raw::shorthand::{RawKeptSecret, RawSecret};
use crate::digest::fingerprint;
use crate::model::Secret;
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

/// The only target of a rule; `None` if it has mistakes (all of them are noted).
pub(super) fn check(raw: &RawNotify, checker: &mut FeedChecker<'_, '_>) -> Option<CheckedTarget> {
    let services = raw.services();
    match (services.as_slice(), &raw.url) {
        ([(name, service)], None) => of_table(name, service, checker),
        ([], Some(url)) => of_address(url, checker),
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
    let url = secret(raw, "url", &at, checker)?;
    let made = service_of(url.expose()).and_then(|(name, settings)| {
        let kind =
            ServiceKind::named(name).ok_or_else(|| SettingMistake::new("url", "unknown service", ""))?;
        Ok((kind.name, kind.make(&settings)?))
    });
    match made {
        Ok((kind, service)) => Some(CheckedTarget { kind, service, digest: fingerprint(&[url.expose()]) }),
        Err(mistake) => {
            checker.problem_at(&at, mistake.message, Some(mistake.hint).filter(|hint| !hint.is_empty()));
            None
        }
    }
}

fn of_table(name: &str, raw: &RawService, checker: &mut FeedChecker<'_, '_>) -> Option<CheckedTarget> {
    let kind = ServiceKind::named(name)?;
    let mut reader = SettingReader { service: kind, texts: Vec::new(), checker, is_right: true };
    let mut settings = Settings::default();
    for (name, value) in &raw.0 {
        if let Some((spec, value)) = reader.setting(name, value) {
            settings.set(spec.name, value);
        }
    }
    reader.require(&raw.0);
    let SettingReader { texts, is_right, .. } = reader;
    if !is_right {
        return None;
    }
    let texts: Vec<&str> = texts.iter().map(Secret::expose).collect();
    match kind.make(&settings) {
        Ok(service) => Some(CheckedTarget { kind: kind.name, service, digest: fingerprint(&texts) }),
        Err(mistake) => {
            let hint = Some(mistake.hint).filter(|hint| !hint.is_empty());
            checker.problem_at(&[key(kind.name), key(&mistake.setting)], mistake.message, hint);
            None
        }
    }
}

/// Reads the settings of a service; mistakes are noted.
struct SettingReader<'r, 'c, 's> {
    service: &'static ServiceKind,
    /// All texts, for a digest.
    texts: Vec<Secret>,
    checker: &'r mut FeedChecker<'c, 's>,
    is_right: bool,
}

impl SettingReader<'_, '_, '_> {
    fn problem(&mut self, setting: &str, message: String, hint: String) {
        self.is_right = false;
        let hint = Some(hint).filter(|hint| !hint.is_empty());
        self.checker.problem_at(&[key(self.service.name), key(setting)], message, hint);
    }

    fn setting(&mut self, name: &str, raw: &RawSetting) -> Option<(&'static SettingSpec, SettingValue)> {
        let Some(spec) = self.service.settings.iter().find(|spec| spec.name == name) else {
            let known: Vec<&str> = self.service.settings.iter().map(|spec| spec.name).collect();
            let near = nearest(name, &known).map(|near| format!("did you mean `{near}`?"));
            let hint = near.unwrap_or_else(|| format!("its settings are {}", known.join(", ")));
            self.problem(name, format!("`{}` has no setting `{name}`", self.service.name), hint);
            return None;
        };
        let value = match (spec.kind, raw) {
            (SettingKind::Flag, RawSetting::Flag(flag)) => Some(SettingValue::Flag(*flag)),
            (SettingKind::Number, RawSetting::Number(number)) => Some(SettingValue::Number(*number)),
            (SettingKind::Texts, RawSetting::Text(text)) => Some(SettingValue::Texts(vec![text.clone()])),
            (SettingKind::Texts, RawSetting::Texts(texts)) => Some(SettingValue::Texts(texts.clone())),
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
            let form = match spec.kind {
                SettingKind::Flag => "true or false",
                SettingKind::Number => "a whole number",
                SettingKind::Texts => "a list of texts",
                SettingKind::Table => "a table of names and texts",
                SettingKind::Text | SettingKind::Secret | SettingKind::Address => "a text",
            };
            self.problem(name, format!("`{name}` must be {form}"), spec.words.to_owned());
        }
        value.map(|value| (spec, value))
    }

    /// A text that is written out, or kept elsewhere.
    fn text(&mut self, name: &str, raw: &RawSetting) -> Option<SettingValue> {
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
        self.is_right &= found.is_some();
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
                None => self.is_right = false,
            }
        }
        SettingValue::Table(values)
    }

    /// Notes settings that the service cannot do without.
    fn require(&mut self, written: &BTreeMap<String, RawSetting>) {
        let missing =
            self.service.settings.iter().filter(|spec| spec.required && !written.contains_key(spec.name));
        for spec in missing {
            self.is_right = false;
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
