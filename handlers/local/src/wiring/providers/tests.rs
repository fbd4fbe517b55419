use notewarden_testkit::{fakes::FixedClock, fixtures::NOON};

use super::*;

fn fetch() -> Arc<dyn Fetch> {
    Arc::new(notewarden_oidc::HttpFetch::new().unwrap())
}

fn read_text(text: &str) -> Result<Providers, String> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(USUAL_FILE), text).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(NOON));
    let described = read(None, dir.path(), &fetch(), &clock);
    described
        .map(|described| described.logins)
        .map_err(|error| error.to_string())
}

#[test]
fn each_kind_of_provider_has_its_name() {
    let providers = read_text(
        r#"{ "providers": [
            { "kind": "google", "clientIds": ["a"] },
            { "kind": "apple", "clientIds": ["a"] },
            { "kind": "amazon", "clientIds": ["a"] },
            { "kind": "facebook", "appId": "1", "appSecret": "secret" },
            { "kind": "oidc", "issuer": "https://example.auth0.com/", "clientIds": ["a"], "algorithms": ["ES256"] },
            { "kind": "oidc", "issuer": "http://127.0.0.1:1234/realm", "clientIds": ["a"], "leewaySeconds": 0 }
        ] }"#,
    );
    let names: Vec<String> = providers.unwrap().into_keys().collect();
    assert_eq!(
        names,
        [
            "127.0.0.1:1234/realm",
            "accounts.google.com",
            "appleid.apple.com",
            "example.auth0.com",
            "graph.facebook.com",
            "www.amazon.com",
        ]
    );
}

#[test]
fn what_means_nothing_is_refused_by_its_name() {
    for (text, named) in [
        ("", "EOF"),
        ("[]", "not an object"),
        (r#"{ "provider": [] }"#, "`provider`"),
        (r#"{ "providers": [], "providers": [] }"#, "twice"),
        (r#"{ "providers": [1] }"#, "providers[0]"),
        (r#"{ "providers": [{}] }"#, "`kind`"),
        (r#"{ "providers": [{ "kind": "myspace" }] }"#, "myspace"),
        (r#"{ "providers": [{ "kind": "google" }] }"#, "`clientIds`"),
        (
            r#"{ "providers": [{ "kind": "google", "clientIds": [] }] }"#,
            "`clientIds`",
        ),
        (
            r#"{ "providers": [{ "kind": "amazon", "clientIds": [] }] }"#,
            "`clientIds`",
        ),
        (
            r#"{ "providers": [{ "kind": "google", "clientId": "a" }] }"#,
            "`clientId`",
        ),
        (
            r#"{ "providers": [{ "kind": "oidc", "issuer": "http://example.com", "clientIds": ["a"] }] }"#,
            "http://example.com",
        ),
        (
            r#"{ "providers": [{ "kind": "oidc", "issuer": "https://a.b", "clientIds": ["a"], "algorithms": ["none"] }] }"#,
            "`none`",
        ),
        (
            r#"{ "providers": [{ "kind": "oidc", "issuer": "https://a.b", "clientIds": ["a"], "algorithms": ["HS256"] }] }"#,
            "`HS256`",
        ),
        (
            r#"{ "providers": [{ "kind": "oidc", "issuer": "https://a.b", "clientIds": ["a"], "leewaySeconds": 301 }] }"#,
            "`leewaySeconds`",
        ),
        (
            r#"{ "providers": [{ "kind": "facebook", "appId": "1", "appSecret": "s", "endpoint": "http://a.b" }] }"#,
            "`endpoint`",
        ),
        (
            r#"{ "providers": [{ "kind": "google", "clientIds": ["a"] }, { "kind": "google", "clientIds": ["b"] }] }"#,
            "providers[1]",
        ),
    ] {
        let refused = read_text(text)
            .err()
            .unwrap_or_else(|| panic!("{text} was taken"));
        assert!(
            refused.contains("providers.json") && refused.contains(named),
            "{refused}"
        );
    }
}

#[test]
fn only_the_usual_file_may_be_missing() {
    let dir = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(NOON));
    assert!(
        read(None, dir.path(), &fetch(), &clock)
            .unwrap()
            .logins
            .is_empty()
    );
    let missing = dir.path().join("other.json");
    assert!(read(Some(&missing), dir.path(), &fetch(), &clock).is_err());
}
