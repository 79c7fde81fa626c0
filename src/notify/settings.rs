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
    /// A program and its arguments: a list of texts. A program without arguments may be one text.
    Program,
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
    /// Of `Texts` and `Program`.
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
    /// Further mistakes in the same settings.
    pub others: Vec<Self>,
}

impl SettingMistake {
    /// A mistake with its remedy.
    #[must_use]
    pub fn new(setting: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { setting: setting.to_owned(), message: message.into(), hint: hint.into(), others: Vec::new() }
    }

    /// The mistake of a setting that is given without another one.
    pub(super) fn lone(missing: &str, given: &str) -> Self {
        let hint = format!("write {missing} = \"…\", or remove `{given}`");
        Self::new(missing, format!("`{given}` is given without `{missing}`"), hint)
    }

    /// This mistake and all further ones.
    #[must_use]
    pub fn into_all(mut self) -> Vec<Self> {
        let others = std::mem::take(&mut self.others);
        std::iter::once(self).chain(others.into_iter().flat_map(Self::into_all)).collect()
    }
}

/// Both values, or the mistakes of both: a person is told all of them in one go.
pub(super) fn both<A, B>(
    first: Result<A, SettingMistake>,
    second: Result<B, SettingMistake>,
) -> Result<(A, B), SettingMistake> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(mut mistake), Err(other)) => {
            mistake.others.push(other);
            Err(mistake)
        }
        (Err(mistake), Ok(_)) | (Ok(_), Err(mistake)) => Err(mistake),
    }
}

/// Gives a service a printed form of its name alone: addresses, texts and arguments may all hold secrets.
macro_rules! print_name_only {
    ($service:ident) => {
        impl std::fmt::Debug for $service {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($service)).finish_non_exhaustive()
            }
        }
    };
}
pub(super) use print_name_only;

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

    /// The address `server`. It must not hold the path that feedbridge adds to it.
    ///
    /// # Errors
    /// When it is no address, or holds that path.
    pub(super) fn server(&self, added: &[&str]) -> Result<Option<Url>, SettingMistake> {
        let Some(url) = self.address("server")? else { return Ok(None) };
        let path = url.path_segments().into_iter().flatten();
        let segments: Vec<&str> = path.filter(|segment| !segment.is_empty()).collect();
        if segments.windows(added.len()).any(|part| part == added) {
            let added = added.join("/");
            let hint = "write the address of the server alone: feedbridge adds this path to it";
            return Err(SettingMistake::new("server", format!("`server` holds the path `{added}`"), hint));
        }
        Ok(Some(url))
    }

    /// The address `server`, which the service cannot do without. It must not hold the path that feedbridge adds
    /// to it.
    ///
    /// # Errors
    /// When it is missing, is no address, or holds that path.
    pub(super) fn needed_server(&self, added: &[&str]) -> Result<Url, SettingMistake> {
        let url = self.needed_address("server")?;
        self.server(added).map(|checked| checked.unwrap_or(url))
    }

    /// Makes sure that there is one login at most, and that it is whole: `user` with `password`, or `token`.
    ///
    /// # Errors
    /// When one of the two is missing, or there is a token too.
    pub(super) fn one_login(&self) -> Result<(), SettingMistake> {
        let user = self.text("user");
        let password = self.text("password");
        if self.text("token").is_some() && (user.is_some() || password.is_some()) {
            let given = if user.is_some() { "user" } else { "password" };
            let hint = "remove `token`, or `user` and `password`";
            return Err(SettingMistake::new(
                given,
                format!("`{given}` and `token` exclude each other"),
                hint,
            ));
        }
        match (user, password) {
            (Some(_), None) => Err(SettingMistake::lone("password", "user")),
            (None, Some(_)) => Err(SettingMistake::lone("user", "password")),
            (Some(_), Some(_)) | (None, None) => Ok(()),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let mut settings = Settings::default();
        for (name, text) in pairs {
            settings.set_text(name, *text);
        }
        settings
    }

    #[test]
    fn a_login_is_whole_and_the_only_one() {
        let mistake =
            |pairs: &[(&str, &str)]| settings(pairs).one_login().err().map(|mistake| mistake.message);
        assert_eq!(mistake(&[]), None);
        assert_eq!(mistake(&[("token", "t")]), None);
        assert_eq!(mistake(&[("user", "ada"), ("password", "hush")]), None);
        let lone = mistake(&[("user", "ada"), ("password", " ")]);
        assert_eq!(lone.as_deref(), Some("`user` is given without `password`"));
        let lone = mistake(&[("password", "hush")]);
        assert_eq!(lone.as_deref(), Some("`password` is given without `user`"));
        let two = mistake(&[("user", "ada"), ("password", "hush"), ("token", "t")]);
        assert_eq!(two.as_deref(), Some("`user` and `token` exclude each other"));
    }

    #[test]
    fn a_server_has_no_path_that_is_added_to_it() {
        let server = |text: &str| settings(&[("server", text)]).needed_server(&["v2", "send"]);
        let message = |text: &str| server(text).expect_err("a mistake").message;
        assert_eq!(message("https://example.org/v2/send"), "`server` holds the path `v2/send`");
        assert_eq!(message("https://example.org/a/v2/send/"), "`server` holds the path `v2/send`");
        assert_eq!(message("example.org"), "`server` is no address of http or https");
        for right in ["https://example.org", "https://example.org/v2/", "https://example.org/send/v2"] {
            assert!(server(right).is_ok(), "{right}");
        }
    }

    #[test]
    fn all_mistakes_are_told() {
        let mistake = |name: &str| Err::<(), _>(SettingMistake::new(name, "wrong", "mend it"));
        let all = both(both(mistake("a"), Ok(1)), both(mistake("b"), mistake("c"))).expect_err("mistakes");
        let names: Vec<String> = all.into_all().into_iter().map(|mistake| mistake.setting).collect();
        assert_eq!(names, ["a", "b", "c"]);
    }
}
