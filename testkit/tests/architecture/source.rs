//! Rules about files: the top level, manifests, modules, and where adapters are named.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::rules::Sentence;

/// What the top level has, apart from entries that begin with a dot.
const TOP_LEVEL: [&str; 9] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "adapters",
    "domain",
    "handlers",
    "infra",
    "testkit",
];

/// What implements a port, so that another could take its place: crates, and the embedded store's types.
///
/// Not the user pool nor the embedded store's objects: they are the state of Cognito's and S3's protocols, which
/// only the local server speaks, behind no port. Nor what verifies signatures and tokens, which is the same code in
/// every place, nor the embedded queue, whose receiving side is Lambda's own affair on AWS.
const ADAPTERS: [&str; 11] = [
    "EmbeddedApiKeys",
    "EmbeddedArchiveObjects",
    "EmbeddedArchives",
    "EmbeddedClaims",
    "EmbeddedFiles",
    "EmbeddedLinks",
    "EmbeddedNotes",
    "notewarden_cognito",
    "notewarden_dynamodb",
    "notewarden_s3",
    "notewarden_sqs",
];

/// Entries of the top level that are missing or too many. What is built (`target`) does not count.
pub(crate) fn top_level(root: &Path) -> Vec<Sentence> {
    let found: Vec<String> = entries(root)
        .iter()
        .filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
        .filter(|name| !name.starts_with('.') && name != "target")
        .collect();
    let missing = TOP_LEVEL
        .iter()
        .filter(|name| !found.iter().any(|entry| entry == *name))
        .map(|name| format!("`{name}` is missing at the top level"));
    let surplus = found
        .iter()
        .filter(|name| !TOP_LEVEL.contains(&name.as_str()))
        .map(|name| format!("`{name}` does not belong at the top level"));
    missing.chain(surplus).collect()
}

/// Manifests of crates without `[lints] workspace = true`.
pub(crate) fn lints(root: &Path) -> Vec<Sentence> {
    files(root, &|path| {
        path.ends_with("Cargo.toml") && path.parent() != Some(root)
    })
    .into_iter()
    .filter(|path| {
        !section(&read(path), "[lints]").any(|(_, line)| line.trim() == "workspace = true")
    })
    .map(|path| {
        format!(
            "`{}` does not have `[lints] workspace = true`",
            relative(root, &path)
        )
    })
    .collect()
}

/// Versions in the workspace's manifest without a comment on the line above; our own crates need none.
pub(crate) fn commented_dependencies(manifest: &str) -> Vec<Sentence> {
    section(manifest, "[workspace.dependencies]")
        .filter(|(above, line)| !above.starts_with('#') && !line.starts_with('#'))
        .filter(|(_, line)| !line.contains("path = "))
        .filter_map(|(_, line)| line.split_once(" = "))
        .map(|(name, _)| {
            format!(
                "`{name}` in [workspace.dependencies] has no comment above it that says what it is for"
            )
        })
        .collect()
}

/// Modules in files called `mod.rs`.
pub(crate) fn module_files(root: &Path) -> Vec<Sentence> {
    files(root, &|path| path.ends_with("mod.rs"))
        .into_iter()
        .map(|path| {
            format!(
                "`{}` is to be named after its module, beside its folder",
                relative(root, &path)
            )
        })
        .collect()
}

/// Adapters that handlers name outside their wiring, which is `wiring.rs` with the modules below it; tests may.
pub(crate) fn adapters_outside_wiring(root: &Path) -> Vec<Sentence> {
    let is_handler_source = |path: &Path| {
        path.extension().is_some_and(|extension| extension == "rs")
            && path.components().any(|part| part.as_os_str() == "src")
            && !path.ends_with("src/wiring.rs")
            && !path
                .ancestors()
                .any(|folder| folder.ends_with("src/wiring"))
    };
    files(&root.join("handlers"), &is_handler_source)
        .into_iter()
        .flat_map(|path| adapters_in(&relative(root, &path), &read(&path)))
        .collect()
}

/// Adapters that the source text of a file names.
pub(crate) fn adapters_in(file: &str, text: &str) -> Vec<Sentence> {
    text.lines()
        .enumerate()
        .flat_map(|(index, line)| {
            line.split(|c: char| !c.is_alphanumeric() && c != '_')
                .filter(|word| ADAPTERS.contains(word))
                .map(move |word| {
                    format!(
                        "{file}:{} names the adapter `{word}`: only a `wiring.rs` may",
                        index + 1
                    )
                })
        })
        .collect()
}

/// The lines of a section of a manifest, each with the line above it.
fn section<'a>(manifest: &'a str, header: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let lines = manifest.lines().skip_while(move |line| *line != header);
    let above = lines.clone();
    above
        .zip(lines.skip(1))
        .take_while(|(_, line)| !line.starts_with('['))
}

/// The text of a file of the repository.
pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("`{}`: {error}", path.display()))
}

/// Files below `folder` that `wanted` takes, without what is built, installed or hidden.
fn files(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(folder) {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.starts_with('.') || ["target", "node_modules"].contains(&name) {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path, wanted));
        } else if wanted(&path) {
            found.push(path);
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("`{}`: {error}", folder.display()))
        .map(|entry| entry.expect("a folder can be listed").path())
        .collect();
    paths.sort();
    paths
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .display()
        .to_string()
}
