//! The User Pool's refusals, as AWS names and words them.

use notewarden_domain::StoreError;
use notewarden_userpool::{
    UserPoolError,
    codes::CodeError,
    factors::Factor,
    groups::GroupError,
    passwords::WeakPassword,
    tokens::TokenError,
    triggers::{Trigger, TriggerFailure},
    user_pool::{AuthFlow, RefreshTokenFault, SecretHashFault},
};

use crate::json_protocol::Exception;

const NOT_AUTHORIZED: &str = "NotAuthorizedException";
const NOT_FOUND: &str = "ResourceNotFoundException";
const SOFTWARE_TOKEN_NOT_FOUND: &str = "SoftwareTokenMFANotFoundException";
const INVALID_PARAMETER: &str = "InvalidParameterException";

impl From<UserPoolError> for Exception {
    fn from(error: UserPoolError) -> Self {
        let (kind, message) = match error {
            UserPoolError::PoolNotFound(id) => {
                (NOT_FOUND, format!("User pool {id} does not exist."))
            }
            UserPoolError::ClientNotFound(id) => {
                (NOT_FOUND, format!("User pool client {id} does not exist."))
            }
            UserPoolError::ClientNotProved { client, fault } => {
                (NOT_AUTHORIZED, of_secret_hash(fault, &client))
            }
            UserPoolError::CannotBeConfirmed(status) => (
                NOT_AUTHORIZED,
                format!(
                    "User cannot be confirmed. Current status is {}",
                    status.as_str()
                ),
            ),
            UserPoolError::FlowNotAllowed(flow) => (INVALID_PARAMETER, of_flow(flow)),
            UserPoolError::UnknownAttribute(name) => (
                INVALID_PARAMETER,
                format!(
                    "Attributes did not conform to the schema: Type for attribute {{{name}}} could not be determined"
                ),
            ),
            UserPoolError::ImmutableAttribute(name) => (
                INVALID_PARAMETER,
                format!("user.{name}: Attribute cannot be updated.\n"),
            ),
            UserPoolError::RequiredAttribute(name) => (
                INVALID_PARAMETER,
                format!("Cannot delete the attribute {name}: every user has it."),
            ),
            UserPoolError::NotVerifiable(name) => (
                INVALID_PARAMETER,
                format!("Codes verify the attribute email only, not {name}."),
            ),
            UserPoolError::FactorNotInPool(Factor::SoftwareToken) => (
                SOFTWARE_TOKEN_NOT_FOUND,
                "Software Token MFA has not been enabled by the userPool".to_owned(),
            ),
            UserPoolError::FactorNotInPool(factor) => (
                INVALID_PARAMETER,
                format!("{} has not been enabled by the userPool", factor.as_str()),
            ),
            UserPoolError::FactorNotSetUp(Factor::SoftwareToken) => (
                SOFTWARE_TOKEN_NOT_FOUND,
                "User has not set up software token mfa".to_owned(),
            ),
            UserPoolError::FactorNotSetUp(factor) => (
                INVALID_PARAMETER,
                format!(
                    "User does not have delivery config set to turn on {}",
                    factor.as_str()
                ),
            ),
            UserPoolError::InvalidAttribute(name) => (
                INVALID_PARAMETER,
                format!(
                    "Attributes did not conform to the schema: {name}: The attribute value is invalid\n"
                ),
            ),
            UserPoolError::WeakPassword(lack) => (
                "InvalidPasswordException",
                format!(
                    "Password did not conform with policy: {}",
                    of_password(lack)
                ),
            ),
            UserPoolError::Trigger { trigger, failure } => of_trigger(trigger, &failure),
            UserPoolError::Store(error) => return of_store(&error),
            other => {
                let Some((kind, message)) = fixed(&other) else {
                    return of_store(&StoreError::unavailable(other));
                };
                (kind, message.to_owned())
            }
        };
        Self::new(kind, message)
    }
}

