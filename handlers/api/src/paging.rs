//! What all lists share: how long a page is, where it goes on, and the link to the next one.

use std::fmt::Write;

use http::HeaderValue;
use notewarden_domain::IdentityId;
use percent_encoding::utf8_percent_encode;
use serde_json::{Value, json};

use crate::{
    cursor::List,
    path::RESERVED,
    problem::{Kind, Problem},
    query::Parameters,
};

/// The most items on a page.
pub(crate) const MAX_LIMIT: usize = 1_000;

/// How many items a page has unless the client says.
pub(crate) const DEFAULT_LIMIT: usize = 100;

/// Which page a client asks for.
pub(crate) struct Page<'a> {
    list: List<'a>,
    owner: &'a IdentityId,
    given_limit: Option<usize>,
    after: Option<Vec<u8>>,
}

impl<'a> Page<'a> {
    /// The page of this list of `owner` that the parameters ask for.
    pub(crate) fn asked_for(
        list: List<'a>,
        owner: &'a IdentityId,
        parameters: &Parameters,
    ) -> Result<Self, Problem> {
        let given_limit = parameters.get("limit")?.map(limit).transpose()?;
        let after = match parameters.get("cursor")? {
            None => None,
            Some(cursor) => Some(list.after(owner, cursor).ok_or_else(not_ours)?),
        };
        Ok(Self {
            list,
            owner,
            given_limit,
            after,
        })
    }

    /// How many items it has at most.
    pub(crate) fn limit(&self) -> usize {
        self.given_limit.unwrap_or(DEFAULT_LIMIT)
    }

    /// What it comes behind, as `read` understands the cursor.
    pub(crate) fn after<T>(
        &self,
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let after = self.after.as_deref();
        after
            .map(|after| read(after).ok_or_else(not_ours))
            .transpose()
    }

    /// The link to the page behind `last` (RFC 8288), with these other parameters. It is relative: the API answers
    /// under more than one name.
    pub(crate) fn next(
        &self,
        path: &str,
        parameters: &[(&str, &str)],
        last: &[u8],
    ) -> Result<HeaderValue, Problem> {
        let mut link = format!("<{path}?");
        // INVARIANT: writing into a string does not fail.
        if let Some(limit) = self.given_limit {
            let _ = write!(link, "limit={limit}&");
        }
        for (name, value) in parameters {
            let value = utf8_percent_encode(value, RESERVED);
            let _ = write!(link, "{name}={value}&");
        }
        let cursor = self.list.cursor(self.owner, last);
        let _ = write!(link, "cursor={cursor}>; rel=\"next\"");
        HeaderValue::try_from(link).map_err(|error| Problem::fault(Kind::Internal, error))
    }
}

fn limit(value: &str) -> Result<usize, Problem> {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|_| is_number);
    number
        .filter(|limit| (1..=MAX_LIMIT).contains(limit))
        .ok_or_else(|| Problem::malformed("limit", "must be a number from 1 to 1000"))
}

fn not_ours() -> Problem {
    Problem::malformed("cursor", "must be one that you were given for this list")
}

/// A parameter of a query, as OpenAPI has it.
pub(crate) fn parameter(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

/// The parameters that every list has; `limit` says what is at most so many.
pub(crate) fn parameters(limit: &str) -> [Value; 2] {
    let number = json!({
        "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT
    });
    [
        parameter("limit", limit, &number),
        parameter(
            "cursor",
            "Where to go on: from the `Link` of the page before",
            &json!({ "type": "string" }),
        ),
    ]
}
