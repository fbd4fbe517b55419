//! Accounts and API keys.

use super::{ASSUMED, HEADERS, NOTE, Request, Way, read_units};

/// Bytes of an API key as JSON.
const KEY_AS_JSON: u32 = 180;

pub(super) static REQUESTS: [Request; 7] = [
    Request {
        name: "`GET /me` with 1,000 notes",
        field: Some("Query.me"),
        seen_as: "GET /me",
        // They are counted.
        reads: read_units(1_000 * NOTE) + 1,
        answer: HEADERS + 350,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`POST /me/export` of 100 files, with `Idempotency-Key`",
        seen_as: "POST /me/export with `Idempotency-Key`",
        reads: 1 + 9,
        writes: 2 + 2 + 2 * 3 + 2,
        queue: 1,
        answer: HEADERS + 450,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`DELETE /me`, without keys",
        seen_as: "DELETE /me",
        // Keys and links are looked for; the rest is the worker's.
        reads: 2,
        queue: 1,
        answer: HEADERS,
        ..Request::answered(Way::Function(50))
    },
    Request {
        name: "`GET /api-keys`",
        seen_as: "GET /api-keys",
        reads: 1,
        answer: HEADERS + 5 * KEY_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`POST /api-keys`",
        seen_as: "POST /api-keys",
        // How many there are.
        reads: 1,
        writes: 4,
        answer: HEADERS + KEY_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`DELETE /api-keys/{keyId}`",
        seen_as: "DELETE /api-keys/{keyId}",
        writes: 4,
        answer: HEADERS,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`GET /openapi.json`",
        seen_as: "GET /openapi.json",
        answer: HEADERS + 51_000,
        ..Request::answered(ASSUMED)
    },
];
