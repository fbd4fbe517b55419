"""From a login to temporary credentials, and what is refused on the way."""

import datetime
import json

import jwt
import pytest
from botocore.exceptions import ClientError
from conftest import REGION, Person, new_name


def refusal(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


@pytest.fixture
def identity(server):
    return server.client("cognito-identity")


@pytest.fixture
def pool(server):
    return server.outputs["IdentityPool"]


def test_the_identity_is_stable_and_not_the_sub(identity, pool, alice):
    claims = jwt.decode(alice.tokens["IdToken"], options={"verify_signature": False})
    for _ in range(3):
        assert identity.get_id(IdentityPoolId=pool, Logins=alice.logins)["IdentityId"] == alice.identity_id
    region, uuid = alice.identity_id.split(":")
    assert region == REGION and len(uuid) == 36 and uuid != claims["sub"]


def test_credentials_are_the_auth_roles(server, alice):
    credentials = alice.credentials
    assert credentials["AccessKeyId"].startswith("ASIA")
    left = credentials["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(minutes=50) < left <= datetime.timedelta(hours=1)
    arn = json.loads(alice.cli("sts", "get-caller-identity").stdout)["Arn"]
    role = server.outputs["AuthRoleArn"].rsplit("/", 1)[1]
    assert arn == f"arn:aws:sts::000000000000:assumed-role/{role}/CognitoIdentityCredentials"


def test_the_administrator_is_a_user(server):
    answer = json.loads(server.cli("sts", "get-caller-identity").stdout)
    assert answer["Account"] == "000000000000" and answer["Arn"].startswith("arn:aws:iam::000000000000:")


def test_other_peoples_identities_are_refused(identity, pool, alice, bob):
    assert refusal(identity.get_credentials_for_identity, IdentityId=alice.identity_id, Logins=bob.logins) == "NotAuthorizedException"
    assert refusal(identity.get_credentials_for_identity, IdentityId=alice.identity_id) == "NotAuthorizedException"
    assert refusal(identity.get_id, IdentityPoolId=pool) == "NotAuthorizedException"


def test_forged_and_foreign_tokens_are_refused(identity, pool, server, alice):
    provider = f"cognito-idp.{REGION}.amazonaws.com/{server.outputs['UserPool']}"
    head, body, signature = alice.tokens["IdToken"].split(".")
    claims = jwt.decode(alice.tokens["IdToken"], options={"verify_signature": False})
    flipped = ("A" if signature[10] != "A" else "B").join([signature[:10], signature[11:]])
    bad = {
        "signature": f"{head}.{body}.{flipped}",
        "none": jwt.encode(claims, None, algorithm="none"),
        "hmac": jwt.encode(claims, "secret-of-at-least-thirty-two-bytes!", algorithm="HS256"),
        "access token": alice.tokens["AccessToken"],
        "garbage": "garbage",
    }
    for name, token in bad.items():
        assert refusal(identity.get_id, IdentityPoolId=pool, Logins={provider: token}) == "NotAuthorizedException", name
        got = refusal(identity.get_credentials_for_identity, IdentityId=alice.identity_id, Logins={provider: token})
        assert got == "NotAuthorizedException", name
    for other in ("cognito-idp.us-east-1.amazonaws.com/us-east-1_Unknown00", "accounts.google.com", "graph.facebook.com"):
        got = refusal(identity.get_id, IdentityPoolId=pool, Logins={other: alice.tokens["IdToken"]})
        assert got in ("NotAuthorizedException", "InvalidParameterException"), other


def test_tokens_of_another_pool_are_refused(identity, pool, fresh_server):
    stranger = Person(fresh_server, new_name())
    assert refusal(identity.get_id, IdentityPoolId=pool, Logins=stranger.logins) == "NotAuthorizedException"


def test_unknown_pools_and_identities(identity, alice):
    missing = "us-east-1:00000000-0000-4000-8000-000000000000"
    assert refusal(identity.get_id, IdentityPoolId=missing, Logins=alice.logins) == "ResourceNotFoundException"
    got = refusal(identity.get_credentials_for_identity, IdentityId=missing, Logins=alice.logins)
    assert got in ("ResourceNotFoundException", "NotAuthorizedException")
