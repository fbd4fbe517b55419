//! What a token whose signature is right must still say (RFC 7519, OpenID Connect Core 3.1.3.7).

use std::time::Duration;

use notewarden_domain::Timestamp;
use serde_json::{Map, Value};

use crate::{error::TokenError, jws::Jws};

/// The longest `sub`, in bytes: OpenID Connect allows no longer one.
const MAX_SUBJECT: usize = 255;
/// Numbers up to here are whole in JSON as everybody reads it.
const MAX_SECONDS: f64 = 9_007_199_254_740_992.0;

/// What tokens are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// ID tokens: they tell a client who its user is, and must name that client in `aud`.
    Id,
    /// Access tokens of an API (RFC 9068, or as the issuer has them): `aud`, or `client_id` where there is no `aud`,
    /// must name the API or its client.
    Api,
}

/// What is asked of the claims.
#[derive(Clone, Debug)]
pub struct Rules {
    /// `iss`: one of these, letter by letter.
    pub issuers: Vec<String>,
    /// Who a token must be for: one of these.
    pub audiences: Vec<String>,
    /// How far the issuer's clock may be from ours.
    pub leeway: Duration,
    /// What the tokens are for.
    pub token_use: TokenUse,
}

/// What a valid token says.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedToken {
    /// `sub`: who it is about.
    pub subject: String,
    /// Which of the audiences it is for.
    pub audience: String,
    /// When it ends, in seconds since the Unix epoch.
    pub expires_at: u64,
    /// Everything it says.
    pub claims: Map<String, Value>,
}

impl Rules {
    /// Judges the `claims` of `token` at `now`.
    ///
    /// # Errors
    /// The first that is wrong of: its type, the claims' form, issuer, audience, beginning and end.
    pub fn judge(
        &self,
        token: &Jws<'_>,
        claims: Map<String, Value>,
        now: Timestamp,
    ) -> Result<VerifiedToken, TokenError> {
        if !self.is_of_use(token.kind()) {
            return Err(TokenError::WrongType);
        }
        let said = Claims(&claims);
        if !self
            .issuers
            .iter()
            .any(|issuer| said.text("iss") == Ok(issuer))
        {
            said.text("iss")?;
            return Err(TokenError::WrongIssuer);
        }
        let audience = self.audience(&said)?.to_owned();
        let subject = said.text("sub")?;
        if subject.is_empty() || subject.len() > MAX_SUBJECT {
            return Err(TokenError::MissingClaim("sub"));
        }
        let (now, leeway) = (now.as_secs(), self.leeway.as_secs());
        let expires_at = said.seconds("exp", f64::floor)?;
        if expires_at.saturating_add(leeway) <= now {
            let expired_at = expires_at;
            return Err(TokenError::Expired { expired_at, now });
        }
        if claims.contains_key("nbf")
            && said.seconds("nbf", f64::ceil)? > now.saturating_add(leeway)
        {
            return Err(TokenError::NotYetValid);
        }
        Ok(VerifiedToken {
            subject: subject.to_owned(),
            audience,
            expires_at,
            claims,
        })
    }

    /// Whether a token that says it is a `kind` can be one for this use (RFC 8725, 3.11). An issuer that says nothing
    /// is told apart by its audience.
    fn is_of_use(&self, kind: Option<&str>) -> bool {
        let Some(kind) = kind else {
            return true;
        };
        let kind = kind.to_ascii_lowercase();
        let kind = kind.strip_prefix("application/").unwrap_or(&kind);
        match self.token_use {
            // Cognito's identity pools say `JWS`.
            TokenUse::Id => matches!(kind, "jwt" | "jws"),
            TokenUse::Api => matches!(kind, "jwt" | "at+jwt"),
        }
    }

    /// The audience that the token is for. One for several is for the party to which it was issued, `azp`.
    fn audience<'c>(&self, said: &Claims<'c>) -> Result<&'c str, TokenError> {
        let known = |audience: &str| self.audiences.iter().any(|known| known == audience);
        let audiences = match (said.0.get("aud"), self.token_use) {
            (None, TokenUse::Api) if said.0.contains_key("client_id") => {
                vec![said.text("client_id")?]
            }
            (Some(Value::String(one)), _) => vec![one.as_str()],
            (Some(Value::Array(several)), _) => several
                .iter()
                .map(|one| one.as_str().ok_or(TokenError::MissingClaim("aud")))
                .collect::<Result<_, _>>()?,
            _ => return Err(TokenError::MissingClaim("aud")),
        };
        if self.token_use == TokenUse::Id {
            if said.0.contains_key("azp") {
                let party = said.text("azp")?;
                return if known(party) {
                    Ok(party)
                } else {
                    Err(TokenError::WrongAudience)
                };
            }
            if audiences.len() > 1 {
                return Err(TokenError::MissingClaim("azp"));
            }
        }
        let ours = audiences.into_iter().find(|audience| known(audience));
        ours.ok_or(TokenError::WrongAudience)
    }
}

struct Claims<'c>(&'c Map<String, Value>);

impl<'c> Claims<'c> {
    fn text(&self, name: &'static str) -> Result<&'c str, TokenError> {
        let claim = self.0.get(name).and_then(Value::as_str);
        claim.ok_or(TokenError::MissingClaim(name))
    }

    /// A `NumericDate`, which may have a fraction, made whole by `round`.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the number is whole and between 0 and 2⁵³"
    )]
    fn seconds(&self, name: &'static str, round: fn(f64) -> f64) -> Result<u64, TokenError> {
        let seconds = self.0.get(name).and_then(Value::as_f64).map(round);
        seconds
            .filter(|seconds| (0.0..=MAX_SECONDS).contains(seconds))
            .map(|seconds| seconds as u64)
            .ok_or(TokenError::MissingClaim(name))
    }
}
