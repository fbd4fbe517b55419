//! `GetCredentialsForIdentity`: temporary credentials of the role that the identity may assume.

use notewarden_domain::IdentityId;
use notewarden_userpool::{
    Credential,
    identity_pool::{IdentityPoolError, Logins},
};
use serde::{Deserialize, Serialize};

use super::{constraints::Constraints, exception};
use crate::{
    app::App,
    json_protocol::{Exception, epoch_seconds, parse},
    wire::WireRequest,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetCredentialsForIdentityInput {
    identity_id: Option<String>,
    #[serde(default)]
    logins: Option<Logins>,
    custom_role_arn: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetCredentialsForIdentityResponse {
    /// Another than the one asked for, if that was a guest's who has signed in as somebody known.
    identity_id: IdentityId,
    credentials: CredentialsBody,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CredentialsBody {
    access_key_id: String,
    secret_key: String,
    session_token: Option<String>,
    /// Seconds since the Unix epoch.
    expiration: Option<f64>,
}

impl From<&Credential> for CredentialsBody {
    fn from(credential: &Credential) -> Self {
        let exposed = |secret: &notewarden_userpool::Secret| secret.expose().to_owned();
        Self {
            access_key_id: credential.access_key_id.clone(),
            secret_key: exposed(&credential.secret_access_key),
            session_token: credential.session_token.as_ref().map(exposed),
            expiration: credential.expires_at.map(epoch_seconds),
        }
    }
}

pub(super) async fn handle(
    app: &App,
    request: &WireRequest,
) -> Result<GetCredentialsForIdentityResponse, Exception> {
    let input: GetCredentialsForIdentityInput = parse(request)?;
    let logins = input.logins.unwrap_or_default();
    let mut constraints = Constraints::default();
    constraints.id("identityId", input.identity_id.as_deref());
    constraints.logins(&logins);
    constraints.arn("customRoleArn", input.custom_role_arn.as_deref());
    constraints.check()?;
    let identity_id = input.identity_id.unwrap_or_default();
    let issued = app
        .identity_pool
        .get_credentials(&identity_id, &logins, input.custom_role_arn.as_deref())
        .await
        .map_err(|error| {
            if let IdentityPoolError::RoleRefused(refused) = &error {
                app.access.record_refusal(&request.id, refused);
            }
            exception::of_pool(error)
        })?;
    Ok(GetCredentialsForIdentityResponse {
        identity_id: issued.identity_id,
        credentials: CredentialsBody::from(&*issued.credential),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use notewarden_domain::Timestamp;
    use notewarden_userpool::{Principal, Secret};
    use serde_json::json;

    use super::*;

    const ID: &str = "us-east-1:19104ee3-98b1-483d-a2cf-e2e023a0069c";

    #[test]
    fn the_answer_has_the_members_of_the_service_model() {
        let credential = Credential {
            access_key_id: "ASIA".to_owned(),
            secret_access_key: Secret::new("key"),
            session_token: Some(Secret::new("token")),
            expires_at: Some(Timestamp::from_millis(1_795_262_400_500)),
            principal: Arc::new(Principal::admin("000000000000", "AIDA")),
        };
        let response = GetCredentialsForIdentityResponse {
            identity_id: ID.parse().unwrap(),
            credentials: CredentialsBody::from(&credential),
        };
        assert_eq!(
            serde_json::to_value(response).unwrap(),
            json!({
                "IdentityId": ID,
                "Credentials": {
                    "AccessKeyId": "ASIA",
                    "SecretKey": "key",
                    "SessionToken": "token",
                    "Expiration": 1_795_262_400.5,
                },
            })
        );
    }
}
