//! The one place where concrete adapters are chosen and put together.

mod from_template;
mod issuers;
mod providers;

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use notewarden_archiver::{Archiver, Worker};
use notewarden_domain::{
    account::Account,
    allowances::Allowances,
    api_keys::ApiKeys,
    archive::Terms,
    archives::Archives,
    files::Files,
    notes::Notes,
    ports::{Clock, IdSource},
    sign_ins::SignIns,
};
use notewarden_embedded::{
    Database, EmbeddedApiKeys, EmbeddedArchiveObjects, EmbeddedArchives, EmbeddedClaims,
    EmbeddedFiles, EmbeddedLinks, EmbeddedNotes, EmbeddedQueue, Objects,
};
use notewarden_graphql::Resolver;
use notewarden_infra::{Stack, Template, TemplateError};
use notewarden_oidc::Fetch;
use notewarden_userpool::{
    Credentials, Identities, IdentityPool, Roles, UserPool, identity_pool::UserPoolLogin,
    user_pool::MessageListener,
};

use crate::{
    access::{Access, AccessParts, Policies},
    app::App,
    appsync::GraphQl,
    deployment::{ACCOUNT_ID, Deployment, REGION},
    endpoint::Endpoint,
    gateway::Gateway,
    later::Later,
    lifecycle::Overdue,
    links::SessionLinks,
    smtp::SmtpMailer,
    system::{SystemClock, SystemIds},
    tokens::TokenApi,
    triggers::Triggers,
};

/// What a server is made from.
#[derive(Clone)]
pub struct Settings {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// Hears of every message that the user pool sends.
    pub on_message: MessageListener,
    /// The template to serve, in place of the one that the server was built with.
    pub template: Option<PathBuf>,
    /// Values of the template's parameters, in place of their defaults.
    pub parameters: BTreeMap<String, String>,
    /// The login providers of the identity pool: `providers.json` in the data directory, if there is one, unless
    /// another file is named.
    pub providers: Option<PathBuf>,
    /// The file with the user pool's [triggers](crate::triggers), if there are any.
    pub triggers: Option<PathBuf>,
    /// The file with the [mail server](crate::smtp) that messages are sent by, in place of the inbox.
    pub mail: Option<PathBuf>,
    /// The folder of the built [web client](crate::web), if there is one.
    pub web: Option<PathBuf>,
}

impl Settings {
    /// A server of the template that it was built with.
    pub fn new(data_dir: impl Into<PathBuf>, on_message: MessageListener) -> Self {
        Self {
            data_dir: data_dir.into(),
            on_message,
            template: None,
            parameters: BTreeMap::new(),
            providers: None,
            triggers: None,
            mail: None,
            web: None,
        }
    }
}

/// Why a server cannot be put together.
pub type WiringError = Box<dyn Error + Send + Sync>;

