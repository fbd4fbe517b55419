//! The verification itself.

use std::{num::NonZeroUsize, sync::Arc, time::SystemTime};

use http::header;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{
    Body, KeySource, Malformation, Mismatch, Payload, Refusal, Request, Service, Verified,
    canonical, claim::Claim, scope::Credential, signing_key::KeyCache, verified::ScopedKey,
};

/// How many derived keys are kept: as many access keys as are in use at a time, for every service.
const KEYS: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// Verifies requests signed for one region.
pub struct Verifier {
    region: Arc<str>,
    keys: KeyCache,
}

impl Verifier {
    /// A verifier for requests whose credential scope names `region`.
    pub fn new(region: impl Into<Arc<str>>) -> Self {
        Self {
            region: region.into(),
            keys: KeyCache::new(KEYS),
        }
    }

    /// Says who signed `request` for `service`, or why that cannot be believed at `now`.
    ///
    /// Checks in this order: that there is one readable signature; its scope; its time; that all that
    /// must be signed is; the access key and its session; the signature; the body, if it is there.
    pub fn verify(
        &self,
        request: &Request<'_>,
        body: Body<'_>,
        service: Service,
        keys: &dyn KeySource,
        now: SystemTime,
    ) -> Result<Verified, Refusal> {
        let claim = Claim::read(request, service)?;
        let credential = Credential::parse(&claim.credential)?;
        credential.check_scope(claim.date.day(), &self.region, service.name())?;
        claim.check_time(now)?;
        claim.signed_headers.check(request.headers, claim.form)?;
        check_host(request)?;

        let credentials = keys
            .find(credential.access_key_id)
            .filter(|found| found.access_key_id() == credential.access_key_id)
            .ok_or_else(|| Refusal::UnknownAccessKey(credential.access_key_id.into()))?;
        credentials.check_session(claim.session_token.as_deref(), now)?;

        let payload = Payload::settle(request, &claim, body, service)?;
        let canonical_request =
            canonical::request(request, &claim.signed_headers, payload, service)?;
        let key = ScopedKey {
            key: self
                .keys
                .get(&credentials, &claim.date, &self.region, service),
            date: claim.date,
            region: Arc::clone(&self.region),
            service,
        };
        let string_to_sign = key.string_to_sign("", &[Sha256::digest(&canonical_request).into()]);
        if !bool::from(key.sign(&string_to_sign).ct_eq(&claim.signature)) {
            let mismatch = Mismatch::shown(&canonical_request, &string_to_sign);
            return Err(Refusal::SignatureMismatch(Box::new(mismatch)));
        }
        payload.check(body)?;

        Ok(Verified {
            credentials,
            form: claim.form,
            payload,
            signed_headers: claim.signed_headers.as_str().into(),
            signature: claim.signature,
            key,
        })
    }
}

/// An absolute-form target overrides `Host`; signed was `Host`, so they have to be the same.
fn check_host(request: &Request<'_>) -> Result<(), Refusal> {
    let agrees = request.authority.is_none_or(|authority| {
        request
            .headers
            .get(header::HOST)
            .is_some_and(|host| host.as_bytes().eq_ignore_ascii_case(authority.as_bytes()))
    });
    if agrees {
        Ok(())
    } else {
        Err(Refusal::Malformed(Malformation::Host))
    }
}
