//! `notewarden policy test`.

use serde_json::Value;

use crate::{
    Shell,
    policies::{ONLY_TLS, OWN_FOLDER, TAGS},
};

const GENERATED: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../domain/tests/data/iam/generated-cases.jsonl"
);
const USER_GUIDE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../domain/tests/data/iam/aws-guide-cases.jsonl"
);

/// Amy reads objects of the bucket `files`.
const AMY_READS: &str =
    "policy test --principal arn:aws:iam::123456789012:user/amy --action s3:GetObject";
const AMY_LISTS: &str = "policy test --principal arn:aws:iam::123456789012:user/amy --action s3:ListBucket \
                         --resource arn:aws:s3:::files --policy own.json";

#[test]
fn a_verdict_is_an_exit_code_and_a_reason() {
    let shell = Shell::new()
        .with("own.json", OWN_FOLDER)
        .with("tls.json", ONLY_TLS);
    let read = |more: &str| shell.run(&format!("{AMY_READS} {more}"), &[]);
    read("--resource arn:aws:s3:::files/amy/x --policy own.json")
        .exits(0)
        .says("Allowed: allowed by identity policy `own.json`, statement 0 (`Own`)");
    read("--resource arn:aws:s3:::files/bob/x --policy own.json")
        .exits(1)
        .says("ImplicitlyDenied: no identity policy allows it")
        .says("    request    arn:aws:s3:::files/bob/x\n    statement  arn:aws:s3:::files/amy/*\n")
        .says("\n                                  ^ no further\n    written    arn:aws:s3:::files/${aws:username}/*");
    read("--resource arn:aws:s3:::files/amy/x --policy own.json tls.json --context aws:SecureTransport=false")
        .exits(1)
        .says("ExplicitlyDenied: denied by resource policy `tls.json`, statement 0 (`OnlyTls`)");
    read("--resource arn:aws:s3:::files/amy/x --policy own.json --boundary own.json --session own.json --scp own.json")
        .exits(0);
    read("--resource arn:aws:s3:::files/amy/x --policy own.json --scp tls.json")
        .exits(2)
        .complains("notewarden: tls.json:2:");
    shell
        .run(
            "policy test --principal amy --action s3:GetObject --resource * --policy own.json",
            &[],
        )
        .exits(2)
        .complains("`amy` is no ARN");
    shell.run("policy test --action s3:GetObject", &[]).exits(2);
}

