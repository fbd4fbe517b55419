//! The file that says which functions there are.
//!
//! ```json
//! {
//!   "PreSignUp": { "command": ["./check-invitation", "--strict"] },
//!   "PostConfirmation": { "url": "http://127.0.0.1:9000/2015-03-31/functions/function/invocations" },
//!   "PreTokenGeneration": { "command": ["./add-claims"], "version": "V2_0" }
//! }
//! ```

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use notewarden_userpool::triggers::{EventVersion, Trigger};
use serde::Deserialize;

use super::{FunctionUrl, Program};

/// The functions, by when they are called.
pub(super) type Functions = BTreeMap<Trigger, Function>;

/// A function, and the events that it takes.
pub(super) struct Function {
    pub(super) target: Target,
    pub(super) version: EventVersion,
}

/// How a function is called.
pub(super) enum Target {
    Program(Program),
    Url(Box<FunctionUrl>),
}

/// Why the functions are not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TriggersError {
    /// The file cannot be read.
    #[error("the triggers' file `{path}` cannot be read")]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// It is no JSON, or has a member that there is not.
    #[error("the triggers' file `{path}` is not valid")]
    Form {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: serde_json::Error,
    },
    /// A function is not described as it must be.
    #[error("`{name}` in the triggers' file: {reason}")]
    Function {
        /// When it is called.
        name: &'static str,
        /// What is wrong.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct File {
    pre_sign_up: Option<Description>,
    post_confirmation: Option<Description>,
    pre_token_generation: Option<Description>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Description {
    command: Option<Vec<String>>,
    url: Option<String>,
    version: Option<Version>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
enum Version {
    #[serde(rename = "V1_0")]
    V1,
    #[serde(rename = "V2_0")]
    V2,
}

pub(super) fn read(path: &Path) -> Result<Functions, TriggersError> {
    let io = |source| TriggersError::Io {
        path: path.to_owned(),
        source,
    };
    let text = fs::read(path).map_err(io)?;
    let file: File = serde_json::from_slice(&text).map_err(|source| TriggersError::Form {
        path: path.to_owned(),
        source,
    })?;
    // Programs are where the file is.
    let path = path.canonicalize().map_err(io)?;
    let directory = path.parent().unwrap_or(Path::new("/"));
    let described = [
        (Trigger::PreSignUp, file.pre_sign_up),
        (Trigger::PostConfirmation, file.post_confirmation),
        (Trigger::PreTokenGeneration, file.pre_token_generation),
    ];
    let functions = described.into_iter().filter_map(|(trigger, described)| {
        let function = described?.function(trigger, directory);
        Some(function.map(|function| (trigger, function)))
    });
    functions.collect()
}

impl Description {
    fn function(self, trigger: Trigger, directory: &Path) -> Result<Function, TriggersError> {
        let wrong = |reason: String| TriggersError::Function {
            name: trigger.as_str(),
            reason,
        };
        let version = match self.version {
            None | Some(Version::V1) => EventVersion::V1,
            Some(Version::V2) if trigger == Trigger::PreTokenGeneration => EventVersion::V2,
            Some(Version::V2) => {
                return Err(wrong("its events have version `V1_0` only".to_owned()));
            }
        };
        let target = match (self.command, self.url) {
            (Some(command), None) => Program::new(command, directory).map(Target::Program),
            (None, Some(url)) => FunctionUrl::new(&url).map(Box::new).map(Target::Url),
            _ => Err("either `command` or `url` is needed, and not both".to_owned()),
        };
        Ok(Function {
            target: target.map_err(wrong)?,
            version,
        })
    }
}
