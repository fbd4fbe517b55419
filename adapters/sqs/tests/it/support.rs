//! How a queue is reached, and what is sent.

use std::time::Duration;

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_http_client::Builder;
use aws_types::{SdkConfig, region::Region};
use notewarden_aws::Tuning;
use notewarden_domain::{NoteId, archive::ArchiveId, ports::IdSource, work::Work};
use notewarden_testkit::{
    SeededIds,
    fixtures::{NOON, file, identity},
};

/// Three attempts without pauses; nothing in these tests takes as long as they may.
pub const QUICK: Tuning = Tuning {
    attempts: 3,
    first_pause: Duration::from_millis(1),
    longest_pause: Duration::from_millis(2),
    connect_timeout: Duration::from_secs(10),
    attempt_timeout: Duration::from_secs(20),
    request_timeout: Duration::from_secs(60),
};

/// Where a service is and who asks. The SDK counts by region what it spends on attempts.
pub fn config(endpoint: &str, region: &'static str) -> SdkConfig {
    let keys = Credentials::from_keys("AKIAEXAMPLE", "secret", None);
    SdkConfig::builder()
        .region(Region::from_static(region))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .http_client(Builder::new().build_http())
        .build()
}

/// Work of two kinds.
pub fn works() -> [Work; 2] {
    let ids = SeededIds::new(1);
    let identity_id = identity(&ids);
    [
        Work::Archive {
            identity_id: identity_id.clone(),
            archive_id: ArchiveId::new(ids.uuid_v7(NOON)),
        },
        Work::Orphans {
            identity_id,
            note_id: NoteId::new(ids.uuid_v7(NOON)),
            names: vec![file("a.txt"), file("b/ä ö \" < & >.txt")],
            before: NOON,
        },
    ]
}
