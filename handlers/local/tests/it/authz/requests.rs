//! What is asked: one request for every route and operation, each about something of alice's.

use std::{future::Future, pin::Pin};

use base64::Engine;
use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Actor, Place};

/// Something that can be asked.
pub struct Case {
    /// As the route or operation is called, and what it is about.
    pub name: String,
    /// The service that it is signed for.
    pub service: &'static str,
    /// Makes what is asked for, as alice, and the request, not signed.
    pub prepare: Box<dyn Fn(Actor) -> Prepared>,
}

type Prepared = Pin<Box<dyn Future<Output = Request<Bytes>>>>;

fn case<F>(
    name: impl Into<String>,
    service: &'static str,
    prepare: impl Fn(Actor) -> F + 'static,
) -> Case
where
    F: Future<Output = Request<Bytes>> + 'static,
{
    Case {
        name: name.into(),
        service,
        prepare: Box::new(move |alice| Box::pin(prepare(alice))),
    }
}

/// Everything that is asked.
pub fn cases() -> Vec<Case> {
    let mut cases = api();
    cases.extend(storage());
    cases.extend(s3());
    cases.extend(cognito());
    cases.extend(sts());
    // Last: nothing of theirs is left afterwards.
    cases.push(case(
        "DELETE /me",
        "execute-api",
        |alice: Actor| async move { alice.request(Method::DELETE, "/me", &[], "") },
    ));
    cases
}

/// Everything that is served and asks who is there.
pub fn served() -> Vec<String> {
    let routes = notewarden::wiring::template_routes().unwrap();
    let s3 = notewarden::s3::SERVED
        .iter()
        .map(|operation| format!("s3 {operation}"));
    let idp = notewarden::cognito_idp::operation::permitted_and_served()
        .map(|operation| format!("cognito-idp {operation}"));
    let identity = notewarden::cognito_identity::operation::permitted_and_served()
        .map(|operation| format!("cognito-identity {operation}"));
    let sts =
        notewarden::sts::operation::signed_and_served().map(|operation| format!("sts {operation}"));
    routes
        .into_iter()
        .chain(s3)
        .chain(idp)
        .chain(identity)
        .chain(sts)
        .collect()
}

/// The HTTP API.
fn api() -> Vec<Case> {
    let api = |name: &str, method: Method, body: Option<Value>, is_one: bool| {
        case(name, "execute-api", move |alice: Actor| {
            let (method, body) = (method.clone(), body.clone());
            async move {
                let path = if is_one {
                    format!("/notes/{}", alice.note("alice's").await)
                } else {
                    "/notes".to_owned()
                };
                let body = body.map_or_else(Bytes::new, |body| body.to_string().into());
                alice.request(method, &path, &[], body)
            }
        })
    };
    let content = || Some(json!({ "content": "x" }));
    vec![
        case(
            "GET /openapi.json",
            "execute-api",
            |alice: Actor| async move { alice.request(Method::GET, "/openapi.json", &[], "") },
        ),
        api("GET /notes", Method::GET, None, false),
        api("POST /notes", Method::POST, content(), false),
        api("GET /notes/{noteId}", Method::GET, None, true),
        api("PUT /notes/{noteId}", Method::PUT, content(), true),
        api("DELETE /notes/{noteId}", Method::DELETE, None, true),
        case("GET /api-keys", "execute-api", |alice: Actor| async move {
            alice.request(Method::GET, "/api-keys", &[], "")
        }),
        case("POST /api-keys", "execute-api", |alice: Actor| async move {
            let body = r#"{"name":"x","scopes":["notes:read"]}"#;
            alice.request(Method::POST, "/api-keys", &[], body)
        }),
        case(
            "DELETE /api-keys/{keyId}",
            "execute-api",
            |alice: Actor| async move {
                let key = alice.api_key(&["notes:read"]).await;
                let id = key["keyId"].as_str().unwrap();
                alice.request(Method::DELETE, &format!("/api-keys/{id}"), &[], "")
            },
        ),
        case(
            "PATCH /notes (no such route)",
            "execute-api",
            |alice: Actor| async move { alice.request(Method::PATCH, "/notes", &[], "") },
        ),
    ]
}

