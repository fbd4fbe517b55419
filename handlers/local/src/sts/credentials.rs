//! Credentials as STS writes them.

use notewarden_domain::Timestamp;
use notewarden_userpool::Credential;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::xml::Xml;

pub(super) fn write(xml: &mut Xml, issued: &Credential) {
    xml.element("Credentials", |xml| {
        xml.text("AccessKeyId", &issued.access_key_id);
        xml.text("SecretAccessKey", issued.secret_access_key.expose());
        if let Some(token) = &issued.session_token {
            xml.text("SessionToken", token.expose());
        }
        if let Some(end) = issued.expires_at.and_then(rfc_3339) {
            xml.text("Expiration", &end);
        }
    });
}

/// `2026-11-21T12:00:00Z`.
fn rfc_3339(at: Timestamp) -> Option<String> {
    let seconds = i64::try_from(at.as_secs()).ok()?;
    let date = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    date.format(&Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_whole_seconds() {
        let at = Timestamp::from_millis(1_795_262_400_999);
        assert_eq!(rfc_3339(at).as_deref(), Some("2026-11-21T12:00:00Z"));
    }
}
