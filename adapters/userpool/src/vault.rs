//! The key that protects what the database must be able to read back: it lies in a file of its own, so
//! that the database alone gives nobody a password's verifier, a code or a signing key.
//!
//! Whoever has both files can guess passwords offline and sign tokens: no server can hide that from
//! somebody who reads everything it reads.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use hkdf::Hkdf;
use notewarden_domain::ports::IdSource;
use notewarden_embedded::durable::{Readers, write_whole};
use sha2::Sha256;

/// What a sealed value or a digest is for: one made for one purpose is worthless for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The verifier of a user's password.
    Verifier,
    /// A challenge under way, in its client's hands.
    Challenge,
    /// A message in the inbox.
    Message,
    /// A private key of the tokens' signatures.
    SigningKey,
    /// A confirmation code.
    Code,
    /// The user id that an unknown user seems to have.
    DecoyUser,
    /// The salt that an unknown user seems to have.
    DecoySalt,
    /// Where the failed sign-ins of a user are counted.
    Attempts,
    /// Where the codes of somebody who has none are counted.
    ShadowCodes,
    /// Which password of a user was proved.
    Proof,
    /// The secret that a user's authenticator shares.
    SoftwareToken,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Verifier => b"verifier",
            Self::Challenge => b"challenge",
            Self::Message => b"message",
            Self::SigningKey => b"signing key",
            Self::Code => b"code",
            Self::DecoyUser => b"decoy user",
            Self::DecoySalt => b"decoy salt",
            Self::Attempts => b"attempts",
            Self::ShadowCodes => b"shadow codes",
            Self::Proof => b"proof",
            Self::SoftwareToken => b"software token",
        }
    }
}

/// Why the key cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// Its file cannot be read or written.
    #[error("the key file `{path}` cannot be used")]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Its file does not hold a key.
    #[error("the key file `{0}` is damaged: restore it, or start with a new data directory")]
    Damaged(PathBuf),
    /// There are users, and no key to read them with.
    #[error("the key file `{0}` is missing: restore it, or start with a new data directory")]
    Missing(PathBuf),
}

/// Seals values and digests them with the key of one data directory.
pub(crate) struct Vault {
    sealing: LessSafeKey,
    digesting: hmac::Key,
}

impl Vault {
    const KEY_LENGTH: usize = 32;

    /// The vault whose key is in the file `path`. If there is none, a new one, unless `is_needed` says that
    /// something was sealed with the one that is gone.
    pub(crate) fn open(
        path: &Path,
        ids: &dyn IdSource,
        is_needed: bool,
    ) -> Result<Self, VaultError> {
        let io = |source| VaultError::Io {
            path: path.to_owned(),
            source,
        };
        match fs::read(path) {
            Ok(key) => Self::new(&key).ok_or_else(|| VaultError::Damaged(path.to_owned())),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io(error)),
            Err(_) if is_needed => Err(VaultError::Missing(path.to_owned())),
            Err(_) => {
                let mut key = [0; Self::KEY_LENGTH];
                ids.fill(&mut key);
                write_whole(path, &key, Readers::Owner).map_err(io)?;
                Self::new(&key).ok_or_else(|| VaultError::Damaged(path.to_owned()))
            }
        }
    }

    fn new(key: &[u8]) -> Option<Self> {
        if key.len() != Self::KEY_LENGTH {
            return None;
        }
        let expand = Hkdf::<Sha256>::new(None, key);
        let (mut sealing, mut digesting) = ([0; 32], [0; 32]);
        expand.expand(b"seal", &mut sealing).ok()?;
        expand.expand(b"digest", &mut digesting).ok()?;
        let sealing = UnboundKey::new(&AES_256_GCM_SIV, &sealing).ok()?;
        Some(Self {
            sealing: LessSafeKey::new(sealing),
            digesting: hmac::Key::new(hmac::HMAC_SHA256, &digesting),
        })
    }

    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        Self::new(&[7; Self::KEY_LENGTH]).unwrap()
    }

    /// `plain`, unreadable without the key and refused once changed.
    pub(crate) fn seal(
        &self,
        purpose: Purpose,
        plain: &[u8],
        ids: &dyn IdSource,
    ) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_LEN];
        ids.fill(&mut nonce);
        let mut sealed = plain.to_vec();
        self.sealing
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(purpose.label()),
                &mut sealed,
            )
            .map_err(|_| SealError)?;
        let mut whole = Vec::with_capacity(NONCE_LEN + sealed.len());
        whole.extend_from_slice(&nonce);
        whole.append(&mut sealed);
        Ok(whole)
    }

    /// What was sealed for `purpose` as `sealed`.
    pub(crate) fn unseal(&self, purpose: Purpose, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(SealError)?;
        let mut rest = rest.to_vec();
        let plain = self
            .sealing
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(purpose.label()),
                &mut rest,
            )
            .map_err(|_| SealError)?
            .len();
        rest.truncate(plain);
        Ok(rest)
    }

    /// A digest of `parts` that nobody without the key can compute or check guesses against.
    pub(crate) fn digest(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = hmac::Context::with_key(&self.digesting);
        mac.update(purpose.label());
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(mac.sign().as_ref());
        digest
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

/// A value that was not sealed here, for this purpose, or was changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not sealed with the key of this data directory")]
pub(crate) struct SealError;

#[cfg(test)]
mod tests {
    use notewarden_testkit::SeededIds;

    use super::*;

    #[test]
    fn what_is_sealed_is_read_back_for_its_purpose_only() {
        let (vault, ids) = (Vault::for_tests(), SeededIds::new(1));
        let mut sealed = vault.seal(Purpose::Verifier, b"secret", &ids).unwrap();
        assert_eq!(vault.unseal(Purpose::Verifier, &sealed).unwrap(), b"secret");
        assert!(vault.unseal(Purpose::Message, &sealed).is_err());
        assert!(
            Vault::new(&[8; 32])
                .unwrap()
                .unseal(Purpose::Verifier, &sealed)
                .is_err()
        );
        for at in 0..sealed.len() {
            sealed[at] ^= 1;
            assert!(
                vault.unseal(Purpose::Verifier, &sealed).is_err(),
                "byte {at}"
            );
            sealed[at] ^= 1;
        }
        assert!(vault.unseal(Purpose::Verifier, b"short").is_err());
    }

    #[test]
    fn digests_tell_parts_and_purposes_apart() {
        let vault = Vault::for_tests();
        let digest = vault.digest(Purpose::Code, &[b"ab", b"c"]);
        assert_eq!(digest, vault.digest(Purpose::Code, &[b"ab", b"c"]));
        assert_ne!(digest, vault.digest(Purpose::Code, &[b"a", b"bc"]));
        assert_ne!(digest, vault.digest(Purpose::DecoySalt, &[b"ab", b"c"]));
    }

    #[test]
    fn the_key_is_made_once_and_is_its_owners() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("userpool.key");
        let ids = SeededIds::new(2);
        assert!(matches!(
            Vault::open(&path, &ids, true),
            Err(VaultError::Missing(_))
        ));
        let made = Vault::open(&path, &ids, false).unwrap();
        let again = Vault::open(&path, &ids, true).unwrap();
        assert_eq!(
            made.digest(Purpose::Code, &[]),
            again.digest(Purpose::Code, &[])
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        fs::write(&path, b"short").unwrap();
        assert!(matches!(
            Vault::open(&path, &ids, true),
            Err(VaultError::Damaged(_))
        ));
    }
}
