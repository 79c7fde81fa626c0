//! MQTT: the message for programs as JSON, published to a topic of a broker (OASIS, "MQTT Version 3.1.1").

use crate::model::Secret;
use crate::notify::message::Message;
use crate::notify::outgoing::MqttPublication;
use crate::notify::settings::{
    PASSWORD, SettingKind, SettingMistake, SettingSpec, Settings, USER, both, print_name_only,
};

use super::mail::host_and_port;

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "server",
        kind: SettingKind::Text,
        required: true,
        words: "The broker: `mqtt://host`, or `mqtts://host` with encryption; perhaps with a port.",
    },
    SettingSpec { name: "topic", kind: SettingKind::Text, required: true, words: "The topic." },
    USER,
    PASSWORD,
    SettingSpec {
        name: "retain",
        kind: SettingKind::Flag,
        required: false,
        words: "Whether the broker keeps the latest message for later subscribers. Default false.",
    },
];

/// The usual port of a broker without encryption, and the one with it.
const PLAIN_PORT: u16 = 1883;
const TLS_PORT: u16 = 8883;
/// Most bytes of a topic, a name and a password (section 1.5.3).
const MAX_STRING: usize = 65_535;

/// A topic of a broker.
#[derive(Clone)]
pub struct MqttTarget {
    host: String,
    port: u16,
    tls: bool,
    login: Option<(String, Secret)>,
    topic: String,
    retain: bool,
}

print_name_only!(MqttTarget);

impl MqttTarget {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let texts = both(login_of(settings), topic_of(settings));
        let ((host, port, tls), (login, topic)) = both(broker_of(settings), texts)?;
        Ok(Self { host, port, tls, login, topic, retain: settings.flag("retain") })
    }

    /// Advice about settings that are probably not as they are meant.
    #[must_use]
    pub fn doubt(&self) -> Option<SettingMistake> {
        let (meant, scheme) = match (self.tls, self.port) {
            (false, TLS_PORT) => ("with", "mqtts"),
            (true, PLAIN_PORT) => ("without", "mqtt"),
            _ => return None,
        };
        let message = format!("port {} is the usual one {meant} encryption", self.port);
        Some(SettingMistake::new(
            "server",
            message,
            format!("write server = \"{scheme}://…\", or another port"),
        ))
    }

    /// The publication of a message.
    #[must_use]
    pub fn publication(&self, message: &Message) -> MqttPublication {
        MqttPublication {
            host: self.host.clone(),
            port: self.port,
            tls: self.tls,
            login: self.login.clone(),
            topic: self.topic.clone(),
            retain: self.retain,
            payload: message.data.to_string().into_bytes(),
        }
    }
}

/// Host and port of the broker, and whether it is spoken to by TLS.
fn broker_of(settings: &Settings) -> Result<(String, u16, bool), SettingMistake> {
    let server = settings.needed("server")?;
    let (tls, usual_port, rest) = match server.split_once("://") {
        Some(("mqtts", rest)) => (true, TLS_PORT, rest),
        Some(("mqtt", rest)) => (false, PLAIN_PORT, rest),
        _ => (false, PLAIN_PORT, server.as_str()),
    };
    let Some((host, port)) = host_and_port(rest.strip_suffix('/').unwrap_or(rest)) else {
        let hint = "write server = \"mqtts://broker.example.org\"; a login goes into `user` and `password`";
        return Err(SettingMistake::new("server", "`server` is no address of a broker", hint));
    };
    Ok((host, port.unwrap_or(usual_port), tls))
}

/// Name and password; the password may be missing, the name may not (section 3.1.2.9).
fn login_of(settings: &Settings) -> Result<Option<(String, Secret)>, SettingMistake> {
    let password = settings.secret("password");
    let Some(user) = settings.text("user") else {
        let hint = "write user = \"…\", or remove `password`";
        let mistake = SettingMistake::new("user", "`password` is given without `user`", hint);
        return if password.is_some() { Err(mistake) } else { Ok(None) };
    };
    let password = password.unwrap_or_else(|| Secret::new(String::new()));
    for (name, text) in [("user", user), ("password", password.expose())] {
        if text.len() > MAX_STRING {
            let hint = "MQTT carries at most 65535 bytes";
            return Err(SettingMistake::new(name, format!("`{name}` is too long"), hint));
        }
    }
    Ok(Some((user.to_owned(), password)))
}

