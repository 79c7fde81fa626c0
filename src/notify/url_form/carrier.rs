//! Addresses of mail, of brokers for MQTT, of plain webhooks and of servers of Apprise (Apprise's
//! documentation, "E-Mail", "MQTT", "JSON" and "Apprise API").

use super::address::{FormAddress, FormTarget, decoded, is_yes, listed};
use crate::digest;
use crate::model::Secret;
use crate::notify::settings::{SettingMistake, SettingValue, Settings};

/// The only provider here whose logins are names without the domain.
const YANDEX: &str = "smtp.yandex.ru";

/// `mailtos://user:password@host/receiver?smtp=&from=&name=&to=&mode=`.
pub(super) fn mail(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let user = form.user.take();
    let password = form.password.take();
    let own_domain =
        user.as_deref().and_then(|user| user.split_once('@')).map(|(_, domain)| domain.to_owned());
    let host = mail_host(form);
    let domain = if host.is_empty() { own_domain.unwrap_or_default() } else { host };
    let smtp = form.take("smtp");
    let provider = if smtp.is_some() { None } else { provider(&domain) };
    let mode = form.take("mode");
    let names_mode = mode.is_some();
    let encryption = encryption(form, mode, provider)?;
    let address = mailbox(user.as_deref(), &domain);
    let (from, from_address) = sender(form, address.as_deref())?;
    let mut settings = Settings::default();
    let server = smtp.or(provider.map(|(server, _)| server.to_owned())).unwrap_or(domain);
    let server_and_port = form.with_port(&server)?;
    // A server on this port speaks nothing but TLS.
    let is_tls_port = form.is_secure() && !names_mode && server_and_port.ends_with(":465");
    settings.set_text("encryption", if is_tls_port { "tls" } else { encryption });
    settings.set_text("server", server_and_port);
    settings.set("to", SettingValue::Texts(mail_receivers(form, from_address)));
    settings.set_text("from", from);
    let Some(password) = password else { return Ok(("mail", settings)) };
    if encryption == "none" {
        let hint = "write mailtos:// instead of mailto://, perhaps with ?mode=ssl for a server on port 465";
        return Err(form.mistake("would send its password unencrypted", hint));
    }
    let user = user.ok_or_else(|| form.missing("user"))?;
    let is_whole = provider.is_some() && server != YANDEX;
    settings.set_text("user", if is_whole { address.unwrap_or(user) } else { user });
    settings.set_text("password", password);
    Ok(("mail", settings))
}

/// The host without its port; empty, if a receiver stands at its place.
fn mail_host(form: &FormAddress) -> String {
    let host = form.host.rsplit_once(':').map_or(form.host.as_str(), |(host, _)| host);
    let host = decoded(host);
    if host.contains('@') { String::new() } else { host }
}

/// The address of the login: a name alone belongs to the domain.
fn mailbox(user: Option<&str>, domain: &str) -> Option<String> {
    let user = user?;
    if user.contains('@') {
        return Some(user.to_owned());
    }
    Some(format!("{user}@{domain}")).filter(|_| !domain.is_empty())
}

/// The sender with its name, and its address alone. `from` may be either.
fn sender(form: &mut FormAddress, address: Option<&str>) -> Result<(String, String), SettingMistake> {
    let from = form.take("from");
    let mut name = form.take("name");
    let address = match from {
        Some(from) if from.contains('<') => {
            let bare = from.split(['<', '>']).nth(1).unwrap_or_default().trim().to_owned();
            return Ok((from, bare));
        }
        Some(from) if from.contains('@') => Some(from),
        Some(from) => {
            name = Some(from);
            address.map(str::to_owned)
        }
        None => address.map(str::to_owned),
    };
    let address = address.ok_or_else(|| form.missing("sender"))?;
    let shown =
        name.map_or_else(|| address.clone(), |name| format!("{} <{address}>", name.replace(['<', '>'], "")));
    Ok((shown, address))
}

/// The receivers of a mail; without any, it goes to its sender.
fn mail_receivers(form: &mut FormAddress, sender: String) -> Vec<String> {
    let mut texts = form.segments();
    texts.extend(Some(form.host_text()).filter(|host| host.contains('@')));
    texts.extend(form.take("to"));
    let entries = texts.iter().flat_map(|text| text.split([',', ';'])).map(str::trim);
    let all: Vec<String> = entries.filter(|entry| !entry.is_empty()).map(str::to_owned).collect();
    if all.is_empty() { vec![sender] } else { all }
}

