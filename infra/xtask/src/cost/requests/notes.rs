//! Notes.

use super::{ASSUMED, HEADERS, NOTE, NOTE_AS_JSON, Request, read_units, write_units};

pub(super) static REQUESTS: [Request; 7] = [
    Request {
        name: "`GET /notes/{noteId}`",
        seen_as: "GET /notes/{noteId}",
        reads: read_units(NOTE),
        answer: HEADERS + NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`GET /notes?limit=20`",
        seen_as: "GET /notes",
        // One more tells that there are more.
        reads: read_units(21 * NOTE),
        answer: HEADERS + 20 * NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`POST /notes`",
        seen_as: "POST /notes",
        writes: write_units(NOTE),
        answer: HEADERS + NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`POST /notes` with `Idempotency-Key`",
        seen_as: "POST /notes with `Idempotency-Key`",
        writes: 2 * write_units(NOTE) + 2,
        answer: HEADERS + NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`POST /notes` with a file",
        seen_as: "POST /notes with a file",
        writes: 2 * write_units(NOTE) + 2,
        s3_reads: 1,
        answer: HEADERS + NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`PUT /notes/{noteId}`",
        seen_as: "PUT /notes/{noteId}",
        reads: read_units(NOTE),
        writes: write_units(NOTE),
        answer: HEADERS + NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`DELETE /notes/{noteId}`",
        seen_as: "DELETE /notes/{noteId}",
        // Once by the use case, and once by the store.
        reads: 2 * read_units(NOTE),
        writes: write_units(NOTE),
        answer: HEADERS,
        ..Request::answered(ASSUMED)
    },
];
