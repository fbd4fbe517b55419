//! The one place where concrete adapters are chosen and put together.

use std::{collections::BTreeMap, error::Error, path::PathBuf, sync::Arc};

use notewarden_domain::{
    notes::Notes,
    policy::{CompiledPolicies, Policy, PolicyKind},
    ports::{Clock, IdSource},
};
use notewarden_embedded::{Database, EmbeddedFiles, EmbeddedNotes, Objects};
use notewarden_infra::{RoleSettings, Stack, Template};
use notewarden_userpool::{
    Credentials, Role, Roles,
};

use crate::{
    access::{Access, AccessParts, Policies},
    app::App,
    deployment::{ACCOUNT_ID, Deployment, REGION},
    gateway::Gateway,
    system::{SystemClock, SystemIds},
};

/// What a server is made from.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where everything is kept.
    pub data_dir: PathBuf,
}

/// What the owner of the data directory may do.
const ADMIN_POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Owner","Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// Opens the data directory and puts the server's parts together.
///
/// # Errors
/// The data directory is in use, or cannot be read or written.
pub async fn open(settings: &Settings) -> Result<Arc<App>, WiringError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids: Arc<dyn IdSource> = Arc::new(SystemIds::default());
    // The database first: whoever has it owns the directory.
    let database = Database::open(&settings.data_dir)?;
    let data_dir = settings.data_dir.canonicalize()?;
    let deployment = Deployment::load_or_create(&data_dir, ids.as_ref())?;
    let stack = stack_of(&deployment)?;

    let credentials = Credentials::new(
        ACCOUNT_ID,
        database.clone(),
        Arc::clone(&clock),
        Arc::clone(&ids),
    );
    let access = access(&stack, credentials.clone(), Arc::clone(&clock))?;
    let roles: Roles = stack.roles.iter().map(role).collect::<Result<_, _>>()?;
    let objects = Objects::open(database.clone(), &data_dir, Arc::clone(&clock), Arc::clone(&ids)).await?;
    let notes = Notes::new(
        Arc::new(EmbeddedNotes::new(database.clone())),
        Arc::new(EmbeddedFiles::new(objects.clone())),
        Arc::clone(&clock),
        Arc::clone(&ids),
    );
    Ok(Arc::new(App {
        access,
        gateway: Gateway::new(
            stack.api,
            notewarden_api::router(notewarden_api::App { notes }),
        ),
        roles: Arc::new(roles),
        bucket: stack.bucket,
        objects,
        admin: credentials.admin().await?,
        auth_role_arn: stack.identity_pool.authenticated_role,
        credentials,
        deployment,
        database,
        data_dir,
        clock,
        ids,
    }))
}

/// Why a server cannot be put together.
pub type WiringError = Box<dyn Error + Send + Sync>;

/// Who may do what: the template's policies, and the owner's.
fn access(
    stack: &Stack,
    credentials: Credentials,
    clock: Arc<dyn Clock>,
) -> Result<Access, WiringError> {
    let bucket = Policy::parse(&stack.bucket.policy, PolicyKind::Resource)?.named("BucketPolicy");
    let admin = Policy::parse(ADMIN_POLICY, PolicyKind::Identity)?.named("Owner");
    let roles = stack
        .roles
        .iter()
        .map(|role| {
            Ok((
                role.name.clone(),
                Policies::new(&permissions(role)?, &bucket),
            ))
        })
        .collect::<Result<_, WiringError>>()?;
    Ok(Access::new(AccessParts {
        region: REGION.into(),
        credentials,
        admin: Policies::new(&[admin], &bucket),
        roles,
        clock,
    }))
}

fn permissions(role: &RoleSettings) -> Result<Vec<Policy>, WiringError> {
    role.permissions
        .iter()
        .map(
            |policy| Ok(Policy::parse(&policy.document, PolicyKind::Identity)?.named(&policy.name)),
        )
        .collect()
}

/// A role of the template with its trust policy compiled.
fn role(settings: &RoleSettings) -> Result<Role, WiringError> {
    let trust = Policy::parse(&settings.trust_policy, PolicyKind::Trust)?;
    let own = permissions(settings)?
        .iter()
        .fold(CompiledPolicies::builder(), |own, policy| {
            own.identity(policy)
        });
    Ok(Role::new(
        ACCOUNT_ID,
        &settings.name,
        CompiledPolicies::builder().resource(&trust).build(),
        own.build(),
    ))
}

/// The template, read for this deployment.
fn stack_of(deployment: &Deployment) -> Result<Stack, notewarden_infra::TemplateError> {
    let suffix = &deployment.suffix;
    let place = notewarden_infra::Deployment::new(REGION, ACCOUNT_ID)
        .with("UserPool", &deployment.user_pool)
        .with("UserPoolClient", &deployment.user_pool_client)
        .with("IdentityPool", &deployment.identity_pool)
        .with("AuthRole", format!("notewarden-AuthRole-{suffix}"))
        .with("Api", &deployment.api_id)
        .with("Bucket", &deployment.bucket)
        .with("Notes", format!("notewarden-Notes-{suffix}"))
        .with("Idempotency", format!("notewarden-Idempotency-{suffix}"));
    Template::bundled()?.deploy(&place)
}

/// The template for tests, with ids that are easy to read.
#[cfg(test)]
pub(crate) fn test_stack() -> Stack {
    stack_of(&Deployment {
        user_pool: "us-east-1_Pool".to_owned(),
        user_pool_client: "client".to_owned(),
        identity_pool: "us-east-1:00000000-0000-4000-8000-000000000000".to_owned(),
        api_id: "api".to_owned(),
        bucket: "the-bucket".to_owned(),
        suffix: "TEST".to_owned(),
    })
    .unwrap()
}
