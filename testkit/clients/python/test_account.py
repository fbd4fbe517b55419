"""An account from its own side and from its administrator's: attributes, passwords, and its end."""

import json

import pytest
from botocore.exceptions import ClientError
from conftest import PASSWORD, Person, new_name
from pycognito import Cognito

NEW_PASSWORD = "An0ther-password"


@pytest.fixture
def carol(server) -> Person:
    """Somebody of the test's own, whose account may change."""
    return Person(server, f"carol-{new_name()}")


def idp(person):
    return person.server.client("cognito-idp")


def last_code(person, address=None, purpose=None):
    address = address or person.username
    return next(
        mail["code"]
        for mail in person.server.inbox()
        if mail["to"] == address and purpose in (None, mail["purpose"])
    )


def attributes(person):
    user = idp(person).get_user(AccessToken=person.tokens["AccessToken"])
    return {attribute["Name"]: attribute["Value"] for attribute in user["UserAttributes"]}


def sign_in(person, password, username=None):
    return idp(person).initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=person.server.outputs["UserPoolClient"],
        AuthParameters={"USERNAME": username or person.username, "PASSWORD": password},
    )["AuthenticationResult"]


def refusal(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def by_pycognito(person):
    user = Cognito(
        person.server.outputs["UserPool"],
        person.server.outputs["UserPoolClient"],
        username=person.username,
        access_token=person.tokens["AccessToken"],
        id_token=person.tokens["IdToken"],
        refresh_token=person.tokens["RefreshToken"],
    )
    user.client = idp(person)
    return user


def test_attributes_by_boto3(carol):
    client, token = idp(carol), carol.tokens["AccessToken"]
    changed = client.update_user_attributes(
        AccessToken=token,
        UserAttributes=[{"Name": "name", "Value": "Carol"}, {"Name": "locale", "Value": "de"}],
    )
    assert changed["CodeDeliveryDetailsList"] == []
    client.delete_user_attributes(AccessToken=token, UserAttributeNames=["locale"])
    now = attributes(carol)
    assert now["name"] == "Carol" and "locale" not in now
    for name, code in [
        ("email_verified", "NotAuthorizedException"),
        ("sub", "NotAuthorizedException"),
        ("custom:tenant", "InvalidParameterException"),
    ]:
        change = [{"Name": name, "Value": "true"}]
        assert refusal(client.update_user_attributes, AccessToken=token, UserAttributes=change) == code


def test_a_changed_address_by_pycognito(carol):
    user, new = by_pycognito(carol), new_name()
    user.update_profile({"email": new}, {})
    assert attributes(carol)["email_verified"] == "false"
    user.send_verification("email")
    user.validate_verification(last_code(carol, new, "verification"), "email")
    now = attributes(carol)
    assert (now["email"], now["email_verified"]) == (new, "true")
    assert sign_in(carol, PASSWORD, username=new)
    assert refusal(lambda: sign_in(carol, PASSWORD)) == "NotAuthorizedException"


def test_a_password_changed_by_pycognito(carol):
    kept = carol.tokens
    carol.sign_in()
    user = by_pycognito(carol)
    user.change_password(PASSWORD, NEW_PASSWORD)
    assert sign_in(carol, NEW_PASSWORD)
    assert refusal(lambda: sign_in(carol, PASSWORD)) == "NotAuthorizedException"
    # The other session has ended; the one that changed the password has not.
    assert refusal(idp(carol).get_user, AccessToken=kept["AccessToken"]) == "NotAuthorizedException"
    assert attributes(carol)["email"] == carol.username


def test_a_forgotten_password_by_pycognito(carol):
    user = by_pycognito(carol)
    user.initiate_forgot_password()
    code = last_code(carol, purpose="password-reset")
    user.confirm_forgot_password(code, NEW_PASSWORD)
    assert sign_in(carol, NEW_PASSWORD)
    assert refusal(lambda: user.confirm_forgot_password(code, PASSWORD)) == "CodeMismatchException"
    assert refusal(idp(carol).get_user, AccessToken=carol.tokens["AccessToken"]) == "NotAuthorizedException"


def test_nobody_learns_who_can_reset_a_password(server, carol):
    client, client_id = idp(carol), server.outputs["UserPoolClient"]
    unconfirmed, unknown = new_name(), new_name()
    client.sign_up(ClientId=client_id, Username=unconfirmed, Password=PASSWORD)
    for name in (carol.username, unconfirmed, unknown):
        details = client.forgot_password(ClientId=client_id, Username=name)["CodeDeliveryDetails"]
        assert details == {
            "Destination": f"{name[0]}***@e***",
            "DeliveryMedium": "EMAIL",
            "AttributeName": "email",
        }
        refused = [
            refusal(
                client.confirm_forgot_password,
                ClientId=client_id,
                Username=name,
                ConfirmationCode="guess",
                Password=NEW_PASSWORD,
            )
            for _ in range(6)
        ]
        assert refused == ["CodeMismatchException"] * 5 + ["LimitExceededException"]


def test_an_administrator_by_the_cli(server, carol):
    pool = ["--user-pool-id", server.outputs["UserPool"]]
    name = [*pool, "--username", carol.username]

    def cli(*arguments):
        done = server.cli("cognito-idp", *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else {}

    cli("admin-update-user-attributes", *name, "--user-attributes", "Name=family_name,Value=Reddy")
    found = cli("list-users", *pool, "--filter", f'email = "{carol.username}"')["Users"]
    assert [user["Username"] for user in found] == [attributes(carol)["sub"]]
    cli("admin-delete-user-attributes", *name, "--user-attribute-names", "family_name")
    assert "family_name" not in attributes(carol)
    prefix = carol.username[:12]
    found = cli("list-users", *pool, "--filter", f'email ^= "{prefix}"', "--attributes-to-get", "email")
    assert [user["Attributes"] for user in found["Users"]] == [[{"Name": "email", "Value": carol.username}]]

    cli("admin-reset-user-password", *name)
    assert cli("admin-get-user", *name)["UserStatus"] == "RESET_REQUIRED"
    assert refusal(lambda: sign_in(carol, PASSWORD)) == "PasswordResetRequiredException"
    cli(
        "confirm-forgot-password", "--client-id", server.outputs["UserPoolClient"], "--username", carol.username,
        "--confirmation-code", last_code(carol), "--password", NEW_PASSWORD,
    )  # fmt: skip
    assert sign_in(carol, NEW_PASSWORD)
    refused = server.cli("cognito-idp", "list-users", *pool, "--filter", 'locale = "de"')
    assert refused.returncode != 0 and "InvalidParameterException" in refused.stderr


def test_nobody_else_signs_in_for_people(server, carol):
    # The template's client is for people: a server's flow is not switched on, whoever asks.
    admin = server.client("cognito-idp", server.admin_credentials(), signature_version="v4")
    asked = {
        "UserPoolId": server.outputs["UserPool"],
        "ClientId": server.outputs["UserPoolClient"],
        "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": carol.username, "PASSWORD": PASSWORD},
    }
    assert refusal(admin.admin_initiate_auth, **asked) == "InvalidParameterException"
    person = server.client("cognito-idp", carol.credentials, signature_version="v4")
    assert refusal(person.admin_initiate_auth, **asked) == "AccessDeniedException"


def test_an_account_ends(carol):
    client, token = idp(carol), carol.tokens["AccessToken"]
    client.delete_user(AccessToken=token)
    assert refusal(client.get_user, AccessToken=token) == "UserNotFoundException"
    assert refusal(lambda: sign_in(carol, PASSWORD)) == "NotAuthorizedException"
    # The address is free, and whoever has it next is somebody else.
    again = Person(carol.server, carol.username)
    assert again.identity_id != carol.identity_id
