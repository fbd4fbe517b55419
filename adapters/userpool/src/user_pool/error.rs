//! Why the pool does not do what it is asked.

use notewarden_domain::StoreError;

use super::settings::AuthFlow;
use crate::{
    codes::CodeError,
    factors::Factor,
    groups::GroupError,
    mail::NotSent,
    passwords::WeakPassword,
    tokens::TokenError,
    triggers::{Trigger, TriggerFailure},
    users::{UserStatus, WrongState},
    vault::SealError,
};

/// Why the pool does not do what it is asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UserPoolError {
    /// There is no such pool.
    #[error("there is no user pool `{0}`")]
    PoolNotFound(String),
    /// There is no such client.
    #[error("there is no client `{0}`")]
    ClientNotFound(String),
    /// The client has a secret, and its proof is missing or wrong; or has none, and there is one.
    #[error("the client `{client}` is not proved: {fault}")]
    ClientNotProved {
        /// The client's id.
        client: String,
        /// What is wrong.
        fault: SecretHashFault,
    },
    /// The client's users do not sign in like this.
    #[error("the client does not allow {}", .0.as_str())]
    FlowNotAllowed(AuthFlow),
    /// The name of a new user is no e-mail address.
    #[error("the user name is not an e-mail address")]
    NotAnEmail,
    /// There is a user with the address.
    #[error("there is a user with this address")]
    UsernameExists,
    /// There is another user with the address that a user wants.
    #[error("there is another user with this address")]
    EmailExists,
    /// There is no such user. Only told to administrators, and to clients that may know.
    #[error("there is no such user")]
    UserNotFound,
    /// The group is not what it was asked to be.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// The message could not be sent. What was to be told of is done.
    #[error(transparent)]
    NotSent(#[from] NotSent),
    /// A function of the pool's owner has refused, or has failed.
    #[error("{}: {failure}", .trigger.as_str())]
    Trigger {
        /// When it is called.
        trigger: Trigger,
        /// What it did.
        failure: TriggerFailure,
    },
    /// The password breaks the policy.
    #[error(transparent)]
    WeakPassword(#[from] WeakPassword),
    /// The attribute does not exist.
    #[error("there is no attribute `{0}`")]
    UnknownAttribute(String),
    /// The attribute is not the client's to write.
    #[error("the attribute `{0}` is not for clients to write")]
    ReadOnlyAttribute(String),
    /// The attribute is set for good.
    #[error("the attribute `{0}` cannot be changed once it is set")]
    ImmutableAttribute(String),
    /// The attribute is one that nobody can be without.
    #[error("the attribute `{0}` cannot be removed")]
    RequiredAttribute(String),
    /// There is nothing to verify about the attribute: only addresses get codes.
    #[error("the attribute `{0}` is not verified by codes")]
    NotVerifiable(String),
    /// The attribute's value is not one that it can have.
    #[error("the attribute `{0}` has an invalid value")]
    InvalidAttribute(String),
    /// The user name, the password or the proof is wrong: which, is not told.
    #[error("wrong user name or password")]
    WrongCredentials,
    /// Too many wrong passwords.
    #[error("too many wrong passwords")]
    LockedOut,
    /// The password is right, and the sign-up not confirmed.
    #[error("the user is not confirmed")]
    NotConfirmed,
    /// The password is right, and the user disabled.
    #[error("the user is disabled")]
    Disabled,
    /// The password is right, and was a temporary one whose time is over.
    #[error("the temporary password has expired")]
    TemporaryPasswordExpired,
    /// The password is right, and was ended by an administrator.
    #[error("the password must be reset")]
    PasswordResetRequired,
    /// The user's password cannot be reset as the user stands.
    #[error("the user is {} and the password cannot be reset", .0.as_str())]
    CannotBeReset(UserStatus),
    /// The user has no verified address to send a code to.
    #[error("the user has no verified address")]
    NoVerifiedEmail,
    /// Too many codes were tried or asked for while signing in.
    #[error("too many codes were tried or asked for")]
    TooManyCodes,
    /// The code of a second factor, or in place of a password, is wrong.
    #[error("the code is wrong")]
    WrongCode,
    /// The name of an authenticator is too long.
    #[error("the name of the authenticator is too long")]
    NameTooLong,
    /// The code was right, and has been used.
    #[error("the code has been used")]
    CodeUsed,
    /// The pool has no second factor of this kind.
    #[error("the pool has no second factor {}", .0.as_str())]
    FactorNotInPool(Factor),
    /// The user has not set this second factor up.
    #[error("the user has no second factor {}", .0.as_str())]
    FactorNotSetUp(Factor),
    /// More than one second factor is to be asked for first.
    #[error("only one second factor can be the preferred one")]
    SeveralPreferred,
    /// The code does not show that the authenticator was set up.
    #[error("the authenticator's code is wrong")]
    AuthenticatorNotProved,
    /// The position in a list of users is of another list.
    #[error("the position is of a list with another filter")]
    InvalidPosition,
    /// The choice is none of those that were given.
    #[error("the choice is not one that was given")]
    InvalidChoice,
    /// The user has no sign-up to confirm.
    #[error("the user is {} and cannot be confirmed", .0.as_str())]
    CannotBeConfirmed(UserStatus),
    /// The confirmation code is refused.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// `SRP_A` is no public number.
    #[error("`SRP_A` is not a public number of the group")]
    InvalidSrpNumber,
    /// The answer is to no challenge under way of this client and user.
    #[error("the challenge is not under way")]
    InvalidChallenge,
    /// The access token is refused.
    #[error("the access token is refused")]
    AccessToken(#[source] TokenError),
    /// The refresh token is refused.
    #[error("the refresh token is refused: {0}")]
    RefreshToken(RefreshTokenFault),
    /// The token is of another client.
    #[error("the token is of another client")]
    ForeignToken,
    /// The token is not a refresh token.
    #[error("the token is not a refresh token")]
    NotARefreshToken,
    /// The database cannot be read or written.
    #[error(transparent)]
    Store(StoreError),
}

/// What is wrong with the proof of a client's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretHashFault {
    /// It is missing.
    #[error("the secret hash is missing")]
    Missing,
    /// It is another.
    #[error("the secret hash does not match")]
    Mismatch,
    /// The client has no secret.
    #[error("the client has no secret")]
    Unexpected,
}

/// What is wrong with a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefreshTokenFault {
    /// It is none of this pool and client.
    #[error("it is none of this client")]
    Invalid,
    /// Its session has ended.
    #[error("it was revoked")]
    Revoked,
    /// It is too old.
    #[error("it has expired")]
    Expired,
}

impl From<StoreError> for UserPoolError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::UserNotFound,
            StoreError::AlreadyExists => Self::UsernameExists,
            other => Self::Store(other),
        }
    }
}

impl From<WrongState> for UserPoolError {
    fn from(WrongState(status): WrongState) -> Self {
        Self::CannotBeConfirmed(status)
    }
}

impl From<SealError> for UserPoolError {
    fn from(error: SealError) -> Self {
        Self::Store(StoreError::corrupt("sealed value", error))
    }
}
