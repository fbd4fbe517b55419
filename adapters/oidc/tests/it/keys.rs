//! JSON Web Keys: which are taken, and which are passed over.

use notewarden_oidc::{Algorithm, JwkError, KeySet, KeySetError, VerificationKey};
use serde_json::{Value, json};

use crate::issuer::Key;

fn read(jwk: &Value) -> Result<VerificationKey, JwkError> {
    VerificationKey::from_jwk(jwk.as_object().unwrap())
}

#[test]
fn a_key_says_what_it_is_for() {
    let with = |name: &str, value: Value| {
        let mut jwk = Key::rsa("k", 0).jwk();
        jwk[name] = value;
        read(&jwk)
    };
    for (name, value) in [
        ("use", json!("sig")),
        ("alg", json!("PS512")),
        ("key_ops", json!(["verify"])),
        ("x5c", json!(["ignored"])),
    ] {
        assert!(with(name, value).is_ok(), "{name}");
    }
    for (name, value) in [
        ("use", json!("enc")),
        ("alg", json!("RSA-OAEP")),
        ("alg", json!("HS256")),
        ("alg", json!("ES256")),
        ("alg", json!("none")),
        ("key_ops", json!(["encrypt"])),
        ("kty", json!("oct")),
    ] {
        let refused = with(name, value.clone());
        assert!(
            matches!(refused, Err(JwkError::ForSomethingElse(_))),
            "{name} {value}"
        );
    }
    for (name, value) in [
        ("use", json!(1)),
        ("key_ops", json!("verify")),
        ("kid", Value::Null),
        ("kid", json!(1)),
        ("n", json!("AQAB")),
        ("n", json!("====")),
        ("e", json!("")),
        ("e", json!("AQ")),
        ("e", json!("AQAA")),
        ("e", json!("AQAAAAAB")),
    ] {
        let refused = with(name, value.clone());
        assert!(
            matches!(refused, Err(JwkError::Member(_))),
            "{name} {value}"
        );
    }
}

#[test]
fn points_have_the_length_of_their_curve() {
    let jwk = Key::of("k", Algorithm::Es256).jwk();
    assert!(read(&jwk).is_ok());
    for (name, value) in [
        ("crv", json!("P-384")),
        ("crv", json!("secp256k1")),
        ("x", json!("AAAA")),
        ("y", Value::Null),
    ] {
        let mut changed = jwk.clone();
        changed[name] = value;
        assert!(read(&changed).is_err(), "{name}");
    }
    let mut okp = Key::of("k", Algorithm::EdDsa).jwk();
    assert!(read(&okp).is_ok());
    okp["crv"] = "X25519".into();
    assert_eq!(read(&okp), Err(JwkError::ForSomethingElse("crv")));
}

#[test]
fn jwt_11_a_set_holds_one_key_for_each_id_and_passes_over_others() {
    let (first, second) = (Key::rsa("first", 0).jwk(), Key::rsa("second", 1).jwk());
    let parse = |keys: Value| KeySet::parse(json!({ "keys": keys }).to_string().as_bytes());
    let mut encryption = second.clone();
    encryption["use"] = "enc".into();
    let set = parse(json!([first, encryption, { "kty": "oct" }, 7, null])).unwrap();
    assert_eq!(set.ids().collect::<Vec<_>>(), ["first"]);
    let mut twice = second;
    twice["kid"] = "first".into();
    assert_eq!(
        parse(json!([first, twice])),
        Err(KeySetError::SameId("first".to_owned()))
    );
    assert_eq!(parse(json!([])), Err(KeySetError::Empty));
    assert_eq!(parse(json!("x")), Err(KeySetError::Malformed));
}
