//! AppSync's GraphQL API on this machine: signatures, a permission for each field of the request, and the very resolver
//! that runs as a function on AWS.
//!
//! Where AWS's behaviour is known from its documentation or from what people report, it is this; where it is not, the
//! narrower choice: a request with one field that the caller may not ask for is refused whole, before any is resolved;
//! introspection and `__typename` of the root are asked of the policies as any other field; a request that is too deep
//! or has too many fields is refused whole. Subscriptions are not served. The sentences of validation are not AWS's.

mod document;
mod execution;
mod refusal;

use std::collections::BTreeSet;

use apollo_compiler::{Schema, validation::Valid};
use http::Method;
use notewarden_graphql::{Identity, Resolver};
use notewarden_infra::GraphQlSettings;
use notewarden_sigv4::Service;

use self::{document::Document, execution::Execution, refusal::Refused};
use crate::{
    access::{Ask, Signer},
    app::App,
    front::Unread,
    gateway,
    wire::{Response, WireRequest},
};

/// Where the API is.
pub const PATH: &str = "/graphql";

const GRAPHQL: &str = "appsync:GraphQL";
/// The largest body (“AWS AppSync endpoints and quotas”).
const BODY_LIMIT: usize = 1 << 20;

/// The GraphQL API.
pub struct GraphQl {
    settings: GraphQlSettings,
    schema: Valid<Schema>,
    resolver: Resolver,
}

/// Why the template's API cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GraphQlError {
    /// The schema is none.
    #[error("the template's GraphQL schema: {0}")]
    Schema(String),
    /// A field of the schema's roots has no resolver in the template, or nobody resolves it here.
    #[error("`{kind}.{field}` of the template's GraphQL API {what}")]
    Field {
        /// `Query` or `Mutation`.
        kind: String,
        /// The field.
        field: String,
        /// What is the matter with it.
        what: &'static str,
    },
}

impl GraphQl {
    /// The API of these settings.
    ///
    /// # Errors
    /// See [`GraphQlError`].
    pub fn new(settings: GraphQlSettings, resolver: Resolver) -> Result<Self, GraphQlError> {
        let schema = Schema::parse_and_validate(&settings.schema, "schema")
            .map_err(|found| GraphQlError::Schema(found.errors.to_string()))?;
        let roots = [
            &schema.schema_definition.query,
            &schema.schema_definition.mutation,
        ];
        let roots = roots.into_iter().flatten();
        let kinds = roots.filter_map(|root| schema.get_object(&root.name));
        let fields: BTreeSet<(String, String)> = kinds
            .flat_map(|kind| {
                let names = kind.fields.keys();
                names.map(|name| (kind.name.to_string(), name.to_string()))
            })
            .collect();
        let served: BTreeSet<_> = notewarden_graphql::fields()
            .map(|(kind, field)| (kind.to_owned(), field.to_owned()))
            .collect();
        let refuse = |found: Option<&(String, String)>, what| match found {
            None => Ok(()),
            Some((kind, field)) => Err(GraphQlError::Field {
                kind: kind.clone(),
                field: field.clone(),
                what,
            }),
        };
        refuse(
            fields.difference(&settings.resolvers).next(),
            "has no resolver",
        )?;
        refuse(
            settings.resolvers.difference(&fields).next(),
            "is not in its schema",
        )?;
        refuse(fields.difference(&served).next(), "is served by nobody")?;
        if schema.schema_definition.subscription.is_some() {
            return Err(GraphQlError::Schema(
                "subscriptions are not served".to_owned(),
            ));
        }
        Ok(Self {
            settings,
            schema,
            resolver,
        })
    }

