//! Documents over real HTTP, from a server that goes wrong by a script.

use std::time::Duration;

use notewarden_oidc::{DocumentUrl, Fetch, FetchError, HttpFetch, MAX_DOCUMENT};
use notewarden_testkit::http::{ScriptedServer, Step};

async fn get(server: &ScriptedServer) -> Result<usize, FetchError> {
    let url = DocumentUrl::parse(&format!("{}/keys?secret=x", server.endpoint())).unwrap();
    let fetch = HttpFetch::new().unwrap();
    let fetch = fetch.with_time_limit(Duration::from_millis(300));
    fetch.get(&url).await.map(|fetched| fetched.body.len())
}

#[tokio::test]
async fn a_document_comes_with_its_age() {
    let answer = Step::answer(200, "{}").with("cache-control", "public, max-age=60");
    let server = ScriptedServer::start(answer).await;
    let url = DocumentUrl::parse(&format!("{}/keys", server.endpoint())).unwrap();
    let fetched = HttpFetch::new().unwrap().get(&url).await.unwrap();
    assert_eq!(fetched.body, "{}");
    assert_eq!(fetched.max_age, Some(Duration::from_secs(60)));
    let requests = server.requests();
    assert_eq!(requests[0].path(), "/keys");
    assert_eq!(requests[0].header("accept"), Some("application/json"));
}

#[tokio::test]
async fn no_redirection_is_followed() {
    let elsewhere = ScriptedServer::start(Step::answer(200, "{}")).await;
    for status in [301, 302, 303, 307, 308] {
        let answer = Step::answer(status, "").with("location", elsewhere.endpoint());
        let server = ScriptedServer::start(answer).await;
        let refused = get(&server).await;
        assert!(
            matches!(refused, Err(FetchError::Status { status: found, .. }) if found == status)
        );
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn jwt_11_what_is_no_whole_document_in_time_is_none() {
    let whole = Step::answer(200, vec![b' '; MAX_DOCUMENT]);
    assert_eq!(
        get(&ScriptedServer::start(whole).await).await.unwrap(),
        MAX_DOCUMENT
    );
    let large = Step::answer(200, vec![b' '; MAX_DOCUMENT + 1]);
    let refused = get(&ScriptedServer::start(large).await).await;
    assert!(matches!(refused, Err(FetchError::TooLarge(_))));
    let late = get(&ScriptedServer::start(Step::never()).await).await;
    assert!(matches!(late, Err(FetchError::TimedOut(_))));
    for status in [204, 304, 400, 404, 500, 503] {
        let refused = get(&ScriptedServer::start(Step::answer(status, "")).await).await;
        assert!(
            matches!(refused, Err(FetchError::Status { .. })),
            "{status}"
        );
    }
    let cut = Step::Truncate {
        body: "{".into(),
        missing: 1,
    };
    for step in [cut, Step::Reset] {
        let refused = get(&ScriptedServer::start(step).await).await.unwrap_err();
        assert!(matches!(refused, FetchError::Unreachable { .. }));
        assert!(!format!("{refused:?} {refused}").contains("secret"));
    }
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_not_believed() {
    let server = ScriptedServer::start(Step::answer(200, "{}")).await;
    let url = server.endpoint().replace("http://", "https://");
    let url = DocumentUrl::parse(&url).unwrap();
    let fetch = HttpFetch::new()
        .unwrap()
        .with_time_limit(Duration::from_secs(2));
    let refused = fetch.get(&url).await;
    assert!(refused.is_err());
    assert!(server.requests().is_empty());
}
