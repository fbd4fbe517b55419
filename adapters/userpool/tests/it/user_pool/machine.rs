//! Sign-ins as a state machine: whatever is answered, in whatever order and however often, nobody gets tokens
//! who does not have every factor that is asked for.

use notewarden_userpool::{
    Secret, UserPoolError,
    factors::Factor,
    user_pool::{
        AppClient, Choice, MfaPreferences, MfaRequirement, MfaSettings, NewUser, Preference,
        Progress,
    },
};
use proptest::{prelude::*, test_runner::Config};
use tokio::runtime::Runtime;

use super::{
    authenticator::Authenticator,
    pool::{LEGACY, PASSWORD, Pool, WEB, signed_in},
    srp_client::SrpClient,
};

const WRONG: &str = "Wr0ng-password";
const NEW: &str = "An0ther-password";

/// What somebody has who tries to sign in as somebody.
#[derive(Clone, Copy, Debug)]
struct Powers {
    knows_password: bool,
    has_authenticator: bool,
    reads_mail: bool,
}

/// The account that is attacked.
#[derive(Clone, Copy, Debug)]
struct Account {
    has_temporary_password: bool,
    uses_authenticator: bool,
    uses_email: bool,
}

/// One thing that can be tried; a number picks among the sessions that were seen.
#[derive(Clone, Copy, Debug)]
enum Act {
    Password,
    Proof,
    AskForChoice,
    EmailFirst,
    ChoosePassword(u8),
    ChooseEmail(u8),
    NewPassword(u8),
    Token(u8),
    EmailCode(u8),
    Select(u8, bool),
    Associate(u8),
    Verify(u8),
    SetUp(u8),
    Wait,
}

fn any_act() -> impl Strategy<Value = Act> {
    let at = || any::<u8>();
    prop_oneof![
        3 => Just(Act::Password),
        1 => Just(Act::Proof),
        1 => Just(Act::AskForChoice),
        1 => Just(Act::EmailFirst),
        1 => at().prop_map(Act::ChoosePassword),
        1 => at().prop_map(Act::ChooseEmail),
        2 => at().prop_map(Act::NewPassword),
        3 => at().prop_map(Act::Token),
        3 => at().prop_map(Act::EmailCode),
        2 => (at(), any::<bool>()).prop_map(|(at, token)| Act::Select(at, token)),
        2 => at().prop_map(Act::Associate),
        2 => at().prop_map(Act::Verify),
        2 => at().prop_map(Act::SetUp),
        2 => Just(Act::Wait),
    ]
}

/// Somebody at work.
struct Attempt<'a> {
    pool: &'a Pool,
    name: &'a str,
    powers: Powers,
    password: &'static str,
    authenticator: Option<Authenticator>,
    /// Those of the attacker's own making.
    own: Vec<Authenticator>,
    sessions: Vec<Secret>,
    is_in: bool,
}

