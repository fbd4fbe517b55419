//! What AppSync tells a function about a field (“AWS AppSync JavaScript resolver context object reference”): the members
//! that the template's request handler passes on.

use notewarden_api::{Authorizer, CognitoIdentity, IamAuthorizer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A field that is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// Which field.
    pub info: Info,
    /// Its arguments, of the types that the schema says; those that were not given are not there.
    #[serde(default)]
    pub arguments: Map<String, Value>,
    /// Who asks.
    #[serde(default)]
    pub identity: Option<Identity>,
}

/// The name of a field.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Info {
    /// `Query` or `Mutation`.
    pub parent_type_name: String,
    /// The field.
    pub field_name: String,
}

/// Whose signature was verified, as AppSync tells it (`AWS_IAM` authorization).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// The account of the principal.
    #[serde(default)]
    pub account_id: Option<String>,
    /// The identity pool, if the credentials are those of one.
    #[serde(default)]
    pub cognito_identity_pool_id: Option<String>,
    /// The identity: the owner of everything the request touches.
    #[serde(default)]
    pub cognito_identity_id: Option<String>,
    /// The address of the peer, after those of proxies before it.
    #[serde(default)]
    pub source_ip: Option<Vec<String>>,
    /// The principal's unique id: `AROA…:CognitoIdentityCredentials` for an assumed role.
    #[serde(default)]
    pub username: Option<String>,
    /// The principal's ARN.
    #[serde(default)]
    pub user_arn: Option<String>,
    /// `authenticated`, or `unauthenticated` for a guest.
    #[serde(default)]
    pub cognito_identity_auth_type: Option<String>,
    /// How the person signed in: `"<provider>","<provider>:CognitoSignIn:<sub>"`, with these quotes.
    #[serde(default)]
    pub cognito_identity_auth_provider: Option<String>,
}

impl Identity {
    /// What API Gateway would tell a handler of the same principal; `None` if too little is said for that.
    pub(crate) fn authorizer(&self) -> Option<Authorizer> {
        let username = self.username.clone()?;
        Some(Authorizer::iam(IamAuthorizer {
            // AppSync does not tell it.
            access_key: String::new(),
            account_id: self.account_id.clone()?,
            caller_id: username.clone(),
            cognito_identity: self.cognito_identity(),
            principal_org_id: None,
            user_arn: self.user_arn.clone()?,
            user_id: username,
        }))
    }

    /// The identity, of which it must be said how the person signed in: whoever is not known to be no guest is one.
    fn cognito_identity(&self) -> Option<CognitoIdentity> {
        let signed_in = self.cognito_identity_auth_type.clone()?;
        let providers = self.cognito_identity_auth_provider.iter();
        let providers = providers.flat_map(|providers| providers.split(','));
        let providers = providers.map(|provider| provider.trim_matches('"').to_owned());
        Some(CognitoIdentity {
            amr: [signed_in].into_iter().chain(providers).collect(),
            identity_id: self.cognito_identity_id.clone()?,
            identity_pool_id: self.cognito_identity_pool_id.clone()?,
        })
    }

    /// What the identity is called for who asks, in AppSync's form, from how API Gateway tells it.
    pub fn of(iam: &IamAuthorizer, source_ip: String) -> Self {
        let identity = iam.cognito_identity.as_ref();
        let mut methods = identity
            .map(|identity| identity.amr.iter())
            .into_iter()
            .flatten();
        let signed_in = methods.next().cloned();
        let providers: Vec<_> = methods.map(|method| format!("\"{method}\"")).collect();
        Self {
            account_id: Some(iam.account_id.clone()),
            cognito_identity_pool_id: identity.map(|identity| identity.identity_pool_id.clone()),
            cognito_identity_id: identity.map(|identity| identity.identity_id.clone()),
            source_ip: Some(vec![source_ip]),
            username: Some(iam.user_id.clone()),
            user_arn: Some(iam.user_arn.clone()),
            cognito_identity_auth_type: signed_in,
            cognito_identity_auth_provider: (!providers.is_empty()).then(|| providers.join(",")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SIGNED_IN: &str = "cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool:CognitoSignIn:00000000-0000-4000-8000-000000000001";

    /// The members that AWS's reference shows, for somebody of a user pool.
    fn identity() -> Identity {
        let provider = "cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool";
        serde_json::from_value(json!({
            "accountId": "000000000000",
            "cognitoIdentityPoolId": "us-east-1:00000000-0000-4000-8000-00000000000a",
            "cognitoIdentityId": "us-east-1:00000000-0000-4000-8000-00000000000b",
            "sourceIp": ["203.0.113.9"],
            "username": "AROAEXAMPLE:CognitoIdentityCredentials",
            "userArn": "arn:aws:sts::000000000000:assumed-role/AuthRole/CognitoIdentityCredentials",
            "cognitoIdentityAuthType": "authenticated",
            "cognitoIdentityAuthProvider": format!("\"{provider}\",\"{SIGNED_IN}\"")
        }))
        .unwrap()
    }

    #[test]
    fn an_identity_is_the_same_in_both_forms() {
        let told = identity();
        let iam = told.authorizer().unwrap().iam.unwrap();
        let of_pool = iam.cognito_identity.as_ref().unwrap();
        assert_eq!(of_pool.amr[0], "authenticated");
        assert_eq!(of_pool.amr[2], SIGNED_IN);
        let back = Identity::of(&iam, "203.0.113.9".to_owned());
        assert_eq!(
            serde_json::to_value(back).unwrap(),
            serde_json::to_value(told).unwrap()
        );
    }

    #[test]
    fn nobody_is_taken_for_signed_in_of_whom_it_is_not_said() {
        let of = |change: fn(&mut Identity)| {
            let mut told = identity();
            change(&mut told);
            told.authorizer()
                .and_then(|authorizer| authorizer.iam)
                .and_then(|iam| iam.cognito_identity)
        };
        assert!(of(|_| {}).is_some());
        assert!(of(|told| told.cognito_identity_auth_type = None).is_none());
        assert!(of(|told| told.cognito_identity_id = None).is_none());
        assert!(of(|told| told.cognito_identity_pool_id = None).is_none());
        assert!(of(|told| told.user_arn = None).is_none());
    }
}
