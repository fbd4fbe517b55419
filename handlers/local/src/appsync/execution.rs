//! A document executed: the fields of the root by the resolver, and what is in them from what it answers.
//!
//! The engine runs twice, as it cannot wait for anything between two threads: first to learn which fields of the root
//! are asked for with which arguments, then over what the resolver has made of them.

use std::{cell::RefCell, collections::BTreeMap};

use apollo_compiler::{
    Schema,
    request::RequestError,
    resolvers::{self, ObjectValue, ResolveInfo, ResolvedValue},
    response::{ExecutionResponse, GraphQLError, JsonMap, ResponseDataPathSegment},
    validation::Valid,
};
use http::StatusCode;
use notewarden_domain::Timestamp;
use notewarden_graphql::{Event, FieldError, Identity, Info, Resolution, Resolver};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    document::Document,
    refusal::{ErrorBody, Refused},
};
use crate::wire::{self, Response};

/// One request under way.
pub(super) struct Execution<'a> {
    pub(super) schema: &'a Valid<Schema>,
    pub(super) resolver: &'a Resolver,
    pub(super) identity: Identity,
    pub(super) request_id: &'a str,
    pub(super) at: Timestamp,
    pub(super) has_introspection: bool,
}

impl Execution<'_> {
    /// The answer; errors of fields stand beside the values of the others.
    pub(super) async fn answer(&self, document: &Document) -> Result<Response, Refused> {
        let kind = document.operation().object_type().as_str();
        let mut values = BTreeMap::new();
        let mut errors = BTreeMap::new();
        // One after the other, as mutations must be.
        for Asked {
            key,
            info,
            arguments,
        } in self.asked(document, kind)?
        {
            let event = Event {
                info,
                arguments,
                identity: Some(self.identity.clone()),
            };
            match self.resolver.resolve(event, self.request_id, self.at).await {
                Resolution::Value(value) => {
                    values.insert(key, value);
                }
                Resolution::Error(error) => {
                    errors.insert(key, error);
                }
            }
        }
        let executed = self.executed(document, kind, values, &errors)?;
        let all = executed.errors.iter().map(|error| told(error, &errors));
        let body = Body {
            errors: all.collect(),
            data: executed.data,
        };
        Ok(wire::json(StatusCode::OK, &body))
    }

    /// What is asked for, with arguments of the types that the schema says.
    fn asked(&self, document: &Document, kind: &str) -> Result<Vec<Asked>, Refused> {
        let root = Question {
            kind,
            asked: RefCell::default(),
        };
        self.run(document, &root)?;
        Ok(root.asked.into_inner())
    }

    fn executed(
        &self,
        document: &Document,
        kind: &str,
        values: BTreeMap<String, Value>,
        errors: &BTreeMap<String, FieldError>,
    ) -> Result<ExecutionResponse, Refused> {
        let values = RefCell::new(values);
        let root = Answered {
            kind,
            values,
            errors,
        };
        self.run(document, &root)
    }

    fn run(
        &self,
        document: &Document,
        root: &dyn ObjectValue,
    ) -> Result<ExecutionResponse, Refused> {
        resolvers::Execution::new(self.schema, &document.document)
            .operation(document.operation())
            .raw_variable_values(&document.variables)
            .enable_schema_introspection(self.has_introspection)
            .execute_sync(root)
            .map_err(|error: RequestError| {
                Refused::Invalid(vec![error.to_graphql_error(&document.document.sources)])
            })
    }
}

/// The error with its type, if it is one of the resolver's.
fn told<'a>(
    error: &'a GraphQLError,
    of_resolver: &'a BTreeMap<String, FieldError>,
) -> ErrorBody<'a> {
    let of = match error.path.as_slice() {
        [ResponseDataPathSegment::Field(key)] => of_resolver.get(key.as_str()),
        _ => None,
    };
    ErrorBody::new(error, of)
}

/// The body of the answer.
#[derive(Serialize)]
struct Body<'a> {
    data: Option<JsonMap>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ErrorBody<'a>>,
}

/// A field of the root.
struct Asked {
    /// The name under which it is answered.
    key: String,
    info: Info,
    arguments: Map<String, Value>,
}

/// `Query` or `Mutation`, before anything is resolved.
struct Question<'a> {
    kind: &'a str,
    asked: RefCell<Vec<Asked>>,
}

impl ObjectValue for Question<'_> {
    fn type_name(&self) -> &str {
        self.kind
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, resolvers::FieldError> {
        let arguments = match serde_json::to_value(info.arguments()) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        self.asked.borrow_mut().push(Asked {
            key: key(info),
            info: Info {
                parent_type_name: self.kind.to_owned(),
                field_name: info.field_name().to_owned(),
            },
            arguments,
        });
        Ok(ResolvedValue::SkipForPartialExecution)
    }
}

