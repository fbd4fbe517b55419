//! The archive worker: a batch of a queue's messages in, the ids of those that are to come again out, and an
//! [`Archiver`] that makes the zips.
//!
//! A message names a job, and says nothing else of it: what the job is, and whose, is read where jobs are stored. The
//! queue delivers at least once and in no order, so a [`Jobs`] must bear to be asked for a job again.
#![warn(missing_docs)]

mod archiver;
mod assembly;
mod batch;
mod job;
mod retry;
mod work;
mod worker;

pub use archiver::{Archiver, Settings};
pub use batch::{Batch, BatchReport, ItemFailure, Message};
pub use job::{JobError, Jobs};
pub use work::work;
pub use worker::Worker;
