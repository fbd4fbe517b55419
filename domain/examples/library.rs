//! A lending library with nothing of AWS that takes over two things: the policy evaluator decides who may see
//! which reader's record, and a note's content obeys the same rules as everywhere.
//!
//! `cargo run -p notewarden-domain --example library`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use notewarden_domain::{
    Content,
    policy::{CompiledPolicies, Context, Policy, PolicyKind, Principal, Request},
};

/// Readers see their own record; whoever is at the desk sees those of the desk's branch, but not the closed ones.
const RULES: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "OwnRecord", "Effect": "Allow", "Action": "library:ReadRecord",
     "Resource": "arn:library:records:::*/${library:reader}/*"},
    {"Sid": "Desk", "Effect": "Allow", "Action": "library:*",
     "Resource": "arn:library:records:::${library:branch}/*",
     "Condition": {"Bool": {"library:atDesk": "true"}}},
    {"Sid": "Closed", "Effect": "Deny", "Action": "*", "Resource": "arn:library:records:::*/closed"}
  ]
}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rules = Policy::parse(RULES, PolicyKind::Identity)?.named("house rules");
    let rules = CompiledPolicies::builder().identity(&rules).build();

    let member: Principal = "arn:library:iam::000000000001:user/member".parse()?;
    let reader = Context::new().with("library:reader", "r-17");
    let desk = Context::new()
        .with("library:branch", "harbour")
        .with("library:atDesk", "true");
    for (who, context, action, record) in [
        (
            "a reader",
            &reader,
            "library:ReadRecord",
            "harbour/r-17/loans",
        ),
        (
            "a reader",
            &reader,
            "library:ReadRecord",
            "harbour/r-171/loans",
        ),
        ("the desk", &desk, "library:RenewLoan", "harbour/r-17/loans"),
        (
            "the desk",
            &desk,
            "library:ReadRecord",
            "harbour/r-17/closed",
        ),
        ("the desk", &desk, "library:ReadRecord", "hill/r-17/loans"),
    ] {
        let resource = format!("arn:library:records:::{record}");
        let decision = rules.explain(&Request::new(&member, action, &resource, context));
        println!("{who}, {action} on {record}\n  {decision}");
    }

    let remark: Content = "returned with a pressed flower in it"
        .to_owned()
        .try_into()?;
    println!(
        "a remark of {} characters is kept",
        remark.as_str().chars().count()
    );
    Ok(())
}
