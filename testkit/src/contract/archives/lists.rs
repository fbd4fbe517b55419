//! Lists of jobs: the latest first, page by page.

use notewarden_domain::{
    IdentityId,
    archive::{ArchiveId, Job},
    ports::{ArchivePage, ArchiveQuery, ArchiveStore, IdSource},
};

use super::{begun, stored};
use crate::fixtures::identity;

pub(super) async fn check(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    nobodys_jobs_are_none(store, ids).await;
    pages_join_without_a_gap(store, ids).await;
    people_list_their_own_jobs(store, ids).await;
}

async fn page(
    store: &dyn ArchiveStore,
    owner: &IdentityId,
    after: Option<ArchiveId>,
    limit: usize,
) -> ArchivePage {
    let query = ArchiveQuery { after, limit };
    store.list(owner, &query).await.expect("list")
}

async fn nobodys_jobs_are_none(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    let owner = identity(ids);
    let empty = page(store, &owner, None, 10).await;
    assert_eq!(empty, ArchivePage::default());
    assert_eq!(store.under_way(&owner).await.expect("under_way"), []);
}

/// In whatever state they are.
async fn pages_join_without_a_gap(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    let owner = identity(ids);
    let mut jobs = Vec::new();
    for place in 0..7 {
        let first = stored(store, ids, &owner).await;
        let job = match place % 3 {
            0 => first.clone(),
            1 => begun(first.clone()).0,
            _ => first.clone().cancel().expect("a job that waits"),
        };
        if job != first {
            let replaced = store.replace(&job, first.version).await;
            replaced.expect("replace");
        }
        jobs.insert(0, job);
    }
    for limit in 1..=8 {
        let mut seen: Vec<Job> = Vec::new();
        loop {
            let after = seen.last().map(|job| job.id);
            let page = page(store, &owner, after, limit).await;
            assert!(page.jobs.len() <= limit, "{limit}");
            assert!(!page.more || !page.jobs.is_empty(), "{limit}");
            seen.extend(page.jobs);
            assert!(seen.len() <= jobs.len(), "{limit}");
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, jobs, "{limit}");
    }
    // Where a list goes on need not exist any more.
    let gone = &jobs[3];
    let deleted = store.delete(&owner, gone.id, gone.version).await;
    deleted.expect("delete");
    let behind = page(store, &owner, Some(gone.id), 2).await;
    assert_eq!(behind.jobs, jobs[4..6]);
}

async fn people_list_their_own_jobs(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    let [alice, bob] = [identity(ids), identity(ids)];
    let job = stored(store, ids, &alice).await;
    assert_eq!(page(store, &bob, None, 10).await, ArchivePage::default());
    assert_eq!(page(store, &alice, None, 10).await.jobs, [job]);
    assert_eq!(store.under_way(&bob).await.expect("under_way"), []);
}