    /// The type and the name of each field that may be asked for.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.settings.resolvers.iter();
        fields.map(|(kind, field)| (kind.as_str(), field.as_str()))
    }

    /// Answers a request to [`PATH`].
    pub async fn handle(&self, app: &App, request: Unread) -> Response {
        match self.serve(app, request).await {
            Ok(response) => response,
            Err(refused) => refused.answer(),
        }
    }

    async fn serve(&self, app: &App, request: Unread) -> Result<Response, Refused> {
        if request.parts.method != Method::POST {
            return Err(Refused::Method);
        }
        let request = request.read(BODY_LIMIT).await.map_err(Refused::of_body)?;
        let signer = app
            .access
            .authenticate(&request, Service::APPSYNC, GRAPHQL)
            .map_err(|refusal| Refused::of_signature(&refusal))?;
        let document = Document::read(&self.schema, &request.body)?;
        self.authorize(app, &request, &signer, &document)?;
        document.check(&self.settings)?;
        let iam = gateway::iam_of(&signer);
        let execution = Execution {
            schema: &self.schema,
            resolver: &self.resolver,
            identity: Identity::of(&iam, request.peer.ip().to_canonical().to_string()),
            request_id: &request.id,
            at: request.received_at,
            has_introspection: self.settings.has_introspection,
        };
        execution.answer(&document).await
    }

    /// Asks the policies about every field before anything is done.
    fn authorize(
        &self,
        app: &App,
        request: &WireRequest,
        signer: &Signer,
        document: &Document,
    ) -> Result<(), Refused> {
        let kind = document.operation().object_type();
        for field in document.root_names() {
            let resource = format!("{}/types/{kind}/fields/{field}", self.settings.arn);
            let ask = Ask::of(request, signer, GRAPHQL, &resource);
            app.access.authorize(&ask).map_err(|_| Refused::Denied)?;
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::{collections::BTreeMap, sync::LazyLock};

    use super::*;

    fn settings() -> GraphQlSettings {
        let parameters = BTreeMap::from([("GraphQl".to_owned(), "iam".to_owned())]);
        crate::wiring::test_stack_with(&parameters).graphql.unwrap()
    }

    /// The bundled template's API, whose fields are resolved by nobody.
    pub(crate) fn api() -> &'static GraphQl {
        static API: LazyLock<GraphQl> =
            LazyLock::new(|| GraphQl::new(settings(), Resolver::new(axum::Router::new())).unwrap());
        &API
    }

    fn refusal(change: impl FnOnce(&mut GraphQlSettings)) -> String {
        let mut settings = settings();
        change(&mut settings);
        let resolver = Resolver::new(axum::Router::new());
        GraphQl::new(settings, resolver).err().unwrap().to_string()
    }

    #[test]
    fn the_templates_schema_is_what_is_resolved() {
        let api = api();
        let fields: BTreeSet<_> = api.fields().collect();
        assert_eq!(fields, notewarden_graphql::fields().collect());
    }

    #[test]
    fn a_template_that_promises_something_else_is_refused() {
        let what = "of the template's GraphQL API";
        assert_eq!(
            refusal(|settings| settings.resolvers.retain(|(_, field)| field != "me")),
            format!("`Query.me` {what} has no resolver")
        );
        let more = ("Query".to_owned(), "you".to_owned());
        assert_eq!(
            refusal(|settings| {
                settings.resolvers.insert(more.clone());
            }),
            format!("`Query.you` {what} is not in its schema")
        );
        assert_eq!(
            refusal(|settings| {
                settings.resolvers.insert(more.clone());
                settings.schema = settings
                    .schema
                    .replace("  me: Me\n", "  me: Me\n  you: Me\n");
            }),
            format!("`Query.you` {what} is served by nobody")
        );
        let broken = refusal(|settings| settings.schema.push_str("type Note { x: Y }"));
        assert!(broken.contains("Note"), "{broken}");
        let subscribing = refusal(|settings| {
            let schema = "schema {\n  subscription: Me\n";
            settings.schema = settings.schema.replace("schema {\n", schema);
        });
        assert!(
            subscribing.contains("subscriptions are not served"),
            "{subscribing}"
        );
    }
}
