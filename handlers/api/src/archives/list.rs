//! `GET /archives`: the caller's archives, page by page.

use axum::{extract::State, response::Response, routing};
use http::{Method, StatusCode, header};
use notewarden_domain::archive::ArchiveId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::JobBody;
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

const PATH: &str = "/archives";

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::GET,
    path: PATH,
    operation_id: "listArchives",
    summary: "List your archives",
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
    let asked = Page::asked_for(List::Archives, &caller.identity, &parameters)?;
    let after = asked.after(|id| Uuid::from_slice(id).ok().map(ArchiveId::new))?;

    let page = app.archives.list(&caller, after, asked.limit()).await?;

    let jobs: Vec<_> = page.jobs.iter().map(JobBody::from).collect();
    let mut response = json::private(StatusCode::OK, &jobs)?;
    if let (true, Some(last)) = (page.more, page.jobs.last()) {
        let link = asked.next(PATH, &[], last.id.as_uuid().as_bytes())?;
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

fn operation() -> Value {
    let [limit, cursor] = paging::parameters("At most so many archives");
    json!({
        "parameters": [limit, cursor],
        "responses": { "200": {
            "description": "A page of your archives, the latest first",
            "headers": { "Link": header("Link") },
            "content": { "application/json": { "schema": {
                "type": "array", "items": { "$ref": "#/components/schemas/Archive" }
            } } }
        } }
    })
}
