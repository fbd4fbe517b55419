//! `RespondToAuthChallenge`: the proof of a password, or the choice of a new one.

use notewarden_userpool::{
    UserPool,
    user_pool::{AppClient, PasswordProof},
};
use serde::Deserialize;

use super::{
    auth_result::AuthAnswer,
    constraints::{CLIENT_ID, Constraints, SESSION},
    exception::{invalid_parameter, missing_parameter},
    parameters::Parameters,
};
use crate::json_protocol::Exception;

/// `ChallengeNameType`
const CHALLENGES: [&str; 16] = [
    "SMS_MFA",
    "EMAIL_OTP",
    "SOFTWARE_TOKEN_MFA",
    "SELECT_MFA_TYPE",
    "MFA_SETUP",
    "PASSWORD_VERIFIER",
    "CUSTOM_CHALLENGE",
    "SELECT_CHALLENGE",
    "DEVICE_SRP_AUTH",
    "DEVICE_PASSWORD_VERIFIER",
    "ADMIN_NO_SRP_AUTH",
    "NEW_PASSWORD_REQUIRED",
    "SMS_OTP",
    "PASSWORD",
    "WEB_AUTHN",
    "PASSWORD_SRP",
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RespondToAuthChallengeRequest {
    client_id: Option<String>,
    challenge_name: Option<String>,
    session: Option<String>,
    challenge_responses: Option<Parameters>,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: RespondToAuthChallengeRequest,
) -> Result<AuthAnswer, Exception> {
    let mut constraints = Constraints::default();
    let client_id = constraints.required("clientId", input.client_id.as_deref(), CLIENT_ID);
    constraints.one_of(
        "challengeName",
        input.challenge_name.as_deref(),
        &CHALLENGES,
    );
    let session = constraints.optional("session", input.session.as_deref(), SESSION);
    constraints.check()?;
    let responses = input.challenge_responses.unwrap_or_default();
    let client = AppClient {
        id: client_id,
        secret_hash: responses.optional("SECRET_HASH"),
    };
    match input.challenge_name.as_deref().unwrap_or_default() {
        "PASSWORD_VERIFIER" => {
            let username = responses.required("USERNAME")?;
            let proof = PasswordProof {
                secret_block: responses.required("PASSWORD_CLAIM_SECRET_BLOCK")?,
                timestamp: timestamp(responses.required("TIMESTAMP")?)?,
                signature: responses.required("PASSWORD_CLAIM_SIGNATURE")?,
            };
            pool.answer_srp(client, username, proof).await?.try_into()
        }
        "NEW_PASSWORD_REQUIRED" => {
            let username = responses.required("USERNAME")?;
            let password = responses.required("NEW_PASSWORD")?;
            let session = session.ok_or_else(|| missing_parameter("Session"))?;
            if responses.has_prefix("userAttributes.") {
                let message = "Attributes stay as they are when a password is chosen.";
                return Err(invalid_parameter(message));
            }
            let progress = pool.choose_password(client, username, session, password);
            progress.await?.try_into()
        }
        challenge => {
            let message = format!("{challenge} is not a challenge of this user pool.");
            Err(invalid_parameter(message))
        }
    }
}

/// Makes sure that `TIMESTAMP` has the form that Cognito reads, `Tue Sep 8 04:05:06 UTC 2026`.
fn timestamp(text: &str) -> Result<&str, Exception> {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let number = |text: &str, most: u32| {
        let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        is_number && text.parse().is_ok_and(|number: u32| number <= most)
    };
    let is_time = |text: &str| {
        let mut parts = text.split(':');
        let mut next = |most| parts.next().is_some_and(|part| number(part, most));
        next(23) && next(59) && next(60) && parts.next().is_none()
    };
    let parts: Vec<&str> = text.split(' ').collect();
    let has_form = matches!(parts.as_slice(), [day, month, date, time, zone, year]
        if DAYS.contains(day)
            && MONTHS.contains(month)
            && number(date, 31)
            && is_time(time)
            && matches!(*zone, "UTC" | "GMT")
            && year.len() == 4
            && year.bytes().all(|b| b.is_ascii_digit()));
    if has_form {
        return Ok(text);
    }
    Err(invalid_parameter(
        "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_told_from_other_text() {
        for good in [
            "Tue Sep 8 04:05:06 UTC 2026",
            "Sat Nov 21 23:59:60 UTC 2026",
            "Tue Sep 08 04:05:06 GMT 2026",
        ] {
            assert!(timestamp(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "2026-09-08T04:05:06Z",
            "Tue Sep 8 04:05:06 CET 2026",
            "Tue Sep 32 04:05:06 UTC 2026",
            "Tue Sep 8 24:05:06 UTC 2026",
            "Tue  Sep 8 04:05:06 UTC 2026",
            "Die Sep 8 04:05:06 UTC 2026",
        ] {
            assert!(timestamp(bad).is_err(), "{bad}");
        }
    }
}
