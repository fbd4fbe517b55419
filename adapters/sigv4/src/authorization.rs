//! The `Authorization` header:
//! `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=host;x-amz-date, Signature=…`.

use std::borrow::Cow;

use http::{HeaderMap, HeaderValue};

use crate::{
    Form, Malformation, Refusal,
    claim::{ALGORITHM, Claim, signature},
    date::AmzDate,
    fields::cut,
    signed_headers::{AMZ_DATE, AMZ_SECURITY_TOKEN, SignedHeaders},
};

/// The longest scheme name that a refusal repeats.
const SCHEME_SHOWN: usize = 32;

/// Reads the claim of a request whose `Authorization` header is `value`.
pub(crate) fn read<'a>(
    value: &'a HeaderValue,
    headers: &'a HeaderMap,
) -> Result<Claim<'a>, Refusal> {
    let malformed = || Refusal::Malformed(Malformation::Authorization);
    let text = str::from_utf8(value.as_bytes()).map_err(|_| malformed())?;
    let (scheme, rest) = cut(text, b' ');
    if scheme != ALGORITHM {
        let shown = scheme.chars().take(SCHEME_SHOWN).collect::<String>();
        return Err(Refusal::UnsupportedAlgorithm(shown.into()));
    }

    let (mut credential, mut signed_headers, mut signature_text) = (None, None, None);
    for part in rest.unwrap_or_default().split(',') {
        let (name, value) = cut(part.trim_start_matches(' '), b'=');
        let value = value.ok_or_else(malformed)?;
        let slot = match name {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature_text,
            _ => return Err(malformed()),
        };
        if slot.replace(value).is_some() {
            return Err(malformed());
        }
    }
    let (Some(credential), Some(signed_headers), Some(signature_text)) =
        (credential, signed_headers, signature_text)
    else {
        return Err(malformed());
    };

    Ok(Claim {
        form: Form::Header,
        credential: Cow::Borrowed(credential),
        signed_headers: SignedHeaders::parse(Cow::Borrowed(signed_headers))?,
        signature: signature(signature_text.as_bytes())?,
        date: date(headers)?,
        session_token: headers
            .get(&AMZ_SECURITY_TOKEN)
            .map(|token| Cow::Borrowed(token.as_bytes())),
        lasts: None,
        content_sha256: None,
    })
}

/// The one `x-amz-date`. `Date` alone is not enough: proxies rewrite it.
fn date(headers: &HeaderMap) -> Result<AmzDate, Refusal> {
    let mut values = headers.get_all(&AMZ_DATE).iter();
    match (values.next(), values.next()) {
        (None, _) => Err(Refusal::MissingDate),
        (Some(value), None) => {
            AmzDate::parse(value.as_bytes()).ok_or(Refusal::Malformed(Malformation::Date))
        }
        (Some(_), Some(_)) => Err(Refusal::DuplicateHeader(AMZ_DATE.as_str().into())),
    }
}