/// The setting `encryption`.
fn encryption(
    form: &FormAddress,
    mode: Option<String>,
    provider: Option<Provider>,
) -> Result<&'static str, SettingMistake> {
    match (mode.map(|mode| mode.to_ascii_lowercase()).as_deref(), provider) {
        (Some("starttls"), _) => Ok("starttls"),
        (Some("ssl"), _) => Ok("tls"),
        (Some("insecure"), _) => Ok("none"),
        (Some(_), _) => Err(form.mistake("has an unknown `mode`", "write starttls, ssl or insecure")),
        (None, Some((_, encryption))) => Ok(encryption),
        (None, None) => Ok(if form.is_secure() { "starttls" } else { "none" }),
    }
}

/// The server for mail of a large provider, and its encryption.
type Provider = (&'static str, &'static str);

/// The provider of a domain, whose server for mail has another name than the domain.
fn provider(domain: &str) -> Option<Provider> {
    let domain = domain.to_ascii_lowercase();
    Some(match domain.as_str() {
        "163.com" => ("smtp.163.com", "tls"),
        "comcast.net" => ("smtp.comcast.net", "tls"),
        "fastmail.com" | "fastmail.fm" => ("smtp.fastmail.com", "tls"),
        "foxmail.com" | "qq.com" => ("smtp.qq.com", "starttls"),
        "gmail.com" => ("smtp.gmail.com", "starttls"),
        "gmx.com" | "gmx.net" | "gmx.de" | "gmx.at" | "gmx.ch" | "gmx.fr" => ("mail.gmx.com", "starttls"),
        "hotmail.com" | "live.com" => ("smtp-mail.outlook.com", "starttls"),
        "office365.com" => ("smtp.office365.com", "starttls"),
        "outlook.com" => ("smtp.outlook.com", "starttls"),
        "yahoo.ca" | "yahoo.com" => ("smtp.mail.yahoo.com", "tls"),
        "zoho.com" | "zohomail.com" => ("smtp.zoho.com", "starttls"),
        _ if domain.starts_with("yandex.") => (YANDEX, "tls"),
        _ => return None,
    })
}

/// `mqtts://user:password@host/topic`.
pub(super) fn mqtt(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let mut topics = listed(decoded(&form.path).trim_matches('/'));
    topics.extend(form.take_list("to"));
    let mut settings = Settings::default();
    settings.set_text("topic", form.only("topic", topics)?);
    settings.set_text("server", format!("{}://{}", form.scheme(), form.host_and_port()?));
    if let Some(retain) = form.take("retain") {
        settings.set("retain", SettingValue::Flag(is_yes(&retain)));
    }
    form.set_login("mqtt", &mut settings);
    Ok(("mqtt", settings))
}

/// `jsons://user:password@host/path?+Header=value&-parameter=value`: a webhook without a signature.
pub(super) fn json(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let mut url = form.server(&[])?;
    url.set_path(&form.path.replace('#', "%23"));
    let parameters = form.take_marked('-');
    if !parameters.is_empty() {
        url.query_pairs_mut().extend_pairs(parameters);
    }
    let mut headers = form.take_marked('+');
    if let Some(user) = form.user.take() {
        let login = format!("{user}:{}", form.password.take().unwrap_or_default());
        headers.push(("authorization".to_owned(), format!("Basic {}", digest::to_base64(login.as_bytes()))));
    }
    let mut settings = Settings::default();
    settings.set_text("url", url);
    if !headers.is_empty() {
        let headers = headers.into_iter().map(|(name, value)| (name, Secret::new(value))).collect();
        settings.set("headers", SettingValue::Table(headers));
    }
    Ok(("webhook", settings))
}

/// `apprises://host/path/key?tags=`. `version` says whether Apprise sends the key in the path or in a header;
/// all servers take it in the path.
pub(super) fn apprise(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let (key, path) = match form.take_any(&["token", "to"]) {
        Some(key) => (key, form.segments()),
        None => form.last_segment("key")?,
    };
    let mut settings = Settings::default();
    settings.set_text("server", form.server(&path)?);
    settings.set_text("key", key);
    form.take_any(&["version", "v"]);
    let tags = form.take_list("tags");
    if !tags.is_empty() {
        settings.set("tags", SettingValue::Texts(tags));
    }
    form.set_login("apprise", &mut settings);
    Ok(("apprise", settings))
}
