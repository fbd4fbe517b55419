//! The contract of links between logins and identities.

use notewarden_domain::{
    ports::{IdSource, IdentityLinks},
    sign_ins::Login,
};

use crate::fixtures::identity;

/// Runs every check on `links`.
pub async fn identity_links(links: &dyn IdentityLinks, ids: &dyn IdSource) {
    a_login_keeps_its_first_identity(links, ids).await;
    logins_are_told_apart_to_the_letter(links, ids).await;
    what_is_forgotten_is_free(links, ids).await;
}

/// A login that nobody has shown before.
fn login(ids: &dyn IdSource) -> Login {
    let subject = identity(ids).to_string();
    Login::new("https://issuer.example.com/", &subject).expect("the login is valid")
}

async fn a_login_keeps_its_first_identity(links: &dyn IdentityLinks, ids: &dyn IdSource) {
    let login = login(ids);
    let [first, second] = [identity(ids), identity(ids)];
    assert_eq!(links.find(&login).await.expect("find"), None);
    for identity in [&first, &second, &first] {
        let linked = links.link(&login, identity).await.expect("link");
        assert_eq!(linked, first);
        assert_eq!(links.find(&login).await.expect("find"), Some(first.clone()));
    }
}

/// By issuer and by subject, in which case and blanks matter.
async fn logins_are_told_apart_to_the_letter(links: &dyn IdentityLinks, ids: &dyn IdSource) {
    let name = identity(ids).to_string();
    let longest = "x".repeat(512 - name.len());
    let logins = [
        ("https://a.example".to_owned(), format!("u {name}")),
        ("https://a.example/".to_owned(), format!("u {name}")),
        ("https://b.example".to_owned(), format!("u {name}")),
        ("https://a.example".to_owned(), format!("U {name}")),
        ("https://a.example".to_owned(), format!("u {name} ")),
        ("https://a.example".to_owned(), format!("ü|{name}")),
        (format!("{longest}{name}"), "y".repeat(255)),
    ];
    let mut known = Vec::new();
    for (issuer, subject) in &logins {
        let login = Login::new(issuer, subject).expect("the login is valid");
        assert_eq!(links.find(&login).await.expect("find"), None, "{login}");
        let identity = identity(ids);
        let linked = links.link(&login, &identity).await.expect("link");
        assert_eq!(linked, identity, "{login}");
        known.push((login, identity));
    }
    for (login, identity) in known {
        assert_eq!(links.find(&login).await.expect("find"), Some(identity));
    }
}

/// All logins of the identity, and no others; and nothing is wrong with forgetting nothing.
async fn what_is_forgotten_is_free(links: &dyn IdentityLinks, ids: &dyn IdSource) {
    let [alice, bob, newcomer] = [identity(ids), identity(ids), identity(ids)];
    let own = [login(ids), login(ids)];
    let others = login(ids);
    for login in &own {
        links.link(login, &alice).await.expect("link");
    }
    links.link(&others, &bob).await.expect("link");
    for _ in 0..2 {
        links.forget(&alice).await.expect("forget");
        for login in &own {
            assert_eq!(links.find(login).await.expect("find"), None);
        }
        assert_eq!(links.find(&others).await.expect("find"), Some(bob.clone()));
    }
    let [first, _] = &own;
    let linked = links.link(first, &newcomer).await.expect("link");
    assert_eq!(linked, newcomer);
}
