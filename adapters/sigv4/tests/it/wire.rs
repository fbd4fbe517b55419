//! Requests as values: built, signed by the reference signer, tampered with, verified.

use std::{
    borrow::Cow,
    sync::Arc,
    time::{Duration, SystemTime},
};

use aws_sigv4::{
    http_request::{
        PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use notewarden_sigv4::{Body, Credentials, Refusal, Request, Service, Verified, Verifier};

pub const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub const SESSION_TOKEN: &str = "IQoJb3JpZ2luX2VjEXAMPLE//token+with/base64==";
pub const REGION: &str = "us-east-1";

/// The moment at which everybody signs: 2026-01-02T03:04:05Z.
pub fn signed_at() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_323_045)
}

pub fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

/// Who signs, and how.
#[derive(Clone)]
pub struct Signer {
    pub access_key: String,
    pub secret: String,
    pub token: Option<String>,
    pub region: String,
    pub service: Service,
    pub at: SystemTime,
    pub presigned: Option<Duration>,
}

impl Signer {
    pub fn new(service: Service) -> Self {
        Self {
            access_key: ACCESS_KEY.into(),
            secret: SECRET.into(),
            token: None,
            region: REGION.into(),
            service,
            at: signed_at(),
            presigned: None,
        }
    }

    pub fn presigning(service: Service, lasts: Duration) -> Self {
        Self {
            presigned: Some(lasts),
            ..Self::new(service)
        }
    }

    pub fn with_token(self) -> Self {
        Self {
            token: Some(SESSION_TOKEN.into()),
            ..self
        }
    }
}

/// A request on the wire.
#[derive(Clone, Debug)]
pub struct Wire {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Wire {
    pub fn new(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("example.amazonaws.com"));
        Self {
            method: method.into(),
            path: path.into(),
            query: query.into(),
            headers,
            body: Vec::new(),
        }
    }

