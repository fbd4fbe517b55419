"""The rotation of signing keys from the command line, with a running server and without one."""

import subprocess

import jwt
import pytest
import requests
from conftest import Person, new_name


def rotate(server) -> subprocess.CompletedProcess:
    arguments = [server.binary, "keys", "rotate", "--data-dir", str(server.data_dir)]
    return subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)


def key_ids(server) -> set[str]:
    jwks = requests.get(f"{server.endpoint}/{server.outputs['UserPool']}/.well-known/jwks.json", timeout=10).json()
    return {key["kid"] for key in jwks["keys"]}


@pytest.mark.parametrize("is_running", [True, False])
def test_old_tokens_stay_valid_and_new_ones_have_new_keys(fresh_server, is_running):
    person = Person(fresh_server, new_name())
    before, old = key_ids(fresh_server), dict(person.tokens)
    if is_running:
        done = rotate(fresh_server)
    else:
        assert fresh_server.stop() == 0
        done = rotate(fresh_server)
        fresh_server.start()
    assert done.returncode == 0, done.stderr
    assert before < key_ids(fresh_server) and len(key_ids(fresh_server)) == 4
    fresh_server.client("cognito-idp").get_user(AccessToken=old["AccessToken"])
    person.sign_in()
    for token in ("IdToken", "AccessToken"):
        assert jwt.get_unverified_header(old[token])["kid"] in before
        assert jwt.get_unverified_header(person.tokens[token])["kid"] not in before


def test_nobody_rotates_keys_from_a_page_and_not_too_often(fresh_server):
    url = f"{fresh_server.endpoint}/_local/keys/rotate"
    assert requests.post(url, timeout=10).status_code == 403
    assert requests.get(url, timeout=10).status_code == 404
    preflight = requests.options(url, headers={"Origin": "https://example.com"}, timeout=10)
    assert "access-control-allow-origin" not in {name.lower() for name in preflight.headers}
    for _ in range(8):
        assert rotate(fresh_server).returncode == 0
    refused = rotate(fresh_server)
    assert refused.returncode == 2 and "too often" in refused.stderr


def test_what_is_no_data_directory_is_left_alone(binary, tmp_path):
    arguments = [binary, "keys", "rotate", "--data-dir", str(tmp_path / "none")]
    refused = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 2 and "no data directory" in refused.stderr
    assert not (tmp_path / "none").exists()
