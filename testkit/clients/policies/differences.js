// Where iam-simulate is known to decide otherwise than AWS's documentation: each case in which the two differ is
// written anew so that it says the same to AWS, and leaves out what iam-simulate gets wrong. Only if iam-simulate
// then decides as Notewarden did is the difference one that is known.
import { simulate } from "./simulate.js";

const NEVER = "\u0001";
const EVERY_IPV4 = ["0.0.0.0/1", "128.0.0.0/1"];
const VARIABLE = /\$\{[^}]*\}/g;
const NO_WILDCARDS = /^(?:\w+:)?(String(Not)?Equals|Bool)/;

const list = (value) => [value].flat();

// What each rule makes of a case; `test` is about one key of one operator and gives its new operator and values,
// none if it always holds.
const RULES = {
  "variables in an old version": {
    reason: "variables are expanded only in version 2012-10-17",
    policy: (policy) =>
      policy.Version === "2012-10-17" ? policy : JSON.parse(JSON.stringify(policy).replaceAll("${", "${$}{")),
  },
  "times in seconds": {
    reason: "a number is seconds since the epoch, and 2026 is a year; it compares milliseconds with both",
    test: ({ operator, values }) => ({ operator, values: /Date/.test(operator) ? values.map(calendar) : values }),
    value: (key, value) => (/^aws:EpochTime$/i.test(key) ? calendar(value) : value),
  },
  "every address": {
    reason: "0.0.0.0/0 is every IPv4 address; it finds none in it",
    test: ({ operator, values }) => ({ operator, values: values.flatMap((v) => (v === "0.0.0.0/0" ? EVERY_IPV4 : [v])) }),
  },
  "a single address": {
    reason: "an address is the range that holds only it, in whichever spelling and for both families",
    test: ({ operator, values }) => ({ operator, values: /IpAddress/.test(operator) ? values.map(range) : values }),
  },
  "escapes without wildcards": {
    reason: "${*}, ${?} and ${$} are the characters in every operator; it keeps them as they are where it has no wildcards",
    test: ({ operator, values }) => ({
      operator,
      values: NO_WILDCARDS.test(operator) ? values.map((v) => v.replace(/\$\{([*?])\}/g, "$1")) : values,
    }),
  },
  "names before the first slash": {
    reason: "an API's id or a queue's name may be a pattern; it takes it for the resource type, which may not",
    resource: (pattern, request, element) => {
      // What NotResource excepts by a variable without a value is not known, so that it is about nothing there.
      const known = element === "NotResource" ? pattern.replace(VARIABLE, (v) => (isResolved(v, request.context) ? v : "*")) : pattern;
      return /^arn:[^:]*:(execute-api|sqs):/.test(pattern) && matches(known, request) ? escape(request.resource) : pattern;
    },
  },
  "negation of a variable without a value": {
    reason: "nothing equals a variable without a value, so its negation holds; it lets the whole condition fail",
    test: ({ operator, values, context }) => ({
      operator,
      values: /Not/.test(operator) ? values.map((v) => (isResolved(v, context) ? v : never(operator))) : values,
    }),
  },
  "no values": {
    reason: "a key with an empty list of values is not in the request; it takes it for one that is",
    context: (context) => Object.fromEntries(Object.entries(context).filter(([, value]) => value.length || !Array.isArray(value))),
  },
  "empty strings in a set": {
    reason: "a set that holds empty strings only is empty for ForAllValues and ForAnyValue",
    test: ({ operator, values, value }) => {
      if (value === undefined || list(value).some(Boolean)) return { operator, values };
      if (operator.startsWith("ForAllValues:")) return undefined;
      return operator.startsWith("ForAnyValue:") ? { operator: "ForAnyValue:StringEquals", values: [NEVER] } : { operator, values };
    },
  },
  "services are no AWS principals": {
    reason: '{"AWS": "*"} is everyone with or without AWS credentials; services are named under Service or by "*"',
    policy: (policy, { principal }) =>
      principal.startsWith("arn:") || principal === "anonymous"
        ? policy
        : JSON.parse(JSON.stringify(policy).replaceAll('"Principal":{"AWS":"*"', '"Principal":{"AWS":"000000000001"')),
  },
};

// The rule that explains why Notewarden decides `decision`, or nothing if no rule does.
export async function explain(one, decision) {
  const agrees = async (changed) => (await simulate(changed)).verdict === decision;
  const names = Object.keys(RULES);
  for (const name of names) {
    if (await agrees(rewrite(one, RULES[name]))) return name;
  }
  const all = names.reduce((changed, name) => rewrite(changed, RULES[name]), one);
  if (await agrees(all)) return "several";
  return (await agrees(await withoutSessionLimit(all))) ? SESSION : undefined;
}

