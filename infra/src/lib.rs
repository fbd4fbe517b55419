//! The deployment's own words: `template.yaml`, compiled in and read as typed settings.
//!
//! The template is the one place where the routes' authorization, the roles' policies and the pools' rules are
//! written. On AWS CloudFormation reads it; here [`Template::deploy`] does, for a [`Deployment`] whose physical ids
//! the local server makes itself; parameters have their defaults unless it says otherwise. Whatever this library does
//! not understand is an error that names it: a setting can be absent from both places, never effective in only one.
//!
//! ```
//! use notewarden_infra::{Deployment, RouteAuth, Template};
//!
//! let deployment = Deployment::new("us-east-1", "000000000000")
//!     .with("UserPool", "us-east-1_EXAMPLE00")
//!     .with("UserPoolClient", "3example0client")
//!     .with("IdentityPool", "us-east-1:1f1d2c3b-0000-4000-8000-000000000000")
//!     .with("AuthRole", "notewarden-AuthRole")
//!     .with("Api", "a1b2c3d4e5")
//!     .with("TokenApi", "f6g7h8i9j0")
//!     .with("FunctionAuthorizer", "k1l2m3")
//!     .with("Bucket", "notewarden-files");
//! let stack = Template::bundled()?.deploy(&deployment)?;
//!
//! let found = stack.api.route(&http::Method::GET, "/notes/42").expect("a route of the template");
//! assert_eq!(found.route.key(), "GET /notes/{noteId}");
//! assert_eq!(found.route.auth, RouteAuth::AwsIam);
//! assert_eq!(found.parameters, [("noteId", "42")]);
//! # Ok::<(), notewarden_infra::TemplateError>(())
//! ```

mod template;

mod api;
mod bucket;
mod function;
mod graphql;
mod identity_pool;
mod role;
mod token_api;
mod user_pool;

mod client;
mod deployment;
mod error;

mod conditions;
mod parameters;
mod policy_text;
mod resolve;
mod resources;
mod source;
mod yaml;

pub use self::{
    api::{ApiSettings, CorsSettings, Route, RouteAuth, RouteMatch},
    bucket::{BucketSettings, CorsRule, LifecycleRule},
    client::{CLIENT_HEADERS, ClientConfig, NoSuchOutput, content_security_policy},
    deployment::Deployment,
    error::TemplateError,
    function::FunctionSettings,
    graphql::GraphQlSettings,
    identity_pool::{
        AmbiguousRole, IdentityPoolSettings, MappingRule, MatchType, RoleMapping, UserPoolProvider,
    },
    policy_text::{PolicyText, PolicyTextError},
    role::{NamedPolicy, RoleSettings},
    source::PolicySource,
    template::{Stack, Template},
    token_api::{TokenApiSettings, TokenAuth, TokenRoute},
    user_pool::{
        AuthFlow, ClientSettings, MfaConfiguration, MfaMethod, MfaSettings, PasswordPolicy,
        TokenValidity, UserPoolSettings,
    },
};
