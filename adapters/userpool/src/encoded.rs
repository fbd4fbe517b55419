//! Bytes as unpadded base64url text: in stored items, and in tokens that are opaque to their bearers.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub(crate) fn serialize<S: Serializer>(
    bytes: impl AsRef<[u8]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: TryFrom<Vec<u8>>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    let bytes = BASE64_URL_SAFE_NO_PAD
        .decode(text)
        .map_err(D::Error::custom)?;
    bytes
        .try_into()
        .map_err(|_| D::Error::custom("bytes of another length were expected"))
}
