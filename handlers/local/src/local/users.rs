//! `/_local/users` and `/_local/users/<id>`: who has signed up, in which state, and as whom they come. Nothing that
//! anybody could sign in with.

use http::StatusCode;
use notewarden_domain::Timestamp;
use notewarden_userpool::{
    Login, PrincipalKind, UserPoolError, identity_pool::UserPoolLogin, user_pool::Profile,
};
use serde::Serialize;
use serde_json::json;

use super::{Parameters, bad, not_found, unwell};
use crate::{
    app::App,
    wire::{self, Response},
};

/// The most users of a page.
const MOST: usize = 60;
/// The most groups, sign-ins and credentials that are shown of one user.
const MOST_OF_ONE: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserView {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    is_email_verified: bool,
    status: &'static str,
    is_enabled: bool,
    created_at: u64,
    modified_at: u64,
    groups: Vec<String>,
    /// Second factors, Cognito's names, the one that is asked for first before the others.
    factors: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserInFull {
    #[serde(flatten)]
    user: UserView,
    attributes: Vec<(String, String)>,
    sign_ins: Vec<SignInView>,
    identity: Option<IdentityView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignInView {
    client: String,
    at: u64,
    expires_at: u64,
    state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IdentityView {
    id: String,
    is_disabled: bool,
    created_at: u64,
    /// Provider and subject.
    logins: Vec<(String, String)>,
    credentials: Vec<CredentialView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CredentialView {
    access_key_id: String,
    role: String,
    expires_at: u64,
    state: &'static str,
}

/// A page of users.
pub(super) fn list(app: &App, query: &str) -> Response {
    let parameters = match Parameters::read(query, MOST) {
        Ok(parameters) => parameters,
        Err(message) => return bad(&message),
    };
    let after = match parameters.after.as_deref().map(str::parse).transpose() {
        Ok(after) => after,
        Err(_) => return bad("`after` is no `next` of this list"),
    };
    let found = app
        .user_pool
        .list_users(None, after.as_ref(), parameters.limit);
    let page = match found {
        Ok(page) => page,
        Err(UserPoolError::InvalidPosition) => {
            return bad("`after` is no `next` of this list");
        }
        Err(error) => return unwell(&error),
    };
    let views = page.users.iter().map(|profile| view(app, profile));
    match views.collect::<Result<Vec<_>, _>>() {
        Ok(users) => wire::json(
            StatusCode::OK,
            &json!({ "users": users, "next": page.next.map(|next| next.to_string()) }),
        ),
        Err(error) => unwell(&error),
    }
}

/// One user, with what belongs to them.
pub(super) fn get(app: &App, id: &str) -> Response {
    match in_full(app, id) {
        Ok(user) => wire::json(StatusCode::OK, &user),
        Err(error) => match error.downcast_ref() {
            Some(UserPoolError::UserNotFound) => not_found(),
            _ => unwell(&*error),
        },
    }
}

fn in_full(app: &App, id: &str) -> Result<UserInFull, Box<dyn std::error::Error + Send + Sync>> {
    let profile = app.user_pool.admin_get_user(id)?;
    let now = app.clock.now();
    let username = profile.id.to_string();
    let sign_ins = app.user_pool.sign_ins(&username, MOST_OF_ONE)?;
    let login = Login {
        provider: UserPoolLogin::provider_name(&app.user_pool).to_owned(),
        subject: username,
    };
    let identity = app.identity_pool.of_login(&login)?;
    let identity = identity.map(|identity| {
        let credentials = app.credentials.of_identity(&identity.id, MOST_OF_ONE)?;
        let credentials = credentials.iter().map(|credential| CredentialView {
            access_key_id: credential.access_key_id.clone(),
            role: match &credential.principal.kind {
                PrincipalKind::Session { role, .. } => role.clone(),
                PrincipalKind::Admin => String::new(),
            },
            expires_at: millis(credential.expires_at),
            state: if credential.is_expired(now) {
                "expired"
            } else {
                "valid"
            },
        });
        Ok::<_, notewarden_domain::StoreError>(IdentityView {
            credentials: credentials.collect(),
            id: identity.id.to_string(),
            is_disabled: identity.is_disabled,
            created_at: identity.created_at.as_millis(),
            logins: identity.logins.into_iter().collect(),
        })
    });
    Ok(UserInFull {
        user: view(app, &profile)?,
        attributes: profile.attributes,
        sign_ins: sign_ins
            .into_iter()
            .map(|sign_in| SignInView {
                state: match (sign_in.has_ended, sign_in.expires_at > now) {
                    (true, _) => "signed out",
                    (false, true) => "valid",
                    (false, false) => "expired",
                },
                client: sign_in.client_id,
                at: sign_in.signed_in_at.as_millis(),
                expires_at: sign_in.expires_at.as_millis(),
            })
            .collect(),
        identity: identity.transpose()?,
    })
}

fn view(app: &App, profile: &Profile) -> Result<UserView, UserPoolError> {
    let id = profile.id.to_string();
    let groups = app
        .user_pool
        .admin_list_groups_for_user(&id, None, MOST_OF_ONE)?;
    let attribute = |name: &str| {
        let mut attributes = profile.attributes.iter();
        attributes
            .find(|(it, _)| it == name)
            .map(|(_, value)| value)
    };
    let mut factors = profile.factors.clone();
    factors.sort_by_key(|factor| profile.preferred_factor != Some(*factor));
    Ok(UserView {
        email: attribute("email").cloned(),
        is_email_verified: attribute("email_verified").is_some_and(|value| value == "true"),
        status: profile.status.as_str(),
        is_enabled: profile.is_enabled,
        created_at: profile.created_at.as_millis(),
        modified_at: profile.modified_at.as_millis(),
        groups: groups
            .groups
            .iter()
            .map(|group| group.name.as_str().to_owned())
            .collect(),
        factors: factors.into_iter().map(|factor| factor.as_str()).collect(),
        id,
    })
}

fn millis(at: Option<Timestamp>) -> u64 {
    at.map_or(0, Timestamp::as_millis)
}
