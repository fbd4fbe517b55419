//! The last line, which stands for the body, as clients make it by mistake.

use sha2::{Digest, Sha256};

use super::{
    Mistake,
    canonical::{Part, Variant},
    upper_case,
};
use crate::{Payload, hexadecimal, payload::sha256};

/// Hashes of a body as it is, and as a client may have had it before it was sent.
#[derive(Clone, Copy)]
pub(super) struct BodyHashes {
    exact: [u8; 32],
    with_newline: [u8; 32],
    without_newline: [u8; 32],
}

impl BodyHashes {
    pub(super) fn of(body: &[u8]) -> Self {
        let bare = body.strip_suffix(b"\n").unwrap_or(body);
        let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
        let mut hash = Sha256::new_with_prefix(bare);
        let without_newline = hash.clone().finalize().into();
        hash.update(body.get(bare.len()..).unwrap_or_default());
        let exact = hash.clone().finalize().into();
        hash.update(b"\n");
        Self {
            exact,
            with_newline: hash.finalize().into(),
            without_newline,
        }
    }
}

pub(super) fn variants(right: Payload, body: Option<&BodyHashes>) -> Vec<Variant> {
    let new = |text: Vec<u8>, mistake| Variant::new(Part::Payload, text, mistake);
    let digits = |hash: &[u8; 32]| hexadecimal::text(hash).into_bytes();
    let word = |payload: Payload| {
        let mut text = Vec::new();
        payload.write(&mut text);
        text
    };
    let mut variants = vec![
        new(word(Payload::Unsigned), Mistake::PayloadUnsigned),
        new(digits(&sha256(b"")), Mistake::PayloadOfNothing),
        new(Vec::new(), Mistake::PayloadLeftOut),
    ];
    if let Payload::Sha256(hash) = right {
        variants.push(new(upper_case(&hash), Mistake::PayloadInUpperCase));
    }
    if let Some(body) = body {
        variants.push(new(digits(&body.exact), Mistake::PayloadHashed));
        variants.push(new(digits(&body.with_newline), Mistake::PayloadNewline));
        variants.push(new(digits(&body.without_newline), Mistake::PayloadNewline));
    }
    for chunks in [
        Payload::SignedChunks { trailer: false },
        Payload::SignedChunks { trailer: true },
        Payload::UnsignedChunks,
    ] {
        variants.push(new(word(chunks), Mistake::PayloadChunks));
    }
    variants
}
