//! Addresses of webhooks as the services themselves give them, which Apprise takes too.

use url::Url;

use super::address::{FormAddress, FormTarget};
use super::chat::webhook_of;
use super::push;
use crate::notify::settings::SettingMistake;

/// The address of a webhook of Slack, Discord, Teams or ntfy.sh.
pub(super) fn native(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let host = form.host.to_ascii_lowercase();
    let path = form.path.clone();
    match host.as_str() {
        "ntfy.sh" => push::ntfy(form),
        "hooks.slack.com" | "hooks.slack-gov.com" if path.starts_with("services/") => whole(form, "slack"),
        "hooks.slack.com" => {
            let hint = "make an incoming webhook; its address goes on with /services/";
            Err(form.mistake("is of a workflow of Slack, which is not supported", hint))
        }
        "discord.com" | "discordapp.com" if path.starts_with("api/webhooks/") => discord(form),
        "webhooks.t2bot.io" => {
            let hint =
                "write matrixs://token@server/!room, with the access token of a user who is in the room";
            Err(form.mistake("is of t2bot for Matrix, which is not supported", hint))
        }
        host if is_workflows(host) && path.contains("workflows/") => {
            let target = whole(form, "teams");
            form.keep_parameters();
            target
        }
        _ => {
            let hint = "for a webhook that takes JSON, write jsons:// instead of https://";
            Err(form.mistake("is of no known service", hint))
        }
    }
}

/// The service with the address as it is written, but always encrypted.
fn whole(form: &FormAddress, name: &'static str) -> Result<FormTarget, SettingMistake> {
    let whole = form.whole.as_str();
    let text = if name == "teams" { whole } else { whole.split('?').next().unwrap_or_default() };
    let url = Url::parse(&format!("https://{text}"));
    let hint = "copy the address of the webhook from the service once more";
    url.map(|url| webhook_of(name, url)).map_err(|_| form.mistake("cannot be understood", hint))
}

fn discord(form: &mut FormAddress) -> Result<FormTarget, SettingMistake> {
    let (name, mut settings) = whole(form, "discord")?;
    if let Some(thread) = form.take_any(&["thread", "thread_id"]) {
        settings.set_text("thread", thread);
    }
    Ok((name, settings))
}

/// Whether a host, perhaps with its port, is one of Microsoft's for webhooks of Workflows.
fn is_workflows(host: &str) -> bool {
    let host = host.split(':').next().unwrap_or_default();
    host.contains(".logic.azure.") || host.contains("powerplatform.") || host.contains("appsplatform.")
}
