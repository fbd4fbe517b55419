//! Random values in the forms that users see.

use notewarden_domain::ports::IdSource;
use uuid::{Builder, Uuid};

/// A random UUID (version 4).
pub(crate) fn uuid(ids: &dyn IdSource) -> Uuid {
    let mut bytes = [0; 16];
    ids.fill(&mut bytes);
    Builder::from_random_bytes(bytes).into_uuid()
}

/// A number below `bound`, each as likely as the others.
pub(crate) fn below(bound: u32, ids: &dyn IdSource) -> u32 {
    // Numbers at or over the largest multiple of the bound would favour the first ones.
    let fair = u32::MAX - u32::MAX % bound;
    loop {
        let mut bytes = [0; 4];
        ids.fill(&mut bytes);
        let number = u32::from_be_bytes(bytes);
        if number < fair {
            return number % bound;
        }
    }
}
