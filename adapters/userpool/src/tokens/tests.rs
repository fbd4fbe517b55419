//! Tokens that must not be taken: the JWT rows of the attack list, signed with the pool's own keys where the
//! attacker could have them sign.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use notewarden_domain::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;

use super::*;
use crate::jws::SigningKey;

const ISSUER: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123";
const NOW: Timestamp = Timestamp::from_millis(1_795_262_400_000);
const USER: &str = "6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01";

static KEYS: LazyLock<KeySet> = LazyLock::new(|| {
    let key = || Arc::new(SigningKey::generate().unwrap());
    KeySet::first(key(), key(), NOW, Duration::from_secs(60))
});
static STRANGER: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().unwrap());

fn id_claims() -> Value {
    json!({
        "sub": USER,
        "iss": ISSUER,
        "origin_jti": USER,
        "aud": "web",
        "token_use": "id",
        "exp": NOW.plus(Duration::from_secs(60)).as_secs(),
        "iat": NOW.as_secs(),
    })
}

fn access_claims() -> Value {
    let mut claims = id_claims();
    let members = claims.as_object_mut().unwrap();
    members.remove("aud");
    members.insert("client_id".to_owned(), "web".into());
    members.insert("token_use".to_owned(), "access".into());
    members.insert("scope".to_owned(), SELF_SERVICE_SCOPE.into());
    claims
}

/// `claims` with `changes`, of which a null removes a claim.
fn with(mut claims: Value, changes: &Value) -> Value {
    let members = claims.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    claims
}

fn sign(key: &SigningKey, claims: &Value) -> String {
    key.sign(claims.as_object().unwrap()).unwrap()
}

/// A key for another library, which wants the inner part of PKCS #8: it starts after 26 bytes.
fn private_key(key: &SigningKey) -> EncodingKey {
    EncodingKey::from_rsa_der(&key.to_pkcs8().unwrap()[26..])
}

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token with any header, signed by the pool's ID key.
fn with_header(header: &str) -> String {
    let signed = format!(
        "{}.{}",
        BASE64_URL_SAFE_NO_PAD.encode(header),
        part(&id_claims())
    );
    sign_parts(&signed)
}

/// The token of any two parts, signed by the pool's ID key.
fn sign_parts(signed: &str) -> String {
    let key = private_key(&KEYS.id);
    let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::RS256).unwrap();
    format!("{signed}.{signature}")
}

fn id(token: &str) -> Result<IdClaims, TokenError> {
    verify_id(token, &KEYS, ISSUER, NOW)
}

fn access(token: &str) -> Result<AccessClaims, TokenError> {
    verify_access(token, &KEYS, ISSUER, NOW)
}

fn assert_refused(token: &str) {
    let shown: String = token.chars().take(80).collect();
    assert!(id(token).is_err(), "taken as an id token: {shown}");
    assert!(access(token).is_err(), "taken as an access token: {shown}");
}

#[test]
fn tokens_of_the_pool_are_taken() {
    let claims = id(&sign(&KEYS.id, &id_claims())).unwrap();
    assert_eq!(
        (
            claims.subject.to_string().as_str(),
            claims.client_id.as_str()
        ),
        (USER, "web")
    );
    let claims = access(&sign(&KEYS.access, &access_claims())).unwrap();
    assert_eq!(
        (
            claims.subject.to_string().as_str(),
            claims.client_id.as_str()
        ),
        (USER, "web")
    );
    let header = json!({ "alg": "RS256", "kid": KEYS.id.id(), "typ": "JWT" });
    assert!(id(&with_header(&header.to_string())).is_ok());
}

#[test]
fn jwt_01_no_algorithm() {
    let signature = BASE64_URL_SAFE_NO_PAD.encode([0; 256]);
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = json!({ "alg": alg, "kid": KEYS.id.id() });
        let signed = format!("{}.{}", part(&header), part(&id_claims()));
        assert_refused(&format!("{signed}."));
        assert_refused(&format!("{signed}.{signature}"));
        assert_refused(&signed);
    }
    assert_refused(&with_header(&json!({ "kid": KEYS.id.id() }).to_string()));
    assert_refused(&with_header(
        &json!({ "kid": KEYS.id.id(), "alg": ["RS256"] }).to_string(),
    ));
}

