//! ID and access tokens: the claims that Cognito puts into them, and what a token must say to be taken back.

use std::time::Duration;

use notewarden_domain::{StoreError, Timestamp, ports::IdSource};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    groups::GroupClaims,
    jws::{JwsError, KeyError},
    random,
    sessions::SessionId,
    signing_keys::{KeySet, TokenUse},
    triggers::TokenChanges,
    users::User,
};

/// The scope of access tokens: their bearer may see and change their own user.
pub const SELF_SERVICE_SCOPE: &str = "aws.cognito.signin.user.admin";

/// Why a token is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It is no token of this pool, or one that was changed.
    #[error("the token is not one that this pool has signed")]
    Invalid,
    /// It lacks a claim, or has it in another form.
    #[error("the token has no valid claim `{0}`")]
    MissingClaim(&'static str),
    /// It has ended.
    #[error("the token expired at {expired_at}, and it is {now}, in seconds since the Unix epoch")]
    Expired {
        /// Its `exp`, in seconds since the Unix epoch.
        expired_at: u64,
        /// The present moment in seconds since the Unix epoch.
        now: u64,
    },
    /// It is not valid yet.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// It is of another issuer.
    #[error("the token is of another issuer")]
    WrongIssuer,
    /// It was given to a client that is not known.
    #[error("the token is for another client")]
    WrongClient,
    /// It is an access token where an ID token is wanted, or the other way round.
    #[error("the token is for another use")]
    WrongUse,
    /// Its user has signed out, is disabled, or is gone.
    #[error("the token has been revoked")]
    Revoked,
    /// What the pool keeps cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<JwsError> for TokenError {
    fn from(_: JwsError) -> Self {
        Self::Invalid
    }
}

/// What a valid ID token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdClaims {
    /// `sub`: the user.
    pub subject: Uuid,
    /// `aud`: the client.
    pub client_id: String,
    /// `origin_jti`: the sign-in.
    pub origin: Uuid,
    /// Everything it says.
    pub all: Map<String, Value>,
}

impl IdClaims {
    /// What it says of the user's groups, and of the roles that they have by them.
    pub fn groups(&self) -> GroupClaims {
        GroupClaims::read(&self.all)
    }
}

/// What a valid access token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// `sub`: the user.
    pub subject: Uuid,
    /// `client_id`: the client.
    pub client_id: String,
    /// `origin_jti`: the sign-in.
    pub origin: Uuid,
}

/// What the tokens of one sign-in or refresh share.
pub(crate) struct Issue<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) user: &'a User,
    pub(crate) groups: &'a GroupClaims,
    /// What the function of the pool's owner changes.
    pub(crate) changes: &'a TokenChanges,
    pub(crate) session: SessionId,
    pub(crate) signed_in_at: Timestamp,
    pub(crate) now: Timestamp,
    pub(crate) id_lifetime: Duration,
    pub(crate) access_lifetime: Duration,
}

/// An ID token and an access token.
pub(crate) struct Pair {
    pub(crate) id: String,
    pub(crate) access: String,
}

impl Issue<'_> {
    /// Signs both tokens. Takes about a millisecond.
    pub(crate) fn sign(&self, keys: &KeySet, ids: &dyn IdSource) -> Result<Pair, KeyError> {
        let event = random::uuid(ids);
        Ok(Pair {
            id: keys.id.sign(&self.id_claims(event, random::uuid(ids)))?,
            access: keys
                .access
                .sign(&self.access_claims(event, random::uuid(ids)))?,
        })
    }

    fn id_claims(&self, event: Uuid, id: Uuid) -> Map<String, Value> {
        let user = self.user;
        let mut claims = members(json!({
            "sub": user.id,
            "email_verified": user.is_email_verified,
            "iss": self.issuer,
            "cognito:username": user.id,
            "origin_jti": self.session.origin,
            "aud": self.client_id,
            "event_id": event,
            "token_use": "id",
            "auth_time": self.signed_in_at.as_secs(),
            "exp": self.now.plus(self.id_lifetime).as_secs(),
            "iat": self.now.as_secs(),
            "jti": id,
            "email": user.email.as_str(),
        }));
        for (name, value) in &user.attributes {
            // No attribute may speak for the pool.
            claims.entry(name).or_insert_with(|| match name.as_str() {
                "phone_number_verified" => (value == "true").into(),
                _ => value.as_str().into(),
            });
        }
        self.groups.write_id(&mut claims);
        self.changes.apply_to_id(&mut claims);
        claims
    }

    fn access_claims(&self, event: Uuid, id: Uuid) -> Map<String, Value> {
        let mut claims = members(json!({
            "sub": self.user.id,
            "iss": self.issuer,
            "client_id": self.client_id,
            "origin_jti": self.session.origin,
            "event_id": event,
            "token_use": "access",
            "scope": SELF_SERVICE_SCOPE,
            "auth_time": self.signed_in_at.as_secs(),
            "exp": self.now.plus(self.access_lifetime).as_secs(),
            "iat": self.now.as_secs(),
            "jti": id,
            "username": self.user.id,
        }));
        self.groups.write_access(&mut claims);
        self.changes.apply_to_access(&mut claims);
        claims
    }
}

