//! Tokens that nobody may take, by the rows of the attack list. Each is one change away from [`Honest::token`], so that
//! a verifier that takes the one and refuses the others does it for the right reason.

mod malformed;

use aws_lc_rs::hmac;
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

use super::SigningKey;

/// What an honest token is made of.
#[derive(Clone, Copy, Debug)]
pub struct Honest<'a> {
    /// Who issues it.
    pub issuer: &'a str,
    /// Who it is for.
    pub audience: &'a str,
    /// Now, in seconds since the epoch.
    pub now: u64,
    /// What signs it: the verifier takes what this key usually signs by, and nothing else.
    pub key: &'a SigningKey,
    /// Another key of the issuer, or of nobody.
    pub other: &'a SigningKey,
}

/// A token that nobody may take.
#[derive(Clone, Debug)]
pub struct Forgery {
    /// What is wrong with it.
    pub what: String,
    /// The token.
    pub token: String,
}

fn forgery(what: impl Into<String>, token: String) -> Forgery {
    Forgery {
        what: what.into(),
        token,
    }
}

fn part(value: &Value) -> String {
    text(value.to_string().as_bytes())
}

fn text(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

impl Honest<'_> {
    /// The claims: alice's, for an hour.
    pub fn claims(&self) -> Value {
        json!({
            "iss": self.issuer, "aud": self.audience, "sub": "alice",
            "iat": self.now, "exp": self.now + 3_600,
        })
    }

    /// The claims with one of them changed, or, by `null`, left out.
    pub fn claims_with(&self, name: &str, value: &Value) -> Value {
        let mut claims = self.claims();
        let members = claims.as_object_mut().expect("claims are an object");
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.to_owned(), value.clone());
        }
        claims
    }

    fn header(&self) -> Value {
        self.key.header(self.key.algorithm())
    }

    /// The token that is taken.
    pub fn token(&self) -> String {
        self.key.usual_token(&self.claims())
    }

    fn with_claim(&self, name: &str, value: &Value) -> Forgery {
        let token = self.key.usual_token(&self.claims_with(name, value));
        forgery(format!("{name}: {value}"), token)
    }

    /// Signed well, with another header.
    fn with_header(&self, header: &Value) -> Forgery {
        let token = self.key.token(self.key.algorithm(), header, &self.claims());
        forgery(header.to_string(), token)
    }

    /// JWT-01: `alg` none in every spelling, without a signature and with one.
    pub fn jwt_01_unsigned(&self) -> Vec<Forgery> {
        let honest = self.token();
        let signature = honest.rsplit('.').next().unwrap_or_default();
        let names = ["none", "None", "NONE", "nOnE", ""].map(|name| self.key.header(name));
        let more = [json!({ "kid": "k" }), json!({ "kid": "k", "alg": null })];
        let headers = names.into_iter().chain(more);
        headers
            .flat_map(|header| {
                let signed = format!("{}.{}", part(&header), part(&self.claims()));
                [
                    forgery(format!("{header}, two parts"), signed.clone()),
                    forgery(format!("{header}, empty"), format!("{signed}.")),
                    forgery(format!("{header}, signed"), format!("{signed}.{signature}")),
                ]
            })
            .collect()
    }

    /// JWT-02: what is public, as the secret of an HMAC.
    pub fn jwt_02_public_keys_as_secrets(&self) -> Vec<Forgery> {
        let jwk = self.key.jwk();
        let numbers = ["n", "x"].iter().filter_map(|name| jwk[*name].as_str());
        let number = numbers
            .filter_map(|number| BASE64_URL_SAFE_NO_PAD.decode(number).ok())
            .next()
            .expect("a public key has a number");
        let der = self.key.public_der();
        let pem = format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            BASE64_STANDARD.encode(&der)
        );
        let secrets = [
            ("the number", number),
            ("DER", der),
            ("PEM", pem.into_bytes()),
            ("the JWK", jwk.to_string().into_bytes()),
            ("the kid", self.key.id().as_bytes().to_vec()),
            ("nothing", Vec::new()),
        ];
        let hashes = [
            ("HS256", hmac::HMAC_SHA256),
            ("HS384", hmac::HMAC_SHA384),
            ("HS512", hmac::HMAC_SHA512),
        ];
        let mut forgeries = Vec::new();
        for (what, secret) in &secrets {
            for (name, hash) in hashes {
                let signed = format!("{}.{}", part(&self.key.header(name)), part(&self.claims()));
                let tag = hmac::sign(&hmac::Key::new(hash, secret), signed.as_bytes());
                let token = format!("{signed}.{}", text(tag.as_ref()));
                forgeries.push(forgery(format!("{name} by {what}"), token));
            }
        }
        forgeries
    }

    /// JWT-03: by another algorithm than is taken, or only said to be; and signatures of zeros.
    pub fn jwt_03_other_algorithms(&self) -> Vec<Forgery> {
        let all = [
            "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA",
        ];
        let usual = self.key.algorithm();
        let mut forgeries = Vec::new();
        for name in all.into_iter().filter(|name| *name != usual) {
            let header = self.key.header(name);
            let said = self.key.token(usual, &header, &self.claims());
            forgeries.push(forgery(format!("said to be by {name}"), said));
            if usual.starts_with("RS") && (name.starts_with("RS") || name.starts_with("PS")) {
                let token = self.key.token(name, &header, &self.claims());
                forgeries.push(forgery(format!("by {name}"), token));
            }
        }
        for (name, length) in [("ES256", 64), ("ES384", 96), ("EdDSA", 64), ("RS256", 256)] {
            for byte in [0, 1, 0xff] {
                let signed = format!("{}.{}", part(&self.key.header(name)), part(&self.claims()));
                let token = format!("{signed}.{}", text(&vec![byte; length]));
                forgeries.push(forgery(format!("{name} of {byte}s"), token));
            }
        }
        forgeries
    }

    /// JWT-04: a `kid` that names no key, or not the one that has signed.
    pub fn jwt_04_other_keys(&self) -> Vec<Forgery> {
        let kids = [
            Value::Null,
            json!(1),
            json!([self.key.id()]),
            json!({ self.key.id(): 1 }),
            json!(""),
            json!(self.key.id().to_uppercase()),
            json!(format!("{} ", self.key.id())),
            json!(format!("{}\u{0}", self.key.id())),
            json!(format!("../../{}", self.key.id())),
            json!("' or 1=1 --"),
            json!("__proto__"),
            json!("constructor"),
            json!("unknown"),
            json!(self.other.id()),
        ];
        let usual = self.key.algorithm();
        let mut forgeries: Vec<_> = kids
            .iter()
            .map(|kid| self.with_header(&json!({ "alg": usual, "kid": kid, "typ": "JWT" })))
            .collect();
        forgeries.push(self.with_header(&json!({ "alg": usual, "typ": "JWT" })));
        // The right name, and another key's signature.
        let token = self.other.token(
            self.other.algorithm(),
            &self.key.header(self.other.algorithm()),
            &self.claims(),
        );
        forgeries.push(forgery("the right kid, signed by another key", token));
        forgeries
    }

    /// JWT-05: signed by a key that the token brings along, or says where to get.
    pub fn jwt_05_keys_in_the_header(&self, elsewhere: &str) -> Vec<Forgery> {
        let members = [
            ("jwk", self.other.jwk()),
            ("jku", json!(format!("{elsewhere}/keys"))),
            ("x5u", json!(format!("{elsewhere}/chain"))),
            ("x5c", json!(["MIIB"])),
            ("x5t", json!("x")),
        ];
        let of = |(name, value): (&str, Value)| {
            let mut header = self.key.header(self.other.algorithm());
            header[name] = value;
            let token = self
                .other
                .token(self.other.algorithm(), &header, &self.claims());
            forgery(name, token)
        };
        members.into_iter().map(of).collect()
    }

    /// JWT-06: extensions that a verifier must understand or refuse, well signed.
    pub fn jwt_06_extensions(&self) -> Vec<Forgery> {
        let members = [
            ("crit", json!(["exp"])),
            ("crit", json!([])),
            ("crit", json!(["b64"])),
            ("b64", json!(false)),
            ("b64", json!(true)),
            ("enc", json!("A128GCM")),
            ("zip", json!("DEF")),
        ];
        let of = |(name, value): (&str, Value)| {
            let mut header = self.header();
            header[name] = value;
            self.with_header(&header)
        };
        members.into_iter().map(of).collect()
    }

    /// JWT-07: no end, one that is none, one that was; a beginning to come; members that are there twice.
    pub fn jwt_07_times(&self) -> Vec<Forgery> {
        let mut forgeries: Vec<_> = [
            ("exp", Value::Null),
            ("exp", json!("4102444800")),
            ("exp", json!([4_102_444_800_u64])),
            ("exp", json!(true)),
            ("exp", json!(-1)),
            ("exp", json!(self.now - 3_600)),
            ("nbf", json!(self.now + 3_600)),
            ("nbf", json!("0")),
        ]
        .iter()
        .map(|(name, value)| self.with_claim(name, value))
        .collect();
        let header = self.header().to_string();
        let claims = self.claims().to_string();
        let end = (self.now + 3_600).to_string();
        let twice = |text: &str, member: &str| text.replacen('{', &format!("{{{member},"), 1);
        for (what, header, claims) in [
            ("exp: null", header.clone(), claims.replace(&end, "null")),
            ("exp: 1e400", header.clone(), claims.replace(&end, "1e400")),
            (
                "alg twice",
                twice(&header, r#""alg":"none""#),
                claims.clone(),
            ),
            ("exp twice", header.clone(), twice(&claims, r#""exp":1"#)),
            (
                "sub twice",
                header.clone(),
                twice(&claims, r#""sub":"bob""#),
            ),
            (
                "sub twice, escaped",
                header,
                twice(&claims, r#""\u0073ub":"bob""#),
            ),
        ] {
            let usual = self.key.algorithm();
            let token = self.key.token_of_text(usual, &header, &claims);
            forgeries.push(forgery(what, token));
        }
        forgeries
    }

    /// JWT-08: another issuer, or something like it.
    pub fn jwt_08_other_issuers(&self) -> Vec<Forgery> {
        let name = self.issuer;
        let other_scheme = match name.strip_prefix("https://") {
            Some(rest) => format!("http://{rest}"),
            None => name.replacen("http://", "https://", 1),
        };
        let without_scheme = name.split_once("://").map_or(name, |(_, name)| name);
        let slash = match name.strip_suffix('/') {
            Some(without) => without.to_owned(),
            None => format!("{name}/"),
        };
        let others = [
            Value::Null,
            json!(""),
            json!([name]),
            json!({ name: 1 }),
            json!(other_scheme),
            json!(without_scheme),
            json!(slash),
            json!(format!("{name}/other")),
            json!(format!("{name}#")),
            json!(format!("{name}?")),
            json!(format!(" {name}")),
            json!(name[..name.len() - 1]),
            json!(name.to_uppercase()),
            json!("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other0000"),
            json!("https://cognito-idp.eu-west-1.amazonaws.com/us-east-1_Other0000"),
        ];
        let of = |value| self.with_claim("iss", value);
        others.iter().map(of).collect()
    }

    /// JWT-09: for another audience.
    pub fn jwt_09_other_audiences(&self) -> Vec<Forgery> {
        let audience = self.audience;
        let mut forgeries: Vec<_> = [
            Value::Null,
            json!("another"),
            json!(["another"]),
            json!([]),
            json!(""),
            json!(1),
            json!({ audience: 1 }),
            json!(audience[..audience.len() - 1]),
            json!(format!("{audience} ")),
            json!(audience.to_uppercase()),
        ]
        .iter()
        .map(|value| self.with_claim("aud", value))
        .collect();
        for (what, aud, client) in [
            ("client_id of another client", Value::Null, "another"),
            ("client_id beside another's aud", json!("another"), audience),
        ] {
            let mut claims = self.claims_with("aud", &aud);
            claims["client_id"] = client.into();
            forgeries.push(forgery(what, self.key.usual_token(&claims)));
        }
        forgeries
    }
}
