//! The use cases of accounts over the fakes: what somebody keeps, and that what is gone stays gone.

use std::{sync::Arc, time::Duration};

use notewarden_domain::{
    Caller, IdentityId, ObjectKey, Scope, Scopes, StoreError,
    account::{Account, AccountError, LINGERING, Overview},
    archive::{LEASE, Limits, Selection, Status},
    ports::{ApiKeyStore, ArchiveStore, IdentityBroker, LoginOutcome, NoteStore},
    quota::{Quota, Usage},
    work::Work,
};
use notewarden_testkit::{
    FixedClock, MemoryAccounts, MemoryApiKeys, MemoryArchives, MemoryFiles, MemoryIdentities,
    MemoryNotes, MemoryQueue, SeededIds, contract,
    faults::{Call, Fault, Faults, FaultyArchives, FaultyFiles, FaultyNotes, FaultyQueue},
    fixtures::{NOON, attachments, file, job, note},
};
use uuid::Uuid;

const PROVIDER: &str = "cognito-idp.us-east-1.amazonaws.com/us-east-1_Example";

struct World {
    account: Account,
    keys: Arc<MemoryApiKeys>,
    notes: Arc<MemoryNotes>,
    files: Arc<MemoryFiles>,
    archives: Arc<MemoryArchives>,
    identities: Arc<MemoryIdentities>,
    users: Arc<MemoryAccounts>,
    queue: Arc<MemoryQueue>,
    faults: Arc<Faults>,
    clock: Arc<FixedClock>,
    ids: SeededIds,
}

fn world() -> World {
    let (notes, files) = (
        Arc::new(MemoryNotes::default()),
        Arc::new(MemoryFiles::default()),
    );
    let archives = Arc::new(MemoryArchives::default());
    let keys = Arc::new(MemoryApiKeys::default());
    let identities = Arc::new(MemoryIdentities::new(41));
    let users = Arc::new(MemoryAccounts::new(42));
    let (queue, faults) = (
        Arc::new(MemoryQueue::default()),
        Arc::new(Faults::default()),
    );
    let clock = Arc::new(FixedClock::at(NOON));
    World {
        account: Account {
            api_keys: keys.clone(),
            notes: Arc::new(FaultyNotes::new(notes.clone(), faults.clone())),
            files: Arc::new(FaultyFiles::new(files.clone(), faults.clone())),
            index: files.clone(),
            archives: Arc::new(FaultyArchives::new(archives.clone(), faults.clone())),
            identities: identities.clone(),
            accounts: users.clone(),
            queue: Arc::new(FaultyQueue::new(queue.clone(), faults.clone())),
            clock: clock.clone(),
            quota: Quota::default(),
        },
        keys,
        notes,
        files,
        archives,
        identities,
        users,
        queue,
        faults,
        clock,
        ids: SeededIds::new(43),
    }
}

/// Somebody with a user, an identity and a session.
struct Person {
    caller: Caller,
    subject: Uuid,
    session: String,
}

impl World {
    async fn identity_of(&self, subject: Uuid) -> IdentityId {
        let token = self.identities.token(PROVIDER, &subject.to_string());
        match self.identities.identify(PROVIDER, &token).await.unwrap() {
            LoginOutcome::Identity(identity) => Some(identity),
            LoginOutcome::Refused => None,
        }
        .unwrap()
    }

    async fn person(&self) -> Person {
        let subject = self.users.sign_up();
        let identity = self.identity_of(subject).await;
        Person {
            caller: Caller::signed_in(identity),
            subject,
            session: self.users.sign_in(subject).unwrap(),
        }
    }

    /// An API key, notes with files, a waiting job, one under way, and a zip.
    async fn fill(&self, person: &Person) {
        let owner = &person.caller.identity;
        let key = contract::api_key(owner, &self.ids);
        self.keys.create(&key).await.unwrap();
        for i in 0..150 {
            let name = format!("f{i}");
            self.files
                .put(&ObjectKey::private(owner, &file(&name)), 2, NOON);
            let mut note = note(owner, &self.ids, NOON, "text");
            note.attachments = attachments(&[&name]);
            self.notes.create(&note, None).await.unwrap();
        }
        for i in 0..3 {
            let queued = job(owner, &self.ids, NOON);
            let none = Selection::default();
            self.archives
                .create(&queued, &none, None, 999)
                .await
                .unwrap();
            if i == 0 {
                continue;
            }
            let (begun, attempt) = queued
                .clone()
                .claim(LEASE, &Limits::default(), NOON)
                .unwrap();
            let key = ObjectKey::archive(owner, queued.id);
            let next = if i == 1 {
                begun
            } else {
                self.files.put(&key, 9, NOON);
                begun.finish(attempt, 9, Default::default(), NOON).unwrap()
            };
            self.archives.replace(&next, queued.version).await.unwrap();
        }
    }

    /// Everything that is left of somebody.
    async fn left(&self, person: &Person) -> (usize, u64, usize, usize) {
        let owner = &person.caller.identity;
        let keys = self.files.keys();
        let objects = keys
            .iter()
            .filter(|key| key.as_str().contains(owner.as_str()));
        let query = notewarden_domain::ports::ArchiveQuery {
            after: None,
            limit: 100,
        };
        let page = self.archives.list(owner, &query).await.unwrap();
        (
            self.keys.list(owner).await.unwrap().len(),
            self.notes.count(owner).await.unwrap(),
            objects.count(),
            page.jobs.len(),
        )
    }