/// The HTTP API's files, archives and account: a file of alice's, and an archive of it that is ready.
fn storage() -> Vec<Case> {
    let on_file = |name: &str, method: Method, path: &'static str, body: &'static str| {
        case(name, "execute-api", move |alice: Actor| {
            let method = method.clone();
            async move {
                alice.put("file.txt", "alice's").await.ok();
                alice.request(method, path, &[], body)
            }
        })
    };
    let on_archive = |name: &str, method: Method, query: &'static str| {
        case(name, "execute-api", move |alice: Actor| {
            let method = method.clone();
            async move {
                alice.put("file.txt", "alice's").await.ok();
                let id = alice.archive(&json!({ "files": ["file.txt"] })).await;
                alice.request(method, &format!("/archives/{id}{query}"), &[], "")
            }
        })
    };
    let file = "/files/file.txt";
    let new = r#"{"name":"new.txt","size":3,"contentType":"text/plain"}"#;
    let wanted = r#"{"files":["file.txt"]}"#;
    vec![
        on_file("GET /files", Method::GET, "/files", ""),
        on_file("POST /files", Method::POST, "/files", new),
        on_file("GET /files/{name+}", Method::GET, file, ""),
        on_file(
            "GET /files/{name+} (download)",
            Method::GET,
            "/files/file.txt?download",
            "",
        ),
        on_file("DELETE /files/{name+}", Method::DELETE, file, ""),
        on_file("GET /archives", Method::GET, "/archives", ""),
        on_file("POST /archives", Method::POST, "/archives", wanted),
        on_archive("GET /archives/{archiveId}", Method::GET, ""),
        on_archive(
            "GET /archives/{archiveId} (download)",
            Method::GET,
            "?download",
        ),
        on_archive("DELETE /archives/{archiveId}", Method::DELETE, ""),
        on_file("GET /me", Method::GET, "/me", ""),
        on_file("POST /me/export", Method::POST, "/me/export", ""),
    ]
}

/// S3, on objects in alice's folder unless the name says otherwise.
fn s3() -> Vec<Case> {
    let object = |name: &str,
                  method: Method,
                  query: &'static str,
                  headers: &'static [(&'static str, &'static str)]| {
        case(format!("s3 {name}"), "s3", move |alice: Actor| {
            let method = method.clone();
            async move {
                alice.put("file.txt", "alice's").await.ok();
                let body = if method == Method::PUT { "x" } else { "" };
                let path = alice.path("file.txt");
                alice.request(method, &format!("{path}{query}"), headers, body)
            }
        })
    };
    let bucket = |name: &str, method: Method, query: &'static str| {
        case(format!("s3 {name}"), "s3", move |alice: Actor| {
            let method = method.clone();
            async move {
                alice.request(
                    method,
                    &format!("/{}{query}", alice.place.output("Bucket")),
                    &[],
                    "",
                )
            }
        })
    };
    let key = |name: &str, method: Method, key: &'static str| {
        case(format!("s3 {name}"), "s3", move |alice: Actor| {
            let method = method.clone();
            async move { alice.request(method, &alice.place.object(key), &[], "") }
        })
    };
    let folder = |name: &str, query: &'static str| {
        case(format!("s3 {name}"), "s3", move |alice: Actor| async move {
            let prefix = alice.key("").replace('/', "%2F").replace(':', "%3A");
            alice.request(
                Method::GET,
                &format!("/{}?{query}prefix={prefix}", alice.place.output("Bucket")),
                &[],
                "",
            )
        })
    };
    let upload = |name: &str, method: Method, query: &'static str, part: &'static str| {
        case(format!("s3 {name}"), "s3", move |alice: Actor| {
            let method = method.clone();
            async move {
                let path = alice.path("upload.bin");
                let id = begin_upload(&alice, &path).await;
                alice.request(method, &format!("{path}?{query}uploadId={id}"), &[], part)
            }
        })
    };
    vec![
        object("GetObject", Method::GET, "", &[]),
        object(
            "GetObject of a version",
            Method::GET,
            "?versionId=null",
            &[],
        ),
        object("HeadObject", Method::HEAD, "", &[]),
        object("PutObject", Method::PUT, "", &[]),
        object("DeleteObject", Method::DELETE, "", &[]),
        object(
            "GetObjectAttributes",
            Method::GET,
            "?attributes",
            &[("x-amz-object-attributes", "ObjectSize")],
        ),
        object("GetObjectTagging", Method::GET, "?tagging", &[]),
        object(
            "PutObjectAcl",
            Method::PUT,
            "?acl",
            &[("x-amz-acl", "public-read")],
        ),
        key("GetObject of nobody's key", Method::GET, "shared.txt"),
        key("PutObject of nobody's key", Method::PUT, "shared.txt"),
        key("GetObject of an archive", Method::GET, "zip/any.zip"),
        case(
            "s3 GetObject of a missing key",
            "s3",
            |alice: Actor| async move {
                alice.request(Method::GET, &alice.path("missing.txt"), &[], "")
            },
        ),
        case(
            "s3 CopyObject from alice's folder",
            "s3",
            |alice: Actor| async move {
                alice.put("file.txt", "alice's").await.ok();
                let source = alice.path("file.txt").replace(':', "%3A");
                let path = alice
                    .place
                    .object("private/us-east-1%3A00000000-0000-4000-8000-000000000000/copy.txt");
                alice.request(Method::PUT, &path, &[("x-amz-copy-source", &source)], "")
            },
        ),
        case(
            "s3 CopyObject within alice's folder",
            "s3",
            |alice: Actor| async move {
                alice.put("file.txt", "alice's").await.ok();
                let source = alice.path("file.txt").replace(':', "%3A");
                let path = alice.path("copy.txt");
                alice.request(Method::PUT, &path, &[("x-amz-copy-source", &source)], "")
            },
        ),
        case("s3 DeleteObjects", "s3", |alice: Actor| async move {
            alice.put("file.txt", "alice's").await.ok();
            let body = format!(
                "<Delete><Object><Key>{}</Key></Object></Delete>",
                alice.key("file.txt")
            );
            let path = format!("/{}?delete", alice.place.output("Bucket"));
            let sum = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(&body));
            alice.request(
                Method::POST,
                &path,
                &[("x-amz-checksum-sha256", &sum)],
                body,
            )
        }),
        folder("ListObjectsV2 of alice's folder", "list-type=2&"),
        folder("ListObjects of alice's folder", ""),
        bucket("ListObjectsV2 of the bucket", Method::GET, "?list-type=2"),
        bucket("HeadBucket", Method::HEAD, ""),
        bucket("GetBucketLocation", Method::GET, "?location"),
        bucket("GetBucketPolicy", Method::GET, "?policy"),
        bucket("DeleteBucket", Method::DELETE, ""),
        bucket("ListMultipartUploads", Method::GET, "?uploads"),
        case("s3 ListBuckets", "s3", |alice: Actor| async move {
            alice.request(Method::GET, "/", &[], "")
        }),
        case("s3 CreateBucket", "s3", |alice: Actor| async move {
            alice.request(Method::PUT, "/another-bucket", &[], "")
        }),
        object("CreateMultipartUpload", Method::POST, "?uploads", &[]),
        upload("UploadPart", Method::PUT, "partNumber=1&", "part"),
        case(
            "s3 UploadPartCopy within alice's folder",
            "s3",
            |alice: Actor| async move {
                alice.put("file.txt", "alice's").await.ok();
                let path = alice.path("upload.bin");
                let id = begin_upload(&alice, &path).await;
                let source = alice.path("file.txt").replace(':', "%3A");
                alice.request(
                    Method::PUT,
                    &format!("{path}?partNumber=1&uploadId={id}"),
                    &[("x-amz-copy-source", &source)],
                    "",
                )
            },
        ),
        upload("ListParts", Method::GET, "", ""),
        upload("AbortMultipartUpload", Method::DELETE, "", ""),
        case(
            "s3 CompleteMultipartUpload",
            "s3",
            |alice: Actor| async move {
                let path = alice.path("upload.bin");
                let id = begin_upload(&alice, &path).await;
                let part = alice
                    .s3(
                        Method::PUT,
                        &format!("{path}?partNumber=1&uploadId={id}"),
                        &[],
                        "part",
                    )
                    .await
                    .ok();
                let etag = part.headers["etag"].to_str().unwrap();
                let body = format!(
                    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
                );
                alice.request(Method::POST, &format!("{path}?uploadId={id}"), &[], body)
            },
        ),
    ]
}

