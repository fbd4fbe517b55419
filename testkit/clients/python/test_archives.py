"""Files by signed links and by S3 itself, archives of many, and the export of an account: boto3 and requests."""

import hashlib
import io
import json
import time
import zipfile
import zlib

import boto3.s3.transfer
import pytest
import requests
from botocore.exceptions import ClientError
from conftest import Person, Server, new_name

MIB = 1 << 20


@pytest.fixture(scope="module")
def small(binary, tmp_path_factory):
    """A server where everybody may keep little."""
    server = Server(binary, tmp_path_factory.mktemp("small") / "data")
    server.arguments = ["--max-files", "3", "--max-bytes", "1000", "--max-file-bytes", "600"]
    server.start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def carol(server):
    return Person(server, f"carol-{new_name()}")


def content(name: str, size: int) -> bytes:
    return hashlib.shake_128(name.encode()).digest(size)


def crc32(data: bytes) -> str:
    return f"{zlib.crc32(data):08x}"


def link(person, name: str, data: bytes, kind="text/plain", **more):
    wanted = {"name": name, "size": len(data), "contentType": kind, "crc32": crc32(data), **more}
    return person.call("POST", "/files", wanted)


def upload(person, name: str, data: bytes, kind="text/plain"):
    answer = link(person, name, data, kind)
    assert answer.status_code == 201, answer.text
    to = answer.json()["upload"]
    stored = requests.request(to["method"], to["url"], headers=to["headers"], data=data, timeout=60)
    assert stored.status_code == 200, stored.text


def path_of(name: str) -> str:
    return "/files/" + requests.utils.quote(name, safe="/")


def download(person, path: str) -> requests.Response:
    found = person.call("GET", f"{path}?download")
    assert found.status_code == 307, found.text
    return requests.get(found.headers["Location"], timeout=120)


def ready(person, started: requests.Response) -> dict:
    """The job, once there is a zip."""
    assert started.status_code == 202, started.text
    assert int(started.headers["Retry-After"]) >= 1
    path, deadline = started.headers["Location"], time.monotonic() + 120
    while (job := person.call("GET", path).json())["status"] in ("queued", "running"):
        assert job["filesDone"] <= job["filesTotal"] and time.monotonic() < deadline, job
        time.sleep(0.05)  # as clients poll
    assert job["status"] == "ready", job
    return job


def opened(person, job: dict) -> zipfile.ZipFile:
    answer = download(person, f"/archives/{job['archiveId']}")
    assert answer.status_code == 200 and len(answer.content) == job["size"]
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive


def test_a_file_goes_up_by_its_link_and_by_no_other(carol):
    name, data = "päper/ö & #1.txt", content("paper", 5_000)
    to = link(carol, name, data).json()["upload"]
    for changed in (data + b"x", data[:-1], bytes(len(data))):
        refused = requests.put(to["url"], headers=to["headers"], data=changed, timeout=60)
        assert refused.status_code in (400, 403), refused.text
    other = {**to["headers"], "content-type": "text/html"}
    assert requests.put(to["url"], headers=other, data=data, timeout=60).status_code == 403
    assert carol.call("GET", path_of(name)).status_code == 404
    upload(carol, name, data)

    known = carol.call("GET", path_of(name)).json()
    assert (known["name"], known["size"], known["contentType"]) == (name, len(data), "text/plain")
    assert known in carol.call("GET", "/files").json()
    # The signer signs a query as it is: what others encode is encoded here.
    assert carol.call("GET", "/files?prefix=p%C3%A4per%2F").json() == [known]
    assert carol.call("GET", "/files?prefix=nothing%2F").json() == []
    got = download(carol, path_of(name))
    assert got.content == data and got.headers["Content-Type"] == "text/plain"
    assert "filename*=UTF-8''" in got.headers["Content-Disposition"]


