//! A webhook: the message for programs as JSON, signed by the Standard Webhooks specification (version 1.0.0,
//! "Signature scheme" and "Webhook headers").

use http::{HeaderName, HeaderValue};
use url::Url;

use crate::digest;
use crate::model::Secret;
use crate::notify::message::Message;
use crate::notify::outgoing::HttpRequest;
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings, both, print_name_only};

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "url",
        kind: SettingKind::Address,
        required: true,
        words: "The address that gets the message as JSON.",
    },
    SettingSpec {
        name: "secret",
        kind: SettingKind::Secret,
        required: false,
        words: "Key of the signature: `whsec_` and 24 to 64 bytes in base64.",
    },
    SettingSpec {
        name: "headers",
        kind: SettingKind::Table,
        required: false,
        words: "Headers that are sent along.",
    },
];

/// A key begins with this, so that it is told from other secrets.
const KEY_PREFIX: &str = "whsec_";
/// Bytes of a key.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Headers of the connection and of the body's frame: what a user wrote there would break the request.
const RESERVED: [&str; 7] =
    ["connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade"];

/// A program elsewhere that takes messages.
#[derive(Clone)]
pub struct Webhook {
    url: Url,
    /// The key of the signature.
    key: Option<Vec<u8>>,
    /// Names in small letters.
    headers: Vec<(String, Secret)>,
}

print_name_only!(Webhook);

impl Webhook {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let key = settings.text("secret").map(key_of).transpose();
        let ((url, key), headers) = both(both(settings.needed_address("url"), key), headers_of(settings))?;
        let has_login = !url.username().is_empty() || url.password().is_some();
        if has_login && headers.iter().any(|(name, _)| name == "authorization") {
            let hint = "remove the header, or what stands before `@` in `url`";
            let message = "`url` and the header `authorization` are two logins";
            return Err(SettingMistake::new("headers", message, hint));
        }
        Ok(Self { url, key, headers })
    }

    /// The request of a message. `now_s` is the time of this try in seconds since 1970.
    #[must_use]
    pub fn request(&self, message: &Message, now_s: i64) -> HttpRequest {
        let mut request = HttpRequest::json(self.url.clone(), &message.data);
        for (name, value) in &self.headers {
            request.headers.retain(|(other, _)| other != name);
            request = request.with_header(name, value.expose().to_owned());
        }
        let signature = self.key.as_ref().map(|key| signature(key, &message.id, now_s, &request.body));
        let request = request
            .with_header("webhook-id", message.id.clone())
            .with_header("webhook-timestamp", now_s.to_string());
        match signature {
            Some(signature) => request.with_header("webhook-signature", signature),
            None => request,
        }
    }
}

/// The value of `webhook-signature`. The time is signed too, so that an old request cannot be sent again.
fn signature(key: &[u8], id: &str, now_s: i64, body: &[u8]) -> String {
    let mut signed = format!("{id}.{now_s}.").into_bytes();
    signed.extend_from_slice(body);
    format!("v1,{}", digest::to_base64(&digest::hmac_sha256(key, &signed)))
}

fn key_of(text: &str) -> Result<Vec<u8>, SettingMistake> {
    let key = text.strip_prefix(KEY_PREFIX).and_then(digest::from_base64);
    key.filter(|key| KEY_BYTES.contains(&key.len())).ok_or_else(|| {
        let hint = "write whsec_ and 24 to 64 random bytes in base64; `openssl rand -base64 32` makes some";
        SettingMistake::new("secret", "`secret` is no key of a webhook", hint)
    })
}

/// Headers with their names in small letters. Of two with one name, only one could be sent.
fn headers_of(settings: &Settings) -> Result<Vec<(String, Secret)>, SettingMistake> {
    let mut headers: Vec<(String, Secret)> = Vec::new();
    for header in settings.table("headers") {
        let (name, value) = checked_header(header)?;
        if headers.iter().any(|(other, _)| *other == name) {
            let hint = "remove one of them: capital letters make no other header";
            return Err(SettingMistake::new("headers", format!("the header `{name}` is given twice"), hint));
        }
        headers.push((name, value));
    }
    Ok(headers)
}

