//! What requests use: the input of the computation. One row a kind of request.

/// What one request uses.
pub(super) struct Request {
    /// What is asked, for a reader.
    pub(super) name: &'static str,
    /// Who answers it.
    pub(super) way: Way,
    /// Read units.
    pub(super) reads: u32,
    /// Write units.
    pub(super) writes: u32,
    /// HEAD requests and others of their price to S3.
    pub(super) s3_reads: u32,
    /// PUT requests and others of their price to S3.
    pub(super) s3_writes: u32,
    /// Bytes of the answer, with its headers.
    pub(super) answer: u32,
}

/// How a request is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By the function, in so many milliseconds: what Lambda bills, rounded up, of a warm one.
    Function(u32),
    /// By S3, which the client asks itself.
    Bucket,
}

/// Memory of the API's function, in megabytes, as the template has it.
pub(super) const MEMORY: u32 = 256;
/// Bytes that the function logs for a request.
pub(super) const FUNCTION_LOG: u32 = 700;
/// Bytes of the access log for a request through API Gateway.
pub(super) const ACCESS_LOG: u32 = 350;

/// Bytes of a note as DynamoDB counts them: 170, and a content of 800.
const NOTE: u32 = 970;
/// Bytes of an answer that holds nothing, and of what is around an item of a list.
const HEADERS: u32 = 700;
/// Bytes of a note as JSON, beside its content.
const NOTE_AS_JSON: u32 = 1_050;

/// DynamoDB's read units for so many bytes of one partition, strongly consistent.
const fn read_units(bytes: u32) -> u32 {
    bytes.div_ceil(4_096)
}

/// DynamoDB's write units for an item of so many bytes.
const fn write_units(bytes: u32) -> u32 {
    bytes.div_ceil(1_024)
}

/// Milliseconds that a request which asks DynamoDB once or twice is assumed to take; no measurement on Lambda.
const ASSUMED: Way = Way::Function(10);

/// The units are those of the tables in the crates of the stores, `notewarden-dynamodb` and `notewarden-s3`.
pub(super) const REQUESTS: [Request; 9] = [
    Request {
        name: "`GET /notes/{noteId}`",
        reads: read_units(NOTE),
        answer: HEADERS + NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`GET /notes?limit=20`",
        // One more tells that there are more.
        reads: read_units(21 * NOTE),
        answer: HEADERS + 20 * NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`POST /notes`",
        writes: write_units(NOTE),
        answer: HEADERS + NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`POST /notes` with `Idempotency-Key`",
        reads: 1,
        writes: 2 * write_units(NOTE) + 2,
        answer: HEADERS + NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`POST /notes` with a file",
        writes: 2 * write_units(NOTE) + 2,
        s3_reads: 1,
        answer: HEADERS + NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`PUT /notes/{noteId}`",
        reads: read_units(NOTE),
        writes: write_units(NOTE),
        answer: HEADERS + NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`DELETE /notes/{noteId}`",
        reads: read_units(NOTE),
        writes: write_units(NOTE),
        answer: HEADERS,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "S3: read a file of 100 kB",
        s3_reads: 1,
        answer: HEADERS + 100_000,
        ..Request::answered(Way::Bucket)
    },
    Request {
        name: "S3: store a file",
        s3_writes: 1,
        answer: HEADERS,
        ..Request::answered(Way::Bucket)
    },
];

impl Request {
    const fn answered(way: Way) -> Self {
        Self {
            name: "",
            way,
            reads: 0,
            writes: 0,
            s3_reads: 0,
            s3_writes: 0,
            answer: 0,
        }
    }
}
