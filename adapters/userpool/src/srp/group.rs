//! RFC 5054's 3,072-bit group: what SRP computes with, modulo its prime, in constant time.

mod comb;

use std::{fmt, sync::LazyLock};

use crypto_bigint::{
    U256, U3072, Uint,
    modular::{ConstMontyForm, ConstMontyParams},
};
use sha2::{Digest, Sha256};

use super::number;

/// Exponents that are hashes, or secrets of that length.
pub(super) type Exponent = U256;
/// Bytes of an element.
pub(super) const LENGTH: usize = 384;

crypto_bigint::const_monty_params!(
    Modulus,
    U3072,
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74\
     020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437\
     4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed\
     ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05\
     98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb\
     9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b\
     e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718\
     3995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33\
     a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7\
     abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864\
     d87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e2\
     08e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
    "The group's prime."
);

type Residue = ConstMontyForm<Modulus, { U3072::LIMBS }>;

/// The group's prime.
pub(super) const PRIME: U3072 = *Modulus::PARAMS.modulus().as_ref();

/// The generator.
const G: U3072 = U3072::from_u8(2);

/// SRP-6a's multiplier, `k = H(N ‖ g)`.
static K: LazyLock<Residue> = LazyLock::new(|| {
    let k = Sha256::new()
        .chain_update(number::padded(PRIME.to_be_bytes().as_ref()))
        .chain_update([2])
        .finalize();
    Residue::new(&Exponent::from_be_slice(&k).resize())
});

/// A number modulo the prime, and not zero.
#[derive(Clone, Copy)]
pub(super) struct Element(Residue);

impl Element {
    /// The number with these big-endian bytes, if it is less than the prime and not zero.
    pub(super) fn from_bytes(bytes: &[u8; LENGTH]) -> Option<Self> {
        let number = U3072::from_be_slice(bytes);
        let is_element = number < PRIME && number != U3072::ZERO;
        is_element.then(|| Self(Residue::new(&number)))
    }

    /// Big-endian bytes.
    pub(super) fn to_bytes(self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes.copy_from_slice(self.0.retrieve().to_be_bytes().as_ref());
        bytes
    }

    /// `g^exponent`.
    pub(super) fn generator_to(exponent: &Exponent) -> Self {
        Self(comb::generator_to(exponent))
    }

    /// The same for an exponent of any length, slowly.
    #[cfg(test)]
    pub(super) fn generator_to_any<const LIMBS: usize>(exponent: &Uint<LIMBS>) -> Self {
        Self(Residue::new(&G).pow(exponent))
    }

    /// `k·verifier + power`.
    pub(super) fn masked(verifier: &Self, power: &Self) -> Self {
        Self(K.mul(&verifier.0).add(&power.0))
    }

    /// `self·base^exponent`.
    pub(super) fn times_power(&self, base: &Self, exponent: &Exponent) -> Self {
        Self(self.0.mul(&base.0.pow(exponent)))
    }

    /// `self^exponent`.
    pub(super) fn to_power<const LIMBS: usize>(self, exponent: &Uint<LIMBS>) -> Self {
        Self(self.0.pow(exponent))
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Element(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_multiplier_is_the_published_one() {
        let k = "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6";
        assert_eq!(K.retrieve(), Exponent::from_be_hex(k).resize());
    }

    #[test]
    fn only_numbers_below_the_prime_are_elements() {
        let mut bytes = [0; LENGTH];
        bytes.copy_from_slice(PRIME.to_be_bytes().as_ref());
        assert!(Element::from_bytes(&bytes).is_none());
        bytes[LENGTH - 1] -= 1;
        assert!(Element::from_bytes(&bytes).is_some());
        assert!(Element::from_bytes(&[0; LENGTH]).is_none());
    }
}
