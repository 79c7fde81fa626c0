//! Whether a configuration that was read again is put in use. Nothing here reads the file.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::channel::Channel;
use crate::config::{Config, ConfigError};
use crate::model::{FeedId, ListenAddress};

/// Why the configuration is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReloadReason {
    /// SIGHUP: the configuration is put in use even if it is the same as before, or has lost its feeds.
    Signal,
    /// The file may have changed: an unchanged configuration is ignored.
    FileChange,
}

/// The decision of the daemon about a configuration that it has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is put in use.
    Take,
    /// It has lost most feeds: the file may be cut off, and is read again after a while.
    ReadAgain,
}

/// The settings that take effect at the start only, as the daemon has them in use.
#[derive(Debug)]
pub(super) struct StartSettings {
    listen: ListenAddress,
    database: PathBuf,
    limits: String,
}

impl StartSettings {
    /// The settings of the configuration with which the daemon starts.
    pub(super) fn of(config: &Config) -> Self {
        Self {
            listen: config.server.listen.clone(),
            database: config.database.clone(),
            limits: config.limits.at_start(),
        }
    }

    /// A warning for each kind of setting that a new configuration has otherwise than it is in use.
    pub(super) fn warnings(&self, new: &Config) -> Vec<&'static str> {
        let new = Self::of(new);
        let differ = [
            (
                self.listen != new.listen || self.database != new.database,
                "another `listen` or `store.url` takes effect at the next start",
            ),
            (
                self.limits != new.limits,
                "limits of fetching, connections and memory take effect at the next start",
            ),
        ];
        differ.into_iter().filter_map(|(differs, warning)| differs.then_some(warning)).collect()
    }
}

/// Judges texts by those that came before.
#[derive(Debug, Default)]
pub(super) struct Judge {
    /// The last text that was taken.
    taken: Option<String>,
    /// A text that has lost most feeds, and is taken if the file still has it at the second look.
    awaited: Option<String>,
}

impl Judge {
    /// Judges a configuration without mistakes that was read from this text.
    ///
    /// # Errors
    /// When nothing says that it is to have no feeds: neither the text nor a signal.
    pub(super) fn judge(
        &mut self,
        reason: ReloadReason,
        text: &str,
        old: &Config,
        new: &Config,
    ) -> Result<Verdict, ConfigError> {
        let awaited = self.awaited.take();
        let is_asked_for = reason == ReloadReason::Signal || self.taken.as_deref() == Some(text);
        if !is_asked_for {
            if !new.states_feeds {
                return Err(ConfigError::NoFeeds { file: new.file.clone() });
            }
            if loses_most(old, new) && awaited.as_deref() != Some(text) {
                self.awaited = Some(text.to_owned());
                return Ok(Verdict::ReadAgain);
            }
        }
        self.taken = Some(text.to_owned());
        Ok(Verdict::Take)
    }
}

/// Whether more than half of the old feeds are missing in the new configuration.
fn loses_most(old: &Config, new: &Config) -> bool {
    let before = ids(old);
    let after = ids(new);
    before.difference(&after).count() * 2 > before.len()
}

/// The feeds that the file has, also those that are switched off.
fn ids(config: &Config) -> BTreeSet<&FeedId> {
    let disabled = config.disabled.iter().map(|feed| &feed.id);
    config.channels.iter().map(Channel::id).chain(disabled).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn text(feeds: usize) -> String {
        (0..feeds).map(|i| format!("[[feed]]\nurl = \"https://pier{i}.example.org/\"\n")).collect()
    }

    fn config(text: &str) -> Config {
        Config::parse(text, Path::new("feeds.toml")).expect("a configuration")
    }

    #[track_caller]
    fn says(judge: &mut Judge, reason: ReloadReason, new: &str, expected: Option<Verdict>) {
        let verdict = judge.judge(reason, new, &config(&text(10)), &config(new)).ok();
        assert_eq!(verdict, expected, "{new}");
    }

    #[test]
    fn a_file_without_feeds_must_say_so() {
        let mut judge = Judge::default();
        for empty in ["", "\n\n", "# later\n", "[server]\ntitle = \"Piers\"\n"] {
            says(&mut judge, ReloadReason::FileChange, empty, None);
        }
        says(&mut judge, ReloadReason::FileChange, "feed = []\n", Some(Verdict::ReadAgain));
        says(&mut judge, ReloadReason::FileChange, "feed = []\n", Some(Verdict::Take));
    }

    #[test]
    fn a_signal_takes_a_file_without_feeds() {
        let mut judge = Judge::default();
        says(&mut judge, ReloadReason::Signal, "", Some(Verdict::Take));
        // The change of the file is noticed after the signal.
        says(&mut judge, ReloadReason::FileChange, "", Some(Verdict::Take));
        says(&mut judge, ReloadReason::FileChange, "# other\n", None);
    }

    #[test]
    fn most_feeds_are_lost_only_if_they_stay_lost() {
        let mut judge = Judge::default();
        says(&mut judge, ReloadReason::FileChange, &text(2), Some(Verdict::ReadAgain));
        // Still being written: another text waits anew.
        says(&mut judge, ReloadReason::FileChange, &text(3), Some(Verdict::ReadAgain));
        says(&mut judge, ReloadReason::FileChange, &text(3), Some(Verdict::Take));
        says(&mut judge, ReloadReason::FileChange, &text(5), Some(Verdict::Take));
        says(&mut judge, ReloadReason::FileChange, &text(2), Some(Verdict::ReadAgain));
        says(&mut judge, ReloadReason::Signal, &text(2), Some(Verdict::Take));
    }

    #[test]
    fn a_feed_that_is_switched_off_is_not_lost() {
        let mut judge = Judge::default();
        let off = text(10).replace("[[feed]]\n", "[[feed]]\nenabled = false\n");
        says(&mut judge, ReloadReason::FileChange, &off, Some(Verdict::Take));
    }

    #[test]
    fn a_start_is_needed_only_while_a_setting_differs_from_the_one_in_use() {
        let with = |more: &str| config(&format!("feed = []\n{more}"));
        let first = "[server]\nlisten = \"127.0.0.1:8080\"\n";
        let in_use = StartSettings::of(&with(first));
        for (other, says) in [
            ("[server]\nlisten = \"127.0.0.1:8081\"\n".to_owned(), "`listen`"),
            (format!("{first}[store]\nurl = \"sqlite:other.db\"\n"), "`store.url`"),
            (format!("{first}[limits]\npace_s = 7\n"), "limits"),
        ] {
            for _ in 0..2 {
                let warnings = in_use.warnings(&with(&other));
                assert!(warnings.len() == 1 && warnings[0].contains(says), "{other}: {warnings:?}");
            }
            assert!(in_use.warnings(&with(first)).is_empty(), "{other} and back");
        }
        assert!(in_use.warnings(&with(&format!("{first}title = \"Piers\"\n"))).is_empty());
    }
}
