"""Notes over HTTP, signed by botocore and by curl."""

import json
import subprocess
import uuid

import pytest
import requests


def created(person, **body):
    answer = person.call("POST", "/notes", body)
    assert answer.status_code == 201, answer.text
    return answer


def test_the_life_of_a_note(alice):
    answer = created(alice, content="hello")
    note = answer.json()
    assert answer.headers["Location"] == f"/notes/{note['noteId']}"
    assert note["userId"] == alice.identity_id
    assert (note["content"], note["attachments"], note["attachment"], note["version"]) == ("hello", [], None, 1)
    assert note["createdAt"] == note["updatedAt"]
    path = f"/notes/{note['noteId']}"
    got = alice.call("GET", path)
    assert got.json() == note and got.headers["ETag"] == '"1"'
    assert alice.call("GET", path, headers={"If-None-Match": '"1"'}).status_code == 304
    put = alice.call("PUT", path, {"content": "changed"}, {"If-Match": '"1"'})
    assert put.status_code == 200 and put.json()["version"] == 2 and put.json()["createdAt"] == note["createdAt"]
    stale = alice.call("PUT", path, {"content": "lost"}, {"If-Match": '"1"'})
    assert stale.status_code == 412
    assert alice.call("DELETE", path, headers={"If-Match": '"1"'}).status_code == 412
    assert alice.call("DELETE", path).status_code == 204
    assert alice.call("GET", path).status_code == 404
    assert alice.call("DELETE", path).status_code == 404
    assert alice.call("PUT", path, {"content": "x"}).status_code == 404


def test_paging_by_links(bob):
    mine = [created(bob, content=f"note {n}").json()["noteId"] for n in range(7)]
    seen, path = [], "/notes?limit=3&order=oldest"
    while path:
        answer = bob.call("GET", path)
        assert answer.status_code == 200, answer.text
        assert len(answer.json()) <= 3
        seen += [note["noteId"] for note in answer.json()]
        link = answer.links.get("next")
        path = link and link["url"].removeprefix(bob.server.outputs["Api"])
    assert [note for note in seen if note in mine] == mine
    newest = bob.call("GET", "/notes?limit=2").json()
    assert [note["noteId"] for note in newest] == mine[:-3:-1]


def test_a_repeated_post_makes_one_note(alice):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = alice.call("POST", "/notes", {"content": "once"}, key)
    second = alice.call("POST", "/notes", {"content": "once"}, key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json() and first.headers["Location"] == second.headers["Location"]
    assert alice.call("POST", "/notes", {"content": "other"}, key).status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "mentions"),
    [
        ("POST", "/notes", b"{", 400, "JSON"),
        ("POST", "/notes", b'{"content": 1}', 400, "content"),
        ("POST", "/notes", b"{}", 422, "content"),
        ("POST", "/notes", json.dumps({"content": "x" * 100_001}).encode(), 422, "content"),
        ("POST", "/notes", b'{"content": "x", "attachments": ["../x"]}', 422, "attachments"),
        ("POST", "/notes", b'{"content": "x", "attachments": ["missing.txt"]}', 422, "missing.txt"),
        ("POST", "/notes", b'"' + b"x" * 3_000_000 + b'"', 413, ""),
        ("GET", "/notes?limit=0", b"", 400, "limit"),
        ("GET", "/notes?limit=1001", b"", 400, "limit"),
        ("GET", "/notes?order=random", b"", 400, "order"),
        ("GET", "/notes?cursor=bogus", b"", 400, "cursor"),
        ("GET", "/notes/not-a-uuid", b"", 404, ""),
    ],
)
def test_bad_input_is_named(alice, method, path, body, status, mentions):
    from conftest import send

    headers = {"Content-Type": "application/json"} if body else {}
    answer = send(alice.signed(method, path, body, headers))
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status and problem["error"] == problem["detail"]
    assert mentions in problem["detail"]
    assert problem["requestId"] == answer.headers["x-amzn-requestid"]


def test_every_answer_carries_cors_and_an_id(alice):
    api = alice.server.outputs["Api"]
    origin = {"Origin": "http://localhost:5173"}
    for answer in (
        requests.get(f"{api}/notes", headers=origin, timeout=10),
        requests.get(f"{api}/nowhere", headers=origin, timeout=10),
        alice.call("GET", "/notes/x", headers=origin),
        alice.call("GET", "/notes", headers=origin),
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["x-amzn-requestid"]
    preflight = requests.options(
        f"{api}/notes",
        headers=origin | {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"},
        timeout=10,
    )
    assert preflight.status_code in (200, 204)
    assert "PUT" in preflight.headers["Access-Control-Allow-Methods"]
    assert "authorization" in preflight.headers["Access-Control-Allow-Headers"].lower()
    unknown = requests.get(f"{api}/nowhere", timeout=10)
    assert (unknown.status_code, unknown.json()) == (404, {"message": "Not Found"})


def test_curl_signs_too(alice):
    def curl(*arguments):
        credentials = alice.credentials
        result = subprocess.run(
            [
                "curl", "--silent", "--show-error", "--aws-sigv4", "aws:amz:us-east-1:execute-api",
                "--user", f"{credentials['AccessKeyId']}:{credentials['SecretKey']}",
                "--header", f"x-amz-security-token: {credentials['SessionToken']}", *arguments,
            ],
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        return json.loads(result.stdout)

    api = alice.server.outputs["Api"]
    note = curl("--json", '{"content": "by curl"}', f"{api}/notes")
    assert note["content"] == "by curl" and note["userId"] == alice.identity_id
    assert curl(f"{api}/notes/{note['noteId']}") == note


def test_another_persons_note_does_not_exist(alice, bob):
    path = f"/notes/{created(alice, content='mine').json()['noteId']}"
    missing = f"/notes/{uuid.uuid4()}"
    for method, body in (("GET", None), ("PUT", {"content": "theirs"}), ("DELETE", None)):
        other, none = bob.call(method, path, body), bob.call(method, missing, body)
        assert other.status_code == none.status_code == 404
        strip = lambda answer: {k: v for k, v in answer.json().items() if k != "requestId"}
        assert strip(other) == strip(none)
    assert alice.call("GET", path).json()["content"] == "mine"


def test_attachments_follow_the_note(alice):
    s3, bucket = alice.s3(), alice.server.outputs["Bucket"]
    for name in ("one.txt", "two.txt"):
        s3.put_object(Bucket=bucket, Key=f"{alice.folder}{name}", Body=b"data")
    first = created(alice, content="a", attachments=["one.txt", "two.txt"]).json()
    second = created(alice, content="b", attachment="two.txt").json()
    assert first["attachment"] == "one.txt" and second["attachments"] == ["two.txt"]
    assert alice.call("DELETE", f"/notes/{first['noteId']}").status_code == 204
    left = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket, Prefix=alice.folder).get("Contents", [])]
    assert f"{alice.folder}two.txt" in left and f"{alice.folder}one.txt" not in left
    assert alice.call("DELETE", f"/notes/{second['noteId']}?attachments=keep").status_code == 204
    s3.head_object(Bucket=bucket, Key=f"{alice.folder}two.txt")
