//! One verified request on its way through `s3s`: who signed it, and the questions to the policies.

use std::{net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use http::HeaderMap;
use notewarden_embedded::{Objects, objects::ObjectError};
use s3s::{
    S3Error, S3ErrorCode, S3Result,
    access::{S3Access, S3AccessContext},
    auth::{S3Auth, SecretKey},
    s3_error,
};

use super::{
    actions::{self, Needed},
    conditions, error,
    plain::Facts,
};
use crate::{
    access::{Ask, Denied, Signer},
    app::App,
    deployment::ACCOUNT_ID,
};

/// One verified request. Clones share it.
#[derive(Clone)]
pub struct Session {
    app: Arc<App>,
    signer: Signer,
    request_id: Arc<str>,
    peer: SocketAddr,
    /// What is known of the request beside its typed input.
    pub facts: Arc<Facts>,
}

/// Keys of nobody: every signature was verified, and taken off, before.
pub struct NoKeys;

#[async_trait]
impl S3Auth for NoKeys {
    async fn get_secret_key(&self, _access_key: &str) -> S3Result<SecretKey> {
        Err(s3_error!(InvalidAccessKeyId))
    }
}

impl Session {
    /// The session of a request that `signer` signed.
    pub fn new(
        app: &Arc<App>,
        signer: Signer,
        request_id: &str,
        peer: SocketAddr,
        facts: Facts,
    ) -> Self {
        Self {
            app: Arc::clone(app),
            signer,
            request_id: request_id.into(),
            peer,
            facts: Arc::new(facts),
        }
    }

    /// The bucket's objects.
    pub fn objects(&self) -> &Objects {
        &self.app.objects
    }

    /// The one bucket's name.
    pub fn bucket(&self) -> &str {
        &self.app.deployment.bucket
    }

    /// Asks the policies; the verdict goes into the decision log.
    ///
    /// # Errors
    /// `AccessDenied`.
    pub fn authorize(&self, needed: &Needed, headers: &HeaderMap) -> S3Result<()> {
        self.app
            .access
            .authorize(&self.ask(needed, headers))
            .map_err(|denied| of_denied(&denied))
    }

    /// What is told of what the store refused to keep under `key`, or failed to; that there is no room for it goes into
    /// the decision log.
    pub fn refusal(&self, key: &str, error: ObjectError) -> S3Error {
        if let ObjectError::OverQuota(over) = &error {
            self.app.access.note_over_quota(
                &self.request_id,
                Some(Arc::clone(&self.signer.credential.principal)),
                "s3:PutObject",
                actions::object_arn(self.bucket(), key),
                *over,
            );
        }
        error::of_object(error)
    }

    /// What is told of a key that does not exist: whoever may not list it may not learn that either.
    pub fn missing(&self, key: &str) -> S3Error {
        let needed = Needed {
            action: "s3:ListBucket",
            resource: actions::bucket_arn(self.bucket()),
            context: vec![("s3:prefix", key.to_owned())],
        };
        if self
            .app
            .access
            .would_allow(&self.ask(&needed, &HeaderMap::new()))
        {
            s3_error!(NoSuchKey, "The specified key does not exist.")
        } else {
            s3_error!(AccessDenied, "Access Denied")
        }
    }

    fn ask<'a>(&'a self, needed: &'a Needed, headers: &HeaderMap) -> Ask<'a> {
        let mut context = conditions::of(&self.facts, headers);
        context.extend(needed.context.iter().cloned());
        Ask {
            request_id: &self.request_id,
            principal: Some(&self.signer.credential.principal),
            action: needed.action,
            resource: &needed.resource,
            context,
            peer: self.peer,
        }
    }

    /// An operation that no action stands for: denied to everybody, and written down.
    fn deny_unmapped(&self, operation: &str) -> S3Error {
        let action = format!("s3:{operation}");
        let resource = actions::bucket_arn(self.bucket());
        let ask = Ask {
            request_id: &self.request_id,
            principal: None,
            action: &action,
            resource: &resource,
            context: Vec::new(),
            peer: self.peer,
        };
        match self.app.access.authorize(&ask) {
            Err(denied) => of_denied(&denied),
            Ok(()) => s3_error!(AccessDenied, "Access Denied"),
        }
    }
}

fn of_denied(denied: &Denied) -> S3Error {
    S3Error::with_message(S3ErrorCode::AccessDenied, denied.to_string())
}

#[async_trait]
impl S3Access for Session {
    /// Runs before the operation's input is read.
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let operation = cx.s3_op().name();
        let Some(needed) =
            actions::needed(operation, cx.s3_path(), &self.facts.query, cx.headers())?
        else {
            return Err(self.deny_unmapped(operation));
        };
        for needed in &needed {
            self.authorize(needed, cx.headers())?;
        }
        let bucket = cx.s3_path().get_bucket_name();
        let is_new = operation == "CreateBucket";
        if bucket.is_some_and(|bucket| bucket != self.bucket() && !is_new) {
            return Err(s3_error!(
                NoSuchBucket,
                "The specified bucket does not exist"
            ));
        }
        check_owner(cx.headers())?;
        refuse_unserved(cx.headers())
    }
}

/// `x-amz-expected-bucket-owner` and its like.
fn check_owner(headers: &HeaderMap) -> S3Result<()> {
    let is_owner = |name| headers.get(name).is_none_or(|owner| owner == ACCOUNT_ID);
    if is_owner("x-amz-expected-bucket-owner") && is_owner("x-amz-source-expected-bucket-owner") {
        Ok(())
    } else {
        Err(s3_error!(AccessDenied, "Access Denied"))
    }
}

/// What a client asks for and would not get is refused, never left out in silence.
fn refuse_unserved(headers: &HeaderMap) -> S3Result<()> {
    let text = |name| headers.get(name).map(|value| value.as_bytes());
    let starts = |start: &str| headers.keys().any(|name| name.as_str().starts_with(start));
    if starts("x-amz-server-side-encryption-")
        || starts("x-amz-copy-source-server-side-encryption-")
        || text("x-amz-server-side-encryption").is_some_and(|kind| kind != b"AES256")
    {
        return Err(s3_error!(
            NotImplemented,
            "Encryption with keys of one's own is not served"
        ));
    }
    if starts("x-amz-tagging") && text("x-amz-tagging-directive") != Some(b"COPY") {
        return Err(s3_error!(NotImplemented, "Object tags are not served"));
    }
    if starts("x-amz-object-lock-") {
        return Err(s3_error!(
            InvalidRequest,
            "Bucket is missing Object Lock Configuration"
        ));
    }
    if text("x-amz-storage-class").is_some_and(|class| class != b"STANDARD") {
        return Err(s3_error!(
            InvalidStorageClass,
            "The storage class you specified is not valid"
        ));
    }
    // The bucket's owner owns every object.
    let acl = text("x-amz-acl");
    if starts("x-amz-grant-")
        || acl.is_some_and(|acl| acl != b"private" && acl != b"bucket-owner-full-control")
    {
        return Err(s3_error!(
            AccessControlListNotSupported,
            "The bucket does not allow ACLs"
        ));
    }
    Ok(())
}
