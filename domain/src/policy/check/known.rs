//! The actions and condition keys of the services that Notewarden's policies speak of.

/// Actions of S3 on a bucket.
pub(super) const BUCKET_ACTIONS: &str = "\
     CreateBucket DeleteBucket DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration \
     GetAnalyticsConfiguration GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging \
     GetBucketMetadataTableConfiguration GetBucketNotification GetBucketObjectLockConfiguration \
     GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock \
     GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite \
     GetEncryptionConfiguration GetIntelligentTieringConfiguration GetInventoryConfiguration \
     GetLifecycleConfiguration GetMetricsConfiguration GetReplicationConfiguration ListBucket \
     ListBucketMultipartUploads ListBucketVersions PutAccelerateConfiguration \
     PutAnalyticsConfiguration PutBucketAcl PutBucketCORS PutBucketLogging PutBucketNotification \
     PutBucketObjectLockConfiguration PutBucketOwnershipControls PutBucketPolicy \
     PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging PutBucketVersioning \
     PutBucketWebsite PutEncryptionConfiguration PutIntelligentTieringConfiguration \
     PutInventoryConfiguration PutLifecycleConfiguration PutMetricsConfiguration \
     PutReplicationConfiguration\
    ";

/// Actions of S3 on an object.
pub(super) const OBJECT_ACTIONS: &str = "\
     AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectTagging \
     DeleteObjectVersion DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAttributes \
     GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectTorrent GetObjectVersion \
     GetObjectVersionAcl GetObjectVersionAttributes GetObjectVersionForReplication \
     GetObjectVersionTagging GetObjectVersionTorrent InitiateReplication ListMultipartUploadParts \
     ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl PutObjectLegalHold PutObjectRetention \
     PutObjectTagging PutObjectVersionAcl PutObjectVersionTagging ReplicateDelete ReplicateObject \
     ReplicateTags RestoreObject UpdateObjectEncryption\
    ";

