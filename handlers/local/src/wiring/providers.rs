//! The login providers of the identity pool beside its own user pool, as one file describes them.

mod file;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use notewarden_domain::ports::Clock;
use notewarden_infra::IdentityPoolSettings;
use notewarden_oidc::{Fetch, InvalidUrl, IssuerSettings, SettingsError, TokenUse, Verifier};
use notewarden_userpool::{
    Secret,
    identity_pool::{
        AMAZON, AmazonLogin, FACEBOOK, FacebookLogin, LoginVerifier, MethodForm, OidcLogin,
        Providers,
    },
    web_identities::provider_name,
};

use self::file::{Entry, Issuer};
use super::{WiringError, issuers::of_provider};
use crate::deployment::ACCOUNT_ID;

const USUAL_FILE: &str = "providers.json";
const GOOGLE: &str = "accounts.google.com";
const APPLE: &str = "appleid.apple.com";

/// Why the file of login providers is refused.
#[derive(Debug, thiserror::Error)]
#[error("the login providers in `{}`: {message}", file.display())]
pub struct ProvidersError {
    file: PathBuf,
    message: String,
}

/// What the file describes.
#[derive(Default)]
pub struct Described {
    /// The login providers of the identity pool.
    pub logins: Providers,
    /// Those among them whose tokens the API takes by itself.
    pub issuers: Vec<Verifier>,
}

/// The providers of the file `named`, which must be there, or of the usual one in `data_dir`, which may be.
///
/// # Errors
/// The file cannot be read, or says something that means nothing.
pub fn read(
    named: Option<&Path>,
    data_dir: &Path,
    fetch: &Arc<dyn Fetch>,
    clock: &Arc<dyn Clock>,
) -> Result<Described, WiringError> {
    let usual = data_dir.join(USUAL_FILE);
    let path = named.unwrap_or(&usual);
    let refused = |message: String| ProvidersError {
        file: path.to_owned(),
        message,
    };
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => {
            return Ok(Described::default());
        }
        Err(error) => return Err(refused(error.to_string()).into()),
    };
    let entries = file::parse(&text).map_err(refused)?;
    let mut described = Described::default();
    for (index, entry) in entries.into_iter().enumerate() {
        let at = |message: String| refused(format!("`providers[{index}]`: {message}"));
        if let Some(issuer) = entry.issuer() {
            let trusted = of_provider(
                issuer_settings(Vec::new(), issuer.clone()),
                issuer.api_audiences.clone(),
                fetch,
                clock,
            );
            let trusted = trusted.map_err(|error| at(settings_error(&error)))?;
            described.issuers.push(trusted);
        }
        let (name, verifier) = verifier(entry, fetch, clock).map_err(at)?;
        if described.logins.insert(name.clone(), verifier).is_some() {
            return Err(at(format!("the provider `{name}` is described twice")).into());
        }
    }
    Ok(described)
}

/// That every provider which the template names is described: on AWS its clients are known to the account.
///
/// # Errors
/// One is not.
pub fn check_template(
    providers: &Providers,
    pool: &IdentityPoolSettings,
) -> Result<(), WiringError> {
    let added = pool.open_id_connect_providers.iter().map(|arn| {
        let name = arn.split_once("oidc-provider/");
        name.map_or(arn.as_str(), |(_, name)| name)
    });
    let mut named = pool.login_providers.keys().map(String::as_str).chain(added);
    match named.find(|name| !providers.contains_key(*name)) {
        None => Ok(()),
        Some(missing) => Err(format!(
            "the template names the login provider `{missing}`, and the file of login providers does not describe it"
        )
        .into()),
    }
}

/// The provider that an entry describes, by its name.
fn verifier(
    entry: Entry,
    fetch: &Arc<dyn Fetch>,
    clock: &Arc<dyn Clock>,
) -> Result<(String, Arc<dyn LoginVerifier>), String> {
    let known = |name: &str, aliases: &[&str], issuer: Issuer| {
        let form = MethodForm::ByAudience;
        let aliases = aliases.iter().map(|&alias| alias.to_owned()).collect();
        let login = oidc(name, form, aliases, issuer, fetch, clock)?;
        Ok((name.to_owned(), login))
    };
    match entry {
        Entry::Google(issuer) => known(GOOGLE, &[GOOGLE], issuer),
        Entry::Apple(issuer) => known(APPLE, &[], issuer),
        Entry::Oidc(issuer) => {
            let name = provider_name(&issuer.issuer).to_owned();
            let arn = format!("arn:aws:iam::{ACCOUNT_ID}:oidc-provider/{name}");
            let form = MethodForm::ByArn(arn);
            let login = oidc(&name, form, Vec::new(), issuer, fetch, clock)?;
            Ok((name, login))
        }
        Entry::Facebook(app) => {
            let secret = Secret::new(app.app_secret);
            let fetch = Arc::clone(fetch);
            let login =
                FacebookLogin::new(&app.app_id, &secret, &app.endpoint, fetch, clock.clone());
            Ok((FACEBOOK.to_owned(), Arc::new(login.map_err(endpoint)?)))
        }
        Entry::Amazon(clients) => {
            let login = AmazonLogin::new(clients.client_ids, &clients.endpoint, Arc::clone(fetch));
            Ok((AMAZON.to_owned(), Arc::new(login.map_err(endpoint)?)))
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "an adapter for `map_err`")]
fn endpoint(error: InvalidUrl) -> String {
    format!("`endpoint`: {error}")
}

fn oidc(
    name: &str,
    form: MethodForm,
    aliases: Vec<String>,
    issuer: Issuer,
    fetch: &Arc<dyn Fetch>,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn LoginVerifier>, String> {
    let settings = issuer_settings(aliases, issuer);
    let verifier = Verifier::new(settings, Arc::clone(fetch), Arc::clone(clock));
    let verifier = verifier.map_err(|error| settings_error(&error))?;
    Ok(Arc::new(OidcLogin::new(name, form, verifier)))
}

fn issuer_settings(aliases: Vec<String>, issuer: Issuer) -> IssuerSettings {
    IssuerSettings {
        issuer: issuer.issuer,
        aliases,
        audiences: issuer.client_ids,
        algorithms: issuer.algorithms,
        leeway: issuer.leeway,
        token_use: TokenUse::Id,
        keys: issuer.jwks_uri,
    }
}

fn settings_error(error: &SettingsError) -> String {
    match error {
        SettingsError::NoAudience => format!("`clientIds`: {error}"),
        SettingsError::NoAlgorithm => format!("`algorithms`: {error}"),
        SettingsError::Leeway(_) => format!("`leewaySeconds`: {error}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
