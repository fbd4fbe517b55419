//! Multipart uploads against the promises they make.

use super::*;
use crate::objects::{
    PutOptions, WriteCondition,
    tests::{Fixture, chunks, pattern},
};

const MIN: usize = MIN_PART_BYTES as usize;

async fn part(fixture: &Fixture, id: UploadId, number: u16, bytes: &[u8]) -> NamedPart {
    let part = fixture
        .objects
        .put_part("k", id, number, chunks(bytes), None)
        .await
        .unwrap();
    named(number, &part)
}

fn named(number: u16, part: &Part) -> NamedPart {
    NamedPart {
        number,
        etag: part.etag(),
        checksum: None,
    }
}

fn completion(parts: &[NamedPart]) -> Completion {
    Completion {
        parts: parts.to_vec(),
        ..Completion::default()
    }
}

async fn begin(fixture: &Fixture) -> UploadId {
    fixture
        .objects
        .create_upload("k", UploadOptions::default())
        .await
        .unwrap()
}

#[tokio::test]
async fn parts_become_one_object() {
    let fixture = Fixture::new().await;
    let bytes = pattern(MIN + 100);
    let id = begin(&fixture).await;
    let parts = [
        part(&fixture, id, 3, &bytes[..MIN]).await,
        part(&fixture, id, 7, &bytes[MIN..]).await,
    ];
    part(&fixture, id, 5, b"not named in the end").await;
    assert_eq!(
        fixture.read("k").await,
        None,
        "half an object is never visible"
    );
    let head = fixture
        .objects
        .complete_upload("k", id, completion(&parts))
        .await
        .unwrap();
    assert!(fixture.read("k").await.unwrap() == bytes);
    assert!(head.etag.ends_with("-2"), "{}", head.etag);
    let whole = fixture.put("whole", &bytes).await;
    assert_eq!(
        (head.crc32, &head.checksum),
        (whole.crc32, &whole.checksum),
        "combined from the parts'"
    );
    let again = fixture
        .objects
        .complete_upload("k", id, completion(&parts))
        .await
        .unwrap();
    assert_eq!(again, head, "completing is idempotent");
    let other = fixture
        .objects
        .complete_upload("k", id, completion(&parts[..1]))
        .await;
    assert!(matches!(other, Err(ObjectError::NoSuchUpload)), "{other:?}");
    fixture
        .objects
        .delete("k", WriteCondition::None)
        .await
        .unwrap();
    fixture
        .objects
        .delete("whole", WriteCondition::None)
        .await
        .unwrap();
    assert_eq!(fixture.files().len(), 0);
}

#[tokio::test]
async fn what_is_named_must_be_what_was_uploaded() {
    let fixture = Fixture::new().await;
    let id = begin(&fixture).await;
    let [a, b] = [
        part(&fixture, id, 1, b"small").await,
        part(&fixture, id, 2, b"last").await,
    ];
    let wrong = NamedPart {
        etag: "0".repeat(32),
        ..b.clone()
    };
    let absent = NamedPart {
        number: 9,
        ..b.clone()
    };
    let outcomes = [
        completion(&[b.clone(), a.clone()]),
        completion(&[a.clone(), a.clone()]),
        completion(std::slice::from_ref(&wrong)),
        completion(&[absent]),
        completion(&[a.clone(), b.clone()]),
        Completion {
            size: Some(4),
            ..completion(std::slice::from_ref(&a))
        },
        Completion {
            checksum: Some("x".to_owned()),
            ..completion(std::slice::from_ref(&a))
        },
    ];
    let mut refusals = Vec::new();
    for completion in outcomes {
        let outcome = fixture.objects.complete_upload("k", id, completion).await;
        refusals.push(outcome.unwrap_err().to_string());
    }
    assert_eq!(
        refusals,
        [
            "the parts are not in ascending order",
            "the parts are not in ascending order",
            "part 2 was not uploaded as named",
            "part 9 was not uploaded as named",
            "part 1 is smaller than 5 MiB and not the last",
            "the `size` of the object is another than the one named",
            "the `checksum` of the object is another than the one named",
        ]
    );
    fixture
        .objects
        .complete_upload("k", id, completion(&[b]))
        .await
        .unwrap();
    assert_eq!(fixture.read("k").await.unwrap(), b"last");
}

#[tokio::test]
async fn an_upload_is_its_keys_alone() {
    let fixture = Fixture::new().await;
    let id = begin(&fixture).await;
    let mine = part(&fixture, id, 1, b"mine").await;
    let objects = &fixture.objects;
    let put = objects
        .put_part("other", id, 1, chunks(b"x"), None)
        .await
        .map(drop);
    let complete = objects
        .complete_upload("other", id, completion(std::slice::from_ref(&mine)))
        .await
        .map(drop);
    let abort = objects.abort_upload("other", id).await;
    let list = objects.list_parts("other", id, 0, 10).map(drop);
    for outcome in [put, complete, abort, list] {
        assert!(
            matches!(outcome, Err(ObjectError::NoSuchUpload)),
            "{outcome:?}"
        );
    }
    objects
        .complete_upload("k", id, completion(&[mine]))
        .await
        .unwrap();
}

