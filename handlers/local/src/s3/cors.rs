//! Cross-origin requests to the bucket, by its rules, as S3 reads them.

use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use notewarden_infra::CorsRule;
use s3s::{Body, HttpResponse, S3Result};

use super::error;

/// What a browser's request asks, and the rules that answer.
pub struct Cors<'a> {
    rules: &'a [CorsRule],
    origin: Option<String>,
    /// The method of the request, or the one that a preflight asks for.
    method: String,
    is_preflight: bool,
    asked_headers: Vec<String>,
}

impl<'a> Cors<'a> {
    /// Reads what `parts` ask.
    pub fn of(rules: &'a [CorsRule], parts: &Parts) -> Self {
        let text = |name: header::HeaderName| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let is_preflight = parts.method == http::Method::OPTIONS;
        let asked_method = text(header::ACCESS_CONTROL_REQUEST_METHOD);
        let asked_headers = text(header::ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default();
        Self {
            rules,
            origin: text(header::ORIGIN),
            method: if is_preflight {
                asked_method.unwrap_or_default()
            } else {
                parts.method.to_string()
            },
            is_preflight,
            asked_headers: asked_headers
                .split(',')
                .map(|name| name.trim().to_ascii_lowercase())
                .filter(|name| !name.is_empty())
                .collect(),
        }
    }

    /// Answers a preflight.
    ///
    /// # Errors
    /// `BadRequest` if it is none, `AccessForbidden` if no rule fits.
    pub fn preflight(&self) -> S3Result<HttpResponse> {
        if self.origin.is_none() {
            return Err(error::custom(
                StatusCode::BAD_REQUEST,
                "BadRequest",
                "Insufficient information. Origin request header needed.",
            ));
        }
        if self.method.is_empty() {
            return Err(error::custom(
                StatusCode::BAD_REQUEST,
                "BadRequest",
                "Invalid Access-Control-Request-Method: null",
            ));
        }
        match self.rule() {
            Some(_) => Ok(HttpResponse::new(Body::empty())),
            None => Err(error::custom(
                StatusCode::FORBIDDEN,
                "AccessForbidden",
                "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
            )),
        }
    }

    /// Tells the browser what the rule that fits allows; nothing if none does.
    pub fn apply(&self, headers: &mut HeaderMap) {
        let Some(origin) = &self.origin else { return };
        let vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
        headers.append(header::VARY, HeaderValue::from_static(vary));
        let Some(rule) = self.rule() else { return };
        let is_for_all = rule.allowed_origins.iter().any(|allowed| allowed == "*");
        let mut set = |name: header::HeaderName, text: &str| {
            if let Ok(value) = HeaderValue::from_str(text)
                && !text.is_empty()
            {
                headers.insert(name, value);
            }
        };
        set(
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            if is_for_all { "*" } else { origin },
        );
        if !is_for_all {
            set(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
        set(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            &rule.allowed_methods.join(", "),
        );
        set(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            &rule.exposed_headers.join(", "),
        );
        if self.is_preflight {
            set(
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                &self.asked_headers.join(", "),
            );
            set(header::ACCESS_CONTROL_MAX_AGE, &rule.max_age.to_string());
        }
    }

    /// The first rule that fits.
    fn rule(&self) -> Option<&'a CorsRule> {
        let origin = self.origin.as_deref()?;
        let fits_origin = |pattern: &String| fits(pattern, origin);
        self.rules.iter().find(|rule| {
            rule.allowed_origins.iter().any(fits_origin)
                && rule.allowed_methods.contains(&self.method)
                && self.asked_headers().all(|name| allows_header(rule, name))
        })
    }

    /// The headers that a preflight asks for.
    fn asked_headers(&self) -> impl Iterator<Item = &str> {
        let asked = self.asked_headers.iter().filter(|_| self.is_preflight);
        asked.map(String::as_str)
    }
}

fn allows_header(rule: &CorsRule, name: &str) -> bool {
    rule.allowed_headers
        .iter()
        .any(|pattern| fits(&pattern.to_ascii_lowercase(), name))
}

/// Whether `text` fits `pattern`, which has at most one `*`.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => {
            text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_have_one_star() {
        assert!(fits("https://*.example.com", "https://a.example.com"));
        assert!(!fits("https://*.example.com", "https://example.com"));
        assert!(fits("x-amz-*", "x-amz-date") && fits("*", "") && fits("a", "a"));
        assert!(!fits("aa*aa", "aaa"), "the ends must not overlap");
    }
}
