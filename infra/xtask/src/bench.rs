//! `cargo xtask bench`: every benchmark of the workspace, one after another, optimized; then the policy evaluator
//! beside its peers, which are no part of the workspace.

use clap::Args;
use serde_json::Value;

use crate::{
    command::{self, Failure},
    test::npm,
    workspace,
};

/// Run the benchmarks and print their figures
#[derive(Args)]
pub(crate) struct Bench {
    /// Only those whose `package/name` contains one of these
    names: Vec<String>,
}

impl Bench {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let metadata = workspace::metadata()?;
        let mut chosen = benchmarks(&metadata);
        chosen.push(POLICY_PEERS);
        chosen.retain(|benchmark| self.wants(benchmark));
        if chosen.is_empty() {
            return Err(Failure::Other("there is no such benchmark".to_owned()));
        }
        for benchmark in chosen {
            let Benchmark { package, name } = benchmark;
            println!("\n== {package}/{name}");
            if benchmark == POLICY_PEERS {
                run_policy_peers()?;
                continue;
            }
            command::run(workspace::cargo().args([
                "bench",
                "--package",
                package,
                "--bench",
                name,
            ]))?;
        }
        Ok(())
    }

    fn wants(&self, Benchmark { package, name }: &Benchmark<'_>) -> bool {
        let full = format!("{package}/{name}");
        self.names.is_empty() || self.names.iter().any(|name| full.contains(name))
    }
}

/// In `domain/benches/peers`, a workspace of its own.
const POLICY_PEERS: Benchmark<'_> = Benchmark {
    package: "notewarden-domain",
    name: "policy-peers",
};

/// Builds and runs the comparison; without Node it leaves out the peer that needs it.
fn run_policy_peers() -> Result<(), Failure> {
    let mut cargo = workspace::cargo();
    cargo
        .args(["run", "--release", "--locked", "--manifest-path"])
        .arg(workspace::root().join("domain/benches/peers/Cargo.toml"))
        .arg("--target-dir")
        .arg(workspace::target()?.join("peers"))
        .arg("--");
    match npm::missing() {
        Some(reason) => println!("without iam-simulate: {reason}"),
        None => {
            cargo.arg(npm::installed("policies")?.join("measure.js"));
        }
    }
    command::run(&mut cargo)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Benchmark<'a> {
    package: &'a str,
    name: &'a str,
}

/// The benchmark targets that cargo's metadata names.
fn benchmarks(metadata: &Value) -> Vec<Benchmark<'_>> {
    let mut found = Vec::new();
    for package in items(metadata, "packages") {
        for target in items(package, "targets") {
            let is_benchmark = items(target, "kind").iter().any(|kind| kind == "bench");
            if let (true, Some(package), Some(name)) =
                (is_benchmark, text(package, "name"), text(target, "name"))
            {
                found.push(Benchmark { package, name });
            }
        }
    }
    found
}

fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn benchmarks_are_the_targets_of_that_kind() {
        let metadata = json!({"packages": [{"name": "p", "targets": [
            {"name": "p", "kind": ["lib"]},
            {"name": "speed", "kind": ["bench"]},
        ]}]});
        let expected = Benchmark {
            package: "p",
            name: "speed",
        };
        assert_eq!(benchmarks(&metadata), [expected]);
    }
}
