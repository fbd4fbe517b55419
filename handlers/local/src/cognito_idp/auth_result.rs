//! What a sign-in answers: tokens, or the next challenge.

use notewarden_userpool::user_pool::{Progress, SrpChallenge, Tokens};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::json_protocol::{Exception, to_json};

/// The answer of `InitiateAuth` and `RespondToAuthChallenge`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AuthAnswer {
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication_result: Option<AuthenticationResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge_name: Option<&'static str>,
    challenge_parameters: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

/// `AuthenticationResultType`
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AuthenticationResult {
    access_token: String,
    expires_in: u64,
    id_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    token_type: &'static str,
}

impl From<Tokens> for AuthenticationResult {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access.expose().to_owned(),
            expires_in: tokens.lifetime.as_secs(),
            id_token: tokens.id.expose().to_owned(),
            refresh_token: tokens.refresh.map(|token| token.expose().to_owned()),
            token_type: "Bearer",
        }
    }
}

impl From<Tokens> for AuthAnswer {
    fn from(tokens: Tokens) -> Self {
        Self {
            authentication_result: Some(tokens.into()),
            challenge_name: None,
            challenge_parameters: json!({}),
            session: None,
        }
    }
}

impl From<SrpChallenge> for AuthAnswer {
    fn from(challenge: SrpChallenge) -> Self {
        Self {
            authentication_result: None,
            challenge_name: Some("PASSWORD_VERIFIER"),
            challenge_parameters: json!({
                "SALT": challenge.salt,
                "SECRET_BLOCK": challenge.secret_block,
                "SRP_B": challenge.server_public,
                "USERNAME": challenge.user_id,
                "USER_ID_FOR_SRP": challenge.user_id,
            }),
            session: None,
        }
    }
}

impl TryFrom<Progress> for AuthAnswer {
    type Error = Exception;

    fn try_from(progress: Progress) -> Result<Self, Exception> {
        match progress {
            Progress::SignedIn(tokens) => Ok(tokens.into()),
            Progress::NewPasswordRequired {
                session,
                user_id,
                attributes,
            } => {
                let attributes: Map<String, Value> = attributes
                    .into_iter()
                    .map(|(name, value)| (name, value.into()))
                    .collect();
                Ok(Self {
                    authentication_result: None,
                    challenge_name: Some("NEW_PASSWORD_REQUIRED"),
                    challenge_parameters: json!({
                        "USER_ID_FOR_SRP": user_id,
                        "requiredAttributes": "[]",
                        "userAttributes": to_json(attributes)?.to_string(),
                    }),
                    session: Some(session.expose().to_owned()),
                })
            }
            _ => Err(Exception::internal()),
        }
    }
}
