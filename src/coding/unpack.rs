//! Unpacking under caps: a bomb is stopped at the cap, not after it.

use std::io::{self, Write};

use flate2::write::{DeflateDecoder, GzDecoder, ZlibDecoder};

/// A bomb is told by its ratio only once it is worth the name.
const RATIO_FROM_BYTES: u64 = 1 << 20;

/// RFC 9659: no window larger than 8 MiB on the web.
const ZSTD_WINDOW_LOG: u32 = 23;

/// RFC 7932 section 9.1: these seven bits at the beginning stand for no window. The library takes
/// them for a window of up to 1 GiB, which 200 bytes would make it set aside.
const BROTLI_LARGE_WINDOW: u8 = 0x11;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// Not at all.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 1950, or RFC 1951 bare as some servers send it.
    Deflate,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

/// Bounds of an unpacking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Bytes that go in.
    pub wire_bytes: u64,
    /// Bytes that come out.
    pub decoded_bytes: u64,
    /// Bytes that come out per byte that goes in, once more than 1 MiB has come out.
    pub ratio: u32,
}

/// Why a body cannot be unpacked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// More bytes on the wire than allowed.
    #[error("more than {0} bytes received; raise `limits.wire_bytes` if the page is honest")]
    TooLargeWire(u64),
    /// More bytes unpacked than allowed.
    #[error("more than {0} bytes when unpacked; raise `limits.decoded_bytes` if the page is honest")]
    TooLargeDecoded(u64),
    /// Unpacks to suspiciously many bytes.
    #[error("unpacks to more than {0} times its size")]
    Ratio(u32),
    /// Ends in the middle.
    #[error("the compressed page ends in the middle")]
    Truncated,
    /// Is not what it says.
    #[error("the page is not valid {0}")]
    Broken(&'static str),
    /// A coding that nobody asked for.
    #[error("unknown content coding `{0}`")]
    Unknown(String),
    /// Several codings on top of each other.
    #[error("packed more than once: `{0}`")]
    Doubled(String),
}

impl Coding {
    /// Reads the value of `Content-Encoding`; several header lines are joined by commas.
    ///
    /// # Errors
    /// When the coding is unknown, or there is more than one.
    pub fn from_header(value: &str) -> Result<Self, DecodeError> {
        let names = value.split(',').map(str::trim).filter(|n| !n.is_empty());
        let mut real = names.filter(|n| !n.eq_ignore_ascii_case("identity"));
        let (first, second) = (real.next(), real.next());
        match (first, second) {
            (None, _) => Ok(Self::Identity),
            (Some(_), Some(_)) => Err(DecodeError::Doubled(value.chars().take(80).collect())),
            (Some(name), None) => Self::from_name(name),
        }
    }

    fn from_name(name: &str) -> Result<Self, DecodeError> {
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            "deflate" => Ok(Self::Deflate),
            "br" => Ok(Self::Brotli),
            "zstd" => Ok(Self::Zstd),
            _ => Err(DecodeError::Unknown(name.chars().take(40).collect())),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Identity => "text",
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "Brotli",
            Self::Zstd => "Zstandard",
        }
    }
}

/// Where unpacked bytes go; it refuses what is over the cap.
struct Sink {
    bytes: Vec<u8>,
    caps: Caps,
    wire: u64,
    over: Option<DecodeError>,
}

impl Sink {
    /// Doubles as a vector does, but sets nothing aside that the cap would refuse.
    fn reserve(&mut self, more: usize) {
        let needed = self.bytes.len() + more;
        if needed > self.bytes.capacity() {
            let cap = usize::try_from(self.caps.decoded_bytes).unwrap_or(usize::MAX);
            let wanted = (self.bytes.capacity() * 2).min(cap).max(needed);
            self.bytes.reserve_exact(wanted - self.bytes.len());
        }
    }
}

