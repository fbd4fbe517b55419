//! What differs between services: name in the scope, canonical path, payload, query authentication.

/// A service that requests are signed for, with its own reading of Signature Version 4.
///
/// The constants can be matched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Service {
    name: &'static str,
    pub(crate) path: PathRule,
    pub(crate) payload: PayloadRule,
    pub(crate) presigned: bool,
}

/// How the canonical URI is made of the request's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PathRule {
    /// Dot segments and doubled slashes removed, then every byte encoded once more.
    Normalized,
    /// Taken as it is, and encoded exactly once.
    Verbatim,
}

/// What stands in the canonical request for the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PayloadRule {
    /// The SHA-256 of the real body, always.
    Hashed,
    /// What `x-amz-content-sha256` declares: a hash, unsigned, or signed chunk by chunk.
    Declared,
}

impl Service {
    /// Amazon API Gateway's APIs.
    pub const EXECUTE_API: Self = Self::named("execute-api").with_presigned_queries();
    /// Amazon S3.
    pub const S3: Self = Self {
        name: "s3",
        path: PathRule::Verbatim,
        payload: PayloadRule::Declared,
        presigned: true,
    };
    /// AWS Security Token Service.
    pub const STS: Self = Self::named("sts").with_presigned_queries();
    /// AWS Identity and Access Management.
    pub const IAM: Self = Self::named("iam");
    /// Amazon Cognito user pools.
    pub const COGNITO_IDP: Self = Self::named("cognito-idp");
    /// Amazon Cognito identity pools.
    pub const COGNITO_IDENTITY: Self = Self::named("cognito-identity");
    /// AWS AppSync.
    pub const APPSYNC: Self = Self::named("appsync");
    /// AWS Lambda, whose function URLs are signed for it too.
    pub const LAMBDA: Self = Self::named("lambda");

    /// A service with the common rules: the path normalized and encoded twice, the body hashed,
    /// authentication by header only.
    pub const fn named(name: &'static str) -> Self {
        Self {
            name,
            path: PathRule::Normalized,
            payload: PayloadRule::Hashed,
            presigned: false,
        }
    }

    /// The same service, taking presigned queries as well.
    #[must_use]
    pub const fn with_presigned_queries(self) -> Self {
        Self {
            presigned: true,
            ..self
        }
    }

    /// The same service, its path neither normalized nor encoded twice.
    #[must_use]
    pub const fn with_verbatim_path(self) -> Self {
        Self {
            path: PathRule::Verbatim,
            ..self
        }
    }

    /// The name in the credential scope.
    pub const fn name(self) -> &'static str {
        self.name
    }
}
