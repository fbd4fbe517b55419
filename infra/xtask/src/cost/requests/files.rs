//! Files, whose bytes go between the client and S3.

use super::{ASSUMED, HEADERS, LINK, Request};

/// Bytes of a file's description as JSON.
const FILE_AS_JSON: u32 = 180;

pub(super) static REQUESTS: [Request; 6] = [
    Request {
        name: "`GET /files?limit=20`",
        field: Some("Query.files"),
        seen_as: "GET /files",
        // A read unit for some 12 files.
        reads: 2,
        answer: HEADERS + 20 * FILE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`POST /files`",
        field: Some("Mutation.createFile"),
        seen_as: "POST /files",
        // What the person has already, and what is replaced.
        reads: 1,
        s3_reads: 1,
        answer: HEADERS + LINK,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`POST /files` with `Idempotency-Key`",
        field: Some("Mutation.createFile"),
        seen_as: "POST /files with `Idempotency-Key`",
        reads: 1,
        writes: 1,
        s3_reads: 1,
        answer: HEADERS + LINK,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`GET /files/{name+}`",
        field: Some("Query.file"),
        seen_as: "GET /files/{name+}",
        s3_reads: 1,
        answer: HEADERS + FILE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`GET /files/{name+}?download`",
        field: Some("Query.fileDownload"),
        seen_as: "GET /files/{name+}?download",
        s3_reads: 1,
        answer: HEADERS + LINK,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`DELETE /files/{name+}`",
        field: Some("Mutation.deleteFile"),
        seen_as: "DELETE /files/{name+}",
        // Whether a note names it.
        reads: 1,
        s3_reads: 1,
        answer: HEADERS,
        ..Request::answered(ASSUMED)
    },
];
