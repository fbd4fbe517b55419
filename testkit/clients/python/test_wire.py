"""Every operation that is served, driven by boto3, and every answer held against botocore's models."""

import base64
import hashlib
import hmac
import pathlib
import re
import struct
import subprocess
import time

import pytest
from botocore.exceptions import ClientError
from conftest import PASSWORD, Person, Server, new_name
from pycognito.aws_srp import AWSSRP
from wire import Recorder, complaints

NEW_PASSWORD = "N3w-Passw0rd!"
TEMPLATE = pathlib.Path(__file__).parents[3] / "infra" / "template.yaml"
# A role that lets in whoever is of the account.
ROLE = """
  OpsRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - { Effect: Allow, Principal: { AWS: "000000000000" }, Action: sts:AssumeRole }
      Policies:
        - PolicyName: Nothing
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{ Effect: Deny, Action: "*", Resource: "*" }]

"""


def template() -> str:
    """The template with everything switched on that can be asked for."""
    text = TEMPLATE.read_text()
    for old, new in (("AllowClassicFlow: false", "AllowClassicFlow: true"), ("\n  AuthRole:\n", f"{ROLE}  AuthRole:\n")):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def served(binary) -> dict[str, set[str]]:
    """What the server says that it serves."""
    table = subprocess.run([binary, "operations"], capture_output=True, text=True, timeout=60, check=True).stdout
    services: dict[str, set[str]] = {}
    for line in table.splitlines():
        if heading := re.fullmatch(r"## .*\(`(.+)`\)", line):
            service = heading[1]
        elif row := re.fullmatch(r"\| `(\w+)` \| served \|", line):
            services.setdefault(service, set()).add(row[1])
    return services


class World:
    """Clients whose answers are judged, and people for them."""

    def __init__(self, server):
        self.server = server
        self.recorder = Recorder()
        self.client_id = server.outputs["UserPoolClient"]
        self.pool = server.outputs["UserPool"]
        self.idp = self.watched("cognito-idp")
        self.identity = self.watched("cognito-identity")
        self.sts = self.watched("sts", server.admin_credentials())
        self.admin = self.watched("cognito-idp", server.admin_credentials())
        self.identity_admin = self.watched("cognito-identity", server.admin_credentials())

    def watched(self, service, credentials=None, **config):
        return self.recorder.watch(self.server.client(service, credentials, **config))

    def person(self) -> Person:
        return Person(self.server, new_name())

    def code(self, name: str) -> str:
        return next(mail["code"] for mail in self.server.inbox() if mail["to"] == name)

    def sign_in(self, name, password=PASSWORD):
        return self.idp.initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=self.client_id,
            AuthParameters={"USERNAME": name, "PASSWORD": password},
        )

    def of_user(self, name: str) -> dict:
        return {"UserPoolId": self.pool, "Username": name}


