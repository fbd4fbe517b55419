//! The store beside a model of it: whatever is put, copied, uploaded in parts and deleted, in whatever order.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{
    multipart::{Completion, NamedPart, PartSource},
    objects::UploadId,
};

#[derive(Clone, Debug)]
enum Step {
    Put(usize, usize),
    Copy(usize, usize),
    Delete(Vec<usize>),
    /// An upload to a key is begun.
    Begin(usize),
    /// A part of so many bytes comes, to one of the uploads under way.
    Part(usize, u16, usize),
    /// A part is copied from a key.
    CopyPart(usize, u16, usize),
    Complete(usize),
    Abort(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let size = || prop_oneof![0..100_usize, 15_000..45_000_usize];
    let number = 1..3_u16;
    let step = prop_oneof![
        3 => (0..KEYS, size()).prop_map(|(key, size)| Step::Put(key, size)),
        2 => (0..KEYS, 0..KEYS).prop_map(|(from, to)| Step::Copy(from, to)),
        1 => prop::collection::vec(0..KEYS, 1..4).prop_map(Step::Delete),
        2 => (0..KEYS).prop_map(Step::Begin),
        3 => (0..9_usize, number.clone(), size())
            .prop_map(|(at, number, size)| Step::Part(at, number, size)),
        1 => (0..9_usize, number, 0..KEYS)
            .prop_map(|(at, number, from)| Step::CopyPart(at, number, from)),
        2 => (0..9_usize).prop_map(Step::Complete),
        1 => (0..9_usize).prop_map(Step::Abort),
    ];
    prop::collection::vec(step, 1..50)
}

/// An upload under way: its key, its id, and its parts' sizes and tags by their numbers.
struct Under {
    key: String,
    id: UploadId,
    parts: BTreeMap<u16, (u64, String)>,
}

impl Under {
    fn bytes(&self) -> u64 {
        self.parts.values().map(|(size, _)| size).sum()
    }
}

/// What the store must hold: the sizes of objects by their keys, and the uploads under way.
#[derive(Default)]
struct Model {
    objects: BTreeMap<String, u64>,
    uploads: Vec<Under>,
}

fn owner_of(key: &str) -> Option<IdentityId> {
    let mut owners = [owner(1), owner(2)].into_iter();
    owners.find(|owner| key.starts_with(&ObjectKey::private_prefix(owner)))
}

impl Model {
    fn usage(&self, owner: &IdentityId) -> Usage {
        let folder = ObjectKey::private_prefix(owner);
        let mut usage = Usage::default();
        for (key, size) in &self.objects {
            if key.starts_with(&folder) {
                usage.files += 1;
                usage.bytes += size;
            }
        }
        for upload in self.uploads_of(owner) {
            usage.bytes += upload.bytes();
        }
        usage
    }

    fn uploads_of(&self, owner: &IdentityId) -> impl Iterator<Item = &Under> {
        let folder = ObjectKey::private_prefix(owner);
        let uploads = self.uploads.iter();
        uploads.filter(move |upload| upload.key.starts_with(&folder))
    }

    /// Stores, if the quota allows it; says whether it does.
    fn store(&mut self, key: String, size: u64) -> bool {
        let replaced = self.objects.get(&key).copied();
        let fits = owner_of(&key)
            .is_none_or(|owner| QUOTA.check(self.usage(&owner), size, replaced).is_ok());
        if fits {
            self.objects.insert(key, size);
        }
        fits
    }

    /// Whether an upload to `key` may begin.
    fn may_begin(&self, key: &str) -> bool {
        owner_of(key).is_none_or(|owner| (self.uploads_of(&owner).count() as u64) < QUOTA.files)
    }

    /// Whether a part may come to the upload at `at`.
    fn may_take(&self, at: usize, number: u16, size: u64) -> bool {
        let Under { key, parts, .. } = &self.uploads[at];
        let Some(owner) = owner_of(key) else {
            return true;
        };
        let previous = parts.get(&number).map_or(0, |(size, _)| *size);
        let replaced = self.objects.get(key).copied().unwrap_or(0);
        let others = self.usage(&owner).bytes - previous - replaced;
        let is_no_worse = size <= previous || others + size <= QUOTA.bytes;
        size <= QUOTA.file_bytes && is_no_worse
    }