/// Opens the data directory and puts the server's parts together.
///
/// # Errors
/// The data directory is in use, or cannot be read or written.
pub async fn open(settings: Settings) -> Result<Arc<App>, WiringError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids: Arc<dyn IdSource> = Arc::new(SystemIds::default());
    // The database first: whoever has it owns the directory.
    let database = Database::open(&settings.data_dir)?;
    let data_dir = settings.data_dir.canonicalize()?;
    let deployment = Deployment::load_or_create(&data_dir, ids.as_ref())?;
    let template = match &settings.template {
        Some(path) => read_template(path)?,
        None => Template::bundled()?,
    };
    let place = place(&template, &deployment, &settings.parameters);
    let stack = template.deploy(&place)?;
    let functions = template.functions(&place)?;
    let api = functions.iter().find(|function| function.handler == "api");
    let api = api.ok_or("the template has no function with the handler `api`")?;
    let Allowances { quota, limits } = from_template::allowances(api)?;
    let mut roles = from_template::role_policies(&stack)?;
    roles.extend(from_template::function_policies(&functions, &stack)?);

    let credentials = Credentials::new(ACCOUNT_ID, database.clone(), clock.clone(), ids.clone());
    let access = Access::new(AccessParts {
        region: REGION.into(),
        credentials: credentials.clone(),
        admin: from_template::admin_policies(&stack)?,
        roles,
        clock: clock.clone(),
    });

    let mut user_pool = UserPool::open(
        from_template::user_pool(&stack, &deployment),
        database.clone(),
        &data_dir.join("user-pool.key"),
        clock.clone(),
        ids.clone(),
        settings.on_message,
    )?;
    if let Some(file) = &settings.triggers {
        user_pool = user_pool.with_triggers(Arc::new(Triggers::read(file)?));
    }
    if let Some(file) = &settings.mail {
        user_pool = user_pool.with_mailer(Arc::new(SmtpMailer::read(file, ids.clone())?));
    }
    user_pool.end_with_accounts(&credentials);
    prepare_signing_keys(user_pool.clone());
    let client_ids = stack
        .identity_pool
        .user_pools
        .iter()
        .map(|pool| pool.client_id.clone());
    let login = UserPoolLogin::new(user_pool.clone(), client_ids.collect());
    let provider = UserPoolLogin::provider_name(&user_pool).to_owned();
    let fetch: Arc<dyn Fetch> = Arc::new(issuers::Documents::new(user_pool.clone())?);
    let described = providers::read(settings.providers.as_deref(), &data_dir, &fetch, &clock)?;
    let mut logins = described.logins;
    providers::check_template(&logins, &stack.identity_pool)?;
    logins.insert(provider, Arc::new(login));
    let roles: Arc<Roles> = Arc::new(from_template::roles(&stack)?);
    let identity_pool = IdentityPool::new(
        from_template::identity_pool(&stack, &deployment),
        logins,
        roles.clone(),
        Identities::new(REGION, database.clone(), clock.clone(), ids.clone()),
        credentials.clone(),
        clock.clone(),
    );

    let objects = Objects::open(database.clone(), &data_dir, clock.clone(), ids.clone())
        .await?
        .with_quota(quota);
    let endpoint = Endpoint::default();
    let links = Arc::new(SessionLinks::new(
        &deployment.bucket,
        endpoint.clone(),
        from_template::function_session(api, &deployment)?,
        credentials.clone(),
        clock.clone(),
    ));
    let note_store = Arc::new(EmbeddedNotes::new(database.clone()));
    let files = Arc::new(EmbeddedFiles::new(objects.clone()));
    let archives = Arc::new(EmbeddedArchives::new(database.clone()));
    let claims = Arc::new(EmbeddedClaims::new(database.clone()));
    let queue = EmbeddedQueue::new(
        database.clone(),
        clock.clone(),
        ids.clone(),
        2 * limits.attempts,
    );
    // Whoever opens the data directory is alone in it.
    queue.take_back().await?;
    let notes = Notes {
        store: note_store.clone(),
        files: files.clone(),
        claims: claims.clone(),
        queue: Arc::new(queue.clone()),
        clock: clock.clone(),
        ids: ids.clone(),
    };
    let of_files = Files {
        store: files.clone(),
        index: files.clone(),
        links: links.clone(),
        notes: note_store.clone(),
        claims: claims.clone(),
        clock: clock.clone(),
        ids: ids.clone(),
        quota,
    };
    let of_archives = Archives {
        store: archives.clone(),
        files: files.clone(),
        index: files.clone(),
        links: links.clone(),
        claims,
        queue: Arc::new(queue.clone()),
        clock: clock.clone(),
        ids: ids.clone(),
        limits,
    };
    let key_store = Arc::new(EmbeddedApiKeys::new(database.clone()));
    let account = Account {
        api_keys: key_store.clone(),
        notes: note_store.clone(),
        files: files.clone(),
        index: files.clone(),
        archives: archives.clone(),
        identities: Arc::new(identity_pool.clone()),
        accounts: Arc::new(user_pool.clone()),
        queue: Arc::new(queue.clone()),
        clock: clock.clone(),
        quota,
    };
    let archive_objects = Arc::new(EmbeddedArchiveObjects::new(objects.clone()));
    let due = archives.clone();
    let overdue = Overdue {
        due: Arc::new(move |now, limit| due.due(now, limit)),
        archives: archives.clone(),
        objects: archive_objects.clone(),
        files: files.clone(),
        limits,
    };
    let worker = Worker {
        archiver: Archiver {
            archives: archives.clone(),
            objects: archive_objects,
            files: files.clone(),
            index: files,
            notes: note_store,
            clock: clock.clone(),
            settings: notewarden_archiver::Settings {
                terms: Terms::EMBEDDED,
                limits,
                ..Default::default()
            },
        },
        notes: notes.clone(),
        account: account.clone(),
    };
    let later = Later::new(queue, Arc::new(worker), archives.clone(), clock.clone());
    let api_keys = ApiKeys::new(key_store, clock.clone(), ids.clone());
    let sign_ins = SignIns::new(
        Arc::new(EmbeddedLinks::new(database.clone())),
        Arc::new(identity_pool.clone()),
    );
    let of_pool = issuers::of_user_pool(&user_pool, &deployment.user_pool_client, &fetch, &clock)?;
    let playground = from_template::playground(template, place, &stack)?;
    let tokens = match stack.token_api {
        None => None,
        Some(settings) => Some(TokenApi {
            gateways: issuers::of_gateway(&settings, &fetch, &clock)?
                .into_iter()
                .collect(),
            settings,
            issuers: described.issuers.into_iter().chain([of_pool]).collect(),
            api_keys: api_keys.clone(),
        }),
    };
    let router = notewarden_api::router(notewarden_api::App {
        notes,
        files: of_files,
        archives: of_archives,
        account,
        api_keys,
        sign_ins,
    });
    let graphql = stack
        .graphql
        .map(|settings| GraphQl::new(settings, Resolver::new(router.clone())))
        .transpose()?;
    Ok(Arc::new(App {
        playground,
        endpoint,
        graphql,
        links,
        archives,
        later,
        overdue,
        access,
        gateway: Gateway::new(stack.api, tokens, router),
        user_pool,
        identity_pool,
        admin: credentials.admin().await?,
        credentials,
        roles,
        bucket: stack.bucket,
        web: settings.web,
        objects,
        auth_role_arn: stack.identity_pool.authenticated_role,
        deployment,
        database,
        data_dir,
        clock,
        ids,
    }))
}

