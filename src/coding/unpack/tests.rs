use super::*;
use crate::coding::gzip;
use crate::model::Limit;

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
        (Coding::Gzip, gzip(text).expect("in memory")),
        (Coding::Deflate, zlib.finish().expect("in memory")),
        (Coding::Deflate, bare.finish().expect("in memory")),
        (Coding::Brotli, crate::coding::brotli(text).expect("in memory")),
        (Coding::Zstd, crate::coding::zstd(text).expect("in memory")),
    ]
}

fn page() -> Vec<u8> {
    (0..4000)
        .flat_map(|i: u32| format!("<p>paragraph {} of a page", i.wrapping_mul(2_654_435_761)).into_bytes())
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
            assert!(unpack(coding, &body[..cut], 4096).is_err(), "{coding:?} cut at {cut} of {}", body.len());
        }
    }
}

#[test]
fn a_bomb_is_stopped_at_the_cap() {
    let zeros = vec![0; 32 << 20];
    for (coding, body) in packed(&zeros).into_iter().filter(|(c, _)| *c != Coding::Identity) {
        let stopped = unpack(coding, &body, 16 << 10);
        let fine =
            matches!(stopped, Err(DecodeError::Limit(Limit::DecodedBytes(_) | Limit::CompressionRatio(_))));
        assert!(fine, "{coding:?}: {:?}", stopped.map(|b| b.len()));
    }
    assert_eq!(
        unpack(Coding::Identity, &zeros, 4096),
        Err(DecodeError::Limit(Limit::WireBytes(CAPS.wire_bytes)))
    );
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
    assert_eq!(unpack(Coding::Zstd, &body.expect("in memory"), 4096), Err(DecodeError::Broken("Zstandard")));
}

#[test]
fn members_follow_each_other_and_garbage_after_them_is_ignored() {
    let one = gzip(b"one ").expect("in memory");
    let two = gzip(b"two").expect("in memory");
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