const SESSION = "grants to a session itself";
export const reasons = {
  ...Object.fromEntries(Object.entries(RULES).map(([name, { reason }]) => [name, reason])),
  [SESSION]: "what a resource policy grants to a session itself, or to everyone, its session policy limits only by denying",
};

function rewrite({ policies, request }, { policy = (same) => same, resource, test, value = (_, same) => same, context = (same) => same }) {
  const values = Object.entries(request.context).map(([key, own]) => [key, value(key, own)]);
  const changed = { ...request, context: context(Object.fromEntries(values)) };
  const statement = (one) => {
    const tested = test ? withTests(one, test, request.context) : one;
    return resource ? withResources(tested, (pattern, element) => resource(pattern, request, element)) : tested;
  };
  const statements = (document) => ({ ...document, Statement: list(document.Statement).map(statement) });
  return { policies: mapDocuments(policies, (document) => statements(policy(document, request))), request: changed };
}

// A policy, a list of policies, or a list of levels of them, each policy changed by `change`.
function mapDocuments(policies, change) {
  const deep = (value) => (Array.isArray(value) ? value.map(deep) : change(value));
  return Object.fromEntries(Object.entries(policies).map(([kind, value]) => [kind, deep(value)]));
}

function withTests(statement, test, context) {
  if (!statement.Condition) return statement;
  const Condition = {};
  for (const [operator, keys] of Object.entries(statement.Condition)) {
    for (const [key, values] of Object.entries(keys)) {
      const changed = test({ operator, values: list(values), value: valueOf(context, key), context });
      if (changed) Condition[changed.operator] = { ...Condition[changed.operator], [key]: changed.values };
    }
  }
  return { ...statement, Condition };
}

function withResources(statement, change) {
  const element = ["Resource", "NotResource"].find((name) => name in statement);
  return element ? { ...statement, [element]: list(statement[element]).map((pattern) => change(pattern, element)) } : statement;
}

// Whether the pattern, with its variables, matches the resource asked for.
function matches(pattern, { resource, context }) {
  if (!isResolved(pattern, context)) return false;
  const parts = pattern.split(/(\$\{[^}]*\}|\*|\?)/).map((part) => {
    if (part === "*") return "[^]*";
    if (part === "?") return "[^]";
    const [, name, standIn] = /^\$\{(.+?)(?:, '(.*)')?\}$/.exec(part) ?? [];
    if (name === undefined) return quote(part);
    return quote(["*", "?", "$"].includes(name) ? name : (valueOf(context, name) ?? standIn));
  });
  return new RegExp(`^${parts.join("")}$`).test(resource);
}

const quote = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
const escape = (text) => text.replace(/[*?$]/g, "${$&}");

function valueOf(context, key) {
  return Object.entries(context).find(([own]) => own.toLowerCase() === key.toLowerCase())?.[1];
}

function calendar(text) {
  if (/^\d{4}$/.test(text)) return `${text}-01-01T00:00:00Z`;
  return /^-?\d+$/.test(text) ? new Date(Number(text) * 1000).toISOString() : text;
}

function range(address) {
  if (address.includes("/")) return address;
  return `${address}/${address.includes(":") ? 128 : 32}`;
}

// Whether every variable of the text has a single value or a default.
function isResolved(text, context) {
  return [...text.matchAll(/\$\{([^}]*)\}/g)].every(([, inside]) => {
    const [name, standIn] = inside.split(", ");
    return ["*", "?", "$"].includes(inside) || standIn !== undefined || typeof valueOf(context, name) === "string";
  });
}

// What no value equals, as the operator reads it.
function never(operator) {
  return /Arn/.test(operator) ? `arn:aws:${NEVER}:${NEVER}:${NEVER}:${NEVER}` : NEVER;
}

// The case with a session policy that only denies, if what the resource's own policy grants directly is enough.
async function withoutSessionLimit(one) {
  const { policies, request } = one;
  const own = policies.resource ?? policies.trust;
  if (!policies.session || !own) return one;
  const isDirect = ({ Principal }) => Principal === "*" || list(Principal?.AWS ?? []).some((arn) => arn === "*" || arn === request.principal);
  const direct = { ...own, Statement: list(own.Statement).filter((s) => s.Effect === "Allow" && isDirect(s)) };
  if (!direct.Statement.length) return one;
  const kind = policies.resource ? "resource" : "trust";
  const { verdict } = await simulate({ policies: { [kind]: direct }, request });
  if (verdict !== "Allowed") return one;
  const denials = list(policies.session.Statement).filter(({ Effect }) => Effect === "Deny");
  const session = { ...policies.session, Statement: [...denials, { Effect: "Allow", Action: "*", Resource: "*" }] };
  return { request, policies: { ...policies, session } };
}
