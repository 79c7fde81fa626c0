//! Metrics of feeds: their number by state and by trouble, and a few of each feed.
//!
//! They are written from one list of states, so that all figures of feeds in one answer are of one moment, and
//! those of a feed that is gone vanish.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Registry, Unit};

use crate::model::{FeedId, FeedState, Health, TroubleKind};

/// Above this number of feeds, no feed has series of its own: each is a few lines of the answer.
const MAX_FEED_SERIES: usize = 2000;

/// The state of one feed, for its own series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedHealth {
    /// Its id.
    pub id: FeedId,
    /// Whether it is fine.
    pub health: Health,
    /// The trouble that it is in.
    pub trouble: Option<TroubleKind>,
    /// When a run last succeeded, in seconds since 1970.
    pub last_success: Option<i64>,
    /// The count of items that are served, if it is known.
    pub items: Option<u64>,
    /// Whether nobody is told of its troubles now.
    pub muted: bool,
}

impl FeedHealth {
    /// The figures of a feed in this state at a moment.
    #[must_use]
    pub fn of(id: &FeedId, state: &FeedState, now: DateTime<Utc>) -> Self {
        Self {
            id: id.clone(),
            health: Health::of(state),
            trouble: state.trouble.as_ref().map(|trouble| trouble.kind),
            last_success: state.last_success.map(|at| at.timestamp()),
            items: state.items,
            muted: state.muted_until.is_some_and(|until| until > now),
        }
    }
}

/// The series. Clones share the list; it is `None` until somebody gives one.
#[derive(Debug, Clone, Default)]
pub(super) struct FeedSeries(Arc<Mutex<Option<Vec<FeedHealth>>>>);

impl FeedSeries {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register_collector(Box::new(self.clone()));
    }

    pub(super) fn set(&self, feeds: Vec<FeedHealth>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(feeds);
    }
}

impl Collector for FeedSeries {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(feeds) = feeds.as_deref() else { return Ok(()) };
        write_numbers(&mut encoder, feeds)?;
        if feeds.len() > MAX_FEED_SERIES { Ok(()) } else { write_each(&mut encoder, feeds) }
    }
}

/// A gauge as it is written: its name without the prefix and the unit, and its help text.
struct GaugeHead {
    name: &'static str,
    help: &'static str,
    unit: Option<Unit>,
}

impl GaugeHead {
    const fn plain(name: &'static str, help: &'static str) -> Self {
        Self { name, help, unit: None }
    }

    /// Writes the gauge with one line for each sample; nothing if there is none.
    fn write<L: EncodeLabelSet>(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        samples: impl Iterator<Item = (L, i64)>,
    ) -> Result<(), fmt::Error> {
        let mut samples = samples.peekable();
        if samples.peek().is_none() {
            return Ok(());
        }
        let unit = self.unit.as_ref();
        let mut metric = encoder.encode_descriptor(self.name, self.help, unit, MetricType::Gauge)?;
        for (labels, value) in samples {
            metric.encode_family(&labels)?.encode_gauge(&value)?;
        }
        Ok(())
    }
}

/// Writes how many feeds there are of each kind.
fn write_numbers(encoder: &mut DescriptorEncoder<'_>, feeds: &[FeedHealth]) -> Result<(), fmt::Error> {
    let by_state = Health::ALL.into_iter().map(|health| {
        let feeds = feeds.iter().filter(|feed| feed.health == health);
        ([("state", health.label())], whole(feeds.count()))
    });
    GaugeHead::plain("feeds", "Feeds by state.").write(encoder, by_state)?;
    let by_trouble = TroubleKind::ALL.iter().map(|kind| {
        let feeds = feeds.iter().filter(|feed| feed.trouble == Some(*kind));
        ([("trouble", kind.name())], whole(feeds.count()))
    });
    GaugeHead::plain("feeds_by_trouble", "Feeds by the trouble that they are in.")
        .write(encoder, by_trouble)?;
    let left_out = if feeds.len() > MAX_FEED_SERIES { feeds.len() } else { 0 };
    let help = "Feeds without series of their own, because there are more than 2000.";
    let mut metric = encoder.encode_descriptor("feeds_without_series", help, None, MetricType::Gauge)?;
    metric.encode_gauge(&whole(left_out))
}

/// Writes the figures that each feed has of its own.
fn write_each(encoder: &mut DescriptorEncoder<'_>, feeds: &[FeedHealth]) -> Result<(), fmt::Error> {
    let up = feeds.iter().map(|feed| (label(feed), i64::from(feed.health == Health::Fine)));
    let help = "1 if the feed has been read and its last run succeeded, else 0; left out above 2000 feeds.";
    GaugeHead::plain("feed_up", help).write(encoder, up)?;
    let last_success = feeds.iter().filter_map(|feed| Some((label(feed), feed.last_success?)));
    GaugeHead {
        name: "feed_last_success_timestamp",
        help: "When a run of the feed last succeeded; left out above 2000 feeds.",
        unit: Some(Unit::Seconds),
    }
    .write(encoder, last_success)?;
    let items = feeds.iter().filter_map(|feed| Some((label(feed), whole(feed.items?))));
    let help = "Items that the feed serves; left out above 2000 feeds.";
    GaugeHead::plain("feed_items", help).write(encoder, items)?;
    let troubles = feeds.iter().filter_map(|feed| Some(([id(feed), ("trouble", feed.trouble?.name())], 1)));
    let help = "1 while the feed is in this trouble; left out above 2000 feeds.";
    GaugeHead::plain("feed_trouble", help).write(encoder, troubles)?;
    let muted = feeds.iter().map(|feed| (label(feed), i64::from(feed.muted)));
    let help = "1 while the feed is muted, else 0; left out above 2000 feeds.";
    GaugeHead::plain("feed_muted", help).write(encoder, muted)
}

