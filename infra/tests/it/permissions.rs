//! The functions' roles beside their code: each may do what its adapters were seen to do, and nothing else.

use std::{collections::BTreeSet, fs, path::Path};

use notewarden_infra::FunctionSettings;
use serde_json::Value;

use super::functions::{functions, name, statements, strings};

/// What a function calls: the adapters that are wired into it, and the queue that it is fed from.
struct Calls {
    function: &'static str,
    /// What each of its adapters was seen to do, as a file beside the adapter's tests.
    adapters: &'static [&'static str],
    /// What it does besides: what the links that it signs let their bearers do, though signing calls nothing, and what
    /// it does by a part of an adapter, or with objects of another kind.
    besides: &'static [&'static str],
    queue: Option<&'static str>,
}

const CALLS: [Calls; 5] = [
    Calls {
        function: "ApiFunction",
        adapters: &[
            "dynamodb/tests/archives.golden",
            "dynamodb/tests/claims.golden",
            "dynamodb/tests/files.golden",
            "dynamodb/tests/permissions.golden",
            "dynamodb/tests/ways_in.golden",
            "s3/tests/permissions.golden",
        ],
        besides: &[
            // By links.
            "s3:GetObject Bucket/private/*",
            "s3:GetObject Bucket/zip/*",
            "s3:PutObject Bucket/private/*",
            "s3:DeleteObject Bucket/zip/*",
            "sqs:SendMessage ArchiveQueue",
            "cognito-idp:AdminDisableUser UserPool",
            "cognito-idp:AdminUserGlobalSignOut UserPool",
        ],
        queue: None,
    },
    Calls {
        function: "ArchiverFunction",
        adapters: &[
            "cognito/tests/permissions.golden",
            "dynamodb/tests/archives.golden",
            "dynamodb/tests/files.golden",
            "dynamodb/tests/permissions.golden",
            "dynamodb/tests/revocation.golden",
            "s3/tests/archives.golden",
            "s3/tests/erasure.golden",
            "s3/tests/permissions.golden",
        ],
        besides: &[
            "s3:DeleteObject Bucket/zip/*",
            "s3:GetObject Bucket/zip/*",
            "sqs:SendMessage ArchiveQueue",
        ],
        queue: Some("ArchiveQueue"),
    },
    Calls {
        function: "AuthorizerFunction",
        adapters: &["dynamodb/tests/authentication.golden"],
        besides: &[],
        queue: None,
    },
    Calls {
        function: "GraphQlFunction",
        adapters: &[
            "dynamodb/tests/archives.golden",
            "dynamodb/tests/claims.golden",
            "dynamodb/tests/files.golden",
            "dynamodb/tests/permissions.golden",
            "s3/tests/permissions.golden",
        ],
        besides: &[
            // By links.
            "s3:GetObject Bucket/private/*",
            "s3:GetObject Bucket/zip/*",
            "s3:PutObject Bucket/private/*",
            "s3:DeleteObject Bucket/zip/*",
            "sqs:SendMessage ArchiveQueue",
        ],
        queue: None,
    },
    Calls {
        function: "IndexerFunction",
        adapters: &[
            "dynamodb/tests/arrivals.golden",
            "s3/tests/permissions.golden",
        ],
        // Lambda hands over what failed every time, in the function's name.
        besides: &["sqs:SendMessage IndexerDeadLetters"],
        queue: None,
    },
];

/// What Lambda does with a queue in the function's name.
const QUEUE_ACTIONS: [&str; 3] = [
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
];

/// What Lambda does with the log group in the function's name.
const LOG_ACTIONS: [&str; 2] = ["logs:CreateLogStream", "logs:PutLogEvents"];

/// What the role allows, a line for each action and resource.
fn allowed(function: &FunctionSettings) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for statement in statements(function) {
        assert_eq!(statement["Effect"], "Allow", "{statement}");
        for element in ["NotAction", "NotResource", "Condition"] {
            assert_eq!(statement[element], Value::Null, "{statement}");
        }
        for action in strings(&statement["Action"]) {
            for resource in strings(&statement["Resource"]) {
                lines.insert(format!("{action} {}", name(resource)));
            }
        }
    }
    lines
}

/// What the function's adapters were seen to call in their contract runs, and what Lambda does for it.
fn called(calls: &Calls) -> BTreeSet<String> {
    let own = |actions: &[&str], id: &str| -> Vec<String> {
        actions
            .iter()
            .map(|action| format!("{action} {id}"))
            .collect()
    };
    let mut lines: BTreeSet<String> = own(&LOG_ACTIONS, &format!("{}Logs", calls.function))
        .into_iter()
        .chain(
            calls
                .queue
                .iter()
                .flat_map(|queue| own(&QUEUE_ACTIONS, queue)),
        )
        .collect();
    lines.extend(calls.besides.iter().map(|&line| line.to_owned()));
    for adapter in calls.adapters {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../adapters")
            .join(adapter);
        let text = fs::read_to_string(&golden)
            .unwrap_or_else(|error| panic!("{}: {error}", golden.display()));
        assert!(!text.is_empty(), "{} names nothing", golden.display());
        lines.extend(text.lines().map(str::to_owned));
    }
    lines
}

#[test]
fn every_function_may_do_what_it_does_and_nothing_else() {
    let functions = functions();
    let names: Vec<_> = functions.iter().map(|f| f.logical_id.as_str()).collect();
    assert_eq!(names, CALLS.map(|calls| calls.function));
    let mut wrong = Vec::new();
    for (function, calls) in functions.iter().zip(&CALLS) {
        let (allowed, called) = (allowed(function), called(calls));
        let role = &function.role_id;
        wrong.extend(
            called
                .difference(&allowed)
                .map(|line| format!("{role} lacks `{line}`")),
        );
        wrong.extend(
            allowed
                .difference(&called)
                .map(|line| format!("{role} allows `{line}`, which nothing calls")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
