//! Addresses with large answers. Their connections are not kept for another request: the HTTP library reads into
//! a buffer that grows to hundreds of kilobytes, and frees it only with the connection.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;

/// A larger answer is large, in bytes as received.
const LARGE_BYTES: u64 = 128 << 10;

/// Most addresses that are remembered; then it begins anew.
const MAX_ADDRESSES: usize = 4096;

/// The addresses whose last answer was large. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct LargeAnswers {
    addresses: Arc<Mutex<HashSet<u64>>>,
}

/// Counts the bytes of an answer.
#[derive(Debug)]
pub(super) struct AnswerSize {
    answers: LargeAnswers,
    address: u64,
    bytes: u64,
}

impl LargeAnswers {
    /// Whether the last answer of an address was large.
    pub(super) fn has(&self, url: &Url) -> bool {
        self.addresses().contains(&address_of(url))
    }

    /// Begins to count an answer of an address.
    pub(super) fn begin(&self, url: &Url) -> AnswerSize {
        AnswerSize { answers: self.clone(), address: address_of(url), bytes: 0 }
    }

    fn addresses(&self) -> MutexGuard<'_, HashSet<u64>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AnswerSize {
    /// Counts bytes that have arrived.
    pub(super) fn add(&mut self, bytes: usize) {
        let was_large = self.bytes > LARGE_BYTES;
        self.bytes += bytes as u64;
        if was_large || self.bytes <= LARGE_BYTES {
            return;
        }
        let mut addresses = self.answers.addresses();
        if addresses.len() >= MAX_ADDRESSES {
            addresses.clear();
        }
        addresses.insert(self.address);
    }

    /// The answer has come to its end.
    pub(super) fn end(&self) {
        if self.bytes <= LARGE_BYTES {
            self.answers.addresses().remove(&self.address);
        }
    }
}

/// A hash of the address, so that none is kept as a text.
fn address_of(url: &Url) -> u64 {
    let mut hasher = DefaultHasher::new();
    url.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_counts_as_large_until_its_answer_is_small() {
        let large = LargeAnswers::default();
        let url =
            |path: &str| Url::parse("https://example.org").and_then(|u| u.join(path)).expect("an address");
        let mut answer = large.begin(&url("/list"));
        answer.add(100 << 10);
        assert!(!large.has(&url("/list")));
        answer.add(100 << 10);
        assert!(large.has(&url("/list")), "an answer that is cut off is large, too");
        assert!(!large.has(&url("/other")));
        let next = large.begin(&url("/list"));
        assert!(large.has(&url("/list")));
        next.end();
        assert!(!large.has(&url("/list")));
    }
}
