"""What the checkers say of the template, and what the SAM transform makes of it."""

import json
import pathlib
import subprocess
import sys

import graphql
import pytest

from conftest import CLIENT_TEMPLATE, TEMPLATE


def lint(path: pathlib.Path, *options: str) -> None:
    cfn_lint = pathlib.Path(sys.executable).with_name("cfn-lint")
    result = subprocess.run([cfn_lint, *options, "--", path], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def resource(template: dict, kind: str) -> dict:
    """The one resource of the type, not counting those of the API for tokens, which the transform leaves as they are."""
    found = [r for id, r in template["Resources"].items() if r["Type"] == kind and not id.startswith("Token")]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("template", [TEMPLATE, CLIENT_TEMPLATE], ids=lambda path: path.name)
def test_the_template_has_no_finding(template):
    # It knows no attribute of `AWS::Serverless::GraphQLApi`; what the transform makes of one it checks in the next test.
    lint(template, "--ignore-checks", "E1019", "E6101")


@pytest.mark.parametrize("variant", ["default_template", "full_template"])
def test_what_the_transform_makes_of_it_has_no_finding(variant, request, tmp_path):
    path = tmp_path / "template.json"
    path.write_text(json.dumps(request.getfixturevalue(variant)))
    lint(path)


def test_no_role_comes_from_the_transform(default_template):
    """The transform makes roles and policies for functions that have none of their own."""
    roles = [id for id, r in default_template["Resources"].items() if r["Type"].startswith("AWS::IAM::")]
    of_functions = {f"{name}FunctionRole" for name in ("Api", "Archiver", "Authorizer", "GraphQl", "Indexer")}
    assert set(roles) == of_functions | {"AuthRole", "GraphQlLogsRole", "GraphQlSourceRole"}
    for id in roles:
        assert "ManagedPolicyArns" not in default_template["Resources"][id]["Properties"]


def test_the_transform_keeps_authorization_cors_and_throttling(default_template):
    api = resource(default_template, "AWS::ApiGatewayV2::Api")["Properties"]["Body"]
    open_routes = [
        (path, method)
        for path, methods in api["paths"].items()
        for method, route in methods.items()
        if route.get("security") != [{"AWS_IAM": []}]
    ]
    assert open_routes == [("/openapi.json", "get")]
    assert api["components"]["securitySchemes"]["AWS_IAM"]["x-amazon-apigateway-authtype"] == "awsSigv4"
    cors = api["x-amazon-apigateway-cors"]
    assert cors["allowOrigins"] == ["*"]
    assert "authorization" in cors["allowHeaders"] and "etag" in cors["exposeHeaders"]
    stage = resource(default_template, "AWS::ApiGatewayV2::Stage")["Properties"]
    assert stage["DefaultRouteSettings"].keys() == {"ThrottlingBurstLimit", "ThrottlingRateLimit"}
    json.loads(stage["AccessLogSettings"]["Format"])


def test_the_function_url_tells_browsers_what_the_api_does(full_template):
    api = resource(full_template, "AWS::ApiGatewayV2::Api")["Properties"]["Body"]["x-amazon-apigateway-cors"]
    url = resource(full_template, "AWS::Lambda::Url")["Properties"]
    assert url["AuthType"] == "AWS_IAM"
    cors = url["Cors"]
    assert cors["AllowHeaders"] == api["allowHeaders"]
    assert cors["ExposeHeaders"] == api["exposeHeaders"]
    assert cors["MaxAge"] == api["maxAge"]
    assert cors["AllowMethods"] == [method for method in api["allowMethods"] if method != "OPTIONS"]
    assert cors["AllowOrigins"] == [{"Ref": "AllowedOrigin"}]
    assert api["allowOrigins"] == ["https://app.example.com"]


def test_the_api_for_tokens_tells_browsers_what_the_api_does(default_template):
    api = resource(default_template, "AWS::ApiGatewayV2::Api")["Properties"]["Body"]["x-amazon-apigateway-cors"]
    cors = default_template["Resources"]["TokenApi"]["Properties"]["CorsConfiguration"]
    signing = {"x-amz-content-sha256", "x-amz-date", "x-amz-security-token", "x-amz-user-agent"}
    signing |= {"amz-sdk-invocation-id", "amz-sdk-request"}
    assert set(cors["AllowHeaders"]) == set(api["allowHeaders"]) - signing | {"x-api-key"}
    assert cors["ExposeHeaders"] == api["exposeHeaders"]
    assert cors["AllowMethods"] == api["allowMethods"]
    assert cors["MaxAge"] == api["maxAge"]


def test_every_route_for_tokens_has_an_authorizer_but_the_contract(default_template):
    routes = [r["Properties"] for r in default_template["Resources"].values() if r["Type"] == "AWS::ApiGatewayV2::Route"]
    open_routes = [route["RouteKey"] for route in routes if route["AuthorizationType"] == "NONE"]
    assert open_routes == ["GET /openapi.json"]
    assert [route["RouteKey"] for route in routes if "AuthorizerId" in route] == ["$default"]


def test_every_field_has_its_resolver_and_its_permission_and_the_reverse(full_template):
    resources = full_template["Resources"].values()
    (schema,) = (r["Properties"]["Definition"] for r in resources if r["Type"] == "AWS::AppSync::GraphQLSchema")
    built = graphql.build_schema(schema)
    assert graphql.validate_schema(built) == []
    assert built.subscription_type is None
    fields = {(kind.name, field) for kind in (built.query_type, built.mutation_type) for field in kind.fields}

    resolvers = [r["Properties"] for r in resources if r["Type"] == "AWS::AppSync::Resolver"]
    assert {(resolver["TypeName"], resolver["FieldName"]) for resolver in resolvers} == fields

    policies = full_template["Resources"]["AuthRole"]["Properties"]["Policies"]
    (policy,) = (
        policy["Fn::If"][1] for policy in policies if "Fn::If" in policy and policy["Fn::If"][0] == "HasGraphQl"
    )
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "appsync:GraphQL"
    allowed = [resource["Fn::Sub"] for resource in statement["Resource"]]
    assert sorted(allowed) == sorted(f"${{GraphQlApi.Arn}}/types/{kind}/fields/{field}" for kind, field in fields)


def test_the_graphql_api_takes_signatures_only_and_logs_nothing_that_people_wrote(full_template):
    api = resource(full_template, "AWS::AppSync::GraphQLApi")["Properties"]
    assert api["AuthenticationType"] == "AWS_IAM"
    assert "AdditionalAuthenticationProviders" not in api
    assert api["IntrospectionConfig"] == "DISABLED"
    assert api["LogConfig"]["ExcludeVerboseContent"] is True
    assert api["LogConfig"]["FieldLogLevel"] == "ERROR"
    source = resource(full_template, "AWS::AppSync::DataSource")["Properties"]
    assert source["ServiceRoleArn"] == {"Fn::GetAtt": ["GraphQlSourceRole", "Arn"]}


def test_nobody_can_make_the_bucket_public(default_template):
    bucket = resource(default_template, "AWS::S3::Bucket")["Properties"]
    assert bucket["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_notes_can_be_restored_keys_expire_and_both_are_encrypted(default_template):
    notes, idempotency = (default_template["Resources"][id]["Properties"] for id in ("Notes", "Idempotency"))
    assert notes["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert idempotency["TimeToLiveSpecification"] == {"AttributeName": "expiresAt", "Enabled": True}
    assert notes["SSESpecification"] == idempotency["SSESpecification"] == {"SSEEnabled": True}


def test_what_people_own_outlives_the_stack(default_template):
    kept = {id for id, r in default_template["Resources"].items() if r.get("DeletionPolicy") == "Retain"}
    assert kept == {"ApiKeys", "Archives", "Bucket", "Files", "IdentityLinks", "Notes", "UserPool"}
    for id in kept:
        assert default_template["Resources"][id]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("queue", ["ArchiveDeadLetters", "IndexerDeadLetters"])
def test_a_dead_letter_raises_an_alarm(default_template, queue):
    alarm = default_template["Resources"][f"{queue}Alarm"]["Properties"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    name = {"Fn::GetAtt": [queue, "QueueName"]}
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": name}]
    assert alarm["AlarmActions"]["Fn::If"][0] == "HasAlarmTopic"


def test_the_index_hears_of_every_change_in_peoples_folders(default_template):
    resources = default_template["Resources"]
    bucket = resources["Bucket"]["Properties"]["NotificationConfiguration"]
    assert bucket == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    rule = resources["IndexerFunctionBucketChanges"]["Properties"]
    assert rule["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created", "Object Deleted"],
        "detail": {"bucket": {"name": [{"Ref": "Bucket"}]}, "object": {"key": [{"prefix": "private/"}]}},
    }
    (target,) = rule["Targets"]
    dead_letters = {"Fn::GetAtt": ["IndexerDeadLetters", "Arn"]}
    assert target["Arn"] == {"Fn::GetAtt": ["IndexerFunction", "Arn"]}
    assert target["DeadLetterConfig"] == {"Arn": dead_letters}
    assert resources["IndexerFunction"]["Properties"]["DeadLetterConfig"] == {"TargetArn": dead_letters}
    # Whoever may put events there is that rule alone.
    (statement,) = resources["IndexerDeadLettersPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["IndexerFunctionBucketChanges", "Arn"]}}
    }


def test_what_a_parameter_adds_is_there_only_with_it(default_template):
    conditional = {id: r["Condition"] for id, r in default_template["Resources"].items() if "Condition" in r}
    of_graphql = {id for id in default_template["Resources"] if id.startswith("GraphQl")}
    assert {id for id, condition in conditional.items() if condition == "HasGraphQl"} == of_graphql
    assert {id: condition for id, condition in conditional.items() if condition != "HasGraphQl"} == {
        "ApiDomain": "HasDomain",
        "ApiDomainMapping": "HasDomain",
        "ApiFunctionUrl": "HasFunctionUrl",
        "AuthorizerFunction": "HasFunctionAuthorizer",
        "AuthorizerFunctionLogs": "HasFunctionAuthorizer",
        "AuthorizerFunctionRole": "HasFunctionAuthorizer",
        "FunctionAuthorizer": "HasFunctionAuthorizer",
        "FunctionAuthorizerPermission": "HasFunctionAuthorizer",
        "JwtAuthorizer": "HasJwtAuthorizer",
        "TokenApi": "HasTokenApi",
        "TokenApiContract": "HasTokenApi",
        "TokenApiDomain": "HasTokenDomain",
        "TokenApiDomainMapping": "HasTokenDomain",
        "TokenApiIntegration": "HasTokenApi",
        "TokenApiPermission": "HasTokenApi",
        "TokenApiStage": "HasTokenApi",
        "TokenRoutes": "HasTokenApi",
    }
