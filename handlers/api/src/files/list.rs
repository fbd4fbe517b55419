//! `GET /files`: the caller's files, page by page.

use axum::{extract::State, response::Response, routing};
use http::{Method, StatusCode, header};
use notewarden_domain::{FileName, file::NamePrefix};
use serde_json::{Value, json};

use super::FileBody;
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

const PATH: &str = "/files";

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::GET,
    path: PATH,
    operation_id: "listFiles",
    summary: "List your files",
    auth: Auth::Iam,
    problems: &[Kind::Malformed, Kind::Invalid],
    operation,
    handler: || routing::get(handle),
};

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let prefix: NamePrefix = match parameters.get("prefix")? {
        None => NamePrefix::default(),
        Some(prefix) => prefix
            .parse()
            .map_err(|invalid| Problem::at(Kind::Invalid, &invalid))?,
    };
    let asked = Page::asked_for(List::Files(&prefix), &caller.identity, &parameters)?;
    let after = asked.after(|name| std::str::from_utf8(name).ok()?.parse::<FileName>().ok())?;

    let files = &app.files;
    let page = files.list(&caller, prefix.clone(), after, asked.limit());
    let page = page.await?;

    let files = page.files.iter();
    let files: Vec<_> = files
        .map(|file| FileBody::new(&file.name, &file.meta))
        .collect();
    let mut response = json::private(StatusCode::OK, &files)?;
    if let (true, Some(last)) = (page.more, page.files.last()) {
        let given = [("prefix", prefix.as_str())];
        let others = if prefix.as_str().is_empty() {
            &[]
        } else {
            &given[..]
        };
        let link = asked.next(PATH, others, last.name.as_str().as_bytes())?;
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

fn operation() -> Value {
    let prefix = paging::parameter(
        "prefix",
        "Only files whose names start with this",
        &json!({ "type": "string" }),
    );
    let [limit, cursor] = paging::parameters("At most so many files");
    json!({
        "parameters": [prefix, limit, cursor],
        "responses": { "200": {
            "description": "A page of your files, in the order of their names' bytes",
            "headers": { "Link": header("Link") },
            "content": { "application/json": { "schema": {
                "type": "array", "items": { "$ref": "#/components/schemas/File" }
            } } }
        } }
    })
}
