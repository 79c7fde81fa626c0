//! Alertmanager: a list of one alert to `/api/v2/alerts` (Prometheus' documentation, "Alerts API", and the
//! specification that it names). Labels make the identity of an alert, so that those of a trouble and its
//! recovery are the same: they come from the incident alone. Texts are plain; the templates of Alertmanager
//! escape them.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Map, Value, json};
use url::Url;

use crate::model::{EventKind, Secret};
use crate::notify::cut::{LengthUnit, cut};
use crate::notify::message::{Incident, Message};
use crate::notify::outgoing::HttpRequest;
use crate::notify::settings::{
    PASSWORD, SettingKind, SettingMistake, SettingSpec, Settings, USER, both, print_name_only,
};
use crate::notify::web;

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[
    SettingSpec { name: "server", kind: SettingKind::Address, required: true, words: "The server." },
    SettingSpec { name: "token", kind: SettingKind::Secret, required: false, words: "Bearer token." },
    USER,
    PASSWORD,
    SettingSpec {
        name: "labels",
        kind: SettingKind::Table,
        required: false,
        words: "More labels of all alerts. `severity` takes the place of `warning` and `info`.",
    },
    SettingSpec {
        name: "generator",
        kind: SettingKind::Address,
        required: false,
        words: "Address to which an alert without a link leads.",
    },
];

/// Labels that tell alerts apart, which a person must not set for all.
const OWN_LABELS: &[&str] = &["alertname", "feed", "message"];
/// Most characters of the summary. Alertmanager documents no limit.
const MAX_SUMMARY: usize = 1024;
/// Most bytes of the description.
const MAX_DESCRIPTION: usize = 8192;
/// Days until an alert ends without a recovery. An alert without an end is resolved after minutes, unless
/// it is sent again; a trouble that lasts is told again each day.
const FIRING_DAYS: i64 = 7;

/// A server.
#[derive(Clone)]
pub struct Alertmanager {
    server: Url,
    /// The value of the header `Authorization`.
    authorization: Option<Secret>,
    labels: Vec<(String, Secret)>,
    generator: Option<Url>,
}

print_name_only!(Alertmanager);

impl Alertmanager {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let server = both(settings.needed_server(&["api", "v2", "alerts"]), settings.one_login());
        let texts = both(labels_of(settings), settings.address("generator"));
        let ((server, ()), (labels, generator)) = both(server, texts)?;
        Ok(Self { server, authorization: web::authorization(settings), labels, generator })
    }

    /// The request of a message.
    #[must_use]
    pub fn request(&self, message: &Message) -> HttpRequest {
        let url = web::joined(&self.server, &["api", "v2", "alerts"]);
        let request = HttpRequest::json(url, &json!([self.alert(message)]));
        match &self.authorization {
            Some(value) => request.with_header("authorization", value.expose().to_owned()),
            None => request,
        }
    }

    fn alert(&self, message: &Message) -> Value {
        let start = message.incident.as_ref().map_or(message.at, |incident| incident.since);
        let mut alert = json!({
            "labels": self.labels(message),
            "annotations": annotations(message),
            "startsAt": timestamp(start),
        });
        if let Some(incident) = &message.incident {
            alert["endsAt"] = json!(timestamp(end(incident, message.at)));
        }
        if let Some(link) = message.link.as_ref().or(self.generator.as_ref()) {
            alert["generatorURL"] = json!(link);
        }
        alert
    }

    fn labels(&self, message: &Message) -> Map<String, Value> {
        let mut labels = Map::new();
        let mut set = |name: &str, value: &str| {
            labels.insert(name.to_owned(), json!(value));
        };
        if let Some(feed) = &message.feed {
            set("feed", &feed.id);
        }
        set("alertname", name(message));
        set("severity", severity(message));
        // The trouble is no label: a trouble that becomes another one is the same alert.
        if message.incident.is_none() {
            // Without it, the second message of a feed would be the same alert as the first.
            set("message", &message.id);
        }
        for (name, value) in &self.labels {
            set(name, value.expose());
        }
        labels
    }
}

/// The name of the alert. A recovery has that of the trouble that it ends.
fn name(message: &Message) -> &'static str {
    match (&message.incident, message.event) {
        (Some(incident), _) if incident.trouble == "silent" => "FeedSilent",
        (Some(_), _) | (None, EventKind::Trouble) => "FeedTrouble",
        (None, EventKind::Silent) => "FeedSilent",
        (None, EventKind::Item) => "FeedItem",
        (None, EventKind::Recovered) => "FeedRecovered",
    }
}

fn severity(message: &Message) -> &'static str {
    let is_wrong = matches!(message.event, EventKind::Trouble | EventKind::Silent);
    if is_wrong || message.incident.is_some() { "warning" } else { "info" }
}

fn annotations(message: &Message) -> Value {
    let mut annotations = json!({ "summary": cut(&message.title, MAX_SUMMARY, LengthUnit::Characters) });
    if !message.body.is_empty() {
        annotations["description"] = json!(cut(&message.body, MAX_DESCRIPTION, LengthUnit::Bytes));
    }
    annotations
}