#[tokio::test]
async fn ranges_of_objects_become_parts_without_moving_bytes() {
    let fixture = Fixture::new().await;
    let bytes = pattern(MIN + 5_000);
    fixture.put("source", &bytes).await;
    let id = begin(&fixture).await;
    let source = |range| PartSource {
        key: "source".to_owned(),
        range,
        condition: ReadCondition::default(),
    };
    let copy = async |number, range| {
        named(
            number,
            &fixture
                .objects
                .copy_part("k", id, number, source(range))
                .await
                .unwrap(),
        )
    };
    let length = bytes.len() as u64;
    let parts = [
        copy(1, Some(1_000..MIN_PART_BYTES + 1_000)).await,
        copy(2, Some(length - 10..length)).await,
        copy(3, None).await,
    ];
    assert_eq!(fixture.files().len(), 1);
    let outside = fixture
        .objects
        .copy_part("k", id, 4, source(Some(0..length + 1)))
        .await;
    assert!(
        matches!(outside, Err(ObjectError::InvalidRange)),
        "{outside:?}"
    );
    let head = fixture
        .objects
        .complete_upload("k", id, completion(&parts[..2]))
        .await
        .unwrap();
    assert_eq!(head.checksum, None, "no byte was read");
    fixture
        .objects
        .delete("source", WriteCondition::None)
        .await
        .unwrap();
    let expected = [&bytes[1_000..MIN + 1_000], &bytes[bytes.len() - 10..]].concat();
    assert!(fixture.read("k").await.unwrap() == expected);
}

#[tokio::test]
async fn a_chosen_checksum_is_computed_for_copies_too() {
    let fixture = Fixture::new().await;
    let bytes = pattern(20_000);
    fixture.put("source", &bytes).await;
    for (algorithm, kind) in [
        (ChecksumAlgorithm::Crc32, ChecksumKind::FullObject),
        (ChecksumAlgorithm::Sha256, ChecksumKind::Composite),
    ] {
        let options = UploadOptions {
            checksum: Some((algorithm, kind)),
            ..UploadOptions::default()
        };
        let id = fixture.objects.create_upload("k", options).await.unwrap();
        let source = PartSource {
            key: "source".to_owned(),
            range: Some(5..19_000),
            condition: ReadCondition::default(),
        };
        let part = fixture.objects.copy_part("k", id, 1, source).await.unwrap();
        let stored = PutOptions {
            checksum: Some(algorithm),
            ..PutOptions::default()
        };
        let same = fixture
            .objects
            .put("same", chunks(&bytes[5..19_000]), stored)
            .await
            .unwrap();
        assert_eq!(part.checksum, same.checksum);
        let head = fixture
            .objects
            .complete_upload("k", id, completion(&[named(1, &part)]))
            .await
            .unwrap();
        let sum = head.checksum.unwrap();
        assert_eq!((sum.algorithm, sum.kind()), (algorithm, kind));
    }
}

#[tokio::test]
async fn parts_are_replaced_and_aborted_without_a_trace() {
    let fixture = Fixture::new().await;
    let id = begin(&fixture).await;
    part(&fixture, id, 1, &pattern(50_000)).await;
    part(&fixture, id, 1, &pattern(60_000)).await;
    assert_eq!(fixture.files().len(), 1);
    let (_, page) = fixture.objects.list_parts("k", id, 0, 10).unwrap();
    assert_eq!(
        page.parts
            .iter()
            .map(|(number, part)| (*number, part.size))
            .collect::<Vec<_>>(),
        [(1, 60_000)]
    );
    fixture.objects.abort_upload("k", id).await.unwrap();
    assert_eq!(fixture.files().len(), 0);
    let again = fixture.objects.abort_upload("k", id).await;
    assert!(matches!(again, Err(ObjectError::NoSuchUpload)), "{again:?}");
}

#[tokio::test]
async fn uploads_and_parts_are_listed_in_pages() {
    let fixture = Fixture::new().await;
    let objects = &fixture.objects;
    let mut ids = Vec::new();
    for key in ["a", "a", "b/1", "b/2", "c"] {
        ids.push(
            objects
                .create_upload(key, UploadOptions::default())
                .await
                .unwrap(),
        );
    }
    let mut query = UploadQuery {
        delimiter: "/".to_owned(),
        limit: 2,
        ..UploadQuery::default()
    };
    let name = |item: &UploadItem| match item {
        UploadItem::Upload(key, id, _) => format!("{key} {id}"),
        UploadItem::Prefix(prefix) => prefix.clone(),
    };
    let first = objects.list_uploads(&query).unwrap();
    let shown: Vec<_> = first.items.iter().map(name).collect();
    assert_eq!(shown, [format!("a {}", ids[0]), format!("a {}", ids[1])]);
    assert!(first.is_truncated);
    query.after = Some(("a".to_owned(), Some(ids[0])));
    let second = objects.list_uploads(&query).unwrap();
    assert_eq!(
        second.items.iter().map(name).collect::<Vec<_>>(),
        [format!("a {}", ids[1]), "b/".to_owned()]
    );
    query.after = Some(("b/".to_owned(), None));
    let last = objects.list_uploads(&query).unwrap();
    assert_eq!(
        last.items.iter().map(name).collect::<Vec<_>>(),
        [format!("c {}", ids[4])]
    );
    assert!(!last.is_truncated);

    for number in 1..=3 {
        objects
            .put_part("c", ids[4], number, chunks(b"x"), None)
            .await
            .unwrap();
    }
    let (_, page) = objects.list_parts("c", ids[4], 1, 1).unwrap();
    assert_eq!((page.parts[0].0, page.is_truncated), (2, true));
    let ended = objects
        .abort_uploads_begun_before(objects.now().plus(std::time::Duration::from_secs(1)))
        .await
        .unwrap();
    assert_eq!(ended, 5);
}
