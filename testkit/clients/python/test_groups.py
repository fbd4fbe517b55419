"""Groups by boto3 and the aws CLI, and what tokens say of them."""

import json

import jwt
import pytest
from botocore.exceptions import ClientError
from conftest import Person, new_name


@pytest.fixture
def admin(server):
    return server.client("cognito-idp", server.admin_credentials())


def claims(token):
    return jwt.decode(token, options={"verify_signature": False})


def test_a_member_is_told_so_by_the_tokens(server, admin):
    person, pool = Person(server, new_name()), server.outputs["UserPool"]
    first, second = sorted((f"g-{new_name()}", f"g-{new_name()}"))
    roles = [f"arn:aws:iam::000000000000:role/role-{number}" for number in (1, 2)]
    for group, role, precedence in ((second, roles[0], 1), (first, roles[1], 2)):
        admin.create_group(UserPoolId=pool, GroupName=group, RoleArn=role, Precedence=precedence)
        admin.admin_add_user_to_group(UserPoolId=pool, GroupName=group, Username=person.username)
    assert "cognito:groups" not in claims(person.tokens["IdToken"])
    person.sign_in()
    told = claims(person.tokens["IdToken"])
    assert told["cognito:groups"] == [second, first]
    assert told["cognito:roles"] == roles
    assert told["cognito:preferred_role"] == roles[0]
    access = claims(person.tokens["AccessToken"])
    assert access["cognito:groups"] == [second, first] and "cognito:roles" not in access
    admin.delete_group(UserPoolId=pool, GroupName=second)
    person.sign_in()
    assert claims(person.tokens["IdToken"])["cognito:preferred_role"] == roles[1]


def test_paginators_see_everything_once(server, admin):
    pool, prefix = server.outputs["UserPool"], new_name()
    names = [f"{prefix}-{number}" for number in range(5)]
    person = Person(server, new_name())
    for name in names:
        admin.create_group(UserPoolId=pool, GroupName=name)
        admin.admin_add_user_to_group(UserPoolId=pool, GroupName=name, Username=person.username)
    for operation, more in (("list_groups", {}), ("admin_list_groups_for_user", {"Username": person.username})):
        pages = admin.get_paginator(operation).paginate(UserPoolId=pool, PaginationConfig={"PageSize": 2}, **more)
        seen = [group["GroupName"] for page in pages for group in page["Groups"]]
        assert [name for name in seen if name.startswith(prefix)] == names
    pages = admin.get_paginator("list_users_in_group").paginate(UserPoolId=pool, GroupName=names[0])
    assert len([user for page in pages for user in page["Users"]]) == 1


def test_the_cli_manages_groups(server):
    pool, name = ("--user-pool-id", server.outputs["UserPool"]), new_name()
    made = server.cli("cognito-idp", "create-group", *pool, "--group-name", name, "--precedence", "3")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["Group"]["Precedence"] == 3
    deleted = server.cli("cognito-idp", "delete-group", *pool, "--group-name", name)
    assert deleted.returncode == 0, deleted.stderr
    missing = server.cli("cognito-idp", "get-group", *pool, "--group-name", name)
    assert "ResourceNotFoundException" in missing.stderr


def test_nobody_else_manages_groups(server, alice):
    theirs = server.client("cognito-idp", alice.credentials)
    for call in (
        lambda: theirs.create_group(UserPoolId=server.outputs["UserPool"], GroupName="admins"),
        lambda: theirs.list_groups(UserPoolId=server.outputs["UserPool"]),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
