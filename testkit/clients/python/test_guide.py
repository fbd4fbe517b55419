"""The guide's own commands, as written."""

import json

import pytest
from conftest import PASSWORD, REGION, new_name


@pytest.fixture
def name():
    return f"admin-{new_name()}"


def sign_up(server, name, *extra):
    client = server.outputs["UserPoolClient"]
    return server.cli(
        "cognito-idp", "sign-up", "--region", REGION, "--client-id", client, "--username", name, "--password", PASSWORD, *extra
    )


def admin_confirm(server, name, *extra):
    pool = server.outputs["UserPool"]
    return server.cli(
        "cognito-idp", "admin-confirm-sign-up", "--region", REGION, "--user-pool-id", pool, "--username", name, *extra
    )


def test_sign_up_sends_a_code_that_confirms(server, name):
    answer = json.loads(sign_up(server, name, "--no-sign-request").stdout)
    assert answer["UserConfirmed"] is False
    assert len(answer["UserSub"]) == 36
    delivery = answer["CodeDeliveryDetails"]
    assert delivery["DeliveryMedium"] == "EMAIL" and delivery["AttributeName"] == "email"
    assert delivery["Destination"] == "a***@e***"

    mail = next(mail for mail in server.inbox() if mail["to"] == name)
    assert len(mail["code"]) == 6 and mail["code"].isdigit()
    confirm = ["cognito-idp", "confirm-sign-up", "--client-id", server.outputs["UserPoolClient"], "--username", name]
    wrong = "000000" if mail["code"] != "000000" else "000001"
    refused = server.cli(*confirm, "--confirmation-code", wrong)
    assert "(CodeMismatchException)" in refused.stderr
    assert server.cli(*confirm, "--confirmation-code", mail["code"]).returncode == 0
    again = sign_up(server, name)
    assert "(UsernameExistsException)" in again.stderr


def test_a_weak_password_is_refused(server, name):
    refused = server.cli(
        "cognito-idp", "sign-up", "--client-id", server.outputs["UserPoolClient"], "--username", name, "--password", "password"
    )
    assert "(InvalidPasswordException)" in refused.stderr
    assert "Password did not conform with policy" in refused.stderr


def test_the_administrator_confirms(server, name):
    sign_up(server, name)
    done = admin_confirm(server, name)
    assert (done.returncode, done.stderr) == (0, "")
    # With the profile that the contract names, too; the user is confirmed by now.
    assert "(NotAuthorizedException)" in admin_confirm(server, name, "--profile", "notewarden").stderr


def test_nobody_else_confirms(server, name, alice):
    sign_up(server, name)
    unsigned = admin_confirm(server, name, "--no-sign-request")
    assert "(MissingAuthenticationTokenException)" in unsigned.stderr or "(MissingAuthenticationToken)" in unsigned.stderr
    as_user = alice.cli(
        "cognito-idp", "admin-confirm-sign-up", "--user-pool-id", server.outputs["UserPool"], "--username", name
    )
    assert "(AccessDeniedException)" in as_user.stderr
    assert "is not authorized to perform: cognito-idp:AdminConfirmSignUp" in as_user.stderr


def test_codes_are_random(server):
    codes = set()
    for _ in range(5):
        name = new_name()
        sign_up(server, name)
        codes.add(next(mail["code"] for mail in server.inbox() if mail["to"] == name))
    assert len(codes) >= 4
