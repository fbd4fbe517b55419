//! The fakes keep the contracts of the ports, and the use cases do their work over the fakes.

mod contracts;
mod files;
mod notes;
