//! Rendered documents: made once per version, with their compressed forms, and kept within bounds.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use tokio::sync::OnceCell;

use super::encoding::Encoding;
use crate::coding::{brotli, gzip, zstd};
use crate::cpu::CpuPool;
use crate::model::{FeedHead, FeedId, Format, Item};
use crate::render::render;
use crate::store::StoreError;
use crate::telemetry::Metrics;

/// Compressing less than this saves nothing.
const COMPRESS_FROM_BYTES: usize = 256;

/// A document ready to be sent.
#[derive(Debug)]
pub(super) struct Ready {
    /// Its format.
    pub(super) format: Format,
    /// ETag without quotes, of the uncompressed form.
    pub(super) tag: String,
    /// When its items last changed.
    pub(super) changed: DateTime<Utc>,
    /// Its own address, for `Link: rel=self`.
    pub(super) self_url: String,
    plain: Bytes,
    gzip: Option<Bytes>,
    brotli: Option<Bytes>,
    zstd: Option<Bytes>,
}

impl Ready {
    /// The body in a coding, or in none if that coding was not worth its while.
    pub(super) fn body(&self, wanted: Encoding) -> (Encoding, &Bytes) {
        let kept = match wanted {
            Encoding::Identity => None,
            Encoding::Gzip => self.gzip.as_ref(),
            Encoding::Brotli => self.brotli.as_ref(),
            Encoding::Zstd => self.zstd.as_ref(),
        };
        kept.map_or((Encoding::Identity, &self.plain), |body| (wanted, body))
    }

    fn size(&self) -> usize {
        let packed = [&self.gzip, &self.brotli, &self.zstd];
        self.plain.len() + packed.iter().filter_map(|b| b.as_ref().map(Bytes::len)).sum::<usize>()
    }
}

/// What a document is made from: another stamp is another document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Version of the feed's items.
    pub(super) version: u64,
    /// Counts up with every reload of the configuration.
    pub(super) generation: u64,
}

struct Slot {
    stamp: Stamp,
    cell: OnceCell<Arc<Ready>>,
    /// The last good one, should this one fail.
    before: Mutex<Option<Arc<Ready>>>,
    used: AtomicU64,
}

impl Slot {
    fn best(&self) -> Option<Arc<Ready>> {
        self.cell
            .get()
            .cloned()
            .or_else(|| self.before.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn size(&self) -> usize {
        self.best().map_or(0, |r| r.size())
    }
}

/// All documents in memory.
pub struct Documents {
    slots: Mutex<HashMap<(FeedId, Format), Arc<Slot>>>,
    uses: AtomicU64,
    max_bytes: usize,
    cpu: CpuPool,
    metrics: Arc<Metrics>,
}

impl Documents {
    /// An empty cache of at most `max_bytes`.
    #[must_use]
    pub fn new(cpu: CpuPool, metrics: Arc<Metrics>, max_bytes: usize) -> Self {
        let (slots, uses) = (Mutex::default(), AtomicU64::new(0));
        Self { slots, uses, max_bytes, cpu, metrics }
    }

    /// The document of a feed, rendered now if this version has not been asked for before. Many
    /// requests at once cause one rendering.
    pub(super) async fn get(
        &self,
        head: FeedHead,
        format: Format,
        stamp: Stamp,
        items: impl Future<Output = Result<Vec<Item>, StoreError>>,
    ) -> Result<Arc<Ready>, StoreError> {
        let slot = self.slot(&head.id, format, stamp);
        if let Some(ready) = slot.cell.get() {
            return Ok(Arc::clone(ready));
        }
        let made = slot.cell.get_or_try_init(|| self.make(head, format, items)).await.map(Arc::clone);
        match (made, slot.best()) {
            (Ok(ready), _) => {
                slot.before.lock().unwrap_or_else(PoisonError::into_inner).take();
                self.shrink();
                Ok(ready)
            }
            (Err(error), Some(before)) => {
                tracing::error!("a document could not be renewed, the last good one is served: {error}");
                Ok(before)
            }
            (Err(error), None) => Err(error),
        }
    }

    fn slot(&self, feed: &FeedId, format: Format, stamp: Stamp) -> Arc<Slot> {
        let use_number = self.uses.fetch_add(1, Ordering::Relaxed);
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (feed.clone(), format);
        let before = slots.get(&key);
        if let Some(slot) = before.filter(|s| s.stamp == stamp) {
            slot.used.store(use_number, Ordering::Relaxed);
            return Arc::clone(slot);
        }
        let slot = Arc::new(Slot {
            stamp,
            cell: OnceCell::new(),
            before: Mutex::new(before.and_then(|s| s.best())),
            used: AtomicU64::new(use_number),
        });
        slots.insert(key, Arc::clone(&slot));
        slot
    }

    async fn make(
        &self,
        head: FeedHead,
        format: Format,
        items: impl Future<Output = Result<Vec<Item>, StoreError>>,
    ) -> Result<Arc<Ready>, StoreError> {
        let items = items.await?;
        let made = self.cpu.run(move || make(&head, &items, format)).await;
        self.metrics.document_rendered();
        made.map(Arc::new).map_err(|e| StoreError::Failed(format!("rendering failed: {e}")))
    }

    /// Drops the documents that were used longest ago until the rest fits.
    fn shrink(&self) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let mut total: usize = slots.values().map(|s| s.size()).sum();
        while total > self.max_bytes && slots.len() > 1 {
            let oldest = slots.iter().min_by_key(|(_, s)| s.used.load(Ordering::Relaxed));
            let Some(key) = oldest.map(|(key, _)| key.clone()) else { return };
            total -= slots.remove(&key).map_or(0, |s| s.size());
        }
    }
}

fn make(head: &FeedHead, items: &[Item], format: Format) -> Ready {
    let document = render(head, items, format);
    let plain = document.body;
    let worth = |packed: Option<Vec<u8>>| packed.filter(|p| p.len() < plain.len()).map(Bytes::from);
    let pack = plain.len() >= COMPRESS_FROM_BYTES;
    Ready {
        format,
        tag: document.etag,
        changed: head.changed,
        self_url: head.self_url(format),
        gzip: pack.then(|| worth(gzip(&plain))).flatten(),
        brotli: pack.then(|| worth(brotli(&plain))).flatten(),
        zstd: pack.then(|| worth(zstd(&plain))).flatten(),
        plain,
    }
}
