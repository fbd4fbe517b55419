"""Tokens and API keys in place of signatures: PyJWT verifies ours and makes another issuer's, requests brings them along."""

import http.server
import json
import threading
import time

import jwt
import pytest
import requests
from conftest import Person, Server, new_name
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

CLIENT = "the-client"
AUDIENCE = "https://api.example.com"


def call(server, method, path, credential=None, key=None, body=None):
    headers = {}
    if credential is not None:
        headers["Authorization"] = f"Bearer {credential}"
    if key is not None:
        headers["x-api-key"] = key
    return requests.request(method, f"{server.outputs['Api']}{path}", headers=headers, json=body, timeout=30)


class Issuer:
    """An OpenID Connect issuer on the loopback interface, with a key for each kind of algorithm."""

    def __init__(self):
        self.keys = {
            "RS256": (rsa.generate_private_key(65537, 2048), RSAAlgorithm),
            "PS384": (rsa.generate_private_key(65537, 2048), RSAAlgorithm),
            "ES256": (ec.generate_private_key(ec.SECP256R1()), ECAlgorithm),
            "ES384": (ec.generate_private_key(ec.SECP384R1()), ECAlgorithm),
            "EdDSA": (ed25519.Ed25519PrivateKey.generate(), OKPAlgorithm),
        }
        issuer = self

        class Documents(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                document = issuer.documents().get(self.path)
                self.send_response(200 if document else 404)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(document).encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Documents)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.name = f"http://127.0.0.1:{self.server.server_port}"

    def documents(self) -> dict:
        jwk = lambda name, key, kind: {**kind.to_jwk(key.public_key(), as_dict=True), "kid": name, "use": "sig"}
        return {
            "/.well-known/openid-configuration": {"issuer": self.name, "jwks_uri": f"{self.name}/keys"},
            "/keys": {"keys": [jwk(name, key, kind) for name, (key, kind) in self.keys.items()]},
        }

    def token(self, algorithm="RS256", key=None, **claims) -> str:
        now = int(time.time())
        body = {"iss": self.name, "aud": CLIENT, "sub": "carol", "iat": now, "exp": now + 3600, **claims}
        return jwt.encode(body, key or self.keys[algorithm][0], algorithm, headers={"kid": algorithm})


@pytest.fixture(scope="module")
def issuer():
    running = Issuer()
    yield running
    running.server.shutdown()


@pytest.fixture(scope="module")
def trusting(binary, issuer, tmp_path_factory):
    """A server that takes the issuer's tokens, by whatever algorithm."""
    directory = tmp_path_factory.mktemp("tokens")
    entry = {
        "kind": "oidc",
        "issuer": issuer.name,
        "clientIds": [CLIENT],
        "apiAudiences": [AUDIENCE],
        "algorithms": list(issuer.keys),
    }
    file = directory / "providers.json"
    file.write_text(json.dumps({"providers": [entry]}))
    server = Server(binary, directory / "data")
    server.arguments = ["--providers", str(file)]
    server.start()
    yield server
    assert server.stop() == 0


def test_our_tokens_verify_by_our_published_keys(server, alice):
    pool = server.outputs["UserPool"]
    keys = jwt.PyJWKClient(f"{server.endpoint}/{pool}/.well-known/jwks.json")
    name = f"https://cognito-idp.us-east-1.amazonaws.com/{pool}"
    id_token, access = alice.tokens["IdToken"], alice.tokens["AccessToken"]
    claims = jwt.decode(
        id_token,
        keys.get_signing_key_from_jwt(id_token).key,
        algorithms=["RS256"],
        audience=server.outputs["UserPoolClient"],
        issuer=name,
        options={"require": ["exp", "iat", "sub", "auth_time"]},
    )
    assert claims["token_use"] == "id" and claims["email"] == alice.username
    claims = jwt.decode(access, keys.get_signing_key_from_jwt(access).key, algorithms=["RS256"], issuer=name)
    assert claims["token_use"] == "access" and claims["client_id"] == server.outputs["UserPoolClient"]


