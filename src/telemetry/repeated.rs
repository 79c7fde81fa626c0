//! Lines of the log that would be written again and again, such as those about a full disk: one of each kind a
//! minute, with the number of those that were left out.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Shortest time between two lines of a kind.
const PAUSE: Duration = Duration::from_secs(60);

/// The kinds of this process. Logging is global too, so that one kind has one pause wherever it is logged.
static KINDS: RepeatedKinds = RepeatedKinds(Mutex::new(BTreeMap::new()));

/// Whether a line of this kind may be written now: the first may, and later ones once a minute. The number
/// that it gives is to be put at the end of the line.
#[must_use]
pub fn may_log(kind: &'static str) -> Option<LeftOut> {
    KINDS.may_log(kind, Instant::now())
}

/// How many lines of a kind were left out since the last one. As text it is empty if there were none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut(u64);

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => Ok(()),
            1 => f.write_str(" (1 more such line was left out)"),
            lines => write!(f, " ({lines} more such lines were left out)"),
        }
    }
}

/// The last line of each kind. Kinds are names in the sources, so there are few.
struct RepeatedKinds(Mutex<BTreeMap<&'static str, LastLine>>);

struct LastLine {
    at: Instant,
    left_out: u64,
}

impl RepeatedKinds {
    fn may_log(&self, kind: &'static str, now: Instant) -> Option<LeftOut> {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = kinds.get_mut(kind);
        let left_out = match last {
            Some(last) if now.saturating_duration_since(last.at) < PAUSE => {
                last.left_out = last.left_out.saturating_add(1);
                return None;
            }
            Some(last) => last.left_out,
            None => 0,
        };
        kinds.insert(kind, LastLine { at: now, left_out: 0 });
        Some(LeftOut(left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_logged_once_a_minute_and_counts_the_rest() {
        let kinds = RepeatedKinds(Mutex::new(BTreeMap::new()));
        let start = Instant::now();
        let at = |kind, seconds| {
            let line = kinds.may_log(kind, start + Duration::from_secs(seconds));
            line.map(|left_out| left_out.to_string())
        };
        assert_eq!(at("a", 0).as_deref(), Some(""));
        assert_eq!(at("a", 1), None);
        assert_eq!(at("b", 2).as_deref(), Some(""), "another kind has its own minute");
        assert_eq!(at("a", 59), None);
        assert_eq!(at("a", 60).as_deref(), Some(" (2 more such lines were left out)"));
        assert_eq!(at("a", 61), None);
        assert_eq!(at("a", 125).as_deref(), Some(" (1 more such line was left out)"));
        assert_eq!(at("a", 600).as_deref(), Some(""));
    }
}
