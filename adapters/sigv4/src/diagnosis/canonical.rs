//! The canonical request in its parts, each of which a client may have made otherwise.

use super::Mistake;
use crate::{Payload, Refusal, Request, Service, canonical, claim::Claim};

/// A part of the canonical request. The list of signed headers goes with the headers themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Method,
    Path,
    Query,
    Headers,
    Payload,
}

/// A part as a client may have made it by mistake.
#[derive(Debug)]
pub(super) struct Variant {
    pub(super) part: Part,
    pub(super) text: Vec<u8>,
    pub(super) mistakes: Vec<Mistake>,
}

impl Variant {
    pub(super) fn new(part: Part, text: Vec<u8>, mistake: Mistake) -> Self {
        Self {
            part,
            text,
            mistakes: vec![mistake],
        }
    }
}

/// The canonical request as it should be.
pub(super) struct Canonical {
    method: Vec<u8>,
    path: Vec<u8>,
    query: Vec<u8>,
    headers: Vec<u8>,
    payload: Vec<u8>,
}

impl Canonical {
    pub(super) fn of(
        request: &Request<'_>,
        claim: &Claim<'_>,
        payload: Payload,
        service: Service,
    ) -> Result<Self, Refusal> {
        let mut parts = Self {
            method: request.method.as_bytes().to_vec(),
            path: Vec::new(),
            query: Vec::new(),
            headers: Vec::new(),
            payload: Vec::new(),
        };
        canonical::write_path(request.path, service, &mut parts.path)?;
        canonical::query::write(request.query, &mut parts.query);
        canonical::headers::write(request.headers, &claim.signed_headers, &mut parts.headers)?;
        parts.headers.push(b'\n');
        parts
            .headers
            .extend_from_slice(claim.signed_headers.as_str().as_bytes());
        payload.write(&mut parts.payload);
        Ok(parts)
    }

    /// The whole text, with these variants in the place of their parts.
    pub(super) fn with(&self, variants: &[&Variant]) -> Vec<u8> {
        let part = |part: Part| {
            let other = variants.iter().find(|variant| variant.part == part);
            other.map_or_else(|| self.part(part), |variant| variant.text.as_slice())
        };
        [
            part(Part::Method),
            part(Part::Path),
            part(Part::Query),
            part(Part::Headers),
            part(Part::Payload),
        ]
        .join(&b'\n')
    }

    /// Whether `variant` is another text than the right one.
    pub(super) fn differs(&self, variant: &Variant) -> bool {
        self.part(variant.part) != variant.text
    }

    fn part(&self, part: Part) -> &[u8] {
        match part {
            Part::Method => &self.method,
            Part::Path => &self.path,
            Part::Query => &self.query,
            Part::Headers => &self.headers,
            Part::Payload => &self.payload,
        }
    }
}

/// Other spellings of the method.
pub(super) fn method(method: &str) -> Vec<Variant> {
    [method.to_ascii_lowercase(), method.to_ascii_uppercase()]
        .map(|text| Variant::new(Part::Method, text.into_bytes(), Mistake::MethodCase))
        .into()
}

/// `text` with the digits of its escapes in lower case: `%2f`.
pub(super) fn lower_escapes(text: &[u8]) -> Vec<u8> {
    let mut lowered = text.to_vec();
    let mut after_percent = 0;
    for byte in &mut lowered {
        if *byte == b'%' {
            after_percent = 2;
        } else if after_percent > 0 {
            byte.make_ascii_lowercase();
            after_percent -= 1;
        }
    }
    lowered
}

/// `text` with the punctuation that JavaScript's `encodeURIComponent` leaves as it is.
pub(super) fn keep_punctuation(text: &[u8]) -> Vec<u8> {
    const KEPT: [(&str, u8); 5] = [
        ("%21", b'!'),
        ("%27", b'\''),
        ("%28", b'('),
        ("%29", b')'),
        ("%2A", b'*'),
    ];
    KEPT.iter().fold(text.to_vec(), |text, (escape, plain)| {
        replace(&text, escape.as_bytes(), &[*plain])
    })
}

/// `text` with every `from` replaced.
pub(super) fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(from) {
            out.extend_from_slice(to);
            rest = after;
        } else {
            out.push(*first);
            rest = after;
        }
    }
    out
}
