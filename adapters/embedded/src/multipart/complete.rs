//! Completing an upload: the named parts become the object, in one commit.

use std::collections::BTreeMap;

use md5::{Digest, Md5};
use notewarden_domain::{Timestamp, archive::Crc32};

use super::{
    MIN_PART_BYTES,
    record::{self, Part, Upload},
};
use crate::{
    Objects,
    checksums::{Checksum, ChecksumKind},
    objects::{
        Object, ObjectError, ObjectHead, ObjectLayout, PartSummary, Tables, UploadId,
        WriteCondition,
    },
};

/// A part as the client names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPart {
    /// Its number.
    pub number: u16,
    /// Its entity tag, without quotes.
    pub etag: String,
    /// Its checksum as S3 writes it, if the client says it again.
    pub checksum: Option<String>,
}

/// How an upload is completed.
#[derive(Clone, Debug, Default)]
pub struct Completion {
    /// The parts, in ascending order.
    pub parts: Vec<NamedPart>,
    /// What must hold of the object that is there.
    pub condition: WriteCondition,
    /// The object's checksum as S3 writes it, if the client knows it.
    pub checksum: Option<String>,
    /// The object's size, if the client says it.
    pub size: Option<u64>,
    /// Whether parts may be shorter than [`MIN_PART_BYTES`], as those of clients of S3 may not.
    pub takes_short_parts: bool,
}

impl Objects {
    /// Makes an object of the parts, and ends the upload.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchUpload`], [`ObjectError::InvalidPart`], [`ObjectError::InvalidPartOrder`],
    /// [`ObjectError::PartTooSmall`], [`ObjectError::Mismatch`], and the condition's refusals; the upload goes
    /// on after each.
    pub async fn complete_upload(
        &self,
        key: &str,
        id: UploadId,
        completion: Completion,
    ) -> Result<ObjectHead, ObjectError> {
        let key = key.to_owned();
        let now = self.now();
        self.commit(None, move |tables| {
            let current = tables.object(&key)?;
            let Some(upload) = record::upload_in(&tables.uploads, &key, id)? else {
                return answer_again(current, id, &completion);
            };
            let current = current.as_ref().map(|object| &object.head);
            completion.condition.check(current)?;
            let uploaded = record::parts_in(&tables.parts, id, 0)?.collect::<Result<_, _>>()?;
            let object = assemble(id, upload, uploaded, &completion, now)?;
            finish(tables, &key, id, &object)
        })
        .await
    }
}

/// The answer when the upload is not under way: it may be done already.
fn answer_again(
    current: Option<Object>,
    id: UploadId,
    completion: &Completion,
) -> Result<ObjectHead, ObjectError> {
    let done = current.filter(|object| object.layout.upload == Some(id));
    let object = done.ok_or(ObjectError::NoSuchUpload)?;
    let numbers = object.layout.parts.iter().map(|part| part.number);
    if numbers.eq(completion.parts.iter().map(|part| part.number)) {
        Ok(object.head)
    } else {
        Err(ObjectError::NoSuchUpload)
    }
}

fn finish(
    tables: &mut Tables<'_>,
    key: &str,
    id: UploadId,
    object: &Object,
) -> Result<ObjectHead, ObjectError> {
    let parts = tables.take_upload(key, id)?;
    tables.put(key, object)?;
    for (_, part) in parts {
        tables.release(&part.extents)?;
    }
    Ok(object.head.clone())
}

fn assemble(
    id: UploadId,
    upload: Upload,
    mut uploaded: BTreeMap<u16, Part>,
    completion: &Completion,
    now: Timestamp,
) -> Result<Object, ObjectError> {
    let named = &completion.parts;
    if !named.is_sorted_by(|a, b| a.number < b.number) {
        return Err(ObjectError::InvalidPartOrder);
    }
    let mut parts = Vec::with_capacity(named.len());
    for NamedPart {
        number,
        etag,
        checksum,
    } in named
    {
        let invalid = ObjectError::InvalidPart { number: *number };
        let Some(part) = uploaded.remove(number) else {
            return Err(invalid);
        };
        let same_sum = match (checksum, &part.checksum) {
            (Some(named), Some(sum)) => *named == sum.text(),
            _ => true,
        };
        if part.etag() != *etag || !same_sum {
            return Err(invalid);
        }
        parts.push((*number, part));
    }
    let mut but_last = parts.iter().rev().skip(1);
    let is_short = |(_, part): &&(u16, Part)| part.size < MIN_PART_BYTES;
    if let Some((number, _)) = but_last.find(is_short)
        && !completion.takes_short_parts
    {
        return Err(ObjectError::PartTooSmall { number: *number });
    }
    let object = join(id, upload, parts, now);
    let sum = object.head.checksum.as_ref().map(Checksum::text);
    if completion.checksum.is_some() && completion.checksum != sum {
        return Err(ObjectError::Mismatch { what: "checksum" });
    }
    if completion.size.is_some_and(|size| size != object.head.size) {
        return Err(ObjectError::Mismatch { what: "size" });
    }
    Ok(object)
}

fn join(id: UploadId, upload: Upload, parts: Vec<(u16, Part)>, now: Timestamp) -> Object {
    let mut etags = Md5::new();
    for (_, part) in &parts {
        etags.update(part.etag);
    }
    let sizes = || parts.iter().map(|(_, part)| part.size);
    let head = ObjectHead {
        size: sizes().sum(),
        etag: format!("{}-{}", hex::encode(etags.finalize()), parts.len()),
        modified_at: now,
        checksum: checksum(&upload, &parts),
        crc32: crc32(&parts),
    };
    let summaries = parts.iter().map(|(number, part)| PartSummary {
        number: *number,
        size: part.size,
        checksum: part.checksum.clone(),
    });
    let layout = ObjectLayout {
        parts: summaries.collect(),
        attributes: upload.attributes,
        upload: Some(id),
        extents: parts
            .into_iter()
            .flat_map(|(_, part)| part.extents)
            .collect(),
    };
    Object { head, layout }
}

/// The checksum that the upload asked for, as far as the parts' are known.
fn checksum(upload: &Upload, parts: &[(u16, Part)]) -> Option<Checksum> {
    let sums: Option<Vec<_>> = parts
        .iter()
        .map(|(_, part)| part.checksum.as_ref().map(|sum| (sum, part.size)))
        .collect();
    let sums = sums?;
    match upload.checksum {
        Some((algorithm, ChecksumKind::Composite)) => {
            Checksum::compose(algorithm, sums.into_iter().map(|(sum, _)| sum))
        }
        Some((_, ChecksumKind::FullObject)) | None => Checksum::combine(sums),
    }
}

fn crc32(parts: &[(u16, Part)]) -> Option<u32> {
    let sums: Option<Vec<_>> = parts
        .iter()
        .map(|(_, part)| Some((Checksum::of_crc32(Crc32::new(part.crc32?)), part.size)))
        .collect();
    Checksum::combine(sums?.iter().map(|(sum, size)| (sum, *size)))?.crc32()
}
