//! Answers to challenges, which users and servers give alike.

use notewarden_userpool::{
    UserPool,
    factors::Factor,
    user_pool::{AppClient, Choice, PasswordProof},
};

use super::{
    auth_result::AuthAnswer,
    exception::{invalid_parameter, missing_parameter},
    parameters::Parameters,
};
use crate::json_protocol::Exception;

/// `ChallengeNameType`
pub(super) const CHALLENGES: [&str; 16] = [
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

/// Gives the pool the answer to the challenge `name`.
pub(super) async fn give(
    pool: &UserPool,
    client_id: &str,
    name: &str,
    session: Option<&str>,
    responses: &Parameters,
) -> Result<AuthAnswer, Exception> {
    let client = AppClient {
        id: client_id,
        secret_hash: responses.optional("SECRET_HASH"),
    };
    let username = || responses.required("USERNAME");
    let session = || session.ok_or_else(|| missing_parameter("Session"));
    let progress = match name {
        "PASSWORD_VERIFIER" => {
            let username = username()?;
            let proof = PasswordProof {
                secret_block: responses.required("PASSWORD_CLAIM_SECRET_BLOCK")?,
                timestamp: timestamp(responses.required("TIMESTAMP")?)?,
                signature: responses.required("PASSWORD_CLAIM_SIGNATURE")?,
            };
            pool.answer_srp(client, username, proof).await
        }
        "NEW_PASSWORD_REQUIRED" => {
            let username = username()?;
            let password = responses.required("NEW_PASSWORD")?;
            let attributes = responses.with_prefix("userAttributes.");
            pool.choose_password(client, username, session()?, password, &attributes)
                .await
        }
        "SELECT_CHALLENGE" => {
            let username = username()?;
            let answer = responses.required("ANSWER")?;
            let choice = choice(answer, responses)?.ok_or_else(|| {
                invalid_parameter(format!("{answer} is not an available challenge."))
            })?;
            pool.choose_first_factor(client, username, session()?, choice)
                .await
        }
        "SELECT_MFA_TYPE" => {
            let username = username()?;
            let factor = match responses.required("ANSWER")? {
                "SOFTWARE_TOKEN_MFA" => Factor::SoftwareToken,
                "EMAIL_OTP" => Factor::Email,
                other => {
                    let message = format!("{other} is not a second factor that was offered.");
                    return Err(invalid_parameter(message));
                }
            };
            pool.choose_second_factor(client, username, session()?, factor)
                .await
        }
        "SOFTWARE_TOKEN_MFA" => {
            let username = username()?;
            let code = responses.required("SOFTWARE_TOKEN_MFA_CODE")?;
            pool.answer_software_token(client, username, session()?, code)
                .await
        }
        "EMAIL_OTP" => {
            let username = username()?;
            let code = responses.required("EMAIL_OTP_CODE")?;
            pool.answer_email_code(client, username, session()?, code)
                .await
        }
        "MFA_SETUP" => {
            let username = username()?;
            pool.answer_set_up(client, username, session()?).await
        }
        challenge => {
            let message = format!("{challenge} is not a challenge of this user pool.");
            return Err(invalid_parameter(message));
        }
    };
    progress?.try_into()
}

/// The first factor that a user chooses by its name, if it is one that there is.
pub(super) fn choice<'a>(
    name: &str,
    parameters: &'a Parameters,
) -> Result<Option<Choice<'a>>, Exception> {
    Ok(match name {
        "PASSWORD_SRP" => Some(Choice::Proof(parameters.required("SRP_A")?)),
        "PASSWORD" => Some(Choice::Password(parameters.required("PASSWORD")?)),
        "EMAIL_OTP" => Some(Choice::EmailCode),
        _ => None,
    })
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
