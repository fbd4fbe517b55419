//! `GET /notes`: the caller's notes, page by page.

use std::fmt::Write;

use axum::{extract::State, response::Response, routing};
use http::{HeaderValue, Method, StatusCode, header};
use notewarden_domain::{notes::MAX_PAGE_NOTES, ports::Order};
use serde_json::{Value, json};

use super::NoteBody;
use crate::{
    App,
    caller::SignedIn,
    cursor::List,
    json,
    openapi::header,
    problem::{Kind, Problem},
    query::Parameters,
    routes::{Auth, RouteInfo},
};

/// How many notes a page has unless the client says.
const DEFAULT_LIMIT: usize = 100;

const PATH: &str = "/notes";

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::GET,
    path: PATH,
    operation_id: "listNotes",
    summary: "List your notes",
    auth: Auth::Iam,
    problems: &[Kind::Malformed],
    operation,
    handler: || routing::get(handle),
};

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let orders = [("newest", Order::Newest), ("oldest", Order::Oldest)];
    let order = parameters.choice("order", orders)?;
    let limit = parameters.get("limit")?.map(limit).transpose()?;
    let list = List::Notes(order);
    let behind = |cursor| {
        let after = list.after(&caller.identity, cursor);
        after.ok_or_else(|| {
            Problem::malformed("cursor", "must be one that you were given for this list")
        })
    };
    let after = parameters.get("cursor")?.map(behind).transpose()?;

    let page = app
        .notes
        .list(&caller, order, after, limit.unwrap_or(DEFAULT_LIMIT));
    let page = page.await?;

    let notes: Vec<_> = page.notes.iter().map(NoteBody::from).collect();
    let mut response = json::private(StatusCode::OK, &notes)?;
    if let (true, Some(last)) = (page.more, page.notes.last()) {
        let cursor = list.cursor(&caller.identity, last.id);
        let link = HeaderValue::try_from(next(order, limit, &cursor));
        let link = link.map_err(|error| Problem::fault(Kind::Internal, error))?;
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

fn limit(value: &str) -> Result<usize, Problem> {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|_| is_number);
    number
        .filter(|limit| (1..=MAX_PAGE_NOTES).contains(limit))
        .ok_or_else(|| Problem::malformed("limit", "must be a number from 1 to 1000"))
}

/// The link to the next page (RFC 8288). It is relative: the API answers under more than one name.
fn next(order: Order, limit: Option<usize>, cursor: &str) -> String {
    let mut link = format!("<{PATH}?");
    if let Some(limit) = limit {
        // INVARIANT: writing into a string does not fail.
        let _ = write!(link, "limit={limit}&");
    }
    if order == Order::Oldest {
        link.push_str("order=oldest&");
    }
    let _ = write!(link, "cursor={cursor}>; rel=\"next\"");
    link
}

fn operation() -> Value {
    let parameter = |name: &str, description: &str, schema: Value| json!({ "name": name, "in": "query", "description": description, "schema": schema });
    let limit = json!({
        "type": "integer", "minimum": 1, "maximum": MAX_PAGE_NOTES, "default": DEFAULT_LIMIT
    });
    let order = json!({ "type": "string", "enum": ["newest", "oldest"], "default": "newest" });
    json!({
        "parameters": [
            parameter("limit", "At most so many notes; a page of long notes has fewer", limit),
            parameter("cursor", "Where to go on: from the `Link` of the page before", json!({ "type": "string" })),
            parameter("order", "Which notes come first", order)
        ],
        "responses": { "200": {
            "description": "A page of your notes",
            "headers": { "Link": header("Link") },
            "content": { "application/json": { "schema": {
                "type": "array", "items": { "$ref": "#/components/schemas/Note" }
            } } }
        } }
    })
}
