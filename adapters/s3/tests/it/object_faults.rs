//! What archives' objects make of S3's bad days.

use bytes::Bytes;
use notewarden_domain::{
    ObjectKey, StoreError,
    archive::{ArchiveId, Crc32},
    ports::{ArchiveObjects, ArchiveUpload, IdSource, StoredPart},
};
use notewarden_s3::S3Objects;
use notewarden_testkit::{
    SeededIds,
    fixtures::{NOON, file, identity},
    http::{ScriptedServer, Step},
};

use crate::{
    faults::{QUICK, error},
    support::{self, BUCKET},
};

fn objects(server: &ScriptedServer) -> S3Objects {
    let config = support::config(&server.endpoint(), "id", "secret");
    S3Objects::tuned(&config, BUCKET, &QUICK)
}

fn file_key() -> ObjectKey {
    ObjectKey::private(&identity(&SeededIds::new(1)), &file("ä b+c.txt"))
}

fn upload() -> ArchiveUpload {
    let ids = SeededIds::new(2);
    ArchiveUpload {
        key: ObjectKey::archive(&identity(&ids), ArchiveId::new(ids.uuid_v7(NOON))),
        id: "upload".to_owned(),
    }
}

fn xml(body: &str) -> Step {
    Step::answer(200, body.to_owned()).with("content-type", "application/xml")
}

/// Four bytes of an object that promises so many.
async fn read(server: &ScriptedServer) -> Result<Vec<u8>, StoreError> {
    let mut source = objects(server).read(&file_key(), "tag", 3..7).await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = source.next().await? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

#[tokio::test]
async fn a_range_is_asked_for_with_its_entity_tag_and_again_after_failures() {
    let server = ScriptedServer::start(Step::answer(206, "four")).await;
    server.play([Step::Reset, error(503, "SlowDown")]);
    assert_eq!(read(&server).await.unwrap(), b"four");
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    for request in requests {
        assert_eq!(request.header("range"), Some("bytes=3-6"));
        assert_eq!(request.header("if-match"), Some("\"tag\""));
    }
}

#[tokio::test]
async fn an_object_that_breaks_off_or_has_another_length_is_not_read() {
    let short = Step::Truncate {
        body: Bytes::from_static(b"fo"),
        missing: 2,
    };
    for answer in [
        short,
        Step::answer(206, "for"),
        // A store that knows no ranges.
        Step::answer(200, "the whole object"),
        error(416, "InvalidRange"),
    ] {
        let server = ScriptedServer::start(answer.clone()).await;
        let refusal = read(&server).await.unwrap_err();
        assert!(
            matches!(refusal, StoreError::Unavailable { .. }),
            "{answer:?}: {refusal:?}"
        );
    }
}

#[tokio::test]
async fn a_part_is_sent_whole_each_time_with_its_checksum() {
    let server = ScriptedServer::start(Step::answer(200, "").with("etag", "\"part\"")).await;
    server.play([error(500, "InternalError"), Step::Reset]);
    let chunks = vec![Bytes::from_static(b"one "), Bytes::from_static(b"two")];
    let part = objects(&server).put_part(&upload(), 3, chunks).await;
    let crc32 = Crc32::new(crc32fast::hash(b"one two"));
    let stored = StoredPart {
        number: 3,
        etag: "part".to_owned(),
        crc32: Some(crc32),
    };
    assert_eq!(part.unwrap(), stored);
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    for request in requests {
        assert_eq!(request.body, "one two");
        assert!(request.header("x-amz-checksum-crc32").is_some());
    }
}

/// S3 begins to answer before it is done, and so may say 200 first and then that it has failed.
#[tokio::test]
async fn a_failure_in_an_answer_that_began_well_is_a_failure() {
    let failed = xml("<Error><Code>InternalError</Code><Message>No.</Message></Error>");
    let server = ScriptedServer::start(failed).await;
    let copied = objects(&server);
    let copied = copied
        .copy_part(&upload(), 1, &file_key(), "tag", 0..5)
        .await;
    let copied = copied.unwrap_err();
    assert!(
        matches!(copied, StoreError::Unavailable { .. }),
        "{copied:?}"
    );
    let completed = objects(&server).complete(&upload(), &[]).await.unwrap_err();
    assert!(
        matches!(completed, StoreError::Unavailable { .. }),
        "{completed:?}"
    );
}

#[tokio::test]
async fn a_copy_names_its_source_and_is_known_by_its_checksum() {
    let copied = xml(
        "<CopyPartResult><ETag>&quot;part&quot;</ETag><ChecksumCRC32>AQIDBA==</ChecksumCRC32></CopyPartResult>",
    );
    let server = ScriptedServer::start(copied).await;
    let part = objects(&server);
    let part = part
        .copy_part(&upload(), 2, &file_key(), "tag", 5..10)
        .await;
    let stored = StoredPart {
        number: 2,
        etag: "part".to_owned(),
        crc32: Some(Crc32::new(0x0102_0304)),
    };
    assert_eq!(part.unwrap(), stored);
    let [request] = &server.requests()[..] else {
        panic!("one request is enough")
    };
    let source = request.header("x-amz-copy-source").unwrap();
    assert!(
        source.is_ascii() && source.ends_with("/%C3%A4%20b%2Bc.txt"),
        "{source}"
    );
    for (name, value) in [
        ("x-amz-copy-source-if-match", "\"tag\""),
        ("x-amz-copy-source-range", "bytes=5-9"),
    ] {
        assert_eq!(request.header(name), Some(value));
    }
}

#[tokio::test]
async fn uploads_beyond_the_first_page_are_aborted_and_a_neighbours_are_not() {
    let key = upload().key;
    let page = |ids: &[(&str, &str)], end: &str| {
        let uploads = ids
            .iter()
            .map(|(key, id)| format!("<Upload><Key>{key}</Key><UploadId>{id}</UploadId></Upload>"));
        let uploads: String = uploads.collect();
        xml(&format!(
            "<ListMultipartUploadsResult>{uploads}{end}</ListMultipartUploadsResult>"
        ))
    };
    let more = format!(
        "<IsTruncated>true</IsTruncated><NextKeyMarker>{key}</NextKeyMarker><NextUploadIdMarker>b</NextUploadIdMarker>"
    );
    let neighbour = format!("{key}.part");
    let server = ScriptedServer::start(Step::answer(204, "")).await;
    server.play([
        page(&[(key.as_str(), "a"), (key.as_str(), "b")], &more),
        Step::answer(204, ""),
        error(404, "NoSuchUpload"),
        page(&[(key.as_str(), "c"), (&neighbour, "d")], ""),
    ]);
    objects(&server).abort_all(&key).await.unwrap();
    let requests = server.requests();
    let aborted = requests.iter().filter(|request| request.method == "DELETE");
    let aborted: Vec<_> = aborted.filter_map(|request| request.uri.query()).collect();
    assert_eq!(aborted.len(), 3, "{aborted:?}");
    for (query, id) in aborted.iter().zip(["a", "b", "c"]) {
        assert!(query.contains(&format!("uploadId={id}")), "{query}");
    }
    let second = requests[3].uri.query().unwrap_or_default();
    assert!(second.contains("upload-id-marker=b"), "{second}");
}
