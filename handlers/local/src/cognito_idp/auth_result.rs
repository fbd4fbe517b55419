//! What a sign-in answers: tokens, or the next challenge.

use notewarden_userpool::{
    Secret,
    factors::Factor,
    user_pool::{FirstFactor, Progress, SrpChallenge, Tokens},
};
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    available_challenges: Vec<&'static str>,
}

impl AuthAnswer {
    /// A challenge, without a session to answer it in yet.
    const fn challenge(name: &'static str, parameters: Value) -> Self {
        Self {
            authentication_result: None,
            challenge_name: Some(name),
            challenge_parameters: parameters,
            session: None,
            available_challenges: Vec::new(),
        }
    }

    fn in_session(self, session: &Secret) -> Self {
        Self {
            session: Some(session.expose().to_owned()),
            ..self
        }
    }
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
            available_challenges: Vec::new(),
        }
    }
}

impl From<SrpChallenge> for AuthAnswer {
    fn from(challenge: SrpChallenge) -> Self {
        let parameters = json!({
            "SALT": challenge.salt,
            "SECRET_BLOCK": challenge.secret_block,
            "SRP_B": challenge.server_public,
            "USERNAME": challenge.user_id,
            "USER_ID_FOR_SRP": challenge.user_id,
        });
        Self::challenge("PASSWORD_VERIFIER", parameters)
    }
}

impl TryFrom<Progress> for AuthAnswer {
    type Error = Exception;

    fn try_from(progress: Progress) -> Result<Self, Exception> {
        Ok(match progress {
            Progress::SignedIn(tokens) => tokens.into(),
            Progress::ProofRequired(challenge) => challenge.into(),
            Progress::ChoiceRequired { session, available } => Self {
                available_challenges: available.into_iter().map(FirstFactor::as_str).collect(),
                ..Self::challenge("SELECT_CHALLENGE", json!({})).in_session(&session)
            },
            Progress::NewPasswordRequired {
                session,
                user_id,
                attributes,
            } => {
                let attributes: Map<String, Value> = attributes
                    .into_iter()
                    .map(|(name, value)| (name, value.into()))
                    .collect();
                let parameters = json!({
                    "USER_ID_FOR_SRP": user_id,
                    "requiredAttributes": "[]",
                    "userAttributes": to_json(attributes)?.to_string(),
                });
                Self::challenge("NEW_PASSWORD_REQUIRED", parameters).in_session(&session)
            }
            Progress::SoftwareTokenRequired {
                session,
                user_id,
                device,
            } => {
                let mut parameters = json!({ "USER_ID_FOR_SRP": user_id });
                if let (Some(device), Some(members)) = (device, parameters.as_object_mut()) {
                    members.insert("FRIENDLY_DEVICE_NAME".to_owned(), device.into());
                }
                Self::challenge("SOFTWARE_TOKEN_MFA", parameters).in_session(&session)
            }
            Progress::EmailCodeRequired {
                session,
                user_id,
                delivery,
            } => {
                let parameters = json!({
                    "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL",
                    "CODE_DELIVERY_DESTINATION": delivery.destination,
                    "USER_ID_FOR_SRP": user_id,
                });
                Self::challenge("EMAIL_OTP", parameters).in_session(&session)
            }
            Progress::FactorChoiceRequired {
                session,
                user_id,
                factors,
            } => {
                let parameters =
                    json!({ "USER_ID_FOR_SRP": user_id, "MFAS_CAN_CHOOSE": listed(&factors) });
                Self::challenge("SELECT_MFA_TYPE", parameters).in_session(&session)
            }
            Progress::SetUpRequired {
                session,
                user_id,
                factors,
            } => {
                let parameters =
                    json!({ "USER_ID_FOR_SRP": user_id, "MFAS_CAN_SETUP": listed(&factors) });
                Self::challenge("MFA_SETUP", parameters).in_session(&session)
            }
            _ => return Err(Exception::internal()),
        })
    }
}

/// A list within a parameter, which is text: JSON.
fn listed(factors: &[Factor]) -> String {
    let names: Vec<&str> = factors.iter().map(|factor| factor.as_str()).collect();
    json!(names).to_string()
}