def totp(secret: str, at: float) -> str:
    """RFC 6238."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def sign_up_and_in(world: World):
    idp, name = world.idp, new_name()
    client = {"ClientId": world.client_id, "Username": name}
    idp.sign_up(**client, Password=PASSWORD, UserAttributes=[{"Name": "name", "Value": "A"}])
    idp.resend_confirmation_code(**client)
    idp.confirm_sign_up(**client, ConfirmationCode=world.code(name))
    srp = AWSSRP(name, PASSWORD, world.pool, world.client_id, client=idp)
    tokens = srp.authenticate_user()["AuthenticationResult"]
    refresh = {"REFRESH_TOKEN": tokens["RefreshToken"]}
    idp.initiate_auth(AuthFlow="REFRESH_TOKEN_AUTH", ClientId=world.client_id, AuthParameters=refresh)
    idp.get_tokens_from_refresh_token(RefreshToken=tokens["RefreshToken"], ClientId=world.client_id)
    idp.revoke_token(Token=tokens["RefreshToken"], ClientId=world.client_id)
    idp.forgot_password(**client)
    idp.confirm_forgot_password(**client, ConfirmationCode=world.code(name), Password=NEW_PASSWORD)


def account(world: World):
    idp, person = world.idp, world.person()
    token = {"AccessToken": person.tokens["AccessToken"]}
    idp.get_user(**token)
    idp.get_user_auth_factors(**token)
    idp.update_user_attributes(**token, UserAttributes=[{"Name": "nickname", "Value": "A"}])
    idp.delete_user_attributes(**token, UserAttributeNames=["nickname"])
    address = new_name()
    idp.update_user_attributes(**token, UserAttributes=[{"Name": "email", "Value": address}])
    idp.get_user_attribute_verification_code(**token, AttributeName="email")
    idp.verify_user_attribute(**token, AttributeName="email", Code=world.server.inbox()[0]["code"])
    idp.change_password(**token, PreviousPassword=PASSWORD, ProposedPassword=NEW_PASSWORD)
    idp.global_sign_out(**token)
    tokens = world.sign_in(address, NEW_PASSWORD)["AuthenticationResult"]
    idp.delete_user(AccessToken=tokens["AccessToken"])


def second_factor(world: World):
    idp, person = world.idp, world.person()
    token = {"AccessToken": person.tokens["AccessToken"]}
    secret, now = idp.associate_software_token(**token)["SecretCode"], time.time()
    idp.verify_software_token(**token, UserCode=totp(secret, now), FriendlyDeviceName="phone")
    enabled = {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}
    idp.set_user_mfa_preference(**token, **enabled)
    idp.get_user(**token)
    idp.get_user_auth_factors(**token)
    world.admin.admin_get_user(**world.of_user(person.username))
    challenge = world.sign_in(person.username)
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    answer = {"USERNAME": person.username, "SOFTWARE_TOKEN_MFA_CODE": totp(secret, now + 30)}
    idp.respond_to_auth_challenge(
        ClientId=world.client_id,
        ChallengeName="SOFTWARE_TOKEN_MFA",
        Session=challenge["Session"],
        ChallengeResponses=answer,
    )
    disabled = {"SoftwareTokenMfaSettings": {"Enabled": False, "PreferredMfa": False}}
    world.admin.admin_set_user_mfa_preference(**world.of_user(person.username), **disabled)


def administration(world: World):
    admin, name = world.admin, new_name()
    user = world.of_user(name)
    admin.admin_create_user(**user, TemporaryPassword=PASSWORD)
    challenge = world.sign_in(name)
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    tokens = admin.admin_respond_to_auth_challenge(
        UserPoolId=world.pool,
        ClientId=world.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": name, "NEW_PASSWORD": NEW_PASSWORD},
    )["AuthenticationResult"]
    admin.admin_initiate_auth(
        UserPoolId=world.pool,
        ClientId=world.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
    )
    admin.admin_get_user(**user)
    attributes = [{"Name": "email_verified", "Value": "true"}, {"Name": "nickname", "Value": "A"}]
    admin.admin_update_user_attributes(**user, UserAttributes=attributes)
    admin.admin_delete_user_attributes(**user, UserAttributeNames=["nickname"])
    admin.list_users(UserPoolId=world.pool, Limit=1)
    admin.list_users(UserPoolId=world.pool, Filter=f'email = "{name}"')
    admin.admin_disable_user(**user)
    admin.admin_enable_user(**user)
    admin.admin_user_global_sign_out(**user)
    admin.admin_reset_user_password(**user)
    admin.admin_get_user(**user)
    admin.admin_set_user_password(**user, Password=PASSWORD, Permanent=True)
    admin.admin_delete_user(**user)
    unconfirmed = new_name()
    world.idp.sign_up(ClientId=world.client_id, Username=unconfirmed, Password=PASSWORD)
    admin.admin_confirm_sign_up(**world.of_user(unconfirmed))


def groups(world: World):
    admin, person = world.admin, world.person()
    group = {"UserPoolId": world.pool, "GroupName": new_name()}
    role = "arn:aws:iam::000000000000:role/somebody"
    admin.create_group(**group, Description="d", RoleArn=role, Precedence=1)
    admin.update_group(**group, Precedence=2)
    admin.get_group(**group)
    admin.admin_add_user_to_group(**group, Username=person.username)
    admin.list_groups(UserPoolId=world.pool, Limit=1)
    admin.list_users_in_group(**group)
    admin.admin_list_groups_for_user(**world.of_user(person.username))
    admin.admin_remove_user_from_group(**group, Username=person.username)
    admin.delete_group(**group)


def identities(world: World):
    person, identity = world.person(), world.identity
    pool = world.server.outputs["IdentityPool"]
    named = {"IdentityId": identity.get_id(IdentityPoolId=pool, Logins=person.logins)["IdentityId"]}
    credentials = identity.get_credentials_for_identity(**named, Logins=person.logins)
    token = identity.get_open_id_token(**named, Logins=person.logins)["Token"]
    world.identity_admin.describe_identity(**named)
    world.identity_admin.list_identities(IdentityPoolId=pool, MaxResults=1)
    session = {"RoleSessionName": "wire"}
    auth_role = world.server.outputs["AuthRoleArn"]
    world.watched("sts").assume_role_with_web_identity(RoleArn=auth_role, WebIdentityToken=token, **session)
    world.watched("sts", credentials["Credentials"]).get_caller_identity()
    world.sts.get_caller_identity()
    world.sts.get_session_token()
    world.sts.assume_role(RoleArn=auth_role.replace("AuthRole", "OpsRole"), **session)
    identity.unlink_identity(**named, Logins=person.logins, LoginsToRemove=list(person.logins))
    world.identity_admin.delete_identities(IdentityIdsToDelete=list(named.values()))


STORIES = [sign_up_and_in, account, second_factor, administration, groups, identities]


@pytest.fixture(scope="module")
def world(binary, tmp_path_factory):
    directory = tmp_path_factory.mktemp("wire")
    file = directory / "template.yaml"
    file.write_text(template())
    server = Server(binary, directory / "data")
    server.arguments = ["--template", str(file)]
    server.start()
    yield World(server)
    assert server.stop() == 0


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_answer_is_as_the_model_has_it(world, story):
    world.recorder.wrong.clear()
    story(world)
    assert not world.recorder.wrong


def test_every_refusal_is_one_that_the_model_lists(world, binary):
    """Requests without members, with members of the wrong form, and with names of nothing."""
    world.recorder.wrong.clear()
    for service, operations in served(binary).items():
        for client in (
            world.watched(service, parameter_validation=False),
            world.watched(service, world.server.admin_credentials(), parameter_validation=False),
        ):
            for operation in operations:
                shape = client.meta.service_model.operation_model(operation).input_shape
                method = next(name for name, api in client.meta.method_to_api_mapping.items() if api == operation)
                for request in ({}, made_up(shape, ""), made_up(shape, "x" * 30), made_up(shape, "a_Z9", names=True)):
                    try:
                        getattr(client, method)(**request)
                    except ClientError:
                        pass  # Judged on its way here.
    assert not world.recorder.wrong


def made_up(shape, text: str, names: bool = False):
    """A value of the shape, full of `text`; with `names`, words of enums stand where they must."""
    if shape is None:
        return {}
    if shape.type_name == "structure":
        wanted = shape.required_members
        return {name: made_up(shape.members[name], text, names) for name in wanted}
    if shape.type_name == "list":
        return [made_up(shape.member, text, names)]
    if shape.type_name == "map":
        return {text or "x": made_up(shape.value, text, names)}
    if shape.type_name == "string":
        return shape.enum[0] if names and shape.enum else text
    return {"boolean": True}.get(shape.type_name, 1)


def test_nothing_that_is_served_is_left_undriven(world, binary):
    for service, operations in served(binary).items():
        undriven = operations - world.recorder.answered.get(service, set())
        assert not undriven, f"{service}: served and not driven"
        assert operations <= world.recorder.refused.get(service, set()), f"{service}: never refused"


def test_the_judge_sees_what_is_wrong(world):
    shape = world.idp.meta.service_model.operation_model("SignUp").output_shape
    right = {"UserConfirmed": True, "UserSub": "x"}
    assert not complaints(shape, right, "")
    for wrong in (
        {"UserConfirmed": True},
        right | {"More": 1},
        right | {"UserConfirmed": "true"},
        right | {"UserSub": None},
        right | {"CodeDeliveryDetails": {"DeliveryMedium": "PIGEON"}},
    ):
        assert complaints(shape, wrong, ""), wrong
