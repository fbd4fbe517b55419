// Policies that come near a request, so that each part of them decides now and then.
import { isOfAccount, isSession } from "./requests.js";

const ACTIONS = ["*", "s3:*", "s3:Get*", "s3:?etObject", "dynamodb:*Item", "execute-api:*", "sqs:*Message", "sts:*"];
const RESOURCES = [
  "*",
  "arn:aws:s3:::notes-bucket/*",
  "arn:aws:s3:::*",
  "arn:aws:s3:::notes-bucket/private/${aws:username}/*",
  "arn:aws:dynamodb:*:*:table/*",
  "arn:aws:execute-api:us-east-1:123456789012:abc123/*/GET/*",
  "arn:aws:sqs:*:123456789012:*",
];
const OPERATORS = {
  text: ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"],
  number: ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].map((c) => `Numeric${c}`),
  date: ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].map((c) => `Date${c}`),
  bool: ["Bool"],
  address: ["IpAddress", "NotIpAddress"],
  arn: ["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"],
};
const KINDS = {
  "aws:SourceIp": "address",
  "aws:SecureTransport": "bool",
  "aws:MultiFactorAuthPresent": "bool",
  "aws:CurrentTime": "date",
  "aws:EpochTime": "date",
  "aws:MultiFactorAuthAge": "number",
  "aws:SourceArn": "arn",
  "s3:max-keys": "number",
  "s3:signatureAge": "number",
};
const VALUES = {
  text: ["*", "?*", "private/*", "${aws:username}", "${aws:username}/*", "${aws:PrincipalTag/team, 'blue'}", "a${*}", "${?}lice", ""],
  number: ["0", "1", "10", "100", "3600", "1.5", "-1"],
  date: ["2026-11-21T12:00:00Z", "2026-01-01", "2026-01-01T00:00:00Z", "2026", "1767225600", "0"],
  bool: ["true", "false", "True"],
  address: ["203.0.113.0/24", "10.0.0.0/8", "10.1.2.3", "0.0.0.0/0", "2001:db8::/32", "2001:db8::1", "::/0", "::1", "10.1.2.3/32"],
  arn: ["arn:aws:sns:us-east-1:123456789012:t", "arn:aws:sns:*:*:*", "arn:aws:sns:us-east-1:123456789012:?", "arn:aws:sqs:*:*:*"],
};
const FULL_ACCESS = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

// The policies of a case, all that can have a say in the request.
export function makePolicies(random, asked) {
  const { principal } = asked.request;
  const make = (kind, chances) => document(random, asked, { kind, ...chances });
  const policies = {};
  if (isOfAccount(principal)) {
    policies.identity = random.several(0, 3, () => make("identity", { denies: 0.15 }));
    if (random.chance(0.2)) policies.boundary = make("identity", { denies: 0.1, near: 0.9 });
    if (isSession(principal) && random.chance(0.25)) policies.session = make("identity", { denies: 0.1, near: 0.9 });
    if (random.chance(0.15)) {
      const level = () => [random.chance(0.7) ? FULL_ACCESS : make("serviceControl", { denies: 0 })].concat(
        random.chance(0.4) ? [make("serviceControl", { denies: 1 })] : [],
      );
      policies.serviceControl = random.several(1, 2, level);
    }
  }
  if (asked.guard === "trust" || random.chance(isOfAccount(principal) ? 0.35 : 0.9)) {
    policies[asked.guard] = make(asked.guard, { denies: 0.2 });
  }
  if (random.chance(0.1)) policies.resourceControl = random.several(1, 2, () => [make("resourceControl", { denies: 1 })]);
  return policies;
}

function document(random, asked, chances) {
  // Control policies exist only in the newer version of the language.
  const isControl = chances.kind.endsWith("Control");
  const version = isControl || random.chance(0.93) ? "2012-10-17" : random.pick(["2008-10-17", undefined]);
  const statements = random.several(1, 3, () => statement(random, asked, chances));
  return {
    ...(version && { Version: version }),
    Statement: statements.length === 1 && random.chance(0.3) ? statements[0] : statements,
  };
}

function statement(random, asked, { kind, denies, near = 0.75 }) {
  const { request } = asked;
  const isNegated = () => kind !== "resourceControl" && random.chance(0.1);
  const made = { Effect: random.chance(denies) ? "Deny" : "Allow" };
  if (random.chance(0.2)) made.Sid = `S${random.below(1e9)}`;
  if (kind === "resource" || kind === "trust") {
    const element = kind === "resource" && made.Effect === "Deny" && random.chance(0.15) ? "NotPrincipal" : "Principal";
    made[element] = principals(random, request.principal, element);
  } else if (kind === "resourceControl") {
    made.Principal = "*";
  }
  const action = () => (random.chance(near) ? nearAction(random, request.action) : random.pick(ACTIONS));
  const actions = random.several(1, 3, action).filter((pattern) => fits(kind, pattern, request.action));
  const isWide = kind === "identity" || kind === "serviceControl";
  made[isWide && isNegated() ? "NotAction" : "Action"] = random.oneOrMany(actions.length ? actions : [request.action]);
  if (kind !== "trust") {
    const resource = () => (random.chance(near) ? nearText(random, request.resource, request.context) : random.pick(RESOURCES));
    made[isNegated() ? "NotResource" : "Resource"] = random.oneOrMany(random.several(1, 3, resource));
  }
  if (random.chance(0.45)) made.Condition = condition(random, asked);
  return made;
}

