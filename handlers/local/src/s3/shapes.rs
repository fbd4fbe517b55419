//! Between the store's values and `s3s`'s shapes.

use std::time::{Duration, UNIX_EPOCH};

use notewarden_domain::Timestamp;
use notewarden_embedded::{
    checksums::{Checksum, ChecksumAlgorithm, ChecksumKind},
    objects::{Attributes, ReadCondition, WriteCondition},
};
use percent_encoding::utf8_percent_encode;
use s3s::{
    S3Error, S3Result,
    dto::{self, ETag, ETagCondition, EncodingType, TimestampFormat},
    s3_error,
};

use super::query::RESERVED_IN_PATH;

/// Fills the member of a shape that a checksum belongs to, and `checksum_type` if it has one.
macro_rules! put_checksum {
    ($shape:expr, $checksum:expr) => {
        if let Some(checksum) = $checksum {
            use notewarden_embedded::checksums::ChecksumAlgorithm as Algorithm;
            let text = Some(checksum.text());
            match checksum.algorithm {
                Algorithm::Crc32 => $shape.checksum_crc32 = text,
                Algorithm::Crc32c => $shape.checksum_crc32c = text,
                Algorithm::Crc64Nvme => $shape.checksum_crc64nvme = text,
                Algorithm::Sha1 => $shape.checksum_sha1 = text,
                Algorithm::Sha256 => $shape.checksum_sha256 = text,
            }
        }
    };
}

/// The checksum that a shape names, whichever it is.
macro_rules! take_checksum {
    ($shape:expr) => {
        $shape
            .checksum_crc32
            .or($shape.checksum_crc32c)
            .or($shape.checksum_crc64nvme)
            .or($shape.checksum_sha1)
            .or($shape.checksum_sha256)
    };
}

pub(super) use {put_checksum, take_checksum};

/// A strong entity tag.
pub fn etag(etag: &str) -> ETag {
    ETag::Strong(etag.to_owned())
}

/// A moment, in the whole seconds that S3 tells everywhere.
pub fn moment(at: Timestamp) -> dto::Timestamp {
    dto::Timestamp::from(UNIX_EPOCH + Duration::from_secs(at.as_secs()))
}

/// A length or count.
pub fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A kind of checksum.
pub fn checksum_type(kind: ChecksumKind) -> dto::ChecksumType {
    dto::ChecksumType::from_static(match kind {
        ChecksumKind::FullObject => dto::ChecksumType::FULL_OBJECT,
        ChecksumKind::Composite => dto::ChecksumType::COMPOSITE,
    })
}

/// The kind of a checksum.
pub fn type_of(checksum: Option<&Checksum>) -> Option<dto::ChecksumType> {
    checksum.map(|checksum| checksum_type(checksum.kind()))
}

/// An algorithm as S3 names it.
pub fn algorithm_name(algorithm: ChecksumAlgorithm) -> dto::ChecksumAlgorithm {
    dto::ChecksumAlgorithm::from_static(match algorithm {
        ChecksumAlgorithm::Crc32 => dto::ChecksumAlgorithm::CRC32,
        ChecksumAlgorithm::Crc32c => dto::ChecksumAlgorithm::CRC32C,
        ChecksumAlgorithm::Crc64Nvme => dto::ChecksumAlgorithm::CRC64NVME,
        ChecksumAlgorithm::Sha1 => dto::ChecksumAlgorithm::SHA1,
        ChecksumAlgorithm::Sha256 => dto::ChecksumAlgorithm::SHA256,
    })
}

