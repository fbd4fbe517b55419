//! `notewarden why`, of a running server.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::Value;

use crate::{Shell, server::serve};

#[test]
fn a_refused_request_is_explained() {
    let shell = Shell::new();
    let _server = serve(&shell);
    let outputs = std::fs::read(shell.path(".notewarden/outputs.json")).unwrap();
    let outputs: Value = serde_json::from_slice(&outputs).unwrap();
    let address = outputs["Endpoint"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://");
    let mut connection = TcpStream::connect(address).unwrap();
    write!(
        connection,
        "GET /notes HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    let id = answer
        .lines()
        .find_map(|line| line.strip_prefix("x-amzn-requestid: "))
        .unwrap();

    shell
        .run("why", &[id])
        .exits(0)
        .says("Refused: ")
        .says("  action     execute-api:Invoke\n");
    let done = shell.run("why --json", &[id]).exits(0);
    assert_eq!(
        serde_json::from_str::<Value>(&done.out).unwrap()["decision"],
        "Refused"
    );
    shell
        .run("why no-such-id", &[])
        .exits(2)
        .complains("no decision on request `no-such-id` is remembered");

    // The deployment that now is there decides without a server, too.
    let role = outputs["AuthRoleArn"].as_str().unwrap();
    let resource = format!(
        "arn:aws:s3:::{}/private/us-east-1:a/x",
        outputs["Bucket"].as_str().unwrap()
    );
    shell
        .run(
            "policy test --action s3:GetObject --context cognito-identity.amazonaws.com:sub=us-east-1:a",
            &["--principal", role, "--resource", &resource],
        )
        .exits(0);
}
