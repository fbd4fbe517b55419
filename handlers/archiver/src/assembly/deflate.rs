//! Deflating on all cores: a stream is cut into blocks that are deflated by themselves, each with the end of the one
//! before as its dictionary, and joined again. What deflating cannot make shorter is stored within the stream.
//!
//! The cuts lie at fixed places and each block follows from its bytes and its dictionary, so the same bytes give the
//! same stream whatever the number of cores.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::available_parallelism,
};

use bytes::{Bytes, BytesMut};
use flate2::{Compress, Compression, FlushCompress, Status};
use notewarden_domain::archive::Body;
use tokio::{
    sync::Semaphore,
    task::{JoinError, JoinHandle, spawn_blocking},
};

use super::reading::Checksummer;

/// The length of a block, in bytes.
pub(crate) const BLOCK: usize = 512 << 10;

/// How far back deflate refers (RFC 1951), in bytes.
const WINDOW: usize = 32 << 10;

/// The longest stored block of a deflate stream (RFC 1951, 3.2.4), in bytes.
const STORED_BLOCK: usize = 65_535;

/// Blocks from this length on are judged by samples first.
const SAMPLED_FROM: usize = 64 << 10;

/// How many samples are taken, evenly spread, and how long they are, in bytes.
const SAMPLES: usize = 4;
const SAMPLE: usize = 4 << 10;

/// Compressors of one level. Making one takes longer than a small file.
#[derive(Debug)]
struct Pool {
    level: Compression,
    idle: Mutex<Vec<Compress>>,
}

