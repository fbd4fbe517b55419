"""Lambda triggers by a program: what Cognito's clients see of them."""

import json
import stat
import sys

import jwt
import pytest
from botocore.exceptions import ClientError
from conftest import PASSWORD, Server, new_name

FUNCTION = """#!{python}
import json, sys
event = json.load(sys.stdin)
attributes = event["request"]["userAttributes"]
if event["triggerSource"].startswith("PreSignUp"):
    said = event["request"].get("clientMetadata", {{}}).get("say")
    if said == "nothing":
        sys.exit(0)
    if said == "crash":
        sys.exit(1)
    if said != "invited":
        print(json.dumps({{"errorMessage": "only who is invited", "errorType": "Error"}}))
        sys.exit(1)
    event["response"] = {{"autoConfirmUser": True, "autoVerifyEmail": True}}
if event["triggerSource"].startswith("TokenGeneration"):
    claims = {{"claimsToAddOrOverride": {{"plan": "gold", "sub": "forged"}}}}
    event["response"]["claimsAndScopeOverrideDetails"] = {{
        "idTokenGeneration": claims,
        "accessTokenGeneration": claims | {{"scopesToAdd": ["notes/read"]}},
    }}
print(json.dumps(event))
"""


@pytest.fixture(scope="module")
def place(binary, tmp_path_factory):
    directory = tmp_path_factory.mktemp("triggers")
    function = directory / "function"
    function.write_text(FUNCTION.format(python=sys.executable))
    function.chmod(function.stat().st_mode | stat.S_IXUSR)
    command = {"command": ["./function"]}
    file = directory / "triggers.json"
    file.write_text(json.dumps({"PreSignUp": command, "PreTokenGeneration": command | {"version": "V2_0"}}))
    server = Server(binary, directory / "data")
    server.arguments = ["--triggers", str(file)]
    yield server.start()
    assert server.stop() == 0


def sign_up(server, said):
    name = new_name()
    client = server.client("cognito-idp")
    metadata = {"say": said}
    answer = client.sign_up(
        ClientId=server.outputs["UserPoolClient"], Username=name, Password=PASSWORD, ClientMetadata=metadata
    )
    return name, answer


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ("please", "UserLambdaValidationException", "PreSignUp failed with error only who is invited."),
        ("nothing", "InvalidLambdaResponseException", "PreSignUp"),
        ("crash", "UnexpectedLambdaException", "PreSignUp"),
    ],
)
def test_a_function_that_refuses_or_fails(place, said, code, words):
    with pytest.raises(ClientError) as caught:
        sign_up(place, said)
    error = caught.value.response["Error"]
    assert error["Code"] == code and words in error["Message"]


def test_a_function_confirms_and_adds_claims(place):
    name, answer = sign_up(place, "invited")
    assert answer["UserConfirmed"] is True and "CodeDeliveryDetails" not in answer
    tokens = place.client("cognito-idp").initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=place.outputs["UserPoolClient"],
        AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
    )["AuthenticationResult"]
    for token in ("IdToken", "AccessToken"):
        claims = jwt.decode(tokens[token], options={"verify_signature": False})
        assert claims["plan"] == "gold" and claims["sub"] == answer["UserSub"]
    assert claims["scope"].split() == ["aws.cognito.signin.user.admin", "notes/read"]
