//! The attack list's rows about JSON Web Tokens.

use std::collections::BTreeSet;

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};
use notewarden_oidc::{Algorithm, IssuerSettings, JwsError, TokenError};
use ring::hmac;
use serde_json::{Value, json};

use crate::issuer::{ISSUER, Key, World, claims, claims_with, settings};

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

#[tokio::test]
async fn an_honest_token_is_taken() {
    let key = Key::rsa("k", 0);
    let world = World::new(&[&key]);
    let verified = world.verifier.verify(&key.usual_token(&claims())).await;
    let verified = verified.unwrap();
    assert_eq!(
        (verified.subject.as_str(), verified.audience.as_str()),
        ("the-subject", "the-client")
    );
    assert_eq!(Value::from(verified.claims), claims());
}

#[tokio::test]
async fn every_algorithm_works_where_it_is_taken_and_only_there() {
    for algorithm in Algorithm::ALL {
        let key = Key::of("k", algorithm);
        let token = key.token(algorithm, &key.header(algorithm.as_str()), &claims());
        let taking = World::with(
            IssuerSettings {
                algorithms: BTreeSet::from([algorithm]),
                ..settings()
            },
            &[&key],
        );
        assert!(taking.takes(&token).await, "{algorithm}");
        let others = Algorithm::ALL.into_iter().filter(|a| *a != algorithm);
        let other = World::with(
            IssuerSettings {
                algorithms: others.collect(),
                ..settings()
            },
            &[&key],
        );
        assert!(!other.takes(&token).await, "{algorithm}");
    }
}

#[tokio::test]
async fn jwt_01_unsigned_tokens_are_refused() {
    let key = Key::rsa("k", 0);
    let world = World::new(&[&key]);
    let honest = key.usual_token(&claims());
    let signature = honest.rsplit_once('.').unwrap().1;
    for name in ["none", "None", "NONE", "nOnE", ""] {
        let signed = format!("{}.{}", part(&key.header(name)), part(&claims()));
        for forged in [
            signed.clone(),
            format!("{signed}."),
            format!("{signed}.{signature}"),
        ] {
            assert!(!world.takes(&forged).await, "{forged}");
        }
    }
    for header in [json!({ "kid": "k" }), json!({ "kid": "k", "alg": null })] {
        let forged = format!("{}.{}.", part(&header), part(&claims()));
        assert!(!world.takes(&forged).await, "{header}");
    }
}

#[tokio::test]
async fn jwt_02_public_keys_are_no_shared_secrets() {
    let key = Key::rsa("k", 0);
    let world = World::with(
        IssuerSettings {
            algorithms: Algorithm::ALL.into(),
            ..settings()
        },
        &[&key],
    );
    let jwk = key.jwk();
    let modulus = BASE64_URL_SAFE_NO_PAD
        .decode(jwk["n"].as_str().unwrap())
        .unwrap();
    let der = [&[0x30, 0x82][..], &modulus].concat();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        BASE64_STANDARD.encode(&der)
    );
    for secret in [
        &modulus[..],
        &der,
        pem.as_bytes(),
        b"k",
        b"",
        jwk.to_string().as_bytes(),
    ] {
        for (name, hash) in [
            ("HS256", hmac::HMAC_SHA256),
            ("HS384", hmac::HMAC_SHA384),
            ("HS512", hmac::HMAC_SHA512),
        ] {
            let signed = format!("{}.{}", part(&key.header(name)), part(&claims()));
            let tag = hmac::sign(&hmac::Key::new(hash, secret), signed.as_bytes());
            let forged = format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag));
            let refused = world.verifier.verify(&forged).await;
            assert_eq!(refused, Err(TokenError::Signature(JwsError::Unsupported)));
        }
    }
}

#[tokio::test]
async fn jwt_03_a_key_is_for_its_own_algorithm() {
    let mut jwk = Key::rsa("k", 0).jwk();
    jwk["alg"] = "RS256".into();
    let key = Key::rsa("k", 0);
    let world = World::with(
        IssuerSettings {
            algorithms: Algorithm::ALL.into(),
            ..settings()
        },
        &[&key],
    );
    world
        .documents
        .put(crate::issuer::KEYS, &json!({ "keys": [jwk] }));
    for algorithm in [
        Algorithm::Rs384,
        Algorithm::Rs512,
        Algorithm::Ps256,
        Algorithm::Ps384,
        Algorithm::Ps512,
    ] {
        let token = key.token(algorithm, &key.header(algorithm.as_str()), &claims());
        assert!(!world.takes(&token).await, "{algorithm}");
    }
    // Said to be by another algorithm than it is.
    for said in ["ES256", "EdDSA", "PS256", "RS512"] {
        let token = key.token(Algorithm::Rs256, &key.header(said), &claims());
        assert!(!world.takes(&token).await, "{said}");
    }
    for (said, length) in [("ES256", 64), ("ES384", 96), ("EdDSA", 64), ("RS256", 256)] {
        for byte in [0, 1, 0xff] {
            let signed = format!("{}.{}", part(&key.header(said)), part(&claims()));
            let forged = format!(
                "{signed}.{}",
                BASE64_URL_SAFE_NO_PAD.encode(vec![byte; length])
            );
            assert!(!world.takes(&forged).await, "{said} {byte}");
        }
    }
    assert!(world.takes(&key.usual_token(&claims())).await);
}

