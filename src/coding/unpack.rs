//! Unpacking under caps: a compression bomb is stopped at the cap, not after it.

use std::io::{self, Write};

use flate2::write::{DeflateDecoder, GzDecoder, ZlibDecoder};

use super::content_coding::{Coding, DecodeError};
use super::sink::{Caps, Sink};
use crate::model::Limit;

/// RFC 9659: no window larger than 8 MiB on the web.
const ZSTD_WINDOW_LOG: u32 = 23;

/// The first seven bits that the library reads as a large window. RFC 7932 section 9.1 gives them no
/// meaning. The library takes them for a window of up to 1 GiB, which it would allocate for 200 bytes
/// of input.
const BROTLI_LARGE_WINDOW: u8 = 0x11;

/// The decoder of each coding, with the sink inside it.
enum Stream {
    Identity(Sink),
    Gzip(GzDecoder<Sink>),
    /// The first byte has not been received yet. It tells the two kinds of deflate apart.
    Undecided(Sink),
    Zlib(ZlibDecoder<Sink>),
    Deflate(DeflateDecoder<Sink>),
    Brotli(Box<brotli::DecompressorWriter<Sink>>),
    Zstd(Box<zstd::stream::write::Decoder<'static, Sink>>),
}

/// Unpacks a body while it is received.
pub struct Decoder {
    stream: Stream,
    coding: Coding,
    caps: Caps,
    /// Bytes received from the network so far.
    wire_bytes: u64,
    /// The compressed data has ended. Bytes after it are ignored, as browsers do.
    has_ended: bool,
}

impl Decoder {
    /// A decoder for one body.
    ///
    /// # Errors
    /// When the coding's library cannot be set up.
    pub fn new(coding: Coding, caps: Caps) -> Result<Self, DecodeError> {
        let sink = Sink::new(caps, 0);
        let stream = match coding {
            Coding::Identity => Stream::Identity(sink),
            Coding::Gzip => Stream::Gzip(GzDecoder::new(sink)),
            Coding::Deflate => Stream::Undecided(sink),
            Coding::Brotli => Stream::Brotli(Box::new(brotli::DecompressorWriter::new(sink, 4096))),
            Coding::Zstd => Stream::Zstd(Box::new(zstd_decoder(sink)?)),
        };
        Ok(Self { stream, coding, caps, wire_bytes: 0, has_ended: false })
    }

    /// Unpacks the next bytes that were received.
    ///
    /// # Errors
    /// When a cap is exceeded, or the bytes are not valid in their coding.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), DecodeError> {
        self.wire_bytes += chunk.len() as u64;
        if self.wire_bytes > self.caps.wire_bytes {
            return Err(DecodeError::Limit(Limit::WireBytes(self.caps.wire_bytes)));
        }
        if self.has_ended || chunk.is_empty() {
            return Ok(());
        }
        let is_first = self.wire_bytes == chunk.len() as u64;
        if is_first && self.coding == Coding::Brotli && chunk[0] & 0x7f == BROTLI_LARGE_WINDOW {
            return Err(DecodeError::Broken(self.coding.name()));
        }
        self.choose_deflate_format(chunk[0]);
        self.sink().wire_bytes = self.wire_bytes;
        let mut rest = chunk;
        while !rest.is_empty() && !self.has_ended {
            let written = self.write(rest);
            match (written, self.sink().exceeded.take()) {
                (_, Some(exceeded)) => return Err(exceeded),
                (Err(_), None) => return Err(DecodeError::Broken(self.coding.name())),
                (Ok(0), None) => self.next_member(rest)?,
                (Ok(count), None) => rest = &rest[count..],
            }
        }
        Ok(())
    }

