//! The memory of bodies: one budget for all fetches at once. A body takes from it as it grows, and gives back
//! when its page was read. A fetch whose body finds no room reads no further, so that the site's system keeps
//! the rest.
//!
//! No two bodies wait for each other for ever. The bodies that still grow, without the largest of them, hold
//! at most the budget less the size of the largest body that is allowed. So the rest always suffices for the
//! largest one to grow to its end, once the whole bodies were read, which wait for no room. When it has ended,
//! or its deadline has, the next one is the largest.
//!
//! A slow body holds the bytes that have arrived, and small buffers. A small body takes nothing, so that the pages of most
//! sites never wait for the large ones; the number of fetches bounds their memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::wait_clock::WaitClock;

/// The memory of all large bodies together, in bytes. It is more only where one body may be nearly as large.
const BUDGET_BYTES: u64 = 21 << 20;
/// The least memory beside one body of the largest size, in bytes: bodies that grow together share it.
const SLACK_BYTES: u64 = 5 << 20;
/// The first bytes of each body are not counted.
const FREE_BYTES: u64 = 96 << 10;
/// A body takes from the budget in steps of this many bytes.
const STEP_BYTES: u64 = 256 << 10;
/// The HTTP library reads ahead of a body that waits, into buffers that double with each read as long as bytes arrive
/// as fast as they are read: there is a chunk that is unpacked, one of twice its size that waits, and one of four times
/// its size that is read. Together they are about so many times the largest chunk.
const BUFFERS_PER_CHUNK: u64 = 8;
/// The most that these buffers come to, in bytes: the library's own bound is 408 KiB for each of them.
const MAX_BUFFER_BYTES: u64 = 5 * STEP_BYTES;

/// The budget.
#[derive(Debug)]
pub(super) struct BodyBudget {
    total: u64,
    /// The most bytes that one body takes.
    most: u64,
    accounts: Mutex<Accounts>,
    /// Tells all that wait to look again.
    changed: Notify,
}

/// The bodies that are in memory, the oldest first.
#[derive(Debug, Default)]
struct Accounts {
    by_age: BTreeMap<u64, Account>,
    next: u64,
}

/// The part of one body.
#[derive(Debug, Default)]
struct Account {
    held: u64,
    is_waiting: bool,
    /// All of the body has arrived.
    is_whole: bool,
}

/// The room of a body that still grows.
#[derive(Debug)]
pub(super) struct BodyRoom<'w> {
    lease: Lease,
    /// The time that the fetch has waited for room.
    waited: &'w WaitClock,
    /// Bytes that stay in memory beside those that grow.
    beside: u64,
    /// Bytes in buffers of the connection.
    buffers: u64,
}

/// The room of a whole body. It is given back when the last copy of this value is dropped, which is to be
/// after the page was read.
#[derive(Debug, Clone, Default)]
pub struct BodyHold {
    /// `None` for a body that did not come from the network.
    _lease: Option<Arc<Lease>>,
}

/// An account, which is closed at the end.
#[derive(Debug)]
struct Lease {
    budget: Arc<BodyBudget>,
    number: u64,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.budget.accounts().by_age.remove(&self.number);
        self.budget.changed.notify_waiters();
    }
}

impl BodyBudget {
    /// A budget for bodies of at most so many bytes each.
    pub(super) fn new(largest_body: u64) -> Arc<Self> {
        let largest = largest_body.saturating_add(MAX_BUFFER_BYTES);
        Self::with_total(BUDGET_BYTES.max(charge_of(largest).saturating_add(SLACK_BYTES)), largest)
    }

    fn with_total(total: u64, largest_body: u64) -> Arc<Self> {
        let most = charge_of(largest_body);
        Arc::new(Self { total: total.max(most), most, accounts: Mutex::default(), changed: Notify::new() })
    }

    /// Room for a new body. Waits are written down on the clock of its fetch.
    pub(super) fn room<'w>(self: &Arc<Self>, waited: &'w WaitClock) -> BodyRoom<'w> {
        let mut accounts = self.accounts();
        let number = accounts.next;
        accounts.next += 1;
        accounts.by_age.insert(number, Account::default());
        BodyRoom { lease: Lease { budget: Arc::clone(self), number }, waited, beside: 0, buffers: 0 }
    }

    fn accounts(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Raises the part of a body, if that is possible now. Else the body counts as waiting.
    fn raise(&self, number: u64, charge: u64) -> bool {
        let charge = charge.min(self.most);
        let mut accounts = self.accounts();
        let may = accounts.may_raise(number, charge, self);
        let Some(own) = accounts.by_age.get_mut(&number) else { return true };
        let was_waiting = own.is_waiting;
        own.is_waiting = !may;
        if may {
            own.held = own.held.max(charge);
        }
        drop(accounts);
        // A younger body may have waited behind this one.
        if may && was_waiting {
            self.changed.notify_waiters();
        }
        may
    }
}

