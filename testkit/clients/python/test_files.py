"""Files in one's own folder, by the `aws` CLI, boto3 and plain curl; and nobody else's."""

import hashlib
import json
import subprocess
import threading

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError


@pytest.fixture(scope="module")
def bucket(server):
    return server.outputs["Bucket"]


def denied(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response
    # A HEAD has no body to carry the code.
    assert error["Error"]["Code"] in ("AccessDenied", "403"), error
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize("size", [0, 1, 5_000, 20 * 1024 * 1024])
def test_copy_there_and_back(alice, bucket, tmp_path, size):
    there, back = tmp_path / "there.bin", tmp_path / "back.bin"
    there.write_bytes(hashlib.shake_128(b"seed").digest(size))
    url = f"s3://{bucket}/{alice.folder}copies/{size}.bin"
    for arguments in (("cp", str(there), url), ("cp", url, str(back))):
        result = alice.cli("s3", *arguments, "--no-progress")
        assert result.returncode == 0, result.stderr
    assert back.read_bytes() == there.read_bytes()
    listed = alice.cli("s3", "ls", f"s3://{bucket}/{alice.folder}copies/")
    assert f"{size} {size}.bin" in " ".join(listed.stdout.split())
    head = json.loads(alice.cli("s3api", "head-object", "--bucket", bucket, "--key", f"{alice.folder}copies/{size}.bin").stdout)
    assert head["ContentLength"] == size
    assert alice.cli("s3", "rm", url).returncode == 0
    assert f"{size}.bin" not in alice.cli("s3", "ls", f"s3://{bucket}/{alice.folder}copies/").stdout


def test_links_for_plain_curl(alice, bucket):
    key = f"{alice.folder}link é+&.txt"
    alice.s3().put_object(Bucket=bucket, Key=key, Body=b"linked")
    link = alice.cli("s3", "presign", f"s3://{bucket}/{key}").stdout.strip()
    assert "X-Amz-Signature=" in link
    got = subprocess.run(["curl", "--silent", "--fail", link], capture_output=True, timeout=30, check=True)
    assert got.stdout == b"linked"
    assert requests.get(link.replace("X-Amz-Expires=3600", "X-Amz-Expires=7200"), timeout=10).status_code == 403
    assert requests.put(link, data=b"x", timeout=10).status_code == 403


def test_ranges(alice, bucket):
    s3, key = alice.s3(), f"{alice.folder}range.txt"
    s3.put_object(Bucket=bucket, Key=key, Body=b"0123456789")
    for wanted, expected in (("bytes=0-3", b"0123"), ("bytes=4-", b"456789"), ("bytes=-2", b"89"), ("bytes=8-99", b"89")):
        answer = s3.get_object(Bucket=bucket, Key=key, Range=wanted)
        assert answer["Body"].read() == expected and answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=bucket, Key=key, Range="bytes=10-")
    assert caught.value.response["Error"]["Code"] == "InvalidRange"


def test_put_only_if_absent(alice, bucket):
    key = f"{alice.folder}once.txt"
    put = ("s3api", "put-object", "--bucket", bucket, "--key", key, "--if-none-match", "*")
    assert alice.cli(*put).returncode == 0
    assert "(PreconditionFailed)" in alice.cli(*put).stderr


