//! The Identity Pool's refusals, as AWS names and words them.

use notewarden_domain::StoreError;
use notewarden_userpool::identity_pool::{IdentityPoolError, LoginError};

use crate::json_protocol::Exception;

const NOT_AUTHORIZED: &str = "NotAuthorizedException";
const NOT_FOUND: &str = "ResourceNotFoundException";
const UNSUPPORTED_PROVIDER: &str = "Token is not from a supported provider of this identity pool.";

pub(super) fn of_pool(error: IdentityPoolError) -> Exception {
    let (kind, message) = match error {
        IdentityPoolError::PoolNotFound(id) => {
            (NOT_FOUND, format!("IdentityPool '{id}' not found."))
        }
        IdentityPoolError::IdentityNotFound(id) => {
            (NOT_FOUND, format!("Identity '{id}' not found."))
        }
        IdentityPoolError::GuestsRefused => (
            NOT_AUTHORIZED,
            "Unauthenticated access is not supported for this identity pool.".to_owned(),
        ),
        IdentityPoolError::LoginRequired(id) => (
            NOT_AUTHORIZED,
            format!("Access to Identity '{id}' is forbidden."),
        ),
        IdentityPoolError::LoginsDoNotMatch => (
            NOT_AUTHORIZED,
            "Logins don't match. Please include at least one valid login for this identity or identity pool."
                .to_owned(),
        ),
        IdentityPoolError::LoginsConflict => (
            "ResourceConflictException",
            "Login is already linked to another account.".to_owned(),
        ),
        IdentityPoolError::UnknownProvider(_) => {
            (NOT_AUTHORIZED, UNSUPPORTED_PROVIDER.to_owned())
        }
        IdentityPoolError::Login(LoginError::Store(error)) => return of_store(&error),
        IdentityPoolError::Login(refused) => (NOT_AUTHORIZED, of_login(&refused)),
        IdentityPoolError::RoleNotOffered(role) => (
            NOT_AUTHORIZED,
            format!("The logins do not offer the role '{role}'."),
        ),
        IdentityPoolError::RoleRefused(role) => {
            tracing::warn!(role, "the trust policy of a pool's role does not let an identity in");
            (
                "InvalidIdentityPoolConfigurationException",
                "Invalid identity pool configuration. Check assigned IAM roles for this pool.".to_owned(),
            )
        }
        IdentityPoolError::Store(error) => return of_store(&error),
        other => return of_store(&StoreError::unavailable(other)),
    };
    Exception::new(kind, message)
}

fn of_login(error: &LoginError) -> String {
    let reason = match error {
        LoginError::Expired { expired_at, now } => format!("Token expired: {now} >= {expired_at}"),
        LoginError::MissingClaim(claim) => format!("Missing a required claim: {claim}"),
        LoginError::WrongIssuer => "Issuer doesn't match providerName".to_owned(),
        LoginError::WrongAudience => return UNSUPPORTED_PROVIDER.to_owned(),
        LoginError::Revoked => "Token is revoked.".to_owned(),
        _ => "Not a valid OpenId Connect identity token.".to_owned(),
    };
    format!("Invalid login token. {reason}")
}

fn of_store(error: &StoreError) -> Exception {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "the identity pool failed"
    );
    Exception::internal()
}

/// What AWS answers to the operations of the classic flow when a pool has it switched off, as the template's.
pub(super) fn classic_flow() -> Exception {
    let message = "Basic (classic) flow is not enabled, please use enhanced flow.";
    Exception::new("InvalidParameterException", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(error: IdentityPoolError) -> (&'static str, String) {
        let exception = of_pool(error);
        (exception.kind(), exception.message().to_owned())
    }

    #[test]
    fn refusals_of_logins_are_worded_as_aws_words_them() {
        let expired = LoginError::Expired {
            expired_at: 100,
            now: 160,
        };
        for (error, sentence) in [
            (expired, "Invalid login token. Token expired: 160 >= 100"),
            (
                LoginError::Invalid,
                "Invalid login token. Not a valid OpenId Connect identity token.",
            ),
            (
                LoginError::MissingClaim("aud"),
                "Invalid login token. Missing a required claim: aud",
            ),
            (
                LoginError::WrongIssuer,
                "Invalid login token. Issuer doesn't match providerName",
            ),
            (
                LoginError::WrongAudience,
                "Token is not from a supported provider of this identity pool.",
            ),
        ] {
            let (kind, message) = told(IdentityPoolError::Login(error));
            assert_eq!(
                (kind, message.as_str()),
                ("NotAuthorizedException", sentence)
            );
        }
    }

    #[test]
    fn the_inside_is_told_to_nobody() {
        let broken = || StoreError::corrupt("identity", "a secret of the inside");
        for error in [
            IdentityPoolError::Store(broken()),
            IdentityPoolError::Login(LoginError::Store(broken())),
        ] {
            let (kind, message) = told(error);
            assert_eq!(kind, "InternalErrorException");
            assert!(!message.contains("inside"));
        }
        let (kind, message) = told(IdentityPoolError::RoleRefused("arn:aws:iam::1".to_owned()));
        assert_eq!(kind, "InvalidIdentityPoolConfigurationException");
        assert!(!message.contains("arn"));
    }
}