// Trust policies are about `sts`, resource control policies may not be about everything.
function fits(kind, pattern, action) {
  if (kind === "trust") return /^sts:/i.test(pattern);
  return kind !== "resourceControl" || pattern.split(":")[0].toLowerCase() === action.split(":")[0];
}

function principals(random, principal, element) {
  const account = principal.split(":")[4] ?? "123456789012";
  const role = /assumed-role\/([^/]+)/.exec(principal)?.[1] ?? "Notes";
  const arns = [
    ...(isOfAccount(principal) ? [principal, principal] : []),
    account,
    `arn:aws:iam::${account}:root`,
    `arn:aws:iam::${account}:role/${role}`,
    `arn:aws:iam::${account}:user/alice`,
    `arn:aws:iam::999988887777:root`,
    `arn:aws:sts::${account}:assumed-role/${role}/bob`,
  ];
  // It excepts a principal only together with all that the principal is part of, or nobody.
  if (element === "NotPrincipal") {
    const whole = isOfAccount(principal) ? [account, `arn:aws:iam::${account}:role/${role}`, principal] : arns.slice(0, 1);
    return random.chance(0.5) ? { AWS: whole } : { AWS: "999988887777" };
  }
  const aws = () => random.oneOrMany(random.several(1, 2, () => random.pick(arns)));
  const services = ["lambda.amazonaws.com", "sns.amazonaws.com"];
  if (random.chance(0.3)) return random.chance(0.5) ? "*" : { AWS: "*" };
  if (random.chance(0.2)) return { Service: random.oneOrMany(random.several(1, 2, () => random.pick(services))) };
  return { AWS: aws(), ...(random.chance(0.1) && { Service: random.pick(services) }) };
}

function nearAction(random, action) {
  const [service, name] = action.split(":");
  return random.pick([
    action,
    action,
    action.toUpperCase(),
    `${service}:*`,
    `${service}:${name.slice(0, 3)}*`,
    `${service}:?${name.slice(1)}`,
    `${service}:*${name.slice(-4)}`,
    `${service}:${name}?`,
  ]);
}

// How much of an ARN holds no wildcard: all before its fifth colon, and the resource type of services that have one.
function fixedLength(text) {
  return /^arn:(?:[^:]*:){4}(?:(?:table|role)\/)?/.exec(text)?.[0].length ?? 0;
}

// `text` as a pattern: with wildcards or variables in place of some of it, or a little different.
function nearText(random, text, context) {
  const start = fixedLength(text);
  const at = start + random.below(text.length - start + 1);
  const [fixed, rest] = [text.slice(0, start), text.slice(start)];
  const known = Object.entries(context).filter(([, value]) => typeof value === "string" && value && rest.includes(value));
  const variable = () => {
    const unknown = ["${aws:username}", "${aws:username, 'alice'}", "${aws:none}"];
    if (!known.length) return fixed + rest.replace("alice", random.pick(unknown));
    const [key, value] = random.pick(known);
    return fixed + rest.replace(value, () => `\${${random.chance(0.3) ? key.toUpperCase() : key}}`);
  };
  return random.pick([
    () => text,
    () => `${text.slice(0, at)}*`,
    () => `${text.slice(0, at)}*`,
    () => `${fixed}*${text.slice(at)}`,
    () => `${text.slice(0, at)}?${text.slice(at + 1)}`,
    () => `${text.slice(0, at)}*${text.slice(at + random.below(4))}`,
    () => `${text}x`,
    () => fixed + rest.toUpperCase(),
    () => text.replaceAll("?", "${?}").replace("$default", "${$}default"),
    variable,
    variable,
    () => `${variable()}*`,
  ])();
}

function condition(random, asked) {
  const { request, keys } = asked;
  const made = {};
  for (const _ of random.several(1, 2, () => 0)) {
    const present = Object.keys(request.context);
    const key = present.length && random.chance(0.75) ? random.pick(present) : random.pick(Object.keys(keys));
    const isList = keys[key].some(Array.isArray);
    // A moment is text like any other only where it is spelt as one.
    const kind = random.chance(0.1) && key !== "aws:EpochTime" ? "text" : (KINDS[key] ?? "text");
    let operator = random.chance(0.08) ? "Null" : random.pick(OPERATORS[kind]);
    if (operator !== "Null") {
      if (random.chance(0.2)) operator += "IfExists";
      if (isList ? random.chance(0.95) : random.chance(0.05)) operator = `${random.pick(["ForAllValues", "ForAnyValue"])}:${operator}`;
    }
    const value = () => {
      if (operator === "Null") return random.pick(["true", "false"]);
      const own = [request.context[key] ?? random.pick(keys[key])].flat();
      if (!own.length || random.chance(0.5)) return random.pick(VALUES[kind]);
      const text = random.pick(own);
      return kind === "text" && random.chance(0.5) ? nearText(random, text, request.context) : text;
    };
    const spelling = random.chance(0.1) ? key.toUpperCase() : key;
    made[operator] = { ...made[operator], [spelling]: random.oneOrMany(random.several(1, operator === "Null" ? 1 : 3, value)) };
  }
  return made;
}
