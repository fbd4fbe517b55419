//! `GET /notes`: the caller's notes, page by page.

use axum::{extract::State, response::Response, routing};
use http::{Method, StatusCode, header};
use notewarden_domain::{NoteId, ports::Order};
use serde_json::{Value, json};
use uuid::Uuid;

use super::NoteBody;
use crate::{
    App,
    caller::SignedIn,
    cursor::List,
    json,
    openapi::header,
    paging::{self, Page},
    problem::{Kind, Problem},
    query::Parameters,
    routes::{Auth, RouteInfo},
};

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
    let asked = Page::asked_for(List::Notes(order), &caller.identity, &parameters)?;
    let after = asked.after(|id| Uuid::from_slice(id).ok().map(NoteId::new))?;

    let page = app.notes.list(&caller, order, after, asked.limit()).await?;

    let notes: Vec<_> = page.notes.iter().map(NoteBody::from).collect();
    let mut response = json::private(StatusCode::OK, &notes)?;
    if let (true, Some(last)) = (page.more, page.notes.last()) {
        let others: &[_] = match order {
            Order::Newest => &[],
            Order::Oldest => &[("order", "oldest")],
        };
        let link = asked.next(PATH, others, last.id.as_uuid().as_bytes())?;
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

fn operation() -> Value {
    let order = json!({ "type": "string", "enum": ["newest", "oldest"], "default": "newest" });
    let [limit, cursor] =
        paging::parameters("At most so many notes; a page of long notes has fewer");
    json!({
        "parameters": [
            limit,
            cursor,
            paging::parameter("order", "Which notes come first", &order)
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