    /// Adds a header beside those of the same name.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
        self
    }

    /// Puts a header in the place of those of the same name.
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.headers.remove(name);
        self.with(name, value)
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name).expect("a header to remove");
        self
    }

    /// Signed by the crate's own signer, in a session if there is an end to it.
    pub fn signed_by_us(mut self, service: Service, session_ends: Option<SystemTime>) -> Self {
        let mut parts = self.parts();
        our_signer(service, session_ends)
            .sign(&mut parts, &self.body, signed_at())
            .unwrap();
        self.headers = parts.headers;
        self
    }

    /// The same in its query, for as long.
    pub fn presigned_by_us(
        mut self,
        service: Service,
        session_ends: Option<SystemTime>,
        lifetime: Duration,
    ) -> Result<Self, Refusal> {
        let mut parts = self.parts();
        our_signer(service, session_ends).presign(&mut parts, lifetime, signed_at())?;
        self.query = parts.uri.query().unwrap().to_owned();
        Ok(self)
    }

    fn parts(&self) -> http::request::Parts {
        let target = format!("{}?{}", self.path, self.query);
        let request = http::Request::builder()
            .method(self.method.as_str())
            .uri(target);
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.headers.clone_from(&self.headers);
        parts
    }

    pub fn body(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }

    /// Replaces text in the query, which must be there.
    pub fn edit_query(mut self, from: &str, to: &str) -> Self {
        assert!(self.query.contains(from), "`{from}` in {}", self.query);
        self.query = self.query.replace(from, to);
        self
    }

    /// Replaces text in `Authorization`, which must be there.
    pub fn edit_authorization(self, from: &str, to: &str) -> Self {
        let value = self.header("authorization");
        assert!(value.contains(from), "`{from}` in {value}");
        let value = value.replace(from, to);
        self.set("authorization", &value)
    }

    pub fn header(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }

    /// The claimed signature, in hexadecimal.
    pub fn signature(&self) -> String {
        let text = match self.headers.get("authorization") {
            Some(value) => value.to_str().unwrap(),
            None => &self.query,
        };
        let (_, signature) = text.rsplit_once("Signature=").unwrap();
        signature[..64].to_owned()
    }

    /// Signs as AWS's SDK for Rust does.
    pub fn signed(mut self, signer: &Signer) -> Self {
        let is_s3 = signer.service == Service::S3;
        if is_s3 && signer.presigned.is_none() && !self.headers.contains_key("x-amz-content-sha256")
        {
            let hash = sha256_hex(&self.body);
            self = self.set("x-amz-content-sha256", &hash);
        }
        let mut settings = SigningSettings::default();
        if is_s3 {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        }
        if let Some(lasts) = signer.presigned {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(lasts);
        }
        let identity = aws_credential_types::Credentials::from_keys(
            &signer.access_key,
            &signer.secret,
            signer.token.clone(),
        )
        .into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&signer.region)
            .name(signer.service.name())
            .time(signer.at)
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let body = match self.headers.get("x-amz-content-sha256") {
            Some(declared) if is_s3 => {
                SignableBody::Precomputed(declared.to_str().unwrap().to_owned())
            }
            None if is_s3 => SignableBody::UnsignedPayload,
            _ => SignableBody::Bytes(&self.body),
        };
        let uri = format!("http://{}{}", self.header("host"), self.target());
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
        let request = SignableRequest::new(&self.method, uri, headers, body).unwrap();
        let (instructions, _) = sign(request, &parameters).unwrap().into_parts();
        let (headers, parameters) = instructions.into_parts();
        let parameters: Vec<_> = parameters
            .into_iter()
            .map(|(name, value)| format!("{name}={}", encode(&value)))
            .collect();
        for header in headers {
            self = self.set(header.name(), header.value());
        }
        for parameter in parameters {
            if !self.query.is_empty() {
                self.query.push('&');
            }
            self.query.push_str(&parameter);
        }
        self
    }

    fn target(&self) -> Cow<'_, str> {
        if self.query.is_empty() {
            Cow::Borrowed(&self.path)
        } else {
            Cow::Owned(format!("{}?{}", self.path, self.query))
        }
    }

    pub fn request(&self) -> Request<'_> {
        Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            authority: None,
            headers: &self.headers,
        }
    }

    /// Verifies at the moment of signing.
    pub fn verify(&self, service: Service) -> Result<Verified, Refusal> {
        self.verify_at(service, signed_at())
    }

    pub fn verify_at(&self, service: Service, now: SystemTime) -> Result<Verified, Refusal> {
        self.verify_with(service, &long_lived, now)
    }

    /// Verifies where the access key is a session's, which ends in an hour.
    pub fn verify_session(&self, service: Service, now: SystemTime) -> Result<Verified, Refusal> {
        self.verify_with(service, &session, now)
    }

    fn verify_with(
        &self,
        service: Service,
        keys: &dyn notewarden_sigv4::KeySource,
        now: SystemTime,
    ) -> Result<Verified, Refusal> {
        let body = Body::Collected(&self.body);
        Verifier::new(REGION).verify(&self.request(), body, service, keys, now)
    }
}

pub fn long_lived(access_key: &str) -> Option<Arc<Credentials>> {
    (access_key == ACCESS_KEY).then(|| Arc::new(Credentials::new(ACCESS_KEY, SECRET)))
}

pub fn session(access_key: &str) -> Option<Arc<Credentials>> {
    let credentials =
        Credentials::new(ACCESS_KEY, SECRET).with_session(SESSION_TOKEN, signed_at() + minutes(60));
    (access_key == ACCESS_KEY).then(|| Arc::new(credentials))
}

pub fn sha256_hex(data: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(data))
}

/// Percent-encodes a query value.
pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// The crate's own signer, in a session if there is an end to it.
fn our_signer(service: Service, session_ends: Option<SystemTime>) -> notewarden_sigv4::Signer {
    let credentials = Credentials::new(ACCESS_KEY, SECRET);
    let credentials = match session_ends {
        Some(end) => credentials.with_session(SESSION_TOKEN, end),
        None => credentials,
    };
    notewarden_sigv4::Signer::new(REGION, service, Arc::new(credentials))
}
