"""The template as CloudFormation gets it: read, and transformed as the SAM transform does on AWS."""

from __future__ import annotations

import json
import os
import pathlib

# Before boto3 is: no account of the machine's is ever asked.
os.environ.update(
    AWS_ACCESS_KEY_ID="stand-in",
    AWS_SECRET_ACCESS_KEY="stand-in",
    AWS_DEFAULT_REGION="us-east-1",
)

import pytest
from cfnlint.decode import cfn_yaml
from samtranslator.translator.transform import transform

TEMPLATE = pathlib.Path(__file__).parents[3] / "infra" / "template.yaml"
CLIENT_TEMPLATE = TEMPLATE.with_name("client.yaml")

EVERYTHING = {
    "Stage": "dev",
    "AllowedOrigin": "https://app.example.com",
    "FunctionUrl": "iam",
    "GraphQl": "iam",
    "TokenIssuer": "https://example.auth0.com/",
    "TokenAudiences": "https://api.example.com",
    "AuthorizerCacheSeconds": "60",
    "DomainName": "api.example.com",
    "TokenDomainName": "tokens.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
    "GoogleClientId": "google0.apps.googleusercontent.com",
    "FacebookAppId": "1234567890",
    "OidcProviderArns": "arn:aws:iam::123456789012:oidc-provider/login.example.com",
    "AlarmTopicArn": "arn:aws:sns:us-east-1:123456789012:alarms",
}
"""A value that is not the default for every parameter that a condition asks, but for `TokenAuth`."""


class NoManagedPolicies:
    """What the transform knows of AWS's managed policies: the template names none."""

    def load(self) -> dict:
        return {}


def transformed(parameters: dict[str, str]) -> dict:
    """The template after the SAM transform."""
    template = json.loads(json.dumps(cfn_yaml.load(str(TEMPLATE))))
    declared = template["Parameters"]
    assert parameters.keys() <= declared.keys()
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # As after packaging.
            resource["Properties"]["CodeUri"] = "s3://artifacts/notewarden-lambda.zip"
    defaults = {name: parameter["Default"] for name, parameter in declared.items()}
    return transform(template, defaults | parameters, NoManagedPolicies())


@pytest.fixture(scope="session")
def default_template() -> dict:
    return transformed({})


@pytest.fixture(scope="session")
def full_template() -> dict:
    return transformed(EVERYTHING)