/// The end of an alert, which must not be before its start.
fn end(incident: &Incident, at: DateTime<Utc>) -> DateTime<Utc> {
    if incident.resolved { at.max(incident.since) } else { at + TimeDelta::days(FIRING_DAYS) }
}

fn timestamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn labels_of(settings: &Settings) -> Result<Vec<(String, Secret)>, SettingMistake> {
    let labels = settings.table("labels");
    if let Some((name, _)) = labels.iter().find(|(name, _)| !is_label(name)) {
        let hint = "a name has letters of ASCII, digits and `_`, and begins with no digit";
        return Err(SettingMistake::new("labels", format!("`{name}` is no name of a label"), hint));
    }
    if let Some((name, _)) = labels.iter().find(|(name, _)| OWN_LABELS.contains(&name.as_str())) {
        let hint = format!("feedbridge sets {} itself: take another name", OWN_LABELS.join(", "));
        return Err(SettingMistake::new("labels", format!("the label `{name}` cannot be set"), hint));
    }
    Ok(labels)
}

fn is_label(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::service::examples::{body_of, incident, settings_of, table, tide};

    fn labelled(labels: &[(&str, &str)]) -> Settings {
        let mut settings = settings_of(&[("server", "https://example.org/am/")]);
        settings.set("labels", table(labels));
        settings
    }

    fn sent(message: &Message) -> Value {
        let request = Alertmanager::of(&labelled(&[("team", "harbour")])).unwrap().request(message);
        assert_eq!(request.url.as_str(), "https://example.org/am/api/v2/alerts");
        body_of(&request)
    }

    #[test]
    fn an_item_is_an_alert_that_ends_by_itself() {
        let expected = json!([{
            "labels": { "alertname": "FeedItem", "message": "msg_1", "severity": "info", "team": "harbour" },
            "annotations": { "summary": "Low tide at noon", "description": "Mind the mud." },
            "startsAt": "2027-01-15T08:00:00Z",
            "generatorURL": "https://example.org/tide",
        }]);
        assert_eq!(sent(&tide(EventKind::Item)), expected);
    }

    #[test]
    fn a_recovery_ends_the_alert_of_the_trouble() {
        let labels = json!({
            "alertname": "FeedTrouble",
            "feed": "harbour",
            "severity": "warning",
            "team": "harbour",
        });
        let trouble = sent(&incident(EventKind::Trouble, "no_items"));
        assert_eq!(trouble[0]["labels"], labels);
        assert_eq!(trouble[0]["startsAt"], "2027-01-15T05:13:20Z");
        assert_eq!(trouble[0]["endsAt"], "2027-01-22T08:00:00Z");
        let recovery = sent(&incident(EventKind::Recovered, "no_items"));
        assert_eq!(recovery[0]["labels"], labels);
        assert_eq!(recovery[0]["startsAt"], "2027-01-15T05:13:20Z");
        assert_eq!(recovery[0]["endsAt"], "2027-01-15T08:00:00Z");
    }

    #[test]
    fn a_silence_and_its_end_have_the_same_labels() {
        let silence = sent(&incident(EventKind::Silent, "silent"));
        assert_eq!(silence[0]["labels"]["alertname"], "FeedSilent");
        assert_eq!(silence[0]["labels"], sent(&incident(EventKind::Recovered, "silent"))[0]["labels"]);
    }

    #[test]
    fn hostile_texts_are_values_and_are_cut() {
        let mut hostile = tide(EventKind::Item);
        hostile.title = "{{ .Labels }} \",\"severity\":\"critical".to_owned();
        hostile.body = "tide ".repeat(5000);
        let alert = &sent(&hostile)[0];
        assert_eq!(alert["annotations"]["summary"], hostile.title);
        assert_eq!(alert["labels"]["severity"], "info");
        let description = alert["annotations"]["description"].as_str();
        assert!(description.is_some_and(|text| text.len() <= MAX_DESCRIPTION));
    }

    #[test]
    fn a_label_takes_the_place_of_the_severity() {
        let target = Alertmanager::of(&labelled(&[("severity", "page")])).unwrap();
        let request = target.request(&incident(EventKind::Trouble, "no_items"));
        let body = body_of(&request);
        assert_eq!(body[0]["labels"]["severity"], "page");
    }

    #[test]
    fn mistakes_name_the_setting() {
        let mistake = |settings: &Settings| Alertmanager::of(settings).unwrap_err().setting;
        assert_eq!(mistake(&settings_of(&[])), "server");
        assert_eq!(mistake(&settings_of(&[("server", "am:9093")])), "server");
        assert_eq!(mistake(&labelled(&[("my-team", "harbour")])), "labels");
        assert_eq!(mistake(&labelled(&[("alertname", "Tide")])), "labels");
        let generator = settings_of(&[("server", "https://example.org"), ("generator", "feeds")]);
        assert_eq!(mistake(&generator), "generator");
        assert_eq!(mistake(&settings_of(&[("server", "https://h.example/api/v2/alerts")])), "server");
        let lone = settings_of(&[("server", "https://example.org"), ("user", "ada")]);
        assert_eq!(mistake(&lone), "password");
    }
}
