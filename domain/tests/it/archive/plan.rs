//! Plans of uploads: carried out on small stores, and against the cheapest of all partitions.

mod composed;
mod optimum;
mod real;

use notewarden_domain::{
    FileName, IdentityId, ObjectKey, Timestamp,
    archive::{
        Checksum, Entry, Origin, Piece, Plan, Prices, Source, Step, StoreRules, Strategy, Terms,
        Upload, Worker, unique_names,
    },
};
use proptest::{prelude::*, strategy::Strategy as Strategy_};

use super::crc;

/// An object to put into a zip, with its bytes.
#[derive(Clone, Debug)]
struct Object {
    bytes: Vec<u8>,
    checksum: Checksum,
    is_deflated: bool,
    is_made: bool,
}

/// Modified when the extended timestamp has no room any more: a stored entry's header is then 30 bytes and its name.
const LATE: Timestamp = Timestamp::from_millis(5_000_000_000_000);

fn key() -> ObjectKey {
    let owner: IdentityId = "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01"
        .parse()
        .unwrap();
    ObjectKey::private(&owner, &"a".parse::<FileName>().unwrap())
}

fn sources(objects: &[Object]) -> Vec<Source> {
    let paths: Vec<String> = (10..objects.len() + 10)
        .map(|number| number.to_string())
        .collect();
    let names = unique_names(paths.iter().map(String::as_str));
    let source = |(name, object): (_, &Object)| {
        let size = object.bytes.len() as u64;
        let entry = if object.is_deflated {
            Entry::deflated(name, LATE, size, object.checksum == Checksum::BodyFirst)
        } else {
            Entry::stored(name, LATE, size, object.checksum)
        };
        let origin = if object.is_made {
            Origin::Made
        } else {
            Origin::Object {
                key: key(),
                etag: "etag".into(),
            }
        };
        Source { entry, origin }
    };
    names.into_iter().zip(objects).map(source).collect()
}

/// A store whose parts are 200 bytes and more, and prices that stand to its bytes as S3's to its own, give or take
/// the factors.
fn small_terms(factors: [f64; 5]) -> Terms {
    let [put, get, memory, latency, copying] = factors;
    let scale = 200.0 / StoreRules::S3.min_part as f64;
    Terms {
        rules: StoreRules {
            min_part: 200,
            max_part: 4_000,
            max_parts: 10_000,
            max_object: 1 << 40,
        },
        prices: Prices {
            put: Prices::AWS.put * put,
            get: Prices::AWS.get * get,
            ..Prices::AWS
        },
        worker: Worker {
            gigabytes: memory,
            bandwidth: Worker::LAMBDA.bandwidth * scale,
            get_seconds: Worker::LAMBDA.get_seconds * latency,
            copy_bandwidth: Worker::LAMBDA.copy_bandwidth * scale * copying,
            part_bytes: 640,
            copy_bytes: 2_000,
            ..Worker::LAMBDA
        },
    }
}

fn objects(most: usize, longest: usize) -> impl Strategy_<Value = Vec<Object>> {
    let size = prop_oneof![0..250_usize, 150..longest, 150..longest];
    let object = (size, any::<u8>(), 0..3_u8, 0..6_u8, 0..6_u8);
    proptest::collection::vec(object, 0..most).prop_map(|objects| {
        let object = |(size, seed, checksum, deflated, made): (usize, u8, u8, u8, u8)| {
            let byte = |at| u8::try_from(at % 251).unwrap().wrapping_mul(seed | 1);
            let bytes: Vec<u8> = (0..size).map(byte).collect();
            let checksum = match checksum {
                0 => Checksum::Known(crc(&bytes)),
                1 => Checksum::BodyFirst,
                _ => Checksum::Afterwards,
            };
            Object {
                bytes,
                checksum,
                is_deflated: deflated == 0,
                is_made: made == 0,
            }
        };
        objects.into_iter().map(object).collect()
    })
}
