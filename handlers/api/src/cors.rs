//! What pages of other origins may do with the API (“CORS protocol”, the Fetch standard), for whoever stands in front of
//! the router: it needs to be said of every answer, also of those that the router has no part in.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Cross-origin rules, as an HTTP API of API Gateway applies its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cors {
    /// The origins whose pages may call the API, or `*` for every one.
    pub origins: Vec<String>,
    /// The methods that they may use.
    pub methods: Vec<String>,
    /// The request headers that they may send, in lower case.
    pub headers: Vec<String>,
    /// The headers of answers that they may read, in lower case.
    pub exposed: Vec<String>,
    /// Seconds for which a browser may remember the answer to a preflight.
    pub max_age: u32,
}

impl Cors {
    /// Adds to the `headers` of an answer what a browser needs to hand it to a page of `origin`.
    pub fn apply(&self, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        let is_any = self.origins.iter().any(|allowed| allowed == "*");
        let is_allowed = |origin: &HeaderValue| {
            let mut origins = self.origins.iter();
            origins.any(|allowed| allowed.as_bytes() == origin.as_bytes())
        };
        let allowed = match origin {
            _ if is_any => HeaderValue::from_static("*"),
            Some(origin) if is_allowed(origin) => {
                headers.append(header::VARY, HeaderValue::from_static("Origin"));
                origin.clone()
            }
            _ => return,
        };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        insert_list(
            headers,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            &self.exposed,
        );
    }

    /// Adds to `headers` the answer to a preflight from `origin`.
    pub fn apply_preflight(&self, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        self.apply(origin, headers);
        if !headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
            return;
        }
        insert_list(headers, header::ACCESS_CONTROL_ALLOW_METHODS, &self.methods);
        insert_list(headers, header::ACCESS_CONTROL_ALLOW_HEADERS, &self.headers);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, self.max_age.into());
    }
}

fn insert_list(headers: &mut HeaderMap, name: HeaderName, values: &[String]) {
    if values.is_empty() {
        return;
    }
    if let Ok(value) = HeaderValue::from_str(&values.join(",")) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_listed_origin_is_named() {
        let cors = Cors {
            origins: vec!["https://notes.example".to_owned()],
            methods: vec!["GET".to_owned()],
            headers: Vec::new(),
            exposed: Vec::new(),
            max_age: 600,
        };
        let mut headers = HeaderMap::new();
        for other in [None, Some("https://evil.example"), Some("null")] {
            let other = other.map(HeaderValue::from_static);
            cors.apply_preflight(other.as_ref(), &mut headers);
            assert!(headers.is_empty(), "{other:?}");
        }
        let origin = HeaderValue::from_static("https://notes.example");
        cors.apply_preflight(Some(&origin), &mut headers);
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], origin);
        assert_eq!(headers[header::VARY], "Origin");
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_METHODS], "GET");
        assert_eq!(headers[header::ACCESS_CONTROL_MAX_AGE], "600");
        assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_HEADERS));
    }
}
