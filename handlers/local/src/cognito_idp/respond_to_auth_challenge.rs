//! `RespondToAuthChallenge`: the answer to a challenge.

use notewarden_userpool::UserPool;
use serde::Deserialize;

use super::{
    auth_result::AuthAnswer,
    challenge_answer::{self, CHALLENGES},
    constraints::{CLIENT_ID, Constraints, SESSION},
    parameters::Parameters,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RespondToAuthChallengeRequest {
    client_id: Option<String>,
    challenge_name: Option<String>,
    session: Option<String>,
    challenge_responses: Option<Parameters>,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: RespondToAuthChallengeRequest,
) -> Result<AuthAnswer, Exception> {
    let mut constraints = Constraints::default();
    let client_id = constraints.required("clientId", input.client_id.as_deref(), CLIENT_ID);
    let name = input.challenge_name.as_deref();
    constraints.one_of("challengeName", name, &CHALLENGES);
    let session = constraints.optional("session", input.session.as_deref(), SESSION);
    constraints.check()?;
    let responses = input.challenge_responses.unwrap_or_default();
    let name = name.unwrap_or_default();
    challenge_answer::give(pool, client_id, name, session, &responses).await
}