def test_of_fifty_parallel_puts_one_wins(alice, bucket):
    key, outcomes = f"{alice.folder}race.txt", []

    def put(number):
        try:
            alice.s3().put_object(Bucket=bucket, Key=key, Body=str(number).encode(), IfNoneMatch="*")
            outcomes.append(number)
        except ClientError as error:
            assert error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict")

    threads = [threading.Thread(target=put, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 1
    assert alice.s3().get_object(Bucket=bucket, Key=key)["Body"].read() == str(outcomes[0]).encode()


def test_everything_else_is_denied(alice, bob, bucket):
    theirs = f"{bob.folder}secret.txt"
    bob.s3().put_object(Bucket=bucket, Key=theirs, Body=b"secret")
    own = f"{alice.folder}own.txt"
    s3 = alice.s3()
    s3.put_object(Bucket=bucket, Key=own, Body=b"own")
    denied(s3.get_object, Bucket=bucket, Key=theirs)
    denied(s3.head_object, Bucket=bucket, Key=theirs)
    denied(s3.put_object, Bucket=bucket, Key=theirs, Body=b"x")
    denied(s3.delete_object, Bucket=bucket, Key=theirs)
    denied(s3.copy_object, Bucket=bucket, Key=own, CopySource={"Bucket": bucket, "Key": theirs})
    denied(s3.copy_object, Bucket=bucket, Key=theirs, CopySource={"Bucket": bucket, "Key": own})
    denied(s3.get_object, Bucket=bucket, Key="zip/anything.zip")
    denied(s3.put_object, Bucket=bucket, Key="top.txt", Body=b"x")
    denied(s3.put_object, Bucket=bucket, Key=f"private/{alice.identity_id}x/own.txt", Body=b"x")
    denied(s3.put_object, Bucket="another-bucket", Key=own, Body=b"x")
    denied(s3.list_objects_v2, Bucket=bucket)
    denied(s3.list_objects_v2, Bucket=bucket, Prefix="")
    denied(s3.list_objects_v2, Bucket=bucket, Prefix=bob.folder)
    denied(s3.list_objects_v2, Bucket=bucket, Prefix="private/")
    denied(s3.list_buckets)
    denied(s3.delete_bucket, Bucket=bucket)
    denied(s3.get_bucket_policy, Bucket=bucket)
    unsigned = requests.get(f"{alice.server.endpoint}/{bucket}/{own}", timeout=10)
    assert unsigned.status_code == 403 and "<Code>AccessDenied</Code>" in unsigned.text
    assert bob.s3().get_object(Bucket=bucket, Key=theirs)["Body"].read() == b"secret"


def test_a_mixed_delete_answers_key_by_key(alice, bob, bucket):
    own, theirs = f"{alice.folder}mine.txt", f"{bob.folder}theirs.txt"
    alice.s3().put_object(Bucket=bucket, Key=own, Body=b"1")
    bob.s3().put_object(Bucket=bucket, Key=theirs, Body=b"2")
    answer = alice.s3().delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": own}, {"Key": theirs}]})
    assert [item["Key"] for item in answer["Deleted"]] == [own]
    assert [(item["Key"], item["Code"]) for item in answer["Errors"]] == [(theirs, "AccessDenied")]
    bob.s3().head_object(Bucket=bucket, Key=theirs)


def test_both_addressing_styles(alice, bucket):
    key = f"{alice.folder}style.txt"
    alice.s3().put_object(Bucket=bucket, Key=key, Body=b"path")
    port = alice.server.endpoint.rsplit(":", 1)[1]
    # `localhost` names resolve to this machine; the virtual-hosted name is in the signed `Host`.
    session = requests.Session()
    link = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=f"http://s3.localhost:{port}",
        aws_access_key_id=alice.credentials["AccessKeyId"],
        aws_secret_access_key=alice.credentials["SecretKey"],
        aws_session_token=alice.credentials["SessionToken"],
        config=Config(s3={"addressing_style": "virtual"}, signature_version="s3v4"),
    ).generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
    assert link.startswith(f"http://{bucket}.s3.localhost:{port}/")
    answer = session.get(
        link.replace(f"{bucket}.s3.localhost", "127.0.0.1"), headers={"Host": f"{bucket}.s3.localhost:{port}"}, timeout=10
    )
    assert (answer.status_code, answer.content) == (200, b"path")


@pytest.mark.parametrize("when", ["when_supported", "when_required"])
@pytest.mark.parametrize("algorithm", [None, "CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"])
def test_checksums_of_old_and_new_sdks(alice, bucket, when, algorithm):
    s3 = alice.s3(request_checksum_calculation=when, response_checksum_validation=when)
    key = f"{alice.folder}checksum-{when}-{algorithm}.bin"
    extra = {"ChecksumAlgorithm": algorithm} if algorithm else {}
    s3.put_object(Bucket=bucket, Key=key, Body=b"checked" * 1000, **extra)
    answer = s3.get_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    assert answer["Body"].read() == b"checked" * 1000
    if algorithm:
        assert answer[f"Checksum{algorithm}"]


def test_a_wrong_checksum_stores_nothing(alice, bucket):
    key = f"{alice.folder}wrong.bin"
    for wrong in ({"ChecksumCRC32": "AAAAAA=="}, {"ChecksumSHA256": "A" * 43 + "="}, {"ContentMD5": "A" * 22 + "=="}):
        with pytest.raises(ClientError) as caught:
            alice.s3().put_object(Bucket=bucket, Key=key, Body=b"data", **wrong)
        assert caught.value.response["Error"]["Code"] in ("BadDigest", "InvalidDigest")
        listed = alice.s3().list_objects_v2(Bucket=bucket, Prefix=key)
        assert listed["KeyCount"] == 0


def test_browsers_may_read_even_errors(alice, bucket):
    url = f"{alice.server.endpoint}/{bucket}/{alice.folder}x"
    origin = {"Origin": "http://localhost:5173"}
    refused = requests.get(url, headers=origin, timeout=10)
    assert refused.status_code == 403 and refused.headers["Access-Control-Allow-Origin"]
    preflight = requests.options(
        url,
        headers=origin | {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization,x-amz-date"},
        timeout=10,
    )
    assert preflight.status_code == 200 and "PUT" in preflight.headers["Access-Control-Allow-Methods"]


def test_multipart_by_hand(alice, bob, bucket):
    s3, key = alice.s3(), f"{alice.folder}parts.bin"
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    parts = []
    for number, body in ((1, b"a" * 5 * 1024 * 1024), (2, b"b")):
        etag = s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=body)["ETag"]
        parts.append({"PartNumber": number, "ETag": etag})
    with pytest.raises(ClientError) as caught:
        bob.s3().list_parts(Bucket=bucket, Key=f"{bob.folder}parts.bin", UploadId=upload)
    assert caught.value.response["Error"]["Code"] == "NoSuchUpload"
    done = s3.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts})
    assert done["ETag"].endswith('-2"')
    assert s3.head_object(Bucket=bucket, Key=key)["ContentLength"] == 5 * 1024 * 1024 + 1