impl Attempt<'_> {
    fn session(&self, at: u8) -> Option<&str> {
        let index = usize::from(at).checked_rem(self.sessions.len())?;
        self.sessions.get(index).map(Secret::expose)
    }

    fn note(&mut self, progress: Result<Progress, UserPoolError>) {
        let session = match progress {
            Ok(Progress::SignedIn(_)) => {
                self.is_in = true;
                return;
            }
            Ok(
                Progress::ChoiceRequired { session, .. }
                | Progress::NewPasswordRequired { session, .. }
                | Progress::SoftwareTokenRequired { session, .. }
                | Progress::EmailCodeRequired { session, .. }
                | Progress::FactorChoiceRequired { session, .. }
                | Progress::SetUpRequired { session, .. },
            ) => session,
            Ok(Progress::ProofRequired(challenge)) => Secret::new(challenge.secret_block),
            Ok(other) => panic!("{other:?}"),
            Err(UserPoolError::Store(error)) => panic!("{error:?}"),
            Err(_) => return,
        };
        self.sessions.push(session);
    }

    fn password(&self) -> &'static str {
        if self.powers.knows_password {
            self.password
        } else {
            WRONG
        }
    }

    fn token(&self) -> String {
        let known = self.authenticator.as_ref();
        let known = known.filter(|_| self.powers.has_authenticator);
        match known.or(self.own.last()) {
            Some(authenticator) => authenticator.code(self.pool),
            None => "000000".to_owned(),
        }
    }

    /// The last code sent to the address, for whoever can read it.
    fn email_code(&self) -> String {
        let inbox = self.pool.pool.inbox().unwrap();
        let last = inbox
            .iter()
            .find(|message| message.to.as_str() == self.name)
            .filter(|_| self.powers.reads_mail);
        last.map_or_else(
            || "x".to_owned(),
            |message| message.code.expose().to_owned(),
        )
    }

    async fn take(&mut self, act: Act) {
        let (pool, name, client) = (&self.pool.pool, self.name, WEB);
        let progress = match act {
            Act::Password => {
                pool.sign_in_with_password(client, name, self.password())
                    .await
            }
            Act::Proof => {
                let client = SrpClient::new(b"a");
                let challenge = pool.begin_srp(WEB, name, &client.public()).await.unwrap();
                let proof = client.prove(&challenge, self.password());
                self.pool.answer(name, &challenge, &proof).await
            }
            Act::AskForChoice => pool.begin_choice(client, name, None).await,
            Act::EmailFirst => {
                let choice = Some(Choice::EmailCode);
                pool.begin_choice(client, name, choice).await
            }
            Act::ChoosePassword(at) => {
                let Some(session) = self.session(at) else {
                    return;
                };
                let choice = Choice::Password(self.password());
                pool.choose_first_factor(client, name, session, choice)
                    .await
            }
            Act::ChooseEmail(at) => {
                let Some(session) = self.session(at) else {
                    return;
                };
                let choice = Choice::EmailCode;
                pool.choose_first_factor(client, name, session, choice)
                    .await
            }
            Act::NewPassword(at) => {
                let Some(session) = self.session(at) else {
                    return;
                };
                let chosen = pool.choose_password(client, name, session, NEW, &[]).await;
                if chosen.is_ok() {
                    self.password = NEW;
                }
                chosen
            }
            Act::Token(at) => {
                let Some(session) = self.session(at) else {
                    return;
                };
                let code = self.token();
                pool.answer_software_token(client, name, session, &code)
                    .await
            }
            Act::EmailCode(at) => {
                let Some(session) = self.session(at) else {
                    return;
                };
                let code = self.email_code();
                pool.answer_email_code(client, name, session, &code).await
            }
            Act::Select(at, token) => {
                let Some(session) = self.session(at) else {
                    return;
                };
                let factor = if token {
                    Factor::SoftwareToken
                } else {
                    Factor::Email
                };
                pool.choose_second_factor(client, name, session, factor)
                    .await
            }
            Act::Associate(at) => {
                let Some(session) = self.session(at) else {
                    return;
                };
                if let Ok(association) = pool.associate_software_token_at_sign_in(session) {
                    let own = Authenticator::new(association.secret_code.expose());
                    self.own.push(own);
                    self.sessions.extend(association.session);
                }
                return;
            }
            Act::Verify(at) => {
                let Some(session) = self.session(at) else {
                    return;
                };
                let code = self.token();
                let verified = pool.verify_software_token_at_sign_in(session, &code, None);
                self.sessions.extend(verified.await.ok());
                return;
            }
            Act::SetUp(at) => {
                let Some(session) = self.session(at) else {
                    return;
                };
                pool.answer_set_up(client, name, session).await
            }
            Act::Wait => {
                self.pool.data.wait(30);
                return;
            }
        };
        self.note(progress);
    }
}

/// Makes the account, with its authenticator if it has one.
async fn account(pool: &Pool, name: &str, account: Account) -> Option<Authenticator> {
    let password = Secret::new(PASSWORD);
    let verified = ("email_verified".to_owned(), "true".to_owned());
    let new = NewUser {
        username: name,
        temporary_password: Some(&password),
        attributes: &[verified],
        is_invited: false,
    };
    pool.pool.admin_create_user(new).await.unwrap();
    pool.pool
        .admin_set_user_password(name, PASSWORD, true)
        .await
        .unwrap();
    let on = |is_enabled| {
        Some(Preference {
            is_enabled,
            is_preferred: false,
        })
    };
    let mut authenticator = None;
    if account.uses_authenticator {
        let access = own_tokens(pool, name).await;
        let access = access.expose();
        let association = pool.pool.associate_software_token(access).await.unwrap();
        let set_up = Authenticator::new(association.secret_code.expose());
        let code = set_up.code(pool);
        let verified = pool.pool.verify_software_token(access, &code, None);
        verified.await.unwrap();
        authenticator = Some(set_up);
    }
    let preferences = MfaPreferences {
        software_token: on(account.uses_authenticator),
        email: on(account.uses_email),
    };
    let chosen = pool.pool.admin_set_mfa_preference(name, preferences).await;
    chosen.unwrap();
    if account.has_temporary_password {
        pool.pool
            .admin_set_user_password(name, PASSWORD, false)
            .await
            .unwrap();
    }
    authenticator
}

