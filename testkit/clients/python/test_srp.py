"""A thousand people whom nobody has chosen, each signed in by pycognito's own SRP: salts, verifiers, public numbers and
keys of every length and leading bit. `NOTEWARDEN_SRP_PEOPLE` asks for another number."""

import os
import secrets
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from conftest import REGION, new_name
from pycognito.aws_srp import AWSSRP

PEOPLE = int(os.environ.get("NOTEWARDEN_SRP_PEOPLE", "1000"))
LETTERS = "abcdefghijklmnopqrstuvwxyzäöüßéñ漢字 !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~"


def sign_in(endpoint, keys, pool, client_id, count) -> list[str]:
    """Makes `count` people and signs each in; the passwords of those whom it does not work for."""

    def client(**config):
        session = boto3.Session(region_name=REGION, **keys) if not config else boto3.Session(region_name=REGION)
        return session.client("cognito-idp", endpoint_url=endpoint, config=Config(**config))

    admin, anybody = client(), client(signature_version=UNSIGNED)
    failed = []
    for _ in range(count):
        name = new_name()
        middle = "".join(secrets.choice(LETTERS) for _ in range(secrets.randbelow(40)))
        password = f"aA1!{middle}{secrets.token_hex(4)}"
        user = {"UserPoolId": pool, "Username": name}
        admin.admin_create_user(**user, MessageAction="SUPPRESS")
        admin.admin_set_user_password(**user, Password=password, Permanent=True)
        try:
            tokens = AWSSRP(name, password, pool, client_id, client=anybody).authenticate_user()
            assert "IdToken" in tokens["AuthenticationResult"]
        except Exception as error:
            failed.append(f"{password}: {error}")
    return failed


def test_a_thousand_people_by_pycognitos_srp(server):
    credentials = server.admin_credentials()
    keys = {"aws_access_key_id": credentials["AccessKeyId"], "aws_secret_access_key": credentials["SecretKey"]}
    outputs, processes = server.outputs, os.cpu_count() or 1
    shares = [PEOPLE // processes + (number < PEOPLE % processes) for number in range(processes)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        running = [
            pool.submit(sign_in, server.endpoint, keys, outputs["UserPool"], outputs["UserPoolClient"], share)
            for share in shares
        ]
        failed = [one for future in running for one in future.result()]
    assert not failed, f"{len(failed)} of {PEOPLE}"
