//! `cargo xtask cost`: dollars for a million requests, computed from what one of each kind uses.

mod prices;
mod requests;
#[cfg(test)]
mod seen;

use std::fmt::Write;

use clap::Args;

use self::requests::{ACCESS_LOG, FUNCTION_LOG, MEMORY, Request, WORKER_MEMORY, Way};
use crate::command::Failure;

/// Print what a million requests of each kind cost, by the way in which they reach the function
///
/// The README has these tables; a test holds it to them.
#[derive(Args)]
pub(crate) struct Cost {}

impl Cost {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        println!("{}\n{}", by_front(), by_part());
        Ok(())
    }
}

/// What stands in front of the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Front {
    RestApi,
    HttpApi,
    FunctionUrl,
    AppSync,
}

impl Front {
    const ALL: [Self; 4] = [
        Self::RestApi,
        Self::HttpApi,
        Self::FunctionUrl,
        Self::AppSync,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::RestApi => "REST API",
            Self::HttpApi => "HTTP API",
            Self::FunctionUrl => "function URL",
            Self::AppSync => "AppSync",
        }
    }

    fn price(self) -> f64 {
        match self {
            Self::RestApi => prices::REST_API,
            Self::HttpApi => prices::HTTP_API,
            Self::FunctionUrl => 0.0,
            Self::AppSync => prices::GRAPHQL_API,
        }
    }

    /// Whether it has a way to this request.
    const fn leads_to(self, request: &Request) -> bool {
        !matches!(self, Self::AppSync) || request.field.is_some()
    }

    fn access_log(self) -> u32 {
        match self {
            Self::RestApi | Self::HttpApi => ACCESS_LOG,
            // AppSync logs errors alone.
            Self::FunctionUrl | Self::AppSync => 0,
        }
    }
}

/// Dollars for a million requests, by what they are for.
#[derive(Clone, Copy, Debug)]
struct Parts {
    front: f64,
    function: f64,
    tables: f64,
    bucket: f64,
    queue: f64,
    logs: f64,
    transfer: f64,
}

impl Parts {
    fn of(request: &Request, front: Front) -> Self {
        let invoked = |milliseconds: u32, memory: u32| {
            let gigabytes = f64::from(memory) / 1024.0;
            prices::INVOCATIONS
                + f64::from(milliseconds) * gigabytes * prices::GIGABYTE_MILLISECONDS
        };
        let (front_price, function, logged) = match request.way {
            Way::Function(milliseconds) => (
                front.price(),
                invoked(milliseconds, MEMORY),
                FUNCTION_LOG + front.access_log(),
            ),
            Way::Worker(milliseconds) => (0.0, invoked(milliseconds, WORKER_MEMORY), FUNCTION_LOG),
            Way::Bucket => (0.0, 0.0, 0),
            Way::Indexer(milliseconds) => {
                let function = invoked(milliseconds, MEMORY);
                (prices::EVENTS, function, FUNCTION_LOG)
            }
        };
        Self {
            front: front_price,
            function,
            tables: f64::from(request.reads) * prices::READ_UNITS
                + f64::from(request.writes) * prices::WRITE_UNITS,
            bucket: f64::from(request.s3_reads) * prices::S3_READS
                + f64::from(request.s3_writes) * prices::S3_WRITES,
            queue: f64::from(request.queue) * prices::QUEUE,
            logs: gigabytes_of_a_million(logged) * prices::LOGS,
            transfer: gigabytes_of_a_million(request.answer) * prices::TRANSFER,
        }
    }

    fn each(self) -> [f64; 7] {
        [
            self.front,
            self.function,
            self.tables,
            self.bucket,
            self.queue,
            self.logs,
            self.transfer,
        ]
    }

    fn total(self) -> f64 {
        self.each().iter().sum()
    }
}

/// Gigabytes (10⁹ bytes) of a million times so many bytes.
fn gigabytes_of_a_million(bytes: u32) -> f64 {
    f64::from(bytes) / 1_000.0
}

/// The totals of what the function answers.
fn by_front() -> String {
    let mut table = row("a million of", Front::ALL.map(Front::name).into_iter());
    table += &rule(Front::ALL.len());
    for request in requests::all() {
        if matches!(request.way, Way::Function(_)) {
            let totals = Front::ALL.map(|front| {
                let total = Parts::of(request, front).total();
                dollars(if front.leads_to(request) { total } else { 0.0 }, 2)
            });
            table += &row(request.name, totals.iter().map(String::as_str));
        }
    }
    table
}