fn label(feed: &FeedHealth) -> [(&'static str, &str); 1] {
    [id(feed)]
}

fn id(feed: &FeedHealth) -> (&'static str, &str) {
    ("feed", feed.id.as_str())
}

fn whole(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use chrono::TimeDelta;

    use super::super::Metrics;
    use super::*;
    use crate::model::Trouble;

    fn feed_id(id: &str) -> FeedId {
        FeedId::parse(id).expect("an id")
    }

    fn health(id: &str, up: bool, last_success: Option<i64>) -> FeedHealth {
        FeedHealth {
            id: feed_id(id),
            health: if up { Health::Fine } else { Health::Trouble },
            trouble: (!up).then_some(TroubleKind::Dns),
            last_success,
            items: Some(7),
            muted: false,
        }
    }

    #[test]
    fn each_feed_has_series_until_it_is_gone() {
        let metrics = Metrics::default();
        assert!(!metrics.text().contains("feedbridge_feeds"), "nothing is known yet");
        metrics.set_feeds(vec![health("tides", true, Some(1_700_000_000)), health("ferries", false, None)]);
        let text = metrics.text();
        for line in [
            "feedbridge_feed_up{feed=\"tides\"} 1\n",
            "feedbridge_feed_up{feed=\"ferries\"} 0\n",
            "# UNIT feedbridge_feed_last_success_timestamp_seconds seconds\n",
            "feedbridge_feed_last_success_timestamp_seconds{feed=\"tides\"} 1700000000\n",
            "feedbridge_feed_items{feed=\"tides\"} 7\n",
            "feedbridge_feed_muted{feed=\"tides\"} 0\n",
            "feedbridge_feed_trouble{feed=\"ferries\",trouble=\"dns\"} 1\n",
            "feedbridge_feeds{state=\"trouble\"} 1\n",
            "feedbridge_feeds_by_trouble{trouble=\"dns\"} 1\n",
            "feedbridge_feeds_by_trouble{trouble=\"tls\"} 0\n",
            "feedbridge_feeds_without_series 0\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(!text.contains("seconds{feed=\"ferries\"}"), "{text}");
        assert!(!text.contains("feed_trouble{feed=\"tides\""), "{text}");
        metrics.set_feeds(vec![health("ferries", true, Some(5))]);
        let text = metrics.text();
        assert!(
            !text.contains("tides") && text.contains("feedbridge_feed_up{feed=\"ferries\"} 1\n"),
            "{text}"
        );
        assert!(!text.contains("feed_trouble{"), "a trouble that is over has no series\n{text}");
    }

    #[test]
    fn the_figures_of_a_feed_come_from_its_state() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let state = FeedState {
            trouble: Some(Trouble::new(TroubleKind::Tls, "expired")),
            last_success: Some(now),
            items: Some(3),
            muted_until: Some(now + TimeDelta::hours(1)),
            ..FeedState::default()
        };
        let health = FeedHealth::of(&feed_id("tides"), &state, now);
        assert_eq!(health.trouble, Some(TroubleKind::Tls));
        assert_eq!(health.health, Health::Trouble);
        assert_eq!(health.items, Some(3));
        assert!(health.muted);
        let later = FeedHealth::of(&feed_id("tides"), &state, now + TimeDelta::hours(1));
        assert!(!later.muted, "the mute is over");
    }

    #[test]
    fn very_many_feeds_have_none() {
        let metrics = Metrics::default();
        let feeds: Vec<FeedHealth> =
            (0..=MAX_FEED_SERIES).map(|n| health(&format!("f{n}"), n > 0, Some(1))).collect();
        metrics.set_feeds(feeds[1..].to_vec());
        assert!(metrics.text().contains("feedbridge_feed_up{feed=\"f7\"} 1"));
        metrics.set_feeds(feeds);
        let text = metrics.text();
        assert!(!text.contains("{feed=") && text.contains("feedbridge_feeds_without_series 2001"), "{text}");
        assert!(text.contains("feedbridge_feeds_by_trouble{trouble=\"dns\"} 1\n"), "{text}");
    }

    #[test]
    fn the_figures_of_feeds_in_one_answer_are_of_one_moment() {
        let metrics = Metrics::default();
        let all = |up: bool| (0..20).map(|n| health(&format!("f{n}"), up, None)).collect::<Vec<_>>();
        metrics.set_feeds(all(false));
        let has_ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !has_ended.load(Ordering::Relaxed) {
                    metrics.set_feeds(all(true));
                    metrics.set_feeds(all(false));
                }
            });
            let looks: Vec<String> = (0..200).map(|_| metrics.text()).collect();
            has_ended.store(true, Ordering::Relaxed);
            for text in looks {
                let fine = if text.contains("feeds{state=\"fine\"} 20") { 20 } else { 0 };
                let up =
                    text.lines().filter(|line| line.contains("feed_up{") && line.ends_with(" 1")).count();
                assert_eq!(up, fine, "{text}");
            }
        });
    }
}
