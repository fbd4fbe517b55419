//! `GetCredentialsForIdentity`: temporary credentials of the role that the identity may assume.

use notewarden_userpool::{
    Credential,
    identity_pool::{IdentityPool, Logins},
};
use serde::{Deserialize, Serialize};

use super::{constraints::Constraints, exception};
use crate::json_protocol::{Exception, epoch_seconds};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetCredentialsForIdentityInput {
    identity_id: Option<String>,
    #[serde(default)]
    logins: Option<Logins>,
    custom_role_arn: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetCredentialsForIdentityResponse {
    identity_id: String,
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
    pool: &IdentityPool,
    input: GetCredentialsForIdentityInput,
) -> Result<GetCredentialsForIdentityResponse, Exception> {
    let logins = input.logins.unwrap_or_default();
    let mut constraints = Constraints::default();
    constraints.id("identityId", input.identity_id.as_deref());
    constraints.logins(&logins);
    constraints.arn("customRoleArn", input.custom_role_arn.as_deref());
    constraints.check()?;
    let identity_id = input.identity_id.unwrap_or_default();
    let issued = pool
        .get_credentials(&identity_id, &logins, input.custom_role_arn.as_deref())
        .await
        .map_err(exception::of_pool)?;
    Ok(GetCredentialsForIdentityResponse {
        identity_id,
        credentials: CredentialsBody::from(&*issued),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use notewarden_domain::Timestamp;
    use notewarden_userpool::{Principal, Secret};
    use serde_json::json;

    use super::*;

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
            identity_id: "us-east-1:0".to_owned(),
            credentials: CredentialsBody::from(&credential),
        };
        assert_eq!(
            serde_json::to_value(response).unwrap(),
            json!({
                "IdentityId": "us-east-1:0",
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
