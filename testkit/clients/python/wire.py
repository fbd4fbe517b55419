"""Answers as they came over the wire, held member by member against botocore's models of the services."""

from __future__ import annotations

import json
import xml.etree.ElementTree as xml

# What any operation may answer with, by AWS's reference of common errors; models do not list these.
COMMON_ERRORS = {
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAction",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "SerializationException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
    "ValidationError",
    "ValidationException",
}

NUMBERS = {"integer": int, "long": int, "float": (int, float), "double": (int, float)}


def complaints(shape, value, path: str) -> list[str]:
    """What of `value` is not as `shape` has it."""
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            return [f"{path} is no structure"]
        found = [f"{path}.{name} is no member of {shape.name}" for name in value.keys() - shape.members.keys()]
        found += [f"{path}.{name} is missing" for name in shape.required_members if name not in value]
        for name in value.keys() & shape.members.keys():
            found += complaints(shape.members[name], value[name], f"{path}.{name}")
        return found
    if shape.type_name == "list":
        if not isinstance(value, list):
            return [f"{path} is no list"]
        return [one for index, item in enumerate(value) for one in complaints(shape.member, item, f"{path}[{index}]")]
    if shape.type_name == "map":
        if not isinstance(value, dict):
            return [f"{path} is no map"]
        return [one for key, item in value.items() for one in complaints(shape.value, item, f"{path}[{key}]")]
    if shape.type_name == "string":
        if not isinstance(value, str):
            return [f"{path} is no string"]
        if shape.enum and value not in shape.enum:
            return [f"{path} is {value!r}, which is none of {shape.enum}"]
        return []
    if shape.type_name == "boolean":
        return [] if isinstance(value, bool) else [f"{path} is no boolean"]
    kind = NUMBERS.get(shape.type_name, (int, float) if shape.type_name == "timestamp" else None)
    assert kind, f"{path}: the type {shape.type_name} is not known here"
    return [] if isinstance(value, kind) and not isinstance(value, bool) else [f"{path} is no {shape.type_name}"]


def xml_complaints(shape, element, path: str) -> list[str]:
    """As `complaints`, of an answer in XML."""
    names = [child.tag.split("}")[-1] for child in element]
    if shape.type_name == "structure":
        found = [f"{path}.{name} is no member of {shape.name}" for name in set(names) - shape.members.keys()]
        found += [f"{path}.{name} is missing" for name in shape.required_members if name not in names]
        for name, child in zip(names, element):
            if name in shape.members:
                found += xml_complaints(shape.members[name], child, f"{path}.{name}")
        return found
    if shape.type_name == "list":
        found = [f"{path} has {name}" for name in set(names) - {"member"}]
        return found + [one for child in element for one in xml_complaints(shape.member, child, f"{path}[]")]
    return [f"{path} has members"] if names else []


class Recorder:
    """Judges every answer that its clients get, and remembers which operations went well and how others failed."""

    def __init__(self):
        self.answered: dict[str, set[str]] = {}
        self.refused: dict[str, set[str]] = {}
        self.wrong: list[str] = []

    def watch(self, client):
        service = client.meta.service_model.service_name
        client.meta.events.register(f"before-parse.{service}", self.judge)
        return client

    def judge(self, operation_model, response_dict, **_):
        service = operation_model.service_model
        name = f"{service.service_name} {operation_model.name}"
        body = response_dict["body"]
        is_json = service.metadata["protocol"] == "json"
        if response_dict["status_code"] == 200:
            self.answered.setdefault(service.service_name, set()).add(operation_model.name)
            found = self.of_json(operation_model, body) if is_json else self.of_xml(operation_model, body)
            self.wrong += [f"{name}: {one}" for one in found]
            return
        code = json.loads(body)["__type"] if is_json else xml.fromstring(body).find(".//{*}Code").text
        self.refused.setdefault(service.service_name, set()).add(operation_model.name)
        listed = {shape.name for shape in operation_model.error_shapes}
        listed |= {shape.metadata.get("error", {}).get("code") for shape in operation_model.error_shapes}
        if code not in listed | COMMON_ERRORS:
            self.wrong.append(f"{name}: {code} is none of its errors")
        if response_dict["status_code"] >= 500:
            self.wrong.append(f"{name}: {code} is the server's fault")

    @staticmethod
    def of_json(operation, body: bytes) -> list[str]:
        shape = operation.output_shape
        answer = json.loads(body) if body else {}
        if shape is None:
            return [] if answer == {} else ["an answer where there is none"]
        return complaints(shape, answer, operation.name)

    @staticmethod
    def of_xml(operation, body: bytes) -> list[str]:
        answer = xml.fromstring(body)
        result = answer.find(f"{{*}}{operation.name}Result")
        if result is None:
            return [f"no {operation.name}Result"]
        return xml_complaints(operation.output_shape, result, operation.name)
