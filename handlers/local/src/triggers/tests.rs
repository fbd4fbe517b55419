//! Functions that do what they should, and every way in which they do not: real programs, and a real URL.

use std::{fs, path::PathBuf};

use http_body_util::{BodyExt, Full};
use hyper::{
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::*;

/// A directory with a triggers' file.
struct Place(TempDir);

impl Place {
    fn new(file: &Value) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::write(place.file(), file.to_string()).unwrap();
        place
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("triggers.json")
    }

    fn triggers(&self) -> Triggers {
        Triggers::read(&self.file()).unwrap()
    }
}

fn refused(file: &Value) -> String {
    let Err(error) = Triggers::read(&Place::new(file).file()) else {
        panic!("{file} is taken");
    };
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    format!("{error}: {}", cause.unwrap_or_default())
}

#[test]
fn what_is_wrong_with_the_file_is_named() {
    for (file, named) in [
        (json!({ "PreSignup": { "command": ["x"] } }), "PreSignup"),
        (json!({ "PreSignUp": { "cmd": ["x"] } }), "cmd"),
        (json!({ "PreSignUp": {} }), "PreSignUp"),
        (
            json!({ "PreSignUp": { "command": ["x"], "url": "http://localhost/" } }),
            "not both",
        ),
        (
            json!({ "PostConfirmation": { "command": [] } }),
            "PostConfirmation",
        ),
        (
            json!({ "PreSignUp": { "command": ["x"], "version": "V2_0" } }),
            "V1_0",
        ),
        (
            json!({ "PreTokenGeneration": { "command": ["x"], "version": "V3_0" } }),
            "V3_0",
        ),
        (
            json!({ "PreSignUp": { "url": "http://example.com/" } }),
            "this machine",
        ),
        (
            json!({ "PreSignUp": { "url": "https://127.0.0.1/" } }),
            "this machine",
        ),
    ] {
        let message = refused(&file);
        assert!(message.contains(named), "{file}: {message}");
    }
    let missing = Triggers::read(Path::new("/nowhere/triggers.json"));
    assert!(matches!(missing, Err(TriggersError::Io { .. })));
}

#[cfg(unix)]
fn shell(script: &str) -> Place {
    Place::new(&json!({ "PreSignUp": { "command": ["sh", "-c", script] } }))
}

