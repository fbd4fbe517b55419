//! `GetSessionToken`: temporary credentials of the user whose long-term ones sign.

use std::{sync::Arc, time::Duration};

use notewarden_userpool::{Credential, Principal};

use super::{fault::Fault, query::Query};
use crate::app::App;

/// Twelve hours unless asked for another time.
const DEFAULT_SECONDS: u64 = 43_200;
/// From a quarter of an hour to 36 hours.
const SECONDS: std::ops::RangeInclusive<u64> = 900..=129_600;

pub(super) async fn issue(
    app: &App,
    query: &Query,
    signed_with: &Credential,
) -> Result<Arc<Credential>, Fault> {
    if signed_with.session_token.is_some() {
        return Err(Fault::denied(
            "Cannot call GetSessionToken with session credentials",
        ));
    }
    if query
        .get("SerialNumber")
        .or(query.get("TokenCode"))
        .is_some()
    {
        return Err(Fault::denied(
            "MultiFactorAuthentication failed, the user has no MFA device",
        ));
    }
    let lifetime = lifetime(query.get("DurationSeconds"))?;
    let principal = Principal::clone(&signed_with.principal);
    let issued = app.credentials.issue_session(principal, lifetime).await;
    issued.map_err(Fault::from)
}

fn lifetime(asked: Option<&str>) -> Result<Duration, Fault> {
    let Some(asked) = asked else {
        return Ok(Duration::from_secs(DEFAULT_SECONDS));
    };
    let seconds = asked
        .parse()
        .ok()
        .filter(|seconds| SECONDS.contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| {
        let (least, most) = (SECONDS.start(), SECONDS.end());
        Fault::validation(format!(
            "1 validation error detected: Value '{asked}' at 'durationSeconds' failed to satisfy constraint: \
             Member must have value between {least} and {most}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_bounded() {
        assert_eq!(lifetime(None).unwrap().as_secs(), 43_200);
        assert_eq!(lifetime(Some("900")).unwrap().as_secs(), 900);
        for bad in ["899", "129601", "-900", "9e2", "x", "99999999999999999999"] {
            assert!(lifetime(Some(bad)).is_err(), "{bad}");
        }
    }
}
