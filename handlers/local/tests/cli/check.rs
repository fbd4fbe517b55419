//! `notewarden policy check`.

use serde_json::{Value, json};

use crate::{
    Shell,
    policies::{ONLY_TLS, OWN_FOLDER},
};

const REFUSED: &str = "{\"Version\": \"2012-10-17\",\n \"Statement\": [{\"Effect\": \"Permit\"}]}";
const DOUBTFUL: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::files/${aws:usernam}/*"}]}"#;

fn shell() -> Shell {
    Shell::new()
        .with("own.json", OWN_FOLDER)
        .with("tls.json", ONLY_TLS)
        .with("refused.json", REFUSED)
        .with("doubtful.json", DOUBTFUL)
}

#[test]
fn what_is_well_passes() {
    shell()
        .run("policy check --deny-warnings own.json tls.json", &[])
        .exits(0)
        .says("2 checked: 0 refused, 0 warnings");
}

#[test]
fn a_refusal_is_where_an_editor_jumps_to() {
    shell()
        .run("policy check own.json refused.json", &[])
        .exits(1)
        .says("refused.json:2:27: refused: Statement[0].Effect: must be `Allow` or `Deny`, not `Permit`\n")
        .says("2 checked: 1 refused, 0 warnings");
}

#[test]
fn a_warning_fails_only_if_asked_to() {
    let shell = shell();
    shell
        .run("policy check doubtful.json", &[])
        .exits(0)
        .says("doubtful.json:2:33: warning: Statement[0].Action: `s3` has no action `GetObjekt`; `GetObject` is near")
        .says("`aws:usernam`; `aws:username` is near");
    shell
        .run("policy check --deny-warnings doubtful.json", &[])
        .exits(1);
}

#[test]
fn the_kind_decides_what_must_be_there() {
    shell()
        .run("policy check --kind identity tls.json", &[])
        .exits(1)
        .says("Principal");
}

#[test]
fn findings_are_json_for_machines() {
    let done = shell()
        .run("policy check --json refused.json own.json", &[])
        .exits(1);
    assert_eq!(
        serde_json::from_str::<Value>(&done.out).unwrap(),
        json!({
            "file": "refused.json", "severity": "refused", "line": 2, "column": 27, "path": "Statement[0].Effect",
            "message": "must be `Allow` or `Deny`, not `Permit`",
        })
    );
}

#[test]
fn a_missing_file_is_an_error() {
    shell()
        .run("policy check none.json", &[])
        .exits(2)
        .complains("`none.json` cannot be read");
    shell().run("policy check", &[]).exits(2);
}
