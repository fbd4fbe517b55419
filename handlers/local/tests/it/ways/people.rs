//! No way in ever yields another person's identity: people who are called alike, at issuers that are called alike, come
//! by every way in any order, link and unlink their logins, and erase their accounts. A model knows whose each identity
//! may be.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use http::{Method, Request, header};
use notewarden_testkit::{
    http::Step,
    issuer::{SigningKey, StandInIssuer},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use crate::{
    federation::{self, issuer::now},
    support::{Actor, Answer, Place},
};

const CLIENT: &str = "the-client";

/// Names that look alike, and what could be taken for the name of something else.
const SUBJECTS: [&str; 22] = [
    "alice",
    "Alice",
    "alice ",
    " alice",
    "alice\u{200b}",
    "\u{430}lice",
    "\u{ff41}lice",
    "alic\u{e9}",
    "alice\u{301}",
    "a\u{131}ice",
    "auth0|alice",
    "alice@example.com",
    "%61lice",
    "alice\\u0000",
    "1",
    "01",
    "1.0",
    "true",
    "null",
    "__proto__",
    "*",
    "us-east-1:*",
];

/// Where the issuers are: at paths that differ by little.
const PATHS: [&str; 4] = ["/realm", "/Realm", "/realm/a", "/realm%2Fa"];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Person {
    provider: usize,
    subject: usize,
}

/// Something that somebody does.
#[derive(Clone, Debug)]
enum Act {
    /// They come with a token: an ID token, or one for the API.
    Token(Person, bool),
    /// They sign in at the identity pool, and come with a signature.
    Sign(Person),
    /// They make an API key, and come with that.
    Key(Person),
    /// They sign in as both, if the pool lets them: from then on both are one person.
    Link(Person, Person),
    /// They give their login up.
    Unlink(Person),
    /// They erase their account.
    Erase(Person),
    /// An issuer signs for another issuer's person.
    Pretend(usize, Person),
    /// An issuer spells its own name otherwise.
    Misspell(Person, usize),
}

fn person() -> impl Strategy<Value = Person> {
    let people = (0..PROVIDERS, 0..SUBJECTS.len() + 2);
    people.prop_map(|(provider, subject)| Person { provider, subject })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (person(), any::<bool>()).prop_map(|(person, is_id)| Act::Token(person, is_id)),
        3 => person().prop_map(Act::Sign),
        1 => person().prop_map(Act::Key),
        2 => (person(), person()).prop_map(|(one, other)| Act::Link(one, other)),
        1 => person().prop_map(Act::Unlink),
        1 => person().prop_map(Act::Erase),
        1 => (0..PATHS.len(), person()).prop_map(|(signer, person)| Act::Pretend(signer, person)),
        1 => (person(), 0..6_usize).prop_map(|(person, how)| Act::Misspell(person, how)),
    ]
}

/// The issuers, Google and Facebook.
const PROVIDERS: usize = PATHS.len() + 2;
const GOOGLE: usize = PATHS.len();
const FACEBOOK: usize = PATHS.len() + 1;

struct World {
    place: Arc<Place>,
    issuers: Vec<StandInIssuer>,
    /// Somebody of the user pool, by whose names others are called.
    alice: Actor,
    subjects: Vec<String>,
    model: Model,
}

/// Whose each identity that was seen may be.
#[derive(Default)]
struct Model {
    owners: BTreeMap<String, BTreeSet<Person>>,
    erased: BTreeSet<String>,
}

impl Model {
    /// `id` is what `person` was taken for.
    fn saw(&mut self, person: Person, id: &str, act: &Act) {
        assert!(
            !self.erased.contains(id),
            "{act:?} brought an erased identity back"
        );
        let owners = self.owners.entry(id.to_owned());
        let owners = owners.or_insert_with(|| BTreeSet::from([person]));
        assert!(
            owners.contains(&person),
            "{act:?} yields the identity of {owners:?}"
        );
    }
}

