//! Who is who: one person, one identity id, for ever.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    slice,
};

use notewarden_domain::IdentityId;
use notewarden_userpool::{Identities, Login, identities::ResolveError};
use proptest::prelude::*;

use crate::data_directory::DataDirectory;

fn login(provider: &str, subject: &str) -> Login {
    Login {
        provider: provider.to_owned(),
        subject: subject.to_owned(),
    }
}

async fn resolve(identities: &Identities, logins: &[Login]) -> IdentityId {
    identities.resolve(logins).await.unwrap()
}

#[tokio::test]
async fn a_person_has_one_identity_also_after_a_restart() {
    let mut data = DataDirectory::new();
    let alice = [login("pool", "alice")];
    let (first, bob) = {
        let identities = data.identities();
        let first = resolve(&identities, &alice).await;
        assert_eq!(resolve(&identities, &alice).await, first);
        (first, resolve(&identities, &[login("pool", "bob")]).await)
    };
    assert_ne!(first, bob);
    data.restart();
    assert_eq!(resolve(&data.identities(), &alice).await, first);
}

#[tokio::test]
async fn however_many_ask_at_once_one_person_gets_one_identity() {
    let data = DataDirectory::new();
    let identities = data.identities();
    let asking: Vec<_> = (0..32)
        .map(|n| {
            let identities = identities.clone();
            let person = format!("person-{}", n % 4);
            tokio::spawn(async move {
                let id = resolve(&identities, &[login("pool", &person)]).await;
                (person, id)
            })
        })
        .collect();
    let mut owners: HashMap<String, HashSet<IdentityId>> = HashMap::new();
    for asked in asking {
        let (person, id) = asked.await.unwrap();
        owners.entry(person).or_default().insert(id);
    }
    assert!(owners.values().all(|ids| ids.len() == 1));
    let all: HashSet<_> = owners.values().flatten().collect();
    assert_eq!(all.len(), 4);
}

#[tokio::test]
async fn logins_shown_together_share_an_identity() {
    let data = DataDirectory::new();
    let identities = data.identities();
    let (pool, google) = (login("pool", "alice"), login("google", "a-117"));
    let id = resolve(&identities, slice::from_ref(&pool)).await;
    data.wait(60);
    let both = [pool.clone(), google.clone()];
    assert_eq!(resolve(&identities, &both).await, id);
    assert_eq!(resolve(&identities, slice::from_ref(&google)).await, id);

    let identity = identities.find(&id).unwrap().unwrap();
    assert!(identity.has(&pool) && identity.has(&google));
    assert!(!identity.has(&login("google", "alice")));
    assert_eq!(
        identity.modified_at.since(identity.created_at).as_secs(),
        60
    );
}

#[tokio::test]
async fn logins_of_two_people_are_never_joined() {
    let data = DataDirectory::new();
    let identities = data.identities();
    let (alice, bob) = (login("pool", "alice"), login("pool", "bob"));
    let google = login("google", "b-9");
    let alice_id = resolve(&identities, slice::from_ref(&alice)).await;
    let bob_id = resolve(&identities, &[bob.clone(), google.clone()]).await;

    for mixed in [
        vec![alice.clone(), google.clone()],
        vec![login("google", "new"), bob.clone()],
    ] {
        let refused = identities.resolve(&mixed).await;
        assert!(matches!(refused, Err(ResolveError::Conflict)));
    }
    assert_eq!(resolve(&identities, &[alice]).await, alice_id);
    assert_eq!(resolve(&identities, &[google]).await, bob_id);
}

#[tokio::test]
async fn a_deleted_identity_does_not_come_back() {
    let data = DataDirectory::new();
    let identities = data.identities();
    let alice = [login("pool", "alice")];
    let before = resolve(&identities, &alice).await;
    assert!(identities.delete(&before).await.unwrap());
    assert!(!identities.delete(&before).await.unwrap());
    assert!(identities.find(&before).unwrap().is_none());
    assert_ne!(resolve(&identities, &alice).await, before);
}

#[tokio::test]
async fn guests_are_all_new() {
    let data = DataDirectory::new();
    let identities = data.identities();
    let (one, other) = (
        resolve(&identities, &[]).await,
        resolve(&identities, &[]).await,
    );
    assert_ne!(one, other);
    assert!(identities.find(&one).unwrap().unwrap().is_guest());
}

/// What a sequence of calls does.
#[derive(Clone, Debug)]
enum Step {
    Resolve(Vec<(u8, u8)>),
    Delete(u8, u8),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let one = (0..3u8, 0..4u8);
    let step = prop_oneof![
        12 => prop::collection::btree_map(0..3u8, 0..4u8, 1..=3)
            .prop_map(|logins| Step::Resolve(logins.into_iter().collect())),
        2 => one.prop_map(|(provider, subject)| Step::Delete(provider, subject)),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..24)
}

/// The rule itself: links from logins to the numbers of identities.
#[derive(Default)]
struct Model {
    owners: BTreeMap<(u8, u8), usize>,
    made: usize,
}

impl Model {
    fn resolve(&mut self, logins: &[(u8, u8)]) -> Option<usize> {
        let linked: HashSet<usize> = logins
            .iter()
            .filter_map(|login| self.owners.get(login).copied())
            .collect();
        let owner = match linked.len() {
            0 => {
                self.made += 1;
                self.made
            }
            1 => linked.into_iter().next()?,
            _ => return None,
        };
        let displaces = logins.iter().any(|(provider, subject)| {
            self.owners
                .iter()
                .any(|((p, s), id)| *id == owner && p == provider && s != subject)
        });
        if displaces {
            return None;
        }
        self.owners
            .extend(logins.iter().map(|login| (*login, owner)));
        Some(owner)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn identities_follow_the_model(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut data = DataDirectory::new();
        let mut identities = Some(data.identities());
        let mut model = Model::default();
        let mut ids: HashMap<usize, IdentityId> = HashMap::new();
        let subject = |provider: u8, subject: u8| {
            login(&format!("provider-{provider}"), &format!("{subject:08x}-0000-4000-8000-000000000000"))
        };
        for step in steps {
            match step {
                Step::Resolve(logins) => {
                    let expected = model.resolve(&logins);
                    let logins: Vec<_> = logins.iter().map(|(p, s)| subject(*p, *s)).collect();
                    let store = identities.as_ref().unwrap();
                    let got = runtime.block_on(store.resolve(&logins));
                    match (expected, got) {
                        (Some(number), Ok(id)) => {
                            prop_assert!(logins.iter().all(|login| !id.as_str().contains(&login.subject)));
                            prop_assert_eq!(ids.entry(number).or_insert_with(|| id.clone()), &id);
                        }
                        (None, Err(ResolveError::Conflict)) => {}
                        (expected, got) => prop_assert!(false, "{expected:?} was expected, not {got:?}"),
                    }
                }
                Step::Delete(provider, number) => {
                    if let Some(owner) = model.owners.get(&(provider, number)).copied() {
                        let store = identities.as_ref().unwrap();
                        prop_assert!(runtime.block_on(store.delete(&ids[&owner])).unwrap());
                        model.owners.retain(|_, id| *id != owner);
                    }
                }
                Step::Restart => {
                    drop(identities.take());
                    data.restart();
                    identities = Some(data.identities());
                }
            }
            let distinct: HashSet<_> = ids.values().collect();
            prop_assert_eq!(distinct.len(), ids.len(), "two identities share an id");
        }
    }
}
