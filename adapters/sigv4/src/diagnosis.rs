//! What a client whose signature does not match has probably done: known mistakes are made on purpose, until one gives
//! the client's own signature.
//!
//! Verification never comes here. Whoever refuses a request may keep [`Evidence`] of it, and asks for a [`Diagnosis`]
//! when a person wants to know. That a mistake is found proves that the secret is right and the mistake was made; that
//! none is found proves nothing, but leaves another secret as the likeliest cause.

mod canonical;
mod headers;
mod mistake;
mod path;
mod payload;
mod query;
mod signing;

use std::fmt;

use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};

pub use self::mistake::Mistake;
use self::{
    canonical::{Canonical, Variant},
    payload::BodyHashes,
    signing::Signing,
};
use crate::{
    Body, Credentials, KeySource, Mismatch, Payload, Refusal, Request, Service, claim::Claim,
    hexadecimal, scope::Credential,
};

/// How many bytes of canonical requests are hashed before the search is given up: some ten thousand attempts at an
/// ordinary request, and a few hundred at the longest.
const BUDGET: usize = 16 << 20;

/// What is kept of a request whose signature does not match: its head, and hashes of its body.
#[derive(Clone)]
pub struct Evidence {
    method: Box<str>,
    path: Box<str>,
    query: Box<str>,
    headers: HeaderMap,
    payload: Payload,
    body: Option<BodyHashes>,
    service: Service,
}

/// What the signer of a request has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// What it did otherwise than a signer should; empty if no known mistake gives its signature.
    pub mistakes: Vec<Mistake>,
    /// What it must have signed, if that is known.
    pub signed: Option<Mismatch>,
}

impl Evidence {
    /// Evidence of a request that was refused with [`Refusal::SignatureMismatch`].
    ///
    /// # Errors
    /// The request was refused for another reason: it carries nothing to be diagnosed.
    pub fn of(request: &Request<'_>, body: Body<'_>, service: Service) -> Result<Self, Refusal> {
        let claim = Claim::read(request, service)?;
        let payload = Payload::settle(request, &claim, body, service)?;
        let copied = request.headers.iter().filter_map(|(name, value)| {
            // Copied, because the value is a part of the whole head that was read.
            let value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
            Some((name.clone(), value))
        });
        let mut headers = HeaderMap::with_capacity(request.headers.len());
        for (name, value) in copied {
            headers.append(name, value);
        }
        Ok(Self {
            method: request.method.into(),
            path: request.path.into(),
            query: request.query.into(),
            headers,
            payload,
            body: match body {
                Body::Collected(body) => Some(BodyHashes::of(body)),
                Body::Streamed => None,
            },
            service,
        })
    }

    /// Looks for the mistake that gives the client's signature, for a verifier of `region`. `None` if the access key is
    /// not there any more, or the signature is right with what it is now.
    pub fn diagnose(&self, region: &str, keys: &dyn KeySource) -> Option<Diagnosis> {
        let request = self.request();
        let claim = Claim::read(&request, self.service).ok()?;
        let id = Credential::parse(&claim.credential).ok()?.access_key_id;
        let credentials = keys.find(id)?;
        let canonical = Canonical::of(&request, &claim, self.payload, self.service).ok()?;
        let search = Search {
            canonical,
            claim: &claim,
            spent: 0,
        };
        search.run(self, region, &credentials)
    }

    fn request(&self) -> Request<'_> {
        Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            authority: None,
            headers: &self.headers,
        }
    }
}

impl fmt::Debug for Evidence {
    /// Without the headers and the query, among which a session token may be.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.mistakes.is_empty() {
            return f.write_str(
                "no known mistake gives the client's signature: it probably has another secret access key",
            );
        }
        for (number, mistake) in self.mistakes.iter().enumerate() {
            f.write_str(if number > 0 { "; and " } else { "" })?;
            write!(f, "{mistake}")?;
        }
        Ok(())
    }
}

/// The search for what gives the client's signature.
struct Search<'a> {
    canonical: Canonical,
    claim: &'a Claim<'a>,
    spent: usize,
}

impl Search<'_> {
    fn run(
        mut self,
        evidence: &Evidence,
        region: &str,
        credentials: &Credentials,
    ) -> Option<Diagnosis> {
        let right = Signing::right(self.claim, region, evidence.service, credentials);
        if self.gives(&right, &[]) {
            return None;
        }
        let request = evidence.request();
        let mut variants = canonical::method(request.method);
        variants.extend(path::variants(request.path, evidence.service));
        variants.extend(query::variants(request.query, self.claim));
        variants.extend(headers::variants(
            &request,
            self.claim,
            evidence.service,
            region,
        ));
        variants.extend(payload::variants(evidence.payload, evidence.body.as_ref()));
        variants.retain(|variant| self.canonical.differs(variant));
        let signings = signing::variants(self.claim, region, evidence.service, credentials);

        // The likeliest first: one mistake, then two, of which one in another part than the other.
        let none: &[Variant] = &[];
        let found = self
            .first(&[&right], &variants, none)
            .or_else(|| self.first(&signings.iter().collect::<Vec<_>>(), none, none))
            .or_else(|| self.first(&[&right], &variants, &variants))
            .or_else(|| self.first(&signings.iter().collect::<Vec<_>>(), &variants, none));
        Some(found.unwrap_or(Diagnosis {
            mistakes: Vec::new(),
            signed: None,
        }))
    }

    /// The first combination of a signing, one of `variants` and, if there are any, one of `others` after it.
    fn first(
        &mut self,
        signings: &[&Signing],
        variants: &[Variant],
        others: &[Variant],
    ) -> Option<Diagnosis> {
        for signing in signings {
            if variants.is_empty() && self.gives(signing, &[]) {
                return Some(self.diagnosis(signing, &[]));
            }
            for (number, one) in variants.iter().enumerate() {
                if others.is_empty() && self.gives(signing, &[one]) {
                    return Some(self.diagnosis(signing, &[one]));
                }
                let later = others.iter().skip(number + 1);
                for other in later.filter(|other| other.part != one.part) {
                    if self.gives(signing, &[one, other]) {
                        return Some(self.diagnosis(signing, &[one, other]));
                    }
                }
            }
        }
        None
    }

    /// Whether the client's signature is the one of the canonical request with these variants. Nothing is given away by
    /// the time that the comparison takes: no client waits for it.
    fn gives(&mut self, signing: &Signing, variants: &[&Variant]) -> bool {
        if self.spent >= BUDGET {
            return false;
        }
        let text = signing.lines(self.canonical.with(variants));
        self.spent = self.spent.saturating_add(text.len());
        signing.sign(&Sha256::digest(&text).into()) == self.claim.signature
    }

    fn diagnosis(&self, signing: &Signing, variants: &[&Variant]) -> Diagnosis {
        let text = signing.lines(self.canonical.with(variants));
        let string_to_sign = signing.string_to_sign(&Sha256::digest(&text).into());
        let of_parts = variants.iter().flat_map(|variant| &variant.mistakes);
        Diagnosis {
            mistakes: of_parts.chain(&signing.mistakes).cloned().collect(),
            signed: Some(Mismatch::shown(&text, &string_to_sign)),
        }
    }
}

/// A hash in upper-case digits, as some libraries print it.
fn upper_case(hash: &[u8; 32]) -> Vec<u8> {
    hexadecimal::text(hash).to_ascii_uppercase().into_bytes()
}
