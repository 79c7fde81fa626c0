//! The body of an answer, read and unpacked under caps.

use std::time::Duration;

use http::{HeaderMap, header};
use tokio::time::timeout;

use super::answer::FetchFailure;
use super::body_budget::{BodyHold, BodyRoom};
use super::client::{Response, silence};
use super::limits::FetchLimits;
use crate::coding::{Caps, Coding, DecodeError, Decoder};
use crate::model::{Limit, Trouble, TroubleKind};

/// The first bytes of a gzip file (RFC 1952 section 2.3.1).
const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b, 8];

/// Received bytes that are unpacked before the room for them is asked for. Gzip makes at most 1032 bytes of
/// each, so that an honest body is never much larger than its room.
const UNPACK_STEP: usize = 512;

/// Unpacked bytes of one step for which there must be room at once. Only a bomb comes to so many.
const MAX_JUMP: u64 = 1 << 20;

/// An unpacked body, and the number of bytes received for it.
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    pub(super) hold: BodyHold,
    pub(super) wire_bytes: u64,
}

/// Reads and unpacks a body as it arrives, so that a decompression bomb is stopped at the cap and not
/// after it. Where there is no room for more of it, the reading waits.
pub(super) async fn read(
    response: &mut Response,
    limits: &FetchLimits,
    mut room: BodyRoom<'_>,
) -> Result<Body, FetchFailure> {
    let caps =
        Caps { wire_bytes: limits.wire_bytes, decoded_bytes: limits.decoded_bytes, ratio: limits.ratio };
    let mut decoder = decoder_for(response, caps)?;
    let mut wire_bytes = 0;
    while let Some(chunk) = next_chunk(response, limits.idle_read).await? {
        wire_bytes += chunk.len() as u64;
        room.received(chunk.len());
        unpack(&mut decoder, &chunk, &mut room, caps).await.map_err(|e| failure(&e, wire_bytes))?;
    }
    let mut bytes = decoder.finish().map_err(|e| failure(&e, wire_bytes))?;
    if bytes.starts_with(GZIP_MAGIC) {
        let file = bytes;
        bytes = unpack_gzip_file(&file, caps, &mut room).await.map_err(|e| failure(&e, wire_bytes))?;
    }
    let hold = room.whole(bytes.len() as u64);
    Ok(Body { bytes, hold, wire_bytes })
}

/// The most bytes that a body has in memory while it is read: those of a gzip file, which is no larger than what may be
/// received, and those that were unpacked of it.
pub(super) fn most_bytes(limits: &FetchLimits) -> u64 {
    limits.decoded_bytes.saturating_add(limits.wire_bytes.min(limits.decoded_bytes))
}

/// Unpacks a gzip file such as `sitemap.xml.gz`: the file itself is packed, not its transfer.
async fn unpack_gzip_file(file: &[u8], caps: Caps, room: &mut BodyRoom<'_>) -> Result<Vec<u8>, DecodeError> {
    if file.len() as u64 > caps.wire_bytes {
        return Err(DecodeError::Limit(Limit::WireBytes(caps.wire_bytes)));
    }
    room.keep_beside(file.len() as u64);
    let mut decoder = Decoder::new(Coding::Gzip, caps)?;
    unpack(&mut decoder, file, room, caps).await?;
    decoder.finish()
}

/// Unpacks received bytes step by step, and waits until there is room for more.
async fn unpack(
    decoder: &mut Decoder,
    received: &[u8],
    room: &mut BodyRoom<'_>,
    caps: Caps,
) -> Result<(), DecodeError> {
    for part in received.chunks(UNPACK_STEP) {
        let before = decoder.unpacked();
        decoder.push(part)?;
        let unpacked = decoder.unpacked();
        // Many bodies that jump at the same moment would all be in memory while they wait.
        if unpacked - before > MAX_JUMP && !room.grow_now(unpacked) {
            return Err(DecodeError::Limit(Limit::CompressionRatio(caps.ratio)));
        }
        room.grow(unpacked).await;
    }
    Ok(())
}

/// Reads the beginning of a body and drops the part beyond the caps. For robots.txt, of which only
/// the first part counts (RFC 9309 section 2.5).
pub(super) async fn read_beginning(
    response: &mut Response,
    caps: Caps,
    idle_read: Duration,
) -> Result<Vec<u8>, FetchFailure> {
    let mut decoder = decoder_for(response, caps)?;
    while let Some(chunk) = next_chunk(response, idle_read).await? {
        match decoder.push(&chunk) {
            Ok(()) => {}
            Err(e) if trouble(&e).kind == TroubleKind::TooLarge => return Ok(decoder.into_beginning()),
            Err(e) => return Err(trouble(&e).into()),
        }
    }
    decoder.finish().map_err(|e| trouble(&e).into())
}

fn decoder_for(response: &Response, caps: Caps) -> Result<Decoder, Trouble> {
    let coding = match Coding::from_header(&content_encoding(&response.headers)) {
        // Browsers read such a body as it is: some sites write a charset or a language there.
        Err(DecodeError::Unknown(_)) => Ok(Coding::Identity),
        known => known,
    };
    coding.and_then(|coding| Decoder::new(coding, caps)).map_err(|e| trouble(&e))
}

async fn next_chunk(
    response: &mut Response,
    idle_read: Duration,
) -> Result<Option<bytes::Bytes>, FetchFailure> {
    timeout(idle_read, response.chunk()).await.unwrap_or_else(|_| Err(silence(idle_read).into()))
}

/// The value of `Content-Encoding`; several header lines are joined by commas.
fn content_encoding(headers: &HeaderMap) -> String {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    values.filter_map(|v| v.to_str().ok()).collect::<Vec<_>>().join(",")
}

fn failure(error: &DecodeError, bytes: u64) -> FetchFailure {
    FetchFailure { bytes, ..trouble(error).into() }
}

fn trouble(error: &DecodeError) -> Trouble {
    match error {
        DecodeError::Limit(limit) => limit.clone().into(),
        DecodeError::Truncated => Trouble::new(TroubleKind::BrokenAnswer, error.to_string()),
        _ => Trouble::new(TroubleKind::BadEncoding, error.to_string()),
    }
}
