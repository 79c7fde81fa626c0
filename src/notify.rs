//! Notifications: which events a rule tells, the messages that are made of them, and the form in which each service
//! takes a message. Pure: `delivery` sends them.

mod compose;
mod cut;
mod example;
mod message;
mod outgoing;
mod part;
mod rule;
mod service;
mod settings;
mod template;
mod timing;
mod url_form;
mod web;
mod words;

pub use compose::{Composer, FeedWords, KnownPart, PartItem, short_summary};
pub use cut::{LengthUnit, cut};
pub use example::mistake_of_templates;
pub use message::{Incident, Message, MessageFeed, MessageItem, Priority};
pub use outgoing::{
    CommandCall, HttpAnswer, HttpRequest, MailEncryption, MailServer, MqttPublication, Outgoing,
    OutgoingMail, SendVerdict,
};
pub use part::{ItemName, MessageContent, Part};
pub use rule::{Rule, Told};
pub use service::{Service, ServiceKind};
pub use settings::{SettingKind, SettingMistake, SettingSpec, SettingValue, Settings};
pub use template::{MessageTemplate, TemplateError};
pub use timing::{Due, HoldReason, QuietHours, RuleTiming};
pub use url_form::service_of;
pub use words::{alarm_body, alarm_title};
