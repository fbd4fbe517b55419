//! What a plan reckons with: the store's rules, its prices, and what the worker can do.

use crate::Invalid;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// How an upload may be put together (“Amazon S3 multipart upload limits”).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreRules {
    /// The smallest part but the last, in bytes.
    pub min_part: u64,
    /// The largest part, in bytes.
    pub max_part: u64,
    /// The most parts of an upload.
    pub max_parts: u16,
    /// The largest object, in bytes.
    pub max_object: u64,
}

impl StoreRules {
    /// The embedded store's, which takes parts of any length: what is shorter than this is quicker read than copied.
    pub const EMBEDDED: Self = Self {
        min_part: 64 * KIB,
        ..Self::S3
    };

    /// S3's, read in November 2026; of the largest object's, the 5 TiB that every region has.
    pub const S3: Self = Self {
        min_part: 5 * MIB,
        max_part: 5 * GIB,
        max_parts: 10_000,
        max_object: 5 << 40,
    };
}

/// Prices in US dollars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    /// A PUT, POST or COPY request: parts, part copies, and the beginning and end of an upload.
    pub put: f64,
    /// A GET request.
    pub get: f64,
    /// A gigabyte of the worker's memory for a second.
    pub gigabyte_second: f64,
}

impl Prices {
    /// S3 Standard and Lambda on arm64 in us-east-1, read in November 2026.
    pub const AWS: Self = Self {
        put: 0.005 / 1_000.0,
        get: 0.000_4 / 1_000.0,
        gigabyte_second: 0.000_013_333_4,
    };

    /// Of a machine of one's own: only its time counts, at Lambda's price.
    pub const OWN: Self = Self {
        put: 0.0,
        get: 0.0,
        ..Self::AWS
    };
}

/// What the worker can do, and what it is made to do at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worker {
    /// Its memory in gigabytes.
    pub gigabytes: f64,
    /// Bytes a second from the store through it and back.
    pub bandwidth: f64,
    /// Bytes a second that it deflates.
    pub deflate_bandwidth: f64,
    /// Seconds until a GET answers, without its bytes.
    pub get_seconds: f64,
    /// Seconds until a PUT answers, without its bytes.
    pub put_seconds: f64,
    /// Seconds until a part copy answers, without its bytes.
    pub copy_seconds: f64,
    /// Bytes a second of one part copy.
    pub copy_bandwidth: f64,
    /// Requests under way at once.
    pub in_flight: u32,
    /// How much is written as one part, in bytes, as long as the parts are not too many; with the store's
    /// smallest part it is what the worker holds in memory of each part under way.
    pub part_bytes: u64,
    /// The most that is copied at once, in bytes: less makes a repeated copy cheap, more makes fewer requests.
    pub copy_bytes: u64,
}

impl Worker {
    /// A Lambda function of 1 GB. Estimates, on the careful side.
    pub const LAMBDA: Self = Self {
        gigabytes: 1.0,
        bandwidth: 75e6,
        deflate_bandwidth: 60e6,
        get_seconds: 0.03,
        put_seconds: 0.05,
        copy_seconds: 0.1,
        copy_bandwidth: 150e6,
        in_flight: 16,
        // Several are held at once, and all of the worker in 64 MiB.
        part_bytes: 8 * MIB,
        copy_bytes: GIB,
    };

    /// One in the process of the embedded store. A part is durable after a flush, and one that is copied moves no bytes.
    pub const EMBEDDED: Self = Self {
        gigabytes: 0.064,
        bandwidth: 300e6,
        get_seconds: 0.000_5,
        put_seconds: 0.005,
        copy_seconds: 0.005,
        copy_bandwidth: 1e12,
        ..Self::LAMBDA
    };
}

/// All that a plan reckons with. The default is S3 with a worker on Lambda.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// The store's rules.
    pub rules: StoreRules,
    /// Its prices, and the worker's.
    pub prices: Prices,
    /// The worker.
    pub worker: Worker,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            rules: StoreRules::S3,
            prices: Prices::AWS,
            worker: Worker::LAMBDA,
        }
    }
}

impl Terms {
    /// The embedded store with a worker in its process.
    pub const EMBEDDED: Self = Self {
        rules: StoreRules::EMBEDDED,
        prices: Prices::OWN,
        worker: Worker::EMBEDDED,
    };

    /// Refuses terms that no plan can keep.
    pub(super) fn check(&self) -> Result<(), Invalid> {
        let Self {
            rules,
            prices,
            worker,
        } = self;
        let not_negative = |field, value: f64| {
            if value.is_finite() && value >= 0.0 {
                Ok(())
            } else {
                Err(Invalid::new(field, "must be a number, and not negative"))
            }
        };
        not_negative("put", prices.put)?;
        not_negative("get", prices.get)?;
        not_negative("gigabyteSecond", prices.gigabyte_second)?;
        not_negative("gigabytes", worker.gigabytes)?;
        not_negative("getSeconds", worker.get_seconds)?;
        not_negative("putSeconds", worker.put_seconds)?;
        not_negative("copySeconds", worker.copy_seconds)?;
        let positive = |field, value: f64| {
            if value > 0.0 && !value.is_nan() {
                Ok(())
            } else {
                Err(Invalid::new(field, "must be more than zero"))
            }
        };
        positive("bandwidth", worker.bandwidth)?;
        positive("deflateBandwidth", worker.deflate_bandwidth)?;
        positive("copyBandwidth", worker.copy_bandwidth)?;
        positive("inFlight", f64::from(worker.in_flight))?;
        positive("minPart", rules.min_part as f64)?;
        positive("maxParts", f64::from(rules.max_parts))?;
        if worker.part_bytes < rules.min_part {
            return Err(Invalid::new(
                "partBytes",
                "must be at least the store's smallest part",
            ));
        }
        if worker.part_bytes.saturating_add(rules.min_part) > rules.max_part {
            return Err(Invalid::new(
                "partBytes",
                "must be at most the store's largest part less its smallest",
            ));
        }
        // So that equal shares of what is more than one copy are no smaller than a part.
        let copies = rules.min_part.saturating_mul(2)..=rules.max_part;
        if !copies.contains(&worker.copy_bytes) {
            return Err(Invalid::new(
                "copyBytes",
                "must be between twice the store's smallest part and its largest",
            ));
        }
        Ok(())
    }
}

/// How written bytes become parts: the same whether their number is known beforehand or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartSize {
    /// The length of a part, in bytes.
    pub bytes: u64,
    /// The least that must be left for the part after it, in bytes.
    pub min: u64,
}

impl PartSize {
    /// The length of the next part of a stretch, of which `waiting` bytes are there and not yet in a part;
    /// `None` while there are too few.
    ///
    /// A part is only cut off when enough is there for another, so no part is too small unless the stretch
    /// itself is.
    pub fn cut(&self, waiting: u64, is_end: bool) -> Option<u64> {
        if waiting >= self.bytes.saturating_add(self.min) {
            Some(self.bytes)
        } else if is_end && waiting > 0 {
            Some(waiting)
        } else {
            None
        }
    }

    /// How many parts a stretch of `bytes` becomes.
    pub fn count(&self, bytes: u64) -> u64 {
        match bytes.checked_sub(self.min) {
            Some(more) => 1 + more / self.bytes.max(1),
            None => 1,
        }
    }
}