/// Services and their actions.
pub(super) const ACTIONS: &[(&str, &[&str])] = &[
    (
        "cognito-identity",
        &["\
     CreateIdentityPool DeleteIdentities DeleteIdentityPool DescribeIdentity DescribeIdentityPool \
     GetCredentialsForIdentity GetId GetIdentityPoolRoles GetOpenIdToken \
     GetOpenIdTokenForDeveloperIdentity GetPrincipalTagAttributeMap ListIdentities ListIdentityPools \
     ListTagsForResource LookupDeveloperIdentity MergeDeveloperIdentities SetIdentityPoolRoles \
     SetPrincipalTagAttributeMap TagResource UnlinkDeveloperIdentity UnlinkIdentity UntagResource \
     UpdateIdentityPool\
    "],
    ),
    (
        "cognito-idp",
        &["\
     AddCustomAttributes AddUserPoolClientSecret AdminAddUserToGroup AdminConfirmSignUp \
     AdminCreateUser AdminDeleteUser AdminDeleteUserAttributes AdminDisableProviderForUser \
     AdminDisableUser AdminEnableUser AdminForgetDevice AdminGetDevice AdminGetUser AdminInitiateAuth \
     AdminLinkProviderForUser AdminListDevices AdminListGroupsForUser AdminListUserAuthEvents \
     AdminRemoveUserFromGroup AdminResetUserPassword AdminRespondToAuthChallenge \
     AdminSetUserMFAPreference AdminSetUserPassword AdminSetUserSettings AdminUpdateAuthEventFeedback \
     AdminUpdateDeviceStatus AdminUpdateUserAttributes AdminUserGlobalSignOut AssociateSoftwareToken \
     ChangePassword CompleteWebAuthnRegistration ConfirmDevice ConfirmForgotPassword ConfirmSignUp \
     CreateGroup CreateIdentityProvider CreateManagedLoginBranding CreateResourceServer CreateTerms \
     CreateUserImportJob CreateUserPool CreateUserPoolClient CreateUserPoolDomain DeleteGroup \
     DeleteIdentityProvider DeleteManagedLoginBranding DeleteResourceServer DeleteTerms DeleteUser \
     DeleteUserAttributes DeleteUserPool DeleteUserPoolClient DeleteUserPoolClientSecret \
     DeleteUserPoolDomain DeleteWebAuthnCredential DescribeIdentityProvider \
     DescribeManagedLoginBranding DescribeManagedLoginBrandingByClient DescribeResourceServer \
     DescribeRiskConfiguration DescribeTerms DescribeUserImportJob DescribeUserPool \
     DescribeUserPoolClient DescribeUserPoolDomain ForgetDevice ForgotPassword GetCSVHeader GetDevice \
     GetGroup GetIdentityProviderByIdentifier GetLogDeliveryConfiguration GetSigningCertificate \
     GetTokensFromRefreshToken GetUICustomization GetUser GetUserAttributeVerificationCode \
     GetUserAuthFactors GetUserPoolMfaConfig GlobalSignOut InitiateAuth ListDevices ListGroups \
     ListIdentityProviders ListResourceServers ListTagsForResource ListTerms ListUserImportJobs \
     ListUserPoolClientSecrets ListUserPoolClients ListUserPools ListUsers ListUsersInGroup \
     ListWebAuthnCredentials ResendConfirmationCode RespondToAuthChallenge RevokeToken \
     SetLogDeliveryConfiguration SetRiskConfiguration SetUICustomization SetUserMFAPreference \
     SetUserPoolMfaConfig SetUserSettings SignUp StartUserImportJob StartWebAuthnRegistration \
     StopUserImportJob TagResource UntagResource UpdateAuthEventFeedback UpdateDeviceStatus \
     UpdateGroup UpdateIdentityProvider UpdateManagedLoginBranding UpdateResourceServer UpdateTerms \
     UpdateUserAttributes UpdateUserPool UpdateUserPoolClient UpdateUserPoolDomain \
     VerifySoftwareToken VerifyUserAttribute\
    "],
    ),
    (
        "dynamodb",
        &["\
     BatchGetItem BatchWriteItem ConditionCheckItem CreateBackup CreateGlobalTable CreateTable \
     DeleteBackup DeleteItem DeleteResourcePolicy DeleteTable DescribeBackup \
     DescribeContinuousBackups DescribeContributorInsights DescribeEndpoints DescribeExport \
     DescribeGlobalTable DescribeGlobalTableSettings DescribeImport \
     DescribeKinesisStreamingDestination DescribeLimits DescribeReservedCapacity \
     DescribeReservedCapacityOfferings DescribeStream DescribeTable DescribeTableReplicaAutoScaling \
     DescribeTimeToLive DisableKinesisStreamingDestination EnableKinesisStreamingDestination \
     ExportTableToPointInTime GetItem GetRecords GetResourcePolicy GetShardIterator ImportTable \
     ListBackups ListContributorInsights ListExports ListGlobalTables ListImports ListStreams \
     ListTables ListTagsOfResource PartiQLDelete PartiQLInsert PartiQLSelect PartiQLUpdate \
     PurchaseReservedCapacityOfferings PutItem PutResourcePolicy Query RestoreTableFromAwsBackup \
     RestoreTableFromBackup RestoreTableToPointInTime Scan StartAwsBackupJob TagResource \
     UntagResource UpdateContinuousBackups UpdateContributorInsights UpdateGlobalTable \
     UpdateGlobalTableSettings UpdateItem UpdateKinesisStreamingDestination UpdateTable \
     UpdateTableReplicaAutoScaling UpdateTimeToLive\
    "],
    ),
    (
        "execute-api",
        &["\
     InvalidateCache Invoke ManageConnections\
    "],
    ),
    (
        "lambda",
        &["\
     AddLayerVersionPermission AddPermission CheckpointDurableExecution CreateAlias \
     CreateCapacityProvider CreateCodeSigningConfig CreateEventSourceMapping CreateFunction \
     CreateFunctionUrlConfig DeleteAlias DeleteCapacityProvider DeleteCodeSigningConfig \
     DeleteEventSourceMapping DeleteFunction DeleteFunctionCodeSigningConfig \
     DeleteFunctionConcurrency DeleteFunctionEventInvokeConfig DeleteFunctionUrlConfig \
     DeleteLayerVersion DeleteProvisionedConcurrencyConfig DisableReplication EnableReplication \
     GetAccountSettings GetAlias GetCapacityProvider GetCodeSigningConfig GetDurableExecution \
     GetDurableExecutionHistory GetDurableExecutionState GetEventSourceMapping GetFunction \
     GetFunctionCodeSigningConfig GetFunctionConcurrency GetFunctionConfiguration \
     GetFunctionEventInvokeConfig GetFunctionRecursionConfig GetFunctionScalingConfig \
     GetFunctionUrlConfig GetLayerVersion GetLayerVersionPolicy GetPolicy \
     GetProvisionedConcurrencyConfig GetRuntimeManagementConfig InvokeAsync InvokeFunction \
     InvokeFunctionUrl ListAliases ListCapacityProviders ListCodeSigningConfigs \
     ListDurableExecutionsByFunction ListEventSourceMappings ListFunctionEventInvokeConfigs \
     ListFunctionUrlConfigs ListFunctionVersionsByCapacityProvider ListFunctions \
     ListFunctionsByCodeSigningConfig ListLayerVersions ListLayers ListProvisionedConcurrencyConfigs \
     ListTags ListVersionsByFunction PublishLayerVersion PublishVersion PutFunctionCodeSigningConfig \
     PutFunctionConcurrency PutFunctionEventInvokeConfig PutFunctionRecursionConfig \
     PutFunctionScalingConfig PutProvisionedConcurrencyConfig PutRuntimeManagementConfig \
     RemoveLayerVersionPermission RemovePermission SendDurableExecutionCallbackFailure \
     SendDurableExecutionCallbackHeartbeat SendDurableExecutionCallbackSuccess StopDurableExecution \
     TagResource UntagResource UpdateAlias UpdateCapacityProvider UpdateCodeSigningConfig \
     UpdateEventSourceMapping UpdateFunctionCode UpdateFunctionConfiguration \
     UpdateFunctionEventInvokeConfig UpdateFunctionUrlConfig\
    "],
    ),
    (
        "logs",
        &["\
     CreateLogGroup CreateLogStream DeleteLogGroup DeleteLogStream DescribeLogGroups \
     DescribeLogStreams FilterLogEvents GetLogEvents GetQueryResults PutLogEvents PutRetentionPolicy \
     StartQuery StopQuery TagResource UntagResource\
    "],
    ),
    (
        "s3",
        &[
            BUCKET_ACTIONS,
            OBJECT_ACTIONS,
            "\
     CreateAccessPoint CreateJob DeleteAccessPoint DescribeJob GetAccessPoint \
     GetAccountPublicAccessBlock ListAccessPoints ListAllMyBuckets ListJobs \
     PutAccountPublicAccessBlock\
    ",
        ],
    ),
    (
        "sqs",
        &["\
     AddPermission CancelMessageMoveTask ChangeMessageVisibility CreateQueue DeleteMessage \
     DeleteQueue GetQueueAttributes GetQueueUrl ListDeadLetterSourceQueues ListMessageMoveTasks \
     ListQueueTags ListQueues PurgeQueue ReceiveMessage RemovePermission SendMessage \
     SetQueueAttributes StartMessageMoveTask TagQueue UntagQueue\
    "],
    ),
    (
        "sts",
        &["\
     AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot DecodeAuthorizationMessage \
     GetAccessKeyInfo GetCallerIdentity GetDelegatedAccessToken GetFederationToken \
     GetServiceBearerToken GetSessionToken GetWebIdentityToken SetContext SetSourceIdentity \
     TagSession\
    "],
    ),
];

