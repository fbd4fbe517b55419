//! TEN: one person's objects out of another's reach.

use http::Method;

use super::{alice_and_bob, elements, encode, path};

#[tokio::test]
async fn ten_15_listings_show_the_own_folder_only() {
    let (alice, bob) = alice_and_bob().await;
    for name in ["a", "b", "folder/c"] {
        alice.put(name, "alice's").await.ok();
        bob.put(name, "bob's").await.ok();
    }
    let (hers, his) = (encode(&alice.key("")), encode(&bob.key("")));
    let part_of_his = his.trim_end_matches("%2F").trim_end_matches('/');
    let part_of_his = &part_of_his[..part_of_his.len() - 1];
    for query in [
        String::new(),
        "prefix=".to_owned(),
        "prefix=private/".to_owned(),
        "prefix=private/&delimiter=/".to_owned(),
        "delimiter=/".to_owned(),
        format!("prefix={hers}"),
        format!("prefix={hers}&delimiter=/"),
        format!("prefix={part_of_his}"),
        format!("prefix={}", his.trim_end_matches('/')),
        format!("prefix={his}&prefix={hers}"),
        format!("start-after={hers}a"),
    ] {
        let answer = bob.list(&query).await;
        assert!(
            matches!(answer.status.as_u16(), 400 | 403),
            "`{query}`: {answer:?}"
        );
        assert!(
            !answer.text().contains("<Contents>") && !answer.text().contains("CommonPrefixes"),
            "`{query}`"
        );
    }
    let version_1 = format!("/{}?prefix={hers}", bob.place.output("Bucket"));
    bob.s3(Method::GET, &version_1, &[], "")
        .await
        .s3_error(403, "AccessDenied");

    let first = alice.list(&format!("prefix={hers}&max-keys=1")).await.ok();
    let token = elements(first.text(), "NextContinuationToken")[0];
    for query in [
        format!("prefix={his}"),
        format!("prefix={his}&continuation-token={token}"),
        format!("prefix={his}&start-after={hers}"),
        format!("prefix={his}folder/../&delimiter=/"),
    ] {
        let answer = bob.list(&query).await.ok();
        for shown in elements(answer.text(), "Key") {
            assert!(shown.starts_with(&bob.key("")), "`{query}` shows `{shown}`");
        }
        assert!(
            !answer.text().contains(&alice.identity_id) || query.contains("start-after"),
            "`{query}`"
        );
    }
    bob.list(&format!("prefix={hers}&continuation-token={token}"))
        .await
        .s3_error(403, "AccessDenied");
}

#[tokio::test]
async fn ten_16_a_copy_needs_both_ends() {
    let (alice, bob) = alice_and_bob().await;
    alice.put("secret", "alice's").await.ok();
    bob.put("own", "bob's").await.ok();
    let (hers, own) = (
        path(&alice.place, &alice.key("secret")),
        path(&bob.place, &bob.key("own")),
    );
    let target = path(&bob.place, &bob.key("copy"));
    let copy = async |to: &str, from: &str| {
        let from = from.trim_start_matches('/').to_owned();
        bob.s3(Method::PUT, to, &[("x-amz-copy-source", &from)], "")
            .await
    };
    copy(&target, &hers).await.s3_error(403, "AccessDenied");
    copy(&target, &format!("{hers}?versionId=null"))
        .await
        .s3_error(403, "AccessDenied");
    copy(&path(&alice.place, &alice.key("planted")), &own)
        .await
        .s3_error(403, "AccessDenied");
    let id = bob.begin(&bob.key("copy")).await;
    copy(&format!("{target}?partNumber=1&uploadId={id}"), &hers)
        .await
        .s3_error(403, "AccessDenied");
    copy(&format!("{target}?partNumber=1&uploadId={id}"), &own)
        .await
        .ok();
    copy(&target, &own).await.ok();
    assert_eq!(bob.read(&bob.key("copy")).await.ok().text(), "bob's");
    alice
        .read(&alice.key("planted"))
        .await
        .s3_error(404, "NoSuchKey");
}

