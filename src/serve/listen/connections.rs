//! Who is connected: how many per address, and who has waited longest without a request.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::serve::deadlines::Pulse;

#[derive(Default)]
struct Members {
    pulses: HashMap<u64, Arc<Pulse>>,
    per_address: HashMap<IpAddr, usize>,
    next: u64,
}

/// Everybody who is connected.
#[derive(Default)]
pub(super) struct Crowd(Mutex<Members>);

/// A place in the crowd; dropped, it is free again.
pub(super) struct Place {
    crowd: Arc<Crowd>,
    number: u64,
    counted: Option<IpAddr>,
    pulse: Arc<Pulse>,
}

impl Place {
    pub(super) fn pulse(&self) -> Arc<Pulse> {
        Arc::clone(&self.pulse)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut members = self.crowd.lock();
        members.pulses.remove(&self.number);
        if let Some(address) = self.counted
            && let Some(count) = members.per_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                members.per_address.remove(&address);
            }
        }
    }
}

impl Crowd {
    fn lock(&self) -> std::sync::MutexGuard<'_, Members> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a place, unless this address has too many already.
    pub(super) fn enter(crowd: &Arc<Self>, peer: Option<IpAddr>, per_address: usize) -> Option<Place> {
        let counted = peer.map(|p| p.to_canonical()).filter(|p| !p.is_loopback());
        let mut members = crowd.lock();
        if let Some(address) = counted {
            let count = members.per_address.entry(address).or_default();
            if *count >= per_address {
                return None;
            }
            *count += 1;
        }
        let (number, pulse) = (members.next, Pulse::new());
        members.next += 1;
        members.pulses.insert(number, Arc::clone(&pulse));
        drop(members);
        Some(Place { crowd: Arc::clone(crowd), number, counted, pulse })
    }

    /// Whether anybody waits without a whole request.
    pub(super) fn can_make_room(&self) -> bool {
        self.lock().pulses.values().any(|p| p.waiting_since().is_some())
    }

    /// Sends away whoever has waited longest without a whole request, so that slow clients cannot
    /// keep others out.
    pub(super) fn make_room(&self) {
        let mut members = self.lock();
        let waiting = members.pulses.iter().filter_map(|(n, p)| Some((p.waiting_since()?, *n)));
        // Who is asked to go is no longer a candidate, even if it takes a moment to leave.
        if let Some(pulse) = waiting.min().and_then(|(_, number)| members.pulses.remove(&number)) {
            pulse.evicted.notify_one();
        }
    }
}
