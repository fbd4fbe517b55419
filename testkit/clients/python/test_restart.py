"""A restart changes nothing; a second server is refused; a kill loses nothing that was answered."""

import subprocess

from conftest import Person, new_name


def remember(person):
    note = person.call("POST", "/notes", {"content": "kept"}).json()
    person.s3().put_object(Bucket=person.server.outputs["Bucket"], Key=f"{person.folder}kept.txt", Body=b"kept")
    return note


def everything_is_there(person, outputs, note):
    stable = {name: value for name, value in outputs.items() if name not in ("Api", "Endpoint")}
    assert {name: person.server.outputs[name] for name in stable} == stable
    assert person.call("GET", f"/notes/{note['noteId']}").json() == note  # the old credentials, too
    body = person.s3().get_object(Bucket=outputs["Bucket"], Key=f"{person.folder}kept.txt")["Body"].read()
    assert body == b"kept"
    identity, credentials = person.identity_id, person.credentials
    renewed = person.server.client("cognito-idp").initiate_auth(
        AuthFlow="REFRESH_TOKEN_AUTH",
        ClientId=outputs["UserPoolClient"],
        AuthParameters={"REFRESH_TOKEN": person.tokens["RefreshToken"]},
    )
    assert "IdToken" in renewed["AuthenticationResult"]
    person.server.client("cognito-idp").get_user(AccessToken=person.tokens["AccessToken"])
    person.sign_in()
    assert person.identity_id == identity and person.credentials != credentials


def test_an_orderly_restart(fresh_server):
    person = Person(fresh_server, new_name())
    outputs, note = fresh_server.outputs, remember(person)
    assert fresh_server.stop() == 0
    fresh_server.start()
    everything_is_there(person, outputs, note)


def test_a_killed_server(fresh_server):
    person = Person(fresh_server, new_name())
    outputs, note = fresh_server.outputs, remember(person)
    fresh_server.kill()
    fresh_server.start()
    everything_is_there(person, outputs, note)


def test_a_second_server_is_refused(fresh_server):
    second = subprocess.run(
        [fresh_server.binary, "serve", "--listen", "127.0.0.1:0", "--data-dir", str(fresh_server.data_dir)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert second.returncode != 0
    assert "in use by another server" in second.stderr
    assert "panicked" not in second.stderr
