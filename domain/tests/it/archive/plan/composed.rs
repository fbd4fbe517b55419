//! Plans carried out: every part is one that the store takes, and the zip is the one that streaming makes.

use std::io::{Cursor, Read};

use notewarden_domain::archive::{Body, Crc32, PartSize, Writer};
use zip::ZipArchive;

use super::*;
use crate::archive::layout::deflate;

/// What was made of a plan.
#[derive(Debug, Default)]
struct Made {
    zip: Vec<u8>,
    /// The lengths of the parts, by their numbers.
    parts: Vec<(u16, u64)>,
    puts: u64,
    copies: u64,
    gets: u64,
}

fn body(source: &Source, object: &Object) -> (Body, Vec<u8>) {
    let packed = match source.entry.method() {
        notewarden_domain::archive::Method::Stored => object.bytes.clone(),
        notewarden_domain::archive::Method::Deflated => deflate(&object.bytes),
    };
    let body = Body {
        crc: crc(&object.bytes),
        length: packed.len() as u64,
    };
    (body, packed)
}

/// The zip as a worker writes it that reads everything.
fn stream(plan: &Plan, objects: &[Object]) -> Vec<u8> {
    let mut zip = Vec::new();
    let mut writer = Writer::new();
    for (source, object) in plan.sources().iter().zip(objects) {
        let (body, packed) = body(source, object);
        zip.extend(writer.begin(&source.entry, Some(body)).unwrap());
        zip.extend(packed);
        zip.extend(writer.end(body).unwrap());
    }
    zip.extend(writer.finish().unwrap());
    zip
}

