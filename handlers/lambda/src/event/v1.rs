//! Payload format 1.0 (“Input format of a Lambda function for proxy integration”): REST APIs, whose events have no
//! version, and HTTP APIs that ask for it.

use std::{borrow::Cow, collections::BTreeMap};

use http::Method;
use notewarden_api::{
    Authorizer, CognitoIdentity, GatewayContext, GatewayHttp, IamAuthorizer, JwtAuthorizer,
    Unserved,
};
use notewarden_domain::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Format, HttpEvent,
    request::{Draft, Path, headers, method},
};

/// Values by name, where each name has several.
type Lists = BTreeMap<String, Vec<String>>;
/// Values by name; of several under one name, the last.
type Singles = BTreeMap<String, String>;

/// An event, with the members that matter here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event<'a> {
    #[serde(default)]
    version: Option<String>,
    #[serde(borrow)]
    path: Cow<'a, str>,
    http_method: String,
    #[serde(default)]
    headers: Option<Singles>,
    #[serde(default)]
    multi_value_headers: Option<Lists>,
    #[serde(default)]
    query_string_parameters: Option<Singles>,
    #[serde(default)]
    multi_value_query_string_parameters: Option<Lists>,
    request_context: Context,
    #[serde(borrow, default)]
    body: Option<Cow<'a, str>>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    account_id: String,
    api_id: String,
    #[serde(default)]
    authorizer: Option<Map<String, Value>>,
    #[serde(default)]
    domain_name: String,
    #[serde(default)]
    domain_prefix: String,
    identity: Identity,
    path: String,
    #[serde(default)]
    protocol: String,
    request_id: String,
    #[serde(default)]
    request_time: String,
    request_time_epoch: Timestamp,
    #[serde(default)]
    resource_path: Option<String>,
    stage: String,
}

/// Whose signature IAM verified, if the method asks for one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    access_key: Option<String>,
    account_id: Option<String>,
    caller: Option<String>,
    cognito_authentication_provider: Option<String>,
    cognito_authentication_type: Option<String>,
    cognito_identity_id: Option<String>,
    cognito_identity_pool_id: Option<String>,
    principal_org_id: Option<String>,
    source_ip: String,
    user: Option<String>,
    user_agent: Option<String>,
    user_arn: Option<String>,
}

impl Event<'_> {
    pub(super) fn into_http(self) -> HttpEvent {
        let query = self.query();
        let named = method(&self.http_method);
        let method = named.clone().unwrap_or(Method::GET);
        let path = match self.version {
            None => Path::Spelled(&self.path),
            Some(_) => Path::Decoded {
                path: &self.path,
                stage: &self.request_context.stage,
            },
        };
        let headers = match (&self.multi_value_headers, &self.headers) {
            (Some(lists), _) => headers(pairs(lists)),
            (None, Some(singles)) => headers(singles.iter().map(|(k, v)| (k.as_str(), v.as_str()))),
            (None, None) => headers([]),
        };
        let draft = Draft {
            method: &method,
            path,
            query: &query,
            headers,
            body: self.body.as_deref(),
            is_base64_encoded: self.is_base64_encoded,
        };
        let request = match named {
            Some(_) => draft.finish(),
            None => Err(Unserved::BrokenHead),
        };
        HttpEvent {
            format: Format::V1,
            is_of_rest_api: self.version.is_none(),
            context: self.request_context.into_gateway(self.http_method),
            method,
            request,
        }
    }

    /// The query, which comes decoded: those of one name in their order.
    fn query(&self) -> String {
        let lists = self.multi_value_query_string_parameters.iter();
        let mut parameters: Vec<_> = lists.flat_map(pairs).collect();
        if self.multi_value_query_string_parameters.is_none() {
            let singles = self.query_string_parameters.iter().flatten();
            parameters.extend(singles.map(|(name, value)| (name.as_str(), value.as_str())));
        }
        let mut query = String::new();
        for (name, value) in parameters {
            if !query.is_empty() {
                query.push('&');
            }
            query.extend(utf8_percent_encode(name, NON_ALPHANUMERIC));
            query.push('=');
            query.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
        }
        query
    }
}

fn pairs(lists: &Lists) -> impl Iterator<Item = (&str, &str)> {
    lists
        .iter()
        .flat_map(|(name, values)| values.iter().map(|value| (name.as_str(), value.as_str())))
}

impl Context {
    /// The same in the words of format 2.0.
    fn into_gateway(self, method: String) -> GatewayContext {
        let route_key = match &self.resource_path {
            Some(path) => format!("{method} {path}"),
            None => "$default".to_owned(),
        };
        let authorizer = self
            .identity
            .authorizer()
            .or_else(|| of_context(self.authorizer));
        GatewayContext {
            account_id: self.account_id,
            api_id: self.api_id,
            authorizer,
            domain_name: self.domain_name,
            domain_prefix: self.domain_prefix,
            http: GatewayHttp {
                method,
                path: self.path,
                protocol: self.protocol,
                source_ip: self.identity.source_ip,
                user_agent: self.identity.user_agent.unwrap_or_default(),
            },
            request_id: self.request_id,
            route_key,
            stage: self.stage,
            time: self.request_time,
            time_epoch: self.request_time_epoch,
        }
    }
}

/// What another authorizer than IAM found out: the claims of a token, or what a Lambda authorizer has in its context.
fn of_context(mut context: Option<Map<String, Value>>) -> Option<Authorizer> {
    let context = context.as_mut()?;
    Some(match context.remove("claims") {
        Some(Value::Object(claims)) => Authorizer::jwt(JwtAuthorizer {
            claims,
            scopes: None,
        }),
        _ => Authorizer::lambda(std::mem::take(context)),
    })
}

impl Identity {
    /// `None` unless the gateway says whose signature it verified.
    fn authorizer(&self) -> Option<Authorizer> {
        let iam = IamAuthorizer {
            access_key: self.access_key.clone()?,
            account_id: self.account_id.clone()?,
            caller_id: self.caller.clone()?,
            cognito_identity: self.cognito_identity(),
            principal_org_id: self.principal_org_id.clone(),
            user_arn: self.user_arn.clone()?,
            user_id: self.user.clone()?,
        };
        Some(Authorizer::iam(iam))
    }

    fn cognito_identity(&self) -> Option<CognitoIdentity> {
        // The provider comes as `<provider>,<provider>:CognitoSignIn:<sub>`: the rest of the list in format 2.0.
        let signed_in = self.cognito_authentication_type.clone()?;
        let providers = self.cognito_authentication_provider.iter();
        let providers = providers.flat_map(|providers| providers.split(','));
        Some(CognitoIdentity {
            amr: [signed_in]
                .into_iter()
                .chain(providers.map(str::to_owned))
                .collect(),
            identity_id: self.cognito_identity_id.clone()?,
            identity_pool_id: self.cognito_identity_pool_id.clone()?,
        })
    }
}