#[tokio::test]
async fn ten_17_an_upload_is_its_keys_alone() {
    let (alice, bob) = alice_and_bob().await;
    let id = alice.begin(&alice.key("upload")).await;
    let hers = path(&alice.place, &alice.key("upload"));
    let part = alice
        .s3(
            Method::PUT,
            &format!("{hers}?partNumber=1&uploadId={id}"),
            &[],
            "x",
        )
        .await
        .ok();
    let etag = part.headers["etag"].to_str().unwrap();
    let complete = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
    );
    let his = path(&bob.place, &bob.key("upload"));
    for (target, status, code) in [(&his, 404, "NoSuchUpload"), (&hers, 403, "AccessDenied")] {
        let one = format!("{target}?uploadId={id}");
        let part = format!("{target}?partNumber=1&uploadId={id}");
        bob.s3(Method::PUT, &part, &[], "y")
            .await
            .s3_error(status, code);
        bob.s3(Method::GET, &one, &[], "")
            .await
            .s3_error(status, code);
        bob.s3(Method::POST, &one, &[], complete.clone())
            .await
            .s3_error(status, code);
        bob.s3(Method::DELETE, &one, &[], "")
            .await
            .s3_error(status, code);
    }
    alice
        .s3(
            Method::POST,
            &format!("{hers}?uploadId={id}"),
            &[],
            complete,
        )
        .await
        .ok();
    assert_eq!(alice.read(&alice.key("upload")).await.ok().text(), "x");
}

#[tokio::test]
async fn ten_18_each_key_of_many_is_decided_by_itself() {
    let (alice, bob) = alice_and_bob().await;
    alice.put("kept", "alice's").await.ok();
    bob.put("gone", "bob's").await.ok();
    let body = format!(
        "<Delete><Object><Key>{}</Key></Object><Object><Key>{}</Key></Object><Object><Key>other</Key></Object></Delete>",
        bob.key("gone"),
        alice.key("kept"),
    );
    let answer = bob.delete_many(&body).await.ok();
    let document = answer.text();
    assert_eq!(
        elements(elements(document, "Deleted")[0], "Key"),
        [bob.key("gone")]
    );
    let errors = elements(document, "Error");
    assert_eq!(errors.len(), 2, "{document}");
    for (error, key) in errors
        .into_iter()
        .zip([alice.key("kept"), "other".to_owned()])
    {
        assert_eq!(
            (elements(error, "Key"), elements(error, "Code")),
            (vec![key.as_str()], vec!["AccessDenied"])
        );
    }
    alice.read(&alice.key("kept")).await.ok();
    bob.read(&bob.key("gone")).await.s3_error(404, "NoSuchKey");
}

#[tokio::test]
async fn ten_19_versions_have_actions_of_their_own() {
    let (alice, bob) = alice_and_bob().await;
    alice.put("file", "alice's").await.ok();
    let versioned = format!("{}?versionId=null", path(&alice.place, &alice.key("file")));
    assert_eq!(
        alice.s3(Method::GET, &versioned, &[], "").await.ok().text(),
        "alice's"
    );
    let denied = bob
        .s3(Method::GET, &versioned, &[], "")
        .await
        .s3_error(403, "AccessDenied");
    assert_eq!(
        bob.place.decision_on(&denied).await["action"],
        "s3:GetObjectVersion"
    );
    let other = format!(
        "{}?versionId=3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY",
        path(&alice.place, &alice.key("file"))
    );
    for method in [Method::GET, Method::DELETE] {
        alice
            .s3(method, &other, &[], "")
            .await
            .s3_error(404, "NoSuchVersion");
    }
    alice.read(&alice.key("file")).await.ok();
}

#[tokio::test]
async fn whoever_may_not_list_does_not_learn_what_is_missing() {
    let (alice, bob) = alice_and_bob().await;
    alice.put("there", "alice's").await.ok();
    let answers = [
        bob.read(&alice.key("there")).await,
        bob.read(&alice.key("missing")).await,
        bob.read("elsewhere").await,
    ];
    for answer in answers {
        answer.s3_error(403, "AccessDenied");
    }
    bob.read(&bob.key("missing"))
        .await
        .s3_error(404, "NoSuchKey");
    bob.admin()
        .read("elsewhere")
        .await
        .s3_error(404, "NoSuchKey");
}
