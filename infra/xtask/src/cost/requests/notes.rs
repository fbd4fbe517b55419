//! Notes.

use super::{ASSUMED, HEADERS, NOTE, NOTE_AS_JSON, Request, read_units, write_units};

pub(super) static REQUESTS: [Request; 7] = [
    Request {
        name: "`GET /notes/{noteId}`",
        field: Some("Query.note"),
        seen_as: "GET /notes/{noteId}",
        reads: read_units(NOTE),
        answer: HEADERS + NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`GET /notes?limit=20`",
        field: Some("Query.notes"),
        seen_as: "GET /notes",
        // One more tells that there are more.
        reads: read_units(21 * NOTE),
        answer: HEADERS + 20 * NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`POST /notes`",
        field: Some("Mutation.createNote"),
        seen_as: "POST /notes",
        writes: write_units(NOTE),
        answer: HEADERS + NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`POST /notes` with `Idempotency-Key`",
        field: Some("Mutation.createNote"),
        seen_as: "POST /notes with `Idempotency-Key`",
        writes: 2 * write_units(NOTE) + 2,
        answer: HEADERS + NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`POST /notes` with a file",
        field: Some("Mutation.createNote"),
        seen_as: "POST /notes with a file",
        writes: 2 * write_units(NOTE) + 2,
        s3_reads: 1,
        answer: HEADERS + NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`PUT /notes/{noteId}`",
        field: Some("Mutation.updateNote"),
        seen_as: "PUT /notes/{noteId}",
        reads: read_units(NOTE),
        writes: write_units(NOTE),
        answer: HEADERS + NOTE_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`DELETE /notes/{noteId}`",
        field: Some("Mutation.deleteNote"),
        seen_as: "DELETE /notes/{noteId}",
        // Once by the use case, and once by the store.
        reads: 2 * read_units(NOTE),
        writes: write_units(NOTE),
        answer: HEADERS,
        ..Request::answered(ASSUMED)
    },
];
