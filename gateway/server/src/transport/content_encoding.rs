//! Compressed answers of subgraphs: bytes in, the bytes that were meant out, within a limit.

use std::io::{self, Read};

use bytes::Bytes;

/// What calls say about the encodings that are understood.
pub(crate) const ACCEPTED: &str = "gzip, br, zstd";

/// Larger bodies are decoded off the event loop.
const LONG_WORK: usize = 64 * 1024;

/// An encoding that is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentEncoding {
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

/// Why a body cannot be decoded.
#[derive(Debug)]
pub(crate) enum DecodeError {
    /// It is not what its head says.
    Malformed(String),
    /// It grows larger than allowed.
    TooLarge,
}

impl ContentEncoding {
    /// The encoding of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Self::Gzip,
            "br" => Self::Brotli,
            "zstd" => Self::Zstd,
            _ => return None,
        })
    }
}

/// Undoes encodings, the last first. What comes out of each may have at most `limit` bytes.
///
/// # Errors
/// [`DecodeError`].
pub(crate) async fn decode(
    body: Bytes,
    encodings: &[ContentEncoding],
    limit: usize,
) -> Result<Bytes, DecodeError> {
    if body.len() <= LONG_WORK {
        return decode_all(body, encodings, limit);
    }
    let encodings = encodings.to_vec();
    tokio::task::spawn_blocking(move || decode_all(body, &encodings, limit))
        .await
        .unwrap_or_else(|error| Err(DecodeError::Malformed(error.to_string())))
}

fn decode_all(
    mut body: Bytes,
    encodings: &[ContentEncoding],
    limit: usize,
) -> Result<Bytes, DecodeError> {
    for encoding in encodings.iter().rev() {
        body = decode_one(&body, *encoding, limit)?;
    }
    Ok(body)
}

fn decode_one(body: &[u8], encoding: ContentEncoding, limit: usize) -> Result<Bytes, DecodeError> {
    let read = match encoding {
        ContentEncoding::Gzip => within(flate2::read::MultiGzDecoder::new(body), limit),
        ContentEncoding::Brotli => {
            within(brotli_decompressor::Decompressor::new(body, 4096), limit)
        }
        ContentEncoding::Zstd => {
            zstd::Decoder::new(body).and_then(|decoder| within(decoder, limit))
        }
    };
    let decoded = read.map_err(|error| {
        DecodeError::Malformed(format!(
            "the answer is not in its content encoding: {error}"
        ))
    })?;
    match decoded.len() > limit {
        true => Err(DecodeError::TooLarge),
        false => Ok(Bytes::from(decoded)),
    }
}

/// Everything, or one byte more than the limit.
fn within(decoder: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut decoded = Vec::new();
    decoder.take(limit as u64 + 1).read_to_end(&mut decoded)?;
    Ok(decoded)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::io::Write;

    use super::*;

    fn gzipped(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[tokio::test]
    async fn encodings_are_undone_from_the_last_to_the_first() {
        let text = "x".repeat(1000);
        let twice = zstd::encode_all(gzipped(text.as_bytes()).as_slice(), 1).unwrap();
        let encodings = [ContentEncoding::Gzip, ContentEncoding::Zstd];
        let decoded = decode(twice.into(), &encodings, 2000).await.unwrap();
        assert_eq!(decoded, text);
    }

    #[tokio::test]
    async fn a_body_that_grows_over_the_limit_is_given_up() {
        let bomb = gzipped(&vec![0; 10_000_000]);
        let refused = decode(bomb.into(), &[ContentEncoding::Gzip], 100_000).await;
        assert!(matches!(refused, Err(DecodeError::TooLarge)));
    }

    #[tokio::test]
    async fn a_body_that_is_not_encoded_is_malformed() {
        for name in ["gzip", "br", "zstd"] {
            let encoding = ContentEncoding::named(name).unwrap();
            let refused = decode(Bytes::from_static(b"{\"data\":1}"), &[encoding], 1000).await;
            assert!(matches!(refused, Err(DecodeError::Malformed(_))), "{name}");
        }
    }
}
