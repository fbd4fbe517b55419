//! A request's document: read within bounds, validated against the schema, and measured.

use std::collections::{BTreeSet, HashMap};

use apollo_compiler::{
    ExecutableDocument, Name, Schema,
    ast::{Definition, OperationType},
    executable::{Operation, Selection, SelectionSet},
    parser::Parser,
    response::{GraphQLError, JsonMap},
    validation::{DiagnosticList, Valid},
};
use notewarden_infra::GraphQlSettings;
use serde::Deserialize;

use super::refusal::Refused;

/// How many tokens a document may have: enough for every field that may be asked for, many times over.
const TOKEN_LIMIT: usize = 15_000;
/// How deep a document may be nested before it is even looked at.
const NESTING_LIMIT: usize = 64;
/// How many errors of one document are told.
const ERROR_LIMIT: usize = 20;

/// The members of a body; others are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<JsonMap>,
}

/// A request that is valid by the schema.
pub(super) struct Document {
    pub(super) document: Valid<ExecutableDocument>,
    pub(super) variables: JsonMap,
    operation: Operation,
}

impl Document {
    /// The request that the body is.
    pub(super) fn read(schema: &Valid<Schema>, body: &[u8]) -> Result<Self, Refused> {
        // An array would be taken for the members in their order, and is several requests to some clients.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Err(Refused::malformed("the body must be one JSON object"));
        }
        let members: Members = serde_json::from_slice(body).map_err(|error| {
            // Its message may quote what stands there, which is the caller's own.
            Refused::malformed(format!(
                "the body must have `query`, and `variables` as an object: {error}"
            ))
        })?;
        let mut parser = Parser::new()
            .token_limit(TOKEN_LIMIT)
            .recursion_limit(NESTING_LIMIT);
        let parsed = parser.parse_ast(members.query, "query").map_err(|found| {
            let first = told(&found.errors).into_iter().next();
            let why = first.map(|error| error.message).unwrap_or_default();
            Refused::malformed(format!("Unable to parse GraphQL query: {why}"))
        })?;
        let subscribes = |definition: &Definition| {
            let operation = definition.as_operation_definition();
            operation
                .is_some_and(|operation| operation.operation_type == OperationType::Subscription)
        };
        if parsed.definitions.iter().any(subscribes) {
            return Err(Refused::Invalid(vec![error(
                "subscriptions are not served: ask again, or list, to see what has changed",
            )]));
        }
        let document = parsed
            .to_executable_validate(schema)
            .map_err(|found| Refused::Invalid(told(&found.errors)))?;
        let operation = document
            .operations
            .get(members.operation_name.as_deref())
            .map_err(|found| Refused::Invalid(vec![found.to_graphql_error(&document.sources)]))?;
        let operation = operation.as_ref().clone();
        Ok(Self {
            document,
            variables: members.variables.unwrap_or_default(),
            operation,
        })
    }

    /// The operation that is asked for.
    pub(super) const fn operation(&self) -> &Operation {
        &self.operation
    }

    /// The names of the fields of the root, skipped ones included.
    pub(super) fn root_names(&self) -> BTreeSet<&str> {
        let fields = self.operation.root_fields(&self.document);
        fields.map(|field| field.name.as_str()).collect()
    }

    /// Holds the request to the API's limits.
    pub(super) fn check(&self, settings: &GraphQlSettings) -> Result<(), Refused> {
        let roots: BTreeSet<_> = self
            .operation
            .root_fields(&self.document)
            .map(|field| field.response_key())
            .collect();
        if roots.len() > settings.resolver_limit {
            let message = format!(
                "a request may ask for {} fields, not {}",
                settings.resolver_limit,
                roots.len()
            );
            return Err(Refused::Invalid(vec![error(message)]));
        }
        let depth = Depths::default().of(&self.operation.selection_set, &self.document);
        if depth > settings.depth_limit {
            let message = format!(
                "a request may be {} deep, not {depth}",
                settings.depth_limit
            );
            return Err(Refused::Invalid(vec![error(message)]));
        }
        Ok(())
    }
}

/// The depth of each fragment, measured once however often it is spread.
#[derive(Default)]
struct Depths<'d>(HashMap<&'d Name, usize>);

impl<'d> Depths<'d> {
    fn of(&mut self, set: &'d SelectionSet, document: &'d ExecutableDocument) -> usize {
        let selections = set.selections.iter();
        let depths = selections.map(|selection| match selection {
            Selection::Field(field) => 1 + self.of(&field.selection_set, document),
            Selection::InlineFragment(inline) => self.of(&inline.selection_set, document),
            Selection::FragmentSpread(spread) => {
                if let Some(known) = self.0.get(&spread.fragment_name) {
                    return *known;
                }
                // INVARIANT: a valid document has every fragment that it spreads, and no cycle of them.
                let Some(fragment) = document.fragments.get(&spread.fragment_name) else {
                    return 0;
                };
                let depth = self.of(&fragment.selection_set, document);
                self.0.insert(&spread.fragment_name, depth);
                depth
            }
        });
        depths.max().unwrap_or_default()
    }
}

/// An error that is nowhere in the document.
fn error(message: impl Into<String>) -> GraphQLError {
    GraphQLError {
        message: message.into(),
        locations: Vec::new(),
        path: Vec::new(),
        extensions: JsonMap::new(),
    }
}

fn told(errors: &DiagnosticList) -> Vec<GraphQLError> {
    let errors = errors.iter().take(ERROR_LIMIT);
    errors.map(|error| error.to_json()).collect()
}
