//! Archives: asking for them, and making them.

use super::{ASSUMED, HEADERS, LINK, Request, Way, read_units, write_units};

/// Bytes of a job as DynamoDB counts them.
const JOB: u32 = 500;
/// Bytes of a job as JSON.
const JOB_AS_JSON: u32 = 450;
/// Bytes of a selection of a hundred names.
const NAMES: u32 = 2_400;
/// Write units of a job that is stored, of those under way, and of the job's selection, all in a transaction.
const CREATED: u32 = 2 + 2 + 2 * write_units(NAMES);
/// Write units of a job that ends with its row among those under way, in a transaction.
const ENDED: u32 = 4;

pub(super) static REQUESTS: [Request; 6] = [
    Request {
        name: "`GET /archives?limit=20`",
        field: Some("Query.archives"),
        seen_as: "GET /archives",
        reads: read_units(21 * JOB),
        answer: HEADERS + 20 * JOB_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`POST /archives` of 100 files",
        field: Some("Mutation.createArchive"),
        seen_as: "POST /archives",
        // Each file is looked up in the index.
        reads: 100,
        writes: CREATED,
        queue: 1,
        answer: HEADERS + JOB_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`POST /archives` of a folder of 100 files, with `Idempotency-Key`",
        field: Some("Mutation.createArchive"),
        seen_as: "POST /archives with `Idempotency-Key`",
        // The key, and a list: a read unit for some 12 files.
        reads: 1 + 9,
        writes: CREATED + 2,
        queue: 1,
        answer: HEADERS + JOB_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`GET /archives/{archiveId}`",
        field: Some("Query.archive"),
        seen_as: "GET /archives/{archiveId}",
        reads: read_units(JOB),
        answer: HEADERS + JOB_AS_JSON,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`GET /archives/{archiveId}?download`",
        field: Some("Query.archiveDownload"),
        seen_as: "GET /archives/{archiveId}?download",
        reads: read_units(JOB),
        answer: HEADERS + LINK,
        ..Request::answered(ASSUMED)
    },
    Request {
        name: "`DELETE /archives/{archiveId}` of 100 files",
        field: Some("Mutation.deleteArchive"),
        seen_as: "DELETE /archives/{archiveId} that is ready",
        // The job, and how many parts its selection has.
        reads: read_units(JOB) + read_units(NAMES),
        writes: CREATED,
        answer: HEADERS,
        ..Request::answered(ASSUMED)
    },
];

/// What a job's worker reads of tables: the job, its selection, and each file.
const fn work_reads(files: u32) -> u32 {
    read_units(JOB) + read_units(NAMES) + files
}

/// What it writes: that it has the job, its plan, how far it is, and its end.
const WORK_WRITES: u32 = 3 * write_units(JOB) + ENDED;

/// What it asks of the queue: the message, and that it goes.
const MESSAGE: u32 = 2;

/// The requests to S3 and the milliseconds are those of the worker's own plans, which a test holds them to.
pub(super) static WORK: [Request; 2] = [
    Request {
        name: "worker: a zip of 100 pictures of 1 MB",
        seen_as: "work: an archive of two files",
        reads: work_reads(100),
        writes: WORK_WRITES,
        s3_reads: 100,
        s3_writes: 14,
        queue: MESSAGE,
        ..Request::answered(Way::Worker(1_565))
    },
    Request {
        name: "worker: a zip of 20 films of 500 MB",
        seen_as: "work: an archive of two files",
        reads: work_reads(20),
        writes: WORK_WRITES,
        s3_reads: 20,
        s3_writes: 43,
        queue: MESSAGE,
        ..Request::answered(Way::Worker(5_756))
    },
];

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use notewarden_domain::{
        IdentityId, ObjectKey, Timestamp,
        archive::{Checksum, Entry, Origin, Plan, Source, Strategy, Terms, Worker, unique_names},
    };

    use super::*;
    use crate::cost::requests::WORKER_MEMORY;

    /// The plan of a zip of files of so many bytes that are not worth deflating, and whose checksums S3 knows.
    fn plan(files: Range<u32>, bytes: u64) -> Plan {
        let owner: IdentityId = "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01"
            .parse()
            .unwrap();
        let paths: Vec<_> = files.map(|number| format!("{number:03}.jpg")).collect();
        let names = unique_names(paths.iter().map(String::as_str));
        let sources = paths.iter().zip(names).map(|(path, name)| Source {
            entry: Entry::stored(
                name,
                Timestamp::from_millis(0),
                bytes,
                Checksum::Known(notewarden_domain::archive::Crc32::default()),
            ),
            origin: Origin::Object {
                key: ObjectKey::private(&owner, &path.parse().unwrap()),
                etag: "etag".into(),
            },
        });
        let terms = Terms {
            worker: Worker {
                gigabytes: f64::from(WORKER_MEMORY) / 1_024.0,
                ..Worker::LAMBDA
            },
            ..Terms::default()
        };
        Plan::new(sources.collect(), Strategy::Cheapest, &terms).unwrap()
    }

    #[test]
    fn the_worker_does_what_it_plans() {
        let [pictures, films] = &WORK;
        for (row, plan) in [
            (pictures, plan(0..100, 1_000_000)),
            (films, plan(0..20, 500_000_000)),
        ] {
            let expected = plan.expected();
            let Way::Worker(milliseconds) = row.way else {
                panic!("`{}` is work", row.name)
            };
            let planned = (
                expected.gets,
                expected.puts + expected.copies,
                (expected.seconds * 1e3).ceil() as u64,
            );
            let computed = (
                u64::from(row.s3_reads),
                u64::from(row.s3_writes),
                u64::from(milliseconds),
            );
            assert_eq!(planned, computed, "{}", row.name);
        }
    }
}
