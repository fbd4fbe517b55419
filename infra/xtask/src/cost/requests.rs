//! What requests use: the input of the computation. One row a kind of request.

mod account;
mod archives;
mod bucket;
mod files;
mod notes;

/// What one request uses.
pub(super) struct Request {
    /// What is asked, for a reader.
    pub(super) name: &'static str,
    /// What it is called where a run has seen what it asks AWS for, in `handlers/lambda/tests/calls.golden`; empty for
    /// what asks nothing of ours.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test compares by it"))]
    pub(super) seen_as: &'static str,
    /// The field of the GraphQL API that is the same request, if there is one.
    pub(super) field: Option<&'static str>,
    /// Who answers it.
    pub(super) way: Way,
    /// Read units.
    pub(super) reads: u32,
    /// Write units.
    pub(super) writes: u32,
    /// GET and HEAD requests to S3.
    pub(super) s3_reads: u32,
    /// PUT, POST, COPY and LIST requests to S3; DELETE is free.
    pub(super) s3_writes: u32,
    /// Requests to SQS.
    pub(super) queue: u32,
    /// Bytes of the answer, with its headers.
    pub(super) answer: u32,
}

/// How a request is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By the API's function, in so many milliseconds: what Lambda bills, rounded up, of a warm one.
    Function(u32),
    /// By the worker's function, later.
    Worker(u32),
    /// By S3, which the client asks itself.
    Bucket,
    /// By the function that keeps the index of files, which hears of the bucket's changes.
    Indexer(u32),
}

/// Memory of the functions of the API and of the index, in megabytes, as the template has it.
pub(super) const MEMORY: u32 = 256;
/// Memory of the worker's function, in megabytes, as the template has it.
pub(super) const WORKER_MEMORY: u32 = 512;
/// Bytes that a function logs for a request.
pub(super) const FUNCTION_LOG: u32 = 700;
/// Bytes of the access log for a request through API Gateway.
pub(super) const ACCESS_LOG: u32 = 350;

/// Bytes of a note as DynamoDB counts them: 170, and a content of 800.
const NOTE: u32 = 970;
/// Bytes of an answer that holds nothing, and of what is around an item of a list.
const HEADERS: u32 = 700;
/// Bytes of a note as JSON, beside its content.
const NOTE_AS_JSON: u32 = 1_050;
/// Bytes of a signed link, most of them the token of the function's session.
const LINK: u32 = 1_900;

/// DynamoDB's read units for so many bytes of one partition, strongly consistent.
const fn read_units(bytes: u32) -> u32 {
    bytes.div_ceil(4_096)
}

/// DynamoDB's write units for an item of so many bytes.
const fn write_units(bytes: u32) -> u32 {
    bytes.div_ceil(1_024)
}

/// Milliseconds that a request which asks AWS a few times is assumed to take; no measurement on Lambda.
const ASSUMED: Way = Way::Function(10);

/// Every kind of request.
///
/// The units are those of the tables in the crates of the stores, `notewarden-dynamodb` and `notewarden-s3`.
pub(super) fn all() -> impl Iterator<Item = &'static Request> {
    notes::REQUESTS
        .iter()
        .chain(&files::REQUESTS)
        .chain(&archives::REQUESTS)
        .chain(&account::REQUESTS)
        .chain(&archives::WORK)
        .chain(&bucket::REQUESTS)
}

impl Request {
    const fn answered(way: Way) -> Self {
        Self {
            name: "",
            seen_as: "",
            field: None,
            way,
            reads: 0,
            writes: 0,
            s3_reads: 0,
            s3_writes: 0,
            queue: 0,
            answer: 0,
        }
    }
}
