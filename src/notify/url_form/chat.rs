//! Addresses of chats (Apprise's documentation, "Slack", "Discord", "Microsoft Power Automate / Workflows",
//! "Mattermost", "Matrix" and "Telegram").

use url::Url;

use super::address::{FormAddress, FormTarget, is_yes};
use crate::notify::settings::{SettingMistake, SettingValue, Settings};

const SLACK: &str = "https://hooks.slack.com";
const SLACK_GOV: &str = "https://hooks.slack-gov.com";
const DISCORD: &str = "https://discord.com";
/// Letters of the part of a room's id that is a hash; such ids name no server (room version 12).
const ROOM_HASH_LETTERS: usize = 43;

/// A service whose only needed setting is the address of a webhook.
pub(super) fn webhook_of(name: &'static str, url: Url) -> FormTarget {
    let mut settings = Settings::default();
    settings.set_text("url", url);
    (name, settings)
}

/// `slack://T…/B…/…`: the three parts of a webhook's address. A name of a bot before `@` has no effect on
/// webhooks of today, so that it is left out.
pub(super) fn slack(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let mode = form.take("mode").unwrap_or_default().to_ascii_lowercase();
    let parts = slack_parts(form);
    let is_bot = parts.first().is_some_and(|first| first.starts_with("xo")) || mode.starts_with('b');
    form.user = None;
    let hint = "make an incoming webhook, and write the three parts of its address: slack://T…/B…/…";
    if is_bot {
        return Err(form.mistake("holds the token of a bot, which is not supported", hint));
    }
    if mode.starts_with(['w', 't']) {
        return Err(form.mistake("is of a workflow of Slack, which is not supported", hint));
    }
    if parts.len() < 3 {
        return Err(form.mistake("has less than three parts", hint));
    }
    if parts.len() > 3 || form.take("to").is_some() {
        let hint = "remove the channel; each webhook of Slack belongs to one channel";
        return Err(form.mistake("names a channel", hint));
    }
    let origin = if mode.starts_with('g') { SLACK_GOV } else { SLACK };
    let path: Vec<String> = std::iter::once("services".to_owned()).chain(parts).collect();
    Ok(webhook_of("slack", form.address(origin, &path)?))
}

fn slack_parts(form: &mut FormAddress) -> Vec<String> {
    if let Some(token) = form.take("token") {
        let parts = token.split(['/', ',', ' ']).filter(|part| !part.is_empty());
        return parts.map(str::to_owned).collect();
    }
    let host = Some(form.host_text()).filter(|host| !host.is_empty());
    host.into_iter().chain(form.segments()).collect()
}

/// `discord://name@id/token?thread=`.
pub(super) fn discord(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let before = form.user.take();
    let name = form.take("botname").or(before);
    let token = form.only("token of a webhook", form.segments())?;
    let path = ["api".to_owned(), "webhooks".to_owned(), form.host_text(), token];
    if path[2].is_empty() {
        return Err(form.missing("id of a webhook"));
    }
    let (service, mut settings) = webhook_of("discord", form.address(DISCORD, &path)?);
    for (setting, value) in [("username", name), ("thread", form.take("thread"))] {
        if let Some(value) = value {
            settings.set_text(setting, value);
        }
    }
    Ok((service, settings))
}

/// `workflows://host/workflow/signature`: a webhook of Power Automate for Teams.
pub(super) fn workflows(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let mut rest = form.segments().into_iter();
    let workflow = form.take_any(&["workflow", "id"]).or_else(|| rest.next());
    let signature = form.take_any(&["signature", "sig"]).or_else(|| rest.next());
    let (Some(workflow), Some(signature)) = (workflow, signature) else {
        let hint = "write workflows://host/workflow/signature, or the address of the webhook as it is";
        return Err(form.mistake("lacks the workflow or its signature", hint));
    };
    let is_automate = form.take_any(&["powerautomate", "pa"]).is_some_and(|value| is_yes(&value));
    let route = form.take_any(&["route", "routeid"]);
    let path = workflow_path(is_automate, route.as_deref(), &workflow);
    let usual_version = if is_automate { "2022-03-01-preview" } else { "2016-06-01" };
    let version = form.take_any(&["api-version", "ver"]);
    let mut url = form.server_by("https", &path)?;
    url.query_pairs_mut()
        .append_pair("api-version", version.as_deref().unwrap_or(usual_version))
        .append_pair("sp", "/triggers/manual/run")
        .append_pair("sv", "1.0")
        .append_pair("sig", &signature);
    Ok(webhook_of("teams", url))
}

