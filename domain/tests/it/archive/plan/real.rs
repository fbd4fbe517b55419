//! Plans at the sizes, rules and prices of S3.

use super::*;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

fn plan(sizes: impl IntoIterator<Item = u64>) -> Plan {
    let source = |entry| Source {
        entry,
        origin: Origin::Object {
            key: key(),
            etag: "etag".into(),
        },
    };
    let entries = crate::archive::zeros(sizes);
    let sources = entries.into_iter().map(source).collect();
    Plan::new(sources, Strategy::Cheapest, &Terms::default()).unwrap()
}

fn parts(plan: &Plan) -> u16 {
    let last = plan.steps().last().map(|step| match step {
        Step::Write { parts, .. } => *parts.end(),
        Step::Copy { part, .. } => *part,
    });
    last.unwrap()
}

#[test]
fn nothing_and_little_is_put_at_once() {
    for sizes in [vec![], vec![0], vec![1_000; 100]] {
        let plan = plan(sizes);
        assert_eq!(plan.upload(), Upload::Single);
        assert_eq!(plan.expected().puts, 1);
    }
}

#[test]
fn small_files_are_read_and_large_ones_copied() {
    let plan_of = |sizes: &[u64]| plan(sizes.iter().copied());
    let small = plan_of(&[MIB; 500]);
    assert_eq!(small.expected().copies, 0);
    assert_eq!(small.expected().gets, 500);

    let large = plan_of(&[GIB, 100_000, 1_000, 3 * GIB]);
    // What the worker touches of a large object is what makes the part before it long enough.
    assert_eq!(large.expected().copies, 1 + 3);
    assert_eq!(large.expected().gets, 4);
    assert!(large.expected().bytes_through_worker <= 10 * MIB + 1_000);
    let heads = large.steps().iter().filter_map(|step| match step {
        Step::Write { pieces, bytes, .. } => match pieces.last() {
            Some(Piece::Head { bytes: head, .. }) => Some((*head, bytes.min)),
            _ => None,
        },
        Step::Copy { .. } => None,
    });
    for (head, written) in heads {
        assert!((1..5 * MIB).contains(&head), "{head}");
        assert_eq!(written, 5 * MIB);
    }
}

#[test]
fn a_little_over_a_copy_is_read_with_the_head() {
    let terms = Terms::default();
    let over = plan([GIB + 5 * MIB + MIB]);
    assert_eq!(over.expected().copies, 1);
    assert!(over.expected().bytes_through_worker < 7 * MIB);
    assert_eq!(terms.worker.copy_bytes, GIB);
}

#[test]
fn a_part_is_never_larger_than_the_store_takes() {
    let huge = plan([4 << 40]);
    assert!(huge.expected().copies >= 4_096);
    assert!(parts(&huge) <= 10_000);
}

#[test]
fn many_middling_files_fit_into_ten_thousand_parts() {
    // Copied, each would take two parts; read in parts of 16 MiB, all would take 25,000.
    let plan = plan(std::iter::repeat_n(40 * MIB, 10_000));
    assert!(parts(&plan) <= 10_000);
    assert!(
        matches!(plan.upload(), Upload::Multipart { part_size, .. } if part_size.bytes > 16 * MIB)
    );
}

#[test]
fn seventy_thousand_entries_are_planned() {
    let sizes = (0..70_000_u64).map(|n| if n % 1_000 == 0 { 200 * MIB } else { 10_000 });
    let plan = plan(sizes);
    // Ten megabytes of small files make a part without a head; before the first large one there are none.
    assert_eq!(plan.expected().gets, 70_000 - 70 + 1);
    assert_eq!(plan.expected().copies, 70);
}

#[test]
fn what_no_store_takes_is_refused_with_its_reason() {
    let source = |size| Source {
        entry: crate::archive::zeros([size]).remove(0),
        origin: Origin::Made,
    };
    let planned = |size, terms: &Terms| Plan::new(vec![source(size)], Strategy::Cheapest, terms);
    let refused = planned(6 << 40, &Terms::default()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`files` must make a zip of at most 5497558138880 bytes"
    );
    type Change = fn(&mut Terms);
    let changes: [(&str, Change); 7] = [
        ("put", |terms| terms.prices.put = -1.0),
        ("gigabytes", |terms| terms.worker.gigabytes = f64::NAN),
        ("bandwidth", |terms| terms.worker.bandwidth = 0.0),
        ("inFlight", |terms| terms.worker.in_flight = 0),
        ("partBytes", |terms| terms.worker.part_bytes = MIB),
        ("partBytes", |terms| terms.worker.part_bytes = 5 * GIB),
        ("copyBytes", |terms| terms.worker.copy_bytes = 6 * MIB),
    ];
    for (field, change) in changes {
        let mut terms = Terms::default();
        change(&mut terms);
        assert_eq!(planned(1, &terms).unwrap_err().field, field);
    }
}