/// The algorithm that a client names.
///
/// # Errors
/// There is none of that name.
pub fn algorithm(name: &dto::ChecksumAlgorithm) -> S3Result<ChecksumAlgorithm> {
    match name.as_str() {
        dto::ChecksumAlgorithm::CRC32 => Ok(ChecksumAlgorithm::Crc32),
        dto::ChecksumAlgorithm::CRC32C => Ok(ChecksumAlgorithm::Crc32c),
        dto::ChecksumAlgorithm::CRC64NVME => Ok(ChecksumAlgorithm::Crc64Nvme),
        dto::ChecksumAlgorithm::SHA1 => Ok(ChecksumAlgorithm::Sha1),
        dto::ChecksumAlgorithm::SHA256 => Ok(ChecksumAlgorithm::Sha256),
        _ => Err(s3_error!(
            InvalidRequest,
            "Checksum algorithm provided is unsupported."
        )),
    }
}

/// The condition of a write.
///
/// # Errors
/// `If-None-Match` with anything but `*`, or both conditions: neither is S3's.
pub fn write_condition(
    if_match: Option<ETagCondition>,
    if_none_match: Option<ETagCondition>,
) -> S3Result<WriteCondition> {
    match (if_match, if_none_match) {
        (None, None) => Ok(WriteCondition::None),
        (None, Some(ETagCondition::Any)) => Ok(WriteCondition::Absent),
        (Some(ETagCondition::Any), None) => Ok(WriteCondition::Present),
        (Some(ETagCondition::ETag(etag)), None) => Ok(WriteCondition::Matches(etag.into_value())),
        _ => Err(not_implemented_header()),
    }
}

fn not_implemented_header() -> S3Error {
    s3_error!(
        NotImplemented,
        "A header you provided implies functionality that is not implemented"
    )
}

/// The condition of a read.
pub fn read_condition(
    if_match: Option<ETagCondition>,
    if_none_match: Option<ETagCondition>,
    if_modified_since: Option<dto::Timestamp>,
    if_unmodified_since: Option<dto::Timestamp>,
) -> ReadCondition {
    let tags = |condition: ETagCondition| match condition {
        ETagCondition::Any => vec!["*".to_owned()],
        ETagCondition::ETag(etag) => vec![etag.into_value()],
    };
    ReadCondition {
        if_match: if_match.map(tags),
        if_none_match: if_none_match.map(tags),
        if_modified_since: if_modified_since.map(timestamp),
        if_unmodified_since: if_unmodified_since.map(timestamp),
    }
}

fn timestamp(moment: dto::Timestamp) -> Timestamp {
    let seconds = time::OffsetDateTime::from(moment).unix_timestamp();
    Timestamp::from_millis(u64::try_from(seconds).unwrap_or(0).saturating_mul(1_000))
}

/// `Expires` as it is kept.
pub fn expires_text(expires: &dto::Timestamp) -> Option<String> {
    let mut text = Vec::new();
    expires.format(TimestampFormat::HttpDate, &mut text).ok()?;
    String::from_utf8(text).ok()
}

/// `Expires` as it is given back.
pub fn expires(attributes: &Attributes) -> Option<dto::Timestamp> {
    let text = attributes.expires.as_deref()?;
    dto::Timestamp::parse(TimestampFormat::HttpDate, text).ok()
}

/// Writes keys and prefixes as a listing was asked to.
#[derive(Clone, Debug)]
pub struct Spelling {
    is_url: bool,
}

impl Spelling {
    /// The spelling that `encoding-type` asks for.
    ///
    /// # Errors
    /// It is none.
    pub fn of(encoding: Option<&EncodingType>) -> S3Result<Self> {
        match encoding.map(EncodingType::as_str) {
            None => Ok(Self { is_url: false }),
            Some(EncodingType::URL) => Ok(Self { is_url: true }),
            Some(_) => Err(s3_error!(
                InvalidArgument,
                "Invalid Encoding Method specified in Request"
            )),
        }
    }

    /// The spelling of a URL's path.
    pub const fn url() -> Self {
        Self { is_url: true }
    }

    /// Writes one.
    pub fn write(&self, text: &str) -> String {
        if self.is_url {
            utf8_percent_encode(text, RESERVED_IN_PATH).to_string()
        } else {
            text.to_owned()
        }
    }
}
