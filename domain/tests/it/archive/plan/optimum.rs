//! The cheapest of all ways to cut a zip into parts, found by looking at every one, and how near plans come.

use super::*;

const STEP: u64 = 8;

/// The least that any upload of the stored sources can cost: every cut of the zip's bytes into written parts and
/// copies that the store takes, wherever the cuts lie. Written parts are as long as the worker makes them at most,
/// and the last before a copy or the end takes in what would be too short alone. It knows nothing of how plans
/// are made.
///
/// Every length but that of the end record is a multiple of `STEP`, so cuts elsewhere could only be worse.
fn least_cost(plan_of_reading: &Plan, terms: &Terms) -> f64 {
    let layout = plan_of_reading.layout();
    let total = layout.total().exact().unwrap();
    let steps = |bytes: u64| usize::try_from(bytes.div_ceil(STEP)).unwrap();
    let last = steps(total);
    let bytes = |step: usize| total.min(step as u64 * STEP) as f64;
    let min = steps(terms.rules.min_part);
    let long = steps(terms.worker.part_bytes);
    // The first length that is cut in two.
    let single = (terms.worker.part_bytes + terms.rules.min_part) as f64;
    let longest_copy = steps(terms.worker.copy_bytes);
    // For each step, the object that it is of, and where that object's bytes end.
    let mut owner: Vec<Option<(usize, usize)>> = vec![None; last];
    for (number, source) in plan_of_reading.sources().iter().enumerate() {
        let header = 30 + source.entry.name().as_str().len() as u64;
        let start = layout.start(number).unwrap().exact().unwrap() + header;
        assert!(start.is_multiple_of(STEP) && source.entry.size().is_multiple_of(STEP));
        let end = steps(start + source.entry.size());
        if matches!(source.origin, Origin::Object { .. }) {
            owner[steps(start)..end].fill(Some((number, end)));
        }
    }
    let worker = &terms.worker;
    let second = worker.gigabytes * terms.prices.gigabyte_second;
    let waiting = second / f64::from(worker.in_flight);
    let put = terms.prices.put + waiting * worker.put_seconds;
    let copy = terms.prices.put + waiting * worker.copy_seconds;
    let get = terms.prices.get + waiting * worker.get_seconds;
    let byte = second / worker.bandwidth;
    let copied_byte = waiting / worker.copy_bandwidth;

    // The least cost up to a step: after a copy (or nothing), after a written part, and after one so long that no
    // other may follow.
    let mut costs = vec![[f64::INFINITY; 3]; last + 1];
    costs[0][0] = 0.0;
    for at in 0..last {
        for before in [0, 1, 2] {
            let so_far = costs[at][before];
            if so_far.is_infinite() {
                continue;
            }
            if let Some((_, end)) = owner[at] {
                let last_copied = end.min(at + longest_copy);
                let reached = costs.iter_mut().enumerate().take(last_copied + 1);
                for (to, costs) in reached.skip(at + min) {
                    let cost = so_far + copy + (bytes(to) - bytes(at)) * copied_byte;
                    costs[0] = costs[0].min(cost);
                }
            }
            if before == 2 {
                continue;
            }
            // A part that goes on with an object needs no request for it.
            let number_of = |owner: Option<(usize, usize)>| owner.map(|(number, _)| number);
            let mut reading = match before {
                1 => number_of(owner[at - 1]),
                _ => None,
            };
            let mut gets = 0.0;
            for to in at + 1..=last.min(at + long + min) {
                if bytes(to) - bytes(at) >= single {
                    break;
                }
                let object = number_of(owner[to - 1]);
                if object.is_some() && object != reading {
                    gets += get;
                }
                reading = object;
                if to - at >= min || to == last {
                    let cost = so_far + put + gets + (bytes(to) - bytes(at)) * byte;
                    let after = if to - at <= long { 1 } else { 2 };
                    costs[to][after] = costs[to][after].min(cost);
                }
            }
        }
    }
    let in_parts = costs[last].iter().copied().fold(f64::INFINITY, f64::min) + 2.0 * put;
    if bytes(last) < single {
        let gets = plan_of_reading.expected().gets as f64;
        in_parts.min(put + bytes(last) * byte + gets * get)
    } else {
        in_parts
    }
}

/// Stored objects of at most so many bytes.
fn stored_objects(longest: usize) -> impl Strategy_<Value = Vec<Object>> {
    objects(8, longest).prop_map(|mut objects| {
        for object in &mut objects {
            object.bytes.truncate(object.bytes.len() / 8 * 8);
            object.is_deflated = false;
            object.checksum = Checksum::Known(crc(&object.bytes));
        }
        objects
    })
}

fn dollars(objects: &[Object], strategy: Strategy, terms: &Terms) -> f64 {
    let plan = Plan::new(sources(objects), strategy, terms).unwrap();
    plan.expected().dollars
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_cheapest_plan_is_within_five_percent_of_the_cheapest_cut(
        // One copy takes each.
        objects in stored_objects(1_990),
        factors in proptest::array::uniform5(0.2..5.0_f64),
    ) {
        let terms = small_terms(factors);
        let reading = Plan::new(sources(&objects), Strategy::ReadAll, &terms).unwrap();
        let least = least_cost(&reading, &terms);
        let planned = dollars(&objects, Strategy::Cheapest, &terms);
        prop_assert!(planned <= 1.05 * least, "{planned} is more than 1.05 times {least}");
        // Else the model leaves something out.
        prop_assert!(planned >= least * (1.0 - 1e-9), "{planned} is less than {least}");
    }

    /// Where an object takes several copies, cuts that are no multiples of `STEP` may do a little better than the model.
    #[test]
    fn so_is_the_one_of_objects_that_take_several_copies(
        objects in stored_objects(5_000),
        factors in proptest::array::uniform5(0.2..5.0_f64),
    ) {
        let terms = small_terms(factors);
        let reading = Plan::new(sources(&objects), Strategy::ReadAll, &terms).unwrap();
        let least = least_cost(&reading, &terms);
        let planned = dollars(&objects, Strategy::Cheapest, &terms);
        prop_assert!(planned <= 1.05 * least, "{planned} is more than 1.05 times {least}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_cheapest_plan_is_never_dearer_than_one_rule_for_all(
        objects in objects(40, 5_000),
        factors in proptest::array::uniform5(0.001..100.0_f64),
    ) {
        let terms = small_terms(factors);
        let planned = dollars(&objects, Strategy::Cheapest, &terms);
        for strategy in [Strategy::CopyAll, Strategy::ReadAll] {
            let other = dollars(&objects, strategy, &terms);
            prop_assert!(planned <= other * (1.0 + 1e-9), "{strategy:?} costs {other}, not {planned}");
        }
    }
}
