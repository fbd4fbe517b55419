//! How long plans take: `cargo bench -p notewarden-domain --bench archive` prints milliseconds, the best of several
//! rounds, and what each plan expects to cost.
#![expect(
    clippy::print_stdout,
    reason = "a benchmark reports on standard output"
)]
#![expect(
    clippy::expect_used,
    reason = "a benchmark stops when its premises do not hold"
)]

use std::{hint::black_box, time::Instant};

use notewarden_domain::{
    ObjectKey, Timestamp,
    archive::{
        Checksum, Crc32, Entry, Origin, Plan, Source, Strategy, Terms, Writer, unique_names,
    },
};

const ROUNDS: usize = 7;
const MIB: u64 = 1 << 20;

fn paths(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("photos/2026/{:02}/IMG_{number:05}.jpg", number % 12))
        .collect()
}

fn sources(paths: &[String], size: impl Fn(u64) -> u64) -> Vec<Source> {
    let owner = "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01";
    let owner = owner.parse().expect("an identity");
    let names = unique_names(paths.iter().map(String::as_str));
    let source = |((name, path), number): ((_, &String), _)| Source {
        entry: Entry::stored(
            name,
            Timestamp::from_millis(1_795_230_246_000),
            size(number),
            Checksum::Known(Crc32::EMPTY),
        ),
        origin: Origin::Object {
            key: ObjectKey::private(&owner, &path.parse().expect("a file's name")),
            etag: "d41d8cd98f00b204e9800998ecf8427e".into(),
        },
    };
    names.into_iter().zip(paths).zip(0..).map(source).collect()
}

fn best<T>(mut prepare: impl FnMut() -> T, run: impl Fn(T)) -> f64 {
    let round = |_| {
        let input = prepare();
        let start = Instant::now();
        run(black_box(input));
        start.elapsed()
    };
    let best = (0..ROUNDS).map(round).min().unwrap_or_default();
    best.as_secs_f64() * 1e3
}

fn report(name: &str, sources: &[Source]) {
    let terms = Terms::default();
    let plan_with = |strategy, sources| Plan::new(sources, strategy, &terms).expect("a plan");
    let millis = best(
        || sources.to_vec(),
        |sources| {
            black_box(plan_with(Strategy::Cheapest, sources));
        },
    );
    print!("{name:<42} {millis:>8.1} ms");
    for strategy in [Strategy::Cheapest, Strategy::ReadAll] {
        let expected = *plan_with(strategy, sources.to_vec()).expected();
        print!(
            "  {strategy:?}: ${:.6} {} copies {} gets {} MiB",
            expected.dollars,
            expected.copies,
            expected.gets,
            expected.bytes_through_worker / MIB,
        );
    }
    println!();
}

fn main() {
    let many = paths(70_000);
    let names = best(
        || (),
        |()| {
            black_box(unique_names(many.iter().map(String::as_str)));
        },
    );
    println!("{:<42} {names:>8.1} ms", "70,000 names");
    let small = sources(&many, |_| 200_000);
    let records = best(
        || (),
        |()| {
            let mut writer = Writer::new();
            for source in &small {
                black_box(writer.begin(&source.entry, None).expect("a header"));
                let body = source.entry.known_body().expect("a stored entry");
                writer.end(body).expect("a body");
            }
            black_box(writer.finish().expect("a directory"));
        },
    );
    println!("{:<42} {records:>8.1} ms", "their records");
    report("70,000 entries of 200 kB", &small);
    report(
        "70,000 entries, every 100th of 500 MiB",
        &sources(&many, |number| {
            if number % 100 == 0 {
                500 * MIB
            } else {
                200_000
            }
        }),
    );
    let ten_thousand = paths(10_000);
    report(
        "10,000 entries of 5 to 105 MiB",
        &sources(&ten_thousand, |number| 5 * MIB + number * 7_919 % 100 * MIB),
    );
    // Each about as dear to read as to copy.
    report(
        "10,000 entries of 28 MiB",
        &sources(&ten_thousand, |_| 28 * MIB),
    );
    report("20 entries of 50 MB", &sources(&paths(20), |_| 50_000_000));
}