impl Accounts {
    /// Whether a body may hold so much. See the argument at the top of this file.
    fn may_raise(&self, number: u64, charge: u64, budget: &BodyBudget) -> bool {
        let Some(own) = self.by_age.get(&number) else { return true };
        if charge <= own.held {
            return true;
        }
        let used: u64 = self.by_age.values().map(|account| account.held).sum();
        if used - own.held + charge > budget.total {
            return false;
        }
        let growing = self.by_age.iter().filter(|(_, account)| !account.is_whole);
        let after = growing.map(|(n, account)| if *n == number { charge } else { account.held });
        let (sum, largest) = after.fold((0, 0), |(sum, largest), held| (sum + held, held.max(largest)));
        let is_safe = sum - largest <= budget.total - budget.most;
        let has_older = self.by_age.range(..number).any(|(_, account)| account.is_waiting);
        // The largest passes those that wait: it is the one that must come to its end.
        is_safe && (charge == largest || !has_older)
    }
}

impl BodyRoom<'_> {
    /// Waits until the body may have this many bytes in memory.
    pub(super) async fn grow(&mut self, bytes: u64) {
        if self.grow_now(bytes) {
            return;
        }
        let _wait = self.waited.start();
        loop {
            // It exists before the look at the accounts: a change after the look is not missed.
            let changed = self.lease.budget.changed.notified();
            if self.grow_now(bytes) {
                return;
            }
            changed.await;
        }
    }

    /// Takes the room for this many bytes, if it is there without a wait.
    pub(super) fn grow_now(&self, bytes: u64) -> bool {
        let bytes = self.beside + bytes;
        let buffers = if charge_of(bytes) == 0 { 0 } else { self.buffers };
        self.lease.budget.raise(self.lease.number, charge_of(bytes + buffers))
    }

    /// Counts the buffers of a connection that has given a chunk of this many bytes.
    pub(super) fn received(&mut self, chunk: usize) {
        let buffers = (chunk as u64).saturating_mul(BUFFERS_PER_CHUNK).min(MAX_BUFFER_BYTES);
        self.buffers = self.buffers.max(buffers);
    }

    /// Counts further bytes from here on, beside those that stay. All of the answer has arrived.
    pub(super) const fn keep_beside(&mut self, bytes: u64) {
        self.beside = bytes;
        self.buffers = 0;
    }

    /// The body has arrived, and has this many bytes.
    pub(super) fn whole(self, bytes: u64) -> BodyHold {
        let Lease { budget, number } = &self.lease;
        if let Some(own) = budget.accounts().by_age.get_mut(number) {
            *own = Account { held: own.held.min(charge_of(bytes)), is_waiting: false, is_whole: true };
        }
        budget.changed.notify_waiters();
        BodyHold { _lease: Some(Arc::new(self.lease)) }
    }
}

