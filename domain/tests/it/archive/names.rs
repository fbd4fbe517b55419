//! Names of entries, against hostile and random paths.

use std::collections::HashSet;

use notewarden_domain::archive::{EntryName, unique_names};
use proptest::prelude::*;

/// What `EntryName` promises of each name, said independently of how it is made.
fn assert_safe(name: &EntryName) {
    let text = name.as_str();
    for segment in text.split('/') {
        assert!((1..=255).contains(&segment.len()), "{text:?}");
        assert!(!segment.ends_with(['.', ' ']), "{text:?}");
        let has_bad = |c: char| c.is_control() || "<>:\"|?*\\\u{202e}\u{feff}".contains(c);
        assert!(!segment.contains(has_bad), "{text:?}");
        let base = segment.split('.').next().unwrap().trim_end().to_uppercase();
        let devices = ["CON", "PRN", "AUX", "NUL", "COM1", "LPT9"];
        assert!(!devices.contains(&base.as_str()), "{text:?}");
    }
    assert_eq!(
        EntryName::safe(text),
        *name,
        "a safe name is its own safe form"
    );
}

/// No two names are one when case is ignored, and none is another's folder.
fn assert_unpackable(names: &[EntryName]) {
    let folded = |text: &str| text.to_uppercase().to_lowercase();
    let mut files = HashSet::new();
    for name in names {
        assert!(files.insert(folded(name.as_str())), "{name} twice");
    }
    for name in names {
        for (at, _) in name.as_str().match_indices('/') {
            let folder = folded(&name.as_str()[..at]);
            assert!(!files.contains(&folder), "{folder} is a file and a folder");
        }
    }
}

fn assert_good(paths: &[String]) {
    let names = unique_names(paths.iter().map(String::as_str));
    assert_eq!(names.len(), paths.len());
    names.iter().for_each(assert_safe);
    assert_unpackable(&names);
}

#[test]
fn naughty_strings_become_safe_names() {
    let strings = naughty_strings::BLNS;
    let mut paths: Vec<String> = strings.iter().map(ToString::to_string).collect();
    paths.extend(strings.iter().map(|text| format!("../{text}.txt")));
    paths.extend(strings.iter().map(|text| format!("/{text}/{text}")));
    assert_good(&paths);
}

#[test]
fn keys_that_s3_takes_become_safe_names() {
    let long = "x".repeat(1_024);
    let hostile = [
        "videos/../../video1.wmv",
        "../x",
        "..",
        ".",
        "./x",
        "a/./b",
        "a//../b",
        "a/...",
        "...",
        "/a",
        "//a",
        "a/",
        "a//",
        "a",
        "A",
        "a ",
        " a",
        "a.",
        "CON",
        "nul.txt",
        "aux",
        "a:b",
        "a|b",
        "C:",
        "C:/a",
        "\u{202e}gnp.exe",
        "\u{200b}",
        "\u{feff}a",
        "é",
        "e\u{301}",
        "İ",
        "ı",
        "ß",
        "ﬁ",
        "a\tb",
        "a\nb",
        "a\0b",
        "a\u{85}b",
        "a\u{2028}b",
        "dir",
        "dir/",
        "dir/x",
        "Case",
        "case",
        "-rf",
        "$(id)",
        r"\\host\share",
        "",
        "com1.txt",
        "COM¹",
        &long,
    ];
    assert_good(&hostile.map(str::to_owned));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_paths_become_safe_names(paths: Vec<String>) {
        assert_good(&paths);
    }

    #[test]
    fn paths_that_are_much_alike_stay_apart(
        paths in proptest::collection::vec("([aAäÄ.] ?|/|\\(2\\)|a\u{308}){1,5}", 0..30),
    ) {
        assert_good(&paths);
    }

    #[test]
    fn a_plain_name_alone_stays_as_it_is(path in "[a-z]{4,8}(/[a-z0-9]{4,8}){0,3}(\\.txt)?") {
        let names = unique_names([path.as_str()]);
        prop_assert_eq!(names[0].as_str(), path);
    }
}
