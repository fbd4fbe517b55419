//! The stores on DynamoDB: notes, archives, an index of files, API keys, links of logins, and claims.
//!
//! # Items
//!
//! Every table has the owner's identity id as partition key `userId` (S), so that every read is of one
//! partition. Nothing scans, and there is no index.
//!
//! **Notes**, with the sort key `noteId` (S), holds two kinds of items. A note:
//!
//! | attribute | type | holds | bytes with its name |
//! |---|---|---|---|
//! | `userId` | S | whose it is | at most 61 |
//! | `noteId` | S | its id, a UUID in lower case, so that the order of keys is that of creation | 42 |
//! | `version` | N | how often it was written | 9 to 18 |
//! | `createdAt`, `updatedAt` | N | milliseconds since the Unix epoch | 17 each |
//! | `attachments` | L of S | the names of its files, in order; empty if there is none | 14, and 1 for each name besides the name; at most 15,390 |
//! | `content` | S, or B if its UTF-8 is longer than 300,000 bytes | the text; as B the numbers of its characters, three bytes each, highest first | 7 to 300,007 |
//!
//! So a note takes about 170 bytes and what the person wrote, and the longest 316 kB of the 409.6 kB that an item may
//! take. And for each file that it names a reference, of nothing but its key: `ref\<file name>\<note id>` as `noteId`,
//! at most 108 bytes and the name. References are behind all notes of the partition, and no list reads them.
//!
//! **Idempotency**, with the sort key `idempotencyKey` (S), holds a claim for each key of a client, of 210 to 480
//! bytes: `requestHash` (B, SHA-256), `createdId` (S) and `createdAt` (N) of the note or archive that it led to,
//! `expiresAtMillis` (N, the moment from which it does not count any more), and `expiresAt` (N, the same in whole
//! seconds, rounded up), which is what the table's time to live removes it by, some days later.
//!
//! **Archives**, with the sort key `archiveId` (S), holds three kinds of items, all of which go 30 days after the archive
//! was asked for, by `removedAt` (N, seconds). A job, with its id as `archiveId`: `version`, `createdAt`, `expiresAt` (N,
//! milliseconds), and the rest as JSON in `job` (S): 500 bytes, and at most 200 kB with a hundred missing files. What it
//! is of, as `names\<archive id>\<number>`: `names` (L of S, at most 350,000 bytes), `withNotes` (BOOL), and how many
//! `parts` (N) there are, 28 for ten thousand of the longest names. The first part is written and removed with the job;
//! the others are there before it, and are read by nobody without it. And `under way`, one for each person, with the
//! `ids` (SS) of the jobs that wait or run, on whose number a new job depends.
//!
//! **Files**, with the sort key `fileName` (S), holds what the bucket's events have told. A file that is there:
//! `sequencer` (S, the last change by S3's count), `etag`, `contentType` (S), `bytes`, `modifiedAt` (N) and, if it is
//! known, `crc32` (N): 250 bytes and the name. Of one that is gone the `sequencer`, for 30 days by `removedAt` (N,
//! seconds); if it was removed because it was too much the `refusal` (S, JSON), and until it is removed the
//! `refusedEtag` (S). An object that no file name leads to is kept the same way behind a U+0001, where no list looks.
//! And `/usage`, which no file is called: `fileCount` and `byteCount` (N), changed in the same transaction, whose
//! condition on them is whether there is room for a file more.
//!
//! **ApiKeys**, with the sort key `keyId` (S), holds two items for each API key. One in its owner's partition: `name` (S),
//! `scopes` (L of S), `secretHash` (B, SHA-256), `createdAt`, `expiresAtMillis` and `lastUsedAt` (N, where there is such
//! a moment). And one that its id leads to, `key\<key id>` as `userId`, with the `owner` (S). **IdentityLinks**, with the
//! sort key `login` (S), has two for each login: `login\<issuer> <subject>` as `userId`, with its `identityId` (S), and
//! one in the identity's partition, of nothing but its key. Each pair is written in one transaction.
//!
//! # Cost
//!
//! By DynamoDB's rules for on-demand tables, in read units (of 4 KiB, strongly consistent) and write units (of 1 KiB)
//! for a note whose item is *n* KiB, each rounded up. A transaction costs twice what its writes do.
//!
//! | call | read units | write units |
//! |---|---|---|
//! | `get` | *n*/4 | |
//! | `list` | the sum of the page's notes and of one more, /4; at most what 1 MB more costs if notes are long | |
//! | `notes_using` | 1 for some 30 ids | |
//! | `create` | | *n*; with files or a claim 2 *n* + 2 for each file + 2 for the claim |
//! | `replace`, the files stay | | *n*, the old or the new, whichever is greater |
//! | `replace`, *f* files come or go | | *n* for the refused supposition that they stay, and 2 *n* + 2 *f* |
//! | `delete` | *n*/4 | *n*; with *f* files 2 *n* + 2 *f* |
//!
//! Of archives whose selection is *s* KiB, of claims, and of *f* files:
//!
//! | call | read units | write units |
//! |---|---|---|
//! | `get`, `list` | 1 for four jobs | |
//! | `create` | | 2 for the job, 2 for those under way, 2 for the claim, and *s*, of which the first 350 twice |
//! | `replace` | | 1; 4 if the job ends |
//! | `delete` | *s*/4, at most 88 | 4, and *s* as in `create` |
//! | `selection` | *s*/4 | |
//! | `under_way` | 1, and 1 for each job | |
//! | claims: `claim` | | 1 |
//! | claims: `claimed` | 1 | |
//! | files: `list` | 1 for some 12 files, there or just gone | |
//! | files: `find` | 1 for each | |
//! | files: `usage` | 1 | |
//! | files: an event | 1 | 4, with a transaction of the file and the counters; of a file that is too much twice |
//! | files: `refusal` | 1 | |
//!
//! A refused write costs what it would have cost. A reference takes 2 write units more if its file's name is longer
//! than 900 bytes.
//!
//! Strongly consistent reads cost twice what others do: for a million notes up to 4 KiB 0.125 dollars instead of
//! 0.0625 (list price in us-east-1 since November 2024), a fifth of what it costs to create as many of 1 KiB. For that
//! a client that has stored a note sees it in the next list, a version that was read can be expected in the next
//! change, and no file is removed because the note that names it is not seen yet.
//!
//! References cost 2 write units a file when notes are created and deleted. Without them, the question whether another
//! note names a file would read all that the person has ever written, at each deletion of a note with files.
//!
//! # Permissions
//!
//! What the stores do to which table is in the `.golden` files in `tests`, each held against a run of a contract.
//!
//! # Stand-ins
//!
//! An endpoint of its own in the configuration leads to another DynamoDB. It must know `TransactWriteItems`, hand back
//! what is stored when a condition is not met (`ReturnValuesOnConditionCheckFailure`), and compare lists in conditions.
//! moto 5.2 does; no other was tried.
//!
//! # Limits
//!
//! A person's notes are one partition key: 1,000 write units and 3,000 read units a second, which DynamoDB raises by
//! splitting the key's range, as there is no local index. Their number and size has no bound. The counters of files are
//! one item for each person: 250 changes of one person's files a second, as a transaction takes 4 of its write units;
//! beyond, the events come again later.
#![warn(missing_docs)]

mod api_keys;
mod archives;
mod attempts;
mod attributes;
mod claims;
mod commit;
mod database;
mod files;
mod identity_links;
mod notes;
mod table;

pub use api_keys::DynamoApiKeys;
pub use archives::DynamoArchives;
pub use claims::DynamoClaims;
pub use files::DynamoFiles;
pub use identity_links::DynamoLinks;
pub use notes::{DynamoNotes, Tables};
