//! A test client whose calls read as sentences: `alice.get("/notes/…").await.not_found()`.
//!
//! It calls any tower service in process. How a request is made to come from somebody (an extension, a
//! signature) is up to the test: it hands in a function that does so.

mod answer;

use std::{convert::Infallible, fmt::Debug, sync::Arc};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, request::Parts};
use http_body_util::{BodyExt, Full};
use serde_json::Value;
use tower::{Service, ServiceExt};

pub use answer::Answer;

type Sign = dyn Fn(&mut Parts, &Bytes) + Send + Sync;

/// Somebody who makes requests of the service `S`.
#[derive(Clone)]
pub struct Actor<S> {
    service: S,
    sign: Arc<Sign>,
}

impl<S, B> Actor<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>, Error = Infallible> + Clone,
    B: http_body::Body<Data = Bytes>,
    B::Error: Debug,
{
    /// Somebody whose requests `sign` makes theirs, given the request's head and body.
    pub fn new(service: S, sign: impl Fn(&mut Parts, &Bytes) + Send + Sync + 'static) -> Self {
        Self {
            service,
            sign: Arc::new(sign),
        }
    }

    /// A request with any method, to be completed and sent.
    pub fn request(&self, method: Method, path: &str) -> Call<'_, S> {
        let request = Request::builder().method(method).uri(path);
        let (parts, ()) = request
            .body(())
            .expect("the path of a test's request is valid")
            .into_parts();
        Call {
            actor: self,
            parts,
            body: Bytes::new(),
        }
    }

    /// Sends a `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path).send().await
    }

    /// Sends a `POST` of JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.request(Method::POST, path).json(&body).send().await
    }

    /// Sends a `PUT` of JSON.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.request(Method::PUT, path).json(&body).send().await
    }

    /// Sends a `DELETE`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.request(Method::DELETE, path).send().await
    }
}

/// A request that is not sent yet.
pub struct Call<'a, S> {
    actor: &'a Actor<S>,
    parts: Parts,
    body: Bytes,
}

impl<S, B> Call<'_, S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>, Error = Infallible> + Clone,
    B: http_body::Body<Data = Bytes>,
    B::Error: Debug,
{
    /// With one more header line.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        let value = HeaderValue::from_bytes(value.as_ref()).expect("the header's value is valid");
        let name = HeaderName::from_static(name);
        self.parts.headers.append(name, value);
        self
    }

    /// With this body, whatever it is.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// With this body as JSON, and its media type.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    /// Sends the request and waits for the whole answer.
    pub async fn send(self) -> Answer {
        let Self {
            actor,
            mut parts,
            body,
        } = self;
        (actor.sign)(&mut parts, &body);
        let request = Request::from_parts(parts, Full::new(body));
        let Ok(response) = actor.service.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the answer arrives whole");
        Answer::new(parts, body.to_bytes())
    }
}
