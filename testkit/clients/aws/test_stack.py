"""The template as a stack, and what AWS's own API then says of its resources.

The stand-in for CloudFormation does not know every type of resource: the others are left out, and said so.
"""

from __future__ import annotations

import copy
import io
import json
import re
import zipfile

import boto3
import pytest
from moto import mock_aws

from conftest import EVERYTHING, transformed

LEFT_OUT = (
    "AWS::ApiGatewayV2::",
    "AWS::AppSync::",
    "AWS::CloudWatch::Alarm",
    "AWS::Cognito::",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Url",
    "AWS::S3::BucketPolicy",
    "AWS::SQS::QueuePolicy",
)
"""What the stand-in does not know; another type that it does not know fails every test here."""

NO_VALUE = {"Ref": "AWS::NoValue"}


def chosen(value, holds: dict[str, bool]):
    """The value with each `Fn::If` in it decided: the stand-in leaves a null where one removes an item of a list."""
    if isinstance(value, dict):
        if value.keys() == {"Fn::If"}:
            condition, then, otherwise = value["Fn::If"]
            return chosen(then if holds[condition] else otherwise, holds)
        members = {key: chosen(member, holds) for key, member in value.items()}
        return {key: member for key, member in members.items() if member != NO_VALUE}
    if isinstance(value, list):
        return [item for item in (chosen(item, holds) for item in value) if item != NO_VALUE]
    return value


def without_attributes(value, of: list[str]):
    """The value with each attribute of the resources `of`, which are not there, as the resource's logical id."""
    if isinstance(value, dict):
        if value.keys() == {"Fn::GetAtt"} and value["Fn::GetAtt"][0] in of:
            return value["Fn::GetAtt"][0]
        return {key: without_attributes(member, of) for key, member in value.items()}
    if isinstance(value, list):
        return [without_attributes(item, of) for item in value]
    if isinstance(value, str):
        return re.sub(r"\$\{(\w+)\.\w+\}", lambda found: found[1] if found[1] in of else found[0], value)
    return value


def known_to_the_stand_in(template: dict, holds: dict[str, bool]) -> tuple[dict, list[str]]:
    """The template without those types; what refers to one gets its logical id from a parameter."""
    template = chosen(copy.deepcopy(template), holds)
    left_out = [id for id, r in template["Resources"].items() if r["Type"].startswith(LEFT_OUT)]
    for id in left_out:
        del template["Resources"][id]
        template["Parameters"][id] = {"Type": "String", "Default": id}
    assert left_out
    template["Resources"] = without_attributes(template["Resources"], left_out)
    # What is told to clients is mostly of what is left out.
    del template["Outputs"]
    return template, left_out


class Stack:
    """A created stack."""

    def __init__(self, name: str, parameters: dict[str, str]):
        template = transformed(parameters)
        # INVARIANT: these hold by default, and the last two, which `TokenAuth` decides, always; without the defaults all
        # others do.
        always = {"HasTokenApi": True, "HasFunctionAuthorizer": True, "HasJwtAuthorizer": False}
        holds = {name: (name == "IsProduction") != bool(parameters) for name in template["Conditions"]} | always
        template, self.left_out = known_to_the_stand_in(template, holds)
        cloudformation = boto3.client("cloudformation")
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=json.dumps(template),
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE", stack
        resources = cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
        self.ids = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in resources}
        conditional = {id for id, r in template["Resources"].items() if "Condition" in r}
        # Nothing is left out in silence.
        assert template["Resources"].keys() - conditional <= self.ids.keys()


@pytest.fixture(scope="module")
def account():
    with mock_aws():
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("bootstrap", "")
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="artifacts")
        s3.put_object(Bucket="artifacts", Key="notewarden-lambda.zip", Body=code.getvalue())
        yield


@pytest.fixture(scope="module")
def stack(account, request):
    made = Stack("notewarden", {})
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\nleft out of the stack: {', '.join(sorted(made.left_out))}")
    return made


@pytest.fixture(scope="module")
def full_stack(account):
    return Stack("notewarden-dev", EVERYTHING)


