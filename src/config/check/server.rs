//! `[server]` and `[store]`.

use std::path::PathBuf;

use super::checker::Checker;
use crate::config::address::base_address;
use crate::config::checked::ServerSettings;
use crate::config::raw::{RawServer, RawStore};
use crate::model::ListenAddress;

/// The address to listen on, unless the file names one.
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
/// The database of the history, unless the file names one.
const DEFAULT_STORE: &str = "sqlite:data/feedbridge.db";

/// Checks `[server]`; `None` if there is no address to listen on.
pub(crate) fn check(raw: &RawServer, checker: &mut Checker<'_>) -> Option<ServerSettings> {
    let listen = listen(raw.listen.as_deref().unwrap_or(DEFAULT_LISTEN), checker);
    let given_base_url = raw.base_url.as_deref().and_then(|text| base_url(text, checker));
    let listen = listen?;
    let contact = raw.contact.as_deref().or(given_base_url.as_deref());
    Some(ServerSettings {
        user_agent: ServerSettings::default_user_agent(contact),
        contact_given: raw.contact.is_some(),
        base_url_given: given_base_url.is_some(),
        base_url: given_base_url.unwrap_or_else(|| listen.default_base_url()),
        listen,
        title: raw.title.clone().unwrap_or_else(|| "feedbridge".to_owned()),
    })
}

fn listen(text: &str, checker: &mut Checker<'_>) -> Option<ListenAddress> {
    match text.parse() {
        Ok(listen) => Some(listen),
        Err(error) => {
            let path = Checker::path(&["server", "listen"]);
            let hint = "for example \"127.0.0.1:8080\" or \"unix:/run/feedbridge/http.sock\"";
            checker.problem(&path, format!("listen `{text}`: {error}"), Some(hint.to_owned()));
            None
        }
    }
}

fn base_url(text: &str, checker: &mut Checker<'_>) -> Option<String> {
    match base_address(text) {
        Ok(base) => Some(base),
        Err(error) => {
            let path = Checker::path(&["server", "base_url"]);
            let message = format!("base_url is not a base address: {error}");
            let hint = "for example \"https://feeds.example.org\"".to_owned();
            checker.problem(&path, message, Some(hint));
            None
        }
    }
}

/// The file of the database that `[store]` names.
pub(crate) fn database(raw: &RawStore, checker: &mut Checker<'_>) -> PathBuf {
    let text = raw.url.as_deref().unwrap_or(DEFAULT_STORE);
    let path = text.strip_prefix("sqlite:").map(|p| p.strip_prefix("//").unwrap_or(p));
    match path.filter(|p| !p.is_empty()) {
        Some(path) => checker.resolve(path),
        None => {
            let setting = Checker::path(&["store", "url"]);
            // The address of a database server may have a password in it.
            let message = "store url is not the name of a database: it must be `sqlite:PATH`".to_owned();
            let hint = "for example \"sqlite:data/feedbridge.db\"".to_owned();
            checker.problem(&setting, message, Some(hint));
            PathBuf::new()
        }
    }
}
