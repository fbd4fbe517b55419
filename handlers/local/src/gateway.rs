//! API Gateway's HTTP API on this machine: route, IAM authorization, the request context that a handler sees
//! on AWS, and then the very router that runs there.

use std::sync::Arc;

use axum::body::Body as AxumBody;
use http::{HeaderValue, Method, Request, StatusCode, header, request::Parts};
use http_body_util::BodyExt;
use notewarden_api::{
    Authorizer, CognitoIdentity, Cors, GatewayContext, GatewayHttp, IamAuthorizer, decode_path,
    encode_path,
};
use notewarden_domain::{Timestamp, quota::OverQuota};
use notewarden_infra::{ApiSettings, CorsSettings, RouteAuth, TokenAuth};
use notewarden_sigv4::Service;
use notewarden_userpool::Principal;
use serde_json::json;
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};
use tower::ServiceExt;

use crate::{
    access::{Ask, Signer},
    app::App,
    deployment::{ACCOUNT_ID, REGION},
    front::{BodyError, Unread},
    tokens::{self, Barred, TokenApi},
    wire::{self, Response, WireRequest},
};

/// The largest body that an HTTP API takes.
const BODY_LIMIT: usize = 10 << 20;
const INVOKE: &str = "execute-api:Invoke";
const STAGE: &str = "$default";
/// `21/Nov/2026:12:00:00 +0000`.
const CLF: &[BorrowedFormatItem<'_>] =
    format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");

/// The HTTP API.
pub struct Gateway {
    settings: ApiSettings,
    tokens: Option<TokenApi>,
    cors: Cors,
    token_cors: Option<Cors>,
    /// What both APIs take, as a browser that asks does not tell for which of them.
    preflight: Cors,
    router: axum::Router,
}

impl Gateway {
    /// The API of these settings, and the one for tokens and keys, both served by `router`.
    pub fn new(settings: ApiSettings, tokens: Option<TokenApi>, router: axum::Router) -> Self {
        let cors = rules(&settings.cors);
        let token_cors = tokens.as_ref().map(|tokens| rules(&tokens.settings.cors));
        let mut preflight = cors.clone();
        if let Some(tokens) = &token_cors {
            let more = tokens.headers.iter();
            let more = more.filter(|name| !cors.headers.contains(name));
            preflight.headers.extend(more.cloned());
        }
        Self {
            settings,
            tokens,
            cors,
            token_cors,
            preflight,
            router,
        }
    }

    /// The API's settings, its routes among them.
    pub const fn settings(&self) -> &ApiSettings {
        &self.settings
    }

    /// Answers a request as the HTTP API does that it is for.
    pub async fn handle(&self, app: &App, request: Unread) -> Response {
        let origin = request.parts.headers.get(header::ORIGIN).cloned();
        let has_credential = tokens::has_credential(&request.parts.headers);
        let tokens = self.tokens.as_ref().filter(|_| has_credential);
        if request.parts.method == Method::OPTIONS {
            let mut response = Response::new(wire::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            let headers = response.headers_mut();
            self.preflight.apply_preflight(origin.as_ref(), headers);
            return response;
        }
        let answered = match tokens {
            Some(tokens) => self.by_token(app, tokens, request).await,
            None => self.authorized(app, request).await,
        };
        let mut response = answered.unwrap_or_else(Refused::answer);
        let token_cors = self.token_cors.as_ref().filter(|_| has_credential);
        let cors = token_cors.unwrap_or(&self.cors);
        cors.apply(origin.as_ref(), response.headers_mut());
        response
    }

    async fn authorized(&self, app: &App, request: Unread) -> Result<Response, Refused> {
        let path = decode_path(request.parts.uri.path()).ok_or(Refused::NotFound)?;
        let found = self
            .settings
            .route(&request.parts.method, &path)
            .ok_or(Refused::NotFound)?;
        let request = request.read(BODY_LIMIT).await.map_err(Refused::of_body)?;
        let resource = execute_api_arn(&self.settings.id, &request.parts.method, &path);
        let signer = match found.route.auth {
            RouteAuth::Open => None,
            RouteAuth::AwsIam => Some(authorize(app, &request, &resource)?),
        };
        let authorizer = signer
            .as_ref()
            .map(|signer| Authorizer::iam(iam_of(signer)));
        let context = self.context(&request, &self.settings.id, &found.route.key(), authorizer);
        let id = request.id.clone();
        let response = self.invoke(request, &path, context).await;
        let principal = signer.map(|signer| Arc::clone(&signer.credential.principal));
        note_over_quota(app, &response, &id, principal, resource);
        Ok(response)
    }

    /// The same for a request with a token or a key.
    async fn by_token(
        &self,
        app: &App,
        tokens: &TokenApi,
        request: Unread,
    ) -> Result<Response, Refused> {
        let path = decode_path(request.parts.uri.path()).ok_or(Refused::NotFound)?;
        let route = tokens.settings.route(&request.parts.method, &path);
        let route = route.ok_or(Refused::NotFound)?;
        let request = request.read(BODY_LIMIT).await.map_err(Refused::of_body)?;
        let found = tokens.authorize(route, &request.parts.headers).await;
        let refusal = found
            .as_ref()
            .err()
            .map(|barred| barred.reason().to_owned());
        let resource = execute_api_arn(&tokens.settings.id, &request.parts.method, &path);
        if route.auth != TokenAuth::Open {
            app.access
                .note_authorizer(&request.id, INVOKE, resource.clone(), refusal);
        }
        let authorizer = found.map_err(|barred| match barred {
            Barred::Unauthorized(_) => Refused::Unauthorized,
            Barred::Forbidden(_) => Refused::Forbidden,
            Barred::Failed(_) => Refused::Failed,
        })?;
        let context = self.context(&request, &tokens.settings.id, &route.key, authorizer);
        let id = request.id.clone();
        let response = self.invoke(request, &path, context).await;
        note_over_quota(app, &response, &id, None, resource);
        Ok(response)
    }

    /// Hands the request to the router as the handler on AWS would.
    async fn invoke(&self, request: WireRequest, path: &str, context: GatewayContext) -> Response {
        let mut request = Request::from_parts(request.parts, AxumBody::from(request.body));
        *request.uri_mut() = match request.uri().query() {
            Some(query) => format!("{}?{query}", encode_path(path)).parse(),
            None => encode_path(path).parse(),
        }
        // INVARIANT: an encoded path and a query that was read are a valid target.
        .unwrap_or_default();
        request.extensions_mut().insert(context);
        let Ok(response) = self.router.clone().oneshot(request).await;
        response.map(|body| body.map_err(Into::into).boxed_unsync())
    }

    fn context(
        &self,
        request: &WireRequest,
        api_id: &str,
        route_key: &str,
        authorizer: Option<Authorizer>,
    ) -> GatewayContext {
        let Parts {
            method,
            uri,
            version,
            headers,
            ..
        } = &request.parts;
        let text = |name: header::HeaderName| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let host = text(header::HOST);
        GatewayContext {
            account_id: ACCOUNT_ID.to_owned(),
            api_id: api_id.to_owned(),
            authorizer,
            domain_prefix: host.split(['.', ':']).next().unwrap_or_default().to_owned(),
            domain_name: host,
            http: GatewayHttp {
                method: method.to_string(),
                path: uri.path().to_owned(),
                protocol: format!("{version:?}"),
                source_ip: request.peer.ip().to_canonical().to_string(),
                user_agent: text(header::USER_AGENT),
            },
            request_id: request.id.clone(),
            route_key: route_key.to_owned(),
            stage: STAGE.to_owned(),
            time: common_log_time(request.received_at),
            time_epoch: request.received_at,
        }
    }
}

/// The template's rules for browsers.
fn rules(settings: &CorsSettings) -> Cors {
    Cors {
        origins: settings.allow_origins.clone(),
        methods: settings.allow_methods.clone(),
        headers: settings.allow_headers.clone(),
        exposed: settings.expose_headers.clone(),
        max_age: settings.max_age,
    }
}

fn execute_api_arn(api: &str, method: &Method, path: &str) -> String {
    format!("arn:aws:execute-api:{REGION}:{ACCOUNT_ID}:{api}/{STAGE}/{method}{path}")
}

/// Writes into the decision log if the answer is that there is no room.
fn note_over_quota(
    app: &App,
    response: &Response,
    request_id: &str,
    principal: Option<Arc<Principal>>,
    resource: String,
) {
    if let Some(over) = response.extensions().get::<OverQuota>() {
        app.access
            .note_over_quota(request_id, principal, INVOKE, resource, *over);
    }
}

fn authorize(app: &App, request: &WireRequest, resource: &str) -> Result<Signer, Refused> {
    let signer = app
        .access
        .authenticate(request, Service::EXECUTE_API, INVOKE)
        .map_err(|_| Refused::Forbidden)?;
    let ask = Ask::of(request, &signer, INVOKE, resource);
    app.access.authorize(&ask).map_err(|_| Refused::Forbidden)?;
    Ok(signer)
}

/// What a handler is told of who signed.
pub(crate) fn iam_of(signer: &Signer) -> IamAuthorizer {
    let principal = &signer.credential.principal;
    IamAuthorizer {
        access_key: signer.credential.access_key_id.clone(),
        account_id: principal.account_id.clone(),
        caller_id: principal.user_id.clone(),
        cognito_identity: principal.identity().map(|identity| CognitoIdentity {
            amr: identity.amr.clone(),
            identity_id: identity.identity_id.to_string(),
            identity_pool_id: identity.identity_pool_id.clone(),
        }),
        principal_org_id: None,
        user_arn: principal.arn.clone(),
        user_id: principal.user_id.clone(),
    }
}

fn common_log_time(at: Timestamp) -> String {
    let seconds = i64::try_from(at.as_secs()).unwrap_or_default();
    let moment = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    moment.format(CLF).unwrap_or_default()
}

/// What the gateway answers itself, before any handler.
#[derive(Clone, Copy, Debug)]
enum Refused {
    BadRequest,
    Failed,
    Forbidden,
    NotFound,
    TooLarge,
    Unauthorized,
}

impl Refused {
    const fn of_body(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::TooLarge,
            BodyError::Cut => Self::BadRequest,
        }
    }

    fn answer(self) -> Response {
        let (status, message) = match self {
            Self::BadRequest => (StatusCode::BAD_REQUEST, "Bad Request"),
            // As the gateway answers if an authorizer fails.
            Self::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "Forbidden"),
            Self::NotFound => (StatusCode::NOT_FOUND, "Not Found"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "Unauthorized"),
        };
        let mut response = wire::json(status, &json!({ "message": message }));
        if matches!(self, Self::BadRequest | Self::TooLarge) {
            // The rest of the body was not read.
            response
                .headers_mut()
                .insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}
