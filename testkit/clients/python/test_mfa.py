"""An authenticator as the second factor: set up, chosen, shown, and never twice."""

import base64
import hashlib
import hmac
import struct
import time

import pytest
from botocore.exceptions import ClientError
from conftest import PASSWORD, REGION, Person, new_name
from pycognito import Cognito
from pycognito.exceptions import SoftwareTokenMFAChallengeException


class Authenticator:
    """RFC 6238 with the secret that was scanned."""

    def __init__(self, secret: str):
        self.key = base64.b32decode(secret)

    def code(self, later: int = 0) -> str:
        """The code of now, or of so many steps later: clocks may be a step ahead."""
        digest = hmac.new(self.key, struct.pack(">Q", int(time.time()) // 30 + later), hashlib.sha1).digest()
        offset = digest[-1] & 15
        number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
        return f"{number % 1_000_000:06}"


def refusal(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def begin(person):
    return person.server.client("cognito-idp").initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=person.server.outputs["UserPoolClient"],
        AuthParameters={"USERNAME": person.username, "PASSWORD": PASSWORD},
    )


def answer(person, asked, code):
    return person.server.client("cognito-idp").respond_to_auth_challenge(
        ClientId=person.server.outputs["UserPoolClient"],
        ChallengeName="SOFTWARE_TOKEN_MFA",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": person.username, "SOFTWARE_TOKEN_MFA_CODE": code},
    )


@pytest.fixture
def dave(server) -> Person:
    """Somebody who has an authenticator, and whose last code is of now."""
    person = Person(server, f"dave-{new_name()}")
    client, token = server.client("cognito-idp"), person.tokens["AccessToken"]
    secret = client.associate_software_token(AccessToken=token)["SecretCode"]
    person.authenticator = Authenticator(secret)
    wrong = {"AccessToken": token, "UserCode": person.authenticator.code(later=1000)}
    assert refusal(client.verify_software_token, **wrong) == "EnableSoftwareTokenMFAException"
    person.used = person.authenticator.code()
    verified = client.verify_software_token(AccessToken=token, UserCode=person.used, FriendlyDeviceName="phone")
    assert verified["Status"] == "SUCCESS"
    # It is asked for once it is chosen, and not before.
    assert "AuthenticationResult" in begin(person)
    client.set_user_mfa_preference(
        AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    return person


def test_a_code_is_asked_for_after_the_password(server, dave):
    asked = begin(dave)
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert asked["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"] == "phone"
    assert refusal(answer, person=dave, asked=asked, code="000000") == "CodeMismatchException"
    assert refusal(answer, person=dave, asked=asked, code=dave.used) == "ExpiredCodeException"
    code = dave.authenticator.code(later=1)
    assert "IdToken" in answer(dave, asked, code)["AuthenticationResult"]
    # Neither the challenge nor the code once more.
    assert refusal(answer, person=dave, asked=asked, code=code) in ("NotAuthorizedException", "ExpiredCodeException")
    assert refusal(answer, person=dave, asked=begin(dave), code=code) == "ExpiredCodeException"


def test_another_persons_session_is_refused(server, dave, bob):
    asked = begin(dave)
    stolen = {
        "ClientId": server.outputs["UserPoolClient"],
        "ChallengeName": "SOFTWARE_TOKEN_MFA",
        "Session": asked["Session"],
        "ChallengeResponses": {
            "USERNAME": bob.username,
            "SOFTWARE_TOKEN_MFA_CODE": dave.authenticator.code(later=1),
        },
    }
    client = server.client("cognito-idp")
    assert refusal(client.respond_to_auth_challenge, **stolen) == "NotAuthorizedException"


def test_srp_and_the_code_by_pycognito(server, dave, monkeypatch):
    user = Cognito(server.outputs["UserPool"], server.outputs["UserPoolClient"], username=dave.username)
    user.client = server.client("cognito-idp")
    # The keys are the server's, and the tokens' issuer is AWS by its name.
    monkeypatch.setattr(Cognito, "user_pool_url", f"{server.endpoint}/{server.outputs['UserPool']}")
    user.get_keys()
    issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{server.outputs['UserPool']}"
    monkeypatch.setattr(Cognito, "user_pool_url", issuer)
    with pytest.raises(SoftwareTokenMFAChallengeException) as asked:
        user.authenticate(PASSWORD)
    user.respond_to_software_token_mfa_challenge(dave.authenticator.code(later=1), asked.value.get_tokens())
    assert user.client.get_user(AccessToken=user.access_token)["PreferredMfaSetting"] == "SOFTWARE_TOKEN_MFA"


def test_guesses_are_few(server, dave):
    refused = []
    while "TooManyRequestsException" not in refused:
        refused.append(refusal(answer, person=dave, asked=begin(dave), code="000000"))
    assert len(refused) > 5 and set(refused[:-1]) == {"CodeMismatchException"}


def test_an_administrator_helps_who_has_lost_the_phone(server, dave):
    arguments = [
        "--user-pool-id", server.outputs["UserPool"], "--username", dave.username,
        "--software-token-mfa-settings", "Enabled=false",
    ]  # fmt: skip
    done = server.cli("cognito-idp", "admin-set-user-mfa-preference", *arguments)
    assert done.returncode == 0, done.stderr
    assert "AuthenticationResult" in begin(dave)


def test_what_is_not_served_says_so(server, dave):
    client, token = server.client("cognito-idp"), dave.tokens["AccessToken"]
    for settings in ("SMSMfaSettings", "EmailMfaSettings"):
        chosen = {"AccessToken": token, settings: {"Enabled": True}}
        assert refusal(client.set_user_mfa_preference, **chosen) == "InvalidParameterException"
    sms = {"AccessToken": token, "MFAOptions": []}
    assert refusal(client.set_user_settings, **sms) == "UnsupportedOperationException"
    factors = client.get_user_auth_factors(AccessToken=token)
    assert factors["ConfiguredUserAuthFactors"] == ["PASSWORD"]
    assert factors["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