fn members(claims: Value) -> Map<String, Value> {
    match claims {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Reads an ID token that a key of `keys` has signed and that is valid at `now`. Whether its client and its
/// session still exist is for the caller to ask.
pub(crate) fn verify_id(
    token: &str,
    keys: &KeySet,
    issuer: &str,
    now: Timestamp,
) -> Result<IdClaims, TokenError> {
    let verified = keys.verify(token, now)?;
    let claims = Claims(&verified.claims);
    claims.check(issuer, now)?;
    let client_id = claims.text("aud")?.to_owned();
    if claims.text("token_use")? != "id" || verified.signed_as != TokenUse::Id {
        return Err(TokenError::WrongUse);
    }
    let (subject, origin) = (claims.uuid("sub")?, claims.uuid("origin_jti")?);
    Ok(IdClaims {
        subject,
        client_id,
        origin,
        all: verified.claims,
    })
}

/// Reads an access token, as [`verify_id`] does an ID token.
pub(crate) fn verify_access(
    token: &str,
    keys: &KeySet,
    issuer: &str,
    now: Timestamp,
) -> Result<AccessClaims, TokenError> {
    let verified = keys.verify(token, now)?;
    let claims = Claims(&verified.claims);
    claims.check(issuer, now)?;
    if claims.text("token_use")? != "access" || verified.signed_as != TokenUse::Access {
        return Err(TokenError::WrongUse);
    }
    if !claims
        .text("scope")?
        .split(' ')
        .any(|scope| scope == SELF_SERVICE_SCOPE)
    {
        return Err(TokenError::WrongUse);
    }
    Ok(AccessClaims {
        subject: claims.uuid("sub")?,
        client_id: claims.text("client_id")?.to_owned(),
        origin: claims.uuid("origin_jti")?,
    })
}

/// Claims of a token whose signature is right, which must still have the right form.
struct Claims<'a>(&'a Map<String, Value>);

impl<'a> Claims<'a> {
    /// What ID and access tokens have in common.
    fn check(&self, issuer: &str, now: Timestamp) -> Result<(), TokenError> {
        let now = now.as_secs();
        if self.text("iss")? != issuer {
            return Err(TokenError::WrongIssuer);
        }
        let expired_at = self.seconds("exp")?;
        if expired_at <= now {
            return Err(TokenError::Expired { expired_at, now });
        }
        if self.0.contains_key("nbf") && self.seconds("nbf")? > now {
            return Err(TokenError::NotYetValid);
        }
        Ok(())
    }

    fn text(&self, name: &'static str) -> Result<&'a str, TokenError> {
        let claim = self.0.get(name).and_then(Value::as_str);
        claim.ok_or(TokenError::MissingClaim(name))
    }

    fn seconds(&self, name: &'static str) -> Result<u64, TokenError> {
        let claim = self.0.get(name).and_then(Value::as_u64);
        claim.ok_or(TokenError::MissingClaim(name))
    }

    fn uuid(&self, name: &'static str) -> Result<Uuid, TokenError> {
        let claim = Uuid::try_parse(self.text(name)?);
        claim.map_err(|_| TokenError::MissingClaim(name))
    }
}

#[cfg(test)]
mod tests;
