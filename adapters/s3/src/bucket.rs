//! A bucket and the client that reaches it, and what S3's answers mean to every port.

use std::error::Error;

use aws_sdk_s3::{
    Client,
    config::{Builder, http::HttpResponse},
    error::{ProvideErrorMetadata, SdkError},
};
use aws_smithy_types::base64;
use aws_types::SdkConfig;
use notewarden_aws::{Deferred, Tuning, store_error};
use notewarden_domain::{StoreError, archive::Crc32};

/// A bucket as one of the ports uses it. Clones share one client.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    pub(crate) client: Deferred<Client>,
    pub(crate) name: String,
}

impl Bucket {
    /// The bucket `name`, in the account and region of `config`, where requests are tried as often and as long as
    /// `tuning` says.
    ///
    /// Where `config` names an endpoint of its own, the bucket goes into the path and not into the host's name, which
    /// nobody may have set up there.
    pub(crate) fn new(config: &SdkConfig, name: impl Into<String>, tuning: &Tuning) -> Self {
        let has_own_endpoint = config.endpoint_url().is_some();
        let config = Builder::from(&tuning.applied_to(config))
            .force_path_style(has_own_endpoint)
            .build();
        Self {
            client: Deferred::new(|| Client::from_conf(config)),
            name: name.into(),
        }
    }
}

/// The status of the answer, if there was one.
pub(crate) fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|answer| answer.status().as_u16())
}

/// What an error of `operation` is where an object or an upload that is not there, and a condition that is not met,
/// are answers.
pub(crate) fn refusal<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> StoreError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error.code() {
        Some("NoSuchKey" | "NoSuchUpload") => StoreError::NotFound,
        _ if status(error) == Some(412) => StoreError::PreconditionFailed,
        _ => store_error(operation, error),
    }
}

/// The checksum as S3 writes it: its bytes, highest first, in Base64.
pub(crate) fn write_crc32(crc32: Crc32) -> String {
    base64::encode(crc32.get().to_be_bytes())
}

/// The checksum that S3 has written, if it is one.
pub(crate) fn read_crc32(text: Option<&str>) -> Option<Crc32> {
    let bytes = base64::decode(text?).ok()?;
    Some(Crc32::new(u32::from_be_bytes(bytes.try_into().ok()?)))
}