impl World {
    async fn new() -> Self {
        let root = StandInIssuer::start("ES256").await;
        let of = |path: &&str| root.beside(path, SigningKey::of("k", "ES256"));
        let mut issuers: Vec<_> = PATHS.iter().map(of).collect();
        // Its keys are where its entry says.
        issuers.push(root.beside("/google", SigningKey::rsa("k", 0)));
        let entry = |issuer: &StandInIssuer| {
            json!({
                "kind": "oidc", "issuer": issuer.name(), "clientIds": [CLIENT],
                "algorithms": ["ES256"],
            })
        };
        let mut entries: Vec<Value> = issuers[..GOOGLE].iter().map(entry).collect();
        entries.push(json!({
            "kind": "google", "clientIds": [CLIENT], "jwksUri": issuers[GOOGLE].keys_url(),
        }));
        entries.push(json!({
            "kind": "facebook", "appId": "1234", "appSecret": "secret", "endpoint": root.name(),
        }));
        let providers = json!({ "providers": entries }).to_string();
        let place = Place::start_trusting(&providers, &[]).await;
        let alice = Actor::sign_up(&place, "alice").await;
        let me = alice.get("/me").await.ok().json();
        let mut model = Model::default();
        // No one else is ever she.
        model
            .owners
            .insert(alice.identity_id.clone(), BTreeSet::new());
        assert_eq!(me["userId"], alice.identity_id.as_str());
        let pool = json!({ "AccessToken": alice.access_token });
        let user = place.idp("GetUser", pool).await.ok().json();
        let own = [user["Username"].as_str().unwrap(), &alice.identity_id];
        let subjects = SUBJECTS.iter().chain(&own).map(|&name| name.to_owned());
        Self {
            subjects: subjects.collect(),
            place,
            issuers,
            alice,
            model,
        }
    }

    fn name_of(&self, provider: usize) -> String {
        match provider {
            GOOGLE => "https://accounts.google.com".to_owned(),
            other => self.issuers[other].name(),
        }
    }

    /// What a person shows to the identity pool: the provider's name, and a token.
    fn login(&self, person: Person) -> (String, String) {
        let subject = &self.subjects[person.subject];
        if person.provider == FACEBOOK {
            let token = hex::encode(subject);
            let told = json!({ "data": {
                "app_id": "1234", "is_valid": true, "expires_at": 0, "user_id": subject,
            } });
            let path = format!("/debug_token?input_token={token}&access_token=1234%7Csecret");
            self.issuers[0].answer_at(path, Step::answer(200, told.to_string()));
            return ("graph.facebook.com".to_owned(), token);
        }
        let name = match person.provider {
            GOOGLE => "accounts.google.com".to_owned(),
            other => self.issuers[other].provider(),
        };
        (
            name,
            self.issuers[person.provider].token(&self.claims(person)),
        )
    }

    fn claims(&self, person: Person) -> Value {
        json!({
            "iss": self.name_of(person.provider), "aud": CLIENT, "sub": self.subjects[person.subject],
            "iat": now() - 60, "exp": now() + 3_600,
        })
    }

