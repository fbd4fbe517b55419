//! The policy language of AWS IAM: documents, and decisions on requests with their reasons.
//!
//! A [`Policy`] is a document that AWS would take for its [`PolicyKind`]; anything else is a [`PolicyError`]
//! with its place. [`CompiledPolicies`] are all that have a say in a principal's requests (identity, resource
//! or trust, boundary, session and organization policies), compiled once. For a [`Request`] they give a
//! [`Verdict`] without allocation, or an [`Explanation`]; both come out of the same matcher.
//!
//! Rules that are easy to get wrong, and hold here: a value put in place of a variable is literal; a variable
//! without a value makes nothing match; `Action` ignores case and `Resource` does not; an explicit deny, in
//! any policy, beats every allow.

mod case;
mod check;
mod compiled;
mod condition;
mod context;
mod document;
mod error;
mod explain;
mod index;
mod json;
mod operator;
mod pattern;
mod principal;
mod request;
mod statement;

pub use case::Case;
pub use check::Warning;
pub use compiled::{CompiledPolicies, CompiledPoliciesBuilder, PolicyLayer, Verdict};
pub use context::{Context, ContextValue};
pub use document::{
    ConditionValue, Effect, LanguageVersion, Layout, OneOrMany, OperatorBlock, Policy, PolicyKind,
    PrincipalCategory, PrincipalElement, Principals, Selector, Source, Statement,
};
pub use error::{PolicyError, Position};
pub use explain::{Explanation, Mismatch, StatementExplanation, StatementRef, Tried};
pub use operator::{ArnSpelling, Comparison, Operator, Quantifier, Test, UnknownOperator};
pub use principal::{Principal, PrincipalType, UnknownPrincipal};
pub use request::Request;
