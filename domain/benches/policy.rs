//! How long a decision takes: `cargo bench -p notewarden-domain` prints nanoseconds per evaluation, the best of
//! several rounds.
#![expect(
    clippy::print_stdout,
    reason = "a benchmark reports on standard output"
)]
#![expect(
    clippy::expect_used,
    reason = "a benchmark stops when its premises do not hold"
)]

use std::{hint::black_box, time::Instant};

use notewarden_domain::policy::{
    CompiledPolicies, Context, Policy, PolicyKind, Principal, Request, Verdict,
};

const ROUNDS: usize = 15;
const EVALUATIONS: u32 = 100_000;

/// The auth role: the caller's own folder, its listing, and the API.
const AUTH_ROLE: &str = r#"
    {"Effect": "Allow", "Action": "s3:*",
     "Resource": "arn:aws:s3:::files/private/${cognito-identity.amazonaws.com:sub}/*"},
    {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::files",
     "Condition": {"StringLike": {"s3:prefix": "private/${cognito-identity.amazonaws.com:sub}/*"}}},
    {"Effect": "Allow", "Action": "execute-api:*",
     "Resource": "arn:aws:execute-api:us-east-1:000000000000:abc123/*"}"#;

fn compile(statements: &str) -> CompiledPolicies {
    let json = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let policy = Policy::parse(&json, PolicyKind::Identity).expect("a policy");
    CompiledPolicies::builder().identity(&policy).build()
}

/// `count` statements of which none but the last is about the object asked for: other folders of the same
/// bucket, other buckets and other services, with a condition on each fourth.
fn many(count: usize) -> CompiledPolicies {
    let others = (1..count).map(|i| {
        let (action, resource) = match i % 4 {
            0 => ("s3:GetObject", format!("arn:aws:s3:::files/shared/{i}/*")),
            1 => ("s3:Get*", format!("arn:aws:s3:::bucket-{i}/*")),
            2 => (
                "dynamodb:GetItem",
                format!("arn:aws:dynamodb:us-east-1:000000000000:table/T{i}"),
            ),
            _ => (
                "sqs:SendMessage",
                format!("arn:aws:sqs:us-east-1:000000000000:q{i}"),
            ),
        };
        let condition = match i % 4 {
            0 => r#", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}"#,
            _ => "",
        };
        format!(
            r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"{condition}}}"#
        )
    });
    let own = r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": "arn:aws:s3:::files/private/${cognito-identity.amazonaws.com:sub}/*"}"#;
    compile(&others.chain([own.to_owned()]).collect::<Vec<_>>().join(","))
}

fn report(name: &str, policies: &CompiledPolicies, request: &Request<'_>, expected: Verdict) {
    assert_eq!(policies.evaluate(request), expected, "{name}");
    let round = |_| {
        let start = Instant::now();
        for _ in 0..EVALUATIONS {
            black_box(policies.evaluate(black_box(request)));
        }
        start.elapsed()
    };
    let best = (0..ROUNDS).map(round).min().unwrap_or_default();
    let nanos = best.as_nanos() as f64 / f64::from(EVALUATIONS);
    println!("{name:<45} {nanos:>8.1} ns");
}

fn main() {
    let principal: Principal =
        "arn:aws:sts::000000000000:assumed-role/AuthRole/CognitoIdentityCredentials"
            .parse()
            .expect("a principal");
    let identity = "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01";
    let context = Context::new()
        .with("aws:SourceIp", "203.0.113.7")
        .with("aws:SecureTransport", "true")
        .with("aws:CurrentTime", "2026-11-21T03:00:00Z")
        .with(
            "aws:PrincipalArn",
            "arn:aws:iam::000000000000:role/AuthRole",
        )
        .with("aws:PrincipalAccount", "000000000000")
        .with(
            "cognito-identity.amazonaws.com:aud",
            "us-east-1:11111111-2222-3333-4444-555555555555",
        )
        .with("cognito-identity.amazonaws.com:sub", identity)
        .with("s3:prefix", format!("private/{identity}/2026/"));
    let own = format!("arn:aws:s3:::files/private/{identity}/2026/a.txt");
    let other = format!("arn:aws:s3:::files/private/{identity}b/2026/a.txt");
    let api = "arn:aws:execute-api:us-east-1:000000000000:abc123/$default/GET/notes/1";
    let ask = |action, resource| Request::new(&principal, action, resource, &context);

    let role = compile(AUTH_ROLE);
    report(
        "auth role, own object",
        &role,
        &ask("s3:GetObject", &own),
        Verdict::Allowed,
    );
    report(
        "auth role, own listing",
        &role,
        &ask("s3:ListBucket", "arn:aws:s3:::files"),
        Verdict::Allowed,
    );
    report(
        "auth role, API",
        &role,
        &ask("execute-api:Invoke", api),
        Verdict::Allowed,
    );
    report(
        "auth role, another's object",
        &role,
        &ask("s3:GetObject", &other),
        Verdict::ImplicitlyDenied,
    );
    for count in [50, 100, 1_000] {
        let policies = many(count);
        let name = |what| format!("{count} statements, {what}");
        report(
            &name("own object"),
            &policies,
            &ask("s3:GetObject", &own),
            Verdict::Allowed,
        );
        report(
            &name("another's object"),
            &policies,
            &ask("s3:GetObject", &other),
            Verdict::ImplicitlyDenied,
        );
    }
}
