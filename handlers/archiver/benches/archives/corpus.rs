//! The files that are zipped.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
};

pub const MB: u64 = 1_000_000;
pub const GB: u64 = 1_000 * MB;

/// Xorshift (Marsaglia): fast, and no compressor finds anything in it.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// `count` files of `size` bytes that nothing makes shorter, under a name that says so.
pub fn noise(folder: &Path, count: u64, size: u64) -> Vec<String> {
    fs::create_dir_all(folder).unwrap();
    let names: Vec<String> = (10..count + 10)
        .map(|number| format!("{number}.jpg"))
        .collect();
    for (seed, name) in (1..).zip(&names) {
        write_noise(&folder.join(name), seed, size);
    }
    names
}

/// Text and, under names that say nothing, what nothing makes shorter: three to two.
pub fn mixed(folder: &Path, count: u64, size: u64) -> Vec<String> {
    fs::create_dir_all(folder).unwrap();
    let names: Vec<String> = (10..count + 10)
        .map(|number| format!("{number}.dat"))
        .collect();
    for (seed, name) in (1..).zip(&names) {
        let path = folder.join(name);
        if seed % 5 < 3 {
            write_text(&path, seed, size);
        } else {
            write_noise(&path, seed, size);
        }
    }
    names
}

/// Files that have no bytes on the disk.
pub fn sparse(folder: &Path, count: u64, size: u64) {
    fs::create_dir_all(folder).unwrap();
    for number in 10..count + 10 {
        let file = File::create(folder.join(format!("{number}.jpg"))).unwrap();
        file.set_len(size).unwrap();
    }
}

fn write_noise(path: &Path, seed: u64, size: u64) {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path).unwrap());
    for _ in 0..size / 8 {
        file.write_all(&random.next().to_le_bytes()).unwrap();
    }
    file.flush().unwrap();
}

/// Lines of a log: times, names and numbers, with words as often as words are.
fn write_text(path: &Path, seed: u64, size: u64) {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut words = Random(42);
    let words: Vec<String> = (0..4_000)
        .map(|_| {
            let letters = words.next();
            (0..3 + letters % 8)
                .map(|at| char::from(b'a' + u8::try_from((letters >> (at * 5 + 8)) % 26).unwrap()))
                .collect()
        })
        .collect();
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path).unwrap());
    let mut written = 0;
    let mut time = 1_795_262_400_000_u64;
    while written < size {
        time += random.next() % 5_000;
        let mut line = format!(
            "{{\"at\":{time},\"user\":\"{:08x}\",\"text\":\"",
            random.next() as u32 % 5_000
        );
        for _ in 0..6 + random.next() % 12 {
            // The n-th word about as often as 1/n.
            let share = (random.next() % 1_000_000) as f64 / 1e6;
            let rank = (4_000_f64.powf(share) - 1.0) as usize;
            line.push_str(words.get(rank).unwrap());
            line.push(' ');
        }
        line.push_str("\"}\n");
        written += line.len() as u64;
        file.write_all(line.as_bytes()).unwrap();
    }
    file.flush().unwrap();
}
