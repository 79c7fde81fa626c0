//! Addresses of services that push to phones and to people on call (Apprise's documentation, "Ntfy",
//! "Gotify", "Pushover", "Signal API" and "`PagerDuty`").

use super::address::{FormAddress, FormTarget};
use crate::notify::settings::{SettingMistake, SettingValue, Settings};

/// The highest priority of Gotify that has a meaning for its apps.
const MAX_GOTIFY_PRIORITY: u64 = 10;
/// Where accounts of `PagerDuty` in the service region of Europe send their events.
const PAGERDUTY_EUROPE: &str = "https://events.eu.pagerduty.com/";

/// `ntfy://topic` of the public server; `ntfys://user:password@host/topic`; `ntfys://token@host/topic`.
pub(super) fn ntfy(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let mut topics = form.receivers();
    let host = form.host_text();
    let is_public = match form.take("mode") {
        Some(mode) => mode.eq_ignore_ascii_case("cloud"),
        None => topics.is_empty(),
    };
    let mut settings = Settings::default();
    let names_public = host.eq_ignore_ascii_case("ntfy.sh");
    if is_public && !names_public && !host.is_empty() {
        topics.insert(0, host);
    } else if !is_public && !names_public {
        settings.set_text("server", form.server(&[])?);
    }
    settings.set_text("topic", form.only("topic", topics)?);
    ntfy_login(form, &mut settings);
    Ok(("ntfy", settings))
}

/// A user alone is a token if it looks like one, or if `auth` says so.
fn ntfy_login(form: &mut FormAddress, settings: &mut Settings) {
    let auth = form.take("auth").map(|auth| auth.to_ascii_lowercase());
    let token = form.take("token");
    let is_token = |user: &str| user.get(..3).is_some_and(|begin| begin.eq_ignore_ascii_case("tk_"));
    let is_lone_token = form.password.is_none() && form.user.as_deref().is_some_and(is_token);
    let by_token = token.is_some() || auth.as_deref() == Some("token") || auth.is_none() && is_lone_token;
    if by_token {
        let user = form.user.take();
        let login = form.password.take().or(user);
        settings.set_text("token", token.or(login).unwrap_or_default());
    } else {
        form.set_login("ntfy", settings);
    }
}

/// `gotifys://host/path/token?priority=`.
pub(super) fn gotify(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let (token, path) = form.last_segment("token")?;
    let mut settings = Settings::default();
    settings.set_text("server", form.server(&path)?);
    settings.set_text("token", token);
    if let Some(text) = form.take("priority") {
        let priority = gotify_priority(&text).ok_or_else(|| {
            let hint = "write low, moderate, normal, high, emergency, or a number from 0 to 10";
            form.mistake("has an unknown `priority`", hint)
        })?;
        settings.set("priority", SettingValue::Number(priority));
    }
    Ok(("gotify", settings))
}

/// A priority by its name, whose first letter is enough, or by its number.
fn gotify_priority(text: &str) -> Option<u64> {
    match text.chars().next()?.to_ascii_lowercase() {
        'l' => Some(0),
        'm' => Some(3),
        'n' => Some(5),
        'h' => Some(8),
        'e' => Some(10),
        _ => text.parse().ok().filter(|number| *number <= MAX_GOTIFY_PRIORITY),
    }
}

/// `pover://user@token/device/device?sound=`.
pub(super) fn pushover(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let user = form.user.take().ok_or_else(|| form.missing("user key"))?;
    let token = form.host_text();
    let devices = form.receivers();
    if token.is_empty() {
        return Err(form.missing("token"));
    }
    if devices.iter().any(|device| device.starts_with('#')) {
        let hint = "write the key of the group at the place of the user key, in an address of its own";
        return Err(form.mistake("names a group", hint));
    }
    let mut settings = Settings::default();
    settings.set_text("user", user);
    settings.set_text("token", token);
    if !devices.is_empty() {
        settings.set_text("device", devices.join(","));
    }
    if let Some(sound) = form.take("sound") {
        settings.set_text("sound", sound);
    }
    Ok(("pushover", settings))
}

/// `signals://user:password@host/number/receiver`: a server of signal-cli-rest-api.
pub(super) fn signal(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let mut phones = form.segments();
    let number = match form.take("from") {
        Some(from) => from,
        None if phones.is_empty() => return Err(form.missing("number of the sender")),
        None => phones.remove(0),
    };
    phones.extend(form.take_list("to"));
    let number = phone(&number);
    let mut to: Vec<String> = phones.iter().map(|text| signal_receiver(text)).collect();
    if to.is_empty() {
        to.push(number.clone());
    }
    let mut settings = Settings::default();
    settings.set_text("server", form.server(&[])?);
    settings.set_text("number", number);
    settings.set("to", SettingValue::Texts(to));
    form.set_login("signal", &mut settings);
    Ok(("signal", settings))
}

/// A phone number with `+` and without what people write between its digits; any other text as it is.
fn phone(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_phone = !digits.is_empty() && text.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
    if is_phone { format!("+{digits}") } else { text.to_owned() }
}

/// A phone number or a group, which is written `@…` or `group.…`.
fn signal_receiver(text: &str) -> String {
    let group = text.strip_prefix('@').map(|rest| rest.strip_prefix("group.").unwrap_or(rest));
    group.map_or_else(|| phone(text), |group| format!("group.{group}"))
}

/// `pagerduty://integration_key@api_key?severity=&region=`. The key of the integration is what events are
/// routed by; the one of the API is of no use for them.
pub(super) fn pagerduty(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let user = form.user.take();
    let key = form.take("integrationkey").or(user).ok_or_else(|| form.missing("integration key"))?;
    form.take("apikey");
    let mut settings = Settings::default();
    settings.set_text("routing_key", key);
    match form.take("region").map(|region| region.to_ascii_lowercase()).as_deref() {
        None | Some("us") => {}
        Some("eu") => settings.set_text("server", PAGERDUTY_EUROPE),
        Some(_) => return Err(form.mistake("has an unknown `region`", "write us or eu")),
    }
    if let Some(text) = form.take("severity") {
        let text = text.to_ascii_lowercase();
        let known = ["info", "warning", "error", "critical"].into_iter().find(|name| name.starts_with(&text));
        let severity = known.ok_or_else(|| {
            form.mistake("has an unknown `severity`", "write info, warning, error or critical")
        })?;
        settings.set_text("severity", severity);
    }
    Ok(("pagerduty", settings))
}