    /// Continues after compressed data that has ended inside a chunk. Another gzip member may follow
    /// (RFC 1952 section 2.2); anything else is ignored.
    fn next_member(&mut self, rest: &[u8]) -> Result<(), DecodeError> {
        self.has_ended = true;
        if let Stream::Gzip(member) = &mut self.stream {
            member.try_finish().map_err(|_| DecodeError::Broken(self.coding.name()))?;
            // The second byte of the gzip magic number may be in the next chunk.
            if rest[0] == 0x1f && rest.get(1).is_none_or(|b| *b == 0x8b) {
                let sink = self.take_sink();
                self.stream = Stream::Gzip(GzDecoder::new(sink));
                self.has_ended = false;
            }
        }
        Ok(())
    }

    /// The number of bytes unpacked so far.
    pub fn unpacked(&mut self) -> u64 {
        self.sink().bytes.len() as u64
    }

    /// The bytes unpacked so far, for a caller that needs only the beginning of a body.
    #[must_use]
    pub fn into_beginning(mut self) -> Vec<u8> {
        std::mem::take(&mut self.sink().bytes)
    }

    /// Ends the body and returns all unpacked bytes.
    ///
    /// # Errors
    /// When the compressed data ends in the middle.
    pub fn finish(mut self) -> Result<Vec<u8>, DecodeError> {
        if self.wire_bytes == 0 {
            return Ok(Vec::new());
        }
        if !self.has_ended && !self.is_complete() {
            return Err(self.sink().exceeded.take().unwrap_or(DecodeError::Truncated));
        }
        Ok(std::mem::take(&mut self.sink().bytes))
    }

    /// Sets the decoder of a deflate body by its first byte. RFC 1950 section 2.2: a zlib stream begins
    /// with method 8 and a window of at most 7.
    fn choose_deflate_format(&mut self, first_byte: u8) {
        if matches!(self.stream, Stream::Undecided(_)) {
            let sink = self.take_sink();
            let is_zlib = first_byte & 0x0f == 8 && first_byte >> 4 <= 7;
            self.stream = if is_zlib {
                Stream::Zlib(ZlibDecoder::new(sink))
            } else {
                Stream::Deflate(DeflateDecoder::new(sink))
            };
        }
    }

    /// Takes the sink out of the decoder, to hand it to another one.
    fn take_sink(&mut self) -> Sink {
        let empty = Sink::new(self.caps, self.wire_bytes);
        std::mem::replace(self.sink(), empty)
    }

    /// Writes to the decoder and returns the count of bytes that it took; 0 if its data has ended.
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        let writer: &mut dyn Write = match &mut self.stream {
            Stream::Identity(s) | Stream::Undecided(s) => s,
            Stream::Gzip(d) => d,
            Stream::Zlib(d) => d,
            Stream::Deflate(d) => d,
            Stream::Brotli(d) => d.as_mut(),
            Stream::Zstd(d) => d.as_mut(),
        };
        writer.write(chunk)
    }

    fn sink(&mut self) -> &mut Sink {
        match &mut self.stream {
            Stream::Identity(s) | Stream::Undecided(s) => s,
            Stream::Gzip(d) => d.get_mut(),
            Stream::Zlib(d) => d.get_mut(),
            Stream::Deflate(d) => d.get_mut(),
            Stream::Brotli(d) => d.get_mut(),
            Stream::Zstd(d) => d.get_mut(),
        }
    }

    /// Finishes the compressed data, and says whether it was complete.
    fn is_complete(&mut self) -> bool {
        match &mut self.stream {
            Stream::Identity(_) | Stream::Undecided(_) => true,
            Stream::Gzip(d) => d.try_finish().is_ok(),
            Stream::Zlib(d) => d.try_finish().is_ok(),
            Stream::Deflate(d) => d.try_finish().is_ok(),
            Stream::Brotli(d) => d.close().is_ok(),
            Stream::Zstd(d) => d.do_finish().is_ok(),
        }
    }
}

/// A Zstandard decoder with the bound on its window.
fn zstd_decoder(sink: Sink) -> Result<zstd::stream::write::Decoder<'static, Sink>, DecodeError> {
    let broken = |_| DecodeError::Broken(Coding::Zstd.name());
    let mut decoder = zstd::stream::write::Decoder::new(sink).map_err(broken)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(broken)?;
    Ok(decoder)
}

#[cfg(test)]
mod tests;
