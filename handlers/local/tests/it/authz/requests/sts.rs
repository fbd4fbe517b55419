//! STS's operations.

use bytes::Bytes;
use http::{Method, Request};

use super::{Case, case};
use crate::support::{Actor, Place};

/// About the role that everybody's credentials are of.
pub fn sts() -> Vec<Case> {
    let sts = |operation: &'static str, parameters: fn(&Place) -> String| {
        case(
            format!("sts {operation}"),
            "sts",
            move |alice: Actor| async move {
                let parameters = parameters(&alice.place);
                form(
                    &alice,
                    format!("Action={operation}&Version=2011-06-15{parameters}"),
                )
            },
        )
    };
    vec![
        sts("AssumeRole", session_of_role),
        sts("AssumeRoleWithWebIdentity", |place| {
            format!("{}&WebIdentityToken=a.b.c", session_of_role(place))
        }),
        sts("GetCallerIdentity", |_| String::new()),
        sts("GetSessionToken", |_| String::new()),
    ]
}

fn session_of_role(place: &Place) -> String {
    let role = place.output("AuthRoleArn");
    format!("&RoleArn={role}&RoleSessionName=session")
}

fn form(alice: &Actor, body: String) -> Request<Bytes> {
    alice.request(
        Method::POST,
        "/",
        &[("content-type", "application/x-www-form-urlencoded")],
        body,
    )
}
