//! The cache of rendered documents.
//!
//! A document is rendered and compressed once per version. The cache has a size limit.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

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

/// Smaller documents are not compressed: it would save nothing.
const MIN_COMPRESSED_BYTES: usize = 256;

/// A request waits this long for a new document while there is an older one.
const RENDER_WITHIN: Duration = Duration::from_secs(1);

/// A document in one format, with its compressed forms.
#[derive(Debug)]
pub(super) struct RenderedDocument {
    /// The format.
    pub(super) format: Format,
    /// ETag without quotes, of the uncompressed form.
    pub(super) tag: String,
    /// When the items last changed.
    pub(super) changed: DateTime<Utc>,
    /// The document's own address, for `Link: rel=self`.
    pub(super) self_url: String,
    plain: Bytes,
    gzip: Option<Bytes>,
    brotli: Option<Bytes>,
    zstd: Option<Bytes>,
}

impl RenderedDocument {
    /// The body in this content coding, or the plain body if the compressed form would not be smaller.
    pub(super) fn body(&self, encoding: Encoding) -> (Encoding, &Bytes) {
        let compressed = match encoding {
            Encoding::Identity => None,
            Encoding::Gzip => self.gzip.as_ref(),
            Encoding::Brotli => self.brotli.as_ref(),
            Encoding::Zstd => self.zstd.as_ref(),
        };
        compressed.map_or((Encoding::Identity, &self.plain), |body| (encoding, body))
    }

    /// The bytes of all forms together.
    fn size(&self) -> usize {
        let compressed = [&self.gzip, &self.brotli, &self.zstd];
        let compressed_bytes: usize = compressed.into_iter().flatten().map(Bytes::len).sum();
        self.plain.len() + compressed_bytes
    }
}

/// The version of everything that a document is made from: when the stamp changes, the document is
/// rendered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The version of the feed's items.
    pub(super) version: u64,
    /// The generation of the configuration; counts up with every reload.
    pub(super) generation: u64,
}

struct CachedDocument {
    stamp: Stamp,
    /// Empty until the document has been rendered.
    current: OnceCell<Arc<RenderedDocument>>,
    /// The document of the stamp before, served if rendering fails; dropped once it succeeds.
    previous: Mutex<Option<Arc<RenderedDocument>>>,
    /// Number of the last use: a lower number was used longer ago.
    last_use: AtomicU64,
}

impl CachedDocument {
    /// The current document; while there is none, the previous one.
    fn best(&self) -> Option<Arc<RenderedDocument>> {
        let previous = || self.previous.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.current.get().cloned().or_else(previous)
    }

    fn size(&self) -> usize {
        self.best().map_or(0, |document| document.size())
    }
}

/// All rendered documents in memory, by feed and format.
pub struct DocumentCache {
    documents: Mutex<HashMap<(FeedId, Format), Arc<CachedDocument>>>,
    use_count: AtomicU64,
    max_bytes: usize,
    cpu: CpuPool,
    metrics: Arc<Metrics>,
}

impl DocumentCache {
    /// An empty cache of at most `max_bytes`.
    #[must_use]
    pub fn new(cpu: CpuPool, metrics: Arc<Metrics>, max_bytes: usize) -> Self {
        Self { documents: Mutex::default(), use_count: AtomicU64::new(0), max_bytes, cpu, metrics }
    }

    /// The document of a feed, rendered now if this is the first request for its stamp. Simultaneous
    /// requests cause only one rendering. If rendering fails, or takes longer than [`RENDER_WITHIN`], the
    /// previous document is returned; a rendering that is late goes on for later requests.
    pub(super) async fn get(
        self: &Arc<Self>,
        head: FeedHead,
        format: Format,
        stamp: Stamp,
        items: impl Future<Output = Result<Vec<Item>, StoreError>> + Send + 'static,
    ) -> Result<Arc<RenderedDocument>, StoreError> {
        let cached = self.cached(&head.id, format, stamp);
        if let Some(document) = cached.current.get() {
            self.metrics.document_hit();
            return Ok(Arc::clone(document));
        }
        let previous = cached.best();
        let cache = Arc::clone(self);
        let rendering = tokio::spawn(async move { cache.renew(&cached, head, format, items).await });
        let rendered = match &previous {
            None => rendering.await,
            Some(previous) => match tokio::time::timeout(RENDER_WITHIN, rendering).await {
                Ok(rendered) => rendered,
                Err(_) => return Ok(Arc::clone(previous)),
            },
        };
        let rendered = rendered.unwrap_or_else(|error| Err(StoreError::Failed(error.to_string())));
        match (rendered, previous) {
            (Ok(document), _) => Ok(document),
            (Err(error), Some(previous)) => {
                error.log(None, "a document could not be renewed, the last good one is served");
                Ok(previous)
            }
            (Err(error), None) => Err(error),
        }
    }