fn checked_header((name, value): (String, Secret)) -> Result<(String, Secret), SettingMistake> {
    let Ok(known) = HeaderName::from_bytes(name.trim().as_bytes()) else {
        let hint = "a name has letters of ASCII, digits and `-`";
        return Err(SettingMistake::new("headers", format!("`{name}` is no name of a header"), hint));
    };
    let name = known.as_str().to_owned();
    if name.starts_with("webhook-") || RESERVED.contains(&name.as_str()) {
        let hint = "remove it: feedbridge sets it itself";
        return Err(SettingMistake::new("headers", format!("the header `{name}` cannot be set"), hint));
    }
    if HeaderValue::from_str(value.expose()).is_err() {
        let hint = "write one line of visible characters of ASCII";
        return Err(SettingMistake::new("headers", format!("the header `{name}` has no usable value"), hint));
    }
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::EventKind;
    use crate::notify::service::examples::{self, settings_of, table};

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const NOW_S: i64 = 1_614_265_330;

    fn news() -> Message {
        let data = json!({ "type": "items.new" });
        Message { data, ..examples::message(EventKind::Item, "Low tide", "") }
    }

    fn settings(secret: Option<&str>, headers: &[(&str, &str)]) -> Settings {
        let mut settings = settings_of(&[("url", "https://hooks.example.org/in?key=hush")]);
        if let Some(secret) = secret {
            settings.set_text("secret", secret);
        }
        settings.set("headers", table(headers));
        settings
    }

    fn headers(request: &HttpRequest) -> Vec<(&str, &str)> {
        request.headers.iter().map(|(name, value)| (name.as_str(), value.expose())).collect()
    }

    #[test]
    fn a_request_is_signed() {
        let webhook = Webhook::of(&settings(Some(SECRET), &[("X-Harbour", "north")])).expect("a target");
        let request = webhook.request(&news(), NOW_S);
        assert_eq!(request.body, br#"{"type":"items.new"}"#);
        assert_eq!(
            headers(&request),
            [
                ("content-type", "application/json"),
                ("x-harbour", "north"),
                ("webhook-id", "msg_1"),
                ("webhook-timestamp", "1614265330"),
                ("webhook-signature", "v1,G6h8crjEZSr86+Ay97wZ3keSwvqADsiOJ0R+imdKKlw="),
            ]
        );
    }

    #[test]
    fn the_signature_is_that_of_other_implementations() {
        let key = key_of(SECRET).expect("a key");
        let signed = signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", NOW_S, br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn without_a_secret_there_is_no_signature() {
        let headers_given = [("Content-Type", "application/cloudevents+json")];
        let webhook = Webhook::of(&settings(None, &headers_given)).expect("a target");
        let request = webhook.request(&news(), NOW_S);
        let names: Vec<&str> = headers(&request).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["content-type", "webhook-id", "webhook-timestamp"]);
        assert_eq!(headers(&request)[0].1, "application/cloudevents+json");
    }

    #[test]
    fn secrets_are_not_printed() {
        let webhook = Webhook::of(&settings(Some(SECRET), &[])).expect("a target");
        assert_eq!(format!("{webhook:?}"), "Webhook { .. }");
    }

    #[test]
    fn mistakes_are_told() {
        let mistake = |settings: &Settings| Webhook::of(settings).expect_err("a mistake").message;
        assert_eq!(mistake(&Settings::default()), "`url` is missing");
        let long = format!("whsec_{}", "A".repeat(88));
        for secret in
            ["hush", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_%%%%", long.as_str()]
        {
            assert_eq!(mistake(&settings(Some(secret), &[])), "`secret` is no key of a webhook");
        }
        for name in ["Webhook-Id", "HOST", "Content-Length", "Transfer-Encoding"] {
            let told = mistake(&settings(None, &[(name, "x")]));
            assert_eq!(told, format!("the header `{}` cannot be set", name.to_lowercase()));
        }
        assert_eq!(mistake(&settings(None, &[("a b", "x")])), "`a b` is no name of a header");
        let told = mistake(&settings(None, &[("x-a", "1\r\nx-b: 2")]));
        assert_eq!(told, "the header `x-a` has no usable value");
        let told = mistake(&settings(None, &[("X-A", "1"), ("x-a", "2")]));
        assert_eq!(told, "the header `x-a` is given twice");
        let mut login = settings(None, &[("Authorization", "Bearer t")]);
        login.set_text("url", "https://ada:hush@hooks.example.org/in");
        assert_eq!(mistake(&login), "`url` and the header `authorization` are two logins");
    }
}
