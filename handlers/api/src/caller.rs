//! How a request's context becomes a [`Caller`]: from what the gateway verified, never from a header, a
//! parameter or a body, which anybody can write.

mod iam;
mod token;
mod way;

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};
use notewarden_domain::{Caller, sign_ins::Login};

pub use self::way::Way;
use crate::{
    App, GatewayContext,
    problem::{Kind, Problem},
};

/// Why nobody is known by a context.
pub(crate) const UNSIGNED: &str = "the request was not signed";

/// The signed-in person who makes the request.
pub(crate) struct SignedIn(pub(crate) Caller);

impl FromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let context = parts.extensions.get::<GatewayContext>();
        let authorizer = context.and_then(|context| context.authorizer.as_ref());
        let nobody = |reason| Problem::new(Kind::NotSignedIn, reason);
        let authorizer = authorizer.ok_or_else(|| nobody(UNSIGNED))?;
        let way = if let Some(iam) = &authorizer.iam {
            return iam::caller(iam).map(Self).map_err(nobody);
        } else if let Some(jwt) = &authorizer.jwt {
            token::way(&jwt.claims)
        } else if let Some(context) = &authorizer.lambda {
            Way::read(context)
        } else {
            return Err(nobody(UNSIGNED));
        };
        let way = way.map_err(nobody)?;
        by(app, way, &parts.headers).await.map(Self)
    }
}

/// Who came in by `way`.
async fn by(app: &App, way: Way, headers: &HeaderMap) -> Result<Caller, Problem> {
    match way {
        Way::ApiKey { id, caller } => {
            app.api_keys.count(id)?;
            Ok(caller)
        }
        Way::Token {
            login,
            is_id_token,
            scopes,
        } => {
            let token = is_id_token.then(|| own_token(headers, &login)).flatten();
            let identity = app.sign_ins.identify(&login, token).await?;
            Ok(Caller { identity, scopes })
        }
    }
}

/// The token that came with the request, if it is of `login`: the broker verifies it, but it must also be the very
/// person whom the gateway verified.
fn own_token<'h>(headers: &'h HeaderMap, login: &Login) -> Option<&'h str> {
    let token = credential_of(headers)?;
    let of = token::unverified_login(token)?;
    (of == *login).then_some(token)
}

/// What a request shows in place of a signature: what follows `Bearer` in `Authorization`, the whole of it if it names
/// no scheme, or else `x-api-key`. `None` if there is nothing, or more than one.
pub fn credential_of(headers: &HeaderMap) -> Option<&str> {
    let mut authorizations = headers.get_all(header::AUTHORIZATION).iter();
    let mut keys = headers.get_all("x-api-key").iter();
    let found = match (authorizations.next(), keys.next()) {
        (Some(authorization), None) => {
            let text = authorization.to_str().ok()?;
            match text.split_once(' ') {
                Some((scheme, rest)) => scheme.eq_ignore_ascii_case("bearer").then_some(rest)?,
                None => text,
            }
        }
        (None, Some(key)) => key.to_str().ok()?,
        _ => return None,
    };
    let is_one = authorizations.next().is_none() && keys.next().is_none();
    let found = found.trim();
    (is_one && !found.is_empty() && !found.contains([' ', ','])).then_some(found)
}

/// The id of the request, for logs.
pub(crate) struct RequestId(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let context = parts.extensions.get::<GatewayContext>();
        let id = context.map(|context| context.request_id.clone());
        Ok(Self(id.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_credential_is_one_and_in_one_place() {
        let shown = |lines: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.append(*name, HeaderValue::from_static(value));
            }
            credential_of(&headers).map(str::to_owned)
        };
        let x = Some("x".to_owned());
        assert_eq!(shown(&[("authorization", "Bearer x")]), x);
        assert_eq!(shown(&[("authorization", "bearer  x ")]), x);
        assert_eq!(shown(&[("authorization", "x")]), x);
        assert_eq!(shown(&[("x-api-key", "x")]), x);
        for lines in [
            &[][..],
            &[("authorization", "Basic x")],
            &[("authorization", "Bearer ")],
            &[("authorization", "Bearer x y")],
            &[("authorization", "Bearer x,y")],
            &[("authorization", "Bearer x"), ("authorization", "Bearer x")],
            &[("authorization", "Bearer x"), ("x-api-key", "x")],
            &[("x-api-key", "x"), ("x-api-key", "y")],
            &[("x-api-key", "")],
        ] {
            assert_eq!(shown(lines), None, "{lines:?}");
        }
    }
}