    async fn bearing(&self, method: Method, path: &str, credential: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.place.endpoint))
            .header(header::HOST, self.place.host())
            .header(header::AUTHORIZATION, format!("Bearer {credential}"));
        let request = request.body(body.to_string().into()).unwrap();
        self.place.send(request).await
    }

    async fn me(&self, credential: &str) -> Answer {
        self.bearing(Method::GET, "/me", credential, json!({}))
            .await
    }

    /// The identity that the pool knows the person by, and their session in it.
    async fn signed(&self, person: Person) -> Actor {
        let (name, token) = self.login(person);
        let logins = json!({ name: token });
        let id = federation::id_of(&self.place, &logins).await;
        federation::credentials(&self.place, &id, &logins).await
    }

    async fn does(&mut self, act: &Act) {
        match act {
            Act::Token(person, is_id) if person.provider != FACEBOOK => {
                let mut claims = self.claims(*person);
                if !is_id {
                    claims["scope"] = "notes:*".into();
                }
                let token = self.issuers[person.provider].token(&claims);
                let answer = self.me(&token).await;
                match answer.status.as_u16() {
                    200 => self.model.saw(*person, &id_in(&answer), act),
                    // Nobody is known by it yet.
                    403 => assert!(!is_id, "{act:?}: {answer:?}"),
                    _ => panic!("{act:?}: {answer:?}"),
                }
            }
            Act::Token(person, _) | Act::Sign(person) => {
                let signed = self.signed(*person).await;
                let id = id_in(&signed.get("/me").await.ok());
                assert_eq!(id, signed.identity_id);
                self.model.saw(*person, &id, act);
            }
            Act::Key(person) => {
                let signed = self.signed(*person).await;
                let key = signed.api_key(&["notes:*", "files:*", "archives:*"]).await;
                let answer = self.me(key["secret"].as_str().unwrap()).await;
                self.model.saw(*person, &id_in(&answer.ok()), act);
            }
            Act::Link(one, other) => self.link(*one, *other, act).await,
            Act::Unlink(person) => {
                let id = self.signed(*person).await.identity_id;
                self.model.saw(*person, &id, act);
                let (name, token) = self.login(*person);
                let logins = json!({ name.as_str(): token });
                let unlink =
                    json!({ "IdentityId": id, "Logins": logins, "LoginsToRemove": [name] });
                self.place.identity("UnlinkIdentity", unlink).await.ok();
            }
            Act::Erase(person) => {
                let signed = self.signed(*person).await;
                self.model.saw(*person, &signed.identity_id, act);
                let erased = signed.call(Method::DELETE, "/me", None).await;
                erased.status(202);
                self.model.erased.insert(signed.identity_id);
            }
            Act::Pretend(signer, person) => {
                let pretended = Person {
                    provider: person.provider.min(GOOGLE),
                    ..*person
                };
                let token = self.issuers[*signer].token(&self.claims(pretended));
                if *signer != person.provider {
                    self.refuses(pretended.provider, &token, act).await;
                }
            }
            Act::Misspell(person, how) => {
                let signer = person.provider.min(GOOGLE);
                let mut claims = self.claims(Person {
                    provider: signer,
                    ..*person
                });
                let name = self.name_of(signer);
                claims["iss"] = match how {
                    0 => json!(format!("{name}/")),
                    1 => json!(format!("{name}/.")),
                    2 => json!(name.to_uppercase()),
                    3 => json!(name.replace("//", "///")),
                    4 => json!(format!("{name}\u{200b}")),
                    _ => json!([name]),
                };
                let token = self.issuers[signer].token(&claims);
                self.refuses(signer, &token, act).await;
            }
        }
    }

    async fn link(&mut self, one: Person, other: Person, act: &Act) {
        let signed = self.signed(one).await;
        self.model.saw(one, &signed.identity_id, act);
        let logins = BTreeMap::from([self.login(one), self.login(other)]);
        let wanted = json!({ "IdentityId": signed.identity_id, "Logins": logins });
        let answer = self
            .place
            .identity("GetCredentialsForIdentity", wanted)
            .await;
        let answered = answer.json();
        match answered["IdentityId"].as_str() {
            Some(id) => {
                assert_eq!(id, signed.identity_id);
                // Two people of one provider cannot be shown together: the last login is all that there is.
                if logins.len() == 2 {
                    let owners = self.model.owners.get_mut(id).unwrap();
                    owners.insert(other);
                } else {
                    assert_eq!(one, other, "{act:?}");
                }
            }
            // The other is somebody already, or what was shown is not whose identity it is.
            None => {
                let name = answered["__type"].as_str().unwrap_or_default();
                let expected = ["ResourceConflictException", "NotAuthorizedException"];
                assert!(expected.contains(&name), "{act:?}: {answered}");
            }
        }
    }

    /// A token is nobody's, at the API and at the pool.
    async fn refuses(&self, provider: usize, token: &str, act: &Act) {
        let answer = self.me(token).await;
        assert!(
            [401, 403].contains(&answer.status.as_u16()),
            "{act:?}: {answer:?}"
        );
        let name = match provider {
            GOOGLE => "accounts.google.com".to_owned(),
            other => self.issuers[other].provider(),
        };
        let pool = self.place.output("IdentityPool");
        let wanted = json!({ "IdentityPoolId": pool, "Logins": { name: token } });
        let refused = self.place.identity("GetId", wanted).await.status(400);
        assert!(refused.json()["IdentityId"].is_null(), "{act:?}");
    }
}

fn id_in(answer: &Answer) -> String {
    answer.json()["userId"].as_str().unwrap().to_owned()
}

#[test]
fn no_way_in_yields_another_persons_identity() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases: 8,
        max_shrink_iters: 100,
        failure_persistence: None,
        ..Config::default()
    };
    let acts = proptest::collection::vec(act(), 10..50);
    let mut runner = TestRunner::new(config);
    let held = runner.run(&acts, |acts| {
        runtime.block_on(async {
            let mut world = World::new().await;
            for act in &acts {
                world.does(act).await;
            }
            // Whatever they did, alice is who she was.
            let me = world.alice.get("/me").await.ok();
            assert_eq!(id_in(&me), world.alice.identity_id);
        });
        Ok(())
    });
    held.unwrap();
}