SORT_KEYS = {
    "Notes": "noteId",
    "Idempotency": "idempotencyKey",
    "Archives": "archiveId",
    "Files": "fileName",
    "ApiKeys": "keyId",
    "IdentityLinks": "login",
}


@pytest.mark.parametrize("table,sort_key", SORT_KEYS.items())
def test_a_table_is_keyed_by_its_owner_and_paid_by_request(stack, table, sort_key):
    dynamodb = boto3.client("dynamodb")
    found = dynamodb.describe_table(TableName=stack.ids[table])["Table"]
    assert found["KeySchema"] == [
        {"AttributeName": "userId", "KeyType": "HASH"},
        {"AttributeName": sort_key, "KeyType": "RANGE"},
    ]
    assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert not found.get("LocalSecondaryIndexes") and not found.get("GlobalSecondaryIndexes")
    # Users' data is protected from deletion; keys of a day are not.
    assert found["DeletionProtectionEnabled"] == (table != "Idempotency")


def test_a_stage_for_trying_things_can_be_deleted(full_stack):
    found = boto3.client("dynamodb").describe_table(TableName=full_stack.ids["Notes"])["Table"]
    assert not found["DeletionProtectionEnabled"]


def test_the_bucket_is_encrypted(stack):
    s3, bucket = boto3.client("s3"), stack.ids["Bucket"]
    encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_a_message_that_always_fails_ends_in_an_encrypted_queue(stack):
    sqs = boto3.client("sqs")

    def attributes(queue: str) -> dict:
        return sqs.get_queue_attributes(QueueUrl=stack.ids[queue], AttributeNames=["All"])["Attributes"]

    queue, dead_letters = attributes("ArchiveQueue"), attributes("ArchiveDeadLetters")
    redrive = json.loads(queue["RedrivePolicy"])
    assert redrive["deadLetterTargetArn"] == dead_letters["QueueArn"]
    # An archive is given up by the worker that finds it begun too often, never by the queue.
    attempts = transformed({})["Parameters"]["MaxArchiveAttempts"]
    assert int(redrive["maxReceiveCount"]) >= 2 * attempts["MaxValue"] >= 2 * attempts["Default"]
    assert queue["SqsManagedSseEnabled"] == dead_letters["SqsManagedSseEnabled"] == "true"
    # The longer one is the one where somebody has to come by.
    assert int(dead_letters["MessageRetentionPeriod"]) == 14 * 24 * 60 * 60
    timeout = boto3.client("lambda").get_function(FunctionName=stack.ids["ArchiverFunction"])
    visibility = int(queue["VisibilityTimeout"])
    assert visibility == 6 * timeout["Configuration"]["Timeout"]
    # A worker that dies has its job for a minute more, which is over when the message comes again.
    assert visibility >= timeout["Configuration"]["Timeout"] + 60
    # Whatever comes so often is not forgotten before.
    assert int(queue["MessageRetentionPeriod"]) > (int(redrive["maxReceiveCount"]) + 1) * visibility


def test_a_batch_reports_its_failures_one_by_one(stack):
    function = stack.ids["ArchiverFunction"]
    mappings = boto3.client("lambda").list_event_source_mappings(FunctionName=function)
    (mapping,) = mappings["EventSourceMappings"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BatchSize"] == 1


def test_logs_are_kept_for_a_while_only(stack):
    groups = boto3.client("logs").describe_log_groups()["logGroups"]
    retention = {group["logGroupName"]: group["retentionInDays"] for group in groups}
    for id in ("ApiAccessLogs", "ApiFunctionLogs", "ArchiverFunctionLogs", "AuthorizerFunctionLogs", "IndexerFunctionLogs"):
        assert retention[stack.ids[id]] == 30


def test_the_auth_role_gets_the_function_url_only_with_one(stack):
    iam = boto3.client("iam")
    assert sorted(iam.list_role_policies(RoleName=stack.ids["AuthRole"])["PolicyNames"]) == ["Api", "OwnFolder"]


def test_the_auth_role_gets_the_function_url_with_one(full_stack):
    iam = boto3.client("iam")
    names = iam.list_role_policies(RoleName=full_stack.ids["AuthRole"])["PolicyNames"]
    assert sorted(names) == ["Api", "FunctionUrl", "GraphQl", "OwnFolder"]