/// The refusals that always say the same.
fn fixed(error: &UserPoolError) -> Option<(&'static str, &'static str)> {
    Some(match error {
        UserPoolError::NotAnEmail => (INVALID_PARAMETER, "Username should be an email."),
        UserPoolError::UsernameExists => (
            "UsernameExistsException",
            "An account with the given email already exists.",
        ),
        UserPoolError::UserNotFound => ("UserNotFoundException", "User does not exist."),
        UserPoolError::ReadOnlyAttribute(_) => (
            NOT_AUTHORIZED,
            "A client attempted to write unauthorized attribute",
        ),
        UserPoolError::NotSent(_) => (
            "CodeDeliveryFailureException",
            "The message could not be delivered. Please try again later.",
        ),
        UserPoolError::Group(error) => return of_group(error),
        UserPoolError::WrongCredentials => (NOT_AUTHORIZED, "Incorrect username or password."),
        UserPoolError::EmailExists => (
            "AliasExistsException",
            "An account with the given email already exists.",
        ),
        UserPoolError::PasswordResetRequired => (
            "PasswordResetRequiredException",
            "Password reset required for the user",
        ),
        UserPoolError::CannotBeReset(_) => (
            NOT_AUTHORIZED,
            "User password cannot be reset in the current state.",
        ),
        UserPoolError::NoVerifiedEmail => (
            INVALID_PARAMETER,
            "Cannot reset password for the user as there is no registered/verified email or phone_number",
        ),
        UserPoolError::TooManyCodes => (
            "TooManyRequestsException",
            "Too many codes were tried or asked for, please try after some time.",
        ),
        UserPoolError::WrongCode => ("CodeMismatchException", "Invalid code received for user"),
        UserPoolError::CodeUsed => (
            "ExpiredCodeException",
            "Your software token has already been used once.",
        ),
        UserPoolError::AuthenticatorNotProved => {
            ("EnableSoftwareTokenMFAException", "Code mismatch")
        }
        UserPoolError::NameTooLong => (
            INVALID_PARAMETER,
            "The friendly device name must have length less than or equal to 256.",
        ),
        UserPoolError::SeveralPreferred => (
            INVALID_PARAMETER,
            "Only one second factor can be the preferred one.",
        ),
        UserPoolError::InvalidChoice => (
            INVALID_PARAMETER,
            "The answer is not one of those that the challenge offered.",
        ),
        UserPoolError::InvalidPosition => (INVALID_PARAMETER, "Invalid pagination token"),
        UserPoolError::LockedOut => (NOT_AUTHORIZED, "Password attempts exceeded"),
        UserPoolError::NotConfirmed => ("UserNotConfirmedException", "User is not confirmed."),
        UserPoolError::Disabled => (NOT_AUTHORIZED, "User is disabled."),
        UserPoolError::TemporaryPasswordExpired => (
            NOT_AUTHORIZED,
            "Temporary password has expired and must be reset by an administrator.",
        ),
        UserPoolError::Code(CodeError::Mismatch) => (
            "CodeMismatchException",
            "Invalid verification code provided, please try again.",
        ),
        UserPoolError::Code(CodeError::Expired) => (
            "ExpiredCodeException",
            "Invalid code provided, please request a code again.",
        ),
        UserPoolError::Code(CodeError::LimitExceeded) => (
            "LimitExceededException",
            "Attempt limit exceeded, please try after some time.",
        ),
        UserPoolError::InvalidSrpNumber => (INVALID_PARAMETER, "SRP_A is invalid."),
        UserPoolError::InvalidChallenge => (NOT_AUTHORIZED, "Invalid session for the user."),
        UserPoolError::AccessToken(TokenError::Expired { .. }) => {
            (NOT_AUTHORIZED, "Access Token has expired")
        }
        UserPoolError::AccessToken(TokenError::Revoked) => {
            (NOT_AUTHORIZED, "Access Token has been revoked")
        }
        UserPoolError::AccessToken(_) => (NOT_AUTHORIZED, "Invalid Access Token"),
        UserPoolError::RefreshToken(RefreshTokenFault::Invalid) => {
            (NOT_AUTHORIZED, "Invalid Refresh Token")
        }
        UserPoolError::RefreshToken(RefreshTokenFault::Revoked) => {
            (NOT_AUTHORIZED, "Refresh Token has been revoked")
        }
        UserPoolError::RefreshToken(RefreshTokenFault::Expired) => {
            (NOT_AUTHORIZED, "Refresh Token has expired")
        }
        UserPoolError::ForeignToken => (
            "UnauthorizedException",
            "The client is not authorized to revoke the token.",
        ),
        UserPoolError::NotARefreshToken => {
            ("UnsupportedTokenTypeException", "Unsupported token type")
        }
        _ => return None,
    })
}

fn of_trigger(trigger: Trigger, failure: &TriggerFailure) -> (&'static str, String) {
    let name = trigger.as_str();
    match failure {
        TriggerFailure::Refused(message) => (
            "UserLambdaValidationException",
            format!("{name} failed with error {message}."),
        ),
        TriggerFailure::InvalidAnswer(reason) => (
            "InvalidLambdaResponseException",
            format!("{name}: Unrecognizable lambda output: {reason}"),
        ),
        _ => (
            "UnexpectedLambdaException",
            format!("{name} invocation failed."),
        ),
    }
}

const fn of_group(error: &GroupError) -> Option<(&'static str, &'static str)> {
    Some(match error {
        GroupError::Exists(_) => (
            "GroupExistsException",
            "A group with the name already exists.",
        ),
        GroupError::NotFound(_) => (NOT_FOUND, "Group not found."),
        GroupError::TooManyGroups => (
            "LimitExceededException",
            "The user pool has as many groups as it may have.",
        ),
        GroupError::TooManyGroupsOfUser => (
            "LimitExceededException",
            "The user is in as many groups as they may be in.",
        ),
        _ => return None,
    })
}

fn of_secret_hash(fault: SecretHashFault, client: &str) -> String {
    match fault {
        SecretHashFault::Missing => {
            format!("Client {client} is configured for secret but secret was not received")
        }
        SecretHashFault::Mismatch => format!("SecretHash does not match for the client: {client}"),
        SecretHashFault::Unexpected => {
            format!("Client {client} is not configured for secret but secret was received")
        }
    }
}

fn of_flow(flow: AuthFlow) -> String {
    match flow {
        AuthFlow::RefreshToken => "Auth flow not enabled for this client".to_owned(),
        other => format!("{} flow not enabled for this client", other.as_str()),
    }
}

const fn of_password(lack: WeakPassword) -> &'static str {
    match lack {
        WeakPassword::TooShort => "Password not long enough",
        WeakPassword::NoUppercase => "Password must have uppercase characters",
        WeakPassword::NoLowercase => "Password must have lowercase characters",
        WeakPassword::NoNumber => "Password must have numeric characters",
        WeakPassword::NoSymbol => "Password must have symbol characters",
    }
}

fn of_store(error: &StoreError) -> Exception {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "the user pool failed"
    );
    Exception::internal()
}

/// A parameter of a flow or challenge is missing.
pub(super) fn missing_parameter(name: &str) -> Exception {
    invalid_parameter(format!("Missing required parameter {name}"))
}

/// A parameter is not what it must be.
pub(super) fn invalid_parameter(message: impl Into<String>) -> Exception {
    Exception::new(INVALID_PARAMETER, message)
}
