//! `ListIdentities`: the identities of the pool, page by page.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use notewarden_domain::IdentityId;
use notewarden_userpool::identity_pool::IdentityPool;
use serde::{Deserialize, Serialize};

use super::{constraints::Constraints, describe_identity::IdentityDescription, exception};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListIdentitiesInput {
    identity_pool_id: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
    hide_disabled: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListIdentitiesResponse {
    identity_pool_id: String,
    identities: Vec<IdentityDescription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub(super) fn handle(
    pool: &IdentityPool,
    input: ListIdentitiesInput,
) -> Result<ListIdentitiesResponse, Exception> {
    let mut constraints = Constraints::default();
    constraints.id("identityPoolId", input.identity_pool_id.as_deref());
    constraints.number("maxResults", input.max_results, 1..=60);
    constraints.check()?;
    let after = input.next_token.as_deref().map(last_of).transpose()?;
    let identity_pool_id = input.identity_pool_id.unwrap_or_default();
    let limit = input
        .max_results
        .and_then(|most| usize::try_from(most).ok());
    let page = pool
        .list(
            &identity_pool_id,
            after.as_ref().map(IdentityId::as_str),
            limit.unwrap_or(1),
            input.hide_disabled.unwrap_or_default(),
        )
        .map_err(exception::of_pool)?;
    let described = page.identities.into_iter().map(IdentityDescription::from);
    Ok(ListIdentitiesResponse {
        identity_pool_id,
        identities: described.collect(),
        next_token: page.next.map(|last| BASE64_URL_SAFE_NO_PAD.encode(last)),
    })
}

/// The last identity of the page that a token was given with.
fn last_of(token: &str) -> Result<IdentityId, Exception> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.and_then(|text| text.parse().ok())
        .ok_or_else(|| Exception::new("InvalidParameterException", "Invalid NextToken."))
}
