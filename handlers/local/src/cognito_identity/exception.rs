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
        IdentityPoolError::Login(LoginError::Unavailable(error)) => {
            tracing::warn!(%error, "a login provider could not be asked");
            (
                "ExternalServiceException",
                "The login provider could not be asked.".to_owned(),
            )
        }
        IdentityPoolError::Login(refused) => (NOT_AUTHORIZED, of_login(&refused)),
        IdentityPoolError::RoleNotOffered(role) => (
            NOT_AUTHORIZED,
            format!("The logins do not offer the role '{role}'."),
        ),
        IdentityPoolError::AmbiguousRole => (
            NOT_AUTHORIZED,
            "The logins give no single role.".to_owned(),
        ),
        // Why a role's trust policy refuses is in the decision log.
        IdentityPoolError::RoleRefused(_) | IdentityPoolError::NoRoleForGuests => (
            "InvalidIdentityPoolConfigurationException",
            "Invalid identity pool configuration. Check assigned IAM roles for this pool.".to_owned(),
        ),
        IdentityPoolError::ClassicFlowOff => (
            "InvalidParameterException",
            "Basic (classic) flow is not enabled, please use enhanced flow.".to_owned(),
        ),
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

#[cfg(test)]
mod tests {
    use notewarden_userpool::RefusedAssumption;

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
                LoginError::Revoked,
                "Invalid login token. Token is revoked.",
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
        let refused = RefusedAssumption {
            role: "arn:aws:iam::1".to_owned(),
            principal: "the inside".to_owned(),
            action: "sts:AssumeRoleWithWebIdentity",
            explanation: None,
            trust: None,
            context: serde_json::Value::Null,
        };
        let (kind, message) = told(IdentityPoolError::RoleRefused(Box::new(refused)));
        assert_eq!(kind, "InvalidIdentityPoolConfigurationException");
        assert!(!message.contains("arn"));
    }
}
