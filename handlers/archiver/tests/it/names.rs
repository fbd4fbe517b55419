//! ZIP-03: names that break something elsewhere.

use std::collections::HashSet;

use notewarden_domain::FileName;

/// What unpackers have fallen for; ours.
const HOSTILE: [&str; 24] = [
    "...",
    "..a/b",
    "C:/x",
    "c:x",
    "con",
    "CON.txt",
    "aux/nul.tar.gz",
    "COM¹",
    "a.",
    "a ",
    " a",
    "a?b*c",
    "pipe|file",
    "stream:ads",
    "\"quoted\"",
    "<tag>",
    "-rf",
    "~/x",
    "$HOME/`x`",
    "%2e%2e%2fx",
    "\u{202e}gpj.exe",
    "e\u{301}",
    "é",
    "ünï/👍🏽.txt",
];

/// Names that a file may have, each once.
pub fn names() -> Vec<FileName> {
    let long = ["x".repeat(300), format!("{}/y", "ä".repeat(200))];
    let all = naughty_strings::BLNS.iter().copied().chain(HOSTILE);
    let all = all.chain(long.iter().map(String::as_str));
    let mut seen = HashSet::new();
    all.filter_map(|name| name.parse().ok())
        .filter(|name: &FileName| seen.insert(name.clone()))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn every_name_that_a_file_may_have_is_safe_and_one_of_a_kind_in_the_zip() {
    let world = crate::world::World::new();
    let names = names();
    assert!(names.len() > 300, "{}", names.len());
    for name in &names {
        world.put(name.as_str(), name.as_str().as_bytes().to_vec());
    }
    let selected: Vec<&str> = names.iter().map(FileName::as_str).collect();
    let id = world.job(&selected);
    world.run(id).await.unwrap();
    world.assert_ready(id);
    let zip = world.zip(id);
    assert_eq!(zip.len(), names.len());
    let mut seen = HashSet::new();
    for ((safe, bytes), name) in zip.iter().zip(&names) {
        assert_eq!(bytes, name.as_str().as_bytes());
        assert!(seen.insert(safe.to_lowercase()), "`{safe}` is there twice");
        assert!(!safe.starts_with('/') && !safe.contains(['\\', ':', '\0']));
        for segment in safe.split('/') {
            assert!(!matches!(segment, "" | "." | ".."), "`{safe}`");
            assert!(
                segment.len() <= 255 && !segment.ends_with(['.', ' ']),
                "`{safe}`"
            );
        }
    }
}
