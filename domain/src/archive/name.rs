//! Names of entries: safe wherever the zip is unpacked, and no two that any file system takes for one.

mod safe;

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use unicode_normalization::UnicodeNormalization;

use self::safe::{safe_segment, with_number};

/// The longest name in bytes, far above what a [`FileName`](crate::FileName) becomes and far below zip's 65,535.
const MAX_NAME_BYTES: usize = 8_192;

/// The name of an entry in a zip: a relative path with `/` between its segments, in NFC.
///
/// No segment is empty, `.` or `..`, longer than 255 bytes, ends with a dot or a space, is a device's name on
/// Windows, or contains a control character, one of `< > : " | ? * \`, or a character that reverses the
/// direction of text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryName(Box<str>);

impl EntryName {
    /// The safe form of any path: the same for the same path, and its own safe form.
    ///
    /// What is not allowed becomes `_`; empty segments go, and so an absolute path becomes a relative one.
    /// Several paths may have one safe form: [`unique_names`] tells them apart.
    pub fn safe(path: &str) -> Self {
        let mut segments: Vec<String> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(safe_segment)
            .collect();
        if segments.is_empty() {
            segments.push("_".to_owned());
        }
        // Of a path beyond measure the last folders and the file remain.
        let mut length = 0;
        let kept = segments
            .iter()
            .rev()
            .take_while(|segment| {
                length += segment.len() + 1;
                length <= MAX_NAME_BYTES
            })
            .count();
        segments.drain(..segments.len() - kept);
        Self(segments.join("/").into())
    }

    /// The name as it is in the zip.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last segment's number is `number`: `a.txt` becomes `a (2).txt`.
    fn numbered(&self, number: u64) -> Self {
        let (folder, file) = match self.0.rsplit_once('/') {
            Some((folder, file)) => (Some(folder), file),
            None => (None, &*self.0),
        };
        let file = with_number(file, number);
        Self(match folder {
            Some(folder) => format!("{folder}/{file}").into(),
            None => file.into(),
        })
    }

    /// The folders that unpacking the entry makes, from the outermost.
    fn folders(&self) -> impl Iterator<Item = &str> {
        self.0
            .match_indices('/')
            .filter_map(|(at, _)| self.0.get(..at))
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of each path's entry, in the paths' order.
///
/// No two are alike to a file system that ignores case, Unicode's normal forms and invisible characters, and
/// none is a folder of another: of paths that collide the first keeps its safe form, and the others are
/// numbered, `a (2).txt`, `a (3).txt`. A file gives way to a folder of its name. Names that an archive gives
/// to entries of its own come first, so that they have them for sure.
pub fn unique_names<'p>(paths: impl IntoIterator<Item = &'p str>) -> Vec<EntryName> {
    let mut names: Vec<EntryName> = paths.into_iter().map(EntryName::safe).collect();
    let mut taken: HashSet<String> = HashSet::with_capacity(names.len());
    let mut last_folder = "";
    for name in &names {
        // Neighbours mostly share their folder.
        let folder = name.0.rsplit_once('/').map_or("", |(folder, _)| folder);
        if folder != last_folder {
            taken.extend(name.folders().map(collision_key));
            last_folder = folder;
        }
    }
    let mut next_numbers: HashMap<String, u64> = HashMap::new();
    for name in &mut names {
        let key = collision_key(&name.0);
        if taken.insert(key.clone()) {
            continue;
        }
        let number = next_numbers.entry(key).or_insert(2);
        loop {
            let candidate = name.numbered(*number);
            *number += 1;
            if taken.insert(collision_key(&candidate.0)) {
                *name = candidate;
                break;
            }
        }
    }
    names
}

/// What names have in common that some file system takes for one: letters of either case, composed or not,
/// with or without the invisible characters that HFS+ passes over.
fn collision_key(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let is_visible = |c: &char| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    // By way of the upper case, so that `ß` and `SS`, `ſ` and `s`, `ς` and `σ` are one.
    name.nfd()
        .filter(is_visible)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfd()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unique(paths: &[&str]) -> Vec<String> {
        let names = unique_names(paths.iter().copied());
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn duplicates_are_numbered_before_the_extension() {
        assert_eq!(
            unique(&["a.txt", "A.TXT", "a.txt", "b/a.txt", "a (2).txt", "a"]),
            [
                "a.txt",
                "A (2).TXT",
                "a (3).txt",
                "b/a.txt",
                "a (2) (2).txt",
                "a"
            ]
        );
        assert_eq!(
            unique(&[".x", ".X", "x.", "x_"]),
            [".x", ".X (2)", "x_", "x_ (2)"]
        );
    }

    #[test]
    fn what_one_file_system_takes_for_one_is_told_apart() {
        for (one, other) in [
            ("é", "e\u{301}"),
            ("É", "e\u{301}"),
            ("Å", "\u{212b}"),
            ("straße", "STRASSE"),
            ("ς", "Σ"),
            ("ſ", "S"),
            ("İ", "i\u{307}"),
            ("a\u{200d}b", "ab"),
            ("ﬁ", "FI"),
        ] {
            let names = unique(&[one, other]);
            assert_eq!(
                names[1],
                format!("{} (2)", EntryName::safe(other)),
                "{one:?} {other:?}"
            );
        }
    }

    #[test]
    fn a_file_gives_way_to_a_folder_of_its_name() {
        assert_eq!(unique(&["dir", "dir/x"]), ["dir (2)", "dir/x"]);
        assert_eq!(unique(&["DIR/x", "dir"]), ["DIR/x", "dir (2)"]);
        assert_eq!(
            unique(&["a/b/c", "a/B", "A", "a (2)/x"]),
            ["a/b/c", "a/B (2)", "A (3)", "a (2)/x"]
        );
    }

    #[test]
    fn names_of_the_archive_itself_come_first() {
        assert_eq!(
            unique(&["MISSING.txt", "missing.txt"]),
            ["MISSING.txt", "missing (2).txt"]
        );
    }

    #[test]
    fn ten_thousand_of_one_name_take_no_time() {
        let names = unique_names(std::iter::repeat_n("same.txt", 10_000));
        assert_eq!(names.last().unwrap().as_str(), "same (10000).txt");
    }

    #[test]
    fn absolute_and_climbing_paths_stay_inside() {
        for (path, safe) in [
            ("", "_"),
            ("/", "_"),
            ("//", "_"),
            ("/etc/passwd", "etc/passwd"),
            ("../../x", "__/__/x"),
            ("a/./b", "a/_/b"),
            ("a/../b", "a/__/b"),
            ("C:/x", "C_/x"),
            (r"C:\x", "C__x"),
            (r"\\host\share", "__host_share"),
            ("a//b/", "a/b"),
        ] {
            assert_eq!(EntryName::safe(path).as_str(), safe);
        }
        let deep = "d/".repeat(20_000) + "file";
        let name = EntryName::safe(&deep);
        assert!(name.as_str().len() <= MAX_NAME_BYTES && name.as_str().ends_with("/d/file"));
    }
}