#[cfg(unix)]
async fn outcome(script: &str) -> Result<Value, TriggerFailure> {
    let place = shell(script);
    let triggers = place.triggers();
    let event = json!({ "userName": "alice", "response": {} });
    triggers.call(Trigger::PreSignUp, event).await
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_gets_the_event_and_gives_its_answer() {
    let answer = outcome("cat").await.unwrap();
    assert_eq!(answer["userName"], "alice");
    // One that reads nothing still answers.
    let answer = outcome(r#"echo '{"response": {"autoConfirmUser": true}}'"#).await;
    assert_eq!(answer.unwrap()["response"]["autoConfirmUser"], true);
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_is_found_where_the_file_is_and_runs_there() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::new(&json!({ "PreSignUp": { "command": ["./function"] } }));
    let program = place.0.path().join("function");
    fs::write(
        &program,
        "#!/bin/sh\nprintf '{\"place\": \"%s\"}' \"$(pwd)\"\n",
    )
    .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    let answer = place.triggers().call(Trigger::PreSignUp, json!({})).await;
    let expected = place.0.path().canonicalize().unwrap();
    assert_eq!(answer.unwrap()["place"], expected.to_str().unwrap());
}

#[cfg(unix)]
#[tokio::test]
async fn what_a_program_does_wrong_is_told_apart() {
    let refusal = r#"{"errorMessage": "nobody\u0000 may", "errorType": "Error"}"#;
    let refused = TriggerFailure::Refused("nobody may".to_owned());
    assert_eq!(
        outcome(&format!("echo '{refusal}'")).await,
        Err(refused.clone())
    );
    assert_eq!(
        outcome(&format!("echo '{refusal}'; exit 1")).await,
        Err(refused)
    );
    for (script, named) in [("exit 3", "exit status: 3"), ("kill -9 $$", "signal: 9")] {
        let Err(TriggerFailure::NoAnswer(reason)) = outcome(script).await else {
            panic!("{script}");
        };
        assert!(reason.contains(named), "{reason}");
    }
    for script in ["true", "echo x", "echo 7", "head -c 300000 /dev/zero"] {
        let failed = outcome(script).await;
        assert!(
            matches!(failed, Err(TriggerFailure::InvalidAnswer(_))),
            "{script}: {failed:?}"
        );
    }
    let missing = Place::new(&json!({ "PreSignUp": { "command": ["./missing"] } }));
    let missing = missing.triggers().call(Trigger::PreSignUp, json!({})).await;
    assert!(matches!(missing, Err(TriggerFailure::NoAnswer(_))));
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_that_takes_too_long_is_ended() {
    let place = shell("echo $$ > pid; exec sleep 600");
    let triggers = place.triggers().with_time_limit(Duration::from_millis(500));
    let late = triggers.call(Trigger::PreSignUp, json!({})).await;
    assert!(matches!(late, Err(TriggerFailure::NoAnswer(_))), "{late:?}");
    let pid = fs::read_to_string(place.0.path().join("pid")).unwrap();
    let process = PathBuf::from("/proc").join(pid.trim()).join("cmdline");
    // Dead, and perhaps not buried.
    let is_over = || fs::read(&process).is_ok_and(|line| !line.is_empty());
    while cfg!(target_os = "linux") && is_over() {
        tokio::task::yield_now().await;
    }
}

/// Answers every request alike: with the event if there is no `body`.
async fn serve(status: u16, body: Option<Vec<u8>>, error: bool) -> Place {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let body = body.clone();
            let answer = service_fn(move |request: Request| {
                let body = body.clone();
                async move {
                    let event = request.into_body().collect().await.unwrap().to_bytes();
                    let mut response = http::Response::builder().status(status);
                    if error {
                        response = response.header("x-amz-function-error", "Unhandled");
                    }
                    response.body(Full::<Bytes>::from(body.map_or(event, Bytes::from)))
                }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
        }
    });
    Place::new(&json!({ "PreSignUp": { "url": format!("http://{address}/function") } }))
}

type Request = http::Request<Incoming>;

#[tokio::test]
async fn a_url_gets_the_event_and_gives_its_answer() {
    let event = json!({ "userName": "alice" });
    let call = |place: Place| {
        let event = event.clone();
        async move { place.triggers().call(Trigger::PreSignUp, event).await }
    };
    assert_eq!(call(serve(200, None, false).await).await, Ok(event.clone()));
    let refusal = br#"{"errorMessage": "no"}"#.to_vec();
    for (status, error) in [(200, false), (200, true), (500, false)] {
        let place = serve(status, Some(refusal.clone()), error).await;
        let refused = TriggerFailure::Refused("no".to_owned());
        assert_eq!(call(place).await, Err(refused), "{status}");
    }
    for (status, error) in [(404, false), (302, false), (200, true)] {
        let failed = call(serve(status, Some(b"{}".to_vec()), error).await).await;
        assert!(
            matches!(failed, Err(TriggerFailure::NoAnswer(_))),
            "{status}"
        );
    }
    for body in [vec![], b"<html>".to_vec(), vec![b' '; MAX_ANSWER + 1]] {
        let failed = call(serve(200, Some(body), false).await).await;
        assert!(matches!(failed, Err(TriggerFailure::InvalidAnswer(_))));
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let silent = Place::new(&json!({ "PreSignUp": { "url": url } }));
    let silent = silent
        .triggers()
        .with_time_limit(Duration::from_millis(100));
    let failed = silent.call(Trigger::PreSignUp, json!({})).await;
    assert!(matches!(failed, Err(TriggerFailure::NoAnswer(_))));
}
