//! The policy evaluator beside others of its kind, in one run: nanoseconds per evaluation and how many times as long
//! as ours, for 3, 50, 100 and 1,000 statements of which one allows the request.
//!
//! `cargo xtask bench policy-peers` runs it, and names the script that measures iam-simulate in a process of its own. Each
//! is given its policies once, in the form that it evaluates fastest, and asked for the object of the request's own
//! folder; each must allow it.

mod peers;
mod scenario;

use std::{
    error::Error,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use scenario::Scenario;

/// How long each is measured, in so many rounds of which the best counts.
const ROUND: Duration = Duration::from_millis(60);
const ROUNDS: usize = 7;

fn main() -> Result<(), Box<dyn Error>> {
    let script = std::env::args_os().nth(1);
    println!(
        "{:<12}{:>14}{:>20}{:>20}{:>20}{:>22}",
        "statements", "notewarden", "iam-rs", "cedar-policy", "casbin", "iam-simulate"
    );
    for count in [3, 50, 100, 1_000] {
        let scenario = Scenario::new(count);
        let ours = nanos(peers::notewarden(&scenario)?);
        print!("{count:<12}{ours:>11.0} ns");
        cell(20, nanos(peers::iam_rs(&scenario)?), ours);
        cell(20, nanos(peers::cedar(&scenario)?), ours);
        cell(20, nanos(peers::casbin(&scenario)?), ours);
        match &script {
            Some(script) => cell(22, peers::iam_simulate(&scenario, Path::new(script))?, ours),
            None => print!("{:>22}", "not asked"),
        }
        println!();
    }
    Ok(())
}

fn cell(width: usize, nanos: f64, ours: f64) {
    let text = format!("{nanos:.0} ns ({:.0}x)", nanos / ours);
    print!("{text:>width$}");
}

/// Nanoseconds that one decision takes, in the best round.
///
/// # Panics
/// The request is not allowed, so that something else than the premise would be measured.
fn nanos(decide: impl Fn() -> bool) -> f64 {
    assert!(decide(), "the request must be allowed");
    let once = Instant::now();
    black_box(decide());
    let estimate = once.elapsed().as_nanos().max(20);
    let repeats = (ROUND.as_nanos() / estimate).clamp(1, 1_000_000) as u32;
    let round = |_| {
        let start = Instant::now();
        for _ in 0..repeats {
            black_box(decide());
        }
        start.elapsed().as_nanos() as f64 / f64::from(repeats)
    };
    (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min)
}