#[tokio::test]
async fn jwt_03_zero_signatures_fit_no_curve() {
    for (algorithm, length) in [
        (Algorithm::Es256, 64),
        (Algorithm::Es384, 96),
        (Algorithm::EdDsa, 64),
    ] {
        let key = Key::of("k", algorithm);
        let world = World::with(
            IssuerSettings {
                algorithms: BTreeSet::from([algorithm]),
                ..settings()
            },
            &[&key],
        );
        let header = key.header(algorithm.as_str());
        let signed = format!("{}.{}", part(&header), part(&claims()));
        for signature in [vec![0; length], vec![0; length - 1], Vec::new()] {
            let forged = format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature));
            assert!(!world.takes(&forged).await, "{algorithm}");
        }
    }
}

#[tokio::test]
async fn jwt_04_a_token_must_name_the_key_that_signed_it() {
    let (first, second) = (Key::rsa("first", 0), Key::rsa("second", 1));
    let world = World::new(&[&first, &second]);
    assert!(world.takes(&second.usual_token(&claims())).await);
    for kid in [
        Value::Null,
        json!(1),
        json!(["first"]),
        json!({ "first": 1 }),
        json!(""),
        json!("First"),
        json!("first "),
        json!("first\u{0}"),
        json!("../../first"),
        json!("' or 1=1 --"),
        json!("__proto__"),
        json!("constructor"),
        json!("second"),
    ] {
        let header = json!({ "alg": "RS256", "kid": kid });
        let token = first.token(Algorithm::Rs256, &header, &claims());
        assert!(!world.takes(&token).await, "{kid}");
    }
    let token = first.token(Algorithm::Rs256, &json!({ "alg": "RS256" }), &claims());
    assert!(!world.takes(&token).await);
}

#[tokio::test]
async fn jwt_05_keys_in_the_header_are_not_looked_at() {
    let (own, forger) = (Key::rsa("k", 0), Key::rsa("k", 1));
    let world = World::new(&[&own]);
    world.documents.put(
        "https://forger.example.com/keys",
        &json!({ "keys": [forger.jwk()] }),
    );
    assert!(world.takes(&own.usual_token(&claims())).await);
    let attempts = world.documents.attempts();
    for (name, value) in [
        ("jwk", forger.jwk()),
        ("jku", json!("https://forger.example.com/keys")),
        ("x5u", json!("https://forger.example.com/chain")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("x")),
    ] {
        let mut header = forger.header("RS256");
        header[name] = value;
        let token = forger.token(Algorithm::Rs256, &header, &claims());
        assert!(!world.takes(&token).await, "{name}");
        // Beside an honest signature they change nothing.
        let token = own.token(Algorithm::Rs256, &header, &claims());
        assert!(world.takes(&token).await, "{name}");
    }
    assert_eq!(world.documents.attempts(), attempts);
}

#[tokio::test]
async fn jwt_06_extensions_are_refused() {
    let key = Key::rsa("k", 0);
    let world = World::new(&[&key]);
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!(["b64"])),
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("enc", json!("A128GCM")),
        ("zip", json!("DEF")),
    ] {
        let mut header = key.header("RS256");
        header[name] = value;
        let token = key.token(Algorithm::Rs256, &header, &claims());
        assert!(!world.takes(&token).await, "{header}");
    }
    // Unencoded, and signed so.
    let header = BASE64_URL_SAFE_NO_PAD
        .encode(json!({ "alg": "RS256", "kid": "k", "b64": false, "crit": ["b64"] }).to_string());
    let signed = format!("{header}.{}", claims());
    let signature = key.sign_bytes(Algorithm::Rs256, signed.as_bytes());
    let token = format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature));
    assert!(!world.takes(&token).await);
}