    /// The worker does what it was told, and says how long that has waited.
    async fn work(&self) -> Result<Duration, StoreError> {
        let sent = self.queue.take().pop().ok_or(StoreError::NotFound)?;
        let Work::Erasure {
            identity_id,
            subject,
            since,
        } = sent.work
        else {
            return Err(StoreError::NotFound);
        };
        let done = self.account.carry_out(&identity_id, subject, since).await;
        done.map(|()| sent.delay)
    }
}

#[tokio::test]
async fn an_overview_counts_what_is_the_callers() {
    let world = world();
    let [alice, bob] = [world.person().await, world.person().await];
    world.fill(&alice).await;
    let overview = world.account.overview(&alice.caller).await.unwrap();
    let expected = Overview {
        notes: 150,
        files: Usage {
            files: 150,
            bytes: 300,
        },
        quota: Quota::default(),
    };
    assert_eq!(overview, expected);
    let of_bob = world.account.overview(&bob.caller).await.unwrap();
    assert_eq!((of_bob.notes, of_bob.files), (0, Usage::default()));
}

#[tokio::test]
async fn all_that_is_somebodys_goes_and_nothing_else() {
    let world = world();
    let [alice, bob] = [world.person().await, world.person().await];
    world.fill(&alice).await;
    world.fill(&bob).await;
    let before = world.left(&bob).await;
    assert_eq!(before, (1, 150, 151, 3));
    let (caller, subject) = (&alice.caller, Some(alice.subject));
    world.account.erase(caller, subject).await.unwrap();
    assert!(!world.users.is_open(&alice.session));
    assert_eq!(world.users.sign_in(alice.subject), None);
    let waiting = (0, before.1, before.2, before.3);
    assert_eq!(world.left(&alice).await, waiting, "the worker has not come");

    assert_eq!(world.work().await.unwrap(), Duration::ZERO);
    assert_eq!(world.left(&alice).await, (0, 0, 0, 0));
    assert_eq!(world.left(&bob).await, before);
    assert!(world.users.is_open(&bob.session));
    assert_eq!(world.identity_of(bob.subject).await, bob.caller.identity);
    // The same person again is somebody new.
    assert_ne!(world.identity_of(alice.subject).await, caller.identity);
}

/// Until the credentials of who was erased have ended, the worker comes back.
#[tokio::test]
async fn what_is_stored_with_old_credentials_goes_too() {
    let world = world();
    let alice = world.person().await;
    let (caller, subject) = (&alice.caller, Some(alice.subject));
    world.account.erase(caller, subject).await.unwrap();
    world.work().await.unwrap();
    let mut waited = Duration::ZERO;
    while !world.queue.sent().is_empty() {
        world.fill(&alice).await;
        let delay = world.queue.sent()[0].delay;
        world.clock.advance(delay);
        waited += delay;
        assert_eq!(world.work().await.unwrap(), delay);
        assert_eq!(world.left(&alice).await, (0, 0, 0, 0));
    }
    assert_eq!(waited, LINGERING);
}

/// Whatever fails on the way, the same message again does the rest.
#[tokio::test]
async fn an_erasure_goes_on_where_it_failed() {
    let world = world();
    let alice = world.person().await;
    world.fill(&alice).await;
    let calls = [
        Call::ReadArchive,
        Call::ReplaceArchive,
        Call::DeleteFile,
        Call::DeleteArchive,
        Call::List,
        Call::Delete,
        Call::Send,
    ];
    for call in calls {
        for fault in [Fault::Before, Fault::After] {
            let fault = fault(StoreError::unavailable("planted"));
            world.faults.add(call, fault);
            let owner = &alice.caller.identity;
            let erased = world.account.carry_out(owner, Some(alice.subject), NOON);
            assert!(erased.await.is_err(), "{call:?}");
            world.fill(&alice).await;
        }
    }
    let owner = &alice.caller.identity;
    let erased = world.account.carry_out(owner, Some(alice.subject), NOON);
    erased.await.unwrap();
    assert_eq!(world.left(&alice).await, (0, 0, 0, 0));
}

/// Nobody is locked out whose account stays.
#[tokio::test]
async fn who_cannot_be_told_erases_nothing() {
    let world = world();
    let alice = world.person().await;
    world.fill(&alice).await;
    let fault = Fault::Before(StoreError::unavailable("planted"));
    world.faults.add(Call::Send, fault);
    let subject = Some(alice.subject);
    let refused = world.account.erase(&alice.caller, subject).await;
    assert!(matches!(refused, Err(AccountError::Store(_))));
    assert!(world.users.is_open(&alice.session));
    let jobs = world
        .archives
        .under_way(&alice.caller.identity)
        .await
        .unwrap();
    assert_eq!(jobs.len(), 2);
    assert!(jobs.iter().any(|job| job.status() == Status::Running));
}

#[tokio::test]
async fn scopes_are_asked_before_anything_is_done() {
    let world = world();
    let alice = world.person().await;
    let scopes = [Scope::NotesRead, Scope::NotesWrite, Scope::FilesWrite]
        .into_iter()
        .fold(Scopes::default(), Scopes::with);
    let caller = Caller {
        scopes,
        ..alice.caller.clone()
    };
    let refused = world.account.erase(&caller, Some(alice.subject)).await;
    assert!(matches!(refused, Err(AccountError::Forbidden(no)) if no.scope == Scope::AccountErase));
    let refused = world.account.overview(&caller).await;
    assert!(matches!(refused, Err(AccountError::Forbidden(no)) if no.scope == Scope::FilesRead));
    assert_eq!(world.queue.sent(), []);
    assert!(world.users.is_open(&alice.session));
}
