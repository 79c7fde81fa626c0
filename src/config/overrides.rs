//! Settings of the command line and of environment variables that replace those of the file.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::checked::{Config, ServerSettings};
use crate::channel::Channel;
use crate::fetch::AllowAddress;
use crate::model::ListenAddress;

/// Time that a run takes beside its fetch, at most.
const AROUND_FETCH: Duration = Duration::from_secs(10);

/// Settings of the command line and of environment variables.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// Where to listen.
    pub listen: Option<ListenAddress>,
    /// The address of the server in self links, without a trailing slash.
    pub base_url: Option<String>,
    /// The folder of the database.
    pub data: Option<PathBuf>,
    /// Private addresses that may be reached, beside those of the file.
    pub allow_addresses: Vec<AllowAddress>,
    /// For the whole fetch.
    pub timeout: Option<Duration>,
    /// The User-Agent.
    pub user_agent: Option<String>,
    /// The command fetches nothing and sends nothing: it works without the secrets of the file.
    pub without_secrets: bool,
}

impl Overrides {
    /// The database in a data folder.
    #[must_use]
    pub fn database_in(folder: &std::path::Path) -> PathBuf {
        folder.join("feedbridge.db")
    }
}

impl Config {
    /// This configuration with the command line's settings.
    #[must_use]
    pub fn overridden(mut self, by: &Overrides) -> Self {
        if let Some(base_url) = &by.base_url {
            self.server.base_url.clone_from(base_url);
            self.server.base_url_given = true;
            if !self.server.contact_given {
                self.server.user_agent = ServerSettings::default_user_agent(Some(base_url));
            }
        }
        if let Some(listen) = &by.listen {
            if !self.server.base_url_given {
                self.server.base_url = listen.default_base_url();
            }
            self.server.listen = listen.clone();
        }
        if let Some(data) = &by.data {
            self.database = Overrides::database_in(data);
        }
        if let Some(agent) = &by.user_agent {
            self.server.user_agent.clone_from(agent);
        }
        if by.allow_addresses.is_empty() && by.timeout.is_none() && by.user_agent.is_none() {
            return self;
        }
        if let Some(timeout) = by.timeout {
            // A run must have the time that its fetch is given.
            self.limits.run = self.limits.run.max(timeout + AROUND_FETCH);
            self.limits.claim = self.limits.claim.max(self.limits.run + AROUND_FETCH);
        }
        for feed in self.feeds.iter_mut().chain(&mut self.disabled) {
            let fetch = &mut Arc::make_mut(feed).fetch;
            fetch.guard = fetch.guard.clone().allowing(&by.allow_addresses);
            fetch.timeout = by.timeout.or(fetch.timeout);
            fetch.user_agent = by.user_agent.clone().or_else(|| fetch.user_agent.take());
        }
        // Both are in the order of the file.
        let mut feeds = self.feeds.iter();
        for channel in &mut self.channels {
            if let Channel::Scraped(old) = channel
                && let Some(new) = feeds.next()
            {
                *old = Arc::clone(new);
            }
        }
        self
    }

    /// This configuration once the daemon listens: self links follow the bound address unless the
    /// person gave a base.
    #[must_use]
    pub fn bound_to(mut self, address: &str) -> Self {
        if !self.server.base_url_given && address.starts_with("http") {
            address.clone_into(&mut self.server.base_url);
        }
        self
    }
}
