//! The archive worker's loop: a batch of a queue's messages in, the ids of those that are to come again out.
//!
//! A message names a job, and says nothing else of it: what the job is, and whose, is read where jobs are stored. The
//! queue delivers at least once and in no order, so a [`Jobs`] must bear to be asked for a job again.
#![warn(missing_docs)]

mod batch;
mod job;
mod work;

pub use batch::{Batch, BatchReport, ItemFailure, Message};
pub use job::{JobError, Jobs};
pub use work::work;
