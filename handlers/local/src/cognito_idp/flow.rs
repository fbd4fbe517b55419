//! Ways of signing in, which users and servers begin alike.

use notewarden_userpool::{UserPool, user_pool::AppClient};

use super::{
    auth_result::AuthAnswer, challenge_answer::choice, exception::invalid_parameter,
    parameters::Parameters,
};
use crate::json_protocol::Exception;

/// `AuthFlowType`
pub(super) const FLOWS: [&str; 8] = [
    "USER_SRP_AUTH",
    "REFRESH_TOKEN_AUTH",
    "REFRESH_TOKEN",
    "CUSTOM_AUTH",
    "ADMIN_NO_SRP_AUTH",
    "USER_PASSWORD_AUTH",
    "ADMIN_USER_PASSWORD_AUTH",
    "USER_AUTH",
];

/// Who begins a flow.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginner {
    /// Anybody.
    User,
    /// A server that is permitted to.
    Server,
}

/// Begins the flow `name`.
pub(super) async fn begin(
    pool: &UserPool,
    beginner: Beginner,
    client_id: &str,
    name: &str,
    parameters: &Parameters,
) -> Result<AuthAnswer, Exception> {
    let client = AppClient {
        id: client_id,
        secret_hash: parameters.optional("SECRET_HASH"),
    };
    let username = || parameters.required("USERNAME");
    match name {
        "USER_SRP_AUTH" => {
            let username = username()?;
            let client_public = parameters.required("SRP_A")?;
            let challenge = pool.begin_srp(client, username, client_public);
            Ok(challenge.await?.into())
        }
        "USER_PASSWORD_AUTH" if beginner == Beginner::User => {
            let username = username()?;
            let password = parameters.required("PASSWORD")?;
            let progress = pool.sign_in_with_password(client, username, password);
            progress.await?.try_into()
        }
        "ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH" if beginner == Beginner::Server => {
            let username = username()?;
            let password = parameters.required("PASSWORD")?;
            let progress = pool.admin_sign_in_with_password(client, username, password);
            progress.await?.try_into()
        }
        "USER_AUTH" => {
            let username = username()?;
            let preferred = parameters.optional("PREFERRED_CHALLENGE");
            let preferred = preferred.map(|name| choice(name, parameters)).transpose()?;
            let progress = pool.begin_choice(client, username, preferred.flatten());
            progress.await?.try_into()
        }
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => {
            let token = parameters.required("REFRESH_TOKEN")?;
            Ok(pool.refresh(client, token).await?.into())
        }
        "CUSTOM_AUTH" => Err(invalid_parameter(
            "CUSTOM_AUTH flow not enabled for this client",
        )),
        _ => Err(invalid_parameter("Initiate Auth method not supported")),
    }
}
