//! Published vectors: those of Wycheproof, which attack implementations, and the examples of RFC 7515 and RFC 8037.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use notewarden_oidc::{Algorithm, VerificationKey};
use serde_json::{Value, json};
use wycheproof::TestResult;

fn key(mut jwk: Value) -> Option<VerificationKey> {
    jwk["kid"] = "k".into();
    VerificationKey::from_jwk(jwk.as_object().unwrap()).ok()
}

fn text(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Counts the vectors that were decided as they must be.
#[derive(Default)]
struct Tally {
    valid: usize,
    refused: usize,
}

impl Tally {
    fn count(&mut self, id: usize, expected: TestResult, verified: bool) {
        match expected {
            TestResult::Valid => assert!(verified, "{id} is valid"),
            TestResult::Invalid => assert!(!verified, "{id} is invalid"),
            // Either is right.
            TestResult::Acceptable => {}
        }
        self.valid += usize::from(verified);
        self.refused += usize::from(!verified);
    }

    /// Verifies signatures by the key that `jwk` is. Each has its number, what it is, its message and its bytes.
    fn verify<B: AsRef<[u8]>>(
        &mut self,
        algorithm: Algorithm,
        jwk: Value,
        signatures: impl Iterator<Item = (usize, TestResult, B, B)>,
    ) {
        let key = key(jwk).unwrap();
        for (id, expected, message, signature) in signatures {
            let verified = key.verify(algorithm, message.as_ref(), signature.as_ref());
            self.count(id, expected, verified.is_ok());
        }
    }

    fn saw_both(self) {
        assert!(self.valid > 4 && self.refused > 10, "too few vectors");
    }
}

#[test]
fn wycheproof_s_rsa_signatures() {
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};

    for (name, algorithm) in [
        (TestName::Rsa2048Sha256, Algorithm::Rs256),
        (TestName::Rsa3072Sha384, Algorithm::Rs384),
        (TestName::Rsa4096Sha512, Algorithm::Rs512),
    ] {
        let mut tally = Tally::default();
        for group in TestSet::load(name).unwrap().test_groups {
            let jwk = json!({ "kty": "RSA", "n": text(&group.key.n), "e": text(&group.key.e) });
            let tests = group.tests.into_iter();
            let signatures = tests.map(|test| (test.tc_id, test.result, test.msg, test.sig));
            tally.verify(algorithm, jwk, signatures);
        }
        tally.saw_both();
    }
}

#[test]
fn wycheproof_s_pss_signatures() {
    use wycheproof::rsa_pss_verify::{TestName, TestSet};

    for (name, algorithm) in [
        (TestName::RsaPss2048Sha256Mgf1SaltLen32, Algorithm::Ps256),
        (TestName::RsaPss4096Sha384Mgf1SaltLen48, Algorithm::Ps384),
        (TestName::RsaPss4096Sha512Mgf1SaltLen64, Algorithm::Ps512),
    ] {
        let mut tally = Tally::default();
        for group in TestSet::load(name).unwrap().test_groups {
            let jwk = json!({ "kty": "RSA", "n": text(&group.key.n), "e": text(&group.key.e) });
            let tests = group.tests.into_iter();
            let signatures = tests.map(|test| (test.tc_id, test.result, test.msg, test.sig));
            tally.verify(algorithm, jwk, signatures);
        }
        tally.saw_both();
    }
}

#[test]
fn wycheproof_s_ecdsa_signatures() {
    use wycheproof::ecdsa::{TestName, TestSet};

    for (name, algorithm, curve, length) in [
        (
            TestName::EcdsaSecp256r1Sha256P1363,
            Algorithm::Es256,
            "P-256",
            32,
        ),
        (
            TestName::EcdsaSecp384r1Sha384P1363,
            Algorithm::Es384,
            "P-384",
            48,
        ),
    ] {
        let mut tally = Tally::default();
        for group in TestSet::load(name).unwrap().test_groups {
            let point = &group.key.key;
            let (x, y) = point[1..].split_at(length);
            let jwk = json!({ "kty": "EC", "crv": curve, "x": text(x), "y": text(y) });
            let tests = group.tests.into_iter();
            let signatures = tests.map(|test| (test.tc_id, test.result, test.msg, test.sig));
            tally.verify(algorithm, jwk, signatures);
        }
        tally.saw_both();
    }
}

#[test]
fn wycheproof_s_ed25519_signatures() {
    use wycheproof::eddsa::{TestName, TestSet};

    let mut tally = Tally::default();
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": text(&group.key.pk) });
        let tests = group.tests.into_iter();
        let signatures = tests.map(|test| (test.tc_id, test.result, test.msg, test.sig));
        tally.verify(Algorithm::EdDsa, jwk, signatures);
    }
    tally.saw_both();
}

#[test]
fn the_examples_of_the_standards_verify() {
    // RFC 7515, A.3: ES256.
    let es256 = key(json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }));
    let signed = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc\
                  19yb290Ijp0cnVlfQ";
    let signature =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    let verified = es256
        .unwrap()
        .verify(Algorithm::Es256, signed.as_bytes(), &signature);
    assert_eq!(verified, Ok(()));
    // RFC 8037, A.4: Ed25519.
    let ed25519 = key(json!({
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }));
    let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature =
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    let verified = ed25519
        .unwrap()
        .verify(Algorithm::EdDsa, signed.as_bytes(), &signature);
    assert_eq!(verified, Ok(()));
}
