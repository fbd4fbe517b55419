"""The GraphQL API, signed for by botocore: `appsync` is the service, and a field is what permission is asked for."""

import json

import pytest
import requests
from botocore.awsrequest import AWSRequest
from conftest import Person, Server, send


@pytest.fixture(scope="module")
def api(binary, tmp_path_factory):
    server = Server(binary, tmp_path_factory.mktemp("graphql") / "data")
    server.arguments = ["--parameter", "GraphQl=iam"]
    server.start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def dora(api) -> Person:
    return Person(api, "dora@example.com")


def signed(person: Person, query: str, variables: dict | None = None, **options) -> AWSRequest:
    body = json.dumps({"query": query, "variables": variables or {}})
    headers = {"Content-Type": "application/json"}
    return person.signed("POST", "/graphql", body, headers, **({"service": "appsync"} | options))


def ask(person: Person, query: str, variables: dict | None = None) -> dict:
    answer = send(signed(person, query, variables))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_note_from_its_making_to_its_end(api, dora):
    assert api.outputs["GraphQlApi"] == f"{api.endpoint}/graphql"
    create = "mutation($content: String!) { createNote(content: $content) { userId noteId version createdAt } }"
    note = ask(dora, create, {"content": "hällo"})["data"]["createNote"]
    assert (note["userId"], note["version"]) == (dora.identity_id, 1)
    assert dora.call("GET", f"/notes/{note['noteId']}").json()["content"] == "hällo"
    delete = ask(dora, "mutation($id: ID!) { deleteNote(noteId: $id) }", {"id": note["noteId"]})
    assert delete == {"data": {"deleteNote": note["noteId"]}}
    gone = ask(dora, "query($id: ID!) { note(noteId: $id) { noteId } }", {"id": note["noteId"]})
    assert gone["data"] == {"note": None}
    assert gone["errors"][0]["errorType"] == "NotFound"


def test_a_file_goes_up_and_comes_back_by_links(dora):
    create = 'mutation { createFile(name: "a.txt", size: 5, contentType: "text/plain") {'
    upload = ask(dora, create + " upload { url headers { name value } } } }")["data"]["createFile"]["upload"]
    headers = {header["name"]: header["value"] for header in upload["headers"]}
    assert requests.put(upload["url"], b"hello", headers=headers, timeout=10).status_code == 200
    link = ask(dora, '{ fileDownload(name: "a.txt") { url } }')["data"]["fileDownload"]["url"]
    assert requests.get(link, timeout=10).content == b"hello"


@pytest.mark.parametrize(
    "change,kind",
    [
        ({"service": "execute-api"}, "InvalidSignatureException"),
        ({"region": "eu-west-1"}, "InvalidSignatureException"),
    ],
)
def test_a_signature_for_something_else_is_refused_with_its_reason_in_the_log(api, dora, change, kind):
    answer = send(signed(dora, "{ me { userId } }", **change))
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["errorType"] == answer.headers["x-amzn-errortype"] == kind
    decision = api.decisions(answer.headers["x-amzn-requestid"])
    assert (decision["action"], decision["decision"]) == ("appsync:GraphQL", "Refused")


def test_each_field_is_a_decision(api, dora):
    answer = send(signed(dora, "{ me { userId } }"))
    decision = api.decisions(answer.headers["x-amzn-requestid"])
    assert decision["decision"] == "Allowed"
    assert decision["resource"].endswith("/types/Query/fields/me")
    assert "AskForFields" in decision["statement"]


def test_nobody_asks_unsigned(api):
    answer = requests.post(api.outputs["GraphQlApi"], json={"query": "{ me { userId } }"}, timeout=10)
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["errorType"] == "MissingAuthenticationTokenException"