/// `Query` or `Mutation` with what the resolver has made of its fields.
struct Answered<'a> {
    kind: &'a str,
    values: RefCell<BTreeMap<String, Value>>,
    errors: &'a BTreeMap<String, FieldError>,
}

impl ObjectValue for Answered<'_> {
    fn type_name(&self) -> &str {
        self.kind
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, resolvers::FieldError> {
        let key = key(info);
        if let Some(error) = self.errors.get(&key) {
            return Err(resolvers::FieldError {
                message: error.message.clone(),
            });
        }
        let value = self.values.borrow_mut().remove(&key);
        Ok(resolved(value.unwrap_or_default(), kind_of(info)))
    }
}

/// An object in what the resolver has answered.
struct Object {
    kind: String,
    members: Map<String, Value>,
}

impl ObjectValue for Object {
    fn type_name(&self) -> &str {
        &self.kind
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, resolvers::FieldError> {
        // What the HTTP API leaves out is nothing.
        let value = self.members.get(info.field_name()).cloned();
        Ok(resolved(value.unwrap_or_default(), kind_of(info)))
    }
}

/// The name under which a field is answered.
fn key(info: &ResolveInfo<'_>) -> String {
    let first = info.field_selections().first();
    first.map_or_else(String::new, |field| field.response_key().to_string())
}

/// The type of a field, or of the items of its lists.
fn kind_of<'a>(info: &ResolveInfo<'a>) -> &'a str {
    info.field_definition().ty.inner_named_type()
}

fn resolved<'a>(value: Value, kind: &str) -> ResolvedValue<'a> {
    match value {
        Value::Object(members) => ResolvedValue::object(Object {
            kind: kind.to_owned(),
            members,
        }),
        Value::Array(items) => {
            let items: Vec<_> = items.into_iter().map(|item| resolved(item, kind)).collect();
            ResolvedValue::list(items)
        }
        // The engine takes no integer for a `Float`.
        Value::Number(number) if kind == "Float" => {
            ResolvedValue::leaf(number.as_f64().map(Value::from).unwrap_or_default())
        }
        leaf => ResolvedValue::leaf(leaf),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::appsync::tests::api;

    /// What documents are made of, and what breaks them.
    const PIECES: [&str; 40] = [
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ":",
        "!",
        "$",
        "@",
        "...",
        "|",
        "=",
        "\"",
        "\"\"\"",
        "#",
        "\n",
        "\0",
        "\u{feff}",
        "-",
        "1",
        "1e999",
        "x",
        "id",
        "null",
        "true",
        "on",
        "query",
        "mutation",
        "subscription",
        "fragment",
        "Query",
        "Mutation",
        "me",
        "note(noteId: $id)",
        "{ me { userId } }",
        "createNote(content: $x) { noteId }",
        "__typename",
        "@include(if: $x)",
        "...f fragment f on Query { ...f }",
    ];

    /// The status of the answer to a body, by an API that resolves nothing.
    fn status(body: &str) -> StatusCode {
        let api = api();
        let answer = Document::read(&api.schema, body.as_bytes()).and_then(|document| {
            document.check(&api.settings)?;
            let execution = Execution {
                schema: &api.schema,
                resolver: &api.resolver,
                identity: Identity::default(),
                request_id: "the-request",
                at: Timestamp::from_millis(0),
                has_introspection: true,
            };
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            runtime.block_on(execution.answer(&document))
        });
        answer.unwrap_or_else(Refused::answer).status()
    }

    proptest! {
        #[test]
        fn whatever_is_sent_has_an_answer(
            pieces in proptest::collection::vec(0..PIECES.len(), 0..30),
            variable in prop_oneof![Just(Value::Null), any::<f64>().prop_map(Value::from), ".*".prop_map(Value::from)],
        ) {
            let query: Vec<_> = pieces.into_iter().map(|piece| PIECES[piece]).collect();
            for operation in ["", "query($id: ID!, $x: Boolean)", "mutation($x: String)"] {
                let query = format!("{operation} {}", query.join(" "));
                let body = serde_json::json!({ "query": query, "variables": { "id": variable, "x": variable } });
                let status = status(&body.to_string());
                prop_assert!(matches!(status, StatusCode::OK | StatusCode::BAD_REQUEST), "{status}");
            }
        }

        #[test]
        fn whatever_bytes_are_sent_have_an_answer(body in ".*") {
            prop_assert_eq!(status(&body), StatusCode::BAD_REQUEST);
        }
    }
}