def test_a_file_in_many_parts_by_s3_itself(carol):
    bucket, data = carol.server.outputs["Bucket"], content("parts", 17 * MIB + 3)
    config = boto3.s3.transfer.TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    extra = {"ChecksumAlgorithm": "CRC32", "ContentType": "application/octet-stream"}
    s3 = carol.s3()
    s3.upload_fileobj(io.BytesIO(data), bucket, f"{carol.folder}parts.bin", ExtraArgs=extra, Config=config)
    known = carol.call("GET", "/files/parts.bin").json()
    assert known["size"] == len(data) and known["etag"].strip('"').endswith("-4")
    assert download(carol, "/files/parts.bin").content == data
    back = io.BytesIO()
    s3.download_fileobj(bucket, f"{carol.folder}parts.bin", back, Config=config)
    assert back.getvalue() == data
    # What one way has stored, the other replaces.
    upload(carol, "parts.bin", b"short")
    assert s3.get_object(Bucket=bucket, Key=f"{carol.folder}parts.bin")["Body"].read() == b"short"


def test_a_file_in_use_stays(carol):
    upload(carol, "used.txt", b"used")
    note = carol.call("POST", "/notes", {"content": "x", "attachments": ["used.txt"]}).json()
    refused = carol.call("DELETE", "/files/used.txt")
    assert refused.status_code == 409 and note["noteId"] in refused.text
    assert carol.call("DELETE", "/files/used.txt?force").status_code == 204
    assert carol.call("GET", "/files/used.txt").status_code == 404
    upload(carol, "free.txt", b"free")
    assert carol.call("DELETE", "/files/free.txt").status_code == 204


def test_nobody_keeps_more_than_they_may(small):
    person = Person(small, new_name())
    s3, bucket = person.s3(), small.outputs["Bucket"]
    put = lambda name, size: s3.put_object(Bucket=bucket, Key=person.folder + name, Body=bytes(size))
    assert person.call("GET", "/me").json()["quota"] == {"files": 3, "bytes": 1000, "fileBytes": 600}
    assert link(person, "large", bytes(601)).status_code == 413
    upload(person, "one", bytes(600))
    # By the API and by S3 itself: too much in all, too large, and one too many.
    assert link(person, "two", bytes(401)).status_code == 507
    for name, size in (("two", 401), ("large", 601)):
        with pytest.raises(ClientError) as caught:
            put(name, size)
        assert caught.value.response["Error"]["Code"] in ("QuotaExceeded", "EntityTooLarge"), caught.value
    put("two", 400)
    put("three", 0)
    assert link(person, "four", b"").status_code == 507
    with pytest.raises(ClientError):
        put("four", 0)
    me = person.call("GET", "/me").json()
    assert me["usage"] == {"notes": 0, "files": 3, "bytes": 1000}
    assert {file["name"] for file in person.call("GET", "/files").json()} == {"one", "two", "three"}


def test_many_files_become_one_zip(carol):
    files = {f"folder {n % 3}/file {n}.txt": content(str(n), n * 37) for n in range(60)}
    files |= {"ünïcode/☃.txt": b"snow", "empty": b"", "text.txt": b"compressible " * 20_000}
    for name, data in files.items():
        upload(carol, name, data)
    large = content("large", 12 * MIB)
    carol.s3().put_object(
        Bucket=carol.server.outputs["Bucket"], Key=f"{carol.folder}large.bin", Body=large, ChecksumAlgorithm="CRC32"
    )
    files["large.bin"] = large

    job = ready(carol, carol.call("POST", "/archives", {"prefix": "", "name": "all of it.zip"}))
    assert (job["filesTotal"], job["filesDone"], job["missing"]) == (len(files), len(files), [])
    assert job["bytesTotal"] == job["bytesDone"] == sum(map(len, files.values()))
    answer = download(carol, f"/archives/{job['archiveId']}")
    assert 'filename="all of it.zip"' in answer.headers["Content-Disposition"]
    with opened(carol, job) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files

    chosen = ["folder 1/file 1.txt", "ünïcode/☃.txt"]
    few = ready(carol, carol.call("POST", "/archives", {"files": chosen}))
    with opened(carol, few) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {name: files[name] for name in chosen}
    assert {one["archiveId"] for one in carol.call("GET", "/archives").json()} == {job["archiveId"], few["archiveId"]}
    assert carol.call("DELETE", f"/archives/{few['archiveId']}").status_code == 204
    assert carol.call("GET", f"/archives/{few['archiveId']}").status_code == 404
    nothing = carol.call("POST", "/archives", {"prefix": "no such folder/"})
    assert nothing.status_code == 422


