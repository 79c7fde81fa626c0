//! The open connections: how many there are per address, and which has waited longest for a request.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::serve::deadlines::ConnectionState;

/// All open connections.
#[derive(Default)]
pub(super) struct Connections(Mutex<ConnectionTable>);

#[derive(Default)]
struct ConnectionTable {
    states: HashMap<u64, Arc<ConnectionState>>,
    count_per_address: HashMap<IpAddr, usize>,
    next_number: u64,
}

/// One open connection; dropped, it leaves [`Connections`].
pub(super) struct OpenConnection {
    connections: Arc<Connections>,
    number: u64,
    /// The address that this connection counts for; `None` for exempt ones.
    counted_address: Option<IpAddr>,
    state: Arc<ConnectionState>,
}

impl OpenConnection {
    pub(super) fn state(&self) -> Arc<ConnectionState> {
        Arc::clone(&self.state)
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        let mut table = self.connections.lock();
        table.states.remove(&self.number);
        if let Some(address) = self.counted_address
            && let Some(count) = table.count_per_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                table.count_per_address.remove(&address);
            }
        }
    }
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, ConnectionTable> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection; `None` if its address has `max_per_address` already. Loopback and Unix sockets
    /// (no `peer`) are exempt.
    pub(super) fn open(
        connections: &Arc<Self>,
        peer: Option<IpAddr>,
        max_per_address: usize,
    ) -> Option<OpenConnection> {
        let counted_address = peer.map(|peer| peer.to_canonical()).filter(|peer| !peer.is_loopback());
        let mut table = connections.lock();
        if let Some(address) = counted_address {
            let count = table.count_per_address.entry(address).or_default();
            if *count >= max_per_address {
                return None;
            }
            *count += 1;
        }
        let number = table.next_number;
        let state = ConnectionState::new();
        table.next_number += 1;
        table.states.insert(number, Arc::clone(&state));
        drop(table);
        Some(OpenConnection { connections: Arc::clone(connections), number, counted_address, state })
    }

    /// Whether any connection waits for a whole request, and could be evicted.
    pub(super) fn can_evict(&self) -> bool {
        self.lock().states.values().any(|state| state.waiting_since().is_some())
    }

    /// Evicts the connection that has waited longest for a whole request, so that slow clients cannot
    /// keep others out.
    pub(super) fn evict_longest_waiting(&self) {
        let mut table = self.lock();
        let waiting =
            table.states.iter().filter_map(|(number, state)| Some((state.waiting_since()?, *number)));
        // It leaves the table at once: it cannot be chosen again while it is still closing.
        if let Some(state) = waiting.min().and_then(|(_, number)| table.states.remove(&number)) {
            state.evicted.notify_one();
        }
    }
}