async fn begin_upload(alice: &Actor, path: &str) -> String {
    let begun = alice
        .s3(Method::POST, &format!("{path}?uploads"), &[], "")
        .await
        .ok();
    let text = begun.text();
    let (_, rest) = text.split_once("<UploadId>").unwrap();
    rest.split_once("</UploadId>").unwrap().0.to_owned()
}

/// The operations of Cognito that are signed.
fn cognito() -> Vec<Case> {
    let idp = |operation: &'static str, extra: fn(&Place) -> Value| {
        case(
            format!("cognito-idp {operation}"),
            "cognito-idp",
            move |alice: Actor| async move {
                // Somebody who has signed up, and is not confirmed.
                let mut random = [0; 8];
                alice.place.fill(&mut random);
                let name = format!("{}@example.com", hex::encode(random));
                let account = json!({ "ClientId": alice.place.output("UserPoolClient"), "Username": name, "Password": "Passw0rd!" });
                alice.place.idp("SignUp", account).await.ok();
                let mut body =
                    json!({ "UserPoolId": alice.place.output("UserPool"), "Username": name });
                body.as_object_mut()
                    .unwrap()
                    .extend(extra(&alice.place).as_object().cloned().unwrap());
                json_request(
                    &alice,
                    "AWSCognitoIdentityProviderService",
                    operation,
                    &body,
                )
            },
        )
    };
    let identity = |name: &'static str, body: fn(&Actor) -> Value| {
        case(
            format!("cognito-identity {name}"),
            "cognito-identity",
            move |alice: Actor| async move {
                let operation = name.split(' ').next().unwrap();
                let body = body(&alice);
                json_request(&alice, "AWSCognitoIdentityService", operation, &body)
            },
        )
    };
    let nothing = |_: &Place| json!({});
    let group = |_: &Place| json!({ "GroupName": "admins" });
    vec![
        idp("AdminConfirmSignUp", nothing),
        // The user exists, which is told only to who may make one.
        idp("AdminCreateUser", nothing),
        idp("AdminDeleteUser", nothing),
        idp(
            "AdminDeleteUserAttributes",
            |_| json!({ "UserAttributeNames": ["name"] }),
        ),
        idp("AdminDisableUser", nothing),
        idp("AdminEnableUser", nothing),
        idp("AdminGetUser", nothing),
        // Whoever may sign in is somebody else's business: the template's client is for people only.
        idp("AdminInitiateAuth", |place| {
            json!({
                "ClientId": place.output("UserPoolClient"),
                "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
                "AuthParameters": { "USERNAME": "bob@example.com", "PASSWORD": "Passw0rd!" },
            })
        }),
        // There is no verified address that a code could go to.
        idp("AdminResetUserPassword", nothing),
        idp("AdminRespondToAuthChallenge", |place| {
            json!({
                "ClientId": place.output("UserPoolClient"),
                "ChallengeName": "SOFTWARE_TOKEN_MFA",
                "Session": "a session that nobody began",
                "ChallengeResponses": { "USERNAME": "bob@example.com", "SOFTWARE_TOKEN_MFA_CODE": "123456" },
            })
        }),
        idp(
            "AdminSetUserMFAPreference",
            |_| json!({ "SoftwareTokenMfaSettings": { "Enabled": false } }),
        ),
        idp(
            "AdminSetUserPassword",
            |_| json!({ "Password": "N3w-Passw0rd!", "Permanent": true }),
        ),
        idp(
            "AdminUpdateUserAttributes",
            |_| json!({ "UserAttributes": [{ "Name": "name", "Value": "x" }] }),
        ),
        idp("AdminUserGlobalSignOut", nothing),
        idp("ListUsers", nothing),
        // In this order, so that each finds what it is about.
        idp("CreateGroup", group),
        idp("GetGroup", group),
        idp("UpdateGroup", group),
        idp("ListGroups", nothing),
        idp("AdminAddUserToGroup", group),
        idp("AdminListGroupsForUser", nothing),
        idp("ListUsersInGroup", group),
        idp("AdminRemoveUserFromGroup", group),
        idp("DeleteGroup", group),
        identity(
            "DescribeIdentity",
            |alice| json!({ "IdentityId": alice.identity_id }),
        ),
        identity(
            "DeleteIdentities",
            |_| json!({ "IdentityIdsToDelete": ["us-east-1:00000000-0000-4000-8000-000000000000"] }),
        ),
        identity(
            "ListIdentities",
            |alice| json!({ "IdentityPoolId": alice.place.output("IdentityPool"), "MaxResults": 1 }),
        ),
        // Anybody may ask, and is asked for a login.
        identity(
            "GetCredentialsForIdentity without a login",
            |alice| json!({ "IdentityId": alice.identity_id }),
        ),
        identity(
            "UnlinkIdentity without a login",
            |alice| json!({ "IdentityId": alice.identity_id, "Logins": {}, "LoginsToRemove": [] }),
        ),
    ]
}

