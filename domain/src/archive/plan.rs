//! The plan of an archive's upload: which objects the worker reads and which the store copies, at what price.

mod choice;
mod cost;
mod steps;

use std::ops::{Range, RangeInclusive};

use self::choice::{Choice, Chooser};
pub use self::cost::Expected;
use super::{Checksum, Entry, Extent, Layout, Method, PartSize, Terms};
use crate::{Invalid, ObjectKey};

/// Where an entry's bytes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An object of the store, as it was when the archive was planned.
    Object {
        /// Its key.
        key: ObjectKey,
        /// Its entity tag, without quotes: the condition of every read and copy.
        etag: Box<str>,
    },
    /// The worker makes them.
    Made,
}

/// An entry, and where its bytes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The entry.
    pub entry: Entry,
    /// Where its bytes come from.
    pub origin: Origin,
}

impl Source {
    /// May the store copy its bytes into the zip?
    fn is_copyable(&self) -> bool {
        self.entry.method() == Method::Stored && matches!(self.origin, Origin::Object { .. })
    }

    /// Is it read with a request, if it is read?
    fn needs_get(&self) -> bool {
        self.entry.size() > 0 && matches!(self.origin, Origin::Object { .. })
    }
}

/// Which objects are copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Those that make the plan cheapest.
    Cheapest,
    /// As many as the store's rules allow, from the first on.
    CopyAll,
    /// None: the zip streams through the worker.
    ReadAll,
}

/// How the zip is uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upload {
    /// By one PUT.
    Single,
    /// In parts.
    Multipart {
        /// How written stretches are cut into parts.
        part_size: PartSize,
        /// Some copied object's checksum is not known: the upload is created with the checksum algorithm
        /// CRC32, all copies go first, and the headers are written when their answers are there. Otherwise
        /// the parts may be made in any order.
        copies_first: bool,
    },
}

/// What a written stretch is made of, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The last bytes of the entry that was copied before. Only of one whose checksum is known.
    Tail {
        /// The entry's number.
        entry: usize,
        /// The bytes of the object.
        range: Range<u64>,
    },
    /// These entries, each with its header, all its bytes and its descriptor.
    Whole(Range<usize>),
    /// The header of an entry and the first of its bytes, which make the part long enough; the copies that
    /// follow have what comes after.
    Head {
        /// The entry's number.
        entry: usize,
        /// How many bytes are read.
        bytes: u64,
    },
    /// The central directory and the end of the zip.
    Directory,
}

/// One stretch of the zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The worker writes it.
    Write {
        /// The numbers of its parts. If bytes are deflated, not all of them may be needed.
        parts: RangeInclusive<u16>,
        /// What it is made of.
        pieces: Vec<Piece>,
        /// How long it is.
        bytes: Extent,
    },
    /// The store copies it.
    Copy {
        /// The number of its part.
        part: u16,
        /// The entry's number.
        entry: usize,
        /// The bytes of the object.
        range: Range<u64>,
    },
}

/// How a zip is put together: steps in the order of their bytes, and what they are expected to cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    sources: Vec<Source>,
    layout: Layout,
    upload: Upload,
    steps: Vec<Step>,
    expected: Expected,
}

impl Plan {
    /// Plans the zip of `sources`, in this order.
    ///
    /// The cheapest plan is the cheapest of all in which each object is read, or copied but for its first
    /// bytes where a part would be too short without them, and for what would be a short copy of its own. It
    /// takes time in proportion to the number of entries, and for each object that may be copied looks back at
    /// no more than some hundred others.
    ///
    /// # Errors
    /// The terms contradict themselves, the zip would be larger than the store's largest object, or it cannot
    /// be put together from as many parts as the store allows.
    pub fn new(sources: Vec<Source>, strategy: Strategy, terms: &Terms) -> Result<Self, Invalid> {
        terms.check()?;
        let layout = Layout::of(sources.iter().map(|source| &source.entry));
        let max_object = terms.rules.max_object;
        if layout.total().max > max_object {
            return Err(Invalid::new(
                "files",
                format!("must make a zip of at most {max_object} bytes"),
            ));
        }
        let chooser = Chooser::new(&sources, layout.directory_length(), terms);
        let (part_size, choices) = chooser.choose(strategy)?;
        Ok(Self::put_together(sources, &choices, part_size, terms))
    }

    fn put_together(
        mut sources: Vec<Source>,
        choices: &[Choice],
        part_size: PartSize,
        terms: &Terms,
    ) -> Self {
        let mut copies_first = false;
        for choice in choices {
            if let Some(source) = sources.get_mut(choice.candidate.entry) {
                copies_first |= !matches!(source.entry.checksum(), Checksum::Known(_));
                source.entry = source.entry.clone().with_body_first();
            }
        }
        let layout = Layout::of(sources.iter().map(|source| &source.entry));
        let steps = steps::steps(
            &sources,
            choices,
            layout.directory_length(),
            part_size,
            terms.worker.copy_bytes,
        );
        let is_single = matches!(
            steps.as_slice(),
            [Step::Write { parts, .. }] if parts.start() == parts.end()
        );
        let upload = if is_single {
            Upload::Single
        } else {
            Upload::Multipart {
                part_size,
                copies_first,
            }
        };
        let expected = Expected::of(&sources, &layout, &steps, upload, terms);
        Self {
            sources,
            layout,
            upload,
            steps,
            expected,
        }
    }

    /// The entries and their origins. Those of copied objects have no descriptor, whatever the source said.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Where everything lies.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How the zip is uploaded.
    pub fn upload(&self) -> Upload {
        self.upload
    }

    /// The stretches of the zip, from its first byte to its last.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// What the plan is expected to take.
    pub fn expected(&self) -> &Expected {
        &self.expected
    }
}
