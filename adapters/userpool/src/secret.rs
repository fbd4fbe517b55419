//! Text that only the one who must compare or send it may see.

use std::fmt;

use subtle::ConstantTimeEq;

/// A key, a token or a password: never printed, compared in constant time.
#[derive(Clone)]
pub struct Secret(Box<str>);

impl Secret {
    /// Keeps `text` from being printed.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself, to sign with or to hand to its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `candidate` is the same text; takes the same time wherever the two differ.
    pub fn matches(&self, candidate: &str) -> bool {
        self.0.as_bytes().ct_eq(candidate.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_matches_itself_only_and_does_not_print() {
        let secret = Secret::new("wJalrXUtnFEMI");
        assert!(secret.matches("wJalrXUtnFEMI"));
        for other in ["", "wJalrXUtnFEM", "wJalrXUtnFEMJ", "wJalrXUtnFEMI "] {
            assert!(!secret.matches(other), "{other:?} matched");
        }
        assert!(!format!("{secret:?}").contains("wJal"));
    }
}
