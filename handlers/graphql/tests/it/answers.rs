//! What becomes of the API's answers.

use axum::{body::Body, response::Response};
use notewarden_graphql::Resolution;
use serde_json::{Value, json};

use super::{event, resolve, response};

fn with_header(
    status: u16,
    name: &'static str,
    value: &'static str,
    body: &'static str,
) -> Response {
    let response = Response::builder().status(status).header(name, value);
    response.body(Body::from(body)).unwrap()
}

async fn value(field: Value, answer: fn() -> Response) -> Value {
    match resolve(field, answer).await.0 {
        Resolution::Value(value) => value,
        Resolution::Error(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn a_list_is_a_page_with_the_cursor_of_the_next() {
    let notes = || event("Query", "notes", json!({}));
    let page = value(notes(), || {
        let link = "</notes?limit=1&cursor=a-b_c>; rel=\"next\"";
        with_header(200, "link", link, r#"[{"noteId":"n"}]"#)
    });
    assert_eq!(
        page.await,
        json!({"items": [{"noteId": "n"}], "cursor": "a-b_c"})
    );
    let last = value(notes(), || response(200, "[]")).await;
    assert_eq!(last, json!({"items": [], "cursor": null}));
}

#[tokio::test]
async fn links_uploads_and_what_is_gone_have_their_own_forms() {
    let download = event("Query", "fileDownload", json!({"name": "f"}));
    let link = value(download, || with_header(307, "location", "https://l/f", "")).await;
    assert_eq!(link, json!({"url": "https://l/f"}));

    let arguments = json!({"name": "f", "size": 1, "contentType": "t/t"});
    let upload = value(event("Mutation", "createFile", arguments), || {
        response(
            201,
            r#"{"name":"f","upload":{"url":"u","headers":{"a":"1","b":"2"}}}"#,
        )
    });
    let headers = json!([{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]);
    assert_eq!(
        upload.await,
        json!({"name": "f", "upload": {"url": "u", "headers": headers}})
    );

    let delete = event("Mutation", "deleteNote", json!({"noteId": "n"}));
    assert_eq!(value(delete, || response(204, "")).await, json!("n"));
}

#[tokio::test]
async fn a_problem_is_an_error_with_its_kind_and_an_answer_that_cannot_be_read_one_of_ours() {
    let note = || event("Query", "note", json!({"noteId": "n"}));
    let (resolution, _) = resolve(note(), || {
        response(
            404,
            r#"{"type":"urn:notewarden:problem:not-found","detail":"there is none"}"#,
        )
    })
    .await;
    assert_eq!(resolution.status(), 404);
    assert_eq!(
        serde_json::to_value(resolution).unwrap(),
        json!({"error": {
            "type": "NotFound",
            "message": "there is none",
            "info": {
                "type": "urn:notewarden:problem:not-found",
                "status": 404,
                "requestId": "the-request"
            }
        }})
    );
    let (resolution, _) = resolve(note(), || response(200, "<html>")).await;
    let Resolution::Error(error) = resolution else {
        panic!("{resolution:?}");
    };
    assert_eq!(
        (&*error.kind, &*error.message),
        ("Internal", "internal error")
    );
    let (resolution, _) = resolve(note(), || response(200, r#"{"noteId":"n"}"#)).await;
    assert_eq!(
        serde_json::to_value(resolution).unwrap(),
        json!({"value": {"noteId": "n"}})
    );
}
