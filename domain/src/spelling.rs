//! The one spelling of an id: whoever could write the same id in two ways would be two owners, or would get round a
//! policy that names its path.

use uuid::Uuid;

/// The UUID that `text` is, in lower case with hyphens; any other spelling is `None`.
pub(crate) fn uuid(text: &str) -> Option<Uuid> {
    let mut buffer = Uuid::encode_buffer();
    Uuid::try_parse(text)
        .ok()
        .filter(|uuid| uuid.hyphenated().encode_lower(&mut buffer) == text)
}