#[test]
fn a_context_key_has_one_value_or_several() {
    let shell = Shell::new()
        .with("own.json", OWN_FOLDER)
        .with("tags.json", TAGS);
    let list = |more: &[&str]| shell.run(AMY_LISTS, more);
    list(&["--context", "s3:prefix=amy/"]).exits(0);
    list(&["--context", "s3:prefix=bob/"]).exits(1);
    list(&[])
        .exits(1)
        .says("Condition.StringLike.s3:prefix\n    request    does not have the key");
    // A list is no single value, not even a list of one.
    list(&["--context", "s3:prefix=[amy/]"]).exits(1);
    list(&["--context", "s3:prefix"])
        .exits(2)
        .complains("a context key and its value are joined by `=`");

    let tag = |more: &[&str]| {
        shell.run(
            "policy test --principal arn:aws:iam::123456789012:user/amy --action sqs:TagQueue \
             --resource arn:aws:sqs:us-east-1:123456789012:q --policy tags.json",
            more,
        )
    };
    tag(&[
        "--context",
        "aws:TagKeys=team",
        "--context",
        "aws:TagKeys=cost",
    ])
    .exits(0);
    tag(&[
        "--context",
        "aws:TagKeys=team",
        "--context",
        "aws:TagKeys=other",
    ])
    .exits(1);
    tag(&["--context", "aws:TagKeys=[team, cost]"]).exits(0);
    tag(&["--context", r#"aws:TagKeys=["team,cost"]"#]).exits(1);
    tag(&["--context", "aws:TagKeys=[]"]).exits(1);
}

#[test]
fn a_decision_is_json_for_machines() {
    let shell = Shell::new().with("own.json", OWN_FOLDER);
    let done = shell
        .run(&format!("{AMY_LISTS} --context s3:prefix=bob/ --json"), &[])
        .exits(1);
    let decision: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(decision["decision"], "ImplicitlyDenied");
    assert_eq!(decision["closest"]["sid"], "List");
    let mismatch = &decision["statements"][1]["mismatch"];
    assert_eq!(mismatch["element"], "Condition.StringLike.s3:prefix");
    assert_eq!(mismatch["patterns"][0]["expanded"], "amy/*");
}

#[test]
fn without_policies_the_templates_roles_decide() {
    let shell = Shell::new();
    let ask = |role: &str, resource: &str| {
        let principal =
            format!("arn:aws:sts::000000000000:assumed-role/{role}/CognitoIdentityCredentials");
        shell.run(
            "policy test --action s3:GetObject --context cognito-identity.amazonaws.com:sub=us-east-1:a",
            &["--principal", &principal, "--resource", resource],
        )
    };
    let role = "notewarden-AuthRole-EXAMPLE";
    ask(role, "arn:aws:s3:::the-bucket/private/us-east-1:a/x")
        .exits(0)
        .says("`OwnFolder`, statement 0 (`FilesInOwnFolder`)");
    ask(role, "arn:aws:s3:::the-bucket/private/us-east-1:b/x").exits(1);
    ask("Other", "arn:aws:s3:::the-bucket/private/us-east-1:a/x")
        .exits(2)
        .complains("which has `notewarden-AuthRole-EXAMPLE` as no server has run in `.notewarden`");
}

#[test]
fn a_table_shows_what_differs() {
    let shell = Shell::new();
    shell
        .run("policy test --cases", &[USER_GUIDE])
        .exits(0)
        .says("86 cases: 0 differ");
    // Those that the domain's tests list with their reasons.
    let done = shell.run("policy test --cases", &[GENERATED]).exits(1);
    let mut differing: Vec<&str> = done
        .out
        .lines()
        .filter_map(|line| Some(line.split_once(": expected ")?.0))
        .collect();
    differing.sort_unstable();
    assert_eq!(
        differing,
        [
            "gen-1-372",
            "gen-1-416",
            "gen-1-505",
            "gen-1-594",
            "gen-1-887",
            "gen-1-90"
        ]
    );
    done.says("1000 cases: 6 differ");
}

#[test]
fn a_table_is_a_line_of_json_a_case() {
    let done = Shell::new()
        .run("policy test --json --cases", &[GENERATED])
        .exits(1);
    let lines: Vec<Value> = done
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 1_000);
    for line in &lines {
        let members: Vec<_> = line.as_object().unwrap().keys().collect();
        assert_eq!(members, ["id", "decision", "reason"]);
    }
    let decided = |verdict: &str| {
        lines
            .iter()
            .filter(|line| line["decision"] == verdict)
            .count()
    };
    assert!(decided("Allowed") > 50 && decided("ExplicitlyDenied") > 50);
}

#[test]
fn a_line_that_is_no_case_is_named_and_the_others_are_decided() {
    let good = std::fs::read_to_string(USER_GUIDE).unwrap();
    let good = good.lines().next().unwrap();
    let table = format!("{good}\n\n{{\"id\": \"bad\", \"policies\": 1}}\n{good}\n");
    let shell = Shell::new().with("cases.jsonl", &table);
    shell
        .run("policy test --cases cases.jsonl", &[])
        .exits(2)
        .says("cases.jsonl:3:27: policies:")
        .says("3 cases: 0 differ, 1 cannot be read");
    let done = shell
        .run("policy test --cases cases.jsonl --json", &[])
        .exits(2);
    assert_eq!(done.out.lines().count(), 3);
    done.says(r#"{"id":"bad","decision":"Error","reason":"cases.jsonl:3:27:"#);
    shell.run("policy test --cases none.jsonl", &[]).exits(2);
}
