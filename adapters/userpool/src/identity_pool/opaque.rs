//! Providers whose tokens say nothing by themselves and are asked about at the provider: Facebook and Login with
//! Amazon.

use std::sync::Arc;

use async_trait::async_trait;
use notewarden_domain::ports::Clock;
use notewarden_oidc::{DocumentUrl, Fetch, FetchError, InvalidUrl, MAX_TOKEN_LENGTH};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::{LoginError, LoginVerifier, VerifiedLogin};
use crate::secret::Secret;

/// Facebook, as callers name it.
pub const FACEBOOK: &str = "graph.facebook.com";
/// Login with Amazon, as callers name it.
pub const AMAZON: &str = "www.amazon.com";

/// Where Facebook is asked, unless settings say otherwise.
pub const FACEBOOK_ENDPOINT: &str = "https://graph.facebook.com";
/// Where Amazon is asked, unless settings say otherwise.
pub const AMAZON_ENDPOINT: &str = "https://api.amazon.com";

/// Takes the access tokens that Facebook gave for an app, by asking its token debugger.
pub struct FacebookLogin {
    app_id: String,
    /// Who asks: `<app id>|<app secret>`.
    asker: Secret,
    endpoint: String,
    fetch: Arc<dyn Fetch>,
    clock: Arc<dyn Clock>,
}

impl FacebookLogin {
    /// The logins of the app `app_id`, asked about at `endpoint`.
    ///
    /// # Errors
    /// `endpoint` is nothing that can be asked.
    pub fn new(
        app_id: &str,
        app_secret: &Secret,
        endpoint: &str,
        fetch: Arc<dyn Fetch>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, InvalidUrl> {
        Ok(Self {
            app_id: app_id.to_owned(),
            asker: Secret::new(format!("{app_id}|{}", app_secret.expose())),
            endpoint: base(endpoint)?,
            fetch,
            clock,
        })
    }
}

#[async_trait]
impl LoginVerifier for FacebookLogin {
    async fn verify(&self, token: &str) -> Result<VerifiedLogin, LoginError> {
        let url = format!(
            "{}/debug_token?input_token={}&access_token={}",
            self.endpoint,
            encoded(token)?,
            encoded(self.asker.expose())?
        );
        let answer = ask(self.fetch.as_ref(), &url).await?;
        let data = answer.get("data").and_then(Value::as_object);
        let data = data.ok_or(LoginError::Invalid)?;
        let text = |name: &str| data.get(name).and_then(Value::as_str);
        if text("app_id") != Some(&self.app_id) {
            return Err(LoginError::WrongAudience);
        }
        let is_of_a_person = text("type").is_none_or(|kind| kind == "USER");
        if data.get("is_valid") != Some(&Value::Bool(true)) || !is_of_a_person {
            return Err(LoginError::Invalid);
        }
        let now = self.clock.now().as_secs();
        let expired_at = data.get("expires_at").and_then(Value::as_u64);
        match expired_at.ok_or(LoginError::MissingClaim("expires_at"))? {
            // It does not end.
            0 => {}
            expired_at if expired_at <= now => {
                return Err(LoginError::Expired { expired_at, now });
            }
            _ => {}
        }
        let subject = subject(text("user_id"), "user_id")?;
        let keys = |audience: &str| vec![("app_id", audience.to_owned()), ("id", subject.clone())];
        Ok(login(
            FACEBOOK,
            &self.app_id,
            &subject,
            data,
            keys(&self.app_id),
        ))
    }
}

/// Takes the access tokens that Login with Amazon gave to one of its clients, by asking for their description.
pub struct AmazonLogin {
    client_ids: Vec<String>,
    endpoint: String,
    fetch: Arc<dyn Fetch>,
}

impl AmazonLogin {
    /// The logins of the clients `client_ids`, asked about at `endpoint`.
    ///
    /// # Errors
    /// `endpoint` is nothing that can be asked.
    pub fn new(
        client_ids: Vec<String>,
        endpoint: &str,
        fetch: Arc<dyn Fetch>,
    ) -> Result<Self, InvalidUrl> {
        Ok(Self {
            client_ids,
            endpoint: base(endpoint)?,
            fetch,
        })
    }
}

#[async_trait]
impl LoginVerifier for AmazonLogin {
    async fn verify(&self, token: &str) -> Result<VerifiedLogin, LoginError> {
        let url = format!(
            "{}/auth/o2/tokeninfo?access_token={}",
            self.endpoint,
            encoded(token)?
        );
        let told = ask(self.fetch.as_ref(), &url).await?;
        let text = |name: &str| told.get(name).and_then(Value::as_str);
        if text("iss") != Some("https://www.amazon.com") {
            return Err(LoginError::WrongIssuer);
        }
        let audience = text("aud").ok_or(LoginError::MissingClaim("aud"))?;
        if !self.client_ids.iter().any(|known| known == audience) {
            return Err(LoginError::WrongAudience);
        }
        // How many seconds it has left.
        if told
            .get("exp")
            .and_then(Value::as_i64)
            .is_none_or(|left| left <= 0)
        {
            return Err(LoginError::Invalid);
        }
        let subject = subject(text("user_id"), "user_id")?;
        let app = text("app_id").unwrap_or(audience).to_owned();
        let keys = vec![("app_id", app), ("user_id", subject.clone())];
        Ok(login(AMAZON, audience, &subject, &told, keys))
    }
}

fn login(
    provider: &str,
    audience: &str,
    subject: &str,
    told: &Map<String, Value>,
    keys: Vec<(&'static str, String)>,
) -> VerifiedLogin {
    VerifiedLogin {
        subject: subject.to_owned(),
        audience: audience.to_owned(),
        method: format!("{provider}:{audience}:{subject}"),
        claims: told.clone(),
        keys,
    }
}

fn subject(told: Option<&str>, claim: &'static str) -> Result<String, LoginError> {
    let subject = told.filter(|subject| (1..=255).contains(&subject.len()));
    subject
        .map(str::to_owned)
        .ok_or(LoginError::MissingClaim(claim))
}

/// A text of unknown origin as part of a query.
fn encoded(text: &str) -> Result<String, LoginError> {
    if text.is_empty() || text.len() > MAX_TOKEN_LENGTH {
        return Err(LoginError::Invalid);
    }
    Ok(utf8_percent_encode(text, NON_ALPHANUMERIC).to_string())
}

fn base(endpoint: &str) -> Result<String, InvalidUrl> {
    DocumentUrl::parse(endpoint)?;
    Ok(endpoint.trim_end_matches('/').to_owned())
}

/// The object that is answered. A provider that refuses the question refuses the token in it.
async fn ask(fetch: &dyn Fetch, url: &str) -> Result<Map<String, Value>, LoginError> {
    let url = DocumentUrl::parse(url).map_err(|_| LoginError::Invalid)?;
    match fetch.get(&url).await {
        Ok(fetched) => {
            notewarden_oidc::strict_object(&fetched.body).map_err(|_| LoginError::Invalid)
        }
        Err(FetchError::Status { status, .. }) if (400..500).contains(&status) => {
            Err(LoginError::Invalid)
        }
        Err(error) => Err(LoginError::Unavailable(error.into())),
    }
}
