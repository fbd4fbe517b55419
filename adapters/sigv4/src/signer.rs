//! Signing, for what this project itself asks of a service.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use http::{HeaderValue, Uri, header, request::Parts};
use percent_encoding::utf8_percent_encode;
use sha2::{Digest, Sha256};

use crate::{
    Credentials, Malformation, Payload, Refusal, Request, Service, canonical,
    claim::ALGORITHM,
    date::AmzDate,
    hexadecimal,
    payload::sha256,
    presigned,
    scope::TERMINATOR,
    service::PayloadRule,
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

        let signed_headers = names(parts);
        let signature = self.signature(
            parts,
            &signed_headers,
            Payload::Sha256(payload),
            crate::Form::Header,
            date,
        )?;
        let authorization = format!(
            "{ALGORITHM} Credential={}, SignedHeaders={signed_headers}, Signature={signature}",
            self.credential(&date),
        );
        let value = HeaderValue::try_from(authorization);
        let value = value.map_err(|_| Refusal::Malformed(Malformation::Credential))?;
        parts.headers.insert(header::AUTHORIZATION, value);
        Ok(())
    }

    /// Signs the query of a request that somebody else will send, with any body, within `lifetime` of now: its
    /// method, target and all of its headers, which must have `Host` among them. Whoever sends it must send these
    /// headers, and no other `x-amz-*` ones.
    ///
    /// # Errors
    /// What [`Verifier::verify`](crate::Verifier::verify) would refuse of it unread: a service that takes no
    /// presigned queries or wants bodies hashed, a lifetime of less than a second or more than seven days, no
    /// `Host`, or a path or a header without canonical form.
    pub fn presign(
        &self,
        parts: &mut Parts,
        lifetime: Duration,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        if !self.service.presigned {
            return Err(Refusal::PresignedNotSupported(self.service.name()));
        }
        if self.service.payload != PayloadRule::Declared {
            return Err(Refusal::UnsignedPayload(self.service.name()));
        }
        let date = AmzDate::at(now).ok_or(Refusal::Malformed(Malformation::Date))?;
        let signed_headers = names(parts);
        let seconds = lifetime.as_secs().to_string();
        presigned::lasts(&seconds)?;
        let mut query = vec![
            (presigned::ALGORITHM_PARAMETER, ALGORITHM.to_owned()),
            (presigned::CREDENTIAL, self.credential(&date)),
            (presigned::DATE, date.as_str().to_owned()),
            (presigned::EXPIRES, seconds),
            (presigned::SIGNED_HEADERS, signed_headers.clone()),
        ];
        if let Some(token) = self.credentials.session_token() {
            query.push((presigned::SECURITY_TOKEN, token.to_owned()));
        }
        extend_query(parts, &query)?;
        let signature = self.signature(
            parts,
            &signed_headers,
            Payload::Unsigned,
            crate::Form::Presigned,
            date,
        )?;
        extend_query(parts, &[(presigned::SIGNATURE, signature)])
    }

    /// `<access key id>/<scope>`.
    fn credential(&self, date: &AmzDate) -> String {
        format!(
            "{}/{}/{}/{}/{TERMINATOR}",
            self.credentials.access_key_id(),
            date.day(),
            self.region,
            self.service.name(),
        )
    }

    /// The signature over the request as it is, in hexadecimal digits.
    fn signature(
        &self,
        parts: &Parts,
        signed_headers: &str,
        payload: Payload,
        form: crate::Form,
        date: AmzDate,
    ) -> Result<String, Refusal> {
        let request = Request::from(parts);
        let covered = SignedHeaders::parse(signed_headers.into())?;
        covered.check(request.headers, form)?;
        let canonical = canonical::request(&request, &covered, payload, self.service)?;
        let key = ScopedKey {
            key: SigningKey::derive(
                self.credentials.secret(),
                date.day(),
                &self.region,
                self.service.name(),
            ),
            date,
            region: Arc::clone(&self.region),
            service: self.service,
        };
        let signature = key.sign(&key.string_to_sign("", &[Sha256::digest(&canonical).into()]));
        Ok(hexadecimal::text(&signature))
    }
}

/// The names of all headers, as a signature lists them.
fn names(parts: &Parts) -> String {
    let mut names: Vec<_> = parts.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    names.join(";")
}

/// Appends parameters to the query.
fn extend_query(parts: &mut Parts, parameters: &[(&str, String)]) -> Result<(), Refusal> {
    let mut target = parts.uri.path().to_owned();
    let query = parts.uri.query().unwrap_or_default();
    let mut separator = '?';
    if !query.is_empty() {
        target.push(separator);
        target.push_str(query);
        separator = '&';
    }
    for (name, value) in parameters {
        target.push(separator);
        target.push_str(name);
        target.push('=');
        target.extend(utf8_percent_encode(value, canonical::RESERVED));
        separator = '&';
    }
    let malformed = Refusal::Malformed(Malformation::Path);
    let mut uri = std::mem::take(&mut parts.uri).into_parts();
    uri.path_and_query = Some(target.try_into().map_err(|_| malformed.clone())?);
    parts.uri = Uri::from_parts(uri).map_err(|_| malformed)?;
    Ok(())
}
