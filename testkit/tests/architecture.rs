//! The repository's rules, held over `cargo metadata` and the files: which crate may know which, what the domain
//! and the local server may link, and how the workspace is laid out. A broken rule is a sentence.
#![expect(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

#[path = "architecture/graph.rs"]
mod graph;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use std::path::Path;

use self::{
    graph::{Graph, Kind},
    rules::Sentence,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("testkit lies in the workspace")
}

fn hold(broken: &[Sentence]) {
    assert!(broken.is_empty(), "\n- {}\n", broken.join("\n- "));
}

#[test]
fn crates_know_only_whom_they_may() {
    hold(&rules::edges(&Graph::of_workspace(root())));
}

#[test]
fn the_domain_depends_on_little() {
    hold(&rules::domain_dependencies(&Graph::of_workspace(root())));
}

#[test]
fn the_local_server_links_no_aws_client() {
    hold(&rules::local_server_links(&Graph::of_workspace(root())));
}

#[test]
fn the_top_level_is_as_agreed() {
    hold(&source::top_level(root()));
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    hold(&source::lints(root()));
}

#[test]
fn every_version_says_what_the_crate_is_for() {
    hold(&source::commented_dependencies(&source::read(
        &root().join("Cargo.toml"),
    )));
}

#[test]
fn modules_have_their_own_names() {
    hold(&source::module_files(root()));
}

#[test]
fn adapters_are_chosen_in_the_wiring() {
    hold(&source::adapters_outside_wiring(root()));
}

/// The checks are worth something only if they see what they forbid.
mod planted {
    use super::*;

    fn broken(check: fn(&Graph) -> Vec<Sentence>, edges: &[(&str, &str, Kind)]) -> Vec<Sentence> {
        check(&Graph::of_edges(edges))
    }

    #[test]
    fn an_edge_away_from_the_domain_is_named() {
        assert_eq!(
            broken(
                rules::edges,
                &[
                    ("notewarden-api", "notewarden-domain", Kind::Normal),
                    ("notewarden-api", "notewarden-embedded", Kind::Normal),
                ]
            ),
            [
                "`notewarden-api` must not depend on `notewarden-embedded`: it may depend on `notewarden-domain` only"
            ]
        );
        assert_eq!(
            broken(
                rules::edges,
                &[("notewarden-domain", "notewarden-sigv4", Kind::Build)]
            ),
            [
                "`notewarden-domain` must not depend on `notewarden-sigv4`: it may depend on nothing of ours"
            ]
        );
    }

    #[test]
    fn the_testkit_outside_tests_is_named() {
        let edge = ("notewarden-api", "notewarden-testkit");
        assert_eq!(
            broken(rules::edges, &[(edge.0, edge.1, Kind::Development)]),
            [""; 0]
        );
        assert_eq!(
            broken(rules::edges, &[(edge.0, edge.1, Kind::Normal)]),
            ["`notewarden-api` must not depend on `notewarden-testkit` outside its tests"]
        );
        assert_eq!(
            broken(
                rules::edges,
                &[("notewarden-domain", "notewarden-testkit", Kind::Development)]
            ),
            [
                "`notewarden-domain` must not depend on `notewarden-testkit`, not even in its tests: the cycle builds it twice"
            ]
        );
    }

    #[test]
    fn the_local_server_outside_tests_or_of_its_parts_is_named() {
        let adapter = ("notewarden-s3", "notewarden");
        assert_eq!(
            broken(rules::edges, &[(adapter.0, adapter.1, Kind::Development)]),
            [""; 0]
        );
        assert_eq!(
            broken(rules::edges, &[(adapter.0, adapter.1, Kind::Normal)]),
            [
                "`notewarden-s3` must not depend on `notewarden`: it may depend on `notewarden-domain`, `notewarden-aws` only"
            ]
        );
        assert_eq!(
            broken(
                rules::edges,
                &[("notewarden-sigv4", "notewarden", Kind::Development)]
            ),
            [
                "`notewarden-sigv4` must not depend on `notewarden`: it may depend on nothing of ours"
            ]
        );
    }

    #[test]
    fn a_crate_that_nobody_knows_is_named() {
        assert_eq!(
            broken(
                rules::edges,
                &[("notewarden-misc", "notewarden-domain", Kind::Normal)]
            ),
            ["`notewarden-misc` is not in the table of crates: say there what it may depend on"]
        );
    }

    #[test]
    fn a_dependency_of_the_domain_is_named() {
        assert_eq!(
            broken(
                rules::domain_dependencies,
                &[
                    ("notewarden-domain", "serde", Kind::Normal),
                    ("notewarden-domain", "tokio", Kind::Normal),
                    ("notewarden-domain", "proptest", Kind::Development),
                ]
            ),
            ["`notewarden-domain` must not depend on `tokio`: it is not on the domain's list"]
        );
    }

    #[test]
    fn an_aws_client_behind_another_crate_is_named_with_the_way_to_it() {
        assert_eq!(
            broken(
                rules::local_server_links,
                &[
                    ("notewarden", "notewarden-api", Kind::Normal),
                    ("notewarden-api", "between", Kind::Normal),
                    ("between", "aws-sdk-s3", Kind::Normal),
                    ("notewarden-api", "aws-sdk-dynamodb", Kind::Development),
                ]
            ),
            [
                "the local server must not link `aws-sdk-s3`: notewarden → notewarden-api → between → aws-sdk-s3"
            ]
        );
    }

    #[test]
    fn a_version_without_a_comment_is_named() {
        let manifest = "[workspace.dependencies]\nours = { path = \"x\" }\n# One.\none = \"1\"\ntwo = \"2\"\n\n[profile.dev]\nlto = 1";
        assert_eq!(
            source::commented_dependencies(manifest),
            ["`two` in [workspace.dependencies] has no comment above it that says what it is for"]
        );
    }

    #[test]
    fn an_adapter_named_in_a_handler_is_named() {
        let found = |text| source::adapters_in("handlers/local/src/x.rs", text);
        assert_eq!(
            found("use notewarden_dynamodb::Tables;"),
            [
                "handlers/local/src/x.rs:1 names the adapter `notewarden_dynamodb`: only a `wiring.rs` may"
            ]
        );
        assert_eq!(found("use notewarden_userpool::UserPool;"), [""; 0]);
        assert_eq!(found("// not notewarden_dynamodb_x"), [""; 0]);
    }
}
