//! From a field that is asked for to its value, through the router.

use axum::{Router, body::Body};
use http::{HeaderValue, Request, header};
use http_body_util::BodyExt;
use notewarden_api::{GatewayContext, GatewayHttp};
use notewarden_domain::Timestamp;
use tower::ServiceExt;

use crate::{
    answer::{self, FieldError, Resolution},
    event::{Event, Identity},
    fields::{self, Call},
};

/// Resolves fields. It does not know where it runs.
#[derive(Clone, Debug)]
pub struct Resolver {
    router: Router,
}

impl Resolver {
    /// By the HTTP API's router.
    pub const fn new(router: Router) -> Self {
        Self { router }
    }

    /// The field's value for who asks, in the request `request_id` that came `at` this time.
    pub async fn resolve(&self, event: Event, request_id: &str, at: Timestamp) -> Resolution {
        let Event {
            info,
            arguments,
            identity,
        } = event;
        let call = match fields::call(&info, arguments) {
            Ok(call) => call,
            Err(error) => return Resolution::Error(FieldError::of_arguments(&error, request_id)),
        };
        let key = format!("{}.{}", info.parent_type_name, info.field_name);
        let context = context(&call, key, identity.unwrap_or_default(), request_id, at);
        match self.answer(call, context).await {
            Ok(resolution) => resolution,
            Err(error) => {
                let error = &*error;
                tracing::error!(request_id, error, "a field could not be asked for");
                Resolution::Error(FieldError::internal(request_id))
            }
        }
    }

    async fn answer(
        &self,
        call: Call,
        context: GatewayContext,
    ) -> Result<Resolution, Box<dyn std::error::Error + Send + Sync>> {
        let request_id = context.request_id.clone();
        let mut request = Request::builder().method(call.method).uri(&call.target);
        if let Some(headers) = request.headers_mut() {
            headers.extend(call.headers);
        }
        let body = match &call.body {
            None => Body::empty(),
            Some(members) => Body::from(serde_json::to_vec(members)?),
        };
        let mut request = request.body(body)?;
        if call.body.is_some() {
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        request.extensions_mut().insert(context);
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(answer::resolution(call.shape, &parts, &body, &request_id))
    }
}

/// What API Gateway would tell the router of the same caller.
fn context(
    call: &Call,
    route_key: String,
    identity: Identity,
    request_id: &str,
    at: Timestamp,
) -> GatewayContext {
    let authorizer = identity.authorizer();
    let source_ip = identity.source_ip.and_then(|mut addresses| addresses.pop());
    GatewayContext {
        account_id: identity.account_id.unwrap_or_default(),
        api_id: String::new(),
        authorizer,
        domain_name: String::new(),
        domain_prefix: String::new(),
        http: GatewayHttp {
            method: call.method.to_string(),
            path: call.target.clone(),
            protocol: "HTTP/1.1".to_owned(),
            source_ip: source_ip.unwrap_or_default(),
            user_agent: String::new(),
        },
        request_id: request_id.to_owned(),
        route_key,
        stage: "$default".to_owned(),
        time: String::new(),
        time_epoch: at,
    }
}
