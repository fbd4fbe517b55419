//! Whom the pool calls: the functions of its owner, and whoever carries its e-mails.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{UserPool, UserPoolError};
use crate::{
    groups::GroupClaims,
    inbox::Message,
    mail::{Mail, Mailer},
    tokens::SELF_SERVICE_SCOPE,
    triggers::{self, Event, EventVersion, PreSignUp, Source, TokenChanges, Trigger, TriggerHost},
    users::User,
};

/// Whom the pool calls; nobody, unless it is told.
#[derive(Clone, Default)]
pub(super) struct Outbound {
    triggers: Option<Arc<dyn TriggerHost>>,
    mailer: Option<Arc<dyn Mailer>>,
}

/// What a client has said that only functions read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientData {
    /// `ValidationData`: for the function that is asked before a sign-up.
    pub validation: Map<String, Value>,
    /// `ClientMetadata`: for every function.
    pub metadata: Map<String, Value>,
}

impl UserPool {
    /// The pool with functions that `triggers` calls.
    #[must_use]
    pub fn with_triggers(mut self, triggers: Arc<dyn TriggerHost>) -> Self {
        self.outbound.triggers = Some(triggers);
        self
    }

    /// The pool that sends its messages by `mailer`, and keeps none in the inbox.
    #[must_use]
    pub fn with_mailer(mut self, mailer: Arc<dyn Mailer>) -> Self {
        self.outbound.mailer = Some(mailer);
        self
    }

    /// Whether messages are kept in the inbox.
    pub(super) const fn has_inbox(&self) -> bool {
        self.outbound.mailer.is_none()
    }

    /// Sends `message`, which is on its way when this answers.
    pub(super) async fn deliver(&self, message: &Message) -> Result<(), UserPoolError> {
        (self.shared.on_message)(message);
        if let Some(mailer) = &self.outbound.mailer {
            mailer.send(Mail::from(message)).await?;
        }
        Ok(())
    }

    /// Sends `message` to somebody whose existence whoever asked must not learn from how long it takes, or from
    /// whether it goes well.
    pub(super) fn deliver_unseen(&self, message: &Message) {
        (self.shared.on_message)(message);
        if let Some(mailer) = self.outbound.mailer.clone() {
            let mail = Mail::from(message);
            tokio::spawn(async move {
                // The mailer has logged why not; the user can ask for another.
                _ = mailer.send(mail).await;
            });
        }
    }

    /// What the owner's function says of `user`, who is about to be made.
    pub(super) async fn before_sign_up(
        &self,
        source: Source,
        client_id: Option<&str>,
        user: &User,
        data: &ClientData,
    ) -> Result<PreSignUp, UserPoolError> {
        let mut attributes = user.attributes_with_email();
        if source == Source::SignUp {
            // Nobody has said so yet.
            attributes.retain(|(name, _)| name != "email_verified");
        }
        let request = PreSignUp::request(&attributes, &data.validation, &data.metadata);
        let call = Call {
            trigger: Trigger::PreSignUp,
            source,
            client_id,
            user,
        };
        let answer = self
            .call(call, |_| (request, PreSignUp::response()))
            .await?;
        answer.map_or_else(
            || Ok(PreSignUp::default()),
            |(_, answer)| {
                let read = PreSignUp::read(&answer);
                read.map_err(|failure| failed(Trigger::PreSignUp, failure))
            },
        )
    }

    /// Tells the owner's function that `user` was confirmed.
    pub(super) async fn after_confirmation(
        &self,
        source: Source,
        client_id: Option<&str>,
        user: &User,
        metadata: &Map<String, Value>,
    ) -> Result<(), UserPoolError> {
        let call = Call {
            trigger: Trigger::PostConfirmation,
            source,
            client_id,
            user,
        };
        let request = |_| {
            (
                triggers::confirmed(user, metadata),
                Value::Object(Map::new()),
            )
        };
        self.call(call, request).await.map(drop)
    }

    /// What the owner's function changes in the tokens of `user`, who is in `groups`.
    pub(super) async fn before_tokens(
        &self,
        source: Source,
        client_id: &str,
        user: &User,
        groups: &GroupClaims,
    ) -> Result<TokenChanges, UserPoolError> {
        const TRIGGER: Trigger = Trigger::PreTokenGeneration;
        let call = Call {
            trigger: TRIGGER,
            source,
            client_id: Some(client_id),
            user,
        };
        let request = |version| {
            let request =
                TokenChanges::request(version, user, groups, SELF_SERVICE_SCOPE, &Map::new());
            (request, TokenChanges::response(version))
        };
        match self.call(call, request).await? {
            None => Ok(TokenChanges::default()),
            Some((version, answer)) => {
                let read = TokenChanges::read(version, &answer);
                read.map_err(|failure| failed(TRIGGER, failure))
            }
        }
    }

    /// What the function for `call` answers to the `request` and empty response that are made for its version; none
    /// if there is no function.
    async fn call(
        &self,
        call: Call<'_>,
        request: impl FnOnce(EventVersion) -> (Value, Value),
    ) -> Result<Option<(EventVersion, Value)>, UserPoolError> {
        let Some(host) = &self.outbound.triggers else {
            return Ok(None);
        };
        let Some(version) = host.version(call.trigger) else {
            return Ok(None);
        };
        let settings = &self.shared.settings;
        let (request, response) = request(version);
        let event = Event {
            version,
            source: call.source,
            region: settings.region(),
            pool_id: &settings.id,
            user_id: call.user.id,
            client_id: call.client_id,
        };
        let answer = host.call(call.trigger, event.to_json(&request, &response));
        let answer = answer
            .await
            .map_err(|failure| failed(call.trigger, failure))?;
        Ok(Some((version, answer)))
    }
}

/// What a function is called for.
struct Call<'a> {
    trigger: Trigger,
    source: Source,
    client_id: Option<&'a str>,
    user: &'a User,
}

const fn failed(trigger: Trigger, failure: triggers::TriggerFailure) -> UserPoolError {
    UserPoolError::Trigger { trigger, failure }
}