#[tokio::test]
async fn jwt_07_a_member_that_is_there_twice_is_refused() {
    let key = Key::rsa("k", 0);
    let world = World::new(&[&key]);
    let header = key.header("RS256").to_string();
    let claims = claims().to_string();
    let twice = |text: &str, member: &str| text.replacen('{', &format!("{{{member},"), 1);
    for (header, claims) in [
        (twice(&header, r#""alg":"none""#), claims.clone()),
        (twice(&header, r#""kid":"other""#), claims.clone()),
        (header.clone(), twice(&claims, r#""exp":1"#)),
        (header.clone(), twice(&claims, r#""sub":"somebody""#)),
        (header.clone(), twice(&claims, r#""\u0073ub":"somebody""#)),
        (header.clone(), twice(&claims, r#""x":{"y":1,"y":2}"#)),
    ] {
        let token = key.token_of_text(Algorithm::Rs256, &header, &claims);
        assert!(!world.takes(&token).await, "{header} {claims}");
    }
}

#[tokio::test]
async fn jwt_08_another_issuer_is_refused() {
    let key = Key::rsa("k", 0);
    let world = World::new(&[&key]);
    for issuer in [
        Value::Null,
        json!("https://issuer.example.com/other"),
        json!("http://issuer.example.com/realm"),
        json!("https://issuer.example.com/realm/"),
        json!("https://issuer.example.com/real"),
        json!("https://issuer.example.com/realms"),
        json!("https://ISSUER.example.com/realm"),
        json!("issuer.example.com/realm"),
        json!([ISSUER]),
        json!(""),
    ] {
        let token = key.usual_token(&claims_with("iss", issuer.clone()));
        assert!(!world.takes(&token).await, "{issuer}");
    }
}

#[tokio::test]
async fn jwt_10_only_the_compact_form_of_reasonable_length_is_read() {
    let key = Key::rsa("k", 0);
    let world = World::new(&[&key]);
    let honest = key.usual_token(&claims());
    let parts: Vec<&str> = honest.split('.').collect();
    let [header, body, signature] = parts[..] else {
        panic!("three parts");
    };
    let padded = |part: &str| BASE64_URL_SAFE.encode(BASE64_URL_SAFE_NO_PAD.decode(part).unwrap());
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    let deep = format!("{}1{}", r#"{"a":"#.repeat(5_000), "}".repeat(5_000));
    let mut texts = vec![
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        header.to_owned(),
        format!("{header}.{body}"),
        format!("{honest}."),
        format!(".{honest}"),
        format!("{honest}.{signature}"),
        format!("{honest}..{signature}.x"),
        format!(" {honest}"),
        format!("{honest}\n"),
        format!("{header}\n.{body}.{signature}"),
        format!("{header}.{body}.{}", padded(signature)),
        format!("{}.{body}.{signature}", padded(header)),
        format!("{header}.{body}.{}", BASE64_STANDARD.encode(&bytes)),
        format!("{header}.{body}.{}", signature.replace('_', "/")),
        format!("Bearer {honest}"),
        json!({ "protected": header, "payload": body, "signature": signature }).to_string(),
        format!("{honest}{}", "A".repeat(1 << 20)),
        key.token_of_text(Algorithm::Rs256, &key.header("RS256").to_string(), &deep),
        key.token_of_text(Algorithm::Rs256, &deep, &claims().to_string()),
        key.token_of_text(Algorithm::Rs256, "[]", &claims().to_string()),
        key.token_of_text(Algorithm::Rs256, &key.header("RS256").to_string(), "[]"),
        key.token_of_text(Algorithm::Rs256, "\u{feff}{}", &claims().to_string()),
    ];
    let not_utf_8 = BASE64_URL_SAFE_NO_PAD.encode(b"{\"a\":\"\xff\"}");
    texts.push(format!("{not_utf_8}.{body}.{signature}"));
    // The last character of a part has bits that say nothing: they must be zero.
    let last = if signature.ends_with('A') { "B" } else { "A" };
    texts.push(format!("{}{last}", &honest[..honest.len() - 1]));
    for text in texts {
        let shown: String = text.chars().take(60).collect();
        assert!(!world.takes(&text).await, "{shown}");
    }
    assert!(world.takes(&honest).await);
}

#[tokio::test]
async fn a_changed_token_is_refused_wherever_it_is_changed() {
    let key = Key::rsa("k", 0);
    let world = World::new(&[&key]);
    let honest = key.usual_token(&claims());
    assert!(world.takes(&honest).await);
    for at in (0..honest.len()).step_by(3) {
        let mut bytes = honest.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(!world.takes(&changed).await, "character {at}");
    }
}