/// The policies of each role's sessions, by the role's name, as the server of this deployment enforces them.
///
/// # Errors
/// The template cannot be read.
pub fn role_policies(deployment: &Deployment) -> Result<BTreeMap<String, Policies>, WiringError> {
    let stack = deploy(&Template::bundled()?, deployment, &BTreeMap::new())?;
    Ok(from_template::role_policies(&stack)?)
}

fn read_template(path: &Path) -> Result<Template, WiringError> {
    let text = fs::read_to_string(path)
        .map_err(|error| format!("the template `{}` cannot be read: {error}", path.display()))?;
    let template = Template::parse(&text);
    Ok(template.map_err(|error| format!("the template `{}`: {error}", path.display()))?)
}

/// The template, read for this deployment.
fn deploy(
    template: &Template,
    deployment: &Deployment,
    parameters: &BTreeMap<String, String>,
) -> Result<Stack, TemplateError> {
    template.deploy(&place(template, deployment, parameters))
}

/// Where everything of the template has an id, what exists on AWS only included: functions' roles name it.
fn place(
    template: &Template,
    deployment: &Deployment,
    parameters: &BTreeMap<String, String>,
) -> notewarden_infra::Deployment {
    let place = notewarden_infra::Deployment::new(REGION, ACCOUNT_ID)
        .with("UserPool", &deployment.user_pool)
        .with("UserPoolClient", &deployment.user_pool_client)
        .with("IdentityPool", &deployment.identity_pool)
        .with("Api", &deployment.api_id)
        .with("Bucket", &deployment.bucket);
    let place = template.resource_types().fold(place, |place, (id, _)| {
        if place.id(id).is_some() {
            return place;
        }
        place.with(id, format!("notewarden-{id}-{}", deployment.suffix))
    });
    parameters.iter().fold(place, |place, (name, value)| {
        place.with_parameter(name, value)
    })
}

/// Makes the signing keys of a new pool beside the start: whoever needs one before waits for it.
fn prepare_signing_keys(user_pool: UserPool) {
    tokio::spawn(async move {
        if let Err(error) = user_pool.prepare_keys().await {
            tracing::error!(%error, "the user pool has no signing keys");
        }
    });
}

/// The keys of the routes that the API serves, in the template's order.
///
/// # Errors
/// The template cannot be read.
pub fn template_routes() -> Result<Vec<String>, TemplateError> {
    Ok(deploy(
        &Template::bundled()?,
        &Deployment::example(),
        &BTreeMap::new(),
    )?
    .api
    .routes
    .iter()
    .map(notewarden_infra::Route::key)
    .collect())
}

/// The template for tests, with ids that are easy to read.
#[cfg(test)]
pub(crate) fn test_stack() -> Stack {
    test_stack_with(&BTreeMap::new())
}

/// The same with these parameters.
#[cfg(test)]
pub(crate) fn test_stack_with(parameters: &BTreeMap<String, String>) -> Stack {
    let template = Template::bundled().unwrap();
    deploy(&template, &Deployment::example(), parameters).unwrap()
}

#[cfg(test)]
mod tests {
    use notewarden_api::Auth;
    use notewarden_infra::RouteAuth;

    use super::*;

    #[test]
    fn the_router_and_the_template_have_the_same_routes() {
        let served = notewarden_api::routes().iter().map(|route| {
            let auth = match route.auth {
                Auth::Iam => RouteAuth::AwsIam,
                Auth::None => RouteAuth::Open,
            };
            (
                format!("{} {}", route.method, route.path),
                format!("{auth:?}"),
            )
        });
        let stack = test_stack();
        let described = stack
            .api
            .routes
            .iter()
            .map(|route| (route.key(), format!("{:?}", route.auth)));
        let described: BTreeMap<_, _> = described.collect();
        assert_eq!(served.collect::<BTreeMap<_, _>>(), described);
    }
}
