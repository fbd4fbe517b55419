//! The checksums that a request gives for its body, in headers or, as presigners do, in the query.

use base64::{Engine, engine::general_purpose::STANDARD};
use subtle::ConstantTimeEq;

use super::{BodyError, ChecksumAlgorithm, checksum::Hasher};
use crate::{Form, Request, canonical::query};

const CONTENT_MD5: &str = "content-md5";
const CHECKSUM_PREFIX: &str = "x-amz-checksum-";
/// Headers with the prefix that carry no checksum.
const NO_CHECKSUMS: [&str; 3] = [
    "x-amz-checksum-algorithm",
    "x-amz-checksum-mode",
    "x-amz-checksum-type",
];

/// What the body has to hash to. Nothing, for a request that gives no checksum.
#[derive(Default)]
pub(super) struct Checks {
    md5: Option<(Hasher, Vec<u8>)>,
    checksum: Option<Checksum>,
}

struct Checksum {
    algorithm: ChecksumAlgorithm,
    hasher: Hasher,
    /// `None` until the trailer tells.
    expected: Option<Vec<u8>>,
}

impl Checks {
    /// What the headers and, of a presigned request, the query say.
    pub(super) fn of(request: &Request<'_>, form: Form) -> Result<Self, BodyError> {
        let mut checks = Self::default();
        let mut md5s = request.headers.get_all(CONTENT_MD5).iter();
        if let Some(value) = md5s.next() {
            let hasher = Hasher::Md5(md5::Md5::default());
            let expected = decode(value.as_bytes(), &hasher)
                .filter(|_| md5s.next().is_none())
                .ok_or(BodyError::InvalidDigest)?;
            checks.md5 = Some((hasher, expected));
        }
        if completes_an_upload(request) {
            return Ok(checks);
        }
        for (name, value) in request.headers {
            checks.read(name.as_str(), value.as_bytes())?;
        }
        if form == Form::Presigned {
            for (name, value) in query::pairs(request.query) {
                let name = String::from_utf8_lossy(&name).to_ascii_lowercase();
                checks.read(&name, &value)?;
            }
        }
        Ok(checks)
    }

    /// Takes a header that carries a checksum, and lets every other one pass.
    fn read(&mut self, name: &str, value: &[u8]) -> Result<(), BodyError> {
        if !name.starts_with(CHECKSUM_PREFIX) || NO_CHECKSUMS.contains(&name) {
            return Ok(());
        }
        let algorithm = ChecksumAlgorithm::of_header(name)
            .ok_or_else(|| BodyError::UnsupportedChecksum(name.chars().take(64).collect()))?;
        self.follow(algorithm)?;
        self.expect(algorithm, value)
    }

    /// Starts a checksum whose value comes later.
    pub(super) fn follow(&mut self, algorithm: ChecksumAlgorithm) -> Result<(), BodyError> {
        if self.checksum.is_some() {
            return Err(BodyError::MultipleChecksums);
        }
        self.checksum = Some(Checksum {
            algorithm,
            hasher: Hasher::new(algorithm),
            expected: None,
        });
        Ok(())
    }

    /// Tells the value of the checksum that is followed.
    pub(super) fn expect(
        &mut self,
        algorithm: ChecksumAlgorithm,
        value: &[u8],
    ) -> Result<(), BodyError> {
        let invalid = BodyError::InvalidChecksum(algorithm);
        match &mut self.checksum {
            Some(checksum) if checksum.algorithm == algorithm && checksum.expected.is_none() => {
                checksum.expected = Some(decode(value, &checksum.hasher).ok_or(invalid)?);
                Ok(())
            }
            _ => Err(BodyError::MultipleChecksums),
        }
    }

    pub(super) fn update(&mut self, data: &[u8]) {
        if let Some((hasher, _)) = &mut self.md5 {
            hasher.update(data);
        }
        if let Some(checksum) = &mut self.checksum {
            checksum.hasher.update(data);
        }
    }

    /// The body is complete: holds it against all that was said about it.
    pub(super) fn finish(&mut self) -> Result<(), BodyError> {
        if let Some((hasher, expected)) = self.md5.take()
            && !matches(hasher, &expected)
        {
            return Err(BodyError::BadDigest);
        }
        if let Some(checksum) = self.checksum.take() {
            let expected = checksum
                .expected
                .ok_or(BodyError::MalformedTrailer("a declared trailer is missing"))?;
            if !matches(checksum.hasher, &expected) {
                return Err(BodyError::ChecksumMismatch(checksum.algorithm));
            }
        }
        Ok(())
    }
}

fn matches(hasher: Hasher, expected: &[u8]) -> bool {
    hasher.finish().ct_eq(expected).into()
}

fn decode(value: &[u8], hasher: &Hasher) -> Option<Vec<u8>> {
    let value = STANDARD.decode(value.trim_ascii()).ok()?;
    (value.len() == hasher.length()).then_some(value)
}

/// `POST ?uploadId=…` completes a multipart upload: its checksum is the object's, not the body's.
fn completes_an_upload(request: &Request<'_>) -> bool {
    request.method == "POST"
        && query::pairs(request.query).any(|(name, _)| name.as_ref() == b"uploadId")
}