fn workflow_path(is_automate: bool, route: Option<&str>, workflow: &str) -> Vec<String> {
    let mut path = Vec::new();
    if is_automate {
        path.extend(["powerautomate", "automations", "direct"]);
        path.extend(route.iter().flat_map(|route| ["cu", *route]));
    }
    path.extend(["workflows", workflow, "triggers", "manual", "paths", "invoke"]);
    path.into_iter().map(str::to_owned).collect()
}

/// `mmosts://name@host/path/token?channel=`.
pub(super) fn mattermost(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let is_bot = form.take("mode").is_some_and(|mode| mode.to_ascii_lowercase().starts_with('b'));
    if is_bot || form.take("team").is_some() {
        let hint = "make an incoming webhook, and write mmosts://host/ and the last part of its address";
        return Err(form.mistake("is of a bot, which is not supported", hint));
    }
    let before = form.user.take();
    let name = form.take("botname").or(before);
    let (token, mut path) = form.last_segment("token")?;
    path.extend(["hooks".to_owned(), token]);
    let (service, mut settings) = webhook_of("mattermost", form.server(&path)?);
    let lists = ["to", "channel", "channels"].map(|list| form.take_list(list));
    let channels: Vec<String> = lists.concat();
    if !channels.is_empty() {
        let channel = form.only("channel", channels)?;
        settings.set_text("channel", channel.trim_start_matches(['#', '+']));
    }
    if let Some(name) = name {
        settings.set_text("username", name);
    }
    Ok((service, settings))
}

/// `matrixs://token@host/!room`. Apprise would ask the host for the address of its home server; here the host
/// is the home server.
pub(super) fn matrix(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let hint = "write matrixs://token@server/!room, with the access token of a user who is in the room";
    let rooms = form.receivers();
    let parameter = form.take("token");
    let mode = form.take("mode").map(|mode| mode.to_ascii_lowercase());
    let is_bridge = form.password.is_none() && rooms.is_empty() && parameter.is_none();
    if is_bridge || mode.is_some_and(|mode| mode != "off") {
        return Err(form.mistake("is of a webhook for Matrix, such as t2bot, which is not supported", hint));
    }
    let user = form.user.take();
    let password = parameter.or_else(|| form.password.take());
    let token = match (user, password) {
        (Some(token), None) | (None, Some(token)) => token,
        (None, None) => return Err(form.missing("token")),
        (Some(_), Some(_)) => {
            return Err(form.mistake("logs in with a password, which is not supported", hint));
        }
    };
    let server = form.server(&[])?;
    let needs_server = form.take("hsreq").is_none_or(|value| is_yes(&value));
    let room = form.only("room", rooms)?;
    let room = if needs_server { whole_room(room, &server) } else { room };
    let mut settings = Settings::default();
    settings.set_text("server", server);
    settings.set_text("room", room);
    settings.set_text("token", token);
    Ok(("matrix", settings))
}

/// The id of a room with the name of a server, if it has none and is of a kind that has one. Any other name
/// is an alias.
fn whole_room(room: String, server: &Url) -> String {
    let Some(id) = room.strip_prefix('!') else {
        return format!("#{}", room.trim_start_matches('#'));
    };
    let host = server.host_str().unwrap_or_default();
    if room.contains(':') || id.len() == ROOM_HASH_LETTERS { room } else { format!("{room}:{host}") }
}

/// `tgram://123:token/chat` or `tgram://123:token/chat:thread?thread=`.
pub(super) fn telegram(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    form.user = None;
    form.password = None;
    let host = form.host_text();
    let token = host.strip_prefix("bot").unwrap_or(&host);
    let is_token =
        token.split_once(':').is_some_and(|(id, key)| !key.is_empty() && id.parse::<u64>().is_ok());
    if !is_token {
        return Err(
            form.mistake("has no token of a bot", "write tgram://123456:…/chat, as `@BotFather` gave it")
        );
    }
    let chats = form.receivers();
    if chats.is_empty() {
        let hint =
            "write the id of the chat after the token; feedbridge does not look for the owner of the bot";
        return Err(form.mistake("names no chat", hint));
    }
    let entry = form.only("chat", chats)?;
    let (chat, thread) =
        entry.split_once(':').map_or((entry.as_str(), None), |(c, t)| (c, Some(t.to_owned())));
    let thread = form.take_any(&["topic", "thread"]).filter(|_| thread.is_none()).or(thread);
    let is_id = chat.parse::<i64>().is_ok() || chat.starts_with('@');
    let mut settings = Settings::default();
    settings.set_text("token", token);
    settings.set_text("chat", if is_id { chat.to_owned() } else { format!("@{chat}") });
    if let Some(thread) = thread {
        let number = thread
            .parse::<u64>()
            .map_err(|_| form.mistake("has a thread that is no number", "write its id"))?;
        settings.set("thread", SettingValue::Number(number));
    }
    Ok(("telegram", settings))
}
