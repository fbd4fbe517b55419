//! `UserType`: a user, as administrators see them.

use notewarden_userpool::user_pool::Profile;
use serde::Serialize;

use super::attributes::{self, Attribute};
use crate::json_protocol::epoch_seconds;

/// A user in an answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct User {
    username: String,
    attributes: Vec<Attribute>,
    #[serde(flatten)]
    state: UserState,
}

/// What every description of a user tells, besides the attributes, which are called differently.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UserState {
    user_create_date: f64,
    user_last_modified_date: f64,
    enabled: bool,
    user_status: &'static str,
}

impl From<&Profile> for UserState {
    fn from(profile: &Profile) -> Self {
        Self {
            user_create_date: epoch_seconds(profile.created_at),
            user_last_modified_date: epoch_seconds(profile.modified_at),
            enabled: profile.is_enabled,
            user_status: profile.status.as_str(),
        }
    }
}

impl From<Profile> for User {
    fn from(profile: Profile) -> Self {
        Self {
            state: (&profile).into(),
            username: profile.id.to_string(),
            attributes: attributes::of(profile.attributes),
        }
    }
}
