//! The services that take messages: their settings, and the form of a message for each.

mod alertmanager;
mod apprise;
mod command;
mod discord;
#[cfg(test)]
mod examples;
mod gotify;
mod home_assistant;
mod mail;
mod markup;
mod matrix;
mod mattermost;
mod mqtt;
mod ntfy;
mod pagerduty;
mod pushover;
mod signal;
mod slack;
mod teams;
mod telegram;
mod webhook;

use super::message::Message;
use super::outgoing::{HttpAnswer, Outgoing, SendVerdict, verdict_in_words};
use super::settings::{SettingMistake, SettingSpec, Settings};

/// A service with its settings.
#[derive(Debug, Clone)]
pub enum Service {
    /// Alertmanager.
    Alertmanager(alertmanager::Alertmanager),
    /// A server of Apprise.
    Apprise(apprise::AppriseServer),
    /// A program of this machine.
    Command(command::CommandTarget),
    /// Discord.
    Discord(discord::Discord),
    /// Gotify.
    Gotify(gotify::Gotify),
    /// Home Assistant.
    HomeAssistant(home_assistant::HomeAssistant),
    /// Mail.
    Mail(Box<mail::MailTarget>),
    /// Matrix.
    Matrix(matrix::Matrix),
    /// Mattermost.
    Mattermost(mattermost::Mattermost),
    /// A broker of MQTT.
    Mqtt(Box<mqtt::MqttTarget>),
    /// ntfy.
    Ntfy(ntfy::Ntfy),
    /// `PagerDuty`.
    PagerDuty(pagerduty::PagerDuty),
    /// Pushover.
    Pushover(pushover::Pushover),
    /// Signal.
    Signal(signal::SignalServer),
    /// Slack.
    Slack(slack::Slack),
    /// Microsoft Teams.
    Teams(teams::Teams),
    /// Telegram.
    Telegram(telegram::Telegram),
    /// A webhook.
    Webhook(webhook::Webhook),
}

/// A kind of service: its key in feeds.toml, and its settings.
#[derive(Debug)]
pub struct ServiceKind {
    /// The key.
    pub name: &'static str,
    /// The settings that it takes.
    pub settings: &'static [SettingSpec],
    /// Makes the service of its settings.
    make: fn(&Settings) -> Result<Service, SettingMistake>,
}

impl ServiceKind {
    /// All kinds, by their names.
    pub const ALL: &'static [Self] = &[
        Self::new("alertmanager", alertmanager::SETTINGS, |s| {
            alertmanager::Alertmanager::of(s).map(Service::Alertmanager)
        }),
        Self::new("apprise", apprise::SETTINGS, |s| apprise::AppriseServer::of(s).map(Service::Apprise)),
        Self::new("command", command::SETTINGS, |s| command::CommandTarget::of(s).map(Service::Command)),
        Self::new("discord", discord::SETTINGS, |s| discord::Discord::of(s).map(Service::Discord)),
        Self::new("gotify", gotify::SETTINGS, |s| gotify::Gotify::of(s).map(Service::Gotify)),
        Self::new("home_assistant", home_assistant::SETTINGS, |s| {
            home_assistant::HomeAssistant::of(s).map(Service::HomeAssistant)
        }),
        Self::new("mail", mail::SETTINGS, |s| mail::MailTarget::of(s).map(Box::new).map(Service::Mail)),
        Self::new("matrix", matrix::SETTINGS, |s| matrix::Matrix::of(s).map(Service::Matrix)),
        Self::new("mattermost", mattermost::SETTINGS, |s| {
            mattermost::Mattermost::of(s).map(Service::Mattermost)
        }),
        Self::new("mqtt", mqtt::SETTINGS, |s| mqtt::MqttTarget::of(s).map(Box::new).map(Service::Mqtt)),
        Self::new("ntfy", ntfy::SETTINGS, |s| ntfy::Ntfy::of(s).map(Service::Ntfy)),
        Self::new("pagerduty", pagerduty::SETTINGS, |s| pagerduty::PagerDuty::of(s).map(Service::PagerDuty)),
        Self::new("pushover", pushover::SETTINGS, |s| pushover::Pushover::of(s).map(Service::Pushover)),
        Self::new("signal", signal::SETTINGS, |s| signal::SignalServer::of(s).map(Service::Signal)),
        Self::new("slack", slack::SETTINGS, |s| slack::Slack::of(s).map(Service::Slack)),
        Self::new("teams", teams::SETTINGS, |s| teams::Teams::of(s).map(Service::Teams)),
        Self::new("telegram", telegram::SETTINGS, |s| telegram::Telegram::of(s).map(Service::Telegram)),
        Self::new("webhook", webhook::SETTINGS, |s| webhook::Webhook::of(s).map(Service::Webhook)),
    ];

    const fn new(
        name: &'static str,
        settings: &'static [SettingSpec],
        make: fn(&Settings) -> Result<Service, SettingMistake>,
    ) -> Self {
        Self { name, settings, make }
    }

    /// The kind with this name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|kind| kind.name == name)
    }

    /// The service of these settings.
    ///
    /// # Errors
    /// When a setting is missing, or cannot be used.
    pub fn make(&self, settings: &Settings) -> Result<Service, SettingMistake> {
        (self.make)(settings)
    }
}

impl Service {
    /// The form of a message that the service takes. `now_s` is the time of the try, in seconds since 1970.
    #[must_use]
    pub fn outgoing(&self, message: &Message, now_s: i64) -> Outgoing {
        let request = match self {
            Self::Command(command) => return Outgoing::Command(command.call(message)),
            Self::Mail(mail) => return Outgoing::Mail(Box::new(mail.mail(message))),
            Self::Mqtt(mqtt) => return Outgoing::Mqtt(Box::new(mqtt.publication(message))),
            Self::Alertmanager(own) => own.request(message),
            Self::Apprise(own) => own.request(message),
            Self::Discord(own) => own.request(message),
            Self::Gotify(own) => own.request(message),
            Self::HomeAssistant(own) => own.request(message),
            Self::Matrix(own) => own.request(message),
            Self::Mattermost(own) => own.request(message),
            Self::Ntfy(own) => own.request(message),
            Self::PagerDuty(own) => own.request(message),
            Self::Pushover(own) => own.request(message),
            Self::Signal(own) => own.request(message),
            Self::Slack(own) => own.request(message),
            Self::Teams(own) => own.request(message),
            Self::Telegram(own) => own.request(message),
            Self::Webhook(own) => own.request(message, now_s),
        };
        Outgoing::Http(request)
    }

    /// Whether the service has incidents, which a trouble opens and its end closes.
    #[must_use]
    pub const fn has_incidents(&self) -> bool {
        matches!(self, Self::Alertmanager(_) | Self::PagerDuty(_))
    }

    /// Decides by the service's answer whether the message was sent, is tried again, or is given up.
    #[must_use]
    pub fn verdict(&self, answer: HttpAnswer<'_>) -> SendVerdict {
        match self {
            Self::Apprise(_) => apprise::AppriseServer::verdict(answer),
            Self::Discord(_) => discord::Discord::verdict(answer),
            Self::Matrix(_) => matrix::Matrix::verdict(answer),
            Self::Pushover(_) => pushover::Pushover::verdict(answer),
            Self::Signal(_) => signal::SignalServer::verdict(answer),
            Self::Teams(_) => teams::Teams::verdict(answer),
            Self::Telegram(_) => telegram::Telegram::verdict(answer),
            _ => verdict_in_words(answer),
        }
    }
}
