//! The table of crates, and what the domain and the local server may depend on.

use super::graph::{Graph, Kind};

/// A broken rule, said so that it names the culprit.
pub(crate) type Sentence = String;

/// A crate of ours: its folder, its package, and which other crates of ours it may depend on.
struct Crate {
    folder: &'static str,
    package: &'static str,
    may_know: &'static [&'static str],
}

const fn row(
    folder: &'static str,
    package: &'static str,
    may_know: &'static [&'static str],
) -> Crate {
    Crate {
        folder,
        package,
        may_know,
    }
}

const DOMAIN: &str = "notewarden-domain";
const TESTKIT: &str = "notewarden-testkit";
const LOCAL_SERVER: &str = "notewarden";
/// What the adapters on AWS's SDK share.
const AWS: &str = "notewarden-aws";

/// Dependencies point toward the domain.
const CRATES: [Crate; 19] = [
    row("domain", DOMAIN, &[]),
    row("adapters/aws", AWS, &[DOMAIN]),
    row("adapters/dynamodb", "notewarden-dynamodb", &[DOMAIN, AWS]),
    row("adapters/s3", "notewarden-s3", &[DOMAIN, AWS]),
    row("adapters/sqs", "notewarden-sqs", &[DOMAIN, AWS]),
    row("adapters/cognito", "notewarden-cognito", &[DOMAIN, AWS]),
    // Knows tokens as such: the pools make tokens and have them verified there, as every issuer's are.
    row("adapters/oidc", "notewarden-oidc", &[DOMAIN]),
    row("adapters/embedded", "notewarden-embedded", &[DOMAIN]),
    // A protocol, usable without anything of this project.
    row("adapters/sigv4", "notewarden-sigv4", &[]),
    row("adapters/system", "notewarden-system", &[DOMAIN]),
    row(
        "adapters/userpool",
        "notewarden-userpool",
        &[DOMAIN, "notewarden-embedded", "notewarden-oidc"],
    ),
    row("handlers/api", "notewarden-api", &[DOMAIN]),
    row("handlers/archiver", "notewarden-archiver", &[DOMAIN]),
    row(
        "handlers/graphql",
        "notewarden-graphql",
        &[DOMAIN, "notewarden-api"],
    ),
    row(
        "handlers/lambda",
        "notewarden-lambda",
        &[
            DOMAIN,
            "notewarden-api",
            "notewarden-archiver",
            "notewarden-graphql",
            "notewarden-dynamodb",
            "notewarden-s3",
            "notewarden-sqs",
            "notewarden-cognito",
            "notewarden-oidc",
            "notewarden-system",
        ],
    ),
    row(
        "handlers/local",
        LOCAL_SERVER,
        &[
            DOMAIN,
            "notewarden-api",
            "notewarden-archiver",
            "notewarden-embedded",
            "notewarden-graphql",
            "notewarden-infra",
            "notewarden-oidc",
            "notewarden-sigv4",
            "notewarden-system",
            "notewarden-userpool",
        ],
    ),
    row("infra", "notewarden-infra", &[DOMAIN]),
    // The plans of archives, which their costs are held to, and what the template's outputs mean to the web client.
    row("infra/xtask", "xtask", &[DOMAIN, "notewarden-infra"]),
    row("testkit", TESTKIT, &[DOMAIN]),
];

/// What the domain may depend on outside its tests: no I/O, no clock, no environment, no runtime, no AWS.
const DOMAIN_MAY_USE: [&str; 10] = [
    "async-trait",
    // Chunks of objects, passed on without a copy.
    "bytes",
    // Behind the feature `mock`.
    "mockall",
    "serde",
    "serde_json",
    // Hashes of the secrets of API keys, and their comparison in constant time.
    "sha2",
    "subtle",
    "thiserror",
    // Tables of Unicode's normal forms, for the names in archives.
    "unicode-normalization",
    "uuid",
];

/// Edges between our crates that the table does not have, and crates that are not where it says.
pub(crate) fn edges(graph: &Graph) -> Vec<Sentence> {
    let mut broken = Vec::new();
    for (package, folder) in &graph.folders {
        if let Some(known) = find(package)
            && known.folder != folder
        {
            broken.push(format!(
                "`{package}` must be in `{}`, and is in `{folder}`",
                known.folder
            ));
        }
    }
    let is_ours = |name: &str| graph.folders.contains_key(name) || is_our_name(name);
    let mut unknown = None;
    for (from, to, kind) in graph.edges_of(is_ours) {
        let Some(known) = find(from) else {
            if unknown.replace(from) != Some(from) {
                broken.push(format!(
                    "`{from}` is not in the table of crates: say there what it may depend on"
                ));
            }
            continue;
        };
        if is_ours(to) {
            broken.extend(edge(known, to, kind));
        }
    }
    broken
}

fn edge(from: &Crate, to: &str, kind: Kind) -> Option<Sentence> {
    let Crate {
        package, may_know, ..
    } = from;
    if to == TESTKIT {
        return match kind {
            Kind::Development if *package == DOMAIN => Some(format!(
                "`{package}` must not depend on `{to}`, not even in its tests: the cycle builds it twice"
            )),
            Kind::Development => None,
            Kind::Normal | Kind::Build => Some(format!(
                "`{package}` must not depend on `{to}` outside its tests"
            )),
        };
    }
    if may_know.contains(&to) {
        return None;
    }
    // The local server stands in for AWS in the tests of what it is not made of: nothing is linked by that.
    if to == LOCAL_SERVER && kind == Kind::Development && !is_part_of_local_server(package) {
        return None;
    }
    let allowed = match may_know {
        [] => "nothing of ours".to_owned(),
        some => format!("`{}` only", some.join("`, `")),
    };
    Some(format!(
        "`{package}` must not depend on `{to}`: it may depend on {allowed}"
    ))
}

/// Dependencies of the domain that are not on its list.
pub(crate) fn domain_dependencies(graph: &Graph) -> Vec<Sentence> {
    graph
        .edges_of(|name| name == DOMAIN)
        .filter(|(_, to, kind)| {
            // Edges to crates of ours are the table's to judge.
            *kind != Kind::Development && !is_our_name(to) && !DOMAIN_MAY_USE.contains(to)
        })
        .map(|(_, to, _)| {
            format!("`{DOMAIN}` must not depend on `{to}`: it is not on the domain's list")
        })
        .collect()
}

/// AWS SDK clients that the local server links, however indirectly.
pub(crate) fn local_server_links(graph: &Graph) -> Vec<Sentence> {
    graph
        .linked(LOCAL_SERVER)
        .into_iter()
        .filter(|(package, _)| package.starts_with("aws-sdk-"))
        .map(|(package, way)| {
            format!(
                "the local server must not link `{package}`: {}",
                way.join(" → ")
            )
        })
        .collect()
}

fn find(package: &str) -> Option<&'static Crate> {
    CRATES.iter().find(|known| known.package == package)
}

fn is_part_of_local_server(package: &str) -> bool {
    find(LOCAL_SERVER).is_some_and(|server| server.may_know.contains(&package))
}

fn is_our_name(name: &str) -> bool {
    name == LOCAL_SERVER || name.starts_with("notewarden-") || name == "xtask"
}
