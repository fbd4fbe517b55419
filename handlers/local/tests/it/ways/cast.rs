//! Who is there: alice and bob, known at the user pool, at every preset's issuer and at Facebook, by one identity each.

use std::{sync::Arc, time::Duration};

use notewarden_testkit::http::Step;
use notewarden_userpool::{Principal, principal::CognitoIdentity};
use serde_json::{Value, json};

use crate::{
    federation::{
        self,
        presets::{Trusted, presets},
    },
    support::{Actor, Keys, Place},
};

/// A server that trusts everybody whom it can, and two people.
pub struct Cast {
    pub place: Arc<Place>,
    pub trusted: Vec<Trusted>,
    pub alice: Actor,
    pub bob: Actor,
    /// How often the two were replaced: whoever has deleted their account does not come back.
    round: usize,
}

/// The names of the presets.
pub fn issuers() -> Vec<&'static str> {
    presets().iter().map(|preset| preset.name).collect()
}

impl Cast {
    pub async fn start() -> Self {
        let trusted = Trusted::all().await;
        let mut entries: Vec<Value> = trusted.iter().map(Trusted::entry).collect();
        let facebook = trusted[0].issuer.server();
        entries.push(json!({
            "kind": "facebook", "appId": "1234", "appSecret": "secret", "endpoint": facebook,
        }));
        let providers = json!({ "providers": entries }).to_string();
        let place = Place::start_as(|settings| {
            std::fs::write(settings.data_dir.join("providers.json"), providers).unwrap();
            // Everybody may ask for an archive, and again, before the first is made.
            let many = ("MaxArchivesUnderWay".to_owned(), "1000".to_owned());
            notewarden::wiring::Settings {
                parameters: settings.parameters.into_iter().chain([many]).collect(),
                ..settings
            }
        })
        .await;
        let [alice, bob] = people(&place, &trusted, 0).await;
        Self {
            place,
            trusted,
            alice,
            bob,
            round: 0,
        }
    }

    /// Others take the place of alice and bob.
    pub async fn recast(&mut self) {
        self.round += 1;
        [self.alice, self.bob] = people(&self.place, &self.trusted, self.round).await;
    }

    /// What an issuer calls somebody: alice, bob, or who is not there.
    pub fn known_as(&self, who: &str) -> String {
        known_as(who, self.round)
    }

    pub fn issuer(&self, name: &str) -> Option<&Trusted> {
        let mut all = self.trusted.iter();
        all.find(|trusted| trusted.preset.name == name)
    }

    /// Somebody who has signed in at `provider` alone, and whose login was unlinked since: what they had is nobody's.
    pub async fn unlinked(&self, provider: &str) -> Keys {
        let who = format!("dave-{}-{provider}", self.round);
        let (login, token) = self.login(provider, &who);
        let logins = json!({ login.as_str(): token });
        let id = federation::id_of(&self.place, &logins).await;
        let dave = federation::credentials(&self.place, &id, &logins).await;
        let unlink = json!({ "IdentityId": id, "Logins": logins, "LoginsToRemove": [login] });
        self.place.identity("UnlinkIdentity", unlink).await.ok();
        dave.keys
    }

    /// The session of alice's at `provider`, by her login there alone.
    pub async fn session(&self, actor: &Actor, who: &str, provider: &str) -> Keys {
        let (login, token) = self.login(provider, &self.known_as(who));
        let logins = json!({ login: token });
        let signed = federation::credentials(&self.place, &actor.identity_id, &logins);
        signed.await.keys
    }

    fn login(&self, provider: &str, who: &str) -> (String, String) {
        login(&self.trusted, provider, who)
    }

    /// Keys of a session of alice's that ends after `lifetime`, in the role named `role`.
    pub async fn keys_of(&self, role: &str, lifetime: Duration) -> Keys {
        let identity = CognitoIdentity {
            identity_id: self.alice.identity_id.parse().unwrap(),
            identity_pool_id: self.place.output("IdentityPool").to_owned(),
            amr: vec!["authenticated".to_owned()],
        };
        self.issue(role, lifetime, Some(identity)).await
    }

    /// Keys of a session in that role that no identity has.
    pub async fn keys_without_identity(&self, role: &str, lifetime: Duration) -> Keys {
        self.issue(role, lifetime, None).await
    }

    async fn issue(&self, role: &str, lifetime: Duration, whose: Option<CognitoIdentity>) -> Keys {
        let name = "CognitoIdentityCredentials";
        let principal =
            Principal::session("000000000000", role, "AROAROLE000000000000", name, whose);
        let credentials = &self.place.app().credentials;
        let issued = credentials.issue_session(principal, lifetime).await;
        let issued = issued.unwrap();
        let token = issued.session_token.as_ref();
        Keys {
            id: issued.access_key_id.clone(),
            secret: issued.secret_access_key.expose().to_owned(),
            token: token.map(|token| token.expose().to_owned()),
        }
    }
}

fn known_as(who: &str, round: usize) -> String {
    format!("{who}-{round}")
}

/// Alice and bob, with every login of each linked to one identity.
async fn people(place: &Arc<Place>, trusted: &[Trusted], round: usize) -> [Actor; 2] {
    let mut people = Vec::new();
    for who in ["alice", "bob"] {
        let name = known_as(who, round);
        let person = Actor::sign_up(place, &name).await;
        let pool = format!(
            "cognito-idp.us-east-1.amazonaws.com/{}",
            place.output("UserPool")
        );
        let mut logins = json!({ pool: person.id_token });
        for provider in trusted
            .iter()
            .map(|trusted| trusted.preset.name)
            .chain(["Facebook"])
        {
            let (login, token) = login(trusted, provider, &name);
            logins[login] = token.into();
        }
        let linked = federation::credentials(place, &person.identity_id, &logins).await;
        assert_eq!(linked.identity_id, person.identity_id);
        // From now on the API knows them by access tokens too, whatever becomes of these.
        let issuers = trusted.iter().map(|trusted| trusted.id_token(&name));
        for token in issuers.chain([person.id_token.clone()]) {
            let bearer = format!("Bearer {token}");
            let headers = [("authorization", bearer.as_str())];
            let request = person.request(http::Method::GET, "/notes", &headers, "");
            place.send(request).await.ok();
        }
        people.push(person);
    }
    people.try_into().unwrap_or_else(|_| panic!("two people"))
}

/// The name of a provider and what somebody shows of it. Facebook's tokens say nothing by themselves, and it tells of
/// them when it is asked.
fn login(trusted: &[Trusted], provider: &str, who: &str) -> (String, String) {
    let found = trusted
        .iter()
        .find(|trusted| trusted.preset.name == provider);
    if let Some(trusted) = found {
        return (trusted.provider(), trusted.id_token(who));
    }
    let token = hex::encode(who);
    let told = json!({ "data": {
        "app_id": "1234", "type": "USER", "is_valid": true, "expires_at": 0, "user_id": token,
    } });
    let path = format!("/debug_token?input_token={token}&access_token=1234%7Csecret");
    trusted[0]
        .issuer
        .answer_at(path, Step::answer(200, told.to_string()));
    ("graph.facebook.com".to_owned(), token)
}
