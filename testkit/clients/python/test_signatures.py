"""Signatures that are not right, each refused, each with its true reason in the decision log."""

import datetime
from unittest import mock
from urllib.parse import quote

import botocore.auth
import pytest
import requests
from botocore.awsrequest import AWSRequest
from conftest import send


def refused(server, answer: requests.Response, reason: str) -> None:
    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})
    decision = server.decisions(answer.headers["x-amzn-requestid"])
    assert decision["decision"] in ("Refused", "ImplicitlyDenied", "ExplicitlyDenied")
    assert reason in decision["reason"], decision["reason"]


def at(moment: datetime.datetime):
    """Signs as if it were `moment`."""
    return mock.patch.object(botocore.auth, "get_current_datetime", lambda *_, **__: moment)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def test_unsigned(server):
    refused(server, requests.get(f"{server.outputs['Api']}/notes", timeout=10), "is not signed")


@pytest.mark.parametrize("change", ["SecretKey", "SessionToken", "AccessKeyId"])
def test_wrong_parts_of_the_credentials(server, alice, change):
    right = alice.credentials[change]
    credentials = alice.credentials | {change: right[:-1] + ("y" if right.endswith("x") else "x")}
    reasons = {"SecretKey": "signature does not match", "SessionToken": "session token", "AccessKeyId": "access key"}
    refused(server, alice.call("GET", "/notes", credentials=credentials), reasons[change])


def test_a_missing_session_token(server, alice):
    credentials = {name: value for name, value in alice.credentials.items() if name != "SessionToken"}
    refused(server, alice.call("GET", "/notes", credentials=credentials), "session token")


@pytest.mark.parametrize("minutes", [-16, 16, -60 * 24])
def test_the_clock(server, alice, minutes):
    with at(now() + datetime.timedelta(minutes=minutes)):
        request = alice.signed("GET", "/notes")
    refused(server, send(request), " s off")


@pytest.mark.parametrize("minutes", [-14, 14])
def test_the_clock_may_be_a_little_off(alice, minutes):
    with at(now() + datetime.timedelta(minutes=minutes)):
        request = alice.signed("GET", "/notes")
    assert send(request).status_code == 200


@pytest.mark.parametrize("part", ["body", "path", "query", "header", "method"])
def test_tampering(server, alice, part):
    request: AWSRequest = alice.signed("POST", "/notes?limit=1", b'{"content": "signed"}', {"X-Amz-Meta": "signed"})
    match part:
        case "body":
            request.data = b'{"content": "forged"}'
        case "path":
            request.url = request.url.replace("/notes", "/notes/0190163d-8694-739b-aea5-966c26f8ad91")
            request.method = "PUT"
        case "query":
            request.url = request.url.replace("limit=1", "limit=2")
        case "header":
            request.headers.replace_header("X-Amz-Meta", "forged")
        case "method":
            request.method = "GET"
    if part in ("method",):
        request.data = b'{"content": "signed"}'
    refused(server, send(request), "signature does not match")


@pytest.mark.parametrize(("scope", "reason"), [({"service": "s3"}, "service"), ({"region": "eu-west-1"}, "region")])
def test_the_scope(server, alice, scope, reason):
    refused(server, alice.call("GET", "/notes", **scope), reason)


def test_an_unsigned_amz_header(server, alice):
    request = alice.signed("GET", "/notes")
    request.headers["x-amz-extra"] = "1"
    refused(server, send(request), "x-amz-extra")


def test_signature_bits(server, alice):
    for mangle in (lambda s: s[:-1], lambda s: s + "0", lambda s: "0" * 64, lambda s: ""):
        request = alice.signed("GET", "/notes")
        head, signature = request.headers["Authorization"].rsplit("=", 1)
        request.headers.replace_header("Authorization", f"{head}={mangle(signature)}")
        answer = send(request)
        assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})


def test_a_stolen_identity_in_headers_is_ignored(alice, bob):
    """What a client says of its identity never counts."""
    headers = {"X-User-Id": alice.identity_id, "X-Amzn-Cognito-Identity-Id": alice.identity_id}
    answer = bob.call("POST", f"/notes?userId={quote(alice.identity_id, safe=str())}", {"content": "x", "userId": alice.identity_id}, headers)
    assert answer.status_code == 201 and answer.json()["userId"] == bob.identity_id


def test_an_allowed_request_is_in_the_log_too(server, alice):
    answer = alice.call("GET", "/notes")
    decision = server.decisions(answer.headers["x-amzn-requestid"])
    assert decision["decision"] == "Allowed"
    assert decision["action"] == "execute-api:Invoke" and decision["resource"].endswith("/$default/GET/notes")
    assert decision["principal"].endswith("/CognitoIdentityCredentials")