/// Prefixes of condition keys, and the keys under each; `PrincipalTag/` and the like go on with a name.
pub(super) const KEYS: &[(&str, &str)] = &[
    (
        "aws",
        "\
     CalledVia CalledViaFirst CalledViaLast ChatbotSourceArn CurrentTime Ec2InstanceSourcePrivateIPv4 \
     Ec2InstanceSourceVpc EpochTime FederatedProvider MultiFactorAuthAge MultiFactorAuthPresent \
     PrincipalAccount PrincipalArn PrincipalIsAWSService PrincipalOrgID PrincipalOrgPaths \
     PrincipalServiceName PrincipalServiceNamesList PrincipalTag/ PrincipalType Referer RequestTag/ \
     RequestedRegion ResourceAccount ResourceOrgID ResourceOrgPaths ResourceTag/ SecureTransport \
     SourceAccount SourceArn SourceIdentity SourceIp SourceOrgID SourceOrgPaths SourceVpc \
     SourceVpcArn SourceVpce TagKeys TokenIssueTime UserAgent ViaAWSService VpcSourceIp userid \
     username\
    ",
    ),
    (
        "cognito-identity.amazonaws.com",
        "\
     amr aud sub\
    ",
    ),
    (
        "dynamodb",
        "\
     Attributes EnclosingOperation FullTableScan LeadingKeys ReturnConsumedCapacity ReturnValues \
     Select\
    ",
    ),
    (
        "s3",
        "\
     AccessPointNetworkOrigin DataAccessPointAccount DataAccessPointArn ExistingObjectTag/ \
     InventoryAccessibleOptionalFields JobSuspendedCause ObjectCreationOperation RequestObjectTag/ \
     RequestObjectTagKeys ResourceAccount TlsVersion VersionId authType delimiter if-match \
     if-none-match locationconstraint max-keys object-lock-legal-hold object-lock-mode \
     object-lock-remaining-retention-days object-lock-retain-until-date prefix signatureAge \
     signatureversion versionid x-amz-acl x-amz-content-sha256 x-amz-copy-source \
     x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp x-amz-grant-write \
     x-amz-grant-write-acp x-amz-metadata-directive x-amz-object-ownership \
     x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id \
     x-amz-server-side-encryption-customer-algorithm x-amz-storage-class \
     x-amz-website-redirect-location\
    ",
    ),
    (
        "sts",
        "\
     AWSServiceName DurationSeconds ExternalId RequestContext/ RequestContextProviders \
     RoleSessionName SourceIdentity TransitiveTagKeys\
    ",
    ),
];

/// Keys with several values, which only a set operator can test.
pub(super) const MULTIVALUED_KEYS: &[&str] = &[
    "aws:CalledVia",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceNamesList",
    "aws:ResourceOrgPaths",
    "aws:SourceOrgPaths",
    "aws:TagKeys",
    "cognito-identity.amazonaws.com:amr",
    "dynamodb:Attributes",
    "dynamodb:LeadingKeys",
    "s3:RequestObjectTagKeys",
    "sts:TransitiveTagKeys",
];

/// Actions that are on no resource of their own: `*` is all that their statement can name.
pub(super) const ACTIONS_WITHOUT_RESOURCE: &[&str] = &[
    "cognito-identity:DeleteIdentities",
    "cognito-identity:GetCredentialsForIdentity",
    "cognito-identity:GetId",
    "cognito-identity:ListIdentityPools",
    "cognito-idp:ListUserPools",
    "dynamodb:DescribeLimits",
    "dynamodb:ListTables",
    "logs:DescribeLogGroups",
    "s3:ListAllMyBuckets",
    "sqs:ListQueues",
    "sts:GetCallerIdentity",
    "sts:GetSessionToken",
];