#[test]
fn jwt_02_the_public_key_as_a_shared_secret() {
    let jwk = KEYS.id.jwk();
    let modulus = BASE64_URL_SAFE_NO_PAD
        .decode(jwk["n"].as_str().unwrap())
        .unwrap();
    let secrets = [
        Vec::new(),
        KEYS.id.id().as_bytes().to_vec(),
        jwk["n"].as_str().unwrap().as_bytes().to_vec(),
        modulus,
        jwk.to_string().into_bytes(),
    ];
    for secret in secrets {
        let header = json!({ "alg": "HS256", "kid": KEYS.id.id() });
        let signed = format!("{}.{}", part(&header), part(&id_claims()));
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&secret).unwrap();
        let mac = mac.chain_update(&signed).finalize().into_bytes();
        assert_refused(&format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac)));
    }
}

#[test]
fn jwt_03_another_algorithm_of_the_same_key() {
    let key = private_key(&KEYS.id);
    for alg in [
        Algorithm::RS384,
        Algorithm::RS512,
        Algorithm::PS256,
        Algorithm::PS512,
    ] {
        let header = Header {
            kid: Some(KEYS.id.id().to_owned()),
            ..Header::new(alg)
        };
        let token = encode(&header, &id_claims(), &key).unwrap();
        assert_refused(&token);
        // The same signature, called RS256.
        let (_, rest) = token.split_once('.').unwrap();
        let header = json!({ "alg": "RS256", "kid": KEYS.id.id() });
        assert_refused(&format!("{}.{rest}", part(&header)));
    }
    for (alg, length) in [("ES256", 64), ("EdDSA", 64), ("RS256", 256), ("RS256", 0)] {
        let header = json!({ "alg": alg, "kid": KEYS.id.id() });
        let zeros = BASE64_URL_SAFE_NO_PAD.encode(vec![0; length]);
        assert_refused(&format!("{}.{}.{zeros}", part(&header), part(&id_claims())));
    }
}

