//! How long a signature lasts: presigned queries and sessions.

use super::*;

#[test]
fn sig_18_presigned_requests_are_held_to_their_word() {
    let hour = presigned_for(3600);
    assert_eq!(hour.verify(S3).unwrap().form(), Form::Presigned);
    let end = signed_at() + minutes(60);
    assert!(hour.verify_at(S3, end).is_ok());
    assert_eq!(
        hour.verify_at(S3, end + Duration::from_secs(1))
            .unwrap_err(),
        Refusal::Expired { at: end }
    );
    assert!(hour.verify_at(S3, signed_at() - minutes(15)).is_ok());
    assert_eq!(
        hour.verify_at(S3, signed_at() - minutes(16)).unwrap_err(),
        Refusal::NotYetValid { date: signed_at() }
    );

    let expires = |value: &str| {
        hour.clone()
            .edit_query("Expires=3600", &format!("Expires={value}"))
    };
    for value in ["0", "-1", "abc", "", "%2B5", "1e3"] {
        malformed(&expires(value), S3, Malformation::Expires);
    }
    for (value, seconds) in [
        ("604801", 604_801),
        ("18446744073709551615", u64::MAX),
        ("99999999999999999999999999", u64::MAX),
    ] {
        refused(&expires(value), S3, &Refusal::PresignedTooLong { seconds });
    }
    mismatched(&expires("3601"), S3);
    mismatched(
        &Wire {
            method: "PUT".into(),
            ..hour.clone()
        },
        S3,
    );
    mismatched(
        &Wire {
            path: "/bucket/other".into(),
            ..hour.clone()
        },
        S3,
    );

    let more = |pair: &str| Wire {
        query: format!("{}&{pair}", hour.query),
        ..hour.clone()
    };
    mismatched(&more("versionId=1"), S3);
    mismatched(&more("x-amz-acl=public-read"), S3);
    for repeated in [
        "X-Amz-Expires=604800",
        "x-amz-expires=604800",
        "X%2DAmz-Date=20260102T030405Z",
        "X-AMZ-SIGNATURE=0",
    ] {
        let outcome = more(repeated).verify(S3);
        let is_parameter = matches!(outcome, Err(Refusal::Malformed(Malformation::Parameter(_))));
        assert!(is_parameter, "{repeated}: {outcome:?}");
    }

    let signature = format!("&X-Amz-Signature={}", hour.signature());
    let unsigned = hour.clone().edit_query(&signature, "");
    malformed(
        &unsigned,
        S3,
        Malformation::MissingParameter("X-Amz-Signature"),
    );
    let both = hour
        .clone()
        .with("authorization", &put_object().header("authorization"));
    refused(&both, S3, &Refusal::MultipleAuthentication);

    let idp = Service::COGNITO_IDP;
    let wire = Wire::new("GET", "/").signed(&Signer::presigning(idp, minutes(1)));
    refused(&wire, idp, &Refusal::PresignedNotSupported("cognito-idp"));
}

#[test]
fn sig_18_and_19_a_presigned_request_does_not_outlive_its_session() {
    let signer = Signer::presigning(S3, minutes(7 * 24 * 60)).with_token();
    let wire = Wire::new("GET", KEY).signed(&signer);
    let session_end = signed_at() + minutes(60);
    assert!(wire.verify_session(S3, session_end - minutes(1)).is_ok());
    assert_eq!(
        wire.verify_session(S3, session_end).unwrap_err(),
        Refusal::ExpiredSessionToken
    );
}

#[test]
fn sig_19_a_session_needs_its_own_token_while_it_lasts() {
    let sign = |token: Option<&str>| {
        let mut signer = Signer::new(API);
        signer.token = token.map(Into::into);
        Wire::new("GET", "/notes").signed(&signer)
    };
    let at = |wire: &Wire, now| wire.verify_session(API, now);
    let wire = sign(Some(SESSION_TOKEN));
    assert!(at(&wire, signed_at()).is_ok());
    assert_eq!(
        at(&sign(None), signed_at()).unwrap_err(),
        Refusal::MissingSessionToken
    );
    for other in ["another", &SESSION_TOKEN[1..], &format!("{SESSION_TOKEN}=")] {
        let outcome = at(&sign(Some(other)), signed_at());
        assert_eq!(outcome.unwrap_err(), Refusal::WrongSessionToken);
    }
    refused(&wire, API, &Refusal::WrongSessionToken);

    let late = signed_at() + minutes(60);
    let mut signer = Signer::new(API).with_token();
    signer.at = late;
    let wire = Wire::new("GET", "/notes").signed(&signer);
    assert_eq!(at(&wire, late).unwrap_err(), Refusal::ExpiredSessionToken);
}