    /// Which upload a step is about.
    fn upload(&self, at: usize) -> Option<usize> {
        at.checked_rem(self.uploads.len())
    }
}

/// Does the step in the store and in the model, which must agree.
async fn take(objects: &Objects, model: &mut Model, step: &Step) {
    match step {
        Step::Put(to, size) => {
            let data = chunks(&pattern(*size));
            let outcome = objects.put(&key(*to), data, PutOptions::default()).await;
            assert_eq!(is_stored(outcome), model.store(key(*to), *size as u64));
        }
        Step::Copy(from, to) => {
            let (source, target) = (key(*from), key(*to));
            let outcome = objects.copy(&source, &target, CopyOptions::default()).await;
            match (model.objects.get(&source).copied(), outcome) {
                (None, outcome) => assert!(matches!(outcome, Err(ObjectError::NoSuchKey))),
                (Some(size), outcome) => {
                    assert_eq!(is_stored(outcome), model.store(key(*to), size));
                }
            }
        }
        Step::Delete(keys) => {
            let all = keys
                .iter()
                .map(|number| (key(*number), WriteCondition::None));
            objects.delete_all(all.collect()).await.unwrap();
            for number in keys {
                model.objects.remove(&key(*number));
            }
        }
        Step::Begin(to) => {
            let key = key(*to);
            let begun = objects.create_upload(&key, UploadOptions::default()).await;
            assert_eq!(begun.is_ok(), model.may_begin(&key));
            if let Ok(id) = begun {
                let parts = BTreeMap::new();
                model.uploads.push(Under { key, id, parts });
            }
        }
        Step::Part(..) | Step::CopyPart(..) => take_part(objects, model, step).await,
        Step::Complete(at) => {
            let Some(at) = model.upload(*at) else { return };
            if !model.uploads[at].parts.is_empty() {
                complete(objects, model, at).await;
            }
        }
        Step::Abort(at) => {
            let Some(at) = model.upload(*at) else { return };
            let Under { key, id, .. } = model.uploads.swap_remove(at);
            objects.abort_upload(&key, id).await.unwrap();
        }
    }
}

async fn take_part(objects: &Objects, model: &mut Model, step: &Step) {
    let (Step::Part(at, number, _) | Step::CopyPart(at, number, _)) = *step else {
        return;
    };
    let Some(at) = model.upload(at) else { return };
    let (key_of_upload, id) = (model.uploads[at].key.clone(), model.uploads[at].id);
    let (size, outcome) = if let Step::CopyPart(_, _, from) = step {
        let source = PartSource {
            key: key(*from),
            range: None,
            condition: ReadCondition::default(),
        };
        let Some(size) = model.objects.get(&source.key).copied() else {
            return;
        };
        let copied = objects.copy_part(&key_of_upload, id, number, source).await;
        (size, copied)
    } else {
        let &Step::Part(_, _, size) = step else {
            return;
        };
        let early = objects.check_quota_of_part(&key_of_upload, id, number, size as u64);
        let data = chunks(&pattern(size));
        let put = objects.put_part(&key_of_upload, id, number, data, None);
        let put = put.await;
        assert_eq!(early.is_ok(), put.is_ok(), "the same before and after");
        (size as u64, put)
    };
    assert_eq!(outcome.is_ok(), model.may_take(at, number, size));
    if let Ok(part) = outcome {
        let tag = part.etag();
        model.uploads[at].parts.insert(number, (size, tag));
    }
}

async fn complete(objects: &Objects, model: &mut Model, at: usize) {
    let upload = model.uploads.swap_remove(at);
    let named = upload.parts.iter().map(|(number, (_, etag))| NamedPart {
        number: *number,
        etag: etag.clone(),
        checksum: None,
    });
    let completion = Completion {
        parts: named.collect(),
        takes_short_parts: true,
        ..Completion::default()
    };
    let completed = objects
        .complete_upload(&upload.key, upload.id, completion)
        .await;
    let is_completed = is_stored(completed);
    assert_eq!(
        is_completed,
        model.store(upload.key.clone(), upload.bytes())
    );
    if !is_completed {
        // The upload goes on, with its parts.
        let (_, page) = objects.list_parts(&upload.key, upload.id, 0, 10).unwrap();
        assert_eq!(page.parts.len(), upload.parts.len());
        model.uploads.push(upload);
    }
}

async fn run(steps: Vec<Step>) {
    let fixture = Fixture::new().await;
    let objects = fixture.objects.clone().with_quota(QUOTA);
    let files = EmbeddedFiles::new(objects.clone());
    let mut model = Model::default();
    for step in steps {
        take(&objects, &mut model, &step).await;
        for owner in [owner(1), owner(2)] {
            let usage = files.usage(&owner).await.unwrap();
            assert_eq!(usage, model.usage(&owner), "after {step:?}");
            assert!(usage.files <= QUOTA.files, "after {step:?}");
            // One file that parts are to replace may be there beside them.
            let most = QUOTA.bytes + QUOTA.file_bytes;
            assert!(usage.bytes <= most, "after {step:?}");
        }
    }
    let everything = model
        .objects
        .keys()
        .map(|key| (key.clone(), WriteCondition::None));
    objects.delete_all(everything.collect()).await.unwrap();
    for upload in model.uploads {
        objects.abort_upload(&upload.key, upload.id).await.unwrap();
    }
    for owner in [owner(1), owner(2)] {
        assert_eq!(files.usage(&owner).await.unwrap(), Usage::default());
    }
    assert_eq!(
        fixture.files(),
        [""; 0].map(PathBuf::from),
        "what was refused left no blob"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn counters_are_a_recount_and_within_the_quota(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(run(steps));
    }
}
