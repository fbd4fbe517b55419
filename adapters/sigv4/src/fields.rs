//! Short texts taken apart at a byte.

/// The parts of `text` between `separator`s, which is ASCII; one, empty, of an empty text.
///
/// For texts as short as these a plain loop beats the search for a character.
pub(crate) fn fields(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let (field, after) = cut(rest?, separator);
        rest = after;
        Some(field)
    })
}

/// What is before the first `separator`, and what is after it if there is one.
pub(crate) fn cut(text: &str, separator: u8) -> (&str, Option<&str>) {
    text.bytes()
        .position(|byte| byte == separator)
        .and_then(|at| text.split_at_checked(at))
        .map_or((text, None), |(before, after)| (before, after.get(1..)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn splits_as_the_standard_library_does(text in "[;aé]{0,12}") {
            let ours: Vec<_> = fields(&text, b';').collect();
            let standard: Vec<_> = text.split(';').collect();
            prop_assert_eq!(ours, standard);
            let (before, after) = cut(&text, b';');
            prop_assert_eq!(after.map(|after| (before, after)), text.split_once(';'));
        }
    }
}