def test_our_tokens_come_to_the_api(server, alice, bob):
    note = alice.call("POST", "/notes", {"content": "by signature"}).json()
    for token in (alice.tokens["IdToken"], alice.tokens["AccessToken"]):
        me = call(server, "GET", "/me", token).json()
        assert me["userId"] == alice.identity_id
        assert call(server, "GET", f"/notes/{note['noteId']}", token).json() == note
    assert call(server, "GET", f"/notes/{note['noteId']}", bob.tokens["IdToken"]).status_code == 404
    assert call(server, "GET", "/notes").json() == {"message": "Forbidden"}


@pytest.mark.parametrize("algorithm", ["RS256", "PS384", "ES256", "ES384", "EdDSA"])
def test_another_issuers_tokens_come_to_the_api(trusting, issuer, algorithm):
    who = {"algorithm": algorithm, "sub": f"carol-{algorithm}"}
    access = issuer.token(**who, aud=[AUDIENCE, "userinfo"], azp=CLIENT, scope="openid notes:read")
    unknown = call(trusting, "GET", "/notes", access)
    assert unknown.status_code == 403 and unknown.json()["type"] == "urn:notewarden:problem:id-token-needed"
    created = call(trusting, "POST", "/notes", issuer.token(**who), body={"content": "hers"})
    assert created.status_code == 201, created.text
    listed = call(trusting, "GET", "/notes", access).json()
    assert [note["noteId"] for note in listed] == [created.json()["noteId"]]
    assert call(trusting, "POST", "/notes", access, body={"content": "x"}).status_code == 403
    for bad in (
        issuer.token(**who, exp=int(time.time()) - 600),
        issuer.token(**who, nbf=int(time.time()) + 600),
        issuer.token(**who, iss=f"{issuer.name}/"),
        issuer.token(**who, aud="another"),
        jwt.encode({"iss": issuer.name, "aud": CLIENT, "sub": "carol"}, "x" * 64, "HS256", headers={"kid": algorithm}),
        jwt.encode({"iss": issuer.name, "aud": CLIENT, "sub": "carol"}, None, "none", headers={"kid": algorithm}),
    ):
        refused = call(trusting, "GET", "/notes", bad)
        assert refused.status_code == 403 and refused.json() == {"message": "Forbidden"}


def test_the_same_person_by_the_identity_pool(trusting, issuer):
    token = issuer.token(sub="dave")
    identity = trusting.client("cognito-identity").get_id(
        IdentityPoolId=trusting.outputs["IdentityPool"], Logins={issuer.name.removeprefix("http://"): token}
    )
    assert call(trusting, "GET", "/me", token).json()["userId"] == identity["IdentityId"]
    # The same name at the user pool is somebody else.
    person = Person(trusting, new_name())
    assert person.identity_id != identity["IdentityId"]


def test_an_api_key_in_either_header(server, alice, bob):
    made = alice.call("POST", "/api-keys", {"name": "a script", "scopes": ["notes:read", "files:*"]}).json()
    note = alice.call("POST", "/notes", {"content": "by signature"}).json()
    secret, path = made["secret"], f"/notes/{note['noteId']}"
    assert call(server, "GET", path, secret).json() == note
    assert call(server, "GET", path, key=secret).json() == note
    assert call(server, "PUT", path, secret, body={"content": "x"}).status_code == 403
    assert call(server, "GET", "/archives", secret).status_code == 403
    for refused in (
        call(server, "GET", path, secret, key=secret),
        call(server, "GET", path, f"{secret[:-1]}{'0' if secret[-1] != '0' else '1'}"),
        call(server, "GET", path, key=made["keyId"]),
    ):
        assert refused.status_code in (401, 403) and "message" in refused.json()
    # A key never makes, lists or revokes keys, not even its own.
    for method, at in (("GET", "/api-keys"), ("POST", "/api-keys"), ("DELETE", f"/api-keys/{made['keyId']}")):
        assert call(server, method, at, secret, body={"name": "x", "scopes": ["notes:read"]}).status_code == 403
    assert bob.call("DELETE", f"/api-keys/{made['keyId']}").status_code == 404
    listed = alice.call("GET", "/api-keys").json()
    assert secret not in json.dumps(listed)
    assert next(key for key in listed if key["keyId"] == made["keyId"])["scopes"]
    assert alice.call("DELETE", f"/api-keys/{made['keyId']}").status_code == 204
    assert call(server, "GET", path, secret).json() == {"message": "Forbidden"}