    /// Renders a document into its place in the cache, unless another request does so already.
    async fn renew(
        &self,
        cached: &CachedDocument,
        head: FeedHead,
        format: Format,
        items: impl Future<Output = Result<Vec<Item>, StoreError>>,
    ) -> Result<Arc<RenderedDocument>, StoreError> {
        let document = cached.current.get_or_try_init(|| self.render(head, format, items)).await?;
        cached.previous.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.shrink();
        Ok(Arc::clone(document))
    }

    /// The place of a document in the cache; if it has another stamp, a new one that is still empty.
    fn cached(&self, feed: &FeedId, format: Format, stamp: Stamp) -> Arc<CachedDocument> {
        let use_number = self.use_count.fetch_add(1, Ordering::Relaxed);
        let mut documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (feed.clone(), format);
        let existing = documents.get(&key);
        if let Some(cached) = existing.filter(|cached| cached.stamp == stamp) {
            cached.last_use.store(use_number, Ordering::Relaxed);
            return Arc::clone(cached);
        }
        let renewed = Arc::new(CachedDocument {
            stamp,
            current: OnceCell::new(),
            previous: Mutex::new(existing.and_then(|cached| cached.best())),
            last_use: AtomicU64::new(use_number),
        });
        documents.insert(key, Arc::clone(&renewed));
        renewed
    }

    async fn render(
        &self,
        head: FeedHead,
        format: Format,
        items: impl Future<Output = Result<Vec<Item>, StoreError>>,
    ) -> Result<Arc<RenderedDocument>, StoreError> {
        let items = items.await?;
        let rendered = self.cpu.run(move || rendered_document(&head, &items, format)).await;
        self.metrics.document_rendered();
        rendered.map(Arc::new).map_err(|error| StoreError::Failed(format!("rendering failed: {error}")))
    }

    /// Drops the least recently used documents until the rest fits into `max_bytes`. One document stays,
    /// whatever its size.
    fn shrink(&self) {
        let mut documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        let mut total_bytes: usize = documents.values().map(|cached| cached.size()).sum();
        while total_bytes > self.max_bytes && documents.len() > 1 {
            let oldest = documents.iter().min_by_key(|(_, cached)| cached.last_use.load(Ordering::Relaxed));
            let Some(key) = oldest.map(|(key, _)| key.clone()) else { break };
            total_bytes -= documents.remove(&key).map_or(0, |cached| cached.size());
        }
        self.metrics.set_document_cache_bytes(total_bytes);
    }
}

/// Renders and compresses a document. Compressed forms that are not smaller are dropped.
pub(super) fn rendered_document(head: &FeedHead, items: &[Item], format: Format) -> RenderedDocument {
    let document = render(head, items, format);
    let plain = document.body;
    let if_smaller =
        |compressed: Option<Vec<u8>>| compressed.filter(|bytes| bytes.len() < plain.len()).map(Bytes::from);
    let compress = plain.len() >= MIN_COMPRESSED_BYTES;
    RenderedDocument {
        format,
        tag: document.etag,
        changed: head.changed,
        self_url: head.self_url(format),
        gzip: compress.then(|| if_smaller(gzip(&plain))).flatten(),
        brotli: compress.then(|| if_smaller(brotli(&plain))).flatten(),
        zstd: compress.then(|| if_smaller(zstd(&plain))).flatten(),
        plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> FeedHead {
        FeedHead {
            path: "/feeds/t".to_owned(),
            id: FeedId::parse("t").expect("an id"),
            title: "Tides".to_owned(),
            description: String::new(),
            home: None,
            base_url: "https://feeds.example.org".to_owned(),
            language: None,
            ttl_minutes: 30,
            changed: DateTime::UNIX_EPOCH,
        }
    }

    #[tokio::test]
    async fn a_document_that_is_late_leaves_the_last_good_one() {
        let cache = Arc::new(DocumentCache::new(CpuPool::new(1), Arc::default(), 1 << 20));
        let stamp = |version| Stamp { version, generation: 0 };
        let first =
            cache.get(head(), Format::Rss, stamp(1), async { Ok(Vec::new()) }).await.expect("a document");
        tokio::time::pause();
        // Its items never come.
        let late =
            cache.get(head(), Format::Rss, stamp(2), std::future::pending()).await.expect("a document");
        assert_eq!(late.tag, first.tag);
        // A later version is made as ever, and one that fails leaves the last good one, too.
        let failed = async { Err(StoreError::Failed("a page of it cannot be read".to_owned())) };
        let third = cache.get(head(), Format::Rss, stamp(3), failed).await.expect("a document");
        assert_eq!(third.tag, first.tag);
    }
}
