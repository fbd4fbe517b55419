//! Cross-origin rules, as API Gateway applies an HTTP API's `CorsConfiguration`.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use notewarden_infra::CorsSettings;

/// Adds to `headers` what a browser at `origin` needs to read an answer.
pub fn apply(cors: &CorsSettings, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
    let any = cors.allow_origins.iter().any(|allowed| allowed == "*");
    let allowed = match origin {
        _ if any => Some(HeaderValue::from_static("*")),
        Some(origin)
            if cors
                .allow_origins
                .iter()
                .any(|allowed| allowed.as_bytes() == origin.as_bytes()) =>
        {
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
            Some(origin.clone())
        }
        _ => None,
    };
    let Some(allowed) = allowed else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    insert_list(
        headers,
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        &cors.expose_headers,
    );
}

/// Adds to `headers` the answer to a preflight from `origin`.
pub fn apply_preflight(cors: &CorsSettings, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
    apply(cors, origin, headers);
    if !headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        return;
    }
    insert_list(
        headers,
        header::ACCESS_CONTROL_ALLOW_METHODS,
        &cors.allow_methods,
    );
    insert_list(
        headers,
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        &cors.allow_headers,
    );
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from(cors.max_age),
    );
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
        let cors: CorsSettings = serde_json::from_value(serde_json::json!({
            "AllowOrigins": ["https://notes.example"], "AllowMethods": ["GET"], "AllowHeaders": [],
            "ExposeHeaders": [], "MaxAge": 600,
        }))
        .unwrap();
        let mut headers = HeaderMap::new();
        apply_preflight(
            &cors,
            Some(&HeaderValue::from_static("https://evil.example")),
            &mut headers,
        );
        assert!(headers.is_empty());
        apply_preflight(
            &cors,
            Some(&HeaderValue::from_static("https://notes.example")),
            &mut headers,
        );
        assert_eq!(
            headers[header::ACCESS_CONTROL_ALLOW_ORIGIN],
            "https://notes.example"
        );
        assert_eq!(headers[header::VARY], "Origin");
        assert_eq!(headers[header::ACCESS_CONTROL_MAX_AGE], "600");
    }
}
