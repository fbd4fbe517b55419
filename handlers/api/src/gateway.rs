//! What API Gateway tells a handler about a request: the `requestContext` of payload format 2.0 (“Working
//! with AWS Lambda proxy integrations for HTTP APIs”), with the members that its authorizers fill.

use notewarden_domain::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The `requestContext` of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayContext {
    /// The AWS account that owns the API: 12 digits.
    pub account_id: String,
    /// The API's id.
    pub api_id: String,
    /// Whose credentials the gateway verified; absent on a route without authorization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer: Option<Authorizer>,
    /// The host name under which the API was called.
    pub domain_name: String,
    /// The first label of the host name.
    pub domain_prefix: String,
    /// The request line and where it came from.
    pub http: GatewayHttp,
    /// The request's id, which errors and logs repeat.
    pub request_id: String,
    /// The route that the gateway chose, as `GET /notes/{noteId}`, or `$default`.
    pub route_key: String,
    /// The stage: `$default`, unless the API has others.
    pub stage: String,
    /// When the request came, as `21/Nov/2026:12:00:00 +0000`.
    pub time: String,
    /// When the request came.
    pub time_epoch: Timestamp,
}

/// The request line and where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayHttp {
    /// The method, in upper case.
    pub method: String,
    /// The path, with the stage unless that is `$default`.
    pub path: String,
    /// The protocol, as `HTTP/1.1`.
    pub protocol: String,
    /// The address of the peer.
    pub source_ip: String,
    /// The `User-Agent` header, or nothing.
    #[serde(default)]
    pub user_agent: String,
}

/// What the gateway's authorizer found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorizer {
    /// The result of IAM authorization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iam: Option<IamAuthorizer>,
    /// The result of a JWT authorizer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwt: Option<JwtAuthorizer>,
    /// The context that a Lambda authorizer answered: see [`Way`](crate::Way).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lambda: Option<Map<String, Value>>,
}

impl Authorizer {
    /// What IAM authorization found out.
    pub const fn iam(iam: IamAuthorizer) -> Self {
        Self {
            iam: Some(iam),
            jwt: None,
            lambda: None,
        }
    }

    /// What a JWT authorizer found out.
    pub const fn jwt(jwt: JwtAuthorizer) -> Self {
        Self {
            iam: None,
            jwt: Some(jwt),
            lambda: None,
        }
    }

    /// What a Lambda authorizer found out.
    pub const fn lambda(context: Map<String, Value>) -> Self {
        Self {
            iam: None,
            jwt: None,
            lambda: Some(context),
        }
    }
}

/// The token that a JWT authorizer verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwtAuthorizer {
    /// Its claims, as API Gateway has them: each as a string, a list as `[one two]`.
    pub claims: Map<String, Value>,
    /// Those of the route's scopes that the token has; `null` for a route without any.
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
}

/// The principal whose signature IAM verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IamAuthorizer {
    /// The id of the access key that signed.
    pub access_key: String,
    /// The account of the principal.
    pub account_id: String,
    /// The principal's unique id: `AROA…:CognitoIdentityCredentials` for an assumed role.
    pub caller_id: String,
    /// The identity, if the credentials are those of an identity pool.
    #[serde(default)]
    pub cognito_identity: Option<CognitoIdentity>,
    /// The AWS organization of the principal.
    #[serde(default)]
    pub principal_org_id: Option<String>,
    /// The principal's ARN.
    pub user_arn: String,
    /// The same as `caller_id`.
    pub user_id: String,
}

/// An identity of an identity pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CognitoIdentity {
    /// How the person signed in: `authenticated`, the provider, `<provider>:CognitoSignIn:<sub>`.
    #[serde(default)]
    pub amr: Vec<String>,
    /// The identity id: the owner of everything the request touches.
    pub identity_id: String,
    /// The identity pool's id.
    pub identity_pool_id: String,
}
