"""The identity pool with another issuer's people, and STS, through boto3 and the aws CLI."""

import base64
import http.server
import json
import threading
import time

import jwt
import pytest
from botocore.exceptions import ClientError
from conftest import REGION, Server
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT = "the-client"


class Issuer:
    """An OpenID Connect issuer on the loopback interface."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                documents = {
                    "/.well-known/openid-configuration": {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys"},
                    "/keys": {"keys": [issuer.jwk()]},
                }
                document = documents.get(self.path)
                self.send_response(200 if document else 404)
                self.end_headers()
                self.wfile.write(json.dumps(document or {}).encode())

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def jwk(self) -> dict:
        numbers = self.key.public_key().public_numbers()

        def text(number: int) -> str:
            raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
            return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

        return {"kty": "RSA", "kid": "k", "alg": "RS256", "use": "sig", "n": text(numbers.n), "e": text(numbers.e)}

    @property
    def name(self) -> str:
        return self.url.removeprefix("http://")

    def token(self, subject: str, **claims) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": subject, "iat": now, "exp": now + 600} | claims
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "k"})

    def logins(self, subject: str, **claims) -> dict:
        return {self.name: self.token(subject, **claims)}


def refusal(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


@pytest.fixture(scope="module")
def issuer():
    running = Issuer()
    yield running
    running.server.shutdown()


@pytest.fixture(scope="module")
def place(binary, issuer, tmp_path_factory):
    """A server whose data directory describes the issuer."""
    data = tmp_path_factory.mktemp("federated") / "data"
    data.mkdir()
    provider = {"kind": "oidc", "issuer": issuer.url, "clientIds": [CLIENT]}
    (data / "providers.json").write_text(json.dumps({"providers": [provider]}))
    running = Server(binary, data).start()
    yield running
    assert running.stop() == 0


@pytest.fixture
def identity(place):
    return place.client("cognito-identity")


@pytest.fixture
def pool(place):
    return place.outputs["IdentityPool"]


def test_another_issuers_person_uses_files_until_unlinked(place, identity, pool, issuer):
    logins = issuer.logins("carol")
    identity_id = identity.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
    assert identity.get_id(IdentityPoolId=pool, Logins=issuer.logins("carol"))["IdentityId"] == identity_id
    assert identity_id.startswith(f"{REGION}:")
    credentials = identity.get_credentials_for_identity(IdentityId=identity_id, Logins=logins)["Credentials"]
    s3 = place.client("s3", credentials, s3={"addressing_style": "path"})
    key = f"private/{identity_id}/hello.txt"
    s3.put_object(Bucket=place.outputs["Bucket"], Key=key, Body=b"hello")

    assert refusal(identity.unlink_identity, IdentityId=identity_id, Logins=issuer.logins("dave"), LoginsToRemove=[issuer.name]) == "NotAuthorizedException"
    identity.unlink_identity(IdentityId=identity_id, Logins=logins, LoginsToRemove=[issuer.name])
    assert refusal(s3.get_object, Bucket=place.outputs["Bucket"], Key=key) == "InvalidAccessKeyId"
    assert refusal(identity.get_credentials_for_identity, IdentityId=identity_id, Logins=logins) == "NotAuthorizedException"
    assert identity.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"] != identity_id


def test_tokens_for_others_are_refused(identity, pool, issuer):
    now = int(time.time())
    for claims in (
        {"aud": "another-client"},
        {"iss": "https://accounts.google.com"},
        {"exp": now - 301},
        {"nbf": now + 3_600},
        {"sub": ""},
    ):
        assert refusal(identity.get_id, IdentityPoolId=pool, Logins=issuer.logins("carol", **claims)) == "NotAuthorizedException", claims
    stranger = Issuer()
    stranger.url = issuer.url
    assert refusal(identity.get_id, IdentityPoolId=pool, Logins={issuer.name: stranger.token("carol")}) == "NotAuthorizedException"
    stranger.server.shutdown()


def test_the_classic_flow_is_switched_off(place, identity, pool, issuer):
    logins = issuer.logins("erin")
    identity_id = identity.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
    assert refusal(identity.get_open_id_token, IdentityId=identity_id, Logins=logins) == "InvalidParameterException"
    sts = place.client("sts")
    assume = {"RoleArn": place.outputs["AuthRoleArn"], "RoleSessionName": "session"}
    # The issuer is known, and the role does not trust it.
    code = refusal(sts.assume_role_with_web_identity, WebIdentityToken=issuer.token("erin"), **assume)
    assert code == "AccessDenied"
    code = refusal(sts.assume_role_with_web_identity, WebIdentityToken="a.b.c", **assume)
    assert code == "InvalidIdentityToken"
    expired = issuer.token("erin", exp=int(time.time()) - 301)
    code = refusal(sts.assume_role_with_web_identity, WebIdentityToken=expired, **assume)
    assert code == "ExpiredTokenException"


def test_the_administrator_lists_identities_and_assumes_no_role(place, identity, pool, issuer):
    made = {identity.get_id(IdentityPoolId=pool, Logins=issuer.logins(f"person-{n}"))["IdentityId"] for n in range(5)}
    admin = place.client("cognito-identity", place.admin_credentials())
    listed, token = [], {}
    while True:
        page = admin.list_identities(IdentityPoolId=pool, MaxResults=2, **token)
        assert len(page["Identities"]) <= 2
        listed += page["Identities"]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert made <= {one["IdentityId"] for one in listed}
    assert all("CreationDate" in one and "LastModifiedDate" in one for one in listed)

    role = place.outputs["AuthRoleArn"]
    answer = place.cli("sts", "assume-role", "--role-arn", role, "--role-session-name", "admin")
    assert answer.returncode != 0 and "AccessDenied" in answer.stderr
    answer = place.cli("cognito-identity", "list-identities", "--identity-pool-id", pool, "--max-results", "1")
    assert answer.returncode == 0 and json.loads(answer.stdout)["IdentityPoolId"] == pool


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("set_identity_pool_roles", {"Roles": {}}),
        ("get_open_id_token_for_developer_identity", {"Logins": {"developer": "x"}}),
        ("lookup_developer_identity", {}),
        ("set_principal_tag_attribute_map", {"IdentityProviderName": "accounts.google.com"}),
    ],
)
def test_what_is_not_served_says_so(place, pool, operation, arguments):
    admin = place.client("cognito-identity", place.admin_credentials())
    assert refusal(getattr(admin, operation), IdentityPoolId=pool, **arguments) == "UnsupportedOperationException"
