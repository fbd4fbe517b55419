//! Reading ahead: many small objects at once, because it is the waiting that takes long, within a bound of memory.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use notewarden_domain::archive::{Body, LayoutError, Method, Origin, Piece, Plan, Step};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::JoinSet,
};

use super::{Deflating, HELD_BYTES, Halt, Inputs, Tasks, made::Content, reading};

/// Reads under way at once.
const READS: usize = 32;

/// The most that is held ahead of what is written, in KiB.
const AHEAD_KIB: u32 = 12 << 10;

/// Something that is read for the zip.
#[derive(Clone, Debug)]
enum Item {
    /// An entry with all its bytes.
    Entry(usize),
    /// Some of an object's bytes, before or behind those that are copied.
    Range(usize, Range<u64>),
}

/// What was read, ready to be written.
pub(super) enum Prepared {
    /// All of it.
    Held {
        /// The bytes as they are in the zip.
        chunks: Vec<Bytes>,
        /// What they are.
        body: Body,
        /// The room that they take.
        room: OwnedSemaphorePermit,
    },
    /// Nothing yet: it is too long, and read when it is its turn.
    Later,
}

/// What is read for a plan, in the order in which it is written.
pub(super) struct Ahead {
    prepared: mpsc::Receiver<Result<Prepared, Halt>>,
    reader: JoinSet<()>,
}

impl Ahead {
    /// Begins to read, in a task of its own that ends with this value.
    pub fn start(inputs: Inputs, tasks: &Tasks) -> Self {
        let (sender, prepared) = mpsc::channel(READS);
        let mut reader = JoinSet::new();
        let tasks = tasks.clone();
        reader.spawn(async move {
            let _tasks = tasks;
            let room = Arc::new(Semaphore::new(AHEAD_KIB as usize));
            let with_inputs = inputs.clone();
            let in_order = stream::iter(items(&inputs.plan))
                .then(move |item| take_room(with_inputs.clone(), room.clone(), item))
                .map(move |(item, room)| prepare(inputs.clone(), item, room))
                .buffered(READS);
            let mut in_order = std::pin::pin!(in_order);
            while let Some(item) = in_order.next().await {
                let is_last = item.is_err();
                if sender.send(item).await.is_err() || is_last {
                    return;
                }
            }
        });
        Self { prepared, reader }
    }

    /// What is written next.
    pub async fn next(&mut self) -> Result<Prepared, Halt> {
        if let Some(item) = self.prepared.recv().await {
            return item;
        }
        match self.reader.join_next().await {
            Some(Err(panic)) => Err(Halt::Lost(panic)),
            _ => Err(Halt::Plan(LayoutError::OutOfOrder)),
        }
    }
}

fn items(plan: &Plan) -> Vec<Item> {
    let mut items = Vec::new();
    for step in plan.steps() {
        let Step::Write { pieces, .. } = step else {
            continue;
        };
        for piece in pieces {
            match piece {
                Piece::Tail { entry, range } => items.push(Item::Range(*entry, range.clone())),
                Piece::Whole(entries) => items.extend(entries.clone().map(Item::Entry)),
                Piece::Head { entry, bytes } => items.push(Item::Range(*entry, 0..*bytes)),
                Piece::Directory => {}
            }
        }
    }
    items
}

/// How many bytes are held of the item at most; `None` if it is not held.
fn held_bytes(inputs: &Inputs, item: &Item) -> Option<u64> {
    let bytes = match item {
        Item::Range(_, range) => range.end - range.start,
        Item::Entry(entry) => {
            let source = inputs.plan.sources().get(*entry)?;
            match (inputs.made.get(*entry), source.entry.method()) {
                // They are in memory anyway.
                (Some(Content::Held(_)), _) => 0,
                (Some(Content::Spooled { range, .. }), _) => range.end - range.start,
                (None, Method::Stored) => source.entry.size(),
                (None, Method::Deflated) => source.entry.size().saturating_mul(2),
            }
        }
    };
    (bytes <= 2 * HELD_BYTES && item_size(inputs, item) <= HELD_BYTES).then_some(bytes)
}

fn item_size(inputs: &Inputs, item: &Item) -> u64 {
    match item {
        Item::Range(_, range) => range.end - range.start,
        Item::Entry(entry) => match inputs.made.get(*entry) {
            Some(Content::Held(_)) => 0,
            Some(Content::Spooled { range, .. }) => range.end - range.start,
            None => {
                let source = inputs.plan.sources().get(*entry);
                source.map_or(0, |source| source.entry.size())
            }
        },
    }
}

/// Waits until there is room for the item, if it is held.
async fn take_room(
    inputs: Inputs,
    room: Arc<Semaphore>,
    item: Item,
) -> (Item, Option<OwnedSemaphorePermit>) {
    let Some(bytes) = held_bytes(&inputs, &item) else {
        return (item, None);
    };
    let kib = u32::try_from(bytes.div_ceil(1 << 10)).unwrap_or(u32::MAX);
    let permit = room.acquire_many_owned(kib.clamp(1, AHEAD_KIB));
    (item, permit.await.ok())
}

async fn prepare(
    inputs: Inputs,
    item: Item,
    room: Option<OwnedSemaphorePermit>,
) -> Result<Prepared, Halt> {
    let Some(room) = room else {
        return Ok(Prepared::Later);
    };
    let (chunks, body) = match item {
        Item::Range(entry, range) => {
            let length = range.end - range.start;
            let (chunks, crc) = inputs.hold(entry, range).await?;
            (chunks, Body { crc, length })
        }
        Item::Entry(entry) => hold_entry(&inputs, entry).await?,
    };
    Ok(Prepared::Held { chunks, body, room })
}

async fn hold_entry(inputs: &Inputs, entry: usize) -> Result<(Vec<Bytes>, Body), Halt> {
    let source = inputs.source(entry)?;
    let size = source.entry.size();
    match (&source.origin, inputs.made.get(entry)) {
        (Origin::Made, Some(Content::Held(bytes))) => {
            let crc = reading::crc(bytes);
            Ok((vec![bytes.clone()], Body { crc, length: size }))
        }
        (Origin::Made, Some(Content::Spooled { body, .. })) => {
            let (chunks, _) = inputs.hold(entry, 0..size).await?;
            Ok((chunks, *body))
        }
        _ if source.entry.method() == Method::Stored => {
            let (chunks, crc) = inputs.hold(entry, 0..size).await?;
            Ok((chunks, Body { crc, length: size }))
        }
        _ => {
            let mut bytes = inputs.open(entry, 0..size)?;
            let mut deflating = Deflating::new(inputs.deflater.clone());
            let mut packed = Vec::new();
            while let Some(chunk) = inputs.next(entry, &mut *bytes).await? {
                packed.extend(deflating.push(&chunk).await?);
            }
            let (rest, body) = deflating.finish().await?;
            packed.extend(rest);
            Ok((packed, body))
        }
    }
}
