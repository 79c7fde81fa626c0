//! `[[notify]]` as it is written.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::filter::RawFilter;
use super::shorthand::RawSecret;

/// Who is told of what. Exactly one target: a service, or `url`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Notify")]
pub(crate) struct RawNotify {
    /// Its name on the command line and in the metrics. 1 to 64 of a-z, 0-9, `-`, `_`. Default: the name of the
    /// service.
    #[schemars(example = &"phone")]
    pub(crate) name: Option<String>,
    /// The events that are told: `item`, `trouble`, `recovered`, `silent`. Default: all but `item`.
    #[schemars(example = ["item", "trouble"])]
    pub(crate) when: Option<Vec<String>>,
    /// Feeds by their ids or tags; `"*"` for all feeds with a page of their own. Default `["*"]`.
    #[schemars(example = ["alerts"])]
    pub(crate) feeds: Option<Vec<String>>,
    /// Which items are told, in the form of the filters of a feed.
    pub(crate) filter: Option<Vec<RawFilter>>,
    /// If a run finds at least this many new items, one message tells all of them; else each has its own. Default 3;
    /// 1 to 1000.
    #[schemars(example = 3)]
    pub(crate) summary_from: Option<usize>,
    /// Times of day at which all is told together, such as `"08:00"`. Default: at once.
    #[schemars(example = &"08:00")]
    pub(crate) at: Option<RawTimes>,
    /// Hours in which nothing is told; what happens is told at their end.
    #[schemars(example = &"22:00-07:00")]
    pub(crate) quiet: Option<String>,
    /// Zone of these times. Default `UTC`.
    #[schemars(example = &"Europe/Berlin")]
    pub(crate) timezone: Option<String>,
    /// The most messages within an hour; further events are told in one message. 1 to 10000. Default: no bound.
    #[schemars(example = 20)]
    pub(crate) most_per_hour: Option<usize>,
    /// A template of the title, in the language of Jinja.
    #[schemars(example = &"{{ feed.title }}: {{ title }}")]
    pub(crate) title: Option<String>,
    /// A template of the body.
    #[schemars(example = &"{% for item in items %}{{ item.title }}{% endfor %}")]
    pub(crate) body: Option<String>,
    /// Private addresses that may be reached: `10.0.0.7`, `127.0.0.1:8000`, `10.0.0.0/8`.
    #[schemars(example = ["127.0.0.1:8000"])]
    pub(crate) allow_addresses: Option<Vec<String>>,
    /// Whether all private addresses may be reached. Default `false`.
    #[schemars(example = true)]
    pub(crate) allow_private: Option<bool>,
    /// Whether `command` may start a program. Default `false`.
    #[schemars(example = true)]
    pub(crate) allow_commands: Option<bool>,
    /// The target as an address in the forms of Apprise, such as `ntfy://topic`.
    pub(crate) url: Option<RawSecret>,
    /// An HTTP request with the message as JSON, signed as Standard Webhooks says.
    pub(crate) webhook: Option<RawService>,
    /// Mail by SMTP.
    pub(crate) mail: Option<RawService>,
    /// A topic of ntfy.
    pub(crate) ntfy: Option<RawService>,
    /// A server of Gotify.
    pub(crate) gotify: Option<RawService>,
    /// An incoming webhook of Slack.
    pub(crate) slack: Option<RawService>,
    /// A webhook of Discord.
    pub(crate) discord: Option<RawService>,
    /// A webhook of a workflow of Microsoft Teams.
    pub(crate) teams: Option<RawService>,
    /// An incoming webhook of Mattermost.
    pub(crate) mattermost: Option<RawService>,
    /// A room of Matrix.
    pub(crate) matrix: Option<RawService>,
    /// A chat of Telegram.
    pub(crate) telegram: Option<RawService>,
    /// A user of Pushover.
    pub(crate) pushover: Option<RawService>,
    /// Numbers of Signal, by a server of signal-cli.
    pub(crate) signal: Option<RawService>,
    /// A service of `PagerDuty`.
    pub(crate) pagerduty: Option<RawService>,
    /// A server of Alertmanager.
    pub(crate) alertmanager: Option<RawService>,
    /// A topic of an MQTT broker.
    pub(crate) mqtt: Option<RawService>,
    /// A webhook of Home Assistant.
    pub(crate) home_assistant: Option<RawService>,
    /// A server of Apprise.
    pub(crate) apprise: Option<RawService>,
    /// A program of this machine, with the message as JSON on its standard input.
    pub(crate) command: Option<RawService>,
}

impl RawNotify {
    /// The services that are written, under their names.
    pub(crate) fn services(&self) -> Vec<(&'static str, &RawService)> {
        macro_rules! written {
            ($($name:ident),*) => { [$((stringify!($name), self.$name.as_ref())),*] };
        }
        let all = written!(
            webhook,
            mail,
            ntfy,
            gotify,
            slack,
            discord,
            teams,
            mattermost,
            matrix,
            telegram,
            pushover,
            signal,
            pagerduty,
            alertmanager,
            mqtt,
            home_assistant,
            apprise,
            command
        );
        all.into_iter().filter_map(|(name, service)| service.map(|service| (name, service))).collect()
    }
}

/// One time of day, or several.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a time of day such as \"08:00\", or a list of them")]
#[schemars(rename = "Times", example = &"08:00")]
pub(crate) enum RawTimes {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

/// The settings of a service.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(rename = "Service", example = serde_json::json!({ "server": "https://ntfy.example.org", "topic": "tides" }))]
pub(crate) struct RawService(pub(crate) BTreeMap<String, RawSetting>);

/// The value of a setting of a service.
#[derive(Clone, JsonSchema)]
#[schemars(untagged)]
#[schemars(rename = "Setting", example = &"tides")]
pub(crate) enum RawSetting {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Number(u64),
    /// A text.
    Text(String),
    /// Texts.
    Texts(Vec<String>),
    /// Names with texts; or where a secret is kept.
    Table(BTreeMap<String, RawSecret>),
}

/// A setting may be a secret: its value is not shown.
impl fmt::Debug for RawSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[setting]")
    }
}

impl<'de> Deserialize<'de> for RawSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SettingVisitor;
        impl<'de> Visitor<'de> for SettingVisitor {
            type Value = RawSetting;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a whole number, true, false, a list of texts, { env = \"NAME\" } or { file = \"path\" }")
            }
            fn visit_bool<E>(self, flag: bool) -> Result<RawSetting, E> {
                Ok(RawSetting::Flag(flag))
            }
            fn visit_u64<E>(self, number: u64) -> Result<RawSetting, E> {
                Ok(RawSetting::Number(number))
            }
            fn visit_i64<E>(self, number: i64) -> Result<RawSetting, E> {
                // Numbers of chats are negative, and are sent as texts.
                Ok(u64::try_from(number)
                    .map_or_else(|_| RawSetting::Text(number.to_string()), RawSetting::Number))
            }
            fn visit_str<E>(self, text: &str) -> Result<RawSetting, E> {
                Ok(RawSetting::Text(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<RawSetting, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(RawSetting::Texts)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawSetting, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(RawSetting::Table)
            }
        }
        deserializer.deserialize_any(SettingVisitor)
    }
}