/// An access token of the account's owner, who has set up nothing but a code to the address.
async fn own_tokens(pool: &Pool, name: &str) -> Secret {
    let progress = pool.pool.sign_in_with_password(WEB, name, PASSWORD).await;
    match progress.unwrap() {
        Progress::SignedIn(tokens) => tokens.access,
        Progress::SetUpRequired { session, .. } => panic!("{session:?}"),
        Progress::EmailCodeRequired { session, .. } => {
            let code = pool.last_code();
            let answered = pool
                .pool
                .answer_email_code(WEB, name, session.expose(), &code)
                .await;
            signed_in(answered.unwrap()).access
        }
        other => panic!("{other:?}"),
    }
}

/// Whether somebody with these powers has what this account's sign-in asks for.
fn may_get_in(requirement: MfaRequirement, account: Account, powers: Powers) -> bool {
    let (token, email) = match requirement {
        MfaRequirement::Off => (false, false),
        MfaRequirement::Optional => (account.uses_authenticator, account.uses_email),
        // The address is verified: it is a factor whether it was chosen or not.
        MfaRequirement::On => (account.uses_authenticator, true),
    };
    let needs_second = token || email;
    let has_second = token && powers.has_authenticator || email && powers.reads_mail;
    let by_password = powers.knows_password && (!needs_second || has_second);
    // A temporary password is no account that a code signs in to.
    let by_code = powers.reads_mail && !needs_second && !account.has_temporary_password;
    by_password || by_code
}

#[test]
fn nobody_gets_in_without_every_factor() {
    let runtime = Runtime::new().unwrap();
    let pools = [
        MfaRequirement::Off,
        MfaRequirement::Optional,
        MfaRequirement::On,
    ]
    .map(|requirement| {
        let pool = Pool::with(|settings| {
            settings.mfa = MfaSettings {
                requirement,
                software_token: true,
                email: true,
            };
            settings.allows_email_sign_in = true;
        });
        (requirement, pool)
    });
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::with_cases(96)
    };
    let powers =
        any::<(bool, bool, bool)>().prop_map(|(knows_password, has_authenticator, reads_mail)| {
            Powers {
                knows_password,
                has_authenticator,
                reads_mail,
            }
        });
    let accounts = any::<(bool, bool, bool)>().prop_map(
        |(has_temporary_password, uses_authenticator, uses_email)| Account {
            has_temporary_password,
            uses_authenticator,
            uses_email,
        },
    );
    let number = std::cell::Cell::new(0);
    let acts = prop::collection::vec(any_act(), 1..24);
    proptest!(config, |(which in 0..3_usize, powers in powers, settings in accounts, acts in acts)| {
        let (requirement, pool) = &pools[which];
        // What cannot be set up where there are no second factors is not.
        let is_off = *requirement == MfaRequirement::Off;
        let settings = Account {
            uses_authenticator: settings.uses_authenticator && !is_off,
            uses_email: settings.uses_email && !is_off,
            ..settings
        };
        number.set(number.get() + 1);
        let name = format!("user{}@example.com", number.get());
        let is_in = runtime.block_on(async {
            let authenticator = account(pool, &name, settings).await;
            pool.data.wait(30);
            let mut attempt = Attempt {
                pool,
                name: &name,
                powers,
                password: PASSWORD,
                authenticator,
                own: Vec::new(),
                sessions: Vec::new(),
                is_in: false,
            };
            for act in acts {
                attempt.take(act).await;
            }
            attempt.is_in
        });
        prop_assert!(!is_in || may_get_in(*requirement, settings, powers));
    });
}

/// The machine is not safe by letting nobody in: with every power, the same acts lead to tokens.
#[tokio::test]
async fn somebody_with_every_factor_gets_in() {
    let powers = Powers {
        knows_password: true,
        has_authenticator: true,
        reads_mail: true,
    };
    let settings = Account {
        has_temporary_password: true,
        uses_authenticator: true,
        uses_email: true,
    };
    let pool = Pool::with_factors(MfaRequirement::Optional);
    let name = "alice@example.com";
    let authenticator = account(&pool, name, settings).await;
    pool.data.wait(30);
    let mut attempt = Attempt {
        pool: &pool,
        name,
        powers,
        password: PASSWORD,
        authenticator,
        own: Vec::new(),
        sessions: Vec::new(),
        is_in: false,
    };
    for act in [
        Act::Proof,
        Act::NewPassword(0),
        Act::Select(1, true),
        Act::Token(2),
    ] {
        assert!(!attempt.is_in);
        attempt.take(act).await;
    }
    assert!(attempt.is_in);
    // Through another client, the sessions are worth nothing.
    for session in &attempt.sessions {
        let foreign = AppClient { ..LEGACY };
        let code = attempt.token();
        let refused = pool
            .pool
            .answer_software_token(foreign, name, session.expose(), &code)
            .await;
        assert!(matches!(refused, Err(UserPoolError::InvalidChallenge)));
    }
}
