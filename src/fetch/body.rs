//! The body of an answer, read under caps.

use std::time::Duration;

use http::{HeaderMap, header};
use tokio::time::timeout;

use super::client::Response;
use super::{FetchFailure, FetchLimits};
use crate::coding::{Caps, Coding, DecodeError, Decoder};
use crate::model::{Trouble, TroubleKind};

/// An unpacked body and what it cost on the wire.
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    pub(super) wire_bytes: u64,
}

/// Reads and unpacks a body as it comes, so that a bomb is stopped at the cap and not after it.
pub(super) async fn read(response: &mut Response, limits: &FetchLimits) -> Result<Body, FetchFailure> {
    let caps =
        Caps { wire_bytes: limits.wire_bytes, decoded_bytes: limits.decoded_bytes, ratio: limits.ratio };
    let coding = Coding::from_header(&content_encoding(&response.headers));
    let mut decoder = coding.and_then(|c| Decoder::new(c, caps)).map_err(|e| trouble(&e))?;
    let mut wire_bytes = 0;
    while let Some(chunk) = next(response, limits.idle_read).await? {
        wire_bytes += chunk.len() as u64;
        decoder.push(&chunk).map_err(|e| fail(&e, wire_bytes))?;
    }
    let bytes = decoder.finish().map_err(|e| fail(&e, wire_bytes))?;
    let bytes = if bytes.starts_with(GZIP) { unpacked(&bytes, caps, wire_bytes)? } else { bytes };
    Ok(Body { bytes, wire_bytes })
}

/// The first bytes of a file packed by gzip (RFC 1952 section 2.3.1).
const GZIP: &[u8] = &[0x1f, 0x8b, 8];

/// What is in a packed file, such as `sitemap.xml.gz`: packed as itself, not for the way.
fn unpacked(file: &[u8], caps: Caps, wire_bytes: u64) -> Result<Vec<u8>, FetchFailure> {
    let mut decoder = Decoder::new(Coding::Gzip, caps).map_err(|e| trouble(&e))?;
    for part in file.chunks(16 * 1024) {
        decoder.push(part).map_err(|e| fail(&e, wire_bytes))?;
    }
    decoder.finish().map_err(|e| fail(&e, wire_bytes))
}

/// Reads the beginning of a body, and leaves what is over the caps: for robots.txt, of which the
/// first part counts (RFC 9309 section 2.5).
pub(super) async fn read_beginning(
    response: &mut Response,
    caps: Caps,
    idle: Duration,
) -> Result<Vec<u8>, FetchFailure> {
    let coding = Coding::from_header(&content_encoding(&response.headers));
    let mut decoder = coding.and_then(|c| Decoder::new(c, caps)).map_err(|e| trouble(&e))?;
    while let Some(chunk) = next(response, idle).await? {
        match decoder.push(&chunk) {
            Ok(()) => {}
            Err(e) if trouble(&e).kind == TroubleKind::TooLarge => return Ok(decoder.into_beginning()),
            Err(e) => return Err(trouble(&e).into()),
        }
    }
    decoder.finish().map_err(|e| trouble(&e).into())
}

async fn next(response: &mut Response, idle: Duration) -> Result<Option<bytes::Bytes>, FetchFailure> {
    match timeout(idle, response.chunk()).await {
        Ok(chunk) => chunk,
        Err(_) => {
            let detail = format!("no data for {} s in the middle of the page", idle.as_secs());
            Err(Trouble::new(TroubleKind::Timeout, detail).into())
        }
    }
}

fn content_encoding(headers: &HeaderMap) -> String {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    values.filter_map(|v| v.to_str().ok()).collect::<Vec<_>>().join(",")
}

fn fail(error: &DecodeError, bytes: u64) -> FetchFailure {
    FetchFailure { trouble: trouble(error), retry_after: None, crawl_delay: None, bytes }
}

fn trouble(error: &DecodeError) -> Trouble {
    let kind = match error {
        DecodeError::TooLargeWire(..) | DecodeError::TooLargeDecoded(..) | DecodeError::Ratio(..) => {
            TroubleKind::TooLarge
        }
        DecodeError::Truncated => TroubleKind::BrokenAnswer,
        _ => TroubleKind::BadEncoding,
    };
    Trouble::new(kind, error.to_string())
}
