//! Signing, for what this project itself asks of a service.

use std::{sync::Arc, time::SystemTime};

use http::{HeaderValue, header, request::Parts};
use sha2::{Digest, Sha256};

use crate::{
    Credentials, Malformation, Payload, Refusal, Request, Service, canonical,
    claim::ALGORITHM,
    date::AmzDate,
    hexadecimal,
    payload::sha256,
    scope::TERMINATOR,
    signed_headers::{AMZ_CONTENT_SHA256, AMZ_DATE, AMZ_SECURITY_TOKEN, SignedHeaders},
    signing_key::SigningKey,
    verified::ScopedKey,
};

/// Signs requests to one service in one region.
pub struct Signer {
    region: Arc<str>,
    service: Service,
    credentials: Arc<Credentials>,
}

impl Signer {
    /// A signer with these credentials.
    pub fn new(
        region: impl Into<Arc<str>>,
        service: Service,
        credentials: Arc<Credentials>,
    ) -> Self {
        Self {
            region: region.into(),
            service,
            credentials,
        }
    }

    /// Signs the head of a request with this body: all of its headers, which must have `Host` among them, and
    /// those that the signature adds.
    ///
    /// # Errors
    /// What [`Verifier::verify`](crate::Verifier::verify) would refuse of it unread: no `Host`, a path or a
    /// header without canonical form, or a moment that no date can be written of.
    pub fn sign(&self, parts: &mut Parts, body: &[u8], now: SystemTime) -> Result<(), Refusal> {
        let date = AmzDate::at(now).ok_or(Refusal::Malformed(Malformation::Date))?;
        let payload = sha256(body);
        parts.headers.remove(header::AUTHORIZATION);
        let mut set = |name, value: &str| {
            let value = HeaderValue::try_from(value);
            let value = value.map_err(|_| Refusal::Malformed(Malformation::Credential))?;
            parts.headers.insert(name, value);
            Ok::<_, Refusal>(())
        };
        set(&AMZ_DATE, date.as_str())?;
        set(&AMZ_CONTENT_SHA256, &hexadecimal::text(&payload))?;
        if let Some(token) = self.credentials.session_token() {
            set(&AMZ_SECURITY_TOKEN, token)?;
        }

        let mut names: Vec<_> = parts.headers.keys().map(|name| name.as_str()).collect();
        names.sort_unstable();
        let signed_headers = names.join(";");
        let request = Request::from(&*parts);
        let covered = SignedHeaders::parse(signed_headers.as_str().into())?;
        covered.check(request.headers, crate::Form::Header)?;
        let canonical =
            canonical::request(&request, &covered, Payload::Sha256(payload), self.service)?;

        let (secret, region, service) = (
            self.credentials.secret(),
            &*self.region,
            self.service.name(),
        );
        let key = ScopedKey {
            key: SigningKey::derive(secret, date.day(), region, service),
            date,
            region: Arc::clone(&self.region),
            service: self.service,
        };
        let signature = key.sign(&key.string_to_sign("", &[Sha256::digest(&canonical).into()]));
        let authorization = format!(
            "{ALGORITHM} Credential={}/{}/{region}/{service}/{TERMINATOR}, SignedHeaders={signed_headers}, Signature={}",
            self.credentials.access_key_id(),
            key.date.day(),
            hexadecimal::text(&signature),
        );
        let value = HeaderValue::try_from(authorization);
        let value = value.map_err(|_| Refusal::Malformed(Malformation::Credential))?;
        parts.headers.insert(header::AUTHORIZATION, value);
        Ok(())
    }
}
