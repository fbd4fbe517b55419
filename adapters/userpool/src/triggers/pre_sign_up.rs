//! `PreSignUp`: refuses a user, or confirms one without a code.

use serde_json::{Map, Value, json};

use super::{TriggerFailure, event::with_metadata, response};

/// What the function has decided of a new user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PreSignUp {
    pub(crate) confirms: bool,
    pub(crate) verifies_email: bool,
    pub(crate) verifies_phone: bool,
}

impl PreSignUp {
    /// The event's `request`.
    pub(crate) fn request(
        attributes: &[(String, String)],
        validation: &Map<String, Value>,
        metadata: &Map<String, Value>,
    ) -> Value {
        let attributes: Map<_, _> = attributes
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        let validation = (!validation.is_empty()).then(|| validation.clone());
        let request = json!({ "userAttributes": attributes, "validationData": validation });
        with_metadata(request, metadata)
    }

    /// The event's `response`, which the function changes.
    pub(crate) fn response() -> Value {
        json!({ "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false })
    }

    /// What the function has answered. Whom it does not confirm, it does not verify either.
    pub(crate) fn read(answer: &Value) -> Result<Self, TriggerFailure> {
        let says = |name: &str| match response(answer, name)? {
            None => Ok(false),
            Some(Value::Bool(says)) => Ok(*says),
            Some(_) => Err(TriggerFailure::member(
                &format!("response.{name}"),
                "true or false",
            )),
        };
        let (confirms, email, phone) = (
            says("autoConfirmUser")?,
            says("autoVerifyEmail")?,
            says("autoVerifyPhone")?,
        );
        Ok(Self {
            confirms,
            verifies_email: email && confirms,
            verifies_phone: phone && confirms,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_false_and_what_is_no_answer_is_refused() {
        for answer in [
            json!({}),
            json!({ "response": null }),
            json!({ "response": {} }),
        ] {
            assert_eq!(PreSignUp::read(&answer), Ok(PreSignUp::default()));
        }
        let answer = json!({ "response": { "autoConfirmUser": true, "autoVerifyEmail": true } });
        let read = PreSignUp::read(&answer).unwrap();
        assert!(read.confirms && read.verifies_email && !read.verifies_phone);
        for answer in [
            json!({ "response": [] }),
            json!({ "response": { "autoConfirmUser": "true" } }),
            json!({ "response": { "autoVerifyPhone": 1 } }),
        ] {
            let refused = PreSignUp::read(&answer);
            assert!(
                matches!(refused, Err(TriggerFailure::InvalidAnswer(_))),
                "{answer}"
            );
        }
    }
}
