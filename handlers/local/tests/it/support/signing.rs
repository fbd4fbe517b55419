//! Signing by the `aws-sigv4` crate, every part of it open to change.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
        SigningSettings, UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use bytes::Bytes;
use http::Request;

/// What requests are signed with.
#[derive(Clone, Debug)]
pub struct Keys {
    pub id: String,
    pub secret: String,
    pub token: Option<String>,
}

/// How to sign.
#[derive(Clone, Debug)]
pub struct Signing {
    pub keys: Keys,
    pub region: &'static str,
    pub service: &'static str,
    pub at: SystemTime,
    /// Presign for this long in place of signing in headers.
    pub presign: Option<Duration>,
    /// What `x-amz-content-sha256` says in place of the body's hash.
    pub payload: Option<String>,
}

impl Signing {
    /// As an honest client signs, now.
    #[expect(
        clippy::disallowed_methods,
        reason = "clients have clocks of their own"
    )]
    pub fn new(keys: &Keys, service: &'static str) -> Self {
        Self {
            keys: keys.clone(),
            region: "us-east-1",
            service,
            at: SystemTime::now(),
            presign: None,
            payload: None,
        }
    }

    /// Signs a request whose headers are all to be signed.
    pub fn sign(&self, request: &mut Request<Bytes>) {
        let is_s3 = self.service == "s3";
        let mut settings = SigningSettings::default();
        if is_s3 {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        if let Some(lifetime) = self.presign {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(lifetime);
            settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
        }
        let identity = Credentials::new(
            &self.keys.id,
            &self.keys.secret,
            self.keys.token.clone(),
            None,
            "test",
        )
        .into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(self.at)
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let headers = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
        let body = request.body().clone();
        let body = match (&self.payload, self.presign, is_s3) {
            (Some(payload), ..) => SignableBody::Precomputed(payload.clone()),
            (None, Some(_), true) => SignableBody::UnsignedPayload,
            _ => SignableBody::Bytes(&body),
        };
        let uri = request.uri().to_string();
        let signable = SignableRequest::new(request.method().as_str(), uri, headers, body).unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        instructions.apply_to_request_http1x(request);
    }
}
