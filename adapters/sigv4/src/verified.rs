//! A request that is believed.

use std::{fmt, sync::Arc};

use crate::{
    Credentials, Payload, Service, claim::ALGORITHM, date::AmzDate, scope::TERMINATOR,
    signing_key::SigningKey,
};

/// Where the signature was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// In the `Authorization` header.
    Header,
    /// In the query.
    Presigned,
}

/// Who signed a request, and what of it the signature covers.
///
/// The head is verified. The body is too where [`Body::Collected`](crate::Body::Collected) was given and
/// [`payload`](Self::payload) is [`Payload::Sha256`]; in every other case it must go through a
/// [`BodyDecoder`](crate::BodyDecoder).
pub struct Verified {
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) form: Form,
    pub(crate) payload: Payload,
    pub(crate) signed_headers: Box<str>,
    pub(crate) signature: [u8; 32],
    pub(crate) key: ScopedKey,
}

impl Verified {
    /// The access key that signed.
    pub fn access_key_id(&self) -> &str {
        self.credentials.access_key_id()
    }

    /// The credentials that signed, as their source gave them.
    pub fn credentials(&self) -> &Arc<Credentials> {
        &self.credentials
    }

    /// Where the signature was.
    pub fn form(&self) -> Form {
        self.form
    }

    /// How the body is bound.
    pub fn payload(&self) -> Payload {
        self.payload
    }

    /// The names of the headers that the signature covers: lower case, sorted.
    pub fn signed_headers(&self) -> impl Iterator<Item = &str> {
        self.signed_headers.split(';')
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("credentials", &self.credentials)
            .field("form", &self.form)
            .field("payload", &self.payload)
            .field("signed_headers", &self.signed_headers)
            .finish_non_exhaustive()
    }
}

/// A signing key together with the moment and scope that every string to sign begins with.
#[derive(Clone)]
pub(crate) struct ScopedKey {
    pub(crate) key: SigningKey,
    pub(crate) date: AmzDate,
    pub(crate) region: Arc<str>,
    pub(crate) service: Service,
}

impl ScopedKey {
    /// The string to sign for what `suffix` names: nothing for the request itself, `-PAYLOAD` for a
    /// chunk, `-TRAILER` for the trailer. `lines` are hashes.
    pub(crate) fn string_to_sign(&self, suffix: &str, lines: &[[u8; 32]]) -> Vec<u8> {
        let mut out = Vec::with_capacity(320);
        let head = [
            ALGORITHM,
            suffix,
            "\n",
            self.date.as_str(),
            "\n",
            self.date.day(),
            "/",
            &self.region,
            "/",
            self.service.name(),
            "/",
            TERMINATOR,
        ];
        for part in head {
            out.extend_from_slice(part.as_bytes());
        }
        for line in lines {
            out.push(b'\n');
            crate::hexadecimal::write(line, &mut out);
        }
        out
    }

    /// The signature of a string to sign.
    pub(crate) fn sign(&self, string_to_sign: &[u8]) -> [u8; 32] {
        self.key.sign(string_to_sign)
    }
}
