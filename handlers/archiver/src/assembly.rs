//! A plan carried out: the parts of a zip in the store, made from reads, copies and the records between them.

mod ahead;
mod copies;
mod deflate;
mod inputs;
mod ledger;
mod made;
mod parts;
mod reading;
mod tally;
mod tasks;
mod writing;

use bytes::Bytes;
use futures_util::future;
use notewarden_domain::{
    ObjectKey, StoreError,
    archive::{LayoutError, Upload},
    ports::{ArchiveUpload, StoredPart},
};

use self::{ahead::Ahead, copies::Copies, ledger::Ledger, parts::Parts, writing::Writing};
pub(crate) use self::{
    deflate::{Deflater, Deflating},
    inputs::Inputs,
    made::{Content, Made, Spool},
    reading::crc,
    tally::{Tally, toll_of},
    tasks::{Quiet, Tasks},
};
use crate::retry::patiently;

/// The most bytes that are held of one entry or of one beginning of an object, before the next is written.
pub(crate) const HELD_BYTES: u64 = 6 << 20;

/// Why the parts of a zip are not there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Halt {
    /// The object of the entry is gone or was replaced.
    #[error("an object changed while the archive was made")]
    Changed { entry: usize },
    /// The object of the entry is the same, but its bytes have another checksum or length than was said.
    #[error("an object is not what was said of it")]
    Mistaken { entry: usize },
    /// The upload is over, and not by us.
    #[error("the upload was ended by another")]
    UploadOver,
    /// The store cannot do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The plan contradicts itself.
    #[error("the plan of the archive does not hold")]
    Plan(#[source] LayoutError),
    /// A task was lost.
    #[error("a task of the archive worker was lost")]
    Lost(#[from] tokio::task::JoinError),
}

/// All of a zip but the last request, which makes it an object.
#[derive(Debug)]
pub(crate) enum Assembled {
    /// Its bytes: it is one PUT.
    Whole(Vec<Bytes>),
    /// Its parts, in order.
    Parts(ArchiveUpload, Vec<StoredPart>),
}

/// Makes all parts of the zip at `key` as the inputs' plan says. Dropped, it leaves requests under way, of which
/// `tasks` knows, and maybe an upload.
pub(crate) async fn assemble(
    inputs: &Inputs,
    key: &ObjectKey,
    tasks: &Tasks,
) -> Result<(Assembled, u64), Halt> {
    let ledger = Ledger::default();
    let Upload::Multipart {
        part_size,
        copies_first,
    } = inputs.plan.upload()
    else {
        let mut parts = Parts::held();
        let written = write(inputs, &ledger, &mut parts, tasks).await?;
        return Ok((Assembled::Whole(parts.into_chunks()), written));
    };
    let upload = patiently(|| {
        inputs.tally.begun();
        inputs.objects.begin(key)
    })
    .await?;
    let mut parts = Parts::of(inputs, &upload, part_size, tasks);
    let copies = Copies::new(inputs, &ledger, &upload);
    let (mut stored, length) = if copies_first {
        let copied = copies.run().await?;
        copies.read_long_heads().await?;
        (copied, write(inputs, &ledger, &mut parts, tasks).await?)
    } else {
        future::try_join(copies.run(), write(inputs, &ledger, &mut parts, tasks)).await?
    };
    stored.extend(parts.finish().await?);
    stored.sort_unstable_by_key(|part| part.number);
    ledger.check(&inputs.plan)?;
    Ok((Assembled::Parts(upload, stored), length))
}

/// Writes what the plan says is written, and answers how long the zip is.
async fn write(
    inputs: &Inputs,
    ledger: &Ledger,
    parts: &mut Parts,
    tasks: &Tasks,
) -> Result<u64, Halt> {
    let ahead = Ahead::start(inputs.clone(), tasks);
    Writing::new(inputs, ledger, parts, ahead).run().await
}
