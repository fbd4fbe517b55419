//! Links that the server signs: held to the port's contract over HTTP, and to the deployed policies.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, Request};
use notewarden::system::SystemIds;
use notewarden_domain::{
    IdentityId, ObjectKey,
    ports::{DownloadTerms, SignedLink, UploadTerms},
};
use notewarden_testkit::contract::{LinkedObjects, link_signer};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::support::{Actor, Answer, Place};

/// What S3's clients encode in a key.
const RESERVED_IN_KEY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The bucket in the hands of the administrator.
struct Administrator(Actor);

impl Administrator {
    fn of(place: &Arc<Place>) -> Self {
        Self(Actor {
            place: Arc::clone(place),
            name: "administrator".to_owned(),
            id_token: String::new(),
            access_token: String::new(),
            identity_id: String::new(),
            keys: place.admin_keys(),
        })
    }

    async fn ask(&self, method: Method, key: &ObjectKey, body: Bytes) -> Answer {
        let key = utf8_percent_encode(key.as_str(), RESERVED_IN_KEY).to_string();
        let path = self.0.place.object(&key);
        self.0.s3(method, &path, &[], body).await
    }
}

impl LinkedObjects for Administrator {
    const VERIFIES: bool = true;

    async fn put(&self, key: &ObjectKey, bytes: Bytes) {
        self.ask(Method::PUT, key, bytes).await.ok();
    }

    async fn get(&self, key: &ObjectKey) -> Option<Bytes> {
        let answer = self.ask(Method::GET, key, Bytes::new()).await;
        match answer.status.as_u16() {
            404 => None,
            _ => Some(answer.ok().body),
        }
    }
}

#[tokio::test]
async fn links_keep_the_ports_contract() {
    let place = Place::start().await;
    let objects = Administrator::of(&place);
    link_signer(&*place.app().links, &SystemIds::default(), &objects).await;
}

fn upload_terms() -> UploadTerms {
    UploadTerms {
        size: 4,
        content_type: "text/plain".parse().unwrap(),
        crc32: None,
        lifetime: Duration::from_secs(60),
    }
}

fn download_terms() -> DownloadTerms {
    DownloadTerms {
        content_disposition: "attachment".to_owned(),
        content_type: "application/zip".parse().unwrap(),
        lifetime: Duration::from_secs(60),
    }
}

fn request(link: &SignedLink, body: &'static str) -> Request<Bytes> {
    let request = Request::builder().method(link.method).uri(&link.url);
    let headers = link.headers.iter();
    headers
        .fold(request, |request, (name, value)| {
            request.header(name, value)
        })
        .body(body.into())
        .unwrap()
}

fn identity() -> IdentityId {
    "us-east-1:00000000-0000-4000-8000-000000000001"
        .parse()
        .unwrap()
}

#[tokio::test]
async fn the_functions_role_decides_over_its_links() {
    let place = Place::start().await;
    let file = ObjectKey::private(&identity(), &"file.txt".parse().unwrap());
    let link = place
        .app()
        .links
        .upload(&file, &upload_terms())
        .await
        .unwrap();
    assert!(link.url.starts_with(&format!("{}/", place.endpoint)));
    let stored = place.send(request(&link, "text")).await.ok();
    let decision = place.decision_on(&stored).await;
    let principal = decision["principal"].as_str().unwrap();
    assert!(
        principal.contains(":assumed-role/notewarden-ApiFunctionRole-"),
        "{decision}"
    );
    assert_eq!(decision["action"], "s3:PutObject");
    assert!(
        decision["statement"]
            .as_str()
            .unwrap()
            .contains("LinksToUpload"),
        "{decision}"
    );
}

#[tokio::test]
async fn a_template_without_the_permission_has_links_that_do_not_work() {
    let bundled = include_str!("../../../../infra/template.yaml");
    let template = bundled.replacen("Action: s3:PutObject\n", "Action: s3:GetObjectAcl\n", 1);
    assert_ne!(template, bundled);
    let place = Place::start_with(Some(&template), None).await;
    let file = ObjectKey::private(&identity(), &"file.txt".parse().unwrap());
    let links = &place.app().links;
    let link = links.upload(&file, &upload_terms()).await.unwrap();
    let denied = place.send(request(&link, "text")).await;
    let denied = denied.s3_error(403, "AccessDenied");
    assert_eq!(
        place.decision_on(&denied).await["decision"],
        "ImplicitlyDenied"
    );
    assert_eq!(Administrator::of(&place).get(&file).await, None);
}

#[tokio::test]
async fn a_link_reads_an_archive_and_never_writes_one() {
    let place = Place::start().await;
    let administrator = Administrator::of(&place);
    let archive = "01890000-0000-7000-8000-000000000001".parse().unwrap();
    let archive = ObjectKey::archive(&identity(), archive);
    administrator
        .put(&archive, Bytes::from_static(b"zip"))
        .await;
    let links = &place.app().links;
    let link = links.download(&archive, &download_terms()).await.unwrap();
    assert_eq!(place.send(request(&link, "")).await.ok().text(), "zip");
    let link = links.upload(&archive, &upload_terms()).await.unwrap();
    let denied = place.send(request(&link, "text")).await;
    denied.s3_error(403, "AccessDenied");
    assert_eq!(administrator.get(&archive).await.unwrap(), "zip");
}