#[test]
fn jwt_04_another_key() {
    assert_refused(&sign(&STRANGER, &id_claims()));
    let kids = [
        json!("unknown"),
        json!(1),
        json!(null),
        json!([KEYS.id.id()]),
        json!("../../dev/null"),
        json!("' OR 1=1 --"),
        json!("\0"),
        json!("__proto__"),
        json!(STRANGER.id()),
    ];
    for kid in kids {
        assert_refused(&with_header(
            &json!({ "alg": "RS256", "kid": kid }).to_string(),
        ));
    }
    assert_refused(&with_header(r#"{"alg":"RS256"}"#));
    // The other key of the pool: neither named where this one signed, nor signing for its use.
    assert_refused(&with_header(
        &json!({ "alg": "RS256", "kid": KEYS.access.id() }).to_string(),
    ));
    assert!(matches!(
        id(&sign(&KEYS.access, &id_claims())),
        Err(TokenError::WrongUse)
    ));
    assert!(matches!(
        access(&sign(&KEYS.id, &access_claims())),
        Err(TokenError::WrongUse)
    ));
}

#[test]
fn jwt_05_a_key_that_the_token_brings_along() {
    let key = private_key(&STRANGER);
    for (name, value) in [
        ("jwk", STRANGER.jwk()),
        ("jku", json!("http://127.0.0.1:9/jwks.json")),
        ("x5u", json!("http://127.0.0.1:9/key.pem")),
        ("x5c", json!(["MIIB"])),
    ] {
        let header = json!({ "alg": "RS256", "kid": KEYS.id.id(), name: value });
        let signed = format!("{}.{}", part(&header), part(&id_claims()));
        let theirs = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::RS256).unwrap();
        assert_refused(&format!("{signed}.{theirs}"));
        // Signed by the pool it is ignored.
        assert!(id(&sign_parts(&signed)).is_ok(), "{name}");
    }
}

#[test]
fn jwt_06_extensions_that_are_not_understood() {
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!(["x"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("enc", json!("A128GCM")),
    ] {
        let header = json!({ "alg": "RS256", "kid": KEYS.id.id(), name: value });
        assert_refused(&with_header(&header.to_string()));
    }
}

#[test]
fn jwt_07_times_that_are_none_and_claims_said_twice() {
    let now = NOW.as_secs();
    for exp in [
        json!(null),
        json!("1795262460"),
        json!(true),
        json!([now + 60]),
        json!(-1),
        json!(0.5),
        json!(1e300),
    ] {
        let token = sign(&KEYS.id, &with(id_claims(), &json!({ "exp": exp })));
        assert!(
            matches!(id(&token), Err(TokenError::MissingClaim("exp"))),
            "{exp}"
        );
    }
    for exp in [0, now - 1, now] {
        let token = sign(&KEYS.id, &with(id_claims(), &json!({ "exp": exp })));
        assert!(
            matches!(id(&token), Err(TokenError::Expired { .. })),
            "{exp}"
        );
    }
    let early = sign(&KEYS.id, &with(id_claims(), &json!({ "nbf": now + 1 })));
    assert!(matches!(id(&early), Err(TokenError::NotYetValid)));
    let never = sign(&KEYS.id, &with(id_claims(), &json!({ "nbf": "now" })));
    assert!(matches!(id(&never), Err(TokenError::MissingClaim("nbf"))));

    let header = part(&json!({ "alg": "RS256", "kid": KEYS.id.id() }));
    let claims = id_claims().to_string();
    let open = claims.strip_suffix('}').unwrap();
    for twice in [
        format!(r#"{open},"exp":{}}}"#, now + 60),
        format!(r#"{open},"\u0065xp":{}}}"#, now + 60),
        format!(r#"{open},"nested":{{"a":1,"a":2}}}}"#),
        format!(r#"{open},"big":1e400}}"#),
    ] {
        assert_refused(&sign_parts(&format!(
            "{header}.{}",
            BASE64_URL_SAFE_NO_PAD.encode(twice)
        )));
    }
    assert_refused(&with_header(&format!(
        r#"{{"alg":"none","alg":"RS256","kid":"{}"}}"#,
        KEYS.id.id()
    )));
}

#[test]
fn jwt_08_another_issuer() {
    for iss in [
        json!("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other"),
        json!("https://cognito-idp.eu-west-1.amazonaws.com/us-east-1_AbCdEf123"),
        json!("http://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123"),
        json!(format!("{ISSUER}/")),
        json!(&ISSUER[..ISSUER.len() - 1]),
        json!(format!("{ISSUER}4")),
        json!(ISSUER.to_uppercase()),
    ] {
        let token = sign(&KEYS.id, &with(id_claims(), &json!({ "iss": iss })));
        assert!(matches!(id(&token), Err(TokenError::WrongIssuer)), "{iss}");
        let token = sign(&KEYS.access, &with(access_claims(), &json!({ "iss": iss })));
        assert!(
            matches!(access(&token), Err(TokenError::WrongIssuer)),
            "{iss}"
        );
    }
    for iss in [json!(null), json!([ISSUER]), json!(1)] {
        let token = sign(&KEYS.id, &with(id_claims(), &json!({ "iss": iss })));
        assert!(
            matches!(id(&token), Err(TokenError::MissingClaim("iss"))),
            "{iss}"
        );
    }
}

#[test]
fn jwt_09_another_use() {
    assert!(matches!(
        id(&sign(&KEYS.access, &access_claims())),
        Err(TokenError::MissingClaim("aud"))
    ));
    assert!(matches!(
        access(&sign(&KEYS.id, &id_claims())),
        Err(TokenError::WrongUse)
    ));
    for (changes, key, claims) in [
        (json!({ "token_use": "access" }), &KEYS.id, id_claims()),
        (json!({ "token_use": "ID" }), &KEYS.id, id_claims()),
        (json!({ "token_use": null }), &KEYS.id, id_claims()),
        (json!({ "token_use": ["id"] }), &KEYS.id, id_claims()),
        (
            json!({ "aud": null, "client_id": "web" }),
            &KEYS.id,
            id_claims(),
        ),
        (json!({ "aud": ["web"] }), &KEYS.id, id_claims()),
        (json!({ "token_use": "id" }), &KEYS.access, access_claims()),
        (
            json!({ "token_use": "Access" }),
            &KEYS.access,
            access_claims(),
        ),
        (
            json!({ "client_id": null, "aud": "web" }),
            &KEYS.access,
            access_claims(),
        ),
        (json!({ "scope": null }), &KEYS.access, access_claims()),
        (
            json!({ "scope": "openid aws.cognito.signin.user.admin2" }),
            &KEYS.access,
            access_claims(),
        ),
        (json!({ "sub": "alice" }), &KEYS.access, access_claims()),
        (json!({ "origin_jti": null }), &KEYS.access, access_claims()),
    ] {
        assert_refused(&sign(key, &with(claims, &changes)));
    }
}

#[test]
fn jwt_10_other_spellings_of_a_token() {
    let token = sign(&KEYS.id, &id_claims());
    let parts: Vec<&str> = token.split('.').collect();
    let (header, claims, signature) = (parts[0], parts[1], parts[2]);
    let plain = BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap();
    let standard = |bytes: &[u8]| BASE64_STANDARD.encode(bytes);
    let mut long = plain.clone();
    long.resize(1 << 20, b' ');
    let deep = format!("{}1{}", r#"{"a":"#.repeat(5_000), "}".repeat(5_000));
    let object = json!({ "protected": header, "payload": claims, "signature": signature });
    for bad in [
        format!("{token}="),
        format!("{token}."),
        format!(".{token}"),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{header}.{claims}"),
        format!("{header}.{claims}.{signature}.{signature}"),
        format!("{header}.{claims}.{signature}.a.b"),
        format!(
            "{header}.{claims}.{}",
            standard(&BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap())
        ),
        object.to_string(),
        "\u{feff}".to_owned() + &token,
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
    ] {
        assert_refused(&bad);
    }
    let padded = (0..3)
        .map(|spaces| BASE64_URL_SAFE.encode([plain.as_slice(), &b"  "[..spaces]].concat()))
        .find(|text| text.ends_with('='))
        .unwrap();
    // The bytes are right and signed; only the spelling of a part is not.
    for claims in [
        padded,
        format!("{}\n", BASE64_URL_SAFE_NO_PAD.encode(&plain)),
        BASE64_URL_SAFE_NO_PAD.encode(&long),
        BASE64_URL_SAFE_NO_PAD.encode(deep),
        BASE64_URL_SAFE_NO_PAD.encode([b"\xef\xbb\xbf".as_slice(), &plain].concat()),
        BASE64_URL_SAFE_NO_PAD.encode(b"{\"sub\":\"\xff\"}"),
        BASE64_URL_SAFE_NO_PAD.encode("[]"),
        BASE64_URL_SAFE_NO_PAD.encode("null"),
        String::new(),
    ] {
        assert_refused(&sign_parts(&format!("{header}.{claims}")));
    }
}

proptest::proptest! {
    /// Whatever comes, the answer is a refusal and never a panic; and no bit of a token can be changed.
    #[test]
    fn no_other_text_is_a_token(text in "\\PC{0,200}", at in 0_usize..2_000, to in "[A-Za-z0-9_.-]") {
        proptest::prop_assert!(id(&text).is_err());
        let token = sign(&KEYS.id, &id_claims());
        let at = at % token.len();
        let mut changed = token.clone();
        changed.replace_range(at..=at, &to);
        proptest::prop_assert!(changed == token || id(&changed).is_err(), "{changed}");
    }
}
