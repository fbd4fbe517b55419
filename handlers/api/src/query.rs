//! Query parameters: each at most once; those that a route does not know are ignored.

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;

use crate::problem::Problem;

/// The parameters of a request, percent-decoded, in order.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The value of the parameter `name`.
    pub(crate) fn get(&self, name: &'static str) -> Result<Option<&str>, Problem> {
        let mut values = self.0.iter().filter(|(key, _)| key == name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Problem::malformed(name, "must be given once")),
            (value, None) => Ok(value.map(|(_, value)| value.as_str())),
        }
    }

    /// The value of the parameter `name` as the one of `choices` that has this name.
    pub(crate) fn choice<T: Copy + Default>(
        &self,
        name: &'static str,
        choices: [(&str, T); 2],
    ) -> Result<T, Problem> {
        let Some(given) = self.get(name)? else {
            return Ok(T::default());
        };
        let chosen = choices.iter().find(|(choice, _)| *choice == given);
        chosen.map(|(_, value)| *value).ok_or_else(|| {
            let [(one, _), (other, _)] = choices;
            Problem::malformed(name, format!("must be `{one}` or `{other}`"))
        })
    }

    /// Whether the parameter `name` is given, and not as `false`.
    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, Problem> {
        match self.get(name)? {
            None | Some("false") => Ok(false),
            Some("" | "true") => Ok(true),
            Some(_) => Err(Problem::malformed(
                name,
                "must be `true`, `false` or nothing",
            )),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Query(pairs) = pairs.map_err(|_| Problem::malformed("query", "must be parameters"))?;
        Ok(Self(pairs))
    }
}