/// STS, about the role that everybody's credentials are of.
fn sts() -> Vec<Case> {
    let sts = |operation: &'static str, parameters: fn(&Place) -> String| {
        case(
            format!("sts {operation}"),
            "sts",
            move |alice: Actor| async move {
                let parameters = parameters(&alice.place);
                form(
                    &alice,
                    format!("Action={operation}&Version=2011-06-15{parameters}"),
                )
            },
        )
    };
    vec![
        sts("AssumeRole", session_of_role),
        sts("AssumeRoleWithWebIdentity", |place| {
            format!("{}&WebIdentityToken=a.b.c", session_of_role(place))
        }),
        sts("GetCallerIdentity", |_| String::new()),
        sts("GetSessionToken", |_| String::new()),
    ]
}

fn session_of_role(place: &Place) -> String {
    let role = place.output("AuthRoleArn");
    format!("&RoleArn={role}&RoleSessionName=session")
}

fn json_request(alice: &Actor, service: &str, operation: &str, body: &Value) -> Request<Bytes> {
    let target = format!("{service}.{operation}");
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", target.as_str()),
    ];
    alice.request(Method::POST, "/", &headers, body.to_string())
}

fn form(alice: &Actor, body: String) -> Request<Bytes> {
    alice.request(
        Method::POST,
        "/",
        &[("content-type", "application/x-www-form-urlencoded")],
        body,
    )
}