fn topic_of(settings: &Settings) -> Result<String, SettingMistake> {
    let topic = settings.needed("topic")?;
    if topic.contains(['+', '#']) {
        let hint = "name one topic: `+` and `#` are for subscribers";
        return Err(SettingMistake::new("topic", "`topic` is a pattern of topics", hint));
    }
    if topic.len() > MAX_STRING || topic.contains(char::is_control) {
        let hint = "a topic has at most 65535 bytes and no control characters";
        return Err(SettingMistake::new("topic", "`topic` is no name of a topic", hint));
    }
    Ok(topic)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::EventKind;
    use crate::notify::service::examples::{message, settings_of};
    use crate::notify::settings::SettingValue;

    fn target(pairs: &[(&str, &str)]) -> Result<MqttTarget, SettingMistake> {
        let usual = [("server", "broker.example.org"), ("topic", "harbour/news")];
        let mut settings = settings_of(&[&usual[..], pairs].concat());
        settings.set("retain", SettingValue::Flag(true));
        MqttTarget::of(&settings)
    }

    #[test]
    fn a_message_is_published() {
        let data = json!({ "type": "item" });
        let message = Message { data, ..message(EventKind::Item, "Low tide", "") };
        let sent = target(&[("user", "ada")]).expect("a target").publication(&message);
        assert_eq!((sent.host.as_str(), sent.port, sent.tls), ("broker.example.org", 1883, false));
        assert_eq!((sent.topic.as_str(), sent.retain), ("harbour/news", true));
        assert_eq!(sent.payload, br#"{"type":"item"}"#);
        let (user, password) = sent.login.expect("a login");
        assert_eq!((user.as_str(), password.expose()), ("ada", ""));
    }

    #[test]
    fn servers_are_read() {
        let server = |text: &str| {
            let target = target(&[("server", text)]).expect("a target");
            (target.host, target.port, target.tls)
        };
        assert_eq!(server("mqtt://a.example"), ("a.example".to_owned(), 1883, false));
        assert_eq!(server("mqtts://a.example/"), ("a.example".to_owned(), 8883, true));
        assert_eq!(server("mqtts://[::1]:1"), ("::1".to_owned(), 1, true));
        assert_eq!(server("192.0.2.1:99"), ("192.0.2.1".to_owned(), 99, false));
    }

    #[test]
    fn a_port_of_the_other_scheme_is_doubted() {
        let doubt = |server: &str| target(&[("server", server)]).expect("a target").doubt();
        assert!(doubt("mqtt://a.example").is_none() && doubt("mqtts://a.example:8884").is_none());
        let plain = doubt("mqtt://a.example:8883").expect("a doubt");
        assert_eq!(plain.message, "port 8883 is the usual one with encryption");
        let secure = doubt("mqtts://a.example:1883").expect("a doubt");
        assert_eq!(secure.message, "port 1883 is the usual one without encryption");
    }

    #[test]
    fn mistakes_are_told() {
        let mistake = |pairs: &[(&str, &str)]| target(pairs).expect_err("a mistake").setting;
        for server in ["", "http://a.example", "mqtt://user:hush@a.example", "mqtt://a.example/topic"] {
            assert_eq!(mistake(&[("server", server)]), "server", "{server}");
        }
        for topic in ["", "harbour/+", "harbour/#", "har\u{0}bour"] {
            assert_eq!(mistake(&[("topic", topic)]), "topic", "{topic:?}");
        }
        assert_eq!(mistake(&[("password", "hush")]), "user");
        let long = "a".repeat(65_536);
        assert_eq!(mistake(&[("user", "ada"), ("password", long.as_str())]), "password");
    }
}