impl Pool {
    fn new(level: Compression) -> Self {
        Self {
            level,
            idle: Mutex::default(),
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Compress>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes deflated; `None` if zlib refuses, which it has no reason for.
    fn compress(&self, dictionary: &[u8], bytes: &[u8], flush: FlushCompress) -> Option<Vec<u8>> {
        let idle = self.idle().pop();
        let mut compress = idle.unwrap_or_else(|| Compress::new(self.level, false));
        if !dictionary.is_empty() {
            compress.set_dictionary(dictionary).ok()?;
        }
        let mut packed = Vec::with_capacity(bytes.len() / 2 + 64);
        loop {
            let read = usize::try_from(compress.total_in()).ok()?;
            let rest = bytes.get(read..)?;
            let status = compress.compress_vec(rest, &mut packed, flush).ok()?;
            let is_read = compress.total_in() == bytes.len() as u64;
            // A flush is complete when it leaves room.
            let is_flushed = flush != FlushCompress::Finish && packed.len() < packed.capacity();
            if status == Status::StreamEnd || is_read && is_flushed {
                break;
            }
            packed.reserve(bytes.len() / 4 + 64);
        }
        compress.reset();
        self.idle().push(compress);
        packed.shrink_to_fit();
        Some(packed)
    }
}

/// Deflates blocks on as many threads as there are cores.
#[derive(Debug)]
pub(crate) struct Deflater {
    threads: usize,
    free: Arc<Semaphore>,
    usual: Pool,
    fast: Pool,
}

impl Deflater {
    /// Deflates at `level`, from 1 (fast) to 9 (short).
    pub fn new(level: u32) -> Self {
        let threads = available_parallelism().map_or(1, usize::from);
        Self {
            threads,
            free: Arc::new(Semaphore::new(threads)),
            usual: Pool::new(Compression::new(level)),
            fast: Pool::new(Compression::fast()),
        }
    }

    /// The block as a piece of a deflate stream, after which the stream ends or is at a byte's boundary.
    fn block(&self, dictionary: &[u8], block: &Bytes, is_last: bool) -> Vec<Bytes> {
        if !self.is_dense(dictionary, block) {
            let flush = if is_last {
                FlushCompress::Finish
            } else {
                FlushCompress::Sync
            };
            let packed = self.usual.compress(dictionary, block, flush);
            let shorter = packed.filter(|packed| packed.len() < block.len());
            if let Some(packed) = shorter {
                return vec![packed.into()];
            }
        }
        stored(block, is_last)
    }

    /// Do samples of the block, each with what lies before it as its dictionary, stay as long as they are?
    fn is_dense(&self, dictionary: &[u8], block: &[u8]) -> bool {
        if block.len() < SAMPLED_FROM {
            return false;
        }
        let mut before = 0;
        let mut after = 0;
        for number in 0..SAMPLES {
            let start = block.len() / SAMPLES * number;
            let window = start.saturating_sub(WINDOW)..start;
            let sample = block.get(start..start + SAMPLE).unwrap_or_default();
            let dictionary = match start {
                0 => dictionary,
                _ => block.get(window).unwrap_or_default(),
            };
            let packed = self
                .fast
                .compress(dictionary, sample, FlushCompress::Finish);
            before += sample.len();
            after += packed.map_or(0, |packed| packed.len());
        }
        after * 100 >= before * 98
    }
}

/// The bytes in stored blocks, the last of which ends the stream if `is_last`.
fn stored(bytes: &Bytes, is_last: bool) -> Vec<Bytes> {
    let mut chunks = Vec::new();
    let mut rest = bytes.clone();
    loop {
        let block = rest.split_to(rest.len().min(STORED_BLOCK));
        let is_end = is_last && rest.is_empty();
        // INVARIANT: the length is at most `STORED_BLOCK`.
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        let [low, high] = length.to_le_bytes();
        let header = [u8::from(is_end), low, high, !low, !high];
        chunks.push(Bytes::copy_from_slice(&header));
        chunks.push(block);
        if rest.is_empty() {
            return chunks;
        }
    }
}

/// One stream that is being deflated.
pub(crate) struct Deflating {
    deflater: Arc<Deflater>,
    /// What is not yet a block.
    block: BytesMut,
    /// The end of the block before.
    dictionary: Bytes,
    under_way: VecDeque<JoinHandle<Vec<Bytes>>>,
    checksummer: Checksummer,
    /// The bytes that have come out.
    length: u64,
}

impl Deflating {
    pub fn new(deflater: Arc<Deflater>) -> Self {
        Self {
            deflater,
            block: BytesMut::new(),
            dictionary: Bytes::new(),
            under_way: VecDeque::new(),
            checksummer: Checksummer::new(),
            length: 0,
        }
    }

    /// Takes more bytes, and gives what is deflated by now.
    pub async fn push(&mut self, bytes: &[u8]) -> Result<Vec<Bytes>, JoinError> {
        self.checksummer.update(bytes);
        let mut packed = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            // A full block is begun on only when there is more, so that the last is known for it.
            if self.block.len() == BLOCK {
                self.begin(false).await;
                while self.under_way.len() > self.deflater.threads {
                    packed.extend(self.next().await?);
                }
            }
            let room = BLOCK - self.block.len();
            let (now, later) = rest.split_at(room.min(rest.len()));
            self.block.extend_from_slice(now);
            rest = later;
        }
        Ok(packed)
    }

    /// Ends the stream: its last bytes, and what all of it is.
    pub async fn finish(mut self) -> Result<(Vec<Bytes>, Body), JoinError> {
        self.begin(true).await;
        let mut packed = Vec::new();
        while !self.under_way.is_empty() {
            packed.extend(self.next().await?);
        }
        let body = Body {
            crc: self.checksummer.crc(),
            length: self.length,
        };
        Ok((packed, body))
    }

    async fn begin(&mut self, is_last: bool) {
        let permit = self.deflater.free.clone().acquire_owned().await;
        let deflater = self.deflater.clone();
        let block = self.block.split().freeze();
        let window = block.slice(block.len().saturating_sub(WINDOW)..);
        let dictionary = std::mem::replace(&mut self.dictionary, window);
        self.under_way.push_back(spawn_blocking(move || {
            let _permit = permit;
            deflater.block(&dictionary, &block, is_last)
        }));
    }

    async fn next(&mut self) -> Result<Vec<Bytes>, JoinError> {
        let Some(task) = self.under_way.pop_front() else {
            return Ok(Vec::new());
        };
        let chunks = task.await?;
        self.length += chunks.iter().map(|chunk| chunk.len() as u64).sum::<u64>();
        Ok(chunks)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::*;

    /// What a stream of these bytes is, given to it in chunks of `chunk` bytes.
    async fn deflated(bytes: &[u8], chunk: usize, threads: usize) -> (Vec<u8>, Body) {
        let deflater = Deflater {
            threads,
            free: Arc::new(Semaphore::new(threads)),
            ..Deflater::new(6)
        };
        let mut deflating = Deflating::new(Arc::new(deflater));
        let mut packed = Vec::new();
        for chunk in bytes.chunks(chunk) {
            packed.extend(deflating.push(chunk).await.unwrap());
        }
        let (rest, body) = deflating.finish().await.unwrap();
        packed.extend(rest);
        (packed.concat(), body)
    }

    /// Text and noise by turns, in stretches of these lengths.
    fn bytes(stretches: &[usize]) -> Vec<u8> {
        let mut random = 1_u64;
        let mut bytes = Vec::new();
        for (number, length) in stretches.iter().enumerate() {
            for at in 0..*length {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let [.., noise] = random.to_le_bytes();
                let text = b"a text that goes on and on, "[at % 28];
                bytes.push(if number % 2 == 0 { text } else { noise });
            }
        }
        bytes
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn any_inflater_gives_the_bytes_back_however_many_threads_there_were(
            stretches in prop::collection::vec(prop_oneof![0..3_000_usize, 60_000..700_000_usize], 0..5),
            chunk in 1_000..300_000_usize,
        ) {
            let bytes = bytes(&stretches);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (packed, body) = runtime.block_on(deflated(&bytes, chunk, 1));
            let (again, same) = runtime.block_on(deflated(&bytes, 70_001, 4));
            prop_assert!(packed == again && body == same);
            prop_assert_eq!(body.length, packed.len() as u64);
            prop_assert_eq!(body.crc.get(), crc32fast::hash(&bytes));
            // The bound by which archives are laid out.
            prop_assert!(packed.len() <= bytes.len() + bytes.len() / 8 + 64);
            let mut unpacked = Vec::new();
            flate2::read::DeflateDecoder::new(&*packed).read_to_end(&mut unpacked).unwrap();
            prop_assert!(unpacked == bytes);
        }
    }

    #[tokio::test]
    async fn what_is_dense_grows_by_no_more_than_its_headers() {
        let noise = bytes(&[0, 3 * BLOCK]);
        let (packed, _) = deflated(&noise, BLOCK, 2).await;
        assert!(packed.len() <= noise.len() + 5 * (noise.len() / STORED_BLOCK + 4));
    }
}
