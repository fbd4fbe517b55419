//! What a request claims about itself, before any of it is believed.

use std::{
    borrow::Cow,
    time::{Duration, SystemTime},
};

use http::header;

use crate::{
    Form, Malformation, Refusal, Request, Service, authorization, date::AmzDate, presigned,
    signed_headers::SignedHeaders,
};

/// The only algorithm there is.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// How far the clocks of signer and verifier may be apart.
const MAX_SKEW: Duration = Duration::from_secs(15 * 60);

/// The parts of a signature, from a header or from the query.
pub(crate) struct Claim<'a> {
    pub(crate) form: Form,
    pub(crate) credential: Cow<'a, str>,
    pub(crate) signed_headers: SignedHeaders<'a>,
    pub(crate) signature: [u8; 32],
    pub(crate) date: AmzDate,
    pub(crate) session_token: Option<Cow<'a, [u8]>>,
    /// How long a presigned query lasts.
    pub(crate) lasts: Option<Duration>,
    /// `X-Amz-Content-Sha256` of a presigned query.
    pub(crate) content_sha256: Option<Cow<'a, str>>,
}

impl<'a> Claim<'a> {
    /// Reads the one signature that the request carries.
    pub(crate) fn read(request: &Request<'a>, service: Service) -> Result<Self, Refusal> {
        let mut values = request.headers.get_all(header::AUTHORIZATION).iter();
        let value = values.next();
        if values.next().is_some() {
            return Err(Refusal::DuplicateHeader("authorization".into()));
        }
        match (value, presigned::detect(request.query)) {
            (None, presigned::Detected::No) => Err(Refusal::MissingAuthentication),
            (None, presigned::Detected::Version2) => Err(Refusal::UnsupportedAlgorithm(
                "aws signature version 2".into(),
            )),
            (None, presigned::Detected::Version4) if !service.presigned => {
                Err(Refusal::PresignedNotSupported(service.name()))
            }
            (None, presigned::Detected::Version4) => presigned::read(request),
            (Some(value), presigned::Detected::No) => authorization::read(value, request.headers),
            (Some(_), _) => Err(Refusal::MultipleAuthentication),
        }
    }

    /// A signature is good for 15 minutes around its date; a presigned one from its date (give or take
    /// the same 15 minutes) for as long as it says.
    pub(crate) fn check_time(&self, now: SystemTime) -> Result<(), Refusal> {
        let date = self.date.moment();
        let (ahead, behind) = (date.duration_since(now).ok(), now.duration_since(date).ok());
        let Some(lasts) = self.lasts else {
            let off = ahead.or(behind).unwrap_or_default();
            return if off > MAX_SKEW {
                Err(Refusal::Skewed { date, off })
            } else {
                Ok(())
            };
        };
        if ahead.is_some_and(|ahead| ahead > MAX_SKEW) {
            Err(Refusal::NotYetValid { date })
        } else if behind.is_some_and(|behind| behind > lasts) {
            Err(Refusal::Expired { at: date + lasts })
        } else {
            Ok(())
        }
    }
}

/// Takes 64 lower-case hexadecimal digits: in upper case it would be another string.
pub(crate) fn signature(text: &[u8]) -> Result<[u8; 32], Refusal> {
    crate::hexadecimal::read(text).ok_or(Refusal::Malformed(Malformation::Signature))
}
