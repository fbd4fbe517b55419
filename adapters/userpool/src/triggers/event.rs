//! The events that functions are called with.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::EventVersion;
use crate::users::User;

/// What a function is called for, in Cognito's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    SignUp,
    AdminCreateUser,
    ConfirmSignUp,
    ConfirmForgotPassword,
    Authentication,
    RefreshTokens,
}

impl Source {
    const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "PreSignUp_SignUp",
            Self::AdminCreateUser => "PreSignUp_AdminCreateUser",
            Self::ConfirmSignUp => "PostConfirmation_ConfirmSignUp",
            Self::ConfirmForgotPassword => "PostConfirmation_ConfirmForgotPassword",
            Self::Authentication => "TokenGeneration_Authentication",
            Self::RefreshTokens => "TokenGeneration_RefreshTokens",
        }
    }
}

/// What every event says.
pub(crate) struct Event<'a> {
    pub(crate) version: EventVersion,
    pub(crate) source: Source,
    pub(crate) region: &'a str,
    pub(crate) pool_id: &'a str,
    pub(crate) user_id: Uuid,
    /// None when an administrator asks.
    pub(crate) client_id: Option<&'a str>,
}

impl Event<'_> {
    /// The event about `request`, to which the function adds its `response`.
    pub(crate) fn to_json(&self, request: &Value, response: &Value) -> Value {
        let version = match self.version {
            EventVersion::V1 => "1",
            EventVersion::V2 => "2",
        };
        json!({
            "version": version,
            "triggerSource": self.source.as_str(),
            "region": self.region,
            "userPoolId": self.pool_id,
            "userName": self.user_id,
            "callerContext": {
                "awsSdkVersion": "aws-sdk-unknown-unknown",
                "clientId": self.client_id.unwrap_or("CLIENT_ID_NOT_APPLICABLE"),
            },
            "request": request,
            "response": response,
        })
    }
}

/// `userAttributes` of somebody who is a user.
pub(super) fn attributes(user: &User) -> Map<String, Value> {
    let own = [
        ("sub".to_owned(), user.id.to_string()),
        (
            "cognito:user_status".to_owned(),
            user.status().as_str().to_owned(),
        ),
    ];
    own.into_iter()
        .chain(user.attributes_with_email())
        .map(|(name, value)| (name, value.into()))
        .collect()
}

/// The event's `request` of a confirmation.
pub(crate) fn confirmed(user: &User, metadata: &Map<String, Value>) -> Value {
    with_metadata(json!({ "userAttributes": attributes(user) }), metadata)
}

/// `request` with `clientMetadata`, if the client gave any.
pub(super) fn with_metadata(mut request: Value, metadata: &Map<String, Value>) -> Value {
    if let (Value::Object(members), false) = (&mut request, metadata.is_empty()) {
        members.insert("clientMetadata".to_owned(), metadata.clone().into());
    }
    request
}
