//! Sign-ins a second, through everything but the wire: what is computed, and one durable commit for each.
#![expect(clippy::print_stdout, reason = "the figures are the purpose")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark fails by panicking"
)]

#[path = "../tests/it/user_pool/srp_client.rs"]
mod srp_client;

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use notewarden_embedded::Database;
use notewarden_testkit::{FixedClock, SeededIds, fixtures::NOON};
use notewarden_userpool::{
    Secret, UserPool, UserPoolSettings,
    passwords::PasswordPolicy,
    user_pool::{
        AppClient, AuthFlow, ClientSettings, MfaSettings, PasswordProof, Progress, Tokens,
    },
};
use srp_client::{POOL, SrpClient, TIMESTAMP};
use tokio::task::JoinSet;

const CLIENTS: usize = 32;
const CALLS: usize = 640;
const PASSWORD: &str = "Passw0rd!";
const USER: &str = "alice@example.com";
const WEB: AppClient<'_> = AppClient {
    id: "web",
    secret_hash: None,
};

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();
    runtime.block_on(run());
}

async fn run() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(NOON));
    let pool = open(&directory, Arc::clone(&clock));
    pool.prepare_keys().await.unwrap();
    pool.sign_up(WEB, USER, PASSWORD, &[]).await.unwrap();
    pool.admin_confirm_sign_up(USER).await.unwrap();

    println!("a second, {CLIENTS} at once");
    let tokens = tokens(
        pool.sign_in_with_password(WEB, USER, PASSWORD)
            .await
            .unwrap(),
    );
    let refresh = Arc::new(tokens.refresh.unwrap());
    measure("sign-ins by password", || {
        let pool = pool.clone();
        async move {
            let progress = pool.sign_in_with_password(WEB, USER, PASSWORD).await;
            drop(progress.unwrap());
        }
    })
    .await;
    measure("refreshes", || {
        let (pool, refresh) = (pool.clone(), Arc::clone(&refresh));
        async move { drop(pool.refresh(WEB, refresh.expose()).await.unwrap()) }
    })
    .await;
    measure("access tokens checked", || {
        let (pool, access) = (pool.clone(), tokens.access.expose().to_owned());
        async move { drop(pool.get_user(&access).await.unwrap()) }
    })
    .await;

    let client = SrpClient::new(b"a");
    let mut challenges = Vec::new();
    let begun = Instant::now();
    for _ in 0..CALLS {
        challenges.push(pool.begin_srp(WEB, USER, &client.public()).await.unwrap());
    }
    report("SRP challenges, one after the other", begun.elapsed());
    let mut proved: Vec<_> = challenges
        .into_iter()
        .map(|challenge| (client.prove(&challenge, PASSWORD), challenge))
        .collect();
    measure("SRP answers", || {
        let (pool, (signature, challenge)) = (pool.clone(), proved.pop().unwrap());
        async move {
            let proof = PasswordProof {
                secret_block: &challenge.secret_block,
                timestamp: TIMESTAMP,
                signature: &signature,
            };
            drop(pool.answer_srp(WEB, USER, proof).await.unwrap());
        }
    })
    .await;

    println!("milliseconds for a wrong password, median of {CALLS}");
    for (title, username) in [("known user", USER), ("unknown user", "nobody@example.com")] {
        let mut times = Vec::new();
        for _ in 0..CALLS {
            let started = Instant::now();
            drop(
                pool.sign_in_with_password(WEB, username, "Wr0ng-password")
                    .await,
            );
            times.push(started.elapsed());
            // Nobody stays locked out.
            clock.advance(Duration::from_secs(1_000));
        }
        times.sort_unstable();
        let median = times.get(CALLS / 2).unwrap();
        println!("{:>10.3}  {title}", median.as_secs_f64() * 1_000.0);
    }
}

async fn measure<F: Future<Output = ()> + Send + 'static>(
    title: &str,
    mut call: impl FnMut() -> F,
) {
    let started = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..CALLS {
        if running.len() == CLIENTS {
            running.join_next().await.unwrap().unwrap();
        }
        running.spawn(call());
    }
    running.join_all().await;
    report(title, started.elapsed());
}

#[expect(clippy::cast_precision_loss, reason = "a figure to be read")]
fn report(title: &str, took: Duration) {
    println!("{:>10.0}  {title}", CALLS as f64 / took.as_secs_f64());
}

fn tokens(progress: Progress) -> Tokens {
    match progress {
        Progress::SignedIn(tokens) => tokens,
        other => panic!("{other:?}"),
    }
}

fn open(directory: &tempfile::TempDir, clock: Arc<FixedClock>) -> UserPool {
    let hour = Duration::from_secs(3_600);
    let settings = UserPoolSettings {
        id: POOL.to_owned(),
        password_policy: PasswordPolicy {
            minimum_length: 8,
            require_uppercase: true,
            require_lowercase: true,
            require_numbers: true,
            require_symbols: true,
        },
        temporary_password_lifetime: hour,
        custom_attributes: Vec::new(),
        keeps_email_until_verified: false,
        mfa: MfaSettings::default(),
        allows_email_sign_in: false,
        clients: vec![ClientSettings {
            id: WEB.id.to_owned(),
            secret: None::<Secret>,
            flows: BTreeSet::from([
                AuthFlow::UserSrp,
                AuthFlow::UserPassword,
                AuthFlow::RefreshToken,
            ]),
            prevents_user_existence_errors: true,
            revokes_tokens: true,
            id_token_lifetime: hour,
            access_token_lifetime: hour,
            refresh_token_lifetime: hour,
        }],
    };
    UserPool::open(
        settings,
        Database::open(directory.path()).unwrap(),
        &directory.path().join("user-pool.key"),
        clock,
        Arc::new(SeededIds::new(1)),
        Arc::new(|_: &_| {}),
    )
    .unwrap()
}
