"""Signing in: SRP by pycognito, passwords by boto3, tokens against the JWKS."""

import time

import jwt
import pytest
from botocore.exceptions import ClientError
from conftest import PASSWORD, REGION, Person, new_name
from pycognito import Cognito
from pycognito.aws_srp import AWSSRP


def srp(server, username, password):
    client = server.client("cognito-idp")
    return AWSSRP(
        username=username,
        password=password,
        pool_id=server.outputs["UserPool"],
        client_id=server.outputs["UserPoolClient"],
        client=client,
    ).authenticate_user()


def verified(server, token, **options):
    keys = jwt.PyJWKClient(f"{server.endpoint}/{server.outputs['UserPool']}/.well-known/jwks.json")
    issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{server.outputs['UserPool']}"
    return jwt.decode(token, keys.get_signing_key_from_jwt(token).key, algorithms=["RS256"], issuer=issuer, **options)


def password_sign_in(server, username, password):
    return server.client("cognito-idp").initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=server.outputs["UserPoolClient"],
        AuthParameters={"USERNAME": username, "PASSWORD": password},
    )


def refusal(call, *arguments):
    with pytest.raises(ClientError) as caught:
        call(*arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_srp_by_pycognito(server, alice):
    tokens = srp(server, alice.username, PASSWORD)["AuthenticationResult"]
    assert tokens["TokenType"] == "Bearer" and tokens["ExpiresIn"] == 3600
    claims = verified(server, tokens["IdToken"], audience=server.outputs["UserPoolClient"])
    assert claims["email"] == alice.username
    assert claims["token_use"] == "id"
    assert claims["cognito:username"] == claims["sub"]
    assert claims["email_verified"] is True
    assert claims["exp"] - claims["iat"] == 3600
    assert abs(claims["auth_time"] - time.time()) < 60
    access = verified(server, tokens["AccessToken"])
    assert access["client_id"] == server.outputs["UserPoolClient"] and "aud" not in access
    assert access["token_use"] == "access" and access["username"] == claims["sub"]
    assert access["scope"] == "aws.cognito.signin.user.admin"
    assert access["origin_jti"] == claims["origin_jti"] and access["jti"] != claims["jti"]


def test_fifty_people_by_srp(server):
    # Salts, verifiers and keys of every length and leading bit.
    for _ in range(8):
        person = Person(server, new_name())
        for _ in range(6):
            assert "IdToken" in srp(server, person.username, PASSWORD)["AuthenticationResult"]


def test_the_whole_of_pycognito(server, alice, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.endpoint)
    keys = f"{server.endpoint}/{server.outputs['UserPool']}/.well-known/jwks.json"
    monkeypatch.setattr(Cognito, "user_pool_url", property(lambda self: keys.removesuffix("/.well-known/jwks.json")))
    user = Cognito(server.outputs["UserPool"], server.outputs["UserPoolClient"], username=alice.username)
    user.client = server.client("cognito-idp")
    user.get_keys()
    issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{server.outputs['UserPool']}"
    monkeypatch.setattr(Cognito, "user_pool_url", property(lambda self: issuer))
    user.authenticate(PASSWORD)
    old = user.access_token
    user.renew_access_token()
    assert user.access_token != old
    assert user.get_user().email == alice.username


def test_refresh(server, alice):
    alice.sign_in()
    idp = server.client("cognito-idp")
    for flow in ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"):
        renewed = idp.initiate_auth(
            AuthFlow=flow,
            ClientId=server.outputs["UserPoolClient"],
            AuthParameters={"REFRESH_TOKEN": alice.tokens["RefreshToken"]},
        )["AuthenticationResult"]
        assert "RefreshToken" not in renewed
        claims = verified(server, renewed["IdToken"], audience=server.outputs["UserPoolClient"])
        assert claims["email"] == alice.username


def test_revoked_refresh_tokens_are_dead(server, bob):
    bob.sign_in()
    idp = server.client("cognito-idp")
    client_id = server.outputs["UserPoolClient"]
    idp.revoke_token(Token=bob.tokens["RefreshToken"], ClientId=client_id)
    code, message = refusal(
        lambda: idp.initiate_auth(
            AuthFlow="REFRESH_TOKEN_AUTH", ClientId=client_id, AuthParameters={"REFRESH_TOKEN": bob.tokens["RefreshToken"]}
        )
    )
    assert (code, message) == ("NotAuthorizedException", "Refresh Token has been revoked")
    code, _ = refusal(lambda: idp.get_user(AccessToken=bob.tokens["AccessToken"]))
    assert code == "NotAuthorizedException"
    bob.sign_in()


def test_wrong_and_unknown_read_the_same(server, alice):
    expected = ("NotAuthorizedException", "Incorrect username or password.")
    for sign_in in (password_sign_in, srp):
        assert refusal(sign_in, server, alice.username, "Wrong-Passw0rd!") == expected
        assert refusal(sign_in, server, f"nobody-{new_name()}", PASSWORD) == expected


def test_an_unconfirmed_user_is_told_so(server):
    name = new_name()
    server.client("cognito-idp").sign_up(ClientId=server.outputs["UserPoolClient"], Username=name, Password=PASSWORD)
    for sign_in in (password_sign_in, srp):
        assert refusal(sign_in, server, name, PASSWORD) == ("UserNotConfirmedException", "User is not confirmed.")


def test_names_ignore_case_and_subs_sign_in_too(server, alice):
    sub = server.client("cognito-idp").get_user(AccessToken=alice.tokens["AccessToken"])["Username"]
    for name in (alice.username.upper(), sub):
        assert "AuthenticationResult" in password_sign_in(server, name, PASSWORD)


def test_unknown_client_and_operation(server):
    idp = server.client("cognito-idp")
    code, _ = refusal(lambda: idp.sign_up(ClientId="0" * 26, Username=new_name(), Password=PASSWORD))
    assert code == "ResourceNotFoundException"
