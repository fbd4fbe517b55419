//! Why a template cannot be read.

use thiserror::Error;

/// Why a template cannot be read or resolved; each says where and names the culprit.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// The text is not the YAML that templates are written in.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// An intrinsic function, or a form of one, that this library does not evaluate.
    #[error("{path}: `{function}` is not understood here")]
    Unsupported {
        /// Where in the template, as `Resources.Bucket.Properties`.
        path: String,
        /// The function as the template names it.
        function: String,
    },
    /// A reference to something that the template or the deployment does not have.
    #[error("{path}: nothing is known as `{name}`")]
    Unresolved {
        /// Where in the template.
        path: String,
        /// The logical id, attribute or pseudo parameter.
        name: String,
    },
    /// A property that is missing, of a wrong type, or unknown to this library.
    #[error("{path}: {message}")]
    Property {
        /// Where in the template.
        path: String,
        /// What is wrong with it.
        message: String,
    },
    /// The template does not have exactly one resource where one is needed.
    #[error("there must be exactly one `{kind}`, and there are {count}")]
    Count {
        /// The resource type.
        kind: String,
        /// How many there are.
        count: usize,
    },
}

impl TemplateError {
    pub(crate) fn property(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Property {
            path: path.into(),
            message: message.into(),
        }
    }
}
