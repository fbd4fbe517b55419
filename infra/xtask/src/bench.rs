//! `cargo xtask bench`: every benchmark of the workspace, one after another, optimized.

use clap::Args;
use serde_json::Value;

use crate::{
    command::{self, Failure},
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
        let chosen: Vec<_> = benchmarks(&metadata)
            .into_iter()
            .filter(|benchmark| {
                let full = format!("{}/{}", benchmark.package, benchmark.name);
                self.names.is_empty() || self.names.iter().any(|name| full.contains(name))
            })
            .collect();
        if chosen.is_empty() {
            return Err(Failure::Other("there is no such benchmark".to_owned()));
        }
        for Benchmark { package, name } in chosen {
            println!("\n== {package}/{name}");
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
}

#[derive(Debug, PartialEq, Eq)]
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
