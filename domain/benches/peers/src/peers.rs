//! Each evaluator, given the scenario once, as a question that can be asked again and again.

mod casbin;
mod cedar;
mod iam_rs;
mod iam_simulate;
mod notewarden;

pub use casbin::casbin;
pub use cedar::cedar;
pub use iam_rs::iam_rs;
pub use iam_simulate::iam_simulate;
pub use notewarden::notewarden;

use std::error::Error;

/// A question, or why it cannot be asked.
type Prepared<F> = Result<F, Box<dyn Error>>;