/// Does what the plan says, in its order, and checks each part against the rules.
fn carry_out(plan: &Plan, objects: &[Object], terms: &Terms) -> Made {
    let mut made = Made::default();
    let part_size = match plan.upload() {
        Upload::Multipart { part_size, .. } => part_size,
        Upload::Single => PartSize {
            bytes: u64::MAX,
            min: 0,
        },
    };
    let mut writer = Writer::new();
    // The entry that is being copied: its checksum and length as far as they are there.
    let mut copied: Option<(Crc32, u64)> = None;
    for (number, step) in plan.steps().iter().enumerate() {
        match step {
            Step::Copy { part, entry, range } => {
                let bytes = &objects[*entry].bytes;
                let range =
                    usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
                let answer = crc(&bytes[range.clone()]);
                let (so_far, length) = copied.unwrap();
                assert_eq!(
                    length, range.start as u64,
                    "the copies go on where the last ended"
                );
                let more = range.len() as u64;
                copied = Some((so_far.followed_by(answer, more), length + more));
                assert!(more >= terms.rules.min_part && more <= terms.worker.copy_bytes);
                made.copies += 1;
                made.parts.push((*part, more));
                made.zip.extend(&bytes[range]);
            }
            Step::Write {
                parts,
                pieces,
                bytes,
            } => {
                let mut written = Vec::new();
                let mut tail_bytes = Vec::new();
                if let Some((mut crc_so_far, mut length)) = copied.take() {
                    if let Some(Piece::Tail { entry, range }) = pieces.first() {
                        let object = &objects[*entry];
                        assert!(matches!(object.checksum, Checksum::Known(_)));
                        assert_eq!(
                            (range.start, range.end),
                            (length, object.bytes.len() as u64)
                        );
                        let tail = &object.bytes[usize::try_from(range.start).unwrap()..];
                        crc_so_far = crc_so_far.followed_by(crc(tail), tail.len() as u64);
                        length = range.end;
                        tail_bytes = tail.to_vec();
                        made.gets += 1;
                    }
                    let crc = crc_so_far;
                    written.extend(writer.end(Body { crc, length }).unwrap());
                    assert!(written.is_empty(), "what is copied has no descriptor");
                }
                written.extend(tail_bytes);
                for piece in pieces {
                    match piece {
                        Piece::Tail { .. } => {}
                        Piece::Whole(entries) => {
                            for entry in entries.clone() {
                                let source = &plan.sources()[entry];
                                let (body, packed) = body(source, &objects[entry]);
                                written.extend(writer.begin(&source.entry, Some(body)).unwrap());
                                written.extend(packed);
                                written.extend(writer.end(body).unwrap());
                                let is_object = matches!(source.origin, Origin::Object { .. });
                                made.gets += u64::from(is_object && source.entry.size() > 0);
                            }
                        }
                        Piece::Head { entry, bytes } => {
                            // The checksum is there: known, or from the answers to copies that came first.
                            let object = &objects[*entry];
                            let source = &plan.sources()[*entry];
                            let (body, _) = body(source, object);
                            written.extend(writer.begin(&source.entry, Some(body)).unwrap());
                            let head = &object.bytes[..usize::try_from(*bytes).unwrap()];
                            written.extend(head);
                            made.gets += u64::from(*bytes > 0);
                            copied = Some((crc(head), *bytes));
                        }
                        Piece::Directory => {
                            written.extend(std::mem::take(&mut writer).finish().unwrap());
                        }
                    }
                }
                let mut waiting = written.len() as u64;
                assert!(bytes.contains(waiting), "{bytes:?} {waiting}");
                let is_last = number + 1 == plan.steps().len();
                let mut part = *parts.start();
                let count = part_size.count(waiting);
                while let Some(length) = part_size.cut(waiting, true) {
                    assert!(parts.contains(&part));
                    assert!(length >= terms.rules.min_part || is_last, "{plan:?}");
                    assert!(length <= terms.rules.max_part || plan.upload() == Upload::Single);
                    made.parts.push((part, length));
                    made.puts += 1;
                    waiting -= length;
                    part += 1;
                }
                assert_eq!(u64::from(part - parts.start()), count);
                made.zip.extend(written);
            }
        }
    }
    assert!(made.parts.is_sorted_by_key(|(number, _)| *number));
    if matches!(plan.upload(), Upload::Multipart { .. }) {
        made.puts += 2;
    }
    made
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn a_composed_zip_is_the_streamed_one(
        objects in objects(12, 3_000),
        factors in proptest::array::uniform5(0.01..10.0_f64),
        strategy in proptest::sample::select(&[Strategy::Cheapest, Strategy::CopyAll, Strategy::ReadAll][..]),
    ) {
        let terms = small_terms(factors);
        let plan = Plan::new(sources(&objects), strategy, &terms).unwrap();
        let made = carry_out(&plan, &objects, &terms);
        prop_assert_eq!(&made.zip, &stream(&plan, &objects));
        prop_assert!(plan.layout().total().contains(made.zip.len() as u64));

        let expected = plan.expected();
        prop_assert_eq!(expected.copies, made.copies);
        prop_assert_eq!(expected.gets, made.gets);
        prop_assert!(expected.puts >= made.puts);
        if plan.layout().total().exact().is_some() {
            prop_assert_eq!(expected.puts, made.puts);
            let total = expected.bytes_through_worker + expected.bytes_copied;
            prop_assert_eq!(total, made.zip.len() as u64);
        }
        if strategy == Strategy::ReadAll {
            prop_assert_eq!(expected.copies, 0);
        }
        if let Upload::Multipart { copies_first, .. } = plan.upload() {
            let unknown = |step: &Step| match step {
                Step::Copy { entry, .. } => !matches!(objects[*entry].checksum, Checksum::Known(_)),
                Step::Write { .. } => false,
            };
            prop_assert_eq!(copies_first, plan.steps().iter().any(unknown));
        }

        let mut zip = ZipArchive::new(Cursor::new(&made.zip)).unwrap();
        prop_assert_eq!(zip.len(), objects.len());
        for (number, object) in objects.iter().enumerate() {
            let mut content = Vec::new();
            zip.by_index(number).unwrap().read_to_end(&mut content).unwrap();
            prop_assert_eq!(&content, &object.bytes);
        }
    }

    #[test]
    fn parts_are_never_too_many(
        objects in objects(20, 3_000),
        factors in proptest::array::uniform5(0.01..10.0_f64),
        max_parts in 1..40_u16,
    ) {
        let mut terms = small_terms(factors);
        terms.rules.max_parts = max_parts;
        let plan = Plan::new(sources(&objects), Strategy::Cheapest, &terms);
        let streamed = Plan::new(sources(&objects), Strategy::ReadAll, &terms);
        match plan {
            Ok(plan) => {
                let made = carry_out(&plan, &objects, &terms);
                let last = made.parts.last().map_or(0, |(number, _)| *number);
                prop_assert!(last <= max_parts);
            }
            Err(error) => {
                prop_assert_eq!(error.field, "files");
                prop_assert!(streamed.is_err(), "streaming would do");
            }
        }
    }
}
