//! The settings of a service: which there are, and their values as a person has written them in `feeds.toml` or in
//! an address such as `ntfy://topic`.

use std::collections::BTreeMap;

use url::Url;

use crate::model::Secret;

/// A setting that a service takes.
#[derive(Debug, Clone, Copy)]
pub struct SettingSpec {
    /// Its key.
    pub name: &'static str,
    /// The kind of its values.
    pub kind: SettingKind,
    /// Whether the service cannot do without it.
    pub required: bool,
    /// Its description for the JSON Schema and the manual. A sentence.
    pub words: &'static str,
}

/// The name of a login.
pub(super) const USER: SettingSpec = SettingSpec {
    name: "user",
    kind: SettingKind::Text,
    required: false,
    words: "Name of a user, with `password`.",
};

/// The password of a login.
pub(super) const PASSWORD: SettingSpec = SettingSpec {
    name: "password",
    kind: SettingKind::Secret,
    required: false,
    words: "Password of the user.",
};

/// The kind of the values of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// A text. As all kinds of text, it may be read from a variable or a file.
    Text,
    /// A text that is never shown.
    Secret,
    /// An address of http or https; it may hold secrets, and is never shown.
    Address,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Flag,
    /// A list of texts, or one text.
    Texts,
    /// Names with texts, such as headers.
    Table,
}

/// A value of a setting, of the kind that its specification demands.
#[derive(Debug, Clone)]
pub enum SettingValue {
    /// Of `Text`, `Secret` and `Address`.
    Text(Secret),
    /// Of `Number`.
    Number(u64),
    /// Of `Flag`.
    Flag(bool),
    /// Of `Texts`.
    Texts(Vec<String>),
    /// Of `Table`.
    Table(Vec<(String, Secret)>),
}

/// The settings of one service. They hold only keys that its specification has.
#[derive(Debug, Clone, Default)]
pub struct Settings(BTreeMap<String, SettingValue>);

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingMistake {
    /// Its key.
    pub setting: String,
    /// A sentence about it, without its value if that may be a secret.
    pub message: String,
    /// The remedy.
    pub hint: String,
}

impl SettingMistake {
    /// A mistake with its remedy.
    #[must_use]
    pub fn new(setting: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { setting: setting.to_owned(), message: message.into(), hint: hint.into() }
    }
}

impl Settings {
    /// Sets a value.
    pub fn set(&mut self, name: &str, value: SettingValue) {
        self.0.insert(name.to_owned(), value);
    }

    /// Sets a text.
    pub fn set_text(&mut self, name: &str, text: impl Into<String>) {
        self.set(name, SettingValue::Text(Secret::new(text.into())));
    }

    /// Whether there is a value.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A text, without spaces around it. An empty one counts as none.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name)? {
            SettingValue::Text(text) => Some(text.expose().trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// A text that the service cannot do without.
    ///
    /// # Errors
    /// When it is missing or empty.
    pub fn needed(&self, name: &str) -> Result<String, SettingMistake> {
        self.text(name).map(str::to_owned).ok_or_else(|| {
            SettingMistake::new(name, format!("`{name}` is missing"), format!("write {name} = \"…\""))
        })
    }

    /// A secret.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<Secret> {
        self.text(name).map(|text| Secret::new(text.to_owned()))
    }

    /// A secret that the service cannot do without.
    ///
    /// # Errors
    /// When it is missing or empty.
    pub fn needed_secret(&self, name: &str) -> Result<Secret, SettingMistake> {
        self.needed(name).map(Secret::new)
    }

    /// An address of http or https.
    ///
    /// # Errors
    /// When it is none.
    pub fn address(&self, name: &str) -> Result<Option<Url>, SettingMistake> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        url.map(Some).ok_or_else(|| {
            let hint = format!("write {name} = \"https://…\"");
            SettingMistake::new(name, format!("`{name}` is no address of http or https"), hint)
        })
    }

    /// An address that the service cannot do without.
    ///
    /// # Errors
    /// When it is missing, or none.
    pub fn needed_address(&self, name: &str) -> Result<Url, SettingMistake> {
        self.needed(name)?;
        self.address(name)?.ok_or_else(|| {
            SettingMistake::new(name, format!("`{name}` is missing"), format!("write {name} = \"https://…\""))
        })
    }

    /// A number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        match self.0.get(name)? {
            SettingValue::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A flag; false if it is not given.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(SettingValue::Flag(true)))
    }

    /// A list of texts; empty if it is not given.
    #[must_use]
    pub fn texts(&self, name: &str) -> Vec<String> {
        match self.0.get(name) {
            Some(SettingValue::Texts(texts)) => texts.clone(),
            _ => Vec::new(),
        }
    }

    /// Names with texts; empty if it is not given.
    #[must_use]
    pub fn table(&self, name: &str) -> Vec<(String, Secret)> {
        match self.0.get(name) {
            Some(SettingValue::Table(table)) => table.clone(),
            _ => Vec::new(),
        }
    }
}
