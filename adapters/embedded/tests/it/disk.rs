//! A disk that can lose power, fill up and break.
//!
//! What is not yet flushed is kept sector by sector. When the power goes, each sector shows any one of the
//! states it was in since the last flush, whatever the others show: the system writes sectors back in any
//! order, but never an older state over a newer one.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard},
};

use redb::StorageBackend;

const SECTOR: usize = 512;

type Sector = [u8; SECTOR];

/// A disk; clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Disk(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    flushed: Vec<u8>,
    /// The file's lengths since the last flush, the present one last.
    lengths: Vec<usize>,
    /// The states of each written sector since the last flush, the present one last.
    written: BTreeMap<usize, Vec<Sector>>,
    /// Every sector that has space on the disk.
    allocated: BTreeSet<usize>,
    flushes: u64,
    /// How many more changes and flushes succeed before the machine stops.
    left: Option<u64>,
    is_full: bool,
    flushes_fail: bool,
    flushes_are_held: bool,
    flush_is_waiting: bool,
}

/// A file on the disk, as the database sees it until it closes it.
#[derive(Debug)]
pub struct Opened(Disk);

impl Disk {
    /// Opens the file, as often as it is asked to.
    pub fn opener(&self) -> impl Fn() -> io::Result<Opened> + Send + 'static {
        let disk = self.clone();
        move || Ok(Opened(disk.clone()))
    }

    /// How often it was flushed.
    pub fn flushes(&self) -> u64 {
        self.lock().flushes
    }

    /// The machine stops after `operations` more writes, changes of length and flushes.
    pub fn stop_after(&self, operations: u64) {
        self.lock().left = Some(operations);
    }

    /// Whether there is space for sectors that were never written.
    pub fn set_full(&self, is_full: bool) {
        self.lock().is_full = is_full;
    }

    /// From now on, flushes fail.
    pub fn break_flushes(&self) {
        self.lock().flushes_fail = true;
    }

    /// From now on, flushes do not end before [`release_flushes`](Self::release_flushes).
    pub fn hold_flushes(&self) {
        self.lock().flushes_are_held = true;
    }

    /// Waits until a flush is being held.
    pub fn await_held_flush(&self) {
        let is_not = |state: &mut State| !state.flush_is_waiting;
        drop(self.0.changed.wait_while(self.lock(), is_not).unwrap());
    }

    /// Lets the held flush end, and later ones too.
    pub fn release_flushes(&self) {
        self.lock().flushes_are_held = false;
        self.0.changed.notify_all();
    }

    /// The power fails and comes back: `choose(n)` picks one of `n` states of the length and of each sector that
    /// was written since the last flush.
    pub fn lose_power(&self, mut choose: impl FnMut(usize) -> usize) {
        let mut state = self.lock();
        let lengths = std::mem::take(&mut state.lengths);
        let length = match choose(lengths.len() + 1) {
            0 => state.flushed.len(),
            survived => lengths[survived - 1],
        };
        for (sector, states) in std::mem::take(&mut state.written) {
            if let Some(survived) = choose(states.len() + 1).checked_sub(1) {
                state.store(sector, &states[survived]);
            }
        }
        state.flushed.resize(length, 0);
        state.left = None;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap()
    }
}

impl State {
    fn length(&self) -> usize {
        self.lengths.last().copied().unwrap_or(self.flushed.len())
    }

    fn sector(&self, number: usize) -> Sector {
        if let Some(state) = self.written.get(&number).and_then(|states| states.last()) {
            return *state;
        }
        let mut sector = [0; SECTOR];
        let start = (number * SECTOR).min(self.flushed.len());
        let end = (start + SECTOR).min(self.flushed.len());
        sector[..end - start].copy_from_slice(&self.flushed[start..end]);
        sector
    }

    fn store(&mut self, number: usize, sector: &Sector) {
        let end = (number + 1) * SECTOR;
        if self.flushed.len() < end {
            self.flushed.resize(end, 0);
        }
        self.flushed[end - SECTOR..end].copy_from_slice(sector);
    }

    /// Counts down to the stop.
    fn operate(&mut self) -> io::Result<()> {
        match &mut self.left {
            None => Ok(()),
            Some(0) => Err(io::Error::other("the machine has stopped")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
        }
    }
}

/// The parts of the sectors that hold the bytes from `offset` to `end`: the sector, where the part begins in it,
/// and where it begins and ends in those bytes.
fn parts(offset: usize, end: usize) -> impl Iterator<Item = (usize, usize, usize, usize)> {
    (offset / SECTOR..end.div_ceil(SECTOR)).map(move |number| {
        let start = number * SECTOR;
        let (from, to) = (offset.max(start), end.min(start + SECTOR));
        (number, from - start, from - offset, to - offset)
    })
}

impl StorageBackend for Opened {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().length() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.0.lock();
        let offset = offset as usize;
        let end = offset + out.len();
        if end > state.length() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        for (number, at, from, to) in parts(offset, end) {
            let sector = state.sector(number);
            out[from..to].copy_from_slice(&sector[at..at + to - from]);
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.0.lock();
        state.operate()?;
        let (len, before) = (len as usize, state.length());
        assert_eq!(len % SECTOR, 0, "lengths are whole sectors");
        for number in len / SECTOR..before / SECTOR {
            state.written.entry(number).or_default().push([0; SECTOR]);
            state.allocated.remove(&number);
        }
        state.lengths.push(len);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.0.lock();
        state.flush_is_waiting = true;
        self.0.0.changed.notify_all();
        let are_held = |state: &mut State| state.flushes_are_held;
        state = self.0.0.changed.wait_while(state, are_held).unwrap();
        state.flush_is_waiting = false;
        state.operate()?;
        if state.flushes_fail {
            return Err(io::Error::other("input/output error"));
        }
        state.flushes += 1;
        let length = state.length();
        for (number, states) in std::mem::take(&mut state.written) {
            state.store(number, states.last().unwrap());
        }
        state.lengths.clear();
        state.flushed.resize(length, 0);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.0.lock();
        state.operate()?;
        let offset = offset as usize;
        let end = offset + data.len();
        assert!(end <= state.length(), "a write behind the end");
        for (number, at, from, to) in parts(offset, end) {
            if state.is_full && !state.allocated.contains(&number) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let mut sector = state.sector(number);
            sector[at..at + to - from].copy_from_slice(&data[from..to]);
            state.written.entry(number).or_default().push(sector);
            state.allocated.insert(number);
        }
        Ok(())
    }
}
