//! Powers of the generator by a comb of precomputed ones (Lim and Lee, “More flexible exponentiation with
//! precomputation”): a quarter of the multiplications that any other base needs.

use std::{array, sync::LazyLock};

use crypto_bigint::{CtAssign, CtEq};

use super::{Exponent, G, Residue};

/// The exponent's bits are laid out in this many rows …
const TEETH: u32 = 6;
/// … of this many columns.
const COLUMNS: u32 = Exponent::BITS.div_ceil(TEETH);
/// As many as there are ways to fill a column.
const ENTRIES: usize = 1 << TEETH;

/// At each index the product of those `g^(2^(COLUMNS·row))` whose row's bit is set in it: 24 KiB.
static TABLE: LazyLock<Box<[Residue; ENTRIES]>> = LazyLock::new(|| {
    let mut row = Residue::new(&G);
    let rows: [Residue; TEETH as usize] = array::from_fn(|_| {
        let this = row;
        for _ in 0..COLUMNS {
            row = row.square();
        }
        this
    });
    Box::new(array::from_fn(|index| {
        let set = rows
            .iter()
            .enumerate()
            .filter(|(row, _)| index >> row & 1 == 1);
        set.fold(Residue::ONE, |product, (_, row)| product.mul(row))
    }))
});

/// `g^exponent`, in the same time for every exponent.
pub(super) fn generator_to(exponent: &Exponent) -> Residue {
    (0..COLUMNS).rev().fold(Residue::ONE, |power, column| {
        let index = (0..TEETH).fold(0, |index, row| {
            index | bit(exponent, row * COLUMNS + column) << row
        });
        power.square().mul(&entry(index))
    })
}

/// The bit at `position`, which is no secret; beyond the exponent there are zeros.
fn bit(exponent: &Exponent, position: u32) -> u64 {
    u64::from(position < Exponent::BITS && exponent.bit_vartime(position))
}

/// The entry at `index`, which is a secret: every one is read.
fn entry(index: u64) -> Residue {
    let mut chosen = Residue::ONE.to_montgomery();
    for (at, entry) in (0_u64..).zip(TABLE.iter()) {
        chosen.ct_assign(entry.as_montgomery(), at.ct_eq(&index));
    }
    Residue::from_montgomery(chosen)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn assert_same(exponent: &Exponent) {
        assert_eq!(
            generator_to(exponent),
            Residue::new(&G).pow(exponent),
            "{exponent}"
        );
    }

    #[test]
    fn the_ends_come_out_right() {
        for exponent in [Exponent::ZERO, Exponent::ONE, Exponent::MAX] {
            assert_same(&exponent);
        }
        for position in (0..Exponent::BITS).step_by(17) {
            assert_same(&Exponent::ONE.shl_vartime(position));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn a_comb_computes_what_squaring_does(bytes in any::<[u8; 32]>()) {
            assert_same(&Exponent::from_be_slice(&bytes));
        }
    }
}