def test_an_account_is_exported_and_erased(carol):
    upload(carol, "kept.txt", b"kept")
    notes = [carol.call("POST", "/notes", {"content": f"note {n}", "attachments": ["kept.txt"]}).json() for n in range(3)]
    me = carol.call("GET", "/me").json()
    assert (me["userId"], me["usage"]) == (carol.identity_id, {"notes": 3, "files": 1, "bytes": 4})
    with opened(carol, ready(carol, carol.call("POST", "/me/export"))) as archive:
        exported = json.loads(archive.read("notes.json"))
        assert {note["noteId"] for note in exported} == {note["noteId"] for note in notes}
        texts = [name for name in archive.namelist() if name.startswith("notes/") and name.endswith(".md")]
        assert len(texts) == 3 and any(b"note 1" in archive.read(name) for name in texts)
        assert any(archive.read(name) == b"kept" for name in archive.namelist() if name.endswith("kept.txt"))

    assert carol.call("DELETE", "/me").status_code == 202
    deadline = time.monotonic() + 60
    while (answer := carol.call("GET", "/notes")).status_code != 403:
        # Until a worker has got to the identity there is less and less of it.
        assert answer.status_code == 200 and len(answer.json()) <= 3 and time.monotonic() < deadline
        time.sleep(0.05)
    with pytest.raises(ClientError) as caught:
        carol.s3().list_objects_v2(Bucket=carol.server.outputs["Bucket"], Prefix=carol.folder)
    assert caught.value.response["Error"]["Code"] in ("InvalidAccessKeyId", "AccessDenied", "ExpiredToken")
    with pytest.raises(ClientError) as caught:
        carol.sign_in()
    assert caught.value.response["Error"]["Code"] == "NotAuthorizedException"


def test_two_people_do_not_reach_each_others(carol, bob):
    upload(carol, "secret.txt", b"secret")
    upload(bob, "own.txt", b"own")
    job = ready(carol, carol.call("POST", "/archives", {"files": ["secret.txt"]}))
    at = f"/archives/{job['archiveId']}"
    for method, path in (
        ("GET", "/files/secret.txt"),
        ("GET", "/files/secret.txt?download"),
        ("DELETE", "/files/secret.txt"),
        ("GET", at),
        ("GET", f"{at}?download"),
        ("DELETE", at),
    ):
        answer = bob.call(method, path)
        assert answer.status_code == 404 and carol.identity_id not in answer.text, (method, path)
    assert bob.call("POST", "/archives", {"files": ["secret.txt"]}).status_code == 422
    assert bob.call("POST", "/notes", {"content": "x", "attachments": ["secret.txt"]}).status_code == 422
    assert "secret.txt" not in bob.call("GET", "/files").text
    assert at not in bob.call("GET", "/archives").text
    # The zip is where nobody's own credentials reach, not even its owner's.
    key = f"zip/{carol.identity_id}/{job['archiveId']}.zip"
    for person in (carol, bob):
        with pytest.raises(ClientError) as caught:
            person.s3().get_object(Bucket=person.server.outputs["Bucket"], Key=key)
        assert caught.value.response["Error"]["Code"] == "AccessDenied"
    assert download(carol, "/files/secret.txt").content == b"secret"
    # A link is for its own object and method.
    found = carol.call("GET", "/files/secret.txt?download").headers["Location"]
    moved = found.replace(carol.identity_id.replace(":", "%3A"), bob.identity_id.replace(":", "%3A"))
    assert moved != found
    for refused in (requests.get(moved, timeout=10), requests.put(found, data=b"x", timeout=10), requests.delete(found, timeout=10)):
        assert refused.status_code == 403
