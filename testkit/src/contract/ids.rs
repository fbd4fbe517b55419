//! The contract of id sources.

use notewarden_domain::ports::IdSource;

use crate::fixtures::noon_plus;

/// Runs every check on `ids`.
pub fn id_source(ids: &dyn IdSource) {
    ids_are_version_7_of_the_time_given(ids);
    later_ids_are_greater_within_a_millisecond(ids);
    filled_bytes_differ(ids);
}

fn ids_are_version_7_of_the_time_given(ids: &dyn IdSource) {
    let now = noon_plus(60);
    let id = ids.uuid_v7(now);
    assert_eq!(id.get_version_num(), 7);
    let millis = id.as_u128() >> 80;
    assert_eq!(millis, u128::from(now.as_millis()));
}

fn later_ids_are_greater_within_a_millisecond(ids: &dyn IdSource) {
    let now = noon_plus(120);
    let made: Vec<_> = (0..1_000).map(|_| ids.uuid_v7(now)).collect();
    assert!(made.is_sorted_by(|earlier, later| earlier < later));
}

fn filled_bytes_differ(ids: &dyn IdSource) {
    let [mut one, mut other] = [[0; 32]; 2];
    ids.fill(&mut one);
    ids.fill(&mut other);
    assert_ne!(one, other);
    assert_ne!(one, [0; 32]);
}