impl Write for Sink {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        let total = (self.bytes.len() + chunk.len()) as u64;
        let over = if total > self.caps.decoded_bytes {
            Some(DecodeError::TooLargeDecoded(self.caps.decoded_bytes))
        } else if total > RATIO_FROM_BYTES && total > self.wire.saturating_mul(self.caps.ratio.into()) {
            Some(DecodeError::Ratio(self.caps.ratio))
        } else {
            None
        };
        if over.is_some() {
            self.over = over;
            return Err(io::Error::other("over a cap"));
        }
        self.reserve(chunk.len());
        self.bytes.extend_from_slice(chunk);
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Stream {
    Identity(Sink),
    Gzip(GzDecoder<Sink>),
    /// The first byte has not come yet: it tells the two kinds of deflate apart.
    Undecided(Sink),
    Zlib(ZlibDecoder<Sink>),
    Deflate(DeflateDecoder<Sink>),
    Brotli(Box<brotli::DecompressorWriter<Sink>>),
    Zstd(Box<zstd::stream::write::Decoder<'static, Sink>>),
}

/// Unpacks a body as it comes.
pub struct Decoder {
    stream: Stream,
    coding: Coding,
    caps: Caps,
    wire: u64,
    /// The packed data has ended; what follows is ignored, as browsers do.
    ended: bool,
}

impl Decoder {
    /// A decoder for one body.
    ///
    /// # Errors
    /// When the coding's library cannot be set up.
    pub fn new(coding: Coding, caps: Caps) -> Result<Self, DecodeError> {
        let sink = Sink { bytes: Vec::new(), caps, wire: 0, over: None };
        let stream = match coding {
            Coding::Identity => Stream::Identity(sink),
            Coding::Gzip => Stream::Gzip(GzDecoder::new(sink)),
            Coding::Deflate => Stream::Undecided(sink),
            Coding::Brotli => Stream::Brotli(Box::new(brotli::DecompressorWriter::new(sink, 4096))),
            Coding::Zstd => Stream::Zstd(Box::new(zstd(sink)?)),
        };
        Ok(Self { stream, coding, caps, wire: 0, ended: false })
    }

    /// Takes the next bytes of the wire.
    ///
    /// # Errors
    /// When a cap is passed or the bytes are not what they should be.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), DecodeError> {
        self.wire += chunk.len() as u64;
        if self.wire > self.caps.wire_bytes {
            return Err(DecodeError::TooLargeWire(self.caps.wire_bytes));
        }
        if self.ended || chunk.is_empty() {
            return Ok(());
        }
        let is_first = self.wire == chunk.len() as u64;
        if is_first && self.coding == Coding::Brotli && chunk[0] & 0x7f == BROTLI_LARGE_WINDOW {
            return Err(DecodeError::Broken(self.coding.name()));
        }
        self.decide(chunk[0]);
        self.sink().wire = self.wire;
        let mut rest = chunk;
        while !rest.is_empty() && !self.ended {
            let written = self.write(rest);
            match (written, self.sink().over.take()) {
                (_, Some(over)) => return Err(over),
                (Err(_), None) => return Err(DecodeError::Broken(self.coding.name())),
                (Ok(0), None) => self.next_member(rest)?,
                (Ok(n), None) => rest = &rest[n..],
            }
        }
        Ok(())
    }

    /// The packed data has ended inside a chunk. Another gzip member may follow (RFC 1952 section
    /// 2.2); anything else is ignored.
    fn next_member(&mut self, rest: &[u8]) -> Result<(), DecodeError> {
        self.ended = true;
        if let Stream::Gzip(member) = &mut self.stream {
            member.try_finish().map_err(|_| DecodeError::Broken(self.coding.name()))?;
            // The second byte of the mark may be in the next chunk.
            if rest[0] == 0x1f && rest.get(1).is_none_or(|b| *b == 0x8b) {
                let sink = self.take_sink();
                self.stream = Stream::Gzip(GzDecoder::new(sink));
                self.ended = false;
            }
        }
        Ok(())
    }

    /// What has been unpacked so far, for a body of which the beginning will do.
    #[must_use]
    pub fn into_beginning(mut self) -> Vec<u8> {
        std::mem::take(&mut self.sink().bytes)
    }

    /// Ends the body.
    ///
    /// # Errors
    /// When it ends in the middle.
    pub fn finish(mut self) -> Result<Vec<u8>, DecodeError> {
        if self.wire == 0 {
            return Ok(Vec::new());
        }
        if !self.ended && !self.is_whole() {
            return Err(self.sink().over.take().unwrap_or(DecodeError::Truncated));
        }
        Ok(std::mem::take(&mut self.sink().bytes))
    }

    /// RFC 1950 section 2.2: a zlib stream begins with method 8 and a window of at most 7.
    fn decide(&mut self, first: u8) {
        if matches!(self.stream, Stream::Undecided(_)) {
            let sink = self.take_sink();
            let zlib = first & 0x0f == 8 && first >> 4 <= 7;
            self.stream = if zlib {
                Stream::Zlib(ZlibDecoder::new(sink))
            } else {
                Stream::Deflate(DeflateDecoder::new(sink))
            };
        }
    }

    fn take_sink(&mut self) -> Sink {
        let empty = Sink { bytes: Vec::new(), caps: self.caps, wire: self.wire, over: None };
        std::mem::replace(self.sink(), empty)
    }

    /// Writes what the decoder takes; 0 if its data has ended.
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

    fn is_whole(&mut self) -> bool {
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

fn zstd(sink: Sink) -> Result<zstd::stream::write::Decoder<'static, Sink>, DecodeError> {
    let broken = |_| DecodeError::Broken(Coding::Zstd.name());
    let mut decoder = zstd::stream::write::Decoder::new(sink).map_err(broken)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(broken)?;
    Ok(decoder)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPS: Caps = Caps { wire_bytes: 1 << 20, decoded_bytes: 4 << 20, ratio: 200 };

    fn unpack(coding: Coding, body: &[u8], chunk: usize) -> Result<Vec<u8>, DecodeError> {
        let mut decoder = Decoder::new(coding, CAPS)?;
        for piece in body.chunks(chunk) {
            decoder.push(piece)?;
        }
        decoder.finish()
    }

    fn packed(text: &[u8]) -> Vec<(Coding, Vec<u8>)> {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        zlib.write_all(text).expect("in memory");
        bare.write_all(text).expect("in memory");
        vec![
            (Coding::Identity, text.to_vec()),
            (Coding::Gzip, super::super::gzip(text).expect("in memory")),
            (Coding::Deflate, zlib.finish().expect("in memory")),
            (Coding::Deflate, bare.finish().expect("in memory")),
            (Coding::Brotli, super::super::brotli(text).expect("in memory")),
            (Coding::Zstd, super::super::zstd(text).expect("in memory")),
        ]
    }

    fn page() -> Vec<u8> {
        (0..4000)
            .flat_map(|i: u32| {
                format!("<p>paragraph {} of a page", i.wrapping_mul(2_654_435_761)).into_bytes()
            })
            .collect()
    }

    #[test]
    fn what_is_packed_comes_back_in_any_chunks() {
        let page = page();
        for (coding, body) in packed(&page) {
            for chunk in [1, 7, 4096, usize::MAX] {
                assert_eq!(unpack(coding, &body, chunk).as_ref(), Ok(&page), "{coding:?} by {chunk}");
            }
        }
    }

    #[test]
    fn a_body_that_breaks_off_is_no_page() {
        for (coding, body) in packed(&page()).into_iter().filter(|(c, _)| *c != Coding::Identity) {
            for cut in [1, body.len() / 2, body.len() - 1] {
                assert!(
                    unpack(coding, &body[..cut], 4096).is_err(),
                    "{coding:?} cut at {cut} of {}",
                    body.len()
                );
            }
        }
    }

    #[test]
    fn a_bomb_is_stopped_at_the_cap() {
        let zeros = vec![0; 32 << 20];
        for (coding, body) in packed(&zeros).into_iter().filter(|(c, _)| *c != Coding::Identity) {
            let stopped = unpack(coding, &body, 16 << 10);
            let fine = matches!(stopped, Err(DecodeError::TooLargeDecoded(_) | DecodeError::Ratio(_)));
            assert!(fine, "{coding:?}: {:?}", stopped.map(|b| b.len()));
        }
        assert_eq!(unpack(Coding::Identity, &zeros, 4096), Err(DecodeError::TooLargeWire(CAPS.wire_bytes)));
    }

    #[test]
    fn a_window_larger_than_the_standard_allows_is_refused() {
        let mut parameters = brotli::enc::BrotliEncoderParams::default();
        (parameters.lgwin, parameters.large_window) = (30, true);
        let mut body = Vec::new();
        brotli::BrotliCompress(&mut &page()[..], &mut body, &parameters).expect("in memory");
        assert_eq!(unpack(Coding::Brotli, &body, 4096), Err(DecodeError::Broken("Brotli")));
        let body = zstd::stream::Encoder::new(Vec::new(), 1).and_then(|mut encoder| {
            encoder.window_log(27)?;
            encoder.write_all(&page())?;
            encoder.finish()
        });
        assert_eq!(
            unpack(Coding::Zstd, &body.expect("in memory"), 4096),
            Err(DecodeError::Broken("Zstandard"))
        );
    }

    #[test]
    fn members_follow_each_other_and_garbage_after_them_is_ignored() {
        let (one, two) = (super::super::gzip(b"one "), super::super::gzip(b"two"));
        let (one, two) = (one.expect("in memory"), two.expect("in memory"));
        assert_eq!(unpack(Coding::Gzip, &[&one[..], &two].concat(), 5), Ok(b"one two".to_vec()));
        assert_eq!(unpack(Coding::Gzip, &[&one[..], b"garbage"].concat(), 5), Ok(b"one ".to_vec()));
        let mut broken = one.clone();
        let crc = broken.len() - 6;
        broken[crc] ^= 1;
        assert!(unpack(Coding::Gzip, &broken, 4096).is_err());
    }

    #[test]
    fn codings_are_read_from_their_header() {
        assert_eq!(Coding::from_header(""), Ok(Coding::Identity));
        assert_eq!(Coding::from_header("X-GZIP, identity"), Ok(Coding::Gzip));
        assert_eq!(Coding::from_header("br"), Ok(Coding::Brotli));
        assert_eq!(Coding::from_header("gzip, gzip"), Err(DecodeError::Doubled("gzip, gzip".to_owned())));
        assert_eq!(Coding::from_header("rot13"), Err(DecodeError::Unknown("rot13".to_owned())));
        assert_eq!(unpack(Coding::Gzip, b"", 1), Ok(Vec::new()));
    }
}
