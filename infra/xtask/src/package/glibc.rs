//! The C library that a binary needs, beside the one that Lambda has.

use std::fmt;

/// The version of `provided.al2023`.
pub(super) const LAMBDA: Version = Version {
    major: 2,
    minor: 34,
};

/// A version of glibc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    major: u32,
    minor: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

/// The newest version that the binary needs, if Lambda's is older.
///
/// A dynamically linked binary names every version of which it uses a symbol, as `GLIBC_2.34`, in its strings.
pub(super) fn too_new(binary: &[u8]) -> Option<Version> {
    const PREFIX: &[u8] = b"\0GLIBC_";
    binary
        .windows(PREFIX.len())
        .enumerate()
        .filter(|(_, window)| *window == PREFIX)
        .filter_map(|(at, _)| {
            let name = binary
                .get(at + PREFIX.len()..)?
                .split(|byte| *byte == 0)
                .next()?;
            version(std::str::from_utf8(name).ok()?)
        })
        .max()
        .filter(|newest| *newest > LAMBDA)
}

/// The version in `2.34` or `2.2.5`.
fn version(name: &str) -> Option<Version> {
    let mut parts = name.split('.').map(|part| part.parse().ok());
    Some(Version {
        major: parts.next()??,
        minor: parts.next()??,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_counts() {
        let old = b"\x7fELF\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_PRIVATE\0";
        assert_eq!(too_new(old), None);
        let new = b"\x7fELF\0GLIBC_2.39\0GLIBC_2.4\0";
        assert_eq!(too_new(new).unwrap().to_string(), "2.39");
        assert_eq!(too_new(b"statically linked"), None);
    }
}
