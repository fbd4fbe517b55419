//! What clients ask S3 itself, by links or by their own credentials.

use super::{HEADERS, Request, Way};

pub(super) static REQUESTS: [Request; 2] = [
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
