//! What clients ask S3 itself, by links or by their own credentials, and what the index makes of it.

use super::{HEADERS, Request, Way};

pub(super) static REQUESTS: [Request; 3] = [
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
    Request {
        name: "index: a file stored or deleted",
        // It looks at the object and at what it knows, and counts in a transaction of two items.
        reads: 1,
        writes: 4,
        s3_reads: 1,
        ..Request::answered(Way::Indexer(30))
    },
];