/// The bytes of the budget that a body of this size takes.
const fn charge_of(bytes: u64) -> u64 {
    bytes.saturating_sub(FREE_BYTES).div_ceil(STEP_BYTES) * STEP_BYTES
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const MIB: u64 = 1 << 20;

    /// A budget of 8 MiB for bodies that take at most 4 MiB of it.
    fn budget() -> Arc<BodyBudget> {
        BodyBudget::with_total(8 * MIB, 4 * MIB + FREE_BYTES)
    }

    #[test]
    fn a_body_waits_until_a_page_was_read() {
        let budget = budget();
        let clock = WaitClock::default();
        let whole = || {
            let mut room = budget.room(&clock);
            assert!(room.grow(4 * MIB + FREE_BYTES).now_or_never().is_some());
            room.whole(4 * MIB + FREE_BYTES)
        };
        let first = whole();
        let second = whole();
        let mut third = budget.room(&clock);
        let mut growing = Box::pin(third.grow(MIB));
        assert!(growing.as_mut().now_or_never().is_none());
        let copy = first.clone();
        drop(first);
        assert!(growing.as_mut().now_or_never().is_none());
        drop(copy);
        assert!(growing.as_mut().now_or_never().is_some());
        drop((growing, second));
    }

    #[test]
    fn small_bodies_never_wait() {
        let budget = budget();
        let clock = WaitClock::default();
        let full: Vec<BodyRoom<'_>> = (0..2).map(|_| budget.room(&clock)).collect();
        for room in &full {
            assert!(room.grow_now(4 * MIB + FREE_BYTES));
        }
        assert!(!budget.room(&clock).grow_now(FREE_BYTES + 1));
        assert!(budget.room(&clock).grow_now(FREE_BYTES));
    }

    #[test]
    fn of_many_bodies_that_grow_together_one_always_comes_to_its_end() {
        let budget = budget();
        let clock = WaitClock::default();
        let mut rooms: Vec<BodyRoom<'_>> = (0..40).map(|_| budget.room(&clock)).collect();
        let mut sizes = vec![0; rooms.len()];
        while !rooms.is_empty() {
            let mut has_grown = false;
            for (room, size) in rooms.iter_mut().zip(&mut sizes) {
                // Chunks grow with what has arrived.
                room.received(usize::try_from(*size / 4).expect("a few bytes"));
                if room.grow_now(*size + STEP_BYTES) {
                    *size += STEP_BYTES;
                    has_grown = true;
                }
            }
            assert!(has_grown, "{} bodies wait for each other: {sizes:?}", rooms.len());
            while let Some(at) = sizes.iter().position(|size| *size >= 4 * MIB) {
                sizes.remove(at);
                drop(rooms.remove(at).whole(4 * MIB));
            }
        }
        assert!(budget.accounts().by_age.is_empty());
    }

    #[test]
    fn a_slow_body_that_is_the_largest_leaves_room_for_others() {
        let budget = budget();
        let clock = WaitClock::default();
        let slow = budget.room(&clock);
        assert!(slow.grow_now(MIB + FREE_BYTES));
        for _ in 0..20 {
            let other = budget.room(&clock);
            assert!(other.grow_now(3 * MIB));
            drop(other.whole(3 * MIB));
        }
    }

    #[test]
    fn the_oldest_that_waits_is_the_next() {
        let budget = budget();
        let clock = WaitClock::default();
        let page = budget.room(&clock);
        assert!(page.grow_now(4 * MIB + FREE_BYTES));
        let page = page.whole(4 * MIB + FREE_BYTES);
        let (largest, old, young) = (budget.room(&clock), budget.room(&clock), budget.room(&clock));
        assert!(largest.grow_now(4 * MIB + FREE_BYTES));
        assert!(!old.grow_now(2 * MIB + FREE_BYTES));
        drop(page);
        assert!(!young.grow_now(MIB + FREE_BYTES), "an older one waits");
        assert!(old.grow_now(2 * MIB + FREE_BYTES));
        assert!(young.grow_now(MIB + FREE_BYTES));
    }

    #[test]
    fn buffers_of_connections_count_for_large_bodies_only() {
        let budget = budget();
        let clock = WaitClock::default();
        let held = |room: &BodyRoom<'_>| budget.accounts().by_age[&room.lease.number].held;
        let mut room = budget.room(&clock);
        room.received(32 << 10);
        assert!(room.grow_now(FREE_BYTES));
        assert_eq!(held(&room), 0);
        assert!(room.grow_now(FREE_BYTES + 1));
        assert_eq!(held(&room), 2 * STEP_BYTES, "the body, and 256 KiB of buffers");
        room.received(40 << 20);
        assert!(room.grow_now(MIB + FREE_BYTES));
        assert_eq!(held(&room), MIB + MAX_BUFFER_BYTES);
        let number = room.lease.number;
        let whole = room.whole(MIB + FREE_BYTES);
        assert_eq!(budget.accounts().by_age[&number].held, MIB, "the connection has ended");
        drop(whole);
    }

    #[test]
    fn large_limits_leave_room_for_bodies_that_grow_together() {
        let clock = WaitClock::default();
        for largest in [10, 20, 32, 100] {
            let budget = BodyBudget::new(largest * MIB);
            let slow: Vec<BodyRoom<'_>> = (0..3).map(|_| budget.room(&clock)).collect();
            for room in &slow {
                assert!(room.grow_now(2 * MIB), "{largest} MiB");
            }
        }
    }

    #[test]
    fn a_body_may_be_larger_than_the_budget() {
        let clock = WaitClock::default();
        let budget = BodyBudget::new(100 * MIB);
        assert!(budget.room(&clock).grow_now(100 * MIB));
    }
}