/// What the totals behind an HTTP API, of the worker, of S3 alone and of the index are made of.
fn by_part() -> String {
    let names = [
        "front", "function", "tables", "bucket", "queue", "logs", "transfer", "sum",
    ];
    let mut table = row("a million of", names.into_iter());
    table += &rule(names.len());
    for request in requests::all() {
        let parts = Parts::of(request, Front::HttpApi);
        let cells = parts.each().into_iter().chain([parts.total()]);
        let cells: Vec<_> = cells.map(|amount| dollars(amount, 3)).collect();
        table += &row(request.name, cells.iter().map(String::as_str));
    }
    table
}

fn row<'a>(name: &str, cells: impl Iterator<Item = &'a str>) -> String {
    let mut line = format!("| {name} |");
    for cell in cells {
        // Writing to a string cannot fail.
        let _ = write!(line, " {cell} |");
    }
    line + "\n"
}

fn rule(columns: usize) -> String {
    format!("|---|{}\n", "---:|".repeat(columns))
}

fn dollars(amount: f64, digits: usize) -> String {
    if amount == 0.0 {
        "–".to_owned()
    } else {
        format!("${amount:.digits$}")
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use super::*;
    use crate::workspace;

    fn request(name: &str) -> &'static Request {
        let mut rows = requests::all();
        rows.find(|request| request.name.contains(name)).unwrap()
    }

    /// Computed by hand: 1.00 front, 0.20 + 10 × 0.25 × 0.0133334 function, one read unit, 1.05 GB of logs, 1.75 GB sent.
    #[test]
    fn a_read_behind_an_http_api_is_the_sum_of_its_parts() {
        let parts = Parts::of(request("GET /notes/{noteId}"), Front::HttpApi);
        let expected = 1.00 + 0.2333335 + 0.125 + 0.525 + 0.1575;
        assert!((parts.total() - expected).abs() < 1e-9, "{parts:?}");
    }

    /// Computed by hand: four write units.
    #[test]
    fn a_key_makes_a_write_a_transaction() {
        let parts = Parts::of(request("Idempotency-Key"), Front::HttpApi);
        assert!((parts.tables - 4.0 * 0.625).abs() < 1e-9, "{parts:?}");
    }

    #[test]
    fn the_front_is_all_that_differs_between_fronts_but_the_access_log() {
        let read = request("GET /notes/{noteId}");
        let http = Parts::of(read, Front::HttpApi).total();
        let saved = http - Parts::of(read, Front::FunctionUrl).total();
        assert!((saved - (prices::HTTP_API + 0.35 * prices::LOGS)).abs() < 1e-9);
        assert!((Parts::of(read, Front::RestApi).total() - http - 2.5).abs() < 1e-9);
    }

    #[test]
    fn every_field_of_the_graphql_api_has_a_row() {
        let template = workspace::root().join("infra/template.yaml");
        let template = fs::read_to_string(template).unwrap();
        let allowed = template.split("${GraphQlApi.Arn}/types/").skip(1);
        let allowed = allowed.filter_map(|rest| rest.split('"').next());
        let allowed: BTreeSet<_> = allowed.map(|path| path.replace("/fields/", ".")).collect();
        let fields = requests::all().filter_map(|request| request.field);
        let fields: BTreeSet<_> = fields.map(str::to_owned).collect();
        assert!(allowed.len() > 1, "{allowed:?}");
        assert_eq!(fields, allowed);
    }

    #[test]
    fn s3_costs_the_same_behind_any_front() {
        let read = request("S3: read");
        let totals = Front::ALL.map(|front| Parts::of(read, front).total());
        // 0.40 for the request, and 100.7 GB.
        assert!(
            totals
                .iter()
                .all(|total| (total - (0.40 + 9.063)).abs() < 1e-9)
        );
    }

    #[test]
    fn the_functions_have_the_memory_that_is_computed_with() {
        let template = workspace::root().join("infra/template.yaml");
        let template = fs::read_to_string(template).unwrap();
        for (name, expected) in [
            ("ApiFunction", MEMORY),
            ("ArchiverFunction", WORKER_MEMORY),
            ("IndexerFunction", MEMORY),
        ] {
            let function = template.split(&format!("\n  {name}:\n")).nth(1).unwrap();
            let memory = function.split("MemorySize: ").nth(1).unwrap();
            assert_eq!(memory.lines().next().unwrap(), expected.to_string());
        }
    }

    #[test]
    fn the_readme_has_these_tables() {
        let readme = fs::read_to_string(workspace::root().join("README.md")).unwrap();
        for table in [by_front(), by_part()] {
            assert!(readme.contains(&table), "the README should have\n{table}");
        }
    }
}
