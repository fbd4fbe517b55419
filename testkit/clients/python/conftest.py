"""The server under test, and people who use it through real clients."""

from __future__ import annotations

import json
import os
import pathlib
import secrets
import signal
import subprocess
import sys
import time

import boto3
import pytest
import requests
from botocore import UNSIGNED
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

REGION = "us-east-1"
PASSWORD = "Passw0rd!"
VENV_BIN = pathlib.Path(sys.executable).parent


class Server:
    """A running `notewarden serve` with a data directory of its own."""

    def __init__(self, binary: str, data_dir: pathlib.Path):
        self.binary = binary
        self.data_dir = data_dir
        self.log = data_dir.parent / f"{data_dir.name}.log"
        self.process: subprocess.Popen | None = None
        self.outputs: dict = {}
        self.arguments: list[str] = []

    def start(self) -> "Server":
        outputs = self.data_dir / "outputs.json"
        outputs.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--listen", "127.0.0.1:0", "--data-dir", str(self.data_dir), *self.arguments],
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 60
        while not outputs.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")
            time.sleep(0.01)  # polling for the file is how readiness is announced
        self.outputs = json.loads(outputs.read_text())
        return self

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=60)

    @property
    def endpoint(self) -> str:
        return self.outputs["Endpoint"]

    def admin_environment(self) -> dict:
        """What the banner tells people to set, and nothing of this machine's own AWS settings."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return clean | {
            "AWS_CONFIG_FILE": self.outputs["AwsConfigFile"],
            "AWS_SHARED_CREDENTIALS_FILE": self.outputs["AwsCredentialsFile"],
            "AWS_EC2_METADATA_DISABLED": "true",
            "PATH": f"{VENV_BIN}{os.pathsep}{os.environ['PATH']}",
        }

    def client(self, service: str, credentials: dict | None = None, **config):
        """A boto3 client: unsigned, or with temporary credentials."""
        if credentials is None:
            config["signature_version"] = UNSIGNED
        session = boto3.Session(
            region_name=REGION,
            aws_access_key_id=credentials and credentials["AccessKeyId"],
            aws_secret_access_key=credentials and credentials["SecretKey"],
            aws_session_token=credentials and credentials.get("SessionToken"),
        )
        config.setdefault("retries", {"max_attempts": 1})
        return session.client(service, endpoint_url=self.endpoint, config=Config(**config))

    def admin_credentials(self) -> dict:
        import configparser

        parser = configparser.ConfigParser()
        parser.read(self.outputs["AwsCredentialsFile"])
        section = parser["notewarden"]
        return {"AccessKeyId": section["aws_access_key_id"], "SecretKey": section["aws_secret_access_key"]}

    def inbox(self) -> list[dict]:
        return requests.get(f"{self.endpoint}/_local/inbox", timeout=10).json()

    def decisions(self, request_id: str) -> dict:
        return requests.get(f"{self.endpoint}/_local/decisions/{request_id}", timeout=10).json()

    def cli(self, *arguments: str) -> subprocess.CompletedProcess:
        """Runs the `aws` CLI with nothing but the printed environment."""
        return subprocess.run(
            ["aws", *arguments], env=self.admin_environment(), capture_output=True, text=True, timeout=120, check=False
        )


class Person:
    """Somebody signed up, signed in, and holding temporary credentials."""

    def __init__(self, server: Server, username: str):
        self.server = server
        self.username = username
        idp = server.client("cognito-idp")
        client_id = server.outputs["UserPoolClient"]
        idp.sign_up(ClientId=client_id, Username=username, Password=PASSWORD)
        code = next(mail["code"] for mail in server.inbox() if mail["to"] == username)
        idp.confirm_sign_up(ClientId=client_id, Username=username, ConfirmationCode=code)
        self.sign_in()

    def sign_in(self) -> None:
        self.tokens = self.server.client("cognito-idp").initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=self.server.outputs["UserPoolClient"],
            AuthParameters={"USERNAME": self.username, "PASSWORD": PASSWORD},
        )["AuthenticationResult"]
        identity = self.server.client("cognito-identity")
        self.identity_id = identity.get_id(
            IdentityPoolId=self.server.outputs["IdentityPool"], Logins=self.logins
        )["IdentityId"]
        self.credentials = identity.get_credentials_for_identity(IdentityId=self.identity_id, Logins=self.logins)[
            "Credentials"
        ]

    @property
    def logins(self) -> dict:
        return {f"cognito-idp.{REGION}.amazonaws.com/{self.server.outputs['UserPool']}": self.tokens["IdToken"]}

    @property
    def folder(self) -> str:
        return f"private/{self.identity_id}/"

    def s3(self, **config):
        config.setdefault("s3", {"addressing_style": "path"})
        return self.server.client("s3", self.credentials, **config)

    def signed(self, method: str, path: str, body: bytes | str = b"", headers: dict | None = None, **options) -> AWSRequest:
        """A request signed by botocore's own signer."""
        credentials = options.get("credentials", self.credentials)
        request = AWSRequest(method, f"{self.server.outputs['Api']}{path}", data=body, headers=headers or {})
        signer = SigV4Auth(
            Credentials(credentials["AccessKeyId"], credentials["SecretKey"], credentials.get("SessionToken")),
            options.get("service", "execute-api"),
            options.get("region", REGION),
        )
        signer.add_auth(request)
        return request

    def call(self, method: str, path: str, json_body=None, headers: dict | None = None, **options) -> requests.Response:
        headers = dict(headers or {})
        body = b""
        if json_body is not None:
            body = json.dumps(json_body).encode()
            headers["Content-Type"] = "application/json"
        return send(self.signed(method, path, body, headers, **options))

    def environment(self) -> dict:
        """The `aws` CLI's environment for this person."""
        environment = self.server.admin_environment()
        environment.pop("AWS_SHARED_CREDENTIALS_FILE")
        return environment | {
            "AWS_ACCESS_KEY_ID": self.credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": self.credentials["SecretKey"],
            "AWS_SESSION_TOKEN": self.credentials["SessionToken"],
        }

    def cli(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            ["aws", *arguments], env=self.environment(), capture_output=True, text=True, timeout=120, check=False
        )


def send(request: AWSRequest) -> requests.Response:
    prepared = request.prepare()
    return requests.request(
        prepared.method, prepared.url, data=prepared.body, headers=dict(prepared.headers), timeout=30, allow_redirects=False
    )


@pytest.fixture(scope="session")
def binary() -> str:
    path = os.environ.get("NOTEWARDEN_BIN")
    assert path, "NOTEWARDEN_BIN must name the server's binary"
    return path


@pytest.fixture(scope="session")
def server(binary, tmp_path_factory):
    running = Server(binary, tmp_path_factory.mktemp("notewarden") / "data").start()
    yield running
    assert running.stop() == 0, "the server must end in order"


@pytest.fixture
def fresh_server(binary, tmp_path):
    """A server of the test's own, to be stopped or killed."""
    running = Server(binary, tmp_path / "data").start()
    yield running
    if running.process.poll() is None:
        running.kill()


def new_name() -> str:
    return f"{secrets.token_hex(6)}@example.com"


@pytest.fixture(scope="session")
def alice(server) -> Person:
    return Person(server, f"alice-{new_name()}")


@pytest.fixture(scope="session")
def bob(server) -> Person:
    return Person(server, f"bob-{new_name()}")
