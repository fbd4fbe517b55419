//! Who depends on whom: the workspace's crates, and everything behind them.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::Path,
    process::Command,
};

use cargo_metadata::{DependencyKind, MetadataCommand, PackageId};

/// When a dependency is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Normal,
    Build,
    Development,
}

/// Dependencies by the names of packages.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// Folders of the workspace's packages, relative to its top; without entries for planted graphs.
    pub(crate) folders: BTreeMap<String, String>,
    edges: BTreeMap<String, BTreeSet<(String, Kind)>>,
}

impl Graph {
    /// The graph of the workspace at `root`, for the machine that we run on.
    pub(crate) fn of_workspace(root: &Path) -> Self {
        let metadata = MetadataCommand::new()
            .manifest_path(root.join("Cargo.toml"))
            .other_options(["--filter-platform".to_owned(), host()])
            .exec()
            .expect("cargo describes the workspace");
        let name = |id: &PackageId| metadata[id].name.to_string();
        let mut graph = Self::default();
        for package in metadata.workspace_packages() {
            let folder = package
                .manifest_path
                .parent()
                .expect("a manifest lies in a folder");
            let folder = folder
                .strip_prefix(&metadata.workspace_root)
                .unwrap_or(folder);
            graph
                .folders
                .insert(package.name.to_string(), folder.to_string());
        }
        for node in metadata
            .resolve
            .as_ref()
            .expect("cargo resolves the workspace")
            .nodes
            .iter()
        {
            let edges = graph.edges.entry(name(&node.id)).or_default();
            for dependency in &node.deps {
                let kinds = dependency.dep_kinds.iter().map(|info| match info.kind {
                    DependencyKind::Build => Kind::Build,
                    DependencyKind::Development => Kind::Development,
                    _ => Kind::Normal,
                });
                edges.extend(kinds.map(|kind| (name(&dependency.pkg), kind)));
            }
        }
        graph
    }

    /// A graph made up for a test of the rules.
    pub(crate) fn of_edges(edges: &[(&str, &str, Kind)]) -> Self {
        let mut graph = Self::default();
        for (from, to, kind) in edges {
            let to = ((*to).to_owned(), *kind);
            graph
                .edges
                .entry((*from).to_owned())
                .or_default()
                .insert(to);
        }
        graph
    }

    /// Every edge that leaves a package whose name `is_ours` takes.
    pub(crate) fn edges_of(
        &self,
        is_ours: impl Fn(&str) -> bool,
    ) -> impl Iterator<Item = (&str, &str, Kind)> {
        self.edges
            .iter()
            .filter(move |(from, _)| is_ours(from))
            .flat_map(|(from, edges)| edges.iter().map(move |(to, kind)| (&**from, &**to, *kind)))
    }

    /// The shortest ways along normal dependencies from `start` to every package it links, itself first.
    pub(crate) fn linked(&self, start: &str) -> BTreeMap<String, Vec<String>> {
        let mut ways = BTreeMap::new();
        let mut queue = VecDeque::from([(start, vec![start.to_owned()])]);
        while let Some((from, way)) = queue.pop_front() {
            if ways.contains_key(from) {
                continue;
            }
            for (to, kind) in self.edges.get(from).into_iter().flatten() {
                if *kind == Kind::Normal {
                    let mut further = way.clone();
                    further.push(to.clone());
                    queue.push_back((to.as_str(), further));
                }
            }
            ways.insert(from.to_owned(), way);
        }
        ways
    }
}

/// The target triple of this machine, as rustc names it.
fn host() -> String {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc is there");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map_or_else(|| panic!("rustc names no host"), str::to_owned)
}
